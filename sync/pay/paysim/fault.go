package paysim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Fault is a way to misbehave. With a rate it happens so often, by the dice; with times
// only so often in all.
type Fault struct {
	On        string  `json:"on"`                  // create, get, close, refund, pay or notice
	Kind      string  `json:"kind"`                // see Kinds
	Reference string  `json:"reference,omitempty"` // of one payment; empty: of all
	Rate      float64 `json:"rate,omitempty"`      // 0 to 1; 0 is always
	Times     int     `json:"times,omitempty"`     // 0: without end
	AfterMS   int64   `json:"after_ms,omitempty"`  // of those that take time; 0: 30000
}

// Kinds are the faults that can be had, by what they happen on.
var Kinds = map[string][]string{
	"create": {"error", "held", "lost-answer", "error-after", "slow", "garbage"},
	"get":    {"error", "lost-answer", "slow", "garbage"},
	"close":  {"error", "lost-answer", "error-after", "slow", "garbage", "open-still"},
	"refund": {"error", "held", "lost-answer", "error-after", "slow", "garbage", "refused", "pending"},
	"pay":    {"late", "never", "twice", "wrong-amount", "wrong-currency", "no-expiry"},
	"notice": {"lost", "twice", "late"},
}

const usualAfter = 30 * time.Second

// Misbehave sets all faults; none makes the provider well.
func (p *Provider) Misbehave(faults []Fault) error {
	if len(faults) > 100 {
		return fmt.Errorf("at most 100 faults")
	}
	for i, f := range faults {
		kinds, ok := Kinds[f.On]
		switch {
		case !ok:
			return fmt.Errorf("fault %d is on %q: one of create, get, close, refund, pay, notice", i+1, f.On)
		case !slices.Contains(kinds, f.Kind):
			return fmt.Errorf("fault %d is %q, on %s there are %s", i+1, f.Kind, f.On, strings.Join(kinds, ", "))
		case f.Rate < 0 || f.Rate > 1 || f.Times < 0 || f.AfterMS < 0 || f.AfterMS > 86_400_000:
			return fmt.Errorf("fault %d: a rate is 0 to 1, times are not negative, after_ms is at most a day", i+1)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = slices.Clone(faults)
	return nil
}

// Faults are those that are set.
func (p *Provider) Faults() []Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.faults)
}

// strikes reports whether a fault happens now, and counts it.
func (p *Provider) strikes(on, kind, reference string) bool {
	i := p.find(on, kind, reference)
	if i < 0 {
		return false
	}
	f := &p.faults[i]
	if f.Rate > 0 && p.dice.Float64() >= f.Rate {
		return false
	}
	if f.Times > 0 {
		if f.Times--; f.Times == 0 {
			p.faults = slices.Delete(p.faults, i, i+1)
		}
	}
	return true
}

func (p *Provider) find(on, kind, reference string) int {
	return slices.IndexFunc(p.faults, func(f Fault) bool {
		return f.On == on && f.Kind == kind && (f.Reference == "" || f.Reference == reference)
	})
}

// after is how long what takes time takes.
func (p *Provider) after(on, kind string) time.Duration {
	i := slices.IndexFunc(p.faults, func(f Fault) bool { return f.On == on && f.Kind == kind && f.AfterMS > 0 })
	if i < 0 {
		return usualAfter
	}
	return time.Duration(p.faults[i].AfterMS) * time.Millisecond
}
