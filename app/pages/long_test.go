package pages_test

import (
	"image/color"
	"maps"
	"slices"
	"strings"
	"testing"

	"cubby/app/kit"
	"cubby/app/sample"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Names as long as the configuration allows: 60 characters for the station, 8
// for what is painted on a door, 13 for a label as couriers see it.
const (
	longStation = "Wilhelminenstraßenbahnhofsvorplatz Südost WWWWWWWWWWWWWWWWWW"
	longDoor    = "WWWWWWWW"
	longLabel   = "…WWWWWWWWWWWW"
)

// named gives a sample's station, its doors and its parcel those names.
func named(s sample.Sample) sample.Sample {
	s.View = sample.Copy(s.View)
	v := &s.View
	for i := range v.Wall.Doors {
		if d := &v.Wall.Doors[i]; d.Number == v.Door() {
			d.Number = longDoor
		}
	}
	doors, parcels := []*string{}, []*string{}
	switch {
	case v.Pickup != nil:
		doors, parcels = append(doors, &v.Pickup.Door, &v.Pickup.OpenDoor), append(parcels, &v.Pickup.Parcel)
	case v.Courier != nil:
		doors = append(doors, &v.Courier.Door, &v.Courier.OpenDoor, &v.Courier.LastAt)
		parcels = append(parcels, &v.Courier.Parcel, &v.Courier.Last)
	case v.Return != nil:
		doors = append(doors, &v.Return.Door, &v.Return.OpenDoor, &v.Return.Next)
		v.Return.Bags = slices.Clone(v.Return.Bags)
		for i := range v.Return.Bags {
			doors = append(doors, &v.Return.Bags[i].Door)
		}
	case v.Idle != nil:
		doors = append(doors, &v.Idle.OpenDoor)
	case v.Staff != nil:
		doors = append(doors, &v.Staff.Door, &v.Staff.OpenDoor)
		ofStaff(v.Staff)
	}
	for _, text := range doors {
		if *text != "" {
			*text = longDoor
		}
	}
	for _, text := range parcels {
		if *text != "" {
			*text = longLabel
		}
	}
	v.Station = longStation
	return s
}

// ofStaff gives people and what is known the longest names there can be.
func ofStaff(s *view.Staff) {
	long := strings.Repeat("Wilhelmine von und zu Hohenfels ", 4)[:100]
	if s.Name != "" {
		s.Name = long
	}
	told := func(m *view.Message) *view.Message {
		if m == nil {
			return nil
		}
		longer := *m
		longer.Data = maps.Clone(m.Data)
		for name := range longer.Data {
			switch name {
			case "Door":
				longer.Data[name] = longDoor
			case "Parcel":
				longer.Data[name] = longLabel
			}
		}
		if longer.ID == "" {
			longer.Text = long
		}
		return &longer
	}
	s.Said, s.Items, s.Facts = told(s.Said), slices.Clone(s.Items), slices.Clone(s.Facts)
	for i := range s.Items {
		s.Items[i].Title, s.Items[i].Detail = *told(&s.Items[i].Title), told(s.Items[i].Detail)
	}
	for i := range s.Facts {
		s.Facts[i].Value = told(s.Facts[i].Value)
	}
}

func TestTheLongestNamesFit(t *testing.T) {
	book := dressed(t)
	for _, tag := range book.Tags() {
		eachVisitPage(t, book, book.For(tag), func(t *testing.T, d drawn) {
			inspect(t, d.page.Object, d.size)
			staysOnItsGround(t, d.page.Object)
		})
	}
}

// eachVisitPage draws the pages of visits, with the longest names.
func eachVisitPage(t *testing.T, book *words.Book, speaker words.Speaker, look func(t *testing.T, d drawn)) {
	t.Helper()
	for _, size := range sizes {
		for _, s := range sample.All() {
			if strings.HasPrefix(s.Name, "commission") {
				continue // its sentences are the core's
			}
			t.Run(
				speaker.Tag()+"/"+s.Name,
				func(t *testing.T) { look(t, draw(named(s), size, speaker, book)) },
			)
		}
	}
}

// staysOnItsGround finds white letters that run over the edge of what they are
// written on: they cannot be read there.
func staysOnItsGround(t *testing.T, page fyne.CanvasObject) {
	t.Helper()
	var grounds []placed
	walk(t, page, 0, 0, func(p placed) {
		switch o := p.o.(type) {
		case *kit.Ground:
			grounds = append(grounds, p)
		case *canvas.Text:
			needs := o.MinSize().Width
			p.x, p.w = p.x+(p.w-needs)/2, needs
			p.y, p.h = p.y+p.h/2, 0
			var under placed
			for _, g := range grounds { // in the order of painting: the last one is on top
				if inside(placed{o, p.x + p.w/2, p.y, 0, 0}, g) {
					under = g
				}
			}
			if o.Color.(color.NRGBA) == kit.OnAccent && !inside(p, under) {
				t.Errorf("%q is %.0f pixels wide and runs over the edge of its ground of %.0f", o.Text, needs, under.w)
			}
		}
	})
}
