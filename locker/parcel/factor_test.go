package parcel

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// withPhone announces a parcel for somebody with a phone and has it deposited.
func (s *stage) withPhone(t *testing.T, a Announcement) (code, pin string) {
	t.Helper()
	a.Label, a.Dimensions = "L-p", small()
	a.Recipient = &Recipient{Phone: "+49 30 123 45 67"}
	s.do(t, Announce{ID: "p", Announcement: a})
	_, code = s.deposit(t, "p")
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByPIN {
			pin = c.Hash
		}
	}
	s.facts, s.orders = nil, nil
	return code, pin
}

// digits types on the page that is shown.
func (s *stage) digits(t *testing.T, pin, tail string) {
	t.Helper()
	s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: pin, Tail: tail})
}

func TestAValuableParcelNeedsItsCodeAndThePhone(t *testing.T) {
	for name, show := range map[string]func(s *stage, code, pin string){
		"code": func(s *stage, code, _ string) { s.scan(t, code) },
		"pin":  func(s *stage, _, pin string) { s.act(t, view.ActStartPickup); s.digits(t, pin, "") },
	} {
		t.Run(name, func(t *testing.T) {
			s := twoBoxes()
			code, pin := s.withPhone(t, Announcement{Valuable: true})
			s.do(t, EraseRecipient{ID: "p"}) // the digits stay
			show(s, code, pin)
			s.at(t, view.StepPickupSecond, "")
			if len(s.orders) != 0 {
				t.Fatal("the door opened by one factor")
			}
			s.digits(t, "", "0000")
			s.at(t, view.StepPickupSecond, view.ReasonNotValid)
			s.do(t, visit.Start{Boot: "b"}) // and the page is there again
			s.at(t, view.StepPickupSecond, view.ReasonNotValid)
			s.digits(t, "", "4567")
			s.at(t, view.StepPickupOpening, "")
			s.ended(t, door.ConfirmedOpen)
			s.see(t, s.order(t).Compartment, door.Closed, door.Empty)
			if s.parcels["p"].State != Collected || len(s.factors) != 0 {
				t.Errorf("it is %s, and %v is kept", s.parcels["p"].State, s.factors)
			}
		})
	}
}

// Whoever has the code of a valuable parcel guesses no phone; another code begins anew.
func TestTriesForOneParcelEnd(t *testing.T) {
	s := twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{Tries: 4}}
	code, _ := s.withPhone(t, Announcement{Valuable: true})
	for range 3 {
		s.scan(t, code)
		s.digits(t, "", "0000")
		s.at(t, view.StepPickupSecond, view.ReasonNotValid)
	}
	s.digits(t, "", "0000")
	s.at(t, view.StepPickupRefused, view.ReasonLocked)
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonLocked)
	if len(s.orders) != 0 || s.told("parcel.factor_tried") != 4 {
		t.Errorf("%d doors opened, %d tries were told", len(s.orders), s.told("parcel.factor_tried"))
	}
	if s.guard != (people.Guards{}) {
		t.Errorf("the PINs of others have to wait: %+v", s.guard)
	}
	s.do(t, ReissueCode{By: people.Tools, ID: "p"})
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByCode && c.State == Live {
			s.scan(t, c.Hash)
		}
	}
	s.at(t, view.StepPickupSecond, "")
	s.digits(t, "", "4567")
	s.at(t, view.StepPickupOpening, "")
}

