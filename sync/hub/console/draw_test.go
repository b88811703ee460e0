package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker/view"
	"cubby/sync/hub"
)

func TestStationsThatAreNearEachOtherAreOneMark(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	c := &Console{o: Options{Now: func() time.Time { return now }}}
	of := func(name string, lat, lon float64, troubles int, ago time.Duration) hub.Station {
		return hub.Station{ID: name, Name: name, Latitude: &lat, Longitude: &lon, Troubles: troubles,
			Joined: now, LastSeen: now.Add(-ago)}
	}
	all := []hub.Station{of("a", 52.52, 13.40, 0, time.Second), of("b", 48.14, 11.58, 0, time.Hour),
		of("c", 48.15, 11.57, 1, time.Second), {ID: "d", Name: "d"}}
	m := c.chartOf(all, span{}, false)
	var got []string
	for _, mark := range m.Marks {
		got = append(got, fmt.Sprint(mark.Name, mark.N, mark.State))
		if mark.X < 0 || mark.X > m.W || mark.Y < 0 || mark.Y > m.H {
			t.Errorf("%s is not on the map: %d, %d", mark.Name, mark.X, mark.Y)
		}
	}
	if strings.Join(got, " ") != "a1online b2trouble" || m.Unplaced != 1 {
		t.Errorf("%v, %d without a place", got, m.Unplaced)
	}
	area, ok := spanOf(around(all[1:3]))
	if !ok {
		t.Fatal("the link of a mark cannot be read")
	}
	near := c.chartOf(all, area, true)
	if len(near.Marks) != 2 || near.Marks[0].State != "offline" || near.Marks[1].State != "trouble" {
		t.Errorf("looked at closely: %+v", near.Marks)
	}
	if one := c.chartOf(all[:1], span{}, false); len(one.Marks) != 1 || len(one.Lines) < 4 || len(one.Lines) > 30 {
		t.Errorf("one station alone: %d marks, %d lines", len(one.Marks), len(one.Lines))
	}
}

func TestAWallIsDrawnAsItsStationTells(t *testing.T) {
	doors := []hub.Door{{Number: "2", Allocation: "occupied", Door: "open"}, {Number: "1", Allocation: "free"},
		{Number: "10", Allocation: "out_of_service"}}
	w := &view.Wall{WidthMM: 800, HeightMM: 300, Doors: []view.Door{
		{Number: "1", LeftMM: 0, WidthMM: 400, HeightMM: 100}, {Number: "2", LeftMM: 0, TopMM: 100, WidthMM: 400,
			HeightMM: 200}, {Number: "3", LeftMM: 400, WidthMM: 400, HeightMM: 300}}}
	for name, c := range map[string]struct {
		wall *view.Wall
		want string
	}{
		"as it is drawn":         {w, "1 free false, 2 occupied true, 3 unknown false"},
		"not told: doors in row": {nil, "1 free false, 2 occupied true, 10 blocked false"},
	} {
		var got []string
		d := draw(c.wall, doors)
		for _, one := range d.Cells {
			got = append(got, fmt.Sprint(one.Number, " ", one.State, " ", one.Open))
			if one.H < leastDoor-2 || one.W < 40 || one.X+one.W > d.W || one.Y+one.H > d.H {
				t.Errorf("%s: door %s is at %+v of %d x %d", name, one.Number, one.box, d.W, d.H)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	if d := draw(nil, nil); len(d.Cells) != 0 {
		t.Error("nothing is drawn of no doors")
	}
}
