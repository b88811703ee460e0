package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// accepting is a station that takes what nobody has announced.
var accepting = Settings{Unannounced: true}

// taking is a station that takes parcels nobody has announced.
func taking() *stage {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	s.policy.Rooms = map[string]any{"parcel": accepting}
	return s
}

// bring has a courier bring a parcel with this label, and returns its id here.
func (s *stage) bring(t *testing.T, label string) (id string) {
	t.Helper()
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: label, Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.at(t, view.StepCourierOpen, view.ReasonNone)
	id = s.visit.Parcel
	if v := s.shows(t, "", view.StepCourierOpen, ""); !v.Courier.Unannounced {
		t.Error("the courier is not told that the parcel was not announced")
	}
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.act(t, view.ActFinish)
	s.act(t, view.ActFinish)
	if p := s.parcels[id]; p.State != Stored || !p.Unannounced || p.Label != label {
		t.Fatalf("the parcel is %+v", p)
	}
	return id
}

func TestAParcelThatNobodyAnnouncedIsTakenAndCollectedByItsToken(t *testing.T) {
	s := taking()
	id := s.bring(t, "1Z999")
	if s.told("parcel.announced") != 1 || s.told("parcel.stored") != 1 {
		t.Errorf("%d announced, %d stored", s.told("parcel.announced"), s.told("parcel.stored"))
	}
	before := s.opened()
	s.do(t, aToken("aa", "1Z999"))
	if s.opened() != before+1 {
		t.Fatal("its token opens nothing")
	}
	s.takes(t)
	s.do(t, aToken("aa", "1Z999"))
	s.at(t, view.StepPickupRefused, view.ReasonCollected)

	// Its announcement comes when it is gone: it is this parcel, and no second one.
	var now Parcel
	var outcome Outcome
	who := &Recipient{Name: "A. Customer", Phone: "1"}
	s.do(t, Announce{
		ID: "P-9", Announcement: Announcement{Label: "1Z999", OrderID: "SO-9", Recipient: who},
		Now: &now, Outcome: &outcome,
	})
	if now.State != Collected || now.Was != id || now.OrderID != "SO-9" || now.Unannounced ||
		len(s.parcels) != 1 || outcome != Created || s.Recipient("P-9") != nil {
		t.Errorf("%s: %+v, %d parcels", outcome, now, len(s.parcels))
	}
	// The next one with this label is another.
	s.do(t, Announce{ID: "P-10", Announcement: Announcement{Label: "1Z999"}, Now: &now})
	if now.State != Announced || len(s.parcels) != 2 {
		t.Errorf("%+v", now)
	}
}

func TestAnAnnouncementFindsTheParcelThatIsHere(t *testing.T) {
	s := taking()
	id := s.bring(t, "1Z999")
	s.do(t, aToken("aa", "1Z999"))
	for s.visit.Step == view.StepPickupOpening {
		s.ended(t, door.Stuck)
	}
	codes := s.CredentialsOf(id)
	number := s.parcels[id].Compartment
	until := *s.parcels[id].Deadline
	told := Announce{ID: "P-9", Announcement: Announcement{
		Label: "1Z999", OrderID: "SO-9", Recipient: &Recipient{Name: "A. Customer"}, PickupHours: 72,
	}}
	var now Parcel
	var outcome Outcome
	told.Now, told.Outcome = &now, &outcome
	s.do(t, told)
	if now.ID != "P-9" || now.Was != id || now.State != Stored || now.Compartment != number ||
		now.OrderID != "SO-9" || !now.Deadline.Equal(until.Add(24*time.Hour)) || outcome != Created ||
		len(s.parcels) != 1 {
		t.Fatalf("%s: %+v", outcome, now)
	}
	if s.compartments[number].Parcel != "P-9" || len(s.CredentialsOf("P-9")) != len(codes) || len(codes) != 3 ||
		len(s.CredentialsOf(id)) != 0 || s.tokens["token:aa"].Parcel != "P-9" || s.Recipient("P-9") == nil {
		t.Errorf("door %s has %q, codes %+v", number, s.compartments[number].Parcel, s.CredentialsOf("P-9"))
	}
	facts := len(s.facts)
	s.do(t, told) // repeating it changes nothing
	if outcome != Unchanged || len(s.facts) != facts {
		t.Errorf("a repetition is %s", outcome)
	}
	for _, c := range codes {
		if c.Kind == ByCode {
			s.do(t, visit.Present{CodeHash: c.Hash, Presented: "code"})
		}
	}
	s.takes(t)
	if s.parcels["P-9"].State != Collected {
		t.Errorf("the parcel is %s", s.parcels["P-9"].State)
	}
}

