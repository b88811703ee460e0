package hub

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/stock"
	"cubby/locker/visit"
	"cubby/sync/db/dbtest"
)

// deciding is a command of the tests: what a shop at a station decides.
type deciding func(t *visit.Turn) error

func (d deciding) Decide(t *visit.Turn) error { return d(t) }

func afar(cart, sku string, n int) deciding {
	return func(t *visit.Turn) error {
		return stock.Hold(t, cart, []stock.Line{{SKU: sku, Quantity: n, Afar: true}})
	}
}

func (o *outlet) lease(sku string) stock.Lease { return stock.LeaseOf(o.state(), sku) }

func (s *shop) inPool(t testing.TB, sku string) Pool {
	t.Helper()
	p, _, err := s.Pool(s.ctx, sku)
	must(t, err)
	return p
}

func TestStationsPromiseFromLeasesOnly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		s := openShop(t, at, "a", "b")
		a, b := s.at["a"], s.at["b"]
		must(t, s.SetPool(s.ctx, "user:x", Pool{SKU: "A", OnHand: 10, Safety: 2, Lease: time.Hour}))
		must(t, s.SetLeaseTarget(s.ctx, "user:x", "a", "A", 4))
		must(t, s.SetLeaseTarget(s.ctx, "user:x", "b", "A", 3))
		must(t, s.meet("a", "b"))
		if l, m := a.lease("A"), b.lease("A"); l.Left != 4 || m.Left != 3 {
			t.Fatalf("the leases are %+v and %+v", l, m)
		}
		if p := s.inPool(t, "A"); p.ATP() != 8 || p.Leased != 7 || p.Free() != 1 {
			t.Errorf("the pool is %+v", p)
		}
		for i := range 4 { // nobody hears of these
			must(t, a.try(afar(fmt.Sprint(i), "A", 1)))
		}
		refused(t, a.try(afar("5", "A", 1)), "ask-centre")
		must(t, a.try(deciding(func(t *visit.Turn) error { return stock.Want(t, "A", 1) })))
		must(t, s.meet("a"))
		must(t, a.try(afar("5", "A", 1)))
		must(t, a.try(deciding(func(t *visit.Turn) error {
			return stock.Commit(t, "5", "SO-5",
				time.Time{})
		})))
		must(t, s.meet("a"))
		if p := s.inPool(t, "A"); p.Sold != 1 || p.Leased != 7 || p.Free() != 0 {
			t.Errorf("the pool is %+v", p)
		}
		refused(t, s.Send(s.ctx, "user:x", "a", "A", 2), "not-sold")
		must(t, s.Send(s.ctx, "user:x", "a", "A", 1))
		if p := s.inPool(t, "A"); p.OnHand != 9 || p.Sold != 0 || p.Free() != 0 {
			t.Errorf("after it was sent the pool is %+v", p)
		}
		// what is not promised in time comes back, and is leased again
		s.now = s.now.Add(2 * time.Hour)
		must(t, b.try(visit.Tick{}))
		if l := b.lease("A"); l.Left != 0 {
			t.Errorf("after its end the lease is %+v", l)
		}
		must(t, s.meet("b"))
		if l := b.lease("A"); l.Left != 3 {
			t.Errorf("a new lease is %+v", l)
		}
		all, _, err := s.Leases(s.ctx, "b", "", 10)
		if err != nil || len(all) != 1 || all[0].Left != 3 || all[0].Offered != 0 {
			t.Errorf("the hub has %+v, %v", all, err)
		}
	})
}

