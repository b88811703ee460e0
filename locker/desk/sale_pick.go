package desk

import (
	"cmp"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/shop/catalogue"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// pickSale goes to the page of a sale.
func pickSale(t *visit.Turn, value string) error {
	for _, one := range shop.ToPick(t.State) {
		if saleValue+one.ID == value {
			goTo(t, place{Step: view.StepStaffSale, Sale: one.ID})
			return nil
		}
	}
	return stale()
}

// pickSaleLine goes to where the things of a line lie.
func pickSaleLine(t *visit.Turn, value string) error {
	sale, _ := saleOf(t.State, t.Visit)
	l, ok := sale.Line(value)
	if !ok || l.State != shop.LinePicking || !may(t.State, t.Visit, people.TakeToCounter) {
		return stale()
	}
	goTo(t, place{Step: view.StepStaffSaleLine, Sale: sale.ID, Line: value})
	return nil
}

// showSaleLine offers the places from which the things of a line can be taken.
func showSaleLine(s *ledger.State, v visit.Visit, _ visit.Env, out *view.View) {
	sale, _ := saleOf(s, v)
	l, ok := sale.Line(noteOf(v).at().Line)
	if !ok {
		return
	}
	out.Staff.Parcel = sale.ID
	var f facts
	f.text("title", units(l))
	f.text("gtin", l.GTIN)
	f.text("sku", l.SKU)
	f.add("line_state", word("line_state", string(l.State)))
	out.Staff.Facts = f
	if l.State != shop.LinePicking {
		return
	}
	out.Staff.Ops = []string{view.OpSaleShort}
	for _, from := range origins(s, l) {
		item := view.StaffItem{Value: from.value, Kind: from.kind, Title: view.Message{
			ID: "lies." + from.kind, Data: map[string]string{"Door": from.door, "Count": strconv.Itoa(from.count)},
		}}
		out.Staff.Items = append(out.Staff.Items, item)
	}
}

// A from is a place from which a line can be taken.
type from struct {
	value, kind, door string
	count             int
}

// origins are those that have enough of it; the counter's shelf, where it may lie although
// nobody knows, is always one.
func origins(s *ledger.State, l shop.Line) (all []from) {
	doors, level := stock.Where(s, l.SKU)
	for _, p := range shelves {
		if n := level.At(p); n >= l.Quantity || p == stock.OnHand && len(l.Doors) == 0 {
			all = append(all, from{string(p), string(p), "", max(0, n)})
		}
	}
	for _, g := range doors {
		if g.Free() >= l.Quantity || slices.Contains(l.Doors, g.Door) {
			all = append(all, from{aDoor + g.Door, "door", g.Door, g.Quantity})
		}
	}
	return all
}

// pickPlace confirms that the things of a line were taken from a place.
func pickPlace(t *visit.Turn, value string) error {
	sale, _ := saleOf(t.State, t.Visit)
	l, _ := sale.Line(noteOf(t.Visit).at().Line)
	for _, one := range origins(t.State, l) {
		if one.value == value {
			c := shop.Pick{By: who(t.Visit), Sale: sale.ID, Line: l.ID, From: stock.Place(one.kind), Door: one.door}
			if one.door != "" {
				c.From = stock.Door
			}
			return picked(t, c, l)
		}
	}
	return stale()
}

// operateSaleLine says that the things are not there.
func operateSaleLine(t *visit.Turn, op string) error {
	sale, _ := saleOf(t.State, t.Visit)
	l, ok := sale.Line(noteOf(t.Visit).at().Line)
	if !ok || op != view.OpSaleShort {
		return stale()
	}
	return picked(t, shop.Pick{By: who(t.Visit), Sale: sale.ID, Line: l.ID, Short: true}, l)
}

// picked goes back to the sale, where it is said.
func picked(t *visit.Turn, c shop.Pick, l shop.Line) error {
	done, err := do(t, c)
	if !done {
		return err
	}
	n := noteOf(t.Visit)
	if n.at().Step == view.StepStaffSaleLine {
		n.Trail = n.Trail[:len(n.Trail)-1]
	}
	if n.at().Step != view.StepStaffSale {
		n.Trail = append(n.Trail, place{Step: view.StepStaffSale, Sale: c.Sale})
	}
	id := "sale_picked"
	if c.Short {
		id = view.OpSaleShort
	}
	m := said(id, map[string]string{"Item": units(l)})
	n.Said = &m
	arriveAt(t, n)
	return nil
}

// scanSale answers a scan on these pages: a thing of the sale is confirmed, the code or the
// number of a sale leads to it, and anything else is looked for.
func scanSale(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	if sale, ok := shop.WithCode(t.State, c.CodeHash); ok {
		goTo(t, place{Step: view.StepStaffSale, Sale: sale.ID})
		return nil
	}
	shown := cmp.Or(c.Text, c.Label)
	if sale, ok := shop.Sales.Get(t.State, shown); ok && shown != "" {
		goTo(t, place{Step: view.StepStaffSale, Sale: sale.ID})
		return nil
	}
	if sale, ok := saleOf(t.State, t.Visit); ok && sale.State == shop.Picking {
		gtin, _ := catalogue.Scanned(shown)
		for _, l := range sale.Lines {
			its, _ := catalogue.GTIN(l.GTIN)
			if l.State == shop.LinePicking && (its != "" && its == gtin || l.SKU == shown) {
				return picked(t, shop.Pick{By: who(t.Visit), Sale: sale.ID, Line: l.ID}, l)
			}
		}
	}
	return findScanned(t, c)
}
