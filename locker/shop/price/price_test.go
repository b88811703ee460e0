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
