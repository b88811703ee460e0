package locker

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
)

// announced tells the stage of a parcel with a label of its own.
func (s *stage) announced(t *testing.T, id, label string) {
	t.Helper()
	if _, err := s.try(Announce{ID: id, Announcement: Announcement{Label: label, Dimensions: small()}}); err != nil {
		t.Fatal(err)
	}
}

func TestACourierFindsAParcelUnderEverySpellingOfItsLabel(t *testing.T) {
	for _, c := range []struct{ name, announced, scanned string }{
		{"as announced", "L-1", "L-1"},
		{"an SSCC in a GS1-128 with routing", "340123450000000017", "]C10034012345000000001742110002"},
		{"an SSCC with its identifier", "00340123450000000017", "340123450000000017"},
		{"an SSCC as printed", "(00)340123450000000017", "]d200340123450000000017"},
		{"a Digital Link", "00340123450000000017", "https://id.gs1.org/00/340123450000000017"},
		{"a postal item with spaces", "RR123456785GB", "RR 123 456 785 GB"},
		{"a wrong check digit that was announced so", "00340123450000000018", "00340123450000000018"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announced(t, "p", c.announced)
			s.announced(t, "another", "340123450000000024")
			s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
			s.do(t, Present{Label: c.scanned, Presented: "label"})
			s.at(t, view.StepCourierOpening, "")
			if s.visit.Parcel != "p" {
				t.Errorf("opened for %q", s.visit.Parcel)
			}
		})
	}
}

func TestAMisreadLabelIsToldApartFromAnUnknownOne(t *testing.T) {
	for _, c := range []struct {
		name, scanned string
		why           view.Reason
	}{
		{"an SSCC with a wrong digit", "00340123450000000018", view.ReasonMisread},
		{"a postal item with two digits swapped", "RR132456785GB", view.ReasonMisread},
		{"an SSCC that nobody announced", "00340123450000000017", view.ReasonUnknownLabel},
		{"a carrier's number", "036000291453", view.ReasonUnknownLabel},
		{"nothing that could be a label", "", view.ReasonNotLabel},
	} {
		s := twoBoxes()
		s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, Present{Label: c.scanned, Presented: "label"})
		s.at(t, view.StepCourierReady, c.why)
	}
}

func TestTheMostExactSpellingThatCanStillComeWins(t *testing.T) {
	s := twoBoxes()
	s.announced(t, "exact", "00340123450000000017")
	s.announced(t, "other", "340123450000000017")
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, Present{Label: "00340123450000000017", Presented: "label"})
	if s.visit.Parcel != "exact" {
		t.Errorf("opened for %q", s.visit.Parcel)
	}
	s = twoBoxes()
	s.announced(t, "exact", "00340123450000000017")
	s.do(t, Cancel{ID: "exact"})
	s.announced(t, "other", "340123450000000017")
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, Present{Label: "00340123450000000017", Presented: "label"})
	if s.visit.Parcel != "other" {
		t.Errorf("opened for %q", s.visit.Parcel)
	}
}

func TestACourierAtWorkMayShowHisBadgeAgain(t *testing.T) {
	s := twoBoxes()
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	visit := s.visit.ID
	s.do(t, Present{Label: "nobody's", Presented: "label"})
	s.at(t, view.StepCourierReady, view.ReasonUnknownLabel)
	s.now = s.now.Add(time.Minute)
	for _, again := range []Present{{BadgeHash: "badge-k1", Label: "B:X", Presented: "badge"}, {BadgeHash: "card-k1", Presented: "card"}} {
		s.do(t, again)
		s.at(t, view.StepCourierReady, view.ReasonNone)
	}
	if s.visit.ID != visit || s.visit.Actor != "courier:k1" || !s.visit.TimeoutAt.Equal(s.now.Add(s.env().Policy.CourierTimeout)) {
		t.Errorf("%+v", s.visit)
	}
}

func TestABadgeShownWhereADoorDidNotOpenChangesNothing(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.Unanswered)
	s.at(t, view.StepCourierNoOpen, view.ReasonUnanswered)
	s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.at(t, view.StepCourierNoOpen, view.ReasonUnanswered)
}

func TestAColleaguesBadgeBeginsHisOwnVisit(t *testing.T) {
	for _, c := range []struct {
		name   string
		noOpen bool
	}{{"while a label is waited for", false}, {"where a door did not open", true}} {
		s := twoBoxes()
		s.couriers["k2"] = CourierRecord{Courier: Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2"}
		s.announce(t, "p", small())
		s.do(t, Present{BadgeHash: "badge-k1", Presented: "badge"})
		if c.noOpen {
			s.do(t, Present{Label: "L-p", Presented: "label"})
			s.ended(t, door.Unanswered)
		}
		first := s.visit.ID
		s.do(t, Present{BadgeHash: "badge-k2", Presented: "badge"})
		s.at(t, view.StepCourierReady, view.ReasonNone)
		if s.visit.Actor != "courier:k2" || s.visit.ID == first || s.visit.Count != 0 {
			t.Errorf("%s: %+v", c.name, s.visit)
		}
		if c.noOpen && s.parcels["p"].State != DepositFailed {
			t.Errorf("%s: the first courier's parcel is %s", c.name, s.parcels["p"].State)
		}
	}
}

func TestACardIsACouriersUntilHeIsRemoved(t *testing.T) {
	s := twoBoxes()
	s.do(t, Present{BadgeHash: "card-k1", Presented: "card"})
	s.at(t, view.StepCourierReady, view.ReasonNone)
	next := AddCourier{Record: CourierRecord{Courier: Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2", PINHash: "pin-k2", CardHash: "card-k1"}}
	if _, err := s.try(next); CodeOf(err) != Conflict {
		t.Errorf("a card of two couriers: %v", err)
	}
	s.do(t, RemoveCourier{ID: "k1"})
	s.do(t, next)
	s.do(t, Present{BadgeHash: "card-k1", Presented: "card"})
	if s.visit.Actor != "courier:k2" {
		t.Errorf("the card lets in %s", s.visit.Actor)
	}
}
