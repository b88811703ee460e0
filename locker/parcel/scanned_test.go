package parcel

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// scene is a station with a visit on some page: parcel "mine" is the visit's
// where it has one; "stored" and "used" lie or lay behind other doors.
type scene struct {
	*stage
	code, used, own string // hashes of codes: of another's stored parcel, of a collected one, of the visit's
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{stage: newStage(box("1", 400, 110, 500), box("2", 400, 110, 500), box("3", 400, 110, 500),
		box("4", 400, 110, 500))}
	s.couriers["k2"] = people.CourierRecord{
		Courier: people.Courier{ID: "k2", Name: "South"}, BadgeHash: "badge-k2", PINHash: "pin-k2", CardHash: "card-k2",
	}
	for _, id := range []string{"mine", "next", "stored", "used"} {
		s.announce(t, id, small())
	}
	_, s.used = s.deposit(t, "used")
	s.do(t, visit.Present{CodeHash: s.used, Presented: "code"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.visit.Compartment, door.Closed, door.Empty)
	s.act(t, view.ActFinish)
	_, s.code = s.deposit(t, "stored")
	return s
}

// collecting plays a customer's visit with the parcel "mine" up to its opening.
func (s *scene) collecting(t *testing.T) {
	_, s.own = s.deposit(t, "mine")
	s.do(t, visit.Present{CodeHash: s.own, Presented: "code"})
}

func (s *scene) delivering(t *testing.T) {
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-mine", Presented: "label"})
}

// scenes are all pages of a visit, each by the way people come to it.
func scenes() map[string]func(*testing.T, *scene) {
	then := func(steps ...func(*testing.T, *scene)) func(*testing.T, *scene) {
		return func(t *testing.T, s *scene) {
			for _, step := range steps {
				step(t, s)
			}
		}
	}
	act := func(a view.ActionName) func(*testing.T, *scene) { return func(t *testing.T, s *scene) { s.act(t, a) } }
	ends := func(r door.Result) func(*testing.T, *scene) { return func(t *testing.T, s *scene) { s.ended(t, r) } }
	shut := func(p door.Presence) func(*testing.T, *scene) {
		return func(t *testing.T, s *scene) { s.see(t, s.visit.Compartment, door.Closed, p) }
	}
	scan := func(c visit.Present) func(*testing.T, *scene) { return func(t *testing.T, s *scene) { s.do(t, c) } }
	wait := func(t *testing.T, s *scene) { s.now = s.now.Add(15 * time.Second); s.do(t, visit.Tick{}) }
	killed := func(t *testing.T, s *scene) {
		s.do(t, visit.Start{Boot: "b"})
		s.now = s.now.Add(wall.SettleAfter)
		s.do(t, visit.Tick{})
	}
	customer, courier := (*scene).collecting, (*scene).delivering
	pick := func(t *testing.T, s *scene) { customer(s, t) }
	bring := func(t *testing.T, s *scene) { courier(s, t) }
	badge := scan(visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	return map[string]func(*testing.T, *scene){
		"idle":            func(*testing.T, *scene) {},
		"pickup_enter":    act(view.ActStartPickup),
		"pickup_refused":  scan(visit.Present{CodeHash: "wrong", Presented: "code"}),
		"pickup_opening":  pick,
		"pickup_open":     then(pick, ends(door.ConfirmedOpen)),
		"pickup_check":    then(pick, ends(door.ConfirmedOpen), shut(door.Present)),
		"pickup_done":     then(pick, ends(door.ConfirmedOpen), shut(door.Empty)),
		"pickup_left":     then(pick, ends(door.ConfirmedOpen), wait, act(view.ActFinish)),
		"no_open":         then(pick, ends(door.Unanswered)),
		"to_check":        then(pick, killed),
		"courier_enter":   act(view.ActStartCourier),
		"courier_refused": then(act(view.ActStartCourier), scan(visit.Present{BadgeHash: "wrong", Presented: "badge"})),
		"courier_ready":   badge,
		"courier_opening": bring,
		"courier_open":    then(bring, ends(door.ConfirmedOpen)),
		"courier_check":   then(bring, ends(door.ConfirmedOpen), shut(door.Empty)),
		"courier_retake":  then(bring, ends(door.ConfirmedOpen), act(view.ActBroken)),
		"courier_leave":   then(bring, ends(door.ConfirmedOpen), act(view.ActBroken), act(view.ActOtherDoor)),
		"courier_no_open": then(bring, ends(door.Unanswered)),
		"courier_receipt": then(bring, ends(door.ConfirmedOpen), shut(door.Present), act(view.ActReceipt)),
		"courier_done":    then(badge, act(view.ActFinish)),
	}
}

// A scan of each kind, by its name in the table.
var scans = []struct {
	name string
	scan func(*scene) visit.Present
}{
	{"own code", func(s *scene) visit.Present {
		return visit.Present{CodeHash: s.own, Label: "SOMECODE", Presented: "code"}
	}},
	{"a valid code", func(s *scene) visit.Present {
		return visit.Present{CodeHash: s.code, Label: "SOMECODE", Presented: "code"}
	}},
	{"a used code", func(s *scene) visit.Present {
		return visit.Present{CodeHash: s.used, Label: "SOMECODE", Presented: "code"}
	}},
	{"an unknown code", func(*scene) visit.Present {
		return visit.Present{CodeHash: "nobody's", Label: "SOMECODE", Presented: "code"}
	}},
	{"own badge", func(*scene) visit.Present {
		return visit.Present{BadgeHash: "badge-k1", Label: "B:OWN", Presented: "badge"}
	}},
	{"another badge", func(*scene) visit.Present {
		return visit.Present{BadgeHash: "badge-k2", Label: "B:OTHER", Presented: "badge"}
	}},
	{"an unknown badge", func(*scene) visit.Present {
		return visit.Present{BadgeHash: "nobody's", Label: "B:NONE", Presented: "badge"}
	}},
	{"an unknown card", func(*scene) visit.Present { return visit.Present{BadgeHash: "nobody's", Presented: "card"} }},
	{"own label", func(*scene) visit.Present { return visit.Present{Label: "L-mine", Presented: "label"} }},
	{"the next label", func(*scene) visit.Present { return visit.Present{Label: "L-next", Presented: "label"} }},
	{"a stored label", func(*scene) visit.Present { return visit.Present{Label: "L-stored", Presented: "label"} }},
	{"an unknown label", func(*scene) visit.Present { return visit.Present{Label: "L-nobody", Presented: "label"} }},
	{"GS1", func(*scene) visit.Present { return visit.Present{Label: "]C100340123450000000017", Presented: "label"} }},
	{"garbage", func(*scene) visit.Present { return visit.Present{Presented: "unreadable"} }},
}

// What each page makes of each scan: a word is an answer on the same page; a
// word behind an arrow is another page, or the same with another reason.
var answers = func() map[string][]string {
	atCustomersDoor := []string{
		"read", "first", "first", "first", "first", "first", "first", "first", "first", "first", "first", "first",
		"first", "first",
	}
	atCouriersDoor := []string{
		"", "later", "later", "later", "read", "first", "first", "first", "read", "first", "first", "first",
		"first", "first",
	}
	const opening, refused, ready = "> pickup_opening", "> pickup_refused not_valid", "> courier_ready"
	const was = "> pickup_refused collected"
	return map[string][]string{
		"idle": {"", opening, was, refused, ready, ready, refused, refused, refused, refused, refused, refused,
			refused, refused},
		"pickup_enter": {"", opening, was, refused, ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"pickup_refused": {"", opening, was, "not_valid", ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"pickup_opening": atCustomersDoor, "pickup_open": atCustomersDoor, "pickup_check": atCustomersDoor,
		"pickup_done": {was, opening, was, refused, ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"pickup_left": {"> pickup_open", opening, was, refused, ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"no_open": {opening, opening, was, refused, ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"to_check": {opening, opening, was, refused, ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"courier_enter": {"", opening, "not_valid", "not_valid", ready, ready, "> courier_refused not_valid",
			"> courier_refused not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"courier_refused": {"", opening, was, "not_valid", ready, ready, "not_valid", "not_valid",
			"not_valid", "not_valid", "not_valid", "not_valid", "not_valid", "not_valid"},
		"courier_ready": {"", opening, ready + " unknown_label", ready + " unknown_label", "read", "read",
			ready + " not_label", ready + " not_label",
			"> courier_opening", "> courier_opening", ready + " already_stored", ready + " unknown_label",
			ready + " unknown_label", ready + " not_label"},
		"courier_opening": atCouriersDoor, "courier_open": atCouriersDoor, "courier_check": atCouriersDoor,
		"courier_retake": atCouriersDoor,
		"courier_leave":  atCouriersDoor,
		"courier_no_open": {"", "later", "later", "later", "read", ready, "first", "first",
			"read", "> courier_opening", "first", "first", "first", "first"},
		"courier_receipt": {"", opening, "not_valid", "not_valid", "read", ready, "not_valid", "not_valid",
			ready + " already_stored", "> courier_opening", ready + " already_stored", "not_valid", "not_valid",
			"not_valid"},
		"courier_done": {"", opening, was, refused, ready, ready, "badge", "badge", "badge", "badge", "badge",
			"badge", "badge", "badge"},
	}
}()

// Every page with every kind of scan: never silent, never mistaken, nothing lost.
func TestEveryScanOnEveryPageIsAnswered(t *testing.T) {
	for page, play := range scenes() {
		if len(answers[page]) != len(scans) {
			t.Fatalf("%s has %d answers for %d kinds of scan", page, len(answers[page]), len(scans))
		}
		for i, c := range scans {
			want := answers[page][i]
			t.Run(page+", "+c.name, func(t *testing.T) {
				s := newScene(t)
				play(t, s)
				if got := cmpOr(string(s.visit.Step), "idle"); got != page {
					t.Fatalf("the screen is on %s", got)
				}
				scan := c.scan(s)
				if want == "" && scan.CodeHash == "" {
					return // there is no such code here
				}
				before, orders, parcels := s.visit, len(s.orders), len(s.facts)
				d := s.do(t, scan)
				got := string(d.Heard)
				if d.Heard == "" {
					got = "> " + string(s.visit.Step)
					if s.visit.Reason != "" {
						got += " " + string(s.visit.Reason)
					}
				}
				if got != want {
					t.Errorf("answered %q, want %q", got, want)
				}
				if d.Heard != "" {
					s.keeps(t, before, d)
				}
				if opens := len(s.orders) > orders; opens != slices.Contains([]string{"> pickup_opening",
					"> courier_opening"}, want) {
					t.Errorf("a door was ordered open: %t", opens)
				}
				for _, f := range s.facts[parcels:] {
					if f, ok := f.(*DepositFailure); ok && want != "> courier_opening" && want != "> courier_ready" {
						t.Errorf("the deposit was dropped: %+v", f)
					}
				}
			})
		}
	}
}

// keeps holds that a scan that was answered on the page has changed nothing else.
func (s *scene) keeps(t *testing.T, before visit.Visit, d visit.Decision) {
	t.Helper()
	now := s.visit
	if now.Step != before.Step || now.Reason != before.Reason || now.Parcel != before.Parcel ||
		now.Compartment != before.Compartment ||
		now.Count != before.Count || now.Last != before.Last || now.Retake != before.Retake {
		t.Errorf("the page was kept, and the visit is\n%+v\nafter\n%+v", now, before)
	}
	if len(d.Changes[Parcels.Spec])+len(d.Changes[wall.Compartments.Spec])+len(d.Changes[wall.Openings.Spec]) > 0 {
		t.Errorf("the page was kept, and changed %v", d.Facts)
	}
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// A page that says to wait, or to close a door, still says so after a foreign scan.
func TestAForeignScanTakesNoWordsAway(t *testing.T) {
	s := newScene(t)
	for range 4 {
		s.act(t, view.ActStartPickup)
		s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: "wrong"})
	}
	s.at(t, view.StepPickupRefused, view.ReasonWait)
	until := s.visit.RetryAt
	d := s.do(t, visit.Present{Presented: "unreadable"})
	if s.at(t, view.StepPickupRefused, view.ReasonWait); d.Heard != view.HeardNotValid ||
		!s.visit.RetryAt.Equal(until) {
		t.Errorf("heard %q, wait until %s, was %s", d.Heard, s.visit.RetryAt, until)
	}
}

// A barcode that lies before the reader costs the log little, whatever the page.
func TestForeignScansWithoutEndCostTheLogLittle(t *testing.T) {
	for page, play := range scenes() {
		if page == "idle" {
			continue // TestRefusalsWithoutEndCostTheLogLittle
		}
		s := newScene(t)
		play(t, s)
		from := len(s.facts)
		for range 100 { // ten a second, as long as no page ends
			s.now = s.now.Add(100 * time.Millisecond)
			if d := s.do(t, visit.Present{Presented: "unreadable"}); page != "courier_ready" && d.Heard == "" {
				t.Fatalf("%s is silent", page)
			}
		}
		if n := len(s.facts) - from; page != "courier_ready" && n > 12 {
			t.Errorf("%s: 100 foreign scans made %d facts: %s", page, n, fmt.Sprintf("%T", s.facts[len(s.facts)-1]))
		}
	}
}
