package parcel

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// typist types PINs at a station as fast as it lets anybody.
type typist struct {
	*stage
	t       *testing.T
	guesses int // that were looked at
}

// types types one PIN on a page of its own, as soon as PINs are taken.
func (p *typist) types(customer bool, hash string) {
	p.t.Helper()
	guard := p.guard.Courier
	if customer {
		guard = p.guard.Customer
	}
	p.now = p.now.Add(guard.Waiting(p.now))
	p.visit = visit.Visit{} // whoever was here has gone
	c := visit.TypePIN{CourierHash: hash}
	if customer {
		p.act(p.t, view.ActStartPickup)
		c = visit.TypePIN{PINHash: hash}
	} else {
		p.act(p.t, view.ActStartCourier)
	}
	c.Visit = p.visit.ID
	p.do(p.t, c)
	if p.visit.Reason == view.ReasonWait && p.visit.RetryAt.Sub(p.now) == 0 {
		p.t.Fatal("a page waits for nothing")
	}
	if hash == "wrong" {
		p.guesses++
	}
}

// Whoever knows a PIN may type it between guesses as often as they like, and pull the
// plug: what can be guessed stays bounded, by the free tries, those before waits are as
// long as they get, twelve in an hour, and one pardon in an hour.
func TestKnowingOnePINDoesNotHelpToGuessOthers(t *testing.T) {
	const hours = 24
	for _, free := range []int{3, 5, 20} {
		for wrong := 1; wrong <= free+2; wrong++ {
			for _, restarts := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d free, %d wrong and one own, restarts %t", free, wrong,
					restarts), func(t *testing.T) {
					p := &typist{stage: twoBoxes(), t: t}
					p.policy.FreePINTries = free
					for end := p.now.Add(hours * time.Hour); p.now.Before(end); p.now = p.now.Add(time.Second) {
						for range wrong {
							p.types(false, "wrong")
						}
						p.types(false, "pin-k1")
						if p.visit.Step != view.StepCourierReady {
							t.Fatalf("the own PIN led to %s, %s", p.visit.Step, p.visit.Reason)
						}
						if restarts {
							p.do(t, visit.Start{})
						}
					}
					if bound := free + 9 + 12*hours + (hours+1)*free; p.guesses > bound {
						t.Errorf("%d guesses in %d hours, at most %d are meant", p.guesses, hours, bound)
					}
				})
			}
		}
	}
}

func TestEachKindOfPINHasItsOwnWait(t *testing.T) {
	p := &typist{stage: twoBoxes(), t: t}
	p.announce(t, "p", small())
	p.deposit(t, "p")
	own := ""
	for _, c := range p.CredentialsOf("p") {
		if c.Kind == ByPIN {
			own = c.Hash
		}
	}
	for range 3 {
		p.types(true, "wrong")
	}
	p.at(t, view.StepPickupRefused, view.ReasonWait)
	before := p.guard.Customer
	p.types(false, "pin-k1") // which is not kept waiting
	p.at(t, view.StepCourierReady, "")
	if p.guard.Customer != before {
		t.Errorf("a courier's PIN made %+v of the customers' guard %+v", p.guard.Customer, before)
	}
	for range 3 {
		p.types(false, "wrong")
	}
	p.at(t, view.StepCourierRefused, view.ReasonWait)
	before = p.guard.Courier
	p.types(true, own)
	p.at(t, view.StepPickupOpening, "")
	if p.guard.Courier != before {
		t.Errorf("a customer's PIN made %+v of the couriers' guard %+v", p.guard.Courier, before)
	}
}

