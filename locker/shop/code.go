package shop

import (
	"cubby/locker/parcel"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// arrive answers the code of a sale on a page on which somebody may come. While it has a
// parcel that is here, its code is one of that parcel, and the rules of parcels answer it.
func arrive(t *visit.Turn, c visit.Present) (known bool, err error) {
	sale, ok := WithCode(t.State, c.CodeHash)
	if !ok || t.AtDesk() {
		return false, nil
	}
	for _, id := range sale.parcels() {
		if p, is := parcel.Parcels.Get(t.State, id); is && (p.State == parcel.Collecting ||
			p.State == parcel.CounterHeld) {
			return false, nil
		}
		if _, waits := parcel.Waiting(t.State, id); waits {
			parcel.Admit(t, parcel.Right{Parcel: id, By: parcel.BySale})
			return true, nil
		}
	}
	t.BeginAnew(Visit)
	t.Visit.Actor = "bearer"
	show(t, note{Sale: sale.ID}, view.StepShopStatus, view.ReasonNone)
	return true, nil
}

// after ends each command: what has become of the parcels of sales.
func after(t *visit.Turn) {
	for i := 0; i < len(t.Facts); i++ { // what follows may be facts, too
		switch f := t.Facts[i].(type) {
		case *parcel.ParcelStored:
			arrived(t, f.ParcelID, f.OrderID)
		case *parcel.ParcelShelved:
			arrived(t, f.ParcelID, f.OrderID)
		case *parcel.ParcelCounterHeld:
			arrived(t, f.ParcelID, f.OrderID)
		case *parcel.ParcelCollected:
			handedOver(t, f.OrderID)
		case *parcel.ParcelHandedOver:
			handedOver(t, f.OrderID)
		case *visit.Ended:
			gone(t, f.Visit)
		}
	}
}

// arrived: staff have made the parcel of a sale ready.
func arrived(t *visit.Turn, id, order string) {
	sale, ok := Sales.Get(t.State, order)
	if !ok || sale.Parcel != id || sale.State != Picking {
		return
	}
	for _, l := range sale.Lines {
		if l.State == LinePicking {
			_ = takeOut(t, sale, l, "", "") // where it is not known to be, somebody counts
			t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: LineReady})
		}
	}
	t.Emit(&SaleMoved{OfSale: of(sale), State: Ready})
}

// handedOver ends a sale when the last of its parcels is with whoever has bought it.
func handedOver(t *visit.Turn, order string) {
	sale, ok := Sales.Get(t.State, order)
	if !ok || sale.State.Over() || sale.toSell() {
		return
	}
	for _, id := range sale.parcels() {
		if p, _ := parcel.Parcels.Get(t.State, id); !p.State.Final() {
			return
		}
	}
	for _, l := range sale.Lines {
		if l.State == LineReady {
			t.Emit(&LineMoved{OfSale: of(sale), Line: l.ID, State: LineHandedOver})
		}
	}
	leaves(t, sale)
	t.Emit(&SaleMoved{OfSale: of(sale), State: HandedOver})
}

// leaves takes what is held of a sale still out of the stock: staff have fetched it, and it
// is with whoever has bought it.
func leaves(t *visit.Turn, sale Sale) {
	r, _ := stock.Reservations.Get(t.State, sale.Cart)
	for _, l := range r.Lines {
		if l.Door != "" {
			_ = stock.Take(t, sale.Cart, l.Door)
			continue
		}
		_ = stock.HandOver(t, sale.Cart, l.SKU, from(stock.Of(t.State, l.SKU), l.Quantity), l.Quantity)
	}
	_ = stock.Release(t, sale.Cart, "handed over") // what somebody had counted away meanwhile
}

// from is the place that so many units were fetched from, by what is known of them.
func from(l stock.Level, quantity int) stock.Place {
	for _, p := range []stock.Place{stock.Shelf, stock.OnHand, stock.Warehouse} {
		if l.At(p) >= quantity {
			return p
		}
	}
	return stock.OnHand
}
