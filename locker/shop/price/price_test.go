package price_test

import (
	"testing"
	"time"

	"cubby/locker/money"
	. "cubby/locker/shop/price"
)

var (
	noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	here = Context{At: noon, Channel: "kiosk"}
)

const (
	full = money.Rate(190_000)
	low  = money.Rate(70_000)
)

// priced is a snapshot in which articles a, b, c ... cost so much, taxes included.
func priced(minor ...int64) *Snapshot {
	s := &Snapshot{
		Version: "1", Issued: noon.AddDate(0, 0, -1), Until: noon.AddDate(0, 0, 7), Currency: "EUR",
		Tax:     money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Classes: map[string]money.Rate{"full": full, "low": low},
	}
	for i, m := range minor {
		s.Prices = append(s.Prices, Price{SKU: string(rune('a' + i)), Minor: m, Class: "full"})
	}
	return s
}

// with adds a promotion with an id and a title.
func (o offer) of(id string, class Class, kind Kind) offer {
	o.ID, o.Class, o.Kind, o.Title = id, class, kind, map[string]string{"en": id}
	return o
}

type offer Promotion

func offered(s *Snapshot, all ...offer) *Snapshot {
	for _, o := range all {
		s.Promotions = append(s.Promotions, Promotion(o))
	}
	return s
}

// many is one line of so many units.
func many(sku string, n int) []Item { return []Item{{SKU: sku, Quantity: n}} }

func one(skus ...string) (items []Item) {
	for _, sku := range skus {
		items = append(items, Item{SKU: sku, Quantity: 1})
	}
	return items
}

