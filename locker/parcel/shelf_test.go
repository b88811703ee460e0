package parcel

import (
	"testing"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// itsLabel is that of p, which nobody has announced yet.
const itsLabel = "340123450000000017"

func (s *stage) announceIts(t *testing.T) {
	t.Helper()
	s.do(t, Announce{ID: "p", Announcement: Announcement{Label: itsLabel}})
}

// full is a station with a shelf whose doors are taken, and a courier who is offered the
// counter for p.
func full(t *testing.T) *stage {
	t.Helper()
	s := withShelf(t)
	s.hire(t, "ada", people.Associate)
	for _, id := range []string{"a", "b"} {
		s.announce(t, id, nil)
		s.deposit(t, id)
	}
	s.settle(Settings{Station: "here", Shelf: []string{"B1", "B2"}, Unannounced: true})
	s.badge(t, "badge-k1")
	s.label(t, itsLabel)
	s.at(t, view.StepCourierShelf, view.ReasonNoDoor)
	return s
}

// While the counter is offered for a parcel staff take it in at the desk: whoever leaves the
// page says nothing of it.
func TestWhatStaffTookInMeanwhileStaysOnTheShelf(t *testing.T) {
	for name, leaves := range map[string]func(s *stage){
		"scans a code": func(s *stage) { s.scan(t, s.codeOf("a")) },
		"keeps it":     func(s *stage) { s.act(t, view.ActBack) },
		"goes": func(s *stage) {
			s.now = s.now.Add(testPolicy().CourierTimeout)
			s.do(t,
				visit.Tick{})
		},
		"shows staff badge": func(s *stage) { s.badge(t, "badge-ada") },
	} {
		t.Run(name, func(t *testing.T) {
			s := full(t)
			s.announceIts(t) // it is announced only now
			s.fresh++
			s.do(t, Shelve{By: by(people.Associate), Parcel: "p", Place: "B2"})
			leaves(s)
			if p := s.parcels["p"]; p.State != CounterHeld || p.Shelf != "B2" || p.FailedReason != "" ||
				s.told("parcel.announced") != 3 || len(s.shelf) != 1 {
				t.Errorf("it is %+v; on the shelf are %v", p, s.shelf)
			}
		})
	}
}

// A parcel that nobody had announced keeps its place when it is announced at last.
func TestAParcelThatIsRenamedKeepsItsPlace(t *testing.T) {
	s := full(t)
	s.badge(t, "badge-ada")
	s.announceIts(t)
	p := s.parcels["p"]
	if p.State != CounterHeld || p.Shelf != "B1" || s.shelf["B1"].Parcel != "p" {
		t.Errorf("it is %+v; on the shelf are %v", p, s.shelf)
	}
	s.do(t, HandOver{By: by(people.Associate), CodeHash: s.codeOf("p")})
	if len(s.shelf) != 0 {
		t.Errorf("after it was handed over there is %v", s.shelf)
	}
}
