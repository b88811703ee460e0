package price

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/money"
)

var at1 = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// some is any snapshot that is right: up to so many articles and promotions of the kinds.
func some(t *rapid.T, articles, promotions int, kinds ...Kind) *Snapshot {
	s := &Snapshot{
		Version: "1", Issued: at1, Until: at1.AddDate(0, 0, 7), Currency: "EUR",
		Tax: money.Method{
			Per:       rapid.SampledFrom([]money.Per{money.PerUnit, money.PerLine, money.PerOrder}).Draw(t, "per"),
			How:       rapid.SampledFrom([]money.Rounding{money.HalfUp, money.HalfEven, money.Down}).Draw(t, "how"),
			Inclusive: rapid.Bool().Draw(t, "inclusive"),
		},
		Classes: map[string]money.Rate{"full": 190_000, "low": 70_000}, Sending: "full",
	}
	var skus []string
	for i := range articles {
		skus = append(skus, string(rune('a'+i)))
		s.Prices = append(s.Prices, Price{
			SKU: skus[i], Minor: rapid.Int64Range(1, 3000).Draw(t, "minor"),
			Class: rapid.SampledFrom([]string{"full", "low"}).Draw(t, "class"),
		})
	}
	for i := range rapid.IntRange(0, promotions).Draw(t, "promotions") {
		s.Promotions = append(s.Promotions, drawn(t, "p"+strconv.Itoa(i), skus, kinds))
	}
	if err := s.Check(nil); err != nil {
		t.Fatal(err)
	}
	return s
}

func drawn(t *rapid.T, id string, skus []string, kinds []Kind) Promotion {
	p := Promotion{
		ID: id, Title: map[string]string{"en": id}, Class: OfProducts,
		Kind:     rapid.SampledFrom(kinds).Draw(t, "kind"),
		Initial:  rapid.Bool().Draw(t, "initial"),
		Priority: rapid.IntRange(0, 3).Draw(t, "priority"),
		Tags:     rapid.SampledFrom([][]string{nil, {"x"}, {"y"}}).Draw(t, "tags"),
		With:     rapid.SampledFrom([][]string{nil, {"x"}, {"x", "y"}}).Draw(t, "with"),
	}
	if rapid.IntRange(0, 7).Draw(t, "exclusive") == 0 {
		p.Exclusive, p.With = true, nil
	}
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(skus), 0, len(skus), rapid.ID[string])
	switch p.Kind {
	case Percent, Amount:
		p.Class = rapid.SampledFrom(Classes).Draw(t, "of")
		if p.Kind == Percent {
			p.Rate = money.Rate(rapid.Int64Range(1, 1_000_000).Draw(t, "rate"))
		} else {
			p.Minor = rapid.Int64Range(1, 4000).Draw(t, "amount")
		}
	case Fixed:
		p.Minor = rapid.Int64Range(0, 2000).Draw(t, "fixed")
	case Tiered:
		p.Tiers = []Tier{{From: 2, Rate: 100_000}, {From: 4, Minor: rapid.Int64Range(1, 2000).Draw(t, "tier")}}
	case BuyGet, Cheapest:
		p.Buy = rapid.IntRange(1, 3).Draw(t, "buy")
		if p.Kind == BuyGet {
			p.Get = rapid.IntRange(1, 2).Draw(t, "get")
		}
	case FreeGift:
		p.SKUs, p.Spend = skus[:1], rapid.Int64Range(1, 5000).Draw(t, "spend")
	case Bundle:
		p.Minor = rapid.Int64Range(0, 3000).Draw(t, "bundle")
		p.Parts = []Part{{skus[0], 1}, {skus[len(skus)-1], rapid.IntRange(1, 2).Draw(t, "second")}}
	}
	if p.Class != OfShipping && p.Kind != Bundle && p.Kind != FreeGift {
		p.SKUs = some.Draw(t, "skus")
	}
	return p
}

func cart(t *rapid.T, s *Snapshot, lines int) (items []Item) {
	for range rapid.IntRange(1, lines).Draw(t, "lines") {
		items = append(items, Item{
			SKU:      s.Prices[rapid.IntRange(0, len(s.Prices)-1).Draw(t, "article")].SKU,
			Quantity: rapid.IntRange(1, 6).Draw(t, "quantity"),
		})
	}
	return items
}

