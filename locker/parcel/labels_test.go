package parcel

import (
	"errors"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
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
		{"a postal item announced in small letters", "rr123456785gb", "RR123456785GB"},
		{"what was announced with its symbol", "]C100340123450000000017", "340123450000000017"},
		{"a UPC read as EAN", "036000291452", "0036000291452"},
		{"FedEx with 34 digits", "925989385163", "1071804952390002087800925989385163"},
		{"UPS announced in small letters", "1z999aa10123456784", "1Z999AA10123456784"},
		{"the US mail announced with a postal code", "420100029400100000000000000006", "9400100000000000000006"},
		{"a wrong check digit that was announced so", "00340123450000000018", "00340123450000000018"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.announced(t, "p", c.announced)
			s.announced(t, "another", "340123450000000024")
			s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
			s.do(t, visit.Present{Label: c.scanned, Presented: "label"})
			s.at(t, view.StepCourierOpening, "")
			if s.visit.Parcel != "p" {
				t.Errorf("opened for %q", s.visit.Parcel)
			}
			if got := s.parcels["p"].Label; got != c.announced {
				t.Errorf("announced as %q, it is shown as %q", c.announced, got)
			}
		})
	}
}

func TestOneLabelIsOneParcelInWhateverSpelling(t *testing.T) {
	const sscc = "340123450000000017"
	for _, c := range []struct {
		name, first, second string
		same                bool
	}{
		{"with and without the application identifier", sscc, "00" + sscc, true},
		{"as printed below the bars", "(00)" + sscc, "00" + sscc, true},
		{"with what a reader puts before it", "]C100" + sscc, sscc, true},
		{"an address", "https://id.gs1.org/00/" + sscc, "(00)" + sscc, true},
		{"small letters", "rr123456785gb", "RR123456785GB", true},
		{"leading zeros of an article", "0036000291452", "036000291452", true},
		{"the same text", "X", "X", true},
		{"other letters", "x", "X", false},
		{"another number", sscc, "340123450000000024", false},
		{"a wrong check digit", "00" + sscc, "00340123450000000018", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, how := range []struct{ name, firstID, firstLabel, secondID, secondLabel string }{
				{"labels", "a", c.first, "b", c.second},
				{"labels the other way round", "a", c.second, "b", c.first},
				{"an id and a label", c.first, "", "b", c.second},
				{"a label and an id", "a", c.second, c.first, ""},
				{"two ids", c.first, "", c.second, ""},
			} {
				if !validID(how.firstID) || !validID(how.secondID) || how.firstID == how.secondID {
					continue
				}
				s := twoBoxes()
				s.announced(t, how.firstID, how.firstLabel)
				second := Announce{
					ID: how.secondID, Announcement: Announcement{Label: how.secondLabel, Dimensions: small()},
				}
				_, err := s.try(second)
				var r *ledger.Refusal
				if refused := errors.As(err, &r) && r.Slug == "label-in-use" && r.Code == ledger.Conflict &&
					r.Field == "/label"; refused != c.same || !refused && err != nil {
					t.Errorf("%s: %v", how.name, err)
				}
				s.do(t, Cancel{ID: how.firstID})
				s.do(t, second)
			}
		})
	}
}

func TestALabelCanBeSpelledAnotherWayButNotAsAnotherParcels(t *testing.T) {
	s := twoBoxes()
	say := func(id, label string, want Outcome) {
		t.Helper()
		var outcome Outcome
		s.do(t, Announce{ID: id, Announcement: Announcement{Label: label, Dimensions: small()}, Outcome: &outcome})
		if outcome != want || s.parcels[id].Label != label {
			t.Fatalf("%s: %s, its label is %q", label, outcome, s.parcels[id].Label)
		}
	}
	never := func(id, label, slug string) {
		t.Helper()
		_, err := s.try(Announce{ID: id, Announcement: Announcement{Label: label, Dimensions: small()}})
		var r *ledger.Refusal
		if !errors.As(err, &r) || r.Slug != slug {
			t.Errorf("%s becomes %s: %v", id, label, err)
		}
	}
	say("p", "340123450000000017", Created)
	say("q", "340123450000000024", Created)
	never("p", "(00)340123450000000024", "label-in-use")
	say("q", "00340123450000000024", Changed)
	say("q", "00340123450000000024", Unchanged)
	say("q", "Q", Changed)
	say("r", "340123450000000024", Created)

	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "]C100340123450000000017", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	if s.parcels["p"].State != Stored {
		t.Fatalf("p is %s", s.parcels["p"].State)
	}
	say("p", "00340123450000000017", Changed)
	say("p", "00340123450000000017", Unchanged)
	never("p", "00340123450000000018", "stored-already")
	never("q", "340123450000000017", "label-in-use")
}