// What lies on a shelf, behind a door or in the back room is on hand to the hub.
func TestGoodsAreOnHandWhereverTheyLieAtAStation(t *testing.T) {
	s := openShop(t, dbtest.SQLite(t), "a")
	for _, m := range []stock.Moved{
		{To: stock.Warehouse, Quantity: 4}, {From: stock.Warehouse, To: stock.Shelf, Quantity: 2},
		{From: stock.Shelf, To: stock.Door, ToDoor: "1", Quantity: 1}, {From: stock.Shelf,
			To: stock.Damaged, Quantity: 1},
		{From: stock.Warehouse, To: stock.OtherStore, Quantity: 1},
	} {
		m.SKU, m.Cause = "A", "moved"
		must(t, s.at["a"].try(stock.MoveGoods{Moved: m}))
	}
	must(t, s.meet("a"))
	all, _, err := s.Stock(s.ctx, StockFilter{Station: "a", SKU: "A"})
	if err != nil || len(all) != 1 || all[0].OnHand != 3 || all[0].Elsewhere != 1 || all[0].Quarantine != 0 {
		t.Errorf("the hub has %+v, %v", all, err)
	}
	doors, err := s.Doors(s.ctx, "a")
	if err != nil || len(doors) == 0 || doors[0].Allocation != "for_sale" {
		t.Errorf("the doors are %+v, %v", doors, err)
	}
}

func TestAnOfferThatNobodyAnswersComesBackAndALeaseThatWasUsedDoesNot(t *testing.T) {
	s := openShop(t, dbtest.SQLite(t), "a", "b")
	a, b := s.at["a"], s.at["b"]
	tidy := func() { must(t, s.db.Write(s.ctx, s.withdrawOffers)) }
	must(t, s.SetPool(s.ctx, "user:x", Pool{SKU: "A", OnHand: 4, Lease: time.Hour}))
	must(t, s.SetLeaseTarget(s.ctx, "user:x", "a", "A", 4))
	must(t, s.SetLeaseTarget(s.ctx, "user:x", "b", "A", 4))
	_, err := a.pull(10) // it has heard, and nobody hears it
	must(t, err)
	s.now = s.now.Add(time.Hour + offerMargin - time.Minute)
	tidy()
	if p := s.inPool(t, "A"); p.Leased != 4 {
		t.Errorf("before its time the pool is %+v", p)
	}
	s.now = s.now.Add(2 * time.Minute)
	tidy()
	must(t, s.meet("a", "b"))
	if l, m := a.lease("A"), b.lease("A"); l.Left != 0 || l.Offer != nil || m.Left != 4 {
		t.Fatalf("the leases are %+v and %+v", l, m)
	}
	must(t, b.try(afar("1", "A", 3)))
	s.now = s.now.Add(100 * 24 * time.Hour)
	tidy()
	must(t, s.meet("a"))
	if l := a.lease("A"); l.Left != 0 || s.inPool(t, "A").Free() != 0 {
		t.Errorf("what a silent station may have promised was leased again: %+v", l)
	}
	must(t, s.ForgetLease(s.ctx, "user:x", "b", "A"))
	must(t, s.meet("a"))
	if l := a.lease("A"); l.Left != 4 {
		t.Errorf("after a person has taken it back: %+v", l)
	}
	refused(t, s.ForgetLease(s.ctx, "user:x", "b", "A"), "no-such-lease")
	refused(t, s.SetLeaseTarget(s.ctx, "user:x", "nowhere", "A", 4), "no-such-station")
	refused(t, s.SetPool(s.ctx, "user:x", Pool{SKU: "A", OnHand: -1}), "out-of-range")
}

// A sale is a history of carts at three stations that want units of the centre, while the
// line to each comes and goes, and what was asked or answered is lost.
type sale struct {
	*shop
	pick  func(what string, n int) int
	sku   string
	total int // units that the centre ever had
	steps int
	fault string // that somebody has made in a program; empty: it is well
}

var sales = strings.Fields("hold hold hold hold buy buy end want want push push pull pull lost meet meet " +
	"time recount send target withdraw")

