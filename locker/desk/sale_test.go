package desk

import (
	"testing"
	"time"

	"cubby/locker/money"
	"cubby/locker/parcel"
	"cubby/locker/shop"
	"cubby/locker/shop/payment"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

const someSale = "S-7K3M-9QPX"

// buys has somebody buy two lamps and a candle at the kiosk, to be had at the counter and paid
// there: what its rules make of a cart is shown elsewhere.
func (b *bench) buys(t testing.TB, change func(*shop.Sale)) {
	t.Helper()
	b.do(t, "", stock.MoveGoods{Moved: stock.Moved{SKU: "LAMP", To: stock.Shelf, Quantity: 5, Cause: "bought"}})
	b.do(t, "", stock.MoveGoods{Moved: stock.Moved{SKU: "CANDLE", To: stock.Warehouse, Quantity: 5,
		Cause: "bought"}})
	ready := b.now.Add(30 * time.Minute)
	sale := shop.Sale{
		ID: someSale, Shop: "s", State: shop.Placed, Channel: "kiosk", Currency: "EUR",
		Method: money.Method{Inclusive: true},
		Total:  5000, Place: shop.Place{Kind: shop.Counter, Ready: &ready}, Cart: "cart", Code: "code-sale",
		Lines: []shop.Line{
			{ID: "1", SKU: "LAMP", GTIN: "04006381333931", Title: "Lamp", Quantity: 2, Unit: 2000, Total: 4000,
				State: shop.LinePlaced},
			{ID: "2", SKU: "CANDLE", Title: "Candle", Quantity: 1, Unit: 1000, Total: 1000, State: shop.LinePlaced},
		},
	}
	if change != nil {
		change(&sale)
	}
	due := money.Of(sale.Total, "EUR")
	paying, err := payment.New(sale.ID, due).Begin("attempt-of-sixteen", payment.Cash, 5000, b.now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	sale.Payment = paying
	b.do(t, "", happens{func(t *visit.Turn) {
		lines := []stock.Line{{SKU: "LAMP", Quantity: 2}, {SKU: "CANDLE", Quantity: 1}}
		if err := stock.Hold(t, "cart", lines); err != nil {
			panic(err)
		}
		t.Emit(&shop.Ordered{
			OfSale: shop.OfSale{Sale: sale.ID, Shop: "s"}, Channel: "kiosk", Currency: "EUR", Total: sale.Total,
			Lines: sale.Lines, Place: sale.Place, Whole: sale,
		})
	}})
}

func (b *bench) sale() shop.Sale {
	one, _ := shop.Sales.Get(b.state(), someSale)
	return one
}

// paysSale has the sale paid at the counter, where its code is scanned.
func (b *bench) paysSale(t testing.TB) {
	t.Helper()
	b.badge(t, atDesk, "associate")
	b.must(t, atDesk, view.ActPick, "counter")
	b.do(t, atDesk, visit.Present{CodeHash: "code-sale", Presented: "code"})
	b.wants(t, atDesk, view.StepStaffSale)
	b.must(t, atDesk, view.ActOp, view.OpSaleCash)
}

func (b *bench) sums(t testing.TB, sku string, here, committed int) {
	t.Helper()
	if l := stock.Of(b.state(), sku); l.Here() != here || l.Committed != committed || l.Reserved != 0 {
		t.Errorf("of %s %d are here, %d bought and %d reserved; want %d and %d", sku, l.Here(), l.Committed,
			l.Reserved, here, committed)
	}
}

func TestASaleIsPaidPickedShelvedAndHandedOverAtTheDesk(t *testing.T) {
	b := newBench(t)
	b.keeps = parcel.Settings{Shelf: []string{"B1", "B2"}}
	b.buys(t, nil)
	b.paysSale(t)
	if one := b.sale(); one.State != shop.Picking || one.Payment.Paid() != 5000 {
		t.Fatalf("after the money it is %s, and %d are paid", one.State, one.Payment.Paid())
	}
	b.sums(t, "LAMP", 5, 2)
	b.do(t, atDesk, visit.Present{Text: "4006381333931", Presented: "label"}) // a lamp is scanned
	if v := b.wants(t, atDesk, view.StepStaffSale); saidOf(v) != "sale_picked" {
		t.Fatalf("said %+v", v.Staff.Said)
	}
	b.sums(t, "LAMP", 3, 0)
	b.do(t, atDesk, visit.Present{Text: "4006381333931", Presented: "label"})
	b.sums(t, "LAMP", 3, 0)
	b.must(t, atDesk, view.ActPick, "2")
	b.wants(t, atDesk, view.StepStaffSaleLine)
	b.must(t, atDesk, view.ActPick, string(stock.Warehouse))
	b.sums(t, "CANDLE", 4, 0)
	b.fresh = &visit.Secret{CodeHash: "code-of-it", PINHash: "pin-of-it"}
	b.must(t, atDesk, view.ActOp, view.OpShelve)
	b.must(t, atDesk, view.ActPick, "B2")
	b.fresh = nil
	if one := b.sale(); one.State != shop.Ready || b.parcel(someSale).Shelf != "B2" {
		t.Fatalf("it is %s, on place %q", one.State, b.parcel(someSale).Shelf)
	}
	b.must(t, atDesk, view.ActOp, view.OpHandOver)
	b.do(t, atDesk, visit.Present{CodeHash: "code-sale", Presented: "code"})
	b.wants(t, atDesk, view.StepStaffParcel)
	if one := b.sale(); one.State != shop.HandedOver {
		t.Errorf("it is %s", one.State)
	}
	b.sums(t, "LAMP", 3, 0)
	b.sums(t, "CANDLE", 4, 0)
}

func TestWhatIsNotThereIsGivenBackAndTheRestGoesOn(t *testing.T) {
	b := newBench(t)
	b.buys(t, nil)
	b.paysSale(t)
	b.must(t, atDesk, view.ActPick, "2")
	b.must(t, atDesk, view.ActOp, view.OpSaleShort)
	a := b.sale().Payment.Attempts[0]
	if a.Kept != 4000 || a.Refund.Amount != 1000 || a.Tasked != payment.PayAtCounter {
		t.Fatalf("of 5000 %d are kept and %d go back (%s)", a.Kept, a.Refund.Amount, a.Tasked)
	}
	if one := b.sale(); one.State != shop.Picking || one.Left() != 1 {
		t.Fatalf("it is %s, and %d lines are left", one.State, one.Left())
	}
	b.sums(t, "CANDLE", 4, 0)
	if tasks := stock.Tasks(b.state()); len(tasks) != 1 || tasks[0].Kind != stock.Recount {
		t.Errorf("nobody is asked to count: %+v", tasks)
	}
	b.must(t, atDesk, view.ActOp, view.OpSalePaidBack)
	if p := b.sale().Payment; !p.Settled() || p.Attempts[0].Refunded != 1000 {
		t.Errorf("%d were given back", p.Attempts[0].Refunded)
	}
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActOp, view.OpSaleShort)
	if one := b.sale(); one.State != shop.Cancelled || one.Payment.Paid() != 0 ||
		one.Payment.Attempts[0].Refund.Amount != 4000 {
		t.Errorf("nothing is there, and it is %s with %+v", one.State, one.Payment)
	}
	if p := b.parcel(someSale); p.State != parcel.Cancelled {
		t.Errorf("its parcel is %s", p.State)
	}
	b.sums(t, "LAMP", 3, 0)
}

func TestTheAgeOfACustomerIsAskedForBeforeAnythingIsHandedOver(t *testing.T) {
	for name, show := range map[string]func(*bench){
		"its code": func(b *bench) { b.do(t, atDesk, visit.Present{CodeHash: "code-sale", Presented: "code"}) },
		"the PIN":  func(b *bench) { b.pin(t, atDesk, "pin-of-it") },
	} {
		b := newBench(t)
		b.keeps = parcel.Settings{Shelf: []string{"B1"}}
		b.buys(t, func(s *shop.Sale) { s.Age = 18 })
		b.paysSale(t)
		b.fresh = &visit.Secret{CodeHash: "code-of-it", PINHash: "pin-of-it"}
		b.do(t, "", parcel.Shelve{Parcel: someSale, Place: "B1", By: who(visit.Visit{Actor: "staff:associate"})})
		b.fresh = nil
		b.sums(t, "LAMP", 3, 0) // what was put there is taken from the stock
		b.must(t, atDesk, view.ActOp, view.OpHandOver)
		show(b)
		v := b.wants(t, atDesk, view.StepStaffSale)
		if b.sale().State != shop.Ready || !v.Allows(view.ActOp) {
			t.Fatalf("%s: it is %s", name, b.sale().State)
		}
		b.must(t, atDesk, view.ActBack, "") // too young
		if b.sale().State != shop.Ready {
			t.Fatalf("%s: handed over to somebody too young", name)
		}
		show(b)
		b.must(t, atDesk, view.ActOp, view.OpSaleAge)
		if b.sale().State != shop.HandedOver {
			t.Errorf("%s: it is %s: %+v", name, b.sale().State, b.view(atDesk).Staff.Said)
		}
	}
}

func TestTheQueueTellsOfSalesThatNeedSomebody(t *testing.T) {
	b := newBench(t)
	kinds := func() map[string]Matter {
		all := map[string]Matter{}
		for _, m := range Queue(b.state(), b.env(atDesk).Policy, b.now) {
			all[m.Kind] = m
		}
		return all
	}
	b.buys(t, nil)
	if m, is := kinds()["picking"]; is {
		t.Errorf("nobody has paid, and it is to be fetched: %+v", m)
	}
	b.paysSale(t)
	for _, c := range []struct {
		after time.Duration
		harm  string
	}{{30 * time.Minute, "notice"}, {time.Nanosecond, "warning"}} {
		b.pass(c.after)
		if m := kinds()["picking"]; string(m.Harm) != c.harm || m.count != 1 {
			t.Errorf("%v later: %+v, want %s", c.after, m, c.harm)
		}
	}
	b.do(t, "", happens{func(t *visit.Turn) {
		t.Emit(&shop.CustomerHere{OfSale: shop.OfSale{Sale: someSale, Shop: "s"}, Bay: "3"})
	}})
	b.badge(t, atDesk, "associate") // signs out: the page was left
	b.badge(t, atDesk, "associate")
	b.must(t, atDesk, view.ActPick, "queue")
	b.must(t, atDesk, view.ActPick, saleValue+someSale)
	b.wants(t, atDesk, view.StepStaffSale)
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActOp, view.OpSaleShort)
	if m := kinds()["sale_money"]; m.Reason != string(payment.PayAtCounter) {
		t.Errorf("cash is to go back, and the queue says %+v", m)
	}
	if m := kinds()["bay"]; m.Reason != "3" {
		t.Errorf("somebody waits at bay 3, and the queue says %+v", m)
	}
}

func TestAScreenOfATechnicianFetchesNothing(t *testing.T) {
	b := newBench(t)
	b.buys(t, nil)
	b.paysSale(t)
	b.badge(t, atDesk, "technician")
	b.must(t, atDesk, view.ActPick, "queue")
	b.must(t, atDesk, view.ActPick, toPicking)
	b.must(t, atDesk, view.ActPick, saleValue+someSale)
	if v := b.wants(t, atDesk, view.StepStaffSale); len(v.Staff.Ops) > 0 {
		t.Errorf("a technician may %v", v.Staff.Ops)
	}
	if err := b.act(atDesk, view.ActPick, "1"); err == nil {
		t.Error("a technician fetches a line")
	}
	b.do(t, atDesk, visit.Present{Text: "4006381333931", Presented: "label"})
	if b.sale().Left() != 2 {
		t.Error("a technician has confirmed a line")
	}
}
