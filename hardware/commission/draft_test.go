package commission

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cubby/locker/door/commissioning"
)

// hear answers the question that is asked.
func (s *Session) hear(t *testing.T, answers ...string) {
	t.Helper()
	for _, a := range answers {
		if _, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: a}); err != nil {
			t.Fatalf("%s: %q: %v", s.State().Step, a, err)
		}
	}
}

func TestOnTheTouchscreenNothingBeginsBeforeEveryParcelIsKnown(t *testing.T) {
	s, job := NewSession(Known{Touch: true, Occupied: []string{"7", "8", "9"}, Unnamed: []string{"7", "9"}})
	if job != nil || s.State().Step != commissioning.StepBegin {
		t.Fatalf("it begins with %+v and %+v", job, s.State())
	}
	for _, door := range []string{"", "7", "9"} {
		if s.State().Door != door {
			t.Errorf("it asks for door %q, want %q", s.State().Door, door)
		}
		if _, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: "perhaps"}); err == nil {
			t.Error("perhaps was taken for yes")
		}
		var err error
		if job, err = s.Answer(commissioning.Answer{Number: s.State().Number, Answer: "ok"}); err != nil ||
			(job != nil) != (door == "9") {
			t.Fatalf("after door %q: %+v, %v", door, job, err)
		}
	}
	if job.Kind != JobProbe {
		t.Errorf("it wants %+v", job)
	}
	s, _ = NewSession(Known{Touch: true, Unnamed: []string{"7"}})
	s.hear(t, "ok", "stop")
	if s.State().Step != commissioning.StepDone || s.State().Written {
		t.Errorf("it ended with %+v", s.State())
	}
}

func TestLinesAreShownAsTheyAreFound(t *testing.T) {
	s, job := NewSession(Known{})
	s.Heard(Found{Port: "a"})
	s.Heard(Found{Port: "b", Dialect: "wkly", Baud: 9600, Boards: []FoundBoard{{Address: 0, Channels: 16}}})
	if st := s.State(); len(st.Notes) != 2 || len(st.Told) != 2 || st.Told[1].ID != "found.boards" ||
		st.Told[1].Parts[0].Data["Locks"] != "16" {
		t.Errorf("%+v", st)
	}
	s.Done(*job, Result{})
	s.Heard(Found{Port: "late"})
	if st := s.State(); len(st.Notes) != 0 {
		t.Errorf("a question got the note %v", st.Notes)
	}
}

// drawing is a session that has found one board and stands at the wall.
func drawing(t *testing.T, known Known) *Session {
	t.Helper()
	s, _ := NewSession(known)
	s.lines = []Line{{Name: "a", Boards: []Board{{Channels: 8}}}}
	s.known.Touch = true
	s.askWall()
	return s
}

func TestAWallIsDrawnWithAFinger(t *testing.T) {
	at := func(lock int) At { return At{"a", 0, lock} }
	old := Known{
		Doors:   []Door{{"1", "S", at(1)}, {"2", "S", at(5)}},
		Columns: [][]Door{{{"1", "S", at(1)}, {"2", "S", at(5)}}}, Sizes: []string{"S", "L"},
	}
	parcels := old
	parcels.Occupied = []string{"2"}
	for _, tc := range []struct {
		name    string
		known   Known
		seen    map[At]string
		touched string
		want    string // the doors with their locks, or what refuses the last touch
	}{
		{"from nothing", Known{}, nil, "draw, 400, 190, 500, doors +, columns +, doors -, ok", "1 S 1|2 S 2|3 S 3"},
		{"what stays keeps its lock", old, nil, "draw, doors +, size +, ok", "1 L 1|2 L 5|3 L 2"},
		{"one door has another size", old, nil, "draw, door +, door +, size -, ok", "1 S 1|2 L 5"},
		{"doors go round about", old, nil, "draw, door -, size +, ok", "1 S 1|2 L 5"},
		{"a door that was seen to open has that lock", old, map[At]string{at(5): "3"}, "draw, doors +, ok",
			"1 S 1|2 S 2|3 S 5"},
		{"numbers count on below", old, nil, "draw, columns +, door +, number new, 08, ok",
			"1 S 1|2 S 5|08 S 2|09 S 3"},
		{"a column is touched and taken away", old, nil, "draw, columns +, column 1, columns -, ok", "3 S 1|4 S 2"},
		{"a size is added", old, nil, "draw, size new, 300, 100, 400, column -, size -, ok", "1 M 1|2 M 5"},
		{"going back changes nothing", old, nil, "draw, doors +, back, draw, size new, back, ok", "1 S 1|2 S 5"},
		{"a number twice", old, nil, "draw, door +, door +, number new, 1, ok", "! door 1 is there twice"},
		{"more doors than locks", old, nil, "draw, columns +, columns +, columns +, columns +, ok",
			"! no lock left for door 9: 8"},
		{"no door", old, nil, "draw, doors -, doors -, ok", "! no door on the wall"},
		{"a column without doors has none to take", old, nil, "draw, doors -, doors -, doors -", "! 1 to 40 columns"},
		{"the last column", old, nil, "draw, columns -", "! 1 to 40 columns"},
		{"a door that was seen and is not drawn", old, map[At]string{at(5): "9"}, "draw, ok", "! door 9 was seen"},
		{"a door with a parcel is gone", parcels, nil, "draw, doors -, ok", "! door 2 keeps a parcel"},
		{"a length that is none", old, nil, "draw, size new, 9", "! no length"},
		{"a number without a door", old, nil, "draw, number new", "! one of the choices"},
		{"a column that is not there", old, nil, "draw, column 9", "! one of the choices"},
		{"nonsense", old, nil, "draw, roof +", "! one of the choices"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := drawing(t, tc.known)
			if tc.seen != nil {
				s.doors = tc.seen
			}
			touches := strings.Split(tc.touched, ", ")
			last := touches[len(touches)-1]
			s.hear(t, touches[:len(touches)-1]...)
			_, err := s.Answer(commissioning.Answer{Number: s.State().Number, Answer: last})
			if says, refused := strings.CutPrefix(tc.want, "! "); refused {
				if err == nil || !strings.Contains(err.Error(), says) {
					t.Errorf("%v, want %q", err, says)
				}
				if m, ok := Named(err); !ok || m.ID == "" {
					t.Errorf("%v has no name", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range s.wall.doors() {
				got = append(got, fmt.Sprintf("%s %s %d", d.Number, d.Size, d.At.Lock))
			}
			if text := strings.Join(got, "|"); text != tc.want {
				t.Errorf("%s, want %s", text, tc.want)
			}
		})
	}
}

func TestAnotherLockIsProposedEachTime(t *testing.T) {
	s := drawing(t, Known{Occupied: []string{"1"}, Doors: []Door{{"1", "S", At{"a", 0, 1}}}})
	s.askPulse()
	var proposed []string
	for range 7 {
		proposed = append(proposed, s.State().Choices[0].Answer)
		s.hear(t, "other")
	}
	if want := []string{"3", "4", "5", "6", "7", "8", "3"}; !slices.Equal(proposed, want) {
		t.Errorf("proposed %v, want %v", proposed, want)
	}
}
