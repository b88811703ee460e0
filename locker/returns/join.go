package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// ItemsAdded: more of the same order comes back in a return that is at the counter.
type ItemsAdded struct {
	OfCase
	Items    []Item   `json:"items"`
	Signals  []string `json:"signals,omitempty"`
	Shipping int64    `json:"shipping,omitempty"`
	By       string   `json:"by,omitempty"`
	Texts    []string `json:"-"` // by item; in a row of their own
}

// Type names the fact.
func (ItemsAdded) Type() string { return "return.items_added" }

// Apply has the return looked at again.
func (f *ItemsAdded) Apply(s *ledger.State, at time.Time) {
	said, _ := texts.Get(s, f.Case)
	said = slices.Clone(said)
	changeCase(s, f.Case, func(c *Case) {
		for len(said) < len(c.Items) {
			said = append(said, "")
		}
		c.Items = append(c.Items, f.Items...)
		c.Shipping += f.Shipping
		for _, signal := range f.Signals {
			if !slices.Contains(c.Signals, signal) {
				c.Signals = append(slices.Clone(c.Signals), signal)
			}
		}
		if c.State != DroppedOff {
			c.State, c.DecidedAt = Inspecting, nil
		}
	})
	if said = append(said, f.Texts...); slices.ContainsFunc(
		said,
		func(text string) bool { return text != "" },
	) {
		texts.Put(s, f.Case, said)
	}
	for _, i := range f.Items {
		if i.Serial != "" {
			serials.Put(s, i.Serial, Serial{Case: f.Case, At: at})
		}
	}
}

// MayGrow reports whether more of the same order can come back in the same return: one at
// the counter that is not over.
func (c Case) MayGrow() bool {
	return c.Channel == AtCounter && c.Dropped != nil && c.Order != "" && len(c.Bags) == 0 && !c.State.Over()
}

// join adds the items to a return.
func (c Request) join(t *visit.Turn, f *CaseRequested, overridden []*RuleOverridden) error {
	r, ok := Cases.Get(t.State, c.Into)
	switch {
	case !ok:
		return noSuchCase()
	case r.Order != f.Order || r.Gift != f.Gift || r.Conditional != f.Conditional || !r.MayGrow():
		return wrongState(r, "this cannot be added to it; make it a return of its own")
	case len(r.Items)+len(f.Items) > 2*mostItems:
		return ledger.Refuse(ledger.Conflict, "items", "a return has at most %d items", 2*mostItems)
	}
	for i := range f.Items {
		f.Items[i].N = len(r.Items) + i + 1
	}
	t.Emit(&ItemsAdded{
		OfCase: r.of(), Items: f.Items, Signals: f.Signals, Shipping: f.Shipping, By: c.By.ID, Texts: f.Texts,
	})
	for _, one := range overridden {
		one.OfCase = r.of()
		t.Emit(one)
	}
	setNow(t, r.ID, c.Now)
	return nil
}

// overriddenIn is how often whoever asks has decided against the rules in the return that
// the items are added to.
func (c Request) overriddenIn(t *visit.Turn) (times int) {
	r, _ := Cases.Get(t.State, c.Into)
	for _, i := range r.Items {
		if i.Override == c.By.ID || i.DecidedBy == c.By.ID && i.Amount > i.Refund {
			times++
		}
	}
	return times
}