func TestAnyTotalAddsUpAndCanBeGivenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := some(t, 4, 6, Kinds...)
		items, shipping := cart(t, s, 6), rapid.Int64Range(0, 900).Draw(t, "shipping")
		c := Context{At: at1}
		q := s.Total(items, shipping, c)
		goods, off, tax, back := int64(0), int64(0), q.ShipTax, int64(0)
		for i, l := range q.Lines {
			if l.Total < 0 || l.Tax < 0 || l.Total != l.Unit*int64(l.Quantity)-l.Off() {
				t.Fatalf("line %+v", l)
			}
			goods, off, tax = goods+l.Unit*int64(l.Quantity), off+l.Off(), tax+l.Tax
			for k := range l.Quantity {
				if one := q.Back(i, k, 1); one < 0 {
					t.Fatalf("unit %d of %+v gives back %d", k, l, one)
				} else {
					back += one
				}
			}
		}
		sent := q.Shipping
		if !s.Tax.Inclusive {
			sent += q.ShipTax
		}
		if q.Total < 0 || q.Shipping < 0 || goods != q.Goods || off+shipping-q.Shipping != q.Off || tax != q.Tax ||
			back+sent != q.Total {
			t.Fatalf("%+v: goods %d, off %d, tax %d, back %d", q, goods, off, tax, back)
		}
		won := int64(0)
		for _, o := range q.Offers {
			won += o.Off
			if o.Won == (o.Why != "") {
				t.Fatalf("%+v", o)
			}
		}
		if won != q.Off || len(q.Offers) != len(s.Promotions) {
			t.Fatalf("%+v", q)
		}
		// neither the order of the data nor the way over a wire changes anything
		text, err := s.Write()
		if err != nil {
			t.Fatal(err)
		}
		other := *s
		other.Promotions = slices.Clone(s.Promotions)
		rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "order"))).Shuffle(len(other.Promotions), func(i, j int) {
			other.Promotions[i], other.Promotions[j] = other.Promotions[j], other.Promotions[i]
		})
		if got := other.Total(items, shipping, c); !reflect.DeepEqual(got, q) {
			t.Fatalf("in another order:\n%+v\n%+v", got, q)
		}
		read, err := Read(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := read.Total(items, shipping, c); !reflect.DeepEqual(got, q) {
			t.Fatalf("read again:\n%+v\n%+v", got, q)
		}
		if again, err := other.Write(); err != nil || string(again) != string(text) {
			t.Fatalf("it is written in another form: %v", err)
		}
	})
}

// An oracle that knows nothing of the search: every line is given every group of promotions
// that may be on it, with every promotion of the order and of sending.
func TestNoAllowedSetIsCheaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := some(t, 3, 5, Percent, Amount, Fixed)
		for i := range s.Promotions {
			if p := &s.Promotions[i]; p.Class == OfOrder {
				p.Tags, p.With = nil, nil
			}
		}
		items, shipping := cart(t, s, 3), rapid.Int64Range(0, 900).Draw(t, "shipping")
		got := s.Total(items, shipping, Context{At: at1})
		total := got.Goods + shipping - got.Off
		all := slices.Clone(s.Promotions)
		slices.SortFunc(all, func(a, b Promotion) int { return before(&a, &b) })
		least := got.Goods + shipping
		for set := range 1 << len(all) {
			if o := cheapest(s, items, shipping, all, set); o < least {
				least = o
			}
		}
		if total != least {
			t.Fatalf("it costs %d, and could cost %d: %+v", total, least, got)
		}
	})
}

// cheapest is the least that a cart can cost by a set of promotions; more than it costs
// without any where the set is not allowed.
func cheapest(s *Snapshot, items []Item, shipping int64, all []Promotion, set int) int64 {
	var chosen []Promotion
	for i, p := range all {
		if set&(1<<i) != 0 {
			chosen = append(chosen, p)
		}
	}
	for i, a := range chosen {
		for _, b := range chosen[:i] {
			if a.Exclusive || b.Exclusive || a.Class == b.Class && a.Class != OfProducts && !meets(&a, &b) {
				return 1 << 60
			}
		}
	}
	var fulls, lefts []int64
	for _, item := range items {
		p, _ := s.Of(item.SKU, Context{At: at1})
		full := p.Minor * int64(item.Quantity)
		fulls, lefts = append(fulls, full), append(lefts, leastOfLine(item, full, chosen))
	}
	for _, p := range chosen {
		if p.Class != OfOrder {
			continue
		}
		base, room := int64(0), int64(0)
		for i, item := range items {
			if len(p.SKUs) > 0 && !slices.Contains(p.SKUs, item.SKU) || lefts[i] == 0 {
				continue
			}
			room += lefts[i]
			if p.Initial {
				base += fulls[i]
			} else {
				base += lefts[i]
			}
		}
		off := p.Minor
		if p.Kind == Percent {
			off = p.Rate.On(base, money.HalfUp)
		}
		for off = min(off, room); off > 0; { // any split over the lines is as cheap
			for i, item := range items {
				if len(p.SKUs) == 0 || slices.Contains(p.SKUs, item.SKU) {
					part := min(off, lefts[i])
					lefts[i], off = lefts[i]-part, off-part
				}
			}
		}
	}
	sum, sent := int64(0), shipping
	for _, left := range lefts {
		sum += left
	}
	for _, p := range chosen {
		if p.Class == OfShipping {
			base := sent
			if p.Initial {
				base = shipping
			}
			off := p.Minor
			if p.Kind == Percent {
				off = p.Rate.On(base, money.HalfUp)
			}
			sent -= min(sent, off)
		}
	}
	return sum + sent
}

