package people

import (
	"encoding/json"
	"time"

	"cubby/locker/visit"
)

// Guards slow down whoever guesses PINs: customers', couriers' and the staff's each by
// a guard of its own, so that no side's success says anything of another's failures.
type Guards struct {
	Customer Guard `json:"customer"`
	Courier  Guard `json:"courier"`
	Staff    Guard `json:"staff,omitzero"`
	Orders   Guard `json:"orders,omitzero"` // numbers of orders, and what proves them to be one's own

	// They were so at this moment, by the wall clock and by what counts since the boot.
	At     time.Time     `json:"at,omitzero"`
	Boot   string        `json:"boot,omitempty"`
	Uptime time.Duration `json:"uptime_ns,omitempty"`
}

// A GuardOf picks the guard of one kind of PINs.
type GuardOf func(*Guards) *Guard

// The guards that there are.
var (
	OfCustomers GuardOf = func(g *Guards) *Guard { return &g.Customer }
	OfCouriers  GuardOf = func(g *Guards) *Guard { return &g.Courier }
	OfStaff     GuardOf = func(g *Guards) *Guard { return &g.Staff }
	OfOrders    GuardOf = func(g *Guards) *Guard { return &g.Orders }
)

// Try has a PIN tried unless PINs of its kind have to wait. try reports whether it
// was right, and shows what follows. wait shows that PINs have to wait until a time;
// it is called before a try (tried is false) and after one that was wrong.
func (of GuardOf) Try(t *visit.Turn, try func() (right bool, err error),
	wait func(until time.Time, tried bool)) error {
	was := PINGuard.Read(t.State)
	now := was
	guard := of(&now)
	if guard.Waiting(t.Now) > 0 {
		wait(guard.Until, false)
		return nil
	}
	right, err := try()
	if err != nil {
		return err
	}
	if right {
		*guard = guard.Succeeded(t.Now, t.Policy.FreePINTries)
	} else {
		*guard = guard.Failed(t.Now, t.Policy.FreePINTries).InMinute(t.Now, t.Policy.PINsInMinute)
	}
	if now != was {
		now.kept(t)
		t.Emit(&GuardChanged{now})
	}
	if !right && guard.Waiting(t.Now) > 0 {
		wait(guard.Until, true)
	}
	return nil
}

// kept notes when the guards were what they are, by a clock that a restart of the core
// does not touch.
func (g *Guards) kept(t *visit.Turn) {
	g.At, g.Boot, g.Uptime = t.Now.UTC(), t.Clock.Boot, t.Clock.Uptime
}

// startGuards takes the guards up after a restart. Within one boot of the machine time
// has counted on. Else nobody knows how long it was off, and the waits begin again:
// pulling the plug does not shorten them.
func startGuards(t *visit.Turn, believed bool) {
	was := PINGuard.Read(t.State)
	now := was
	counted := was.Boot != "" && was.Boot == t.Clock.Boot && was.Uptime <= t.Clock.Uptime
	shift := t.Now.Sub(was.At) - (t.Clock.Uptime - was.Uptime) // how far the wall clock was set meanwhile
	for _, g := range now.all() {
		if counted {
			*g = g.moved(shift)
		} else {
			*g = g.Restarted(t.Now, t.Policy.FreePINTries, believed)
		}
	}
	if now != was {
		now.kept(t)
		t.Emit(&GuardChanged{now})
	}
}

// SpendFreeTries has the free tries of all PINs count as used: the log goes on from a
// copy, and nobody knows what was tried since it was made.
func SpendFreeTries(t *visit.Turn) {
	now := PINGuard.Read(t.State)
	for _, g := range now.all() {
		for range max(0, t.Policy.FreePINTries-g.Failures) {
			*g = g.Failed(t.Now, t.Policy.FreePINTries)
		}
	}
	now.kept(t)
	t.Emit(&GuardChanged{now})
}

func (g *Guards) all() []*Guard { return []*Guard{&g.Customer, &g.Courier, &g.Staff, &g.Orders} }

// UnmarshalJSON also reads what was kept while there was one guard for all PINs: it
// stands for both.
func (g *Guards) UnmarshalJSON(b []byte) error {
	type plain Guards
	kept := struct {
		plain
		Guard
	}{}
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	*g = Guards(kept.plain)
	if *g == (Guards{}) {
		*g = Guards{Customer: kept.Guard, Courier: kept.Guard}
	}
	return nil
}

