package money

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
)

func TestAmountsOfOneCurrencyAreAdded(t *testing.T) {
	sum, err := Sum(Of(1999, "EUR"), Of(-500, "EUR"), Of(1, "EUR"))
	if err != nil || sum != Of(1500, "EUR") {
		t.Errorf("%v, %v", sum, err)
	}
	if sum, err := Sum(); err != nil || !sum.IsZero() {
		t.Errorf("nothing adds up to %v, %v", sum, err)
	}
	for _, bad := range [][2]Amount{
		{Of(1, "EUR"), Of(1, "USD")}, {Of(1, "EUR"), Of(1, "")}, {Of(0, "JPY"), Of(0, "EUR")},
		{Of(Most, "EUR"), Of(1, "EUR")}, {Of(-Most, "EUR"), Of(-1, "EUR")}, {Of(1<<62, "EUR"), Of(1<<62, "EUR")},
	} {
		if sum, err := bad[0].Plus(bad[1]); ledger.CodeOf(err) != ledger.Invalid {
			t.Errorf("%v and %v are %v, %v", bad[0], bad[1], sum, err)
		}
	}
	if left, err := Of(1000, "EUR").Minus(Of(1001, "EUR")); err != nil || left.Minor != -1 {
		t.Errorf("%v, %v", left, err)
	}
}

// Known splits: discounts over lines, a refund over the tenders that paid.
func TestWhatIsSplitAddsUp(t *testing.T) {
	for _, c := range []struct {
		total         int64
		weights, want []int64
	}{
		{1000, []int64{3333, 3333, 3334}, []int64{333, 333, 334}},
		{500, []int64{1999, 501, 50}, []int64{392, 98, 10}},
		{100, []int64{99, 99, 99}, []int64{34, 33, 33}},
		{-100, []int64{99, 99, 99}, []int64{-34, -33, -33}},
		{3000, []int64{2000, 500, 2500}, []int64{1200, 300, 1500}},
		{4200, []int64{15000, 6000}, []int64{3000, 1200}}, // 150 + 60 less 20 %: returning 150 pays 120
		{1000, []int64{3000, 2500}, []int64{545, 455}},    // "10 off" on 30 + 25: returning 25 pays 20.45
		{7, []int64{0, 0}, []int64{7, 0}},
		{7, []int64{0, 3}, []int64{0, 7}},
		{7, nil, []int64{}},
	} {
		if got := Allocate(c.total, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("%d by %v is %v, want %v", c.total, c.weights, got, c.want)
		}
	}
	if a, b, c := UnitShare(100, 1, 3), UnitShare(100, 2, 3), UnitShare(100, 3, 3); a != 33 || b != 34 || c != 33 {
		t.Errorf("1.00 over three units is %d, %d, %d", a, b, c)
	}
}

func TestAnySplitIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(-Most, Most).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, Most/1000), 1, 40).Draw(t, "weights")
		shares, all, sum := Allocate(total, weights), int64(0), int64(0)
		for _, w := range weights {
			all += w
		}
		for i, share := range shares {
			sum += share
			exact := new(big.Int).Mul(big.NewInt(total), big.NewInt(weights[i]))
			off := new(big.Int).Sub(new(big.Int).Mul(big.NewInt(share), big.NewInt(all)), exact)
			if all > 0 && off.CmpAbs(big.NewInt(all)) >= 0 {
				t.Fatalf("share %d of %d by %v is %d", i, total, weights, share)
			}
		}
		if sum != total {
			t.Fatalf("%v add up to %d, not %d", shares, sum, total)
		}
		n := rapid.Int64Range(1, 1000).Draw(t, "units")
		sum = 0
		for k := range n {
			sum += UnitShare(total, k+1, n)
		}
		if sum != total {
			t.Fatalf("%d units add up to %d, not %d", n, sum, total)
		}
	})
}

// Taxes that shop systems got wrong in public, and what is right.
func TestTaxIsRoundedAsTheOrderSays(t *testing.T) {
	excl := func(per Per, how Rounding) Method { return Method{Per: per, How: how} }
	incl := func(per Per, how Rounding) Method { return Method{Per: per, How: how, Inclusive: true} }
	twice := []Taxed{{1070, 1, 210_000}, {1070, 1, 210_000}}
	three := []Taxed{{99, 1, 190_000}, {99, 1, 190_000}, {99, 1, 190_000}}
	const p19, p21, p15, p10, p8 Rate = 190_000, 210_000, 150_000, 100_000, 80_000
	odd := []Taxed{{560, 1, p15}, {892, 1, p15}, {4491, 1, p15}, {21726, 1, p15}, {240000, 1, p15}}
	undone := slices.Clone(odd)
	for _, l := range odd {
		undone = append(undone, Taxed{-l.Unit, l.Quantity, l.Rate})
	}
	for name, c := range map[string]struct {
		m     Method
		lines []Taxed
		want  int64
	}{
		"3 at 1.08 by unit":         {excl(PerUnit, HalfUp), []Taxed{{108, 3, p19}}, 387 - 324},
		"3 at 1.08 by line":         {excl(PerLine, HalfUp), []Taxed{{108, 3, p19}}, 386 - 324},
		"3 at 1.08 by order":        {excl(PerOrder, HalfUp), []Taxed{{108, 3, p19}}, 386 - 324},
		"10.70 twice by line":       {excl(PerLine, HalfUp), twice, 2590 - 2140},
		"10.70 two of one, by line": {excl(PerLine, HalfUp), []Taxed{{1070, 2, p21}}, 2589 - 2140},
		"10.70 twice by order":      {excl(PerOrder, HalfUp), twice, 2589 - 2140},
		"0.99 with tax, by line":    {incl(PerLine, HalfUp), three, 48},
		"0.99 with tax, by order":   {incl(PerOrder, HalfUp), three, 47},
		"yen, down":                 {excl(PerOrder, Down), []Taxed{{158, 3, p8}}, 37},
		"an odd sum by line":        {excl(PerLine, HalfUp), odd, 40151},
		"an odd sum by order":       {excl(PerOrder, HalfUp), odd, 40150},
		"taken back by line":        {excl(PerLine, HalfUp), undone, 0},
		"taken back by order":       {excl(PerOrder, HalfEven), undone, 0},
		"three decimals":            {excl(PerLine, HalfUp), []Taxed{{1255, 1, p10}}, 126},
		"a half up":                 {excl(PerLine, HalfUp), []Taxed{{125, 1, p10}}, 13},
		"a half to the even":        {excl(PerLine, HalfEven), []Taxed{{125, 1, p10}}, 12},
		"a half to the even, up":    {excl(PerLine, HalfEven), []Taxed{{135, 1, p10}}, 14},
		"a half taken back":         {excl(PerLine, HalfUp), []Taxed{{-125, 1, p10}}, -13},
		"two rates":                 {excl(PerOrder, HalfUp), []Taxed{{108, 3, p19}, {108, 3, p10}}, 62 + 32},
		"no tax":                    {incl(PerOrder, HalfUp), []Taxed{{999, 9, 0}}, 0},
	} {
		if got := c.m.Tax(c.lines); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// The least number has no opposite: taking one did not end.
func TestTheLeastNumberIsRoundedToo(t *testing.T) {
	if got := UnitsShare(math.MinInt64, 0, 1, 2); got != -1<<62 {
		t.Errorf("half of it is %d", got)
	}
	if got := Allocate(math.MinInt64, []int64{1, 0}); got[0] != -math.MaxInt64 {
		t.Errorf("its shares are %d", got)
	}
}
