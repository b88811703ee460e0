package orders

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/wall"
)

func TestAnOrderThatIsRightHasNoMistakes(t *testing.T) {
	for name, change := range map[string]func(*Order){
		"as it is":                        func(*Order) {},
		"delivered tomorrow by our clock": func(o *Order) { later := today.Add(23 * time.Hour); o.Delivered = &later },
		"a thousand lines": func(o *Order) {
			for i := len(o.Lines); i < MaxLines; i++ {
				o.Lines = append(o.Lines, Line{ID: fmt.Sprint(i + 1), SKU: "X", Title: "gift", Quantity: 1})
			}
		},
		"nothing to pay": func(o *Order) {
			o.Shipping, o.Tenders = Shipping{}, nil
			o.Lines = []Line{{ID: "1", SKU: "X", Title: "x", Quantity: 1}}
		},
		"the largest amount": func(o *Order) {
			o.Lines = []Line{{ID: "1", SKU: "X", Title: "x", Quantity: MaxQuantity, UnitPrice: MaxAmount / MaxQuantity}}
			o.Tenders = []Tender{{ID: "t", Kind: Transfer, Amount: MaxAmount}}
			o.Shipping = Shipping{}
		},
		"a free gift": func(o *Order) {
			o.Lines = append(o.Lines, Line{ID: "3", SKU: "X", Title: "x", Quantity: 1, Free: true, Of: "1"})
		},
		"an article like a card":     func(o *Order) { o.Lines[0].SKU = "4111111111111111" },
		"an old receipt's number":    func(o *Order) { o.Receipt = "4222222222222" },
		"three decimals":             func(o *Order) { o.Currency = "KWD" },
		"a title from right to left": func(o *Order) { o.Lines[0].Title = "حذاء رياضي" },
	} {
		o := some()
		change(&o)
		for _, m := range o.Mistakes(today) {
			t.Errorf("%s: %s at %s: %s", name, m.Slug, m.Field, m.Message)
		}
	}
}