func TestSixDigitsGoWithThePhone(t *testing.T) {
	s := twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{SixDigits: true, Tries: 3}}
	code, pin := s.withPhone(t, Announcement{Valuable: true}) // and is two factors in one
	if !strings.HasPrefix(pin, "short") {
		t.Fatalf("the PIN is %s", pin)
	}
	s.policy.FreePINTries = 20
	typed := func(pin, tail string) view.View {
		s.visit = visit.Visit{}
		s.act(t, view.ActStartPickup)
		s.digits(t, pin, tail)
		v := station.ViewOf(s, s.env())
		v.Visit = ""
		return v
	}
	for _, tail := range []string{"", "0000", "1234"} {
		right := typed(pin, tail)
		s.at(t, view.StepPickupRefused, view.ReasonNotValid)
		if strange := typed("nobody", tail); !reflect.DeepEqual(right, strange) {
			t.Errorf("a right PIN without its phone is answered otherwise:\n%+v\n%+v", right, strange)
		}
	}
	typed(pin, "4567") // too late
	if len(s.orders) != 0 {
		t.Fatal("the door opened after too many tries")
	}
	s.visit = visit.Visit{}
	s.scan(t, code) // has tries of its own
	s.at(t, view.StepPickupSecond, "")
	s.digits(t, "", "4567")
	s.at(t, view.StepPickupOpening, "")

	s = twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{SixDigits: true}}
	s.policy.FreePINTries = 20
	_, pin = s.withPhone(t, Announcement{Valuable: true})
	typed(pin, "4567")
	s.at(t, view.StepPickupOpening, "")
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.Empty)
	for _, tail := range []string{"-", "0000", "4567"} { // of a parcel that has gone it proves nothing
		typed(pin, tail)
		s.at(t, view.StepPickupRefused, view.ReasonNotValid)
	}
}

func TestWithoutAPhoneAPINHasEightDigits(t *testing.T) {
	s := twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{SixDigits: true}}
	s.announce(t, "p", small())
	s.deposit(t, "p")
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByPIN && !strings.HasPrefix(c.Hash, "pin") {
			t.Errorf("the PIN is %s", c.Hash)
		}
	}
	if PadDigits(s.policy) != 10 || PadDigits(visit.Policy{}) != 8 {
		t.Errorf("the pad takes %d and %d digits", PadDigits(s.policy), PadDigits(visit.Policy{}))
	}
}

func TestWhatIsAskedOfAnAnnouncementWithMoreThanACode(t *testing.T) {
	s := twoBoxes()
	for name, c := range map[string]struct {
		a    Announcement
		slug string
	}{
		"valuable without a phone": {Announcement{Valuable: true}, "no-phone"},
		"valuable with three": {Announcement{Valuable: true, Recipient: &Recipient{Phone: "110 x"}},
			"no-phone"},
		"rotating where there is none": {Announcement{Rotating: true}, "rotating-off"},
	} {
		_, err := s.try(Announce{ID: "p", Announcement: c.a})
		if r, ok := err.(*ledger.Refusal); !ok || r.Slug != c.slug {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := LastDigits("＋８６ １３８-００１３ ８０００"); got != "8000" {
		t.Errorf("digits of a Chinese keyboard are read as %q", got)
	}
}

// liveCode is a code with the tail of a moment.
func liveCode(code string, at time.Time) visit.Present {
	key := []byte("12345678901234567890")
	return visit.Present{CodeHash: code, Presented: "code", Rotating: &visit.Tail{
		Key: key, Digits: visit.TailOf(key, at.Unix()/30),
	}}
}

func TestACodeThatChangesOpensOnceInAStepAndItsPictureDoesNot(t *testing.T) {
	s := twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{Rotating: true}}
	code, _ := s.withPhone(t, Announcement{Rotating: true})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonNotLive)
	s.do(t, liveCode(code, s.now.Add(-2*time.Minute)))
	s.at(t, view.StepPickupRefused, view.ReasonNotLive)
	if len(s.orders) != 0 {
		t.Fatal("a picture of the code opened the door")
	}
	shown := liveCode(code, s.now)
	s.do(t, shown)
	s.at(t, view.StepPickupOpening, "")
	s.on("desk").do(t, shown) // by somebody who filmed it
	s.shows(t, "desk", view.StepPickupRefused, view.ReasonNotLive)
	s.do(t, liveCode(code, s.now.Add(visit.TailStep)))
	s.shows(t, "desk", view.StepPickupRefused, view.ReasonDoorTaken)

	s = twoBoxes()
	s.policy.Rooms = map[string]any{"parcel": Settings{Rotating: true}}
	code, pin := s.withPhone(t, Announcement{Rotating: true})
	s.clock = func() calendar.Reading { // nobody believes it
		return calendar.Reading{Wall: s.now.Add(3 * time.Hour), Boot: "b", Uptime: s.now.Sub(dawn)}
	}
	s.do(t, visit.Tick{})
	s.do(t, liveCode(code, s.now.Add(3*time.Hour)))
	s.at(t, view.StepPickupRefused, view.ReasonNotLive)
	s.do(t, liveCode(code, s.now)) // nor can anybody say that this is of now
	s.at(t, view.StepPickupRefused, view.ReasonNotLive)
	s.act(t, view.ActStartPickup)
	s.digits(t, pin, "")
	s.at(t, view.StepPickupOpening, "") // the PIN does
}

