package stock

import (
	"cmp"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Expected are units that come at a time, or with a Quantity below zero leave.
type Expected struct {
	Ref      string    `json:"ref"` // the delivery's number, as its sender names it
	Quantity int       `json:"quantity"`
	At       time.Time `json:"at"`
}

// mostExpected bounds what is expected of one article.
const mostExpected = 100

// Expecting is what is expected, by article.
var Expecting = ledger.NewTable[[]Expected]("stock_expected", "sku")

// expect changes one thing that is expected of an article.
func expect(s *ledger.State, sku, ref string, do func(*Expected)) {
	all, _ := Expecting.Get(s, sku)
	all = slices.Clone(all)
	i := slices.IndexFunc(all, func(e Expected) bool { return e.Ref == ref })
	if i < 0 {
		i = len(all)
		all = append(all, Expected{Ref: ref})
	}
	do(&all[i])
	if all[i].Quantity == 0 {
		all = slices.Delete(all, i, i+1)
	}
	if len(all) == 0 {
		Expecting.Delete(s, sku)
		return
	}
	Expecting.Put(s, sku, all)
}

// Project says how many there will be after each change that is known, beginning with what
// there is now; what was to leave by now leaves now, and what was to come by now and has not
// is not counted on. The least of these may be promised today.
func Project(now time.Time, available int, changes []Expected) (then []int, promise int) {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b Expected) int {
		return cmp.Compare(a.At.UnixNano(),
			b.At.UnixNano())
	})
	var later []Expected
	for _, c := range changes {
		switch {
		case c.At.After(now):
			later = append(later, c)
		case c.Quantity < 0:
			available += c.Quantity
		}
	}
	then, promise = []int{available}, available
	for i, c := range later {
		available += c.Quantity
		if i+1 < len(later) && later[i+1].At.Equal(c.At) {
			continue // of one moment only the end counts
		}
		then = append(then, available)
		promise = min(promise, available)
	}
	return then, promise
}

// ATP is how many of an article may be promised now: the least that will be available, after
// what is reserved, committed, damaged and kept for safety. It may be below zero.
func ATP(s *ledger.State, sku string, now time.Time) int {
	all, _ := Expecting.Get(s, sku)
	_, promise := Project(now, Of(s, sku).Available(), all)
	return promise
}

// Expect says that units of an article come at a time, or leave. The newest of a Ref
// replaces the one before; a Quantity of 0 says that nothing comes.
type Expect struct {
	SKU string
	Expected
}

// Decide notes it.
func (c Expect) Decide(t *visit.Turn) error {
	switch {
	case !validSKU(c.SKU):
		return refuseSKU()
	case c.Ref == "" || !plain.Text(c.Ref, 1, maxSKU):
		return ledger.Refuse(ledger.Invalid, "ref", "name the delivery, in 1 to %d characters",
			maxSKU).At("/ref")
	case c.Quantity < -mostMoved || c.Quantity > mostMoved:
		return ledger.Refuse(ledger.Invalid, "out-of-range",
			"-%d to %d are expected at once", mostMoved, mostMoved).At("/quantity")
	case c.Quantity != 0 && c.At.IsZero():
		return ledger.Refuse(ledger.Invalid, "at", "say when they come").At("/at")
	}
	all, _ := Expecting.Get(t.State, c.SKU)
	is := slices.ContainsFunc(all, func(e Expected) bool { return e.Ref == c.Ref })
	switch {
	case c.Quantity == 0 && !is:
		return nil
	case !is && len(all) >= mostExpected:
		return ledger.Refuse(ledger.Conflict, "too-many", "%d deliveries of %s are expected already",
			mostExpected, c.SKU)
	}
	c.At = c.At.UTC()
	if c.Quantity == 0 {
		c.At = time.Time{}
	}
	if slices.Contains(all, c.Expected) {
		return nil
	}
	t.Emit(&Awaited{OfArticle{c.SKU}, c.Expected})
	return nil
}
