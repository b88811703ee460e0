package core

import (
	"testing"
	"time"

	"cubby/sync/hub"
	"cubby/sync/hub/hubtest"
)

// A hub and two real stations on the real line: what one is leased the other is not, and a
// station that is cut off and started anew keeps its lease.
func TestStationsAreLeasedUnitsOfTheCentre(t *testing.T) {
	h := hubtest.Open(t)
	a, b := openPlace(t, h, "one"), openPlace(t, h, "two")
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	left := func(p *place, want int) {
		t.Helper()
		until(t, "the lease", func() bool {
			is, err := p.staff.StockPromises(ctx, "A-1")
			return err == nil && is.Lease.Left == want
		})
	}
	must(h.SetPool(ctx, "user:test", hub.Pool{SKU: "A-1", OnHand: 5, Lease: time.Hour}))
	must(h.SetLeaseTarget(ctx, "user:test", a.id, "A-1", 4))
	left(a, 4)
	must(h.SetLeaseTarget(ctx, "user:test", b.id, "A-1", 4))
	left(b, 1)
	a.alone()
	left(a, 4)
	h.Cut(a.id, false)
	if p, all, err := h.Pool(ctx, "A-1"); err != nil || p.Free() != 0 || len(all) != 2 ||
		all[0].Left+all[1].Left != 5 {
		t.Errorf("the pool is %+v with %+v, %v", p, all, err)
	}
}
