package parcel

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func TestAnnouncementsThatCannotBeUsedSayWhereAndWhatIsAllowed(t *testing.T) {
	for _, c := range []struct {
		name, id string
		a        Announcement
		field    string
	}{
		{"an id with a slash", "a/b", Announcement{}, ""},
		{"an id that is too long", strings.Repeat("a", 65), Announcement{}, ""},
		{"an id that clients take out of an address", "..", Announcement{}, ""},
		{"the other one", ".", Announcement{}, ""},
		{"a label with a space", "p", Announcement{Label: "a b"}, "/label"},
		{"a label with a control character", "p", Announcement{Label: "a\x1d"}, "/label"},
		{"a negative side", "p", Announcement{Dimensions: &wall.Dimensions{Length: -1, Width: 2, Height: 3}},
			"/dimensions_mm/length"},
		{"a side of six metres", "p", Announcement{Dimensions: &wall.Dimensions{Length: 1, Width: 2, Height: 6000}},
			"/dimensions_mm/height"},
		{"a weight of a tonne", "p", Announcement{WeightG: 1_000_000}, "/weight_g"},
		{"a year of pickup time", "p", Announcement{PickupHours: 8760}, "/pickup_hours"},
		{"a name with a line break", "p", Announcement{Recipient: &Recipient{Name: "a\nb"}}, "/recipient/name"},
		{"a phone that is a novel", "p", Announcement{Recipient: &Recipient{Phone: strings.Repeat("1", 101)}},
			"/recipient/phone"},
		{"a language in words", "p", Announcement{Recipient: &Recipient{Language: "Deutsch"}}, "/recipient/language"},
		{"an e-mail address without its sign", "p", Announcement{Recipient: &Recipient{Email: "nobody"}},
			"/recipient/email"},
		{"an order id of broken UTF-8", "p", Announcement{OrderID: "\xff"}, "/order_id"},
		{"an order id of 65 characters", "p", Announcement{OrderID: strings.Repeat("字", 65)}, "/order_id"},
		{"a name that turns the line round", "p", Announcement{Recipient: &Recipient{Name: "a\u202eb"}},
			"/recipient/name"},
		{"an order id with a terminal's order", "p", Announcement{OrderID: "a\u009b2J"}, "/order_id"},
		{"a card's number for a name", "p", Announcement{Recipient: &Recipient{Name: "J 4111111111111111"}},
			"/recipient/name"},
		{"a card's number in an address", "p",
			Announcement{Recipient: &Recipient{Email: "4111111111111111@example.org"}}, "/recipient/email"},
		{"a card's number, as printed, for an order", "p", Announcement{OrderID: "4111 1111 1111 1111"}, "/order_id"},
		{"a card's number, as printed, for a label", "p", Announcement{Label: "4111-1111-1111-1111"}, "/label"},
		{"a card's number, as printed, for a further label", "p",
			Announcement{Labels: []string{"L", "4111-1111-1111-1111"}}, "/labels/1"},
		{"a card's number, as printed, for a phone", "p",
			Announcement{Recipient: &Recipient{Phone: "4111 1111 1111 1111"}}, "/recipient/phone"},
		{"a card's number, as printed, for an id", "4111-1111-1111-1111", Announcement{}, ""},
	} {
		s := twoBoxes()
		_, err := s.try(Announce{ID: c.id, Announcement: c.a})
		var r *ledger.Refusal
		if !errors.As(err, &r) || r.Code != ledger.Invalid || r.Field != c.field {
			t.Errorf("%s: %+v", c.name, err)
		}
		if len(s.facts) != 0 {
			t.Errorf("%s: something was written", c.name)
		}
	}
}