// A Guard counts wrong PINs of one kind for the whole station. It slows typing down
// and never touches codes and badges. A restart shortens no wait: it begins again in
// full.
//
// A right PIN says that its owner is here, and nothing of who typed the wrong ones:
// whoever knows one PIN could guess others in between. So it takes back no more than
// the free tries, once in an hour; else wrong ones are forgiven by time alone.
type Guard struct {
	Failures int           `json:"failures"`        // not forgiven yet
	Wait     time.Duration `json:"wait"`            // the wait imposed by the last failure
	Until    time.Time     `json:"until"`           // when that ends
	Since    time.Time     `json:"since,omitzero"`  // since when the next is being forgiven
	Pardon   time.Time     `json:"pardon,omitzero"` // when a right PIN last took some back
	Minute   time.Time     `json:"minute,omitzero"` // since when the wrong ones of a minute are counted
	Tried    int           `json:"tried,omitempty"` // wrong ones since then
}

// maxWait bounds the wait between wrong PINs, and one is forgiven in each of it: 12 in
// an hour, and the free tries of one pardon. With 60 doors occupied, 8 digits and 5
// free tries, a lucky hit takes 11 years on average.
const (
	maxWait     = 5 * time.Minute
	pardonEvery = time.Hour
)

// Forgiven returns the guard as time has made it.
func (g Guard) Forgiven(now time.Time, free int) Guard {
	n := int(now.Sub(g.Since) / maxWait)
	if g.Failures == 0 || n <= 0 {
		return g
	}
	g.Since = g.Since.Add(time.Duration(min(n, g.Failures)) * maxWait)
	return g.less(n, free)
}

// less takes back n failures.
func (g Guard) less(n, free int) Guard {
	g.Failures = max(0, g.Failures-n)
	if g.Failures < free {
		g.Wait, g.Until = 0, time.Time{}
	}
	if g.Failures == 0 {
		g.Since = time.Time{}
	}
	return g
}

// Failed returns the guard after one more wrong PIN: the first free tries cost
// nothing, then the wait doubles from 2 s to 5 min.
func (g Guard) Failed(now time.Time, free int) Guard {
	g = g.Forgiven(now, free)
	if g.Failures == 0 {
		g.Since = now
	}
	g.Failures++
	if over := g.Failures - free; over >= 0 {
		g.Wait = maxWait
		if over < 8 {
			g.Wait = min(2*time.Second<<over, maxWait)
		}
		g.Until = now.Add(g.Wait)
	}
	return g
}

// InMinute counts a wrong PIN against what a minute has: when that is used up, the next
// has to wait for the end of the minute. 0: a minute has no bound of its own.
func (g Guard) InMinute(now time.Time, most int) Guard {
	if most == 0 {
		return g
	}
	if since := now.Sub(g.Minute); since < 0 || since >= time.Minute {
		g.Minute, g.Tried = now, 0
	}
	g.Tried++
	if end := g.Minute.Add(time.Minute); g.Tried >= most && g.Until.Before(end) {
		g.Until = end
		g.Wait = max(g.Wait, time.Minute) // a restart begins it again
	}
	return g
}

// moved returns the guard by a wall clock that was set.
func (g Guard) moved(by time.Duration) Guard {
	for _, at := range []*time.Time{&g.Until, &g.Since, &g.Pardon, &g.Minute} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	return g
}

// Succeeded returns the guard after a right PIN.
func (g Guard) Succeeded(now time.Time, free int) Guard {
	g = g.Forgiven(now, free)
	if g.Failures == 0 || now.Sub(g.Pardon) < pardonEvery {
		return g
	}
	g.Pardon = now
	return g.less(free, free)
}

// Restarted returns the guard of a station that was off for a time that nobody
// knows for certain unless the clock is believed.
func (g Guard) Restarted(now time.Time, free int, believed bool) Guard {
	if believed && !g.Since.IsZero() { // there were guards that did not forgive by time
		g = g.Forgiven(now, free)
	} else if g.Failures > 0 {
		g.Since = now
	}
	if g.Wait > 0 {
		g.Until = now.Add(g.Wait)
	}
	if !g.Minute.IsZero() {
		g.Minute = now // as many are left of a minute, and the whole minute is to come
	}
	return g
}

// Waiting returns how long PINs are still refused.
func (g Guard) Waiting(now time.Time) time.Duration { return max(0, g.Until.Sub(now)) }
