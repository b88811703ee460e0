package parcel

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// The budget that docs/security.md publishes for one kind of PINs: the free tries, 9 until
// the waits are as long as they get, and one in five minutes. Of any minute there is a bound
// of its own.
func budget(free int, passed time.Duration) int { return free + 9 + int(passed/(5*time.Minute)) + 1 }

// guesser types wrong PINs at a station whose plug is pulled and whose clock is set, while
// people collect by QR code.
type guesser struct {
	*stage
	r       *rand.Rand
	wall    time.Duration // how far the wall clock is off
	booted  time.Time
	boot    int
	guesses []time.Time // that were looked at
	opened  int         // doors, by QR codes
}

func (g *guesser) restart(t *testing.T) {
	if g.r.IntN(2) == 0 { // the machine, and somebody may set its clock meanwhile
		g.boot++
		g.booted = g.now
		if g.r.IntN(4) == 0 {
			g.wall = time.Duration(g.r.IntN(96)-48) * time.Hour
		}
	}
	g.do(t, visit.Start{Boot: fmt.Sprint(g.boot)})
	for _, n := range g.numbers {
		g.see(t, n, door.Closed, door.PresenceUnknown)
	}
}

func (g *guesser) guess(t *testing.T, pin string) {
	g.visit = visit.Visit{} // whoever was here has gone
	g.act(t, view.ActStartPickup)
	d := g.do(t, visit.TypePIN{Visit: g.visit.ID, PINHash: pin, Tail: "0000"})
	for _, f := range d.Facts {
		if r, ok := f.(*PickupRefused); ok && r.Why != "wait" {
			g.guesses = append(g.guesses, g.now)
		}
	}
}

// collects has the bearer of a QR code come in between, and another parcel brought.
func (g *guesser) collects(t *testing.T, n int) {
	g.visit = visit.Visit{}
	_, code := g.newParcel(t, fmt.Sprint("q", n))
	g.visit = visit.Visit{}
	g.scan(t, code)
	g.at(t, view.StepPickupOpening, "")
	g.ended(t, door.ConfirmedOpen)
	g.see(t, g.order(t).Compartment, door.Closed, door.Empty)
	g.at(t, view.StepPickupDone, "")
	g.opened++
	g.act(t, view.ActFinish)
}

func (g *guesser) newParcel(t *testing.T, id string) (number, code string) {
	g.announce(t, id, small())
	return g.deposit(t, id)
}

// 100,000 wrong PINs with restarts stay within the published budget, however the guesser
// times them, and every valid QR code opens all the while.
func TestWrongPINsStayWithinTheBudgetAndEveryQRCodeOpens(t *testing.T) {
	tries := 100_000
	if testing.Short() {
		tries = 10_000
	}
	for _, c := range []struct{ free, inMinute int }{{5, 10}, {20, 10}} {
		g := &guesser{stage: twoBoxes(), r: rand.New(rand.NewPCG(17, uint64(c.free))), booted: dawn}
		g.clock = func() calendar.Reading {
			return calendar.Reading{
				Wall: g.now.Add(g.wall), Boot: fmt.Sprint(g.boot), Uptime: g.now.Sub(g.booted),
			}
		}
		g.policy.FreePINTries, g.policy.PINsInMinute = c.free, c.inMinute
		g.policy.Rooms = map[string]any{"parcel": Settings{SixDigits: true}}
		_, pin := g.withPhone(t, Announcement{})
		for i := range tries / 2 {
			switch g.r.IntN(50) {
			case 0:
				g.restart(t)
			case 1:
				g.now = g.now.Add(g.guard.Customer.Waiting(g.now)) // as patient as it has to be
			case 2:
				g.now = g.now.Add(time.Duration(g.r.IntN(600)) * time.Second)
			default:
				g.now = g.now.Add(time.Duration(g.r.IntN(3000)) * time.Millisecond)
			}
			if g.r.IntN(3) > 0 {
				g.guess(t, "nobody")
			} else {
				g.guess(t, pin) // the six digits are known, the phone is not
			}
			if i%100 == 0 {
				g.collects(t, i)
			}
			if g.orders = nil; i%1000 == 0 {
				g.facts, g.times = nil, nil // what was told is not looked at again
			}
		}
		if most := budget(c.free, g.now.Sub(dawn)); len(g.guesses) > most || len(g.guesses) < most/4 {
			t.Errorf("%d free: %d PINs were looked at in %v; the budget is %d", c.free, len(g.guesses),
				g.now.Sub(dawn), most)
		}
		for i := range g.guesses {
			last := i + 2*c.inMinute
			if last < len(g.guesses) && g.guesses[last].Sub(g.guesses[i]) < time.Minute {
				t.Errorf("%d free: %d PINs were looked at within a minute", c.free, 2*c.inMinute+1)
				break
			}
		}
		if x := g.factors["p"]; x.PIN != defaultTries {
			t.Errorf("%d wrong phones were taken for one parcel, want %d", x.PIN, defaultTries)
		}
		if g.opened != tries/200 {
			t.Errorf("%d doors opened by QR codes, want %d", g.opened, tries/200)
		}
	}
}

