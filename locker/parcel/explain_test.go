package parcel

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// aStranger scans and types what nobody here has ever had.
func aStranger(r *rand.Rand) (scan visit.Present, pin string) {
	any := fmt.Sprintf("stranger %x", r.Uint64())
	switch r.IntN(6) {
	case 0:
		return visit.Present{CodeHash: any, Label: any, Presented: "code"}, ""
	case 1:
		return visit.Present{Presented: "unreadable", Text: any}, ""
	case 2:
		return visit.Present{Label: any, Text: any, Presented: "label"}, ""
	case 3:
		return visit.Present{Label: "L-p", Text: "L-p", Presented: "label"}, "" // printed on what is here
	case 4:
		return wrong("invalid"), ""
	}
	return scan, any
}

// What a stranger is shown, as the bytes that go to the screen. Visits have random ids.
func shownTo(t *testing.T, s *stage) string {
	t.Helper()
	v := station.ViewOf(s, s.env())
	v.Visit = ""
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Ten thousand tries of strangers are answered with the same bytes, whatever is behind the
// doors and has become of it.
func TestAStrangerLearnsNothingFromAnyRefusal(t *testing.T) {
	contents := map[string]func(t *testing.T, s *stage){
		"nothing":   func(*testing.T, *stage) {},
		"announced": func(t *testing.T, s *stage) { s.announce(t, "p", small()) },
		"stored":    brought,
		"expired": func(t *testing.T, s *stage) {
			brought(t, s)
			s.now = s.now.Add(80 * 24 * time.Hour)
			s.do(t, visit.Tick{})
		},
		"collected": func(t *testing.T, s *stage) {
			s.announce(t, "p", small())
			_, code := s.deposit(t, "p")
			s.scan(t, code)
			s.takes(t)
			s.act(t, view.ActFinish)
		},
		"held": func(t *testing.T, s *stage) {
			brought(t, s)
			s.do(t, HoldParcel{By: people.Tools, ID: "p"})
		},
		"out of reach": func(t *testing.T, s *stage) {
			brought(t, s)
			s.see(t, "1", door.Unknown, door.PresenceUnknown)
		},
	}
	tries := 10_000 / len(contents)
	first := map[bool]string{} // by whether a PIN was typed
	for name, fill := range contents {
		s := twoBoxes()
		fill(t, s)
		r := rand.New(rand.NewPCG(1, 2))
		for range tries {
			s.now = s.now.Add(time.Hour) // no PIN waits, and every visit is over
			s.do(t, visit.Tick{})
			orders := len(s.orders)
			scan, pin := aStranger(r)
			if pin != "" {
				s.act(t, view.ActStartPickup)
				s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: pin})
			} else {
				s.do(t, scan)
			}
			s.at(t, view.StepPickupRefused, view.ReasonNotValid)
			shown := shownTo(t, s)
			if first[pin != ""] == "" {
				first[pin != ""] = shown
			}
			if shown != first[pin != ""] {
				t.Fatalf("with what is %s, %+v %q is shown\n%s\nand not\n%s", name, scan, pin, shown, first[pin != ""])
			}
			if len(s.orders) != orders {
				t.Fatalf("with what is %s, %+v %q opens a door", name, scan, pin)
			}
		}
	}
	if first[true] != first[false] {
		t.Errorf("a PIN is refused with\n%s\nand a scan with\n%s", first[true], first[false])
	}
}

// brought puts a parcel behind the first door.
func brought(t *testing.T, s *stage) {
	t.Helper()
	s.announce(t, "p", small())
	s.deposit(t, "p")
}

// Whoever shows what was a right is told a reason: in every state a parcel can be in, with its
// code, its PIN, and what was before a new code.
func TestEveryRefusalOfAKnownBearerHasAReason(t *testing.T) {
	for _, state := range []State{
		Announced, Booked, Depositing, Stored, Collected, DepositFailed, Expired, CounterHeld, Missing, Cancelled,
	} {
		for _, was := range []CredentialState{Used, Revoked} {
			p := Parcel{ID: "p", State: state}
			if reason, _ := ofEnded(p, string(was)); reason == view.ReasonNone {
				t.Errorf("a %s code of a parcel that is %s is refused without a reason", was, state)
			}
		}
	}
	for _, why := range []string{"foreign", "denied", "early", "clock", "key_over", "ambiguous", "expired", "used",
		"revoked", "unknown"} {
		s := twoBoxes()
		s.do(t, visit.Tick{})
		k := aToken("aa", "L-p").Token
		turn := func(p Parcel) {
			reason := view.ReasonNone
			s.do(t, asks(func(t *visit.Turn) { reason, _ = ofToken(t, k, why, p) }))
			if reason == view.ReasonNone {
				t.Errorf("a token that is %s, of a parcel %q, is refused without a reason", why, p.State)
			}
		}
		turn(Parcel{})
		turn(Parcel{ID: "p", State: Stored})
	}
}

// asks runs in a turn.
type asks func(*visit.Turn)

func (a asks) Decide(t *visit.Turn) error { a(t); return nil }

// A code that is over is explained for so long as the policy says, and forgotten then.
func TestCodesThatAreOverAreForgottenInTime(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	pin := s.credential("p", ByPIN)
	s.scan(t, code)
	s.takes(t)
	at := s.parcels["p"].EndedAt
	s.act(t, view.ActFinish)
	for _, later := range []time.Duration{time.Minute, 29 * 24 * time.Hour} {
		s.now = at.Add(later)
		s.do(t, visit.Tick{})
		s.do(t, ForgetCodes{Parcels: []string{"p", "nobody's"}})
		s.scan(t, code)
		s.at(t, view.StepPickupRefused, view.ReasonCollected)
		if told := station.ViewOf(s, s.env()).Pickup.Told; told == nil || !told.At.Equal(*at) {
			t.Errorf("told %+v, collected at %v", told, at)
		}
		s.act(t, view.ActBack)
	}
	s.now = at.Add(30*24*time.Hour + time.Second)
	s.do(t, visit.Tick{})
	s.do(t, ForgetCodes{Parcels: []string{"p"}})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonNotValid)
	if _, kept := s.credentials[pin]; kept {
		t.Error("the PIN is kept")
	}
}