func (p *sale) step(stations []string) error {
	o := p.at[stations[p.pick("at", len(stations))]]
	what := sales[p.pick("step", len(sales))]
	cart := fmt.Sprint(p.sku, "-", o.id, "-", p.pick("cart", 4))
	switch what {
	case "hold":
		n := 1 + p.pick("units", 3)
		if p.fault == "ignores its lease" {
			return fine(o.try(deciding(func(t *visit.Turn) error { return ignoring(t, cart, p.sku, n) })))
		}
		return fine(o.try(afar(cart, p.sku, n)))
	case "buy":
		return fine(o.try(deciding(func(t *visit.Turn) error {
			return stock.Commit(t, cart, "SO-"+cart,
				time.Time{})
		})))
	case "end":
		return fine(o.try(deciding(func(t *visit.Turn) error { return stock.Release(t, cart, "cancelled") })))
	case "want":
		return fine(o.try(deciding(func(t *visit.Turn) error {
			return stock.Want(t, p.sku,
				1+p.pick("units", 4))
		})))
	case "push":
		return o.push(1 + p.pick("facts", 3))
	case "pull":
		return p.pull(o, 1+p.pick("changes", 3))
	case "lost": // the page came, and the machine died before it was kept where it goes on
		was := o.cursor
		err := p.pull(o, 1+p.pick("changes", 3))
		o.cursor = was
		return err
	case "meet":
		return p.meet(o.id)
	case "time":
		p.now = p.now.Add(time.Duration(1+p.pick("minutes", 90)) * time.Minute)
		return o.try(visit.Tick{})
	case "recount": // somebody brings more
		pool, _, err := p.Pool(p.ctx, p.sku)
		if err == nil {
			n := p.pick("more", 3)
			p.total += n
			pool.OnHand += int64(n)
			err = p.SetPool(p.ctx, "user:x", pool)
		}
		return err
	case "send":
		return fine(p.Send(p.ctx, "user:x", o.id, p.sku, 1+int64(p.pick("units", 2))))
	case "target":
		return p.SetLeaseTarget(p.ctx, "user:x", o.id, p.sku, int64(p.pick("target", 5)))
	}
	if p.fault == "takes leases back" {
		return fine(p.ForgetLease(p.ctx, "user:x", o.id, p.sku))
	}
	return p.db.Write(p.ctx, p.withdrawOffers)
}

// pull is the station's, which may believe what it was not told.
func (p *sale) pull(o *outlet, n int) error {
	if _, err := o.pull(n); err != nil || p.fault != "believes an offer" {
		return err
	}
	l := o.lease(p.sku)
	if l.Offer == nil {
		return nil
	}
	return o.try(stock.Grant{SKU: p.sku, Offer: *l.Offer, Confirmed: true})
}

// ignoring holds units whatever the lease says.
func ignoring(t *visit.Turn, cart, sku string, n int) error {
	if r, is := stock.Reservations.Get(t.State, cart); is && r.Committed() {
		return nil
	}
	if err := stock.Release(t, cart, "replaced"); err != nil {
		return err
	}
	l := stock.LeaseOf(t.State, sku)
	was := l
	l.Left, l.Until = 1000, t.Today().Add(time.Hour)
	stock.Leases.Put(t.State, sku, l)
	if err := stock.Hold(t, cart, []stock.Line{{SKU: sku, Quantity: n, Afar: true}}); err != nil {
		return err
	}
	l = stock.LeaseOf(t.State, sku)
	l.Left, l.Until = max(0, was.Left-n), was.Until
	t.Emit(&stock.LeaseChanged{Lease: l, Why: "promised"})
	return nil
}

// wrong says what is wrong now, by what really is at each station and at the hub.
func (p *sale) wrong(stations []string) string {
	out := 0
	for _, id := range stations {
		o := p.at[id]
		l := o.lease(p.sku)
		if l.Left < 0 || l.Promised < 0 || l.Sold < 0 {
			return fmt.Sprintf("%s has %+v", id, l)
		}
		held := 0
		for _, r := range stock.Reservations.All(o.state()) {
			if !r.Committed() {
				held += r.Of(p.sku, true)
			}
		}
		if held != l.Promised {
			return fmt.Sprintf("%s has promised %d, and says %d", id, held, l.Promised)
		}
		out += l.Left + l.Promised + int(l.Sold)
	}
	if out > p.total {
		return fmt.Sprintf("stations have sold, promised or may promise %d of %d", out, p.total)
	}
	pool, all, err := p.Pool(p.ctx, p.sku)
	if err != nil {
		return err.Error()
	}
	sent := 0
	for _, l := range all {
		sent += int(l.Sent)
	}
	if pool.Free() < 0 || pool.OnHand < 0 || int(pool.OnHand)+sent != p.total ||
		pool.Leased+pool.Free() != pool.ATP() {
		return fmt.Sprintf("the pool is %+v with %+v, %d were sent of %d", pool, all, sent, p.total)
	}
	return ""
}