// checked fails where a snapshot of a test would be refused.
func checked(t *testing.T, s *Snapshot) *Snapshot {
	t.Helper()
	if err := s.Check(nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPromotionsAreComputedOnWhatTheySay(t *testing.T) {
	met := func(o offer, initial bool, priority int) offer {
		o.Tags, o.With, o.Initial, o.Priority = []string{"both"}, []string{"both"}, initial, priority
		return o
	}
	rate := func(r money.Rate) offer { return offer{Rate: r} }
	for name, c := range map[string]struct {
		offers []offer
		want   int64
	}{
		"20 % and 10 off, both of the price": {[]offer{
			met(rate(200_000).of("p", OfProducts, Percent), true, 0),
			met(offer{Minor: 1000}.of("m", OfProducts, Amount), true, 0),
		}, 7000},
		"the percentage first": {[]offer{
			met(rate(200_000).of("p", OfProducts, Percent), false, 2),
			met(offer{Minor: 1000}.of("m", OfProducts, Amount), false, 1),
		}, 7000},
		"the amount first": {[]offer{
			met(rate(200_000).of("p", OfProducts, Percent), false, 1),
			met(offer{Minor: 1000}.of("m", OfProducts, Amount), false, 2),
		}, 7200},
		"20 % and 10 % of the price": {[]offer{
			met(rate(200_000).of("p", OfProducts, Percent), true, 0),
			met(rate(100_000).of("q", OfProducts, Percent), true, 0),
		}, 7000},
		"20 % and then 10 %": {[]offer{
			met(rate(200_000).of("p", OfProducts, Percent), false, 2),
			met(rate(100_000).of("q", OfProducts, Percent), false, 1),
		}, 7200},
		"20 % or 10 %, one a line": {[]offer{
			rate(200_000).of("p", OfProducts, Percent), rate(100_000).of("q", OfProducts, Percent),
		}, 8000},
	} {
		s := checked(t, offered(priced(10_000), c.offers...))
		if q := s.Total(one("a"), 0, here); q.Total != c.want {
			t.Errorf("%s: %d, want %d", name, q.Total, c.want)
		}
	}
}

func TestTheBetterOfTwoWins(t *testing.T) {
	for cart, want := range map[int64]int64{7500: 800, 9000: 900, 8000: 800} {
		s := checked(t, offered(priced(cart), offer{Rate: 100_000}.of("tenth", OfOrder, Percent),
			offer{Minor: 800}.of("eight", OfOrder, Amount)))
		q := s.Total(one("a"), 0, here)
		if q.Off != want {
			t.Errorf("of %d are %d taken off, want %d", cart, q.Off, want)
		}
		for _, o := range q.Offers {
			if !o.Won && (o.Why != Better || o.By == "") {
				t.Errorf("of %d: %+v", cart, o)
			}
		}
	}
}

// What is taken off an order is shared by what things cost, and what comes back takes its
// share with it.
func TestSharesAreFrozenWithTheLines(t *testing.T) {
	amount := func(minor int64) offer { return offer{Minor: minor}.of("off", OfOrder, Amount) }
	rate := func(r money.Rate) offer { return offer{Rate: r}.of("off", OfOrder, Percent) }
	bundle := offer{Minor: 9000, Parts: []Part{{"a", 1}, {"b", 1}, {"c", 1}}}.of("off", OfProducts, Bundle)
	for name, c := range map[string]struct {
		prices []int64
		offer  offer
		back   []int64 // of each line alone
	}{
		"10.00 over thirds":    {[]int64{3333, 3333, 3334}, amount(1000), []int64{3000, 3000, 3000}},
		"5.00 over unequal":    {[]int64{1999, 501, 50}, amount(500), []int64{1607, 403, 40}},
		"1.00 over equal":      {[]int64{99, 99, 99}, amount(100), []int64{65, 66, 66}},
		"150 and 60 less 20 %": {[]int64{15000, 6000}, rate(200_000), []int64{12000, 4800}},
		"6 and 4 less 10 %":    {[]int64{600, 400}, rate(100_000), []int64{540, 360}},
		"60 and 40 less 10":    {[]int64{6000, 4000}, amount(1000), []int64{5400, 3600}},
		"10 off from 50": {
			[]int64{3000, 2500}, offer{Minor: 1000, Spend: 5000}.of("off", OfOrder, Amount),
			[]int64{2455, 2045},
		},
		"the cheapest free": {
			[]int64{2000, 1200}, offer{Buy: 2}.of("off", OfProducts, Cheapest),
			[]int64{1250, 750},
		},
		"90 for 50, 30 and 20": {[]int64{5000, 3000, 2000}, bundle, []int64{4500, 2700, 1800}},
		"a gift bears its own": {
			[]int64{5000, 500}, offer{SKUs: []string{"b"}, Spend: 5000}.of("off", OfProducts, FreeGift),
			[]int64{5000, 0},
		},
		"more off than there was": {[]int64{300, 200}, amount(9999), []int64{0, 0}},
	} {
		s := checked(t, offered(priced(c.prices...), c.offer))
		q := s.Total(one([]string{"a", "b", "c"}[:len(c.prices)]...), 0, here)
		for i, want := range c.back {
			if got := q.Back(i, 0, 1); got != want {
				t.Errorf("%s: line %d gives back %d, want %d", name, i, got, want)
			}
		}
		if q.Goods-q.Off != q.Total {
			t.Errorf("%s: %d less %d is not %d", name, q.Goods, q.Off, q.Total)
		}
	}
	s := checked(t, offered(priced(100), amount(100)))
	s.Promotions[0].Minor = 200
	q := s.Total(many("a", 3), 0, here)
	if a, b, c := q.Back(0, 0, 1), q.Back(0, 1, 1), q.Back(0, 2, 1); a != 33 || b != 34 || c != 33 {
		t.Errorf("three units of 1.00 give back %d, %d, %d", a, b, c)
	}
	if q.Back(1, 0, 1) != 0 || q.Back(-1, 0, 1) != 0 || q.Back(0, 3, 1) != 0 {
		t.Error("what was not bought gives something back")
	}
}

func TestEveryKindTakesOffWhatItSays(t *testing.T) {
	tiers := offer{Tiers: []Tier{{3, 100_000, 0}, {6, 0, 800}}}.of("o", OfProducts, Tiered)
	member, shown := Context{At: noon, Member: true}, Context{At: noon, Coupons: []Shown{{Promotion: "o"}}}
	coupon := Coupon{Codes: []string{CodeHash("WINTER")}, Limit: 5}
	for name, c := range map[string]struct {
		offer    offer
		items    []Item
		shipping int64
		context  Context
		off      int64
	}{
		"fixed price": {
			offer{Minor: 700, SKUs: []string{"a"}}.of("o", OfProducts, Fixed),
			many("a", 2), 0, here, 600,
		},
		"dearer fixed": {offer{Minor: 1200}.of("o", OfProducts, Fixed), one("a"), 0, here, 0},
		"buy two get one": {
			offer{Buy: 2, Get: 1}.of("o", OfProducts, BuyGet),
			append(many("a", 5), one("b")...), 0, here, 1000 + 500,
		},
		"one too few": {offer{Buy: 2, Get: 1}.of("o", OfProducts, BuyGet), many("a", 2), 0, here, 0},
		"second half": {
			offer{Buy: 1, Get: 1, Rate: 500_000}.of("o", OfProducts, BuyGet),
			one("a", "b"), 0, here, 250,
		},
		"two bundles": {
			offer{Minor: 1200, Parts: []Part{{"a", 1}, {"b", 2}}}.of("o", OfProducts, Bundle),
			append(many("a", 2), many("b", 5)...), 0, here, 1600,
		},
		"before a tier":  {tiers, many("a", 2), 0, here, 0},
		"at a tier":      {tiers, many("a", 3), 0, here, 300},
		"at the next":    {tiers, many("a", 6), 0, here, 1200},
		"a cent too few": {offer{Minor: 100, Spend: 1001}.of("o", OfOrder, Amount), one("a"), 0, here, 0},
		"just enough": {
			offer{Minor: 100, Spend: 1000}.of("o", OfOrder, Amount),
			one("a"), 0, here, 100,
		},
		"shipping free": {
			offer{Rate: 1_000_000, Spend: 1000}.of("o", OfShipping, Percent),
			one("a"), 495, here, 495,
		},
		"shipping not": {
			offer{Rate: 1_000_000, Spend: 1001}.of("o", OfShipping, Percent),
			one("a"), 495, here, 0,
		},
		"gift": {
			offer{SKUs: []string{"b"}, Spend: 1000}.of("o", OfProducts, FreeGift),
			one("a", "b"), 0, here, 500,
		},
		"gift needs other": {
			offer{SKUs: []string{"b"}, Spend: 1001}.of("o", OfProducts, FreeGift),
			one("a", "b"), 0, here, 0,
		},
		"members": {
			offer{Rate: 100_000, Member: true}.of("o", OfOrder, Percent),
			one("a"), 0, member, 100,
		},
		"no member": {
			offer{Rate: 100_000, Member: true}.of("o", OfOrder, Percent),
			one("a"), 0, here, 0,
		},
		"other channel": {
			offer{Rate: 100_000, Channels: []string{"web"}}.of("o", OfOrder, Percent),
			one("a"), 0, here, 0,
		},
		"its last moment": {
			offer{Rate: 100_000, Until: noon.Add(1)}.of("o", OfOrder, Percent),
			one("a"), 0, here, 100,
		},
		"its end": {
			offer{Rate: 100_000, Until: noon}.of("o", OfOrder, Percent),
			one("a"), 0, here, 0,
		},
		"its beginning": {
			offer{Rate: 100_000, From: noon}.of("o", OfOrder, Percent),
			one("a"), 0, here, 100,
		},
		"before it": {
			offer{Rate: 100_000, From: noon.Add(1)}.of("o", OfOrder, Percent),
			one("a"), 0, here, 0,
		},
		"no coupon": {
			offer{Rate: 100_000, Coupon: &coupon}.of("o", OfOrder, Percent),
			one("a"), 0, here, 0,
		},
		"coupon": {
			offer{Rate: 100_000, Coupon: &coupon}.of("o", OfOrder, Percent),
			one("a"), 0, shown, 100,
		},
	} {
		s := checked(t, offered(priced(1000, 500), c.offer))
		q := s.Total(c.items, c.shipping, c.context)
		if q.Off != c.off {
			t.Errorf("%s: %d off, want %d", name, q.Off, c.off)
		}
		if o := q.Offers[0]; o.Won != (c.off > 0) || o.Won == (o.Why != "") {
			t.Errorf("%s: %+v", name, o)
		}
		if (len(q.Coupons) > 0) != (c.off > 0 && c.context.Coupons != nil) {
			t.Errorf("%s: used %v", name, q.Coupons)
		}
	}
}

func TestALosingOfferSaysWhatIsMissing(t *testing.T) {
	s := checked(t, offered(priced(1000, 500),
		offer{Minor: 100, Spend: 2500}.of("spend", OfOrder, Amount),
		offer{Buy: 3, Get: 1}.of("units", OfProducts, BuyGet),
		offer{Rate: 500_000, Exclusive: true}.of("lone", OfProducts, Percent),
		offer{Rate: 100_000, SKUs: []string{"a"}}.of("tenth", OfProducts, Percent),
		offer{Minor: 900, SKUs: []string{"b"}}.of("dear", OfProducts, Fixed)))
	got := map[string]Offer{}
	for _, o := range s.Total(one("a", "b"), 0, here).Offers {
		got[o.Promotion] = o
	}
	for id, want := range map[string]Offer{
		"spend": {Why: Spend, More: 1000}, "units": {Why: Units, Count: 2}, "lone": {Won: true, Off: 750},
		"tenth": {Why: Alone, By: "lone", Alone: 100}, "dear": {Why: Nothing},
	} {
		if want.Promotion = id; got[id] != want {
			t.Errorf("%s: %+v, want %+v", id, got[id], want)
		}
	}
}

// A line gets the best of what it can get, also where something else is the best for another.
func TestEachLineGetsItsBestOffer(t *testing.T) {
	s := checked(t, offered(priced(5000, 15000),
		offer{Rate: 100_000, Priority: 9}.of("all", OfProducts, Percent),
		offer{Rate: 200_000, SKUs: []string{"a"}}.of("a", OfProducts, Percent)))
	q := s.Total(one("a", "b"), 0, here)
	if q.Total != 4000+13500 {
		t.Errorf("the cart costs %d", q.Total)
	}
}

func TestTaxIsRoundedAsTheSnapshotSays(t *testing.T) {
	unit := money.Method{Per: money.PerUnit, How: money.HalfUp}
	line := money.Method{Per: money.PerLine, How: money.HalfUp}
	order := money.Method{Per: money.PerOrder, How: money.HalfUp}
	for name, c := range map[string]struct {
		method money.Method
		price  int64
		items  []Item
		rate   money.Rate
		tax    int64
	}{
		"3 at 1.08 by unit":    {unit, 108, many("a", 3), full, 63},
		"3 at 1.08 by line":    {line, 108, many("a", 3), full, 62},
		"3 at 1.08 by order":   {order, 108, many("a", 3), full, 62},
		"10.70 twice by line":  {line, 1070, one("a", "a"), 210_000, 450},
		"10.70 of two by line": {line, 1070, many("a", 2), 210_000, 449},
		"10.70 twice by order": {order, 1070, one("a", "a"), 210_000, 449},
		"0.99 in it, by line": {
			money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true}, 99, one("a", "a", "a"), full, 48,
		},
		"0.99 in it, by order": {
			money.Method{Per: money.PerOrder, How: money.HalfUp, Inclusive: true}, 99, one("a", "a", "a"), full, 47,
		},
		"yen by order, down": {
			money.Method{Per: money.PerOrder, How: money.Down}, 158, one("a", "a", "a"), 80_000, 37,
		},
		"three decimals": {line, 1255, one("a"), 100_000, 126},
		"a half up":      {line, 125, one("a"), 100_000, 13},
		"a half to the even": {
			money.Method{Per: money.PerLine, How: money.HalfEven}, 125, one("a"), 100_000, 12,
		},
		"nothing on free goods": {order, 0, one("a"), full, 0},
	} {
		s := priced(c.price)
		s.Tax, s.Classes["full"], s.Prices[0].Free = c.method, c.rate, true
		q := checked(t, s).Total(c.items, 0, here)
		sum := q.ShipTax
		back := int64(0)
		for i, l := range q.Lines {
			sum += l.Tax
			back += q.Back(i, 0, l.Quantity)
		}
		if q.Tax != c.tax || sum != c.tax || back != q.Total {
			t.Errorf("%s: tax %d, of lines %d, want %d; %d back of %d", name, q.Tax, sum, c.tax, back, q.Total)
		}
	}
}

// Everything off leaves no tax, however the single lines round.
func TestNoTaxIsLeftOfWhatCostsNothing(t *testing.T) {
	s := priced(560, 892, 4491, 21726, 240000)
	s.Tax, s.Classes["full"] = money.Method{Per: money.PerOrder, How: money.HalfUp}, 150_000
	if q := s.Total(one("a", "b", "c", "d", "e"), 0, here); q.Tax != 40150 {
		t.Errorf("tax %d", q.Tax)
	}
	offered(s, offer{Rate: 1_000_000}.of("all", OfOrder, Percent))
	if q := checked(t, s).Total(one("a", "b", "c", "d", "e"), 0, here); q.Tax != 0 || q.Total != 0 {
		t.Errorf("tax %d of %d", q.Tax, q.Total)
	}
}

func TestSendingHasItsTax(t *testing.T) {
	s := priced(1190)
	s.Sending = "full"
	if q := checked(t, s).Total(one("a"), 595, here); q.Total != 1785 || q.Tax != 190+95 || q.ShipTax != 95 {
		t.Errorf("%+v", q)
	}
}

// What promotions leave of a line cannot always be divided by its units: 1.04 for three.
func TestTaxIsOnWhatIsLeftOfALine(t *testing.T) {
	for per, want := range map[money.Per]int64{money.PerUnit: 7 + 7 + 6, money.PerLine: 20, money.PerOrder: 20} {
		s := offered(priced(38), offer{Minor: 10}.of("off", OfOrder, Amount))
		s.Tax = money.Method{Per: per, How: money.HalfUp}
		if q := checked(t, s).Total(many("a", 3), 0, here); q.Tax != want || q.Total != 104+want {
			t.Errorf("by %s: %d in %d, want %d", per, q.Tax, q.Total, want)
		}
	}
	s := offered(priced(109), offer{Minor: 10}.of("off", OfOrder, Amount))
	s.Tax = money.Method{Per: money.PerUnit, How: money.Down}
	if q := checked(t, s).Total(many("a", 3), 0, here); q.Tax != 20+20+19 { // of 1.06, 1.06 and 1.05
		t.Errorf("rounded down by unit: %d", q.Tax)
	}
}

func TestOfEqualOffersTheFewestAndLowestAreTaken(t *testing.T) {
	half, joint := offer{Minor: 500}, offer{Minor: 250, Tags: []string{"x"}, With: []string{"x"}}
	s := checked(t, offered(priced(1000), joint.of("a", OfOrder, Amount), joint.of("b", OfOrder, Amount),
		half.of("z", OfOrder, Amount), half.of("y", OfOrder, Amount)))
	q := s.Total(one("a"), 0, here)
	for _, o := range q.Offers {
		if o.Won != (o.Promotion == "y") || !o.Won && (o.Why != Better || o.By != "y") {
			t.Errorf("%+v", o)
		}
	}
}

func TestManyOffersAreTakenByTheirPriority(t *testing.T) {
	tags := []string{"x"}
	s := priced(1000)
	for i := range 20 {
		offered(s, offer{Minor: 10, Tags: tags, With: tags, Priority: i}.of("o"+string(rune('a'+i)), OfOrder,
			Amount))
	}
	if q := checked(t, s).Total(one("a"), 0, here); q.Off != 200 {
		t.Errorf("all together take %d off", q.Off)
	}
	lone := offer{Minor: 199, Exclusive: true}.of("lone", OfOrder, Amount)
	if q := checked(t, offered(s, lone)).Total(one("a"), 0, here); q.Off != 200 {
		t.Errorf("an exclusive one that is worse: %d", q.Off)
	}
	s.Promotions[len(s.Promotions)-1].Minor = 201
	q := checked(t, s).Total(one("a"), 0, here)
	if q.Off != 201 || q.Offers[0].Promotion != "lone" || !q.Offers[0].Won || q.Offers[1].By != "lone" {
		t.Errorf("an exclusive one that is better: %d, %+v", q.Off, q.Offers[:2])
	}
}