func TestWhatTakesWrongPINsBack(t *testing.T) {
	at := time.Unix(1_000_000, 0)
	wrong := func(g people.Guard, n int) people.Guard {
		for range n {
			g = g.Failed(at, 5)
		}
		return g
	}
	for _, c := range []struct {
		name     string
		guard    people.Guard
		failures int
		wait     time.Duration
	}{
		{"nothing", wrong(people.Guard{}, 4), 4, 0},
		{"a right PIN", wrong(people.Guard{}, 4).Succeeded(at, 5), 0, 0},
		{"a right PIN, no more than the free tries", wrong(people.Guard{}, 9).Succeeded(at, 5), 4, 0},
		{"a right PIN, once", wrong(wrong(people.Guard{}, 4).Succeeded(at, 5),
			4).Succeeded(at.Add(59*time.Minute-time.Second), 5), 0, 0},
		{"a right PIN, within a minute not again",
			wrong(wrong(people.Guard{}, 4).Succeeded(at, 5), 4).Succeeded(at.Add(time.Minute), 5), 4, 0},
		{"five minutes", wrong(people.Guard{}, 7).Forgiven(at.Add(5*time.Minute), 5), 6, 8 * time.Second},
		{"just less", wrong(people.Guard{}, 7).Forgiven(at.Add(5*time.Minute-1), 5), 7, 8 * time.Second},
		{"an hour", wrong(people.Guard{}, 7).Forgiven(at.Add(time.Hour), 5), 0, 0},
		{"a clock that went back", wrong(people.Guard{}, 7).Forgiven(at.Add(-time.Hour), 5), 7, 8 * time.Second},
		{"a restart", wrong(people.Guard{}, 7).Restarted(at.Add(time.Hour), 5, true), 0, 0},
		{"a restart with a clock that is doubted", wrong(people.Guard{}, 7).Restarted(at.Add(time.Hour), 5, false), 7,
			8 * time.Second},
		{"a restart after an older program", people.Guard{
			Failures: 7, Wait: 8 * time.Second,
		}.Restarted(at, 5, true), 7, 8 * time.Second},
	} {
		if c.guard.Failures != c.failures || c.guard.Wait != c.wait {
			t.Errorf("%s: %d failures and a wait of %s, want %d and %s", c.name, c.guard.Failures, c.guard.Wait,
				c.failures, c.wait)
		}
	}
}

func TestAGuardOfAnOlderProgramStandsForBothKinds(t *testing.T) {
	for _, c := range []struct {
		kept string
		want people.Guards
	}{
		{`{"failures":7,"wait":8000000000,"until":"2026-03-01T09:00:08Z"}`, people.Guards{
			Customer: people.Guard{Failures: 7, Wait: 8 * time.Second, Until: dawn.Add(8 * time.Second)},
			Courier:  people.Guard{Failures: 7, Wait: 8 * time.Second, Until: dawn.Add(8 * time.Second)}}},
		{`{"customer":{"failures":2,"wait":0,"until":"0001-01-01T00:00:00Z"},` +
			`"courier":{"failures":0,"wait":0,"until":"0001-01-01T00:00:00Z"}}`,
			people.Guards{Customer: people.Guard{Failures: 2}}},
	} {
		var got people.Guards
		if err := json.Unmarshal([]byte(c.kept), &got); err != nil || got != c.want {
			t.Errorf("%s is read as %+v, %v", c.kept, got, err)
		}
		again, _ := json.Marshal(c.want)
		if err := json.Unmarshal(again, &got); err != nil || got != c.want {
			t.Errorf("%s is read back as %+v, %v", again, got, err)
		}
	}
}

func TestPINsWaitLongerEachTimeAndCodesDoNot(t *testing.T) {
	s := twoBoxes()
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	typed := func(hash string) {
		s.act(t, view.ActStartPickup)
		s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: hash})
	}
	for range 3 {
		typed("wrong")
	}
	s.at(t, view.StepPickupRefused, view.ReasonWait)
	right := ""
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByPIN {
			right = c.Hash
		}
	}
	typed(right)
	s.at(t, view.StepPickupRefused, view.ReasonWait)
	if len(s.orders) != 1 {
		t.Fatal("a PIN opened a door during the wait")
	}
	s.do(t, visit.Start{}) // pulling the plug does not shorten the wait
	if s.guard.Customer.Waiting(s.now) <= 0 {
		t.Error("a restart ended the wait")
	}
	s.do(t, visit.Present{CodeHash: code})
	s.at(t, view.StepPickupOpening, "")
	s.ended(t, door.ConfirmedOpen)
}

func TestTheWaitBetweenPINsDoublesUpToFiveMinutes(t *testing.T) {
	now := time.Unix(0, 0)
	g := people.Guard{}
	var waits []time.Duration
	for range 12 {
		g = g.Failed(now, 3)
		waits = append(waits, g.Waiting(now))
	}
	want := []time.Duration{0, 0, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 32 * time.Second,
		64 * time.Second,
		128 * time.Second, 256 * time.Second, 300 * time.Second, 300 * time.Second}
	for i := range want {
		if waits[i] != want[i] {
			t.Errorf("after failure %d the wait is %s, want %s", i+1, waits[i], want[i])
		}
	}
}
