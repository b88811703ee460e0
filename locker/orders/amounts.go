package orders

import "cubby/locker/money"

// price is what a line costs as its prices are written: with tax or without it.
func (l Line) price() int64 { return l.UnitPrice*int64(l.Quantity) - l.Discount }

// taxes is the tax of each line, rounded as the order says.
func (o Order) taxes() []int64 {
	taxes := make([]int64, len(o.Lines))
	if o.Tax.Per == money.PerOrder {
		o.taxesByRate(taxes)
		return taxes
	}
	for i, l := range o.Lines {
		taxes[i] = o.lineTax(l)
	}
	return taxes
}

// lineTax is the tax of a line whose tax is rounded by itself or by its units.
func (o Order) lineTax(l Line) int64 {
	of := func(amount, times int64) int64 {
		return o.Tax.Tax([]money.Taxed{{Unit: amount, Quantity: times, Rate: l.TaxRate}})
	}
	n := int64(l.Quantity)
	if o.Tax.Per != money.PerUnit || n < 1 {
		return of(l.price(), 1)
	}
	// Units of one price differ by a minor unit at most: so many have one more.
	low, more := l.price()/n, l.price()%n
	return of(low, n-more) + of(low+1, more)
}

// taxesByRate shares the tax of each rate among the lines that bear it.
func (o Order) taxesByRate(taxes []int64) {
	byRate := map[money.Rate][]int{}
	for i, l := range o.Lines {
		byRate[l.TaxRate] = append(byRate[l.TaxRate], i)
	}
	for rate, lines := range byRate {
		weights, sum := make([]int64, len(lines)), int64(0)
		for k, i := range lines {
			weights[k] = o.Lines[i].price()
			sum += weights[k]
		}
		tax := o.Tax.Tax([]money.Taxed{{Unit: sum, Quantity: 1, Rate: rate}})
		for k, share := range money.Allocate(tax, weights) {
			taxes[lines[k]] = share
		}
	}
}

// prices are what was paid for each line, and the tax in that.
type prices struct{ paid, taxes []int64 }

// Priced is the order with its prices worked out, for whoever asks for many of its lines: a
// tax that is rounded once for an order depends on all of them. Its lines must not change.
func (o Order) Priced() Order {
	paid, taxes := o.gross()
	o.priced = &prices{paid, taxes}
	return o
}

// gross is what was paid for each line, and the tax in that.
func (o Order) gross() (paid, taxes []int64) {
	if o.priced != nil {
		return o.priced.paid, o.priced.taxes
	}
	taxes = o.taxes()
	paid = make([]int64, len(o.Lines))
	for i, l := range o.Lines {
		paid[i] = l.price()
		if !o.Tax.Inclusive {
			paid[i] += taxes[i]
		}
	}
	return paid, taxes
}

func (o Order) of(line string) (l Line, paid, tax int64) {
	if o.Tax.Per != money.PerOrder { // what the other lines cost is no matter then
		if l, known := o.Line(line); known {
			paid, tax = l.price(), o.lineTax(l)
			if !o.Tax.Inclusive {
				paid += tax
			}
			return l, paid, tax
		}
		return Line{}, 0, 0
	}
	paids, taxes := o.gross()
	for i, l := range o.Lines {
		if l.ID == line {
			return l, paids[i], taxes[i]
		}
	}
	return Line{}, 0, 0
}

// Total is what was paid for everything, sending it too.
func (o Order) Total() (sum int64) {
	paid, _ := o.gross()
	for _, p := range paid {
		sum += p
	}
	return sum + o.Shipping.Paid
}

// Paid is what was paid for a whole line, with its tax. All lines and what was paid for
// sending add up to the tenders.
func (o Order) Paid(line string) int64 {
	_, paid, _ := o.of(line)
	return paid
}

// Share is what was paid for the units from+1 to from+n of a line, so that all of them
// add up to Paid, in whatever parts they come back.
func (o Order) Share(line string, from, n int) int64 {
	l, paid, _ := o.of(line)
	return money.UnitsShare(paid, int64(from), int64(n), int64(l.Quantity))
}

// TaxIn is the tax in an amount that was paid for a line, or gets paid back of it; all of
// the line's amount has all of its tax.
func (o Order) TaxIn(line string, gross int64) int64 {
	_, paid, tax := o.of(line)
	if paid == 0 {
		return 0
	}
	return money.Part(tax, min(max(gross, 0), paid), paid)
}

// TaxOf is the tax in what was paid for the units from+1 to from+n of a line: all of them
// add up to the line's.
func (o Order) TaxOf(line string, from, n int) int64 {
	l, _, tax := o.of(line)
	return money.UnitsShare(tax, int64(from), int64(n), int64(l.Quantity))
}