// play plays a history and says what went wrong; empty: nothing.
func (p *sale) play(stations []string) (wrong string, err error) {
	p.total = p.pick("total", 8)
	for _, id := range stations {
		p.at[id].ahead = time.Duration(p.pick("clock", 3)-1) * 20 * time.Minute
	}
	if err := p.SetPool(p.ctx, "user:x", Pool{SKU: p.sku, OnHand: int64(p.total),
		Lease: time.Hour}); err != nil {
		return "", err
	}
	for range 10 + p.pick("steps", p.steps) {
		if err := p.step(stations); err != nil {
			return "", err
		}
		if wrong := p.wrong(stations); wrong != "" {
			return wrong, nil
		}
	}
	// when all have been heard and all leases are over, everything is in the pool or sold
	for range 2 {
		for _, id := range stations {
			if err := p.SetLeaseTarget(p.ctx, "user:x", id, p.sku, 0); err != nil {
				return "", err
			}
		}
		if err := p.meet(stations...); err != nil {
			return "", err
		}
		p.now = p.now.Add(3 * time.Hour)
		for _, id := range stations {
			if err := p.at[id].try(visit.Tick{}); err != nil {
				return "", err
			}
		}
	}
	if err := p.meet(stations...); err != nil {
		return "", err
	}
	if wrong := p.wrong(stations); wrong != "" {
		return wrong, nil
	}
	sold := 0
	for _, id := range stations {
		sold += int(p.at[id].lease(p.sku).Sold)
	}
	pool, all, err := p.Pool(p.ctx, p.sku)
	if err != nil {
		return "", err
	}
	sent := 0
	for _, l := range all {
		sent += int(l.Sent)
	}
	if pool.Leased != 0 || int(pool.Free())+sold != p.total || int(pool.Sold)+sent != sold {
		return fmt.Sprintf("in the end the pool is %+v with %+v, and %d of %d were sold", pool, all, sold,
			p.total), nil
	}
	return "", nil
}

// Whatever people want at three stations, whenever the lines are cut and whatever is lost:
// no unit of the centre is promised twice, nothing disappears, and in the end everything that
// was not sold is in the pool.
func TestNoUnitIsPromisedTwiceInAnyHistory(t *testing.T) {
	stations := []string{"a", "b", "c"}
	s := openShop(t, dbtest.SQLite(t), stations...)
	fewer(t, "60")
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		pick := func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }
		p := &sale{shop: s, pick: pick, sku: fmt.Sprint("S-", n), steps: 40}
		wrong, err := p.play(stations)
		if err != nil {
			t.Fatal(err)
		}
		if wrong != "" {
			t.Fatal(wrong)
		}
	})
}

func TestAPromiseWithoutALeaseIsFound(t *testing.T) {
	stations := []string{"a", "b", "c"}
	for _, fault := range []string{"ignores its lease", "believes an offer", "takes leases back"} {
		t.Run(fault, func(t *testing.T) {
			s := openShop(t, dbtest.SQLite(t), stations...)
			r := rand.New(rand.NewPCG(7, 7))
			for n := range 200 {
				pick := func(_ string, n int) int { return r.IntN(n) }
				p := &sale{shop: s, pick: pick, sku: fmt.Sprint("S-", n), steps: 80, fault: fault}
				wrong, err := p.play(stations)
				must(t, err)
				if wrong != "" {
					t.Logf("found by history %d: %s", n, wrong)
					return
				}
			}
			t.Error("nobody has seen it")
		})
	}
}