func TestAMisreadLabelIsToldApartFromAnUnknownOne(t *testing.T) {
	for _, c := range []struct {
		name, scanned string
		why           view.Reason
	}{
		{"an SSCC with a wrong digit", "00340123450000000018", view.ReasonMisread},
		{"a postal item with two digits swapped", "RR132456785GB", view.ReasonMisread},
		{"an SSCC that nobody announced", "00340123450000000017", view.ReasonUnknownLabel},
		{"a postal item with spaces and a wrong digit", "RR 123 456 784 GB", view.ReasonMisread},
		{"a carrier's number", "036000291453", view.ReasonUnknownLabel},
		{"nothing that could be a label", "", view.ReasonNotLabel},
	} {
		s := twoBoxes()
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, visit.Present{Label: c.scanned, Presented: "label"})
		s.at(t, view.StepCourierReady, c.why)
	}
}

// Two parcels that are both expected can share a number only where they were
// announced before the rule was: the exact text wins, and nothing else does.
func TestTheExactLabelWinsAndTwoThatFitAlikeOpenNothing(t *testing.T) {
	const both = "]C1401CONS12345" + "\x1d" + "91ABC12345678" // a consignment, and a number of the carrier's own
	for _, c := range []struct {
		name, scanned string
		labels        map[string]string // of parcels by id
		ended         string            // of them, one that has been cancelled
		opens         string            // empty: nothing
		why           view.Reason
	}{
		{"the exact text", "]C14014012345ABC", map[string]string{"exact": "(401)4012345ABC", "other": "4012345ABC"}, "",
			"exact", ""},
		{"one that has ended", "]C14014012345ABC", map[string]string{"exact": "(401)4012345ABC", "other": "4012345ABC"},
			"exact", "other", ""},
		{"34 digits and the number in them", "1071804952390002087800925989385163",
			map[string]string{"long": "1071804952390002087800925989385163", "short": "925989385163"}, "", "long", ""},
		{"and the other way round", "925989385163", map[string]string{
			"long": "1071804952390002087800925989385163", "short": "925989385163",
		}, "", "short", ""},
		{"and in a third form", "00925989385163", map[string]string{
			"long": "1071804952390002087800925989385163", "short": "925989385163",
		}, "", "", view.ReasonAmbiguous},
		{"two numbers in one label", both, map[string]string{"a": "CONS12345", "b": "ABC12345678"}, "", "",
			view.ReasonAmbiguous},
		{"of which one has ended", both, map[string]string{"a": "CONS12345", "b": "ABC12345678"}, "b", "a", ""},
		{"a number that stands inside two labels", "100100", map[string]string{"a": "A100100A", "b": "A100100B"}, "",
			"", view.ReasonAmbiguous},
		{"of which one is scanned", "A100100B", map[string]string{"a": "A100100A", "b": "A100100B"}, "", "b", ""},
		{"of which a third is scanned", "A100100C", map[string]string{"a": "A100100A", "b": "A100100B"}, "", "",
			view.ReasonUnknownLabel},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			for id, text := range c.labels {
				state := Announced
				if id == c.ended {
					state = Cancelled
				}
				s.parcels[id] = Parcel{ID: id, State: state, Label: text, Dimensions: small()}
			}
			s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
			s.do(t, visit.Present{Label: c.scanned, Presented: "label"})
			if c.opens == "" {
				s.at(t, view.StepCourierReady, c.why)
				if len(s.orders) > 0 {
					t.Errorf("ordered %+v", s.orders)
				}
				return
			}
			s.at(t, view.StepCourierOpening, "")
			if s.visit.Parcel != c.opens {
				t.Errorf("opened for %q", s.visit.Parcel)
			}
		})
	}
}

func TestAParcelIsFoundByEachOfItsLabelsAndNoOtherMayHaveOne(t *testing.T) {
	several := Announcement{
		Label: "SHOP-1", Labels: []string{"00340123450000000017", "JD012345678901234567", "925989385163"},
		Dimensions: small(),
	}
	for _, scanned := range []string{
		"SHOP-1", "]C10034012345000000001742110002", "JJD012345678901234567", "1071804952390002087800925989385163",
	} {
		s := twoBoxes()
		s.do(t, Announce{ID: "p", Announcement: several})
		for _, second := range []Announcement{{Label: scanned}, {Label: "OTHER", Labels: []string{"X-1", scanned}}} {
			_, err := s.try(Announce{ID: "q", Announcement: second})
			var r *ledger.Refusal
			if want := "/labels/1"; !errors.As(err, &r) || r.Slug != "label-in-use" ||
				r.Field != want && second.Label != scanned {
				t.Errorf("%s is announced a second time: %v", scanned, err)
			}
		}
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		s.do(t, visit.Present{Label: scanned, Presented: "label"})
		s.at(t, view.StepCourierOpening, "")
		if s.visit.Parcel != "p" {
			t.Errorf("%s opened for %q", scanned, s.visit.Parcel)
		}
	}
}

