package people

import (
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// What counts within one boot of the machine is its own count of time; after another boot
// each wait begins again. The wall clock, whatever it says, shortens no wait.
func TestWaitsGoOnByTheCountOfTheMachine(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	rules := visit.NewRules(Room)
	for name, c := range map[string]struct {
		boot   string
		uptime time.Duration // of the machine at the restart, from 1000 s at the failures
		wall   time.Duration // what the wall clock has gone on since
		wait   time.Duration
	}{
		"the core alone, at once":           {"a", 1000 * time.Second, 0, 32 * time.Second},
		"the core alone, later":             {"a", 1020 * time.Second, 20 * time.Second, 12 * time.Second},
		"the core alone, and a clock ahead": {"a", 1020 * time.Second, 9 * time.Hour, 12 * time.Second},
		"the core alone, and a clock back":  {"a", 1020 * time.Second, -9 * time.Hour, 12 * time.Second},
		"the core alone, when it is over":   {"a", 1040 * time.Second, 40 * time.Second, 0},
		"the machine":                       {"b", 20 * time.Second, 20 * time.Second, 32 * time.Second},
		"the machine, and a clock back":     {"b", 20 * time.Second, -time.Hour, 32 * time.Second},
	} {
		m := ledger.NewMemory(nil)
		env := visit.Env{Now: at, Policy: visit.Policy{FreePINTries: 3, Languages: []string{"en"}},
			Clock: calendar.Reading{Wall: at, Boot: "a", Uptime: 1000 * time.Second}}
		do := func(c visit.Command) {
			d, err := rules.Decide(m, c, env)
			if err != nil {
				t.Fatal(err)
			}
			m.Merge(d.Changes)
		}
		do(tries(7)) // the last with a wait of 32 s
		env.Now = at.Add(c.wall)
		env.Clock = calendar.Reading{Wall: env.Now, Boot: c.boot, Uptime: c.uptime}
		do(visit.Start{Boot: c.boot})
		g := PINGuard.Read(ledger.NewState(m))
		if got := g.Customer.Waiting(env.Now); got != c.wait {
			t.Errorf("%s: the wait is %v, want %v", name, got, c.wait)
		}
	}
}

// tries are wrong PINs, each as soon as it is looked at.
type tries int

func (n tries) Decide(t *visit.Turn) error {
	g := PINGuard.Read(t.State)
	for range n {
		g.Customer = g.Customer.Failed(t.Now, t.Policy.FreePINTries)
	}
	g.kept(t)
	t.Emit(&GuardChanged{g})
	return nil
}

func TestAMinuteHasABoundOfItsOwn(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	g := Guard{}
	for i := range 4 {
		if g.Waiting(at) != 0 {
			t.Fatalf("try %d has to wait", i)
		}
		at = at.Add(10 * time.Second)
		g = g.Failed(at, 20).InMinute(at, 4)
	}
	if got := g.Waiting(at); got != 30*time.Second {
		t.Errorf("the wait is %v, want until a minute after the first", got)
	}
	at = at.Add(g.Waiting(at))
	if g = g.Failed(at, 20).InMinute(at, 4); g.Tried != 1 || g.Waiting(at) != 0 {
		t.Errorf("the next minute begins with %+v", g)
	}
	if g := (Guard{}).Failed(at, 20).InMinute(at, 0); g.Tried != 0 {
		t.Errorf("without a bound it counts %+v", g)
	}
}