func TestAnnouncementsAreBoundedInCharacters(t *testing.T) {
	for name, a := range map[string]Announcement{
		"67 Chinese characters": {Recipient: &Recipient{Name: strings.Repeat("字", 67)}},
		"as many as there may be": {
			OrderID: strings.Repeat("字", 64), Recipient: &Recipient{Name: strings.Repeat("📦", 200)},
		},
		"a Persian name": {Recipient: &Recipient{Name: "می\u200cخواهم"}},
		"two numbers in one": {Recipient: &Recipient{
			Phone: "+49 171 1234567 (day), +49 30 123456 ext. 12 (evening)",
		}},
		"an order that looks a card's": {OrderID: "4111111111111111"},
		"a label that looks a card's":  {Label: "4111111111111111"},
		"a phone that looks a card's":  {Recipient: &Recipient{Phone: "4222222222222"}},
	} {
		s := twoBoxes()
		if _, err := s.try(Announce{ID: "p", Announcement: a}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryMistakeOfAnAnnouncementIsToldAtOnce(t *testing.T) {
	s := twoBoxes()
	_, err := s.try(Announce{ID: "p", Announcement: Announcement{
		Label: "a b", Dimensions: &wall.Dimensions{
			Length: 0, Width: 20, Height: 6000,
		}, WeightG: -1, PickupHours: 8760, OrderID: "a\nb",
		Recipient: &Recipient{Name: "a\nb", Email: strings.Repeat("x", 300)},
	}})
	var r *ledger.Refusal
	if !errors.As(err, &r) {
		t.Fatal(err)
	}
	var got []string
	for _, m := range append([]*ledger.Refusal{r}, r.Others...) {
		got = append(got, m.Field)
	}
	want := "/label /dimensions_mm/length /dimensions_mm/height /weight_g /pickup_hours /order_id /recipient/email " +
		"/recipient/name"
	if strings.Join(got, " ") != want {
		t.Errorf("told of %q, want %q", got, want)
	}
}

func TestAParcelThatNoDoorCanTakeIsRefusedWhenItIsAnnounced(t *testing.T) {
	low := box("1", 400, 110, 500)
	low.Accessible = true
	for _, c := range []struct {
		name  string
		a     Announcement
		field string // empty: it is announced
	}{
		{"as large as the largest, whichever way round",
			Announcement{Dimensions: &wall.Dimensions{Length: 500, Width: 390, Height: 400}}, ""},
		{"a millimetre more", Announcement{Dimensions: &wall.Dimensions{Length: 501, Width: 390, Height: 400}},
			"/dimensions_mm"},
		{"long and thin", Announcement{Dimensions: &wall.Dimensions{Length: 4000, Width: 10, Height: 10}},
			"/dimensions_mm"},
		{"one that fits lying only", Announcement{Dimensions: &wall.Dimensions{Length: 100, Width: 100, Height: 450}},
			""},
		{"the same, upright", Announcement{
			Dimensions: &wall.Dimensions{Length: 100, Width: 100, Height: 450}, KeepUpright: true,
		}, "/dimensions_mm"},
		{"one that fits the door within reach", Announcement{Dimensions: small(), Accessible: true}, ""},
		{"one that fits only the others", Announcement{
			Dimensions: &wall.Dimensions{Length: 200, Width: 200, Height: 200}, Accessible: true,
		}, "/accessible"},
		{"one that fits none, within reach", Announcement{
			Dimensions: &wall.Dimensions{Length: 900, Width: 900, Height: 900}, Accessible: true,
		}, "/dimensions_mm"},
		{"of unknown size", Announcement{Accessible: true}, ""},
	} {
		s := newStage(low, box("2", 400, 390, 500))
		for n, b := range s.compartments { // that nothing is free now is another matter
			b.Allocation = wall.OutOfService
			s.compartments[n] = b
		}
		_, err := s.try(Announce{ID: "p", Announcement: c.a})
		var r *ledger.Refusal
		switch refused := errors.As(err, &r); {
		case refused && (r.Slug != "fits-no-door" || r.Field != c.field), !refused && c.field != "":
			t.Errorf("%s: %+v", c.name, err)
		}
	}
	s := newStage(box("1", 400, 110, 500))
	if _, err := s.try(Announce{ID: "p", Announcement: Announcement{Accessible: true}}); err == nil {
		t.Error("a wall without a door within reach takes parcels that need one")
	}
}

// A parcel that was announced before the wall was rebuilt can still be repeated
// and changed in what does not concern its size.
func TestAParcelThatFitsNoDoorAnyMoreStaysAnnounced(t *testing.T) {
	s := newStage(box("1", 900, 900, 900))
	a := Announcement{Dimensions: &wall.Dimensions{Length: 900, Width: 900, Height: 900}}
	s.do(t, Announce{ID: "p", Announcement: a})
	s.compartments["1"] = box("1", 400, 110, 500)
	s.do(t, Announce{ID: "p", Announcement: a})
	a.OrderID = "SO-1"
	s.do(t, Announce{ID: "p", Announcement: a})
	a.KeepUpright = true
	if _, err := s.try(Announce{ID: "p", Announcement: a}); ledger.CodeOf(err) != ledger.Invalid {
		t.Errorf("got %v", err)
	}
}

func TestRepeatingAnAnnouncementChangesNothing(t *testing.T) {
	s := twoBoxes()
	a := Announcement{
		Label: "L", Dimensions: small(), Recipient: &Recipient{Name: "Example", Language: "zh-Hans"}, PickupHours: 24,
	}
	var outcome Outcome
	var p Parcel
	say := func() { s.do(t, Announce{ID: "p", Announcement: a, Outcome: &outcome, Now: &p}) }
	say()
	if outcome != Created || p.Rev != 1 {
		t.Fatalf("%s, revision %d", outcome, p.Rev)
	}
	say()
	if outcome != Unchanged || p.Rev != 1 || len(s.facts) != 1 {
		t.Errorf("%s, revision %d, %d facts", outcome, p.Rev, len(s.facts))
	}
	a.WeightG = 5
	say()
	if outcome != Changed || p.Rev != 2 {
		t.Errorf("%s, revision %d", outcome, p.Rev)
	}
	a.Recipient = nil
	say()
	if outcome != Changed || s.Recipient("p") != nil {
		t.Errorf("%s, recipient %v", outcome, s.Recipient("p"))
	}
}

func TestConditionsProtectFromLostUpdates(t *testing.T) {
	rev := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		name   string
		exists bool
		cond   ledger.Condition
		want   ledger.Code
	}{
		{"create only, and it is new", false, ledger.Condition{IfNoneMatchAny: true}, ""},
		{"create only, and it exists", true, ledger.Condition{IfNoneMatchAny: true}, ledger.Precondition},
		{"the revision it has", true, ledger.Condition{IfMatch: rev(1)}, ""},
		{"a revision it no longer has", true, ledger.Condition{IfMatch: rev(0)}, ledger.Precondition},
		{"a revision of what does not exist", false, ledger.Condition{IfMatch: rev(1)}, ledger.Precondition},
	} {
		s := twoBoxes()
		if c.exists {
			s.announce(t, "p", nil)
		}
		_, err := s.try(Announce{ID: "p", Announcement: Announcement{WeightG: 9}, Condition: c.cond})
		if err == nil && c.want != "" || err != nil && ledger.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestTwoParcelsCannotShareALabelWhileBothAreExpected(t *testing.T) {
	s := twoBoxes()
	s.do(t, Announce{ID: "a", Announcement: Announcement{Label: "X"}})
	if _, err := s.try(Announce{
		ID: "b", Announcement: Announcement{Label: "X"},
	}); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("the label twice: %v", err)
	}
	s.do(t, Cancel{ID: "a"})
	s.do(t, Announce{ID: "b", Announcement: Announcement{Label: "X"}})
}

func TestWhatIsBehindADoorChangesOnlyForTheBetter(t *testing.T) {
	s := twoBoxes()
	base := Announcement{Label: "L-p", Dimensions: small(), PickupHours: 24}
	s.do(t, Announce{ID: "p", Announcement: base})
	s.deposit(t, "p")
	was := *s.parcels["p"].Deadline
	for name, change := range map[string]func(*Announcement){
		"less time":  func(a *Announcement) { a.PickupHours = 23 },
		"its label":  func(a *Announcement) { a.Label = "other" },
		"its weight": func(a *Announcement) { a.WeightG = 7 },
	} {
		a := base
		change(&a)
		if _, err := s.try(Announce{ID: "p", Announcement: a}); ledger.CodeOf(err) != ledger.Conflict {
			t.Errorf("%s: %v", name, err)
		}
	}
	longer := base
	longer.PickupHours, longer.OrderID = 36, "o"
	s.do(t, Announce{ID: "p", Announcement: longer})
	if got := s.parcels["p"].Deadline.Sub(was); got != 12*time.Hour {
		t.Errorf("the deadline moved by %s, want 12 h", got)
	}
	if _, err := s.try(Cancel{ID: "p"}); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("cancelling what is behind a door: %v", err)
	}
}

func TestCancellingTwiceIsOnceAndCollectedIsTooLate(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, Cancel{ID: "p"})
	if d := s.do(t, Cancel{ID: "p"}); len(d.Facts) != 0 {
		t.Error("the second time something was written")
	}
	s.announce(t, "q", small())
	number, code := s.deposit(t, "q")
	s.do(t, visit.Present{CodeHash: code})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, number, door.Closed, door.Empty)
	if _, err := s.try(Cancel{ID: "q"}); ledger.CodeOf(err) != ledger.Conflict ||
		!strings.Contains(err.Error(), "collected at") {
		t.Errorf("%v", err)
	}
	if _, err := s.try(Cancel{ID: "nobody"}); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("%v", err)
	}
}