func TestEachMistakeNamesItsPlace(t *testing.T) {
	first := func(change func(l *Line)) func(*Order) { return func(o *Order) { change(&o.Lines[0]) } }
	paid := func(change func(n *Tender)) func(*Order) { return func(o *Order) { change(&o.Tenders[0]) } }
	for name, c := range map[string]struct {
		change      func(*Order)
		slug, place string
	}{
		"no shop":           {func(o *Order) { o.Shop = "" }, "shop", "/shop"},
		"no currency":       {func(o *Order) { o.Currency = "eur" }, "unknown-currency", "/currency"},
		"no such channel":   {func(o *Order) { o.Channel = "tv" }, "unknown-word", "/channel"},
		"no such contract":  {func(o *Order) { o.Contract = "verbal" }, "unknown-word", "/contract"},
		"no such country":   {func(o *Order) { o.Country = "Germany" }, "country", "/country"},
		"no language":       {func(o *Order) { o.Language = "auf Deutsch" }, "language", "/language"},
		"rounded nowhere":   {func(o *Order) { o.Tax.Per = "" }, "unknown-word", "/tax/per"},
		"rounded elsewhere": {func(o *Order) { o.Tax.How = "up" }, "unknown-word", "/tax/rounding"},
		"shipping below zero": {
			func(o *Order) { o.Shipping.Paid = -1 }, "out-of-range", "/shipping/paid",
		},
		"shipping without end": {
			func(o *Order) { o.Shipping.Standard = MaxAmount + 1 }, "out-of-range", "/shipping/standard",
		},
		"ordered in the future": {
			func(o *Order) { o.Ordered, o.Delivered = today.Add(25*time.Hour), nil },
			"in-the-future", "/ordered",
		},
		"ordered at no time": {
			func(o *Order) { o.Ordered = time.Time{} }, "missing-member", "/ordered",
		},
		"ordered long ago": {
			func(o *Order) { o.Ordered = firstDay.Add(-1) }, "too-long-ago", "/ordered",
		},
		"delivered in the future": {
			func(o *Order) { n := today.Add(25 * time.Hour); o.Delivered = &n },
			"in-the-future", "/delivered",
		},
		"delivered too early": {
			func(o *Order) { o.Delivered = at(9) }, "delivered-before-ordered", "/delivered",
		},
		"a line's too": {
			first(func(l *Line) { l.Delivered = at(9) }), "delivered-before-ordered", "/lines/0/delivered",
		},
		"returnable in year zero": {
			first(func(l *Line) { l.ReturnableUntil = new(time.Time) }), "out-of-range", "/lines/0/returnable_until",
		},
		"no lines":     {func(o *Order) { o.Lines = nil }, "missing-member", "/lines"},
		"1001 lines":   {func(o *Order) { o.Lines = make([]Line, 1001) }, "too-many", "/lines"},
		"a line twice": {func(o *Order) { o.Lines[1].ID = "1" }, "line-twice", "/lines/1/id"},
		"a line's id":  {first(func(l *Line) { l.ID = "a b" }), "id", "/lines/0/id"},
		"no article":   {first(func(l *Line) { l.SKU = "" }), "missing-member", "/lines/0/sku"},
		"no title":     {first(func(l *Line) { l.Title = " " }), "text", "/lines/0/title"},
		"a title's direction": {
			first(func(l *Line) { l.Title = "a\u202eb" }), "text", "/lines/0/title",
		},
		"a title's bell": {first(func(l *Line) { l.Title = "a\ab" }), "text", "/lines/0/title"},
		"a title too long": {
			first(func(l *Line) { l.Title = strings.Repeat("x", 201) }), "text", "/lines/0/title",
		},
		"a card in a title": {
			first(func(l *Line) { l.Title = "gift card 4111111111111111" }), "card-number", "/lines/0/title",
		},
		"a card as a reference": {
			paid(func(n *Tender) { n.Reference = "4111 1111 1111 1111" }), "card-number", "/tenders/0/reference",
		},
		"a card as a number": {
			first(func(l *Line) { l.SKU = "4111-1111-1111-1111" }), "card-number", "/lines/0/sku",
		},
		"a card as a receipt": {
			func(o *Order) { o.Receipt = "4111 1111 1111 1111" }, "card-number", "/receipt",
		},
		"a card as a serial": {
			func(o *Order) { o.Lines[1].Serials[0] = "4111 1111 1111 1111" },
			"card-number", "/lines/1/serials/0",
		},
		"a card as a customer": {
			func(o *Order) { o.CustomerRef = "4111111111111111" }, "card-number", "/customer_ref",
		},
		"a wrong check digit": {
			first(func(l *Line) { l.GTIN = "4006381333932" }), "gtin", "/lines/0/gtin",
		},
		"a GTIN too short": {
			first(func(l *Line) { l.GTIN = "400638133393" }), "gtin", "/lines/0/gtin",
		},
		"none": {
			first(func(l *Line) { l.Quantity = 0 }), "out-of-range", "/lines/0/quantity",
		},
		"less than none": {
			first(func(l *Line) { l.Quantity = -2 }), "out-of-range", "/lines/0/quantity",
		},
		"too many": {
			first(func(l *Line) { l.Quantity = MaxQuantity + 1 }), "out-of-range", "/lines/0/quantity",
		},
		"a price below zero": {
			first(func(l *Line) { l.UnitPrice = -1 }), "out-of-range", "/lines/0/unit_price",
		},
		"a price without end": {
			first(func(l *Line) { l.UnitPrice = MaxAmount + 1 }), "out-of-range", "/lines/0/unit_price",
		},
		"a line without end": {
			first(func(l *Line) { l.UnitPrice = MaxAmount/2 + 1 }), "out-of-range", "/lines/0/unit_price",
		},
		"a discount too large": {
			first(func(l *Line) { l.Discount = 3999 }), "discount-too-large", "/lines/0/discount",
		},
		"a discount below zero": {
			first(func(l *Line) { l.Discount = -1 }), "out-of-range", "/lines/0/discount",
		},
		"a rate above the whole": {
			first(func(l *Line) { l.TaxRate = 1_000_001 }), "out-of-range", "/lines/0/tax_rate",
		},
		"more back than bought": {
			first(func(l *Line) { l.ReturnedElsewhere = 3 }), "out-of-range", "/lines/0/returned_elsewhere",
		},
		"a weight below zero": {
			first(func(l *Line) { l.WeightG = -1 }), "out-of-range", "/lines/0/weight_g",
		},
		"a side of nothing": {first(func(l *Line) { l.Dimensions = &wall.Dimensions{Length: 1, Width: 0, Height: 1} }),
			"out-of-range", "/lines/0/dimensions_mm/width"},
		"serials beyond quantity": {
			func(o *Order) { o.Lines[1].Serials = []string{"a", "b"} }, "too-many", "/lines/1/serials",
		},
		"a serial twice": {
			first(func(l *Line) { l.Serials = []string{"a 1", "A1"} }), "serial-twice", "/lines/0/serials/1",
		},
		"an empty serial": {
			first(func(l *Line) { l.Serials = []string{" "} }), "text", "/lines/0/serials/0",
		},
		"came with nothing known": {first(func(l *Line) { l.Of = "9" }), "unknown-line", "/lines/0/of"},
		"came with itself":        {first(func(l *Line) { l.Of = "1" }), "unknown-line", "/lines/0/of"},
		"free with nothing":       {first(func(l *Line) { l.Free = true }), "unknown-line", "/lines/0/of"},
		"whole of no bundle": {
			first(func(l *Line) { l.BundleWhole = true }), "unknown-bundle", "/lines/0/bundle",
		},
		"a lease of nobody": {
			first(func(l *Line) { l.Lease = &Lease{Until: today} }), "missing-member", "/lines/0/lease/site",
		},
		"a lease until never": {
			first(func(l *Line) { l.Lease = &Lease{Site: "a"} }), "missing-member", "/lines/0/lease/until",
		},
		"a tender's id": {paid(func(n *Tender) { n.ID = "" }), "id", "/tenders/0/id"},
		"a tender twice": {
			func(o *Order) { o.Tenders[1].ID = "t1" }, "tender-twice", "/tenders/1/id",
		},
		"a payment twice": {
			func(o *Order) { o.Tenders[1] = Tender{ID: "t2", Kind: Card, Amount: 1000, Reference: "pi_1"} },
			"tender-twice", "/tenders/1/reference",
		},
		"no such tender": {
			paid(func(n *Tender) { n.Kind = "shells" }), "unknown-word", "/tenders/0/kind",
		},
		"a tender of nothing": {
			paid(func(n *Tender) { n.Amount = 0 }), "out-of-range", "/tenders/0/amount",
		},
		"a tender below zero": {
			paid(func(n *Tender) { n.Amount = -5 }), "out-of-range", "/tenders/0/amount",
		},
		"a tender without end": {
			paid(func(n *Tender) { n.Amount = MaxAmount + 1 }), "out-of-range", "/tenders/0/amount",
		},
		"more repaid than paid": {
			paid(func(n *Tender) { n.RefundedElsewhere = 11094 }), "out-of-range", "/tenders/0/refunded_elsewhere",
		},
		"101 tenders": {
			func(o *Order) { o.Tenders = make([]Tender, 101) }, "too-many", "/tenders",
		},
		"a cent too much":   {paid(func(n *Tender) { n.Amount++ }), "wrong-sum", "/tenders"},
		"a cent too little": {paid(func(n *Tender) { n.Amount-- }), "wrong-sum", "/tenders"},
		"paid with nothing": {func(o *Order) { o.Tenders = nil }, "wrong-sum", "/tenders"},
		"shipping not paid": {func(o *Order) { o.Shipping.Paid = 0 }, "wrong-sum", "/tenders"},
	} {
		o := some()
		c.change(&o)
		all := o.Mistakes(today)
		if len(all) != 1 && name != "1001 lines" && name != "101 tenders" && name != "no lines" {
			for _, m := range all {
				t.Errorf("%s: %s at %s", name, m.Slug, m.Field)
			}
		}
		if !slices.ContainsFunc(
			all,
			func(m *ledger.Refusal) bool { return m.Slug == c.slug && m.Field == c.place },
		) {
			t.Errorf("%s: not refused as %s at %s", name, c.slug, c.place)
		}
	}
}

func TestAWrongSumSaysWhatItIsAndWhatItShouldBe(t *testing.T) {
	o := some()
	o.Tenders[0].Amount = 11000
	all := o.Mistakes(today)
	if len(all) != 1 || !strings.Contains(all[0].Message, "add up to 12000") ||
		!strings.Contains(all[0].Message, "to 12093") {
		t.Errorf("says %v", all)
	}
}

// However much is wrong, it is found in bounded time and told in a bounded answer.
func TestAtMostAHundredMistakesAreTold(t *testing.T) {
	o := some()
	o.Lines = make([]Line, MaxLines)
	s := newShop()
	err := s.do(Put{ID: "SO-1", Order: o})
	r, ok := err.(*ledger.Refusal)
	if !ok || len(r.Others) != 99 {
		t.Fatalf("refused with %v", err)
	}
	if len(o.Mistakes(today)) > 2*mostMistakes {
		t.Errorf("%d mistakes are collected", len(o.Mistakes(today)))
	}
}