// An announcement that comes while the door is open is not refused: who tells it may not come
// again. Whoever is at the door goes on.
func TestAnAnnouncementComesWhileTheDoorIsOpen(t *testing.T) {
	told := Announce{ID: "P-9", Announcement: Announcement{Label: "1Z999", Recipient: &Recipient{Name: "A. B."}}}
	for name, before := range map[string]func(t *testing.T, s *stage){
		"it is about to open": func(*testing.T, *stage) {},
		"it is open":          func(t *testing.T, s *stage) { s.ended(t, door.ConfirmedOpen) },
	} {
		s := taking()
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, visit.Present{Label: "1Z999", Presented: "label"})
		before(t, s)
		s.do(t, told)
		if s.visit.Step == view.StepCourierOpening {
			s.ended(t, door.ConfirmedOpen)
		}
		s.at(t, view.StepCourierOpen, view.ReasonNone)
		s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
		if p := s.parcels["P-9"]; p.State != Stored || len(s.parcels) != 1 || len(s.CredentialsOf("P-9")) != 2 ||
			s.compartments[p.Compartment].Parcel != "P-9" || s.Recipient("P-9") == nil {
			t.Errorf("%s: %+v, %d parcels", name, p, len(s.parcels))
		}
		s.act(t, view.ActUndo) // the page knows it still
		s.ended(t, door.ConfirmedOpen)
		s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
		if p := s.parcels["P-9"]; p.State != DepositFailed {
			t.Errorf("%s: the parcel is %s", name, p.State)
		}
		s.do(t, visit.Present{Label: "1Z999", Presented: "label"}) // and brings it after all
		if p := s.parcels["P-9"]; p.State != Booked {
			t.Errorf("%s: the parcel is %s", name, p.State)
		}
	}
	s := taking() // while it is collected
	s.bring(t, "1Z999")
	s.do(t, aToken("aa", "1Z999"))
	s.ended(t, door.ConfirmedOpen)
	s.do(t, told)
	s.at(t, view.StepPickupOpen, view.ReasonNone)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.at(t, view.StepPickupDone, view.ReasonNone)
	if p := s.parcels["P-9"]; p.State != Collected || len(s.parcels) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestOnlyLabelsAreTaken(t *testing.T) {
	for name, c := range map[string]struct {
		scan visit.Present
		set  Settings
		why  view.Reason
	}{
		"refused by the operator": {
			visit.Present{Label: "1Z999", Presented: "label"}, Settings{}, view.ReasonUnknownLabel,
		},
		"a code": {
			visit.Present{Label: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", CodeHash: "h", Presented: "code"}, accepting,
			view.ReasonUnknownLabel,
		},
		"a code in small letters": {
			visit.Present{Label: "abcdefghijklmnopqrstuv2345", Presented: "label"}, accepting,
			view.ReasonUnknownLabel,
		},
		"an article": {
			visit.Present{Label: "4006381333931", Presented: "label"}, accepting, view.ReasonUnknownLabel,
		},
		"an address": {
			visit.Present{Label: "https://shop.example/t/1", Presented: "label"}, accepting,
			view.ReasonUnknownLabel,
		},
		"a payment card": {
			visit.Present{Label: "4111111111111111", CardNumber: true, Presented: "label"}, accepting,
			view.ReasonUnknownLabel,
		},
		"read wrongly": {
			visit.Present{Label: "00340123450000000019", Presented: "misread"}, accepting, view.ReasonMisread,
		},
		"a token":       {aToken("aa", "1Z999"), accepting, view.ReasonNotLabel},
		"nothing of us": {visit.Present{Presented: "unreadable"}, accepting, view.ReasonNotLabel},
	} {
		s := taking()
		s.policy.Rooms = map[string]any{"parcel": c.set}
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, c.scan)
		v := s.visit
		if v.Step != view.StepCourierReady || v.Reason != c.why || s.opened() != 0 || len(s.parcels) != 0 {
			t.Errorf("%s: %s (%s), %d openings, %d parcels", name, v.Step, v.Reason, s.opened(), len(s.parcels))
		}
	}
	s := taking() // and from nobody but a courier
	s.do(t, visit.Present{Label: "1Z999", Presented: "label"})
	if len(s.parcels) != 0 || s.opened() != 0 {
		t.Error("a stranger has deposited something")
	}
}