func TestKeysAndCouriersComeAndGo(t *testing.T) {
	s := twoBoxes()
	s.do(t, people.AddKey{Record: people.KeyRecord{Key: people.Key{Name: "shop"}, SHA256: "h"}})
	if _, err := s.try(people.AddKey{Record: people.KeyRecord{
		Key: people.Key{Name: "shop"}, SHA256: "h2",
	}}); ledger.CodeOf(err) != ledger.Conflict {
		t.Errorf("the same name twice: %v", err)
	}
	s.do(t, people.RevokeKey{Name: "shop"})
	s.do(t, people.AddKey{Record: people.KeyRecord{Key: people.Key{Name: "shop"}, SHA256: "h2"}})
	s.do(t, people.RemoveCourier{ID: "k1"})
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	if len(s.orders) != 0 || s.visit.Kind == CourierVisit {
		t.Errorf("a removed courier came in: %+v", s.visit)
	}
	for _, c := range []visit.Command{
		people.RemoveCourier{ID: "nobody"}, people.RevokeKey{Name: "nobody"}, upkeep.RestoreDoor{
			Compartment: "99", Reason: "",
		}, upkeep.TakeOutOfService{Compartment: "99", Reason: ""},
	} {
		if _, err := s.try(c); ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("%T: %v", c, err)
		}
	}
}

func TestAPublicScreenShowsFourCharacters(t *testing.T) {
	for order, want := range map[string]string{
		"": "…0123", "7": "7", "1234": "1234", "12345": "…2345", "A文字": "A文字", "注文番号": "注文番号", "注文番号7": "…文番号7",
	} {
		if got := (Parcel{Label: "L-0123", OrderID: order}).ShortRef(); got != want {
			t.Errorf("of order %q the screen shows %q, want %q", order, got, want)
		}
	}
}