// leastOfLine tries every group of promotions that may be on one line together.
func leastOfLine(item Item, full int64, chosen []Promotion) int64 {
	least := full
next:
	for group := range 1 << len(chosen) {
		left := full
		for i, p := range chosen {
			if group&(1<<i) == 0 {
				continue
			}
			if p.Class != OfProducts || len(p.SKUs) > 0 && !slices.Contains(p.SKUs, item.SKU) {
				continue next
			}
			for j := range i {
				if group&(1<<j) != 0 && !meets(&chosen[i], &chosen[j]) {
					continue next
				}
			}
			base := left
			if p.Initial {
				base = full
			}
			switch p.Kind {
			case Percent:
				left -= min(left, p.Rate.On(base, money.HalfUp))
			case Amount:
				left -= min(left, p.Minor*int64(item.Quantity))
			default:
				left -= min(left, max(0, base-p.Minor*int64(item.Quantity)))
			}
		}
		least = min(least, left)
	}
	return least
}

// However it is taken off, the set that was found is the best of all, for every kind.
func TestTheSearchFindsTheBestOfAllKinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := some(t, 3, 5, Kinds...)
		items := cart(t, s, 4)
		got := s.Total(items, 500, Context{At: at1})
		for set := range 1 << len(s.Promotions) {
			part := *s
			part.Promotions = nil
			for i, p := range s.Promotions {
				if set&(1<<i) != 0 {
					part.Promotions = append(part.Promotions, p)
				}
			}
			if q := part.Total(items, 500, Context{At: at1}); q.Off > got.Off {
				t.Fatalf("of %d promotions %b take %d off, and all only %d", len(s.Promotions), set, q.Off, got.Off)
			}
		}
	})
}

// More promotions than are searched do no harm either.
func TestManyPromotionsAddUpToo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := some(t, 4, 40, Kinds...)
		q := s.Total(cart(t, s, 6), 500, Context{At: at1})
		off := int64(0)
		for _, l := range q.Lines {
			off += l.Off()
			if l.Total < 0 {
				t.Fatalf("%+v", l)
			}
		}
		if off+500-q.Shipping != q.Off {
			t.Fatalf("%+v", q)
		}
	})
}

func BenchmarkTotalOf200LinesWith50Promotions(b *testing.B) {
	for _, many := range []int{searched, 50} {
		s := Snapshot{Classes: map[string]money.Rate{"full": 190_000}, Tax: money.Method{Per: money.PerOrder}}
		var items []Item
		for i := range 200 {
			sku := strconv.Itoa(1000 + i)
			s.Prices = append(s.Prices, Price{SKU: sku, Minor: int64(100 + i*7), Class: "full"})
			items = append(items, Item{SKU: sku, Quantity: 1 + i%5})
		}
		for i := range many {
			p := Promotion{
				ID: strconv.Itoa(i), Class: OfProducts, Kind: Percent, Rate: money.Rate(10_000 * (i + 1)),
				Priority: i % 7,
			}
			switch i % 5 {
			case 1:
				p.Kind, p.Rate, p.Buy, p.Get = BuyGet, 0, 2, 1
			case 2:
				p.Class = OfOrder
			case 3:
				p.Tags, p.With = []string{"x"}, []string{"x"}
			}
			s.Promotions = append(s.Promotions, p)
		}
		if text, err := json.Marshal(s); err != nil || len(text) == 0 {
			b.Fatal(err)
		}
		b.Run(strconv.Itoa(many), func(b *testing.B) {
			for b.Loop() {
				if s.Total(items, 0, Context{At: at1}).Off == 0 {
					b.Fatal("nothing is taken off")
				}
			}
		})
	}
}