func TestFurtherLabelsAreKeptOnceAndBounded(t *testing.T) {
	s := twoBoxes()
	say := func(want Outcome, labels ...string) {
		t.Helper()
		var outcome Outcome
		s.do(t, Announce{
			ID: "p", Announcement: Announcement{
				Label: "340123450000000017", Labels: labels, Dimensions: small(),
			}, Outcome: &outcome,
		})
		if outcome != want {
			t.Errorf("%q: %s, want %s", labels, outcome, want)
		}
	}
	say(Created, "(00)340123450000000017", "A-1", "]C0A-1", "B-1")
	if got := s.parcels["p"].Labels; !slices.Equal(got, []string{"A-1", "B-1"}) {
		t.Errorf("kept %q", got)
	}
	say(Unchanged, "A-1", "B-1")
	say(Changed, "A-1")
	say(Changed)
	say(Changed, "1", "2", "3", "4", "5", "6", "7", "8")
	for _, wrong := range []struct {
		labels  []string
		pointer string
	}{
		{[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9"}, "/labels"},
		{[]string{"A-1", "two words"}, "/labels/1"}, {[]string{""}, "/labels/0"}, {[]string{"\u5305"}, "/labels/0"},
	} {
		_, err := s.try(Announce{
			ID: "p", Announcement: Announcement{Label: "340123450000000017", Labels: wrong.labels},
		})
		var r *ledger.Refusal
		if !errors.As(err, &r) || r.Code != ledger.Invalid || r.Field != wrong.pointer {
			t.Errorf("%q: %v", wrong.labels, err)
		}
	}
}

func TestACourierAtWorkMayShowTheBadgeAgain(t *testing.T) {
	s := twoBoxes()
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	was := s.visit.ID
	s.do(t, visit.Present{Label: "nobody's", Presented: "label"})
	s.at(t, view.StepCourierReady, view.ReasonUnknownLabel)
	s.now = s.now.Add(time.Minute)
	for _, again := range []visit.Present{
		{BadgeHash: "badge-k1", Label: "B:X", Presented: "badge"}, {BadgeHash: "card-k1", Presented: "card"},
	} {
		s.do(t, again)
		s.at(t, view.StepCourierReady, view.ReasonNone)
	}
	if s.visit.ID != was || s.visit.Actor != "courier:k1" ||
		!s.visit.TimeoutAt.Equal(s.now.Add(s.env().Policy.CourierTimeout)) {
		t.Errorf("%+v", s.visit)
	}
}

func TestABadgeShownWhereADoorDidNotOpenChangesNothing(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.Unanswered)
	s.at(t, view.StepCourierNoOpen, view.ReasonUnanswered)
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.at(t, view.StepCourierNoOpen, view.ReasonUnanswered)
}

func TestAColleaguesBadgeBeginsAnotherVisit(t *testing.T) {
	for _, c := range []struct {
		name   string
		noOpen bool
	}{{"while a label is waited for", false}, {"where a door did not open", true}} {
		s := twoBoxes()
		s.couriers["k2"] = people.CourierRecord{Courier: people.Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2"}
		s.announce(t, "p", small())
		s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		if c.noOpen {
			s.do(t, visit.Present{Label: "L-p", Presented: "label"})
			s.ended(t, door.Unanswered)
		}
		first := s.visit.ID
		s.do(t, visit.Present{BadgeHash: "badge-k2", Presented: "badge"})
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
	s.do(t, visit.Present{BadgeHash: "card-k1", Presented: "card"})
	s.at(t, view.StepCourierReady, view.ReasonNone)
	next := people.AddCourier{Record: people.CourierRecord{
		Courier: people.Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2", PINHash: "pin-k2", CardHash: "card-k1",
	}}
	if _, err := s.try(next); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("a card of two couriers: %v", err)
	}
	s.do(t, people.RemoveCourier{ID: "k1"})
	s.do(t, next)
	s.do(t, visit.Present{BadgeHash: "card-k1", Presented: "card"})
	if s.visit.Actor != "courier:k2" {
		t.Errorf("the card lets in %s", s.visit.Actor)
	}
}