func TestAValuableParcelIsHandedOverWithThePhoneToo(t *testing.T) {
	s := twoBoxes()
	code, _ := s.withPhone(t, Announcement{Valuable: true})
	s.do(t, TakeToCounter{By: people.Tools, Parcel: "p", Reason: "x"})
	var why error
	hand := func(tail string) (string, error) {
		why = nil
		_, err := s.try(HandOver{By: people.Tools, CodeHash: code, Tail: tail, Why: &why})
		if err == nil {
			err = why
		}
		r, _ := err.(*ledger.Refusal)
		if r == nil {
			return "", err
		}
		return r.Slug, err
	}
	for range defaultTries {
		if slug, err := hand("0000"); slug != "second-factor" {
			t.Fatalf("wrong digits: %v", err)
		}
		if slug, err := hand(""); slug != "second-factor" && slug != "second-factor-locked" {
			t.Fatalf("no digits: %v", err)
		}
	}
	if slug, err := hand("4567"); slug != "second-factor-locked" {
		t.Errorf("after too many tries: %v", err)
	}
	s.do(t, HandOver{By: people.Tools, Parcel: "p", Reason: "showed a passport"})

	s = twoBoxes()
	code, _ = s.withPhone(t, Announcement{Valuable: true})
	s.do(t, TakeToCounter{By: people.Tools, Parcel: "p", Reason: "x"})
	if slug, err := hand("4567"); err != nil {
		t.Errorf("with both: %s, %v", slug, err)
	}
	if s.parcels["p"].State != Collected {
		t.Errorf("it is %s", s.parcels["p"].State)
	}
}

// The code of another parcel of the same person, which can be photographed, opens none that
// demands a live code.
func TestOnlyItsOwnLiveCodeOpensAParcelThatDemandsOne(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 390, 500))
	s.policy.Rooms = map[string]any{"parcel": Settings{Rotating: true, Together: OfPerson}}
	announce := func(id string, rotating bool) string {
		s.do(t, Announce{ID: id, Client: "key:a", Announcement: Announcement{
			Label: "L-" + id, Dimensions: small(), Rotating: rotating,
			Recipient: &Recipient{Email: "ada@example.org"},
		}})
		_, code := s.deposit(t, id)
		return code
	}
	plain, rotating := announce("p", false), announce("q", true)
	s.orders = nil
	s.scan(t, plain)
	s.at(t, view.StepPickupChoose, "")
	if err := s.tryPick("q"); err != nil {
		t.Fatal(err)
	}
	s.at(t, view.StepPickupChoose, "")
	if got := s.listed(); !slices.Equal(got, []string{"p", "q not_live"}) || len(s.orders) != 0 {
		t.Fatalf("listed as %v, %d doors opened", got, len(s.orders))
	}
	s.do(t, liveCode(rotating, s.now))
	s.at(t, view.StepPickupOpening, "")
}

func (s *stage) tryPick(id string) error {
	_, err := s.try(visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPick, Value: id}})
	return err
}
