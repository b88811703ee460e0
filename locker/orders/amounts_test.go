package orders

import (
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/money"
)

func TestWhatWasPaidForALineIsKnownToTheCent(t *testing.T) {
	line := func(price int64, n int, off int64, rate money.Rate) Line {
		return Line{ID: "1", Quantity: n, UnitPrice: price, Discount: off, TaxRate: rate}
	}
	two := func(a, b Line) []Line {
		b.ID = "2"
		return []Line{a, b}
	}
	const p19, p21, p8 money.Rate = 190_000, 210_000, 80_000
	for name, c := range map[string]struct {
		per       money.Per
		inclusive bool
		lines     []Line
		paid, tax int64 // of the first line
		total     int64
	}{
		"with tax": {
			money.PerLine, true, []Line{line(1999, 2, 400, p19)}, 3598, 574, 3598,
		},
		"without tax, by line": {money.PerLine, false, []Line{line(108, 3, 0, p19)}, 386, 62, 386},
		"without tax, by unit": {money.PerUnit, false, []Line{line(108, 3, 0, p19)}, 387, 63, 387},
		"by order, shared by lines": {
			money.PerOrder, false, two(line(1070, 1, 0, p21), line(1070, 1, 0, p21)), 1295, 225, 2589,
		},
		"two by line": {
			money.PerLine, false, two(line(1070, 1, 0, p21), line(1070, 1, 0, p21)), 1295, 225, 2590,
		},
		"yen":           {money.PerLine, true, []Line{line(1980, 1, 0, p8)}, 1980, 147, 1980},
		"free":          {money.PerLine, true, []Line{line(0, 1, 0, p19)}, 0, 0, 0},
		"all of it off": {money.PerUnit, false, []Line{line(500, 2, 1000, p19)}, 0, 0, 0},
	} {
		o := Order{Lines: c.lines, Tax: money.Method{Per: c.per, How: money.HalfUp, Inclusive: c.inclusive}}
		if o.Paid("1") != c.paid || o.TaxIn("1", o.Paid("1")) != c.tax || o.Total() != c.total {
			t.Errorf("%s: paid %d with %d tax, in all %d; want %d, %d, %d", name, o.Paid("1"),
				o.TaxIn("1", o.Paid("1")), o.Total(), c.paid, c.tax, c.total)
		}
	}
	o := some()
	if o.Paid("2") != 8000 || o.Paid("none") != 0 || o.TaxIn("none", 5) != 0 || o.Share("none", 0, 1) != 0 {
		t.Error("a line that is not there costs something")
	}
}

// In whatever parts a line comes back, the parts are what was paid, and their taxes its tax.
func TestTheSharesOfALineAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Order{Tax: money.Method{
			Per: rapid.SampledFrom([]money.Per{money.PerUnit, money.PerLine, money.PerOrder}).
				Draw(t, "per"),
			How: rapid.SampledFrom([]money.Rounding{money.HalfUp, money.HalfEven, money.Down}).
				Draw(t, "how"),
			Inclusive: rapid.Bool().Draw(t, "inclusive"),
		}}
		for i := range rapid.IntRange(1, 4).Draw(t, "lines") {
			n := rapid.IntRange(1, 50).Draw(t, "quantity")
			price := rapid.Int64Range(0, 5000).Draw(t, "price")
			o.Lines = append(o.Lines, Line{
				ID: string(rune('1' + i)), Quantity: n, UnitPrice: price,
				Discount: rapid.Int64Range(0, price*int64(n)).Draw(t, "off"),
				TaxRate:  money.Rate(rapid.SampledFrom([]int64{0, 70_000, 190_000, 210_000}).Draw(t, "rate")),
			})
		}
		sum := int64(0)
		for _, l := range o.Lines {
			paid, tax := int64(0), int64(0)
			for from := 0; from < l.Quantity; {
				n := rapid.IntRange(1, l.Quantity-from).Draw(t, "part")
				paid += o.Share(l.ID, from, n)
				tax += o.TaxOf(l.ID, from, n)
				from += n
			}
			whole := o.Paid(l.ID)
			if paid != whole || tax != o.TaxIn(l.ID, whole) {
				t.Fatalf("line %+v: parts add up to %d with %d tax, not %d with %d", l, paid, tax, whole,
					o.TaxIn(l.ID, whole))
			}
			if o.Share(l.ID, l.Quantity, 3) != 0 {
				t.Fatal("units that were not bought cost something")
			}
			sum += whole
		}
		if sum != o.Total() {
			t.Fatalf("lines add up to %d, not %d", sum, o.Total())
		}
	})
}

// An order with its prices worked out says of each line what the order says itself.
func TestAPricedOrderCostsTheSame(t *testing.T) {
	for _, per := range []money.Per{money.PerUnit, money.PerLine, money.PerOrder} {
		for _, inclusive := range []bool{true, false} {
			o := some()
			o.Tax = money.Method{Per: per, How: money.HalfUp, Inclusive: inclusive}
			priced := o.Priced()
			if o.Total() != priced.Total() {
				t.Errorf("%s: in all %d and %d", per, o.Total(), priced.Total())
			}
			for _, l := range o.Lines {
				if o.Paid(l.ID) != priced.Paid(l.ID) || o.TaxOf(l.ID, 0, 1) != priced.TaxOf(l.ID, 0, 1) ||
					o.Share(l.ID, 0, 1) != priced.Share(l.ID, 0, 1) {
					t.Errorf("%s: line %s costs %d and %d", per, l.ID, o.Paid(l.ID), priced.Paid(l.ID))
				}
			}
		}
	}
}