// copyOf is a stage that goes on from where another is.
func copyOf(s *stage) *stage {
	w := *s.plainWorld
	w.parcels, w.recipients = maps.Clone(w.parcels), maps.Clone(w.recipients)
	w.credentials = maps.Clone(w.credentials)
	w.tokens, w.factors, w.couriers = maps.Clone(w.tokens), maps.Clone(w.factors), maps.Clone(w.couriers)
	w.compartments, w.openings = maps.Clone(w.compartments), maps.Clone(w.openings)
	w.elsewhere, w.order = maps.Clone(w.elsewhere), slices.Clone(w.order)
	c := *s
	c.plainWorld, c.facts, c.times, c.orders = &w, nil, nil, nil
	return &c
}

// A code is shown at two readers over and over, in every order with what the door does,
// with time and with restarts: its parcel is collected once, by one opening.
func TestReplaysAtTwoReadersOpenOnce(t *testing.T) {
	runs := 10_000
	if testing.Short() {
		runs = 1_000
	}
	first := twoBoxes()
	first.policy.Rooms = map[string]any{"parcel": Settings{Rotating: true}}
	plain, _ := first.withPhone(t, Announcement{})
	second := twoBoxes()
	second.policy.Rooms = first.policy.Rooms
	rotating, _ := second.withPhone(t, Announcement{Rotating: true})
	token := visit.Present{CodeHash: "token:ab", Presented: "token", Token: &visit.Token{
		ID: "ab", Label: "L-p", NotBefore: dawn.Add(-time.Hour), Expires: dawn.AddDate(0, 0, 7),
		KeyFrom: dawn.AddDate(0, 0, -1), KeyUntil: dawn.AddDate(0, 1, 0),
	}}
	for run := range runs {
		r := rand.New(rand.NewPCG(uint64(run), 3))
		s, shown := copyOf(first), visit.Present{CodeHash: plain, Presented: "code"}
		switch run % 3 {
		case 1:
			shown = token
		case 2:
			s = copyOf(second)
			shown = liveCode(rotating, s.now)
		}
		waiting, open := "", "" // the opening that the hardware works at, and the door that stands open
		var trail []string
		for range 12 {
			what := r.IntN(8)
			trail = append(trail, fmt.Sprint(what))
			switch {
			case what < 4: // both readers, at the same time as far as anybody sees
				_, _ = s.on([]string{"", "desk"}[what%2]).try(shown)
			case what == 4 && waiting != "":
				s.ended(t, door.ConfirmedOpen)
				waiting, open = "", s.order(t).Compartment
			case what == 5 && open != "":
				s.see(t, open, door.Closed, door.Empty)
				open = ""
			case what == 6 && waiting == "": // hardware answers in time
				s.now = s.now.Add(time.Duration(r.IntN(40)) * time.Second)
				_, _ = s.try(visit.Tick{})
			case what == 7:
				_, _ = s.on("").try(visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActBack}})
			}
			if n := len(s.orders); n > 0 && waiting == "" && open == "" && s.orders[n-1].Opening != "" &&
				s.parcels["p"].State == Collecting {
				waiting = s.orders[n-1].Opening
			}
		}
		collections, openings := 0, 0
		for _, f := range s.facts {
			switch f := f.(type) {
			case *ParcelCollected:
				collections++
			case *wall.OpeningIntended:
				if f.Purpose == wall.ForPickup {
					openings++
				}
			}
		}
		if collections > 1 || openings > 1 || slices.Contains(trail, "0") && run%3 != 2 && openings != 1 {
			t.Fatalf("run %d (%v): %d openings, %d collections", run, trail, openings, collections)
		}
	}
}

// A log that goes on from a copy knows nothing of what was tried since.
func TestARestoredCopyHasNoFreeTries(t *testing.T) {
	s := twoBoxes()
	s.do(t, spend{})
	if g := s.guard; g.Customer.Failures != 3 || g.Staff.Failures != 3 || g.Customer.Waiting(s.now) == 0 {
		t.Errorf("the guards are %+v", g)
	}
}

type spend struct{}

func (spend) Decide(t *visit.Turn) error { people.SpendFreeTries(t); return nil }
