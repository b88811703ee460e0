package price_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	. "cubby/locker/shop/price"
)

// day is a moment so many days before noon.
func day(n int) time.Time { return noon.AddDate(0, 0, -n) }

func TestAReductionIsHeldAgainstThirtyDays(t *testing.T) {
	const window = 30
	for name, c := range map[string]struct {
		past    []Past
		percent int
		says    string
	}{
		"1.29 in the window": {
			[]Past{{"a", "", 169, day(60), day(20)}, {"a", "", 129, day(20), day(13)}, {"a", "", 169, day(13),
				day(0)}},
			0, "no reduction",
		},
		"1.69 throughout": {[]Past{{"a", "", 169, day(60), day(0)}}, 23, ""},
		"1.29 that ended as the window began": {
			[]Past{{"a", "", 129, day(60), day(window)}, {"a", "", 169, day(window), day(0)}}, 23, "",
		},
		"1.29 that ended a moment later": {
			[]Past{{"a", "", 129, day(60), day(window).Add(1)}, {"a", "", 169, day(window), day(0)}},
			0, "no reduction",
		},
		"1.29 on another channel": {
			[]Past{{"a", "web", 129, day(9), day(0)}, {"a", "", 169, day(60), day(0)}}, 23, "",
		},
		"nobody knows":       {nil, 0, "history"},
		"it was dearer then": {[]Past{{"a", "", 99, day(60), day(0)}}, 0, "no reduction"},
	} {
		s := priced(129)
		s.Prices[0].Reduced, s.Prices[0].From, s.Prices[0].Channel, s.History = true, noon, "kiosk", c.past
		err := s.Check(nil)
		if text, _ := s.Write(); len(text) == 0 { // sorts
			t.Fatal("nothing is written")
		}
		if got := s.Reduction(s.Prices[0], "kiosk"); got != c.percent {
			t.Errorf("%s: %d %%, want %d", name, got, c.percent)
		}
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every mistake by itself is named with its place, and what is not wrong is not.
func TestEveryMistakeIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(s *Snapshot)
		at    string
	}{
		"price of 0":     {func(s *Snapshot) { s.Prices[0].Minor = 0 }, "/prices/0/minor"},
		"huge price":     {func(s *Snapshot) { s.Prices[0].Minor = MostMinor + 1 }, "/prices/0/minor"},
		"price below 0":  {func(s *Snapshot) { s.Prices[1].Minor = -1 }, "/prices/1/minor"},
		"unknown tax":    {func(s *Snapshot) { s.Prices[1].Class = "luxury" }, "/prices/1/class"},
		"wrong currency": {func(s *Snapshot) { s.Prices[1].Currency = "USD" }, "/prices/1/currency"},
		"no currency":    {func(s *Snapshot) { s.Currency = "euro" }, "/currency"},
		"no version":     {func(s *Snapshot) { s.Version = "" }, "/version"},
		"reversed validity": {func(s *Snapshot) {
			s.Prices[0].From, s.Prices[0].Until = noon, day(1)
		}, "/prices/0/until"},
		"empty validity": {func(s *Snapshot) {
			s.Prices[0].From, s.Prices[0].Until = noon, noon
		}, "/prices/0/until"},
		"the same twice":     {func(s *Snapshot) { s.Prices[1].SKU = "a" }, "/prices/1"},
		"no SKU":             {func(s *Snapshot) { s.Prices[0].SKU = "<b>" }, "/prices/0/sku"},
		"ends at once":       {func(s *Snapshot) { s.Until = s.Issued }, "/until"},
		"ends never":         {func(s *Snapshot) { s.Until = time.Time{} }, "/until"},
		"ends too late":      {func(s *Snapshot) { s.Until = s.Issued.Add(Longest + 1) }, "/until"},
		"odd rounding":       {func(s *Snapshot) { s.Tax.How = "up" }, "/tax/rounding"},
		"odd tax":            {func(s *Snapshot) { s.Tax.Per = "day" }, "/tax/per"},
		"tax above 100 %":    {func(s *Snapshot) { s.Classes["full"] = 1_000_001 }, "/classes/full"},
		"unknown sending":    {func(s *Snapshot) { s.Sending = "post" }, "/sending"},
		"reduction, no from": {func(s *Snapshot) { s.Prices[0].Reduced = true }, "/prices/0/from"},
		"percent 0":          {func(s *Snapshot) { s.Promotions[0].Rate = 0 }, "/promotions/0/rate"},
		"percent above 100":  {func(s *Snapshot) { s.Promotions[0].Rate = 1_000_001 }, "/promotions/0/rate"},
		"unknown SKU":        {func(s *Snapshot) { s.Promotions[0].SKUs = []string{"z"} }, "/promotions/0/skus/0"},
		"SKU twice": {func(s *Snapshot) {
			s.Promotions[0].SKUs = []string{"a", "a"}
		}, "/promotions/0/skus/1"},
		"id twice":      {func(s *Snapshot) { s.Promotions[1].ID = "tenth" }, "/promotions/1/id"},
		"no title":      {func(s *Snapshot) { s.Promotions[0].Title = nil }, "/promotions/0/title"},
		"markup":        {func(s *Snapshot) { s.Promotions[0].Title["en"] = "<b>" }, "/promotions/0/title/en"},
		"unknown kind":  {func(s *Snapshot) { s.Promotions[0].Kind = "gamble" }, "/promotions/0/kind"},
		"unknown class": {func(s *Snapshot) { s.Promotions[0].Class = "tax" }, "/promotions/0/class"},
		"not read":      {func(s *Snapshot) { s.Promotions[0].Buy = 2 }, "/promotions/0/buy"},
		"unknown part":  {func(s *Snapshot) { s.Promotions[1].Parts[1].SKU = "z" }, "/promotions/1/parts/1/sku"},
		"part twice":    {func(s *Snapshot) { s.Promotions[1].Parts[1].SKU = "a" }, "/promotions/1/parts/1/sku"},
		"no parts":      {func(s *Snapshot) { s.Promotions[1].Parts = nil }, "/promotions/1/parts"},
		"no code":       {func(s *Snapshot) { s.Promotions[0].Coupon = &Coupon{} }, "/promotions/0/coupon"},
		"odd code": {func(s *Snapshot) { s.Promotions[0].Coupon = &Coupon{Codes: []string{"WINTER"}} },
			"/promotions/0/coupon/codes/0"},
		"tiers downwards": {func(s *Snapshot) {
			s.Promotions[0] = Promotion(offer{Tiers: []Tier{{3, 1, 0}, {3, 2, 0}}}.of("t", OfProducts, Tiered))
		}, "/promotions/0/tiers/1/from"},
		"exclusive with others": {func(s *Snapshot) {
			s.Promotions[0].Exclusive, s.Promotions[0].With = true, []string{"x"}
		}, "/promotions/0/with"},
		"too many prices": {func(s *Snapshot) { s.Prices = make([]Price, MostPrices+1) }, "/prices"},
		"too many promotions": {func(s *Snapshot) {
			s.Promotions = make([]Promotion, MostPromotions+1)
		}, "/promotions"},
		"history reversed": {func(s *Snapshot) {
			s.History = []Past{{"a", "", 1, noon, day(1)}}
		}, "/history/0/until"},
	} {
		s := offered(priced(1000, 500), offer{Rate: 100_000}.of("tenth", OfProducts, Percent),
			offer{Minor: 1200, Parts: []Part{{"a", 1}, {"b", 1}}}.of("set", OfProducts, Bundle))
		checked(t, s)
		c.spoil(s)
		var m *Mistakes
		if err := s.Check(nil); !errors.As(err, &m) {
			t.Errorf("%s: %v", name, err)
		} else if m.First[0].At != c.at || len(m.First[0].What) < 10 {
			t.Errorf("%s: %v", name, m)
		}
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	s := priced(1000)
	for range 150 {
		s.Prices = append(s.Prices, Price{SKU: "?", Class: "none"})
	}
	var m *Mistakes
	if err := s.Check(nil); !errors.As(err, &m) || m.Count < 450 || len(m.First) != MostMistakes ||
		!strings.HasSuffix(err.Error(), "more") {
		t.Errorf("%v", err)
	}
	none := func(string) bool { return false }
	if err := priced(1000).Check(none); err == nil || !strings.Contains(err.Error(), "catalogue") {
		t.Errorf("an article that is not in the catalogue: %v", err)
	}
	free := priced(0)
	free.Prices[0].Free = true
	checked(t, free)
}

func TestACartIsCheckedBeforeItHasATotal(t *testing.T) {
	s := checked(t, priced(1000, MostMinor))
	for at, c := range map[string]struct {
		items    []Item
		shipping int64
	}{
		"/items/1/sku":      {one("a", "z"), 0},
		"/items/0/quantity": {many("a", 0), 0},
		"/items/2/quantity": {append(one("a", "a"), many("a", MostUnits+1)...), 0},
		"/items":            {make([]Item, MostLines+1), 0},
		"/shipping":         {one("a"), -1},
		"":                  {many("b", 1001), 0},
	} {
		var m *Mistakes
		if err := s.CheckCart(c.items, c.shipping, here); !errors.As(err, &m) || m.First[0].At != at {
			t.Errorf("%s: %v", at, err)
		}
		if q := s.Total(c.items, c.shipping, here); q.Total < 0 {
			t.Errorf("%s: it costs %d", at, q.Total)
		}
	}
	if err := s.CheckCart(one("a", "b"), 495, here); err != nil {
		t.Error(err)
	}
}

// Of several prices a member's goes first, then that of the channel, then the lowest.
func TestAPriceIsForWhomeverItIs(t *testing.T) {
	s := priced(1000)
	s.Prices = append(s.Prices,
		Price{SKU: "a", Minor: 900, Class: "full", Until: noon, From: day(9)},
		Price{SKU: "a", Minor: 950, Class: "full", From: noon},
		Price{SKU: "a", Minor: 1100, Class: "full", Channel: "desk"},
		Price{SKU: "a", Minor: 800, Class: "full", Member: true})
	checked(t, s)
	for want, c := range map[int64]Context{
		950: here, 900: {At: noon.Add(-1)}, 1100: {At: noon, Channel: "desk"}, 800: {At: noon, Member: true},
		1000: {At: day(10)},
	} {
		if p, ok := s.Of("a", c); !ok || p.Minor != want {
			t.Errorf("%+v costs %d, want %d", c, p.Minor, want)
		}
	}
	if _, ok := s.Of("b", here); ok {
		t.Error("what has no price has one")
	}
}

func TestWhatIsNoSnapshotIsRefused(t *testing.T) {
	good, err := json.Marshal(priced(1000))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(good, nil); err != nil {
		t.Fatal(err)
	}
	for text, says := range map[string]string{
		"": "EOF", "[]": "must be an object", string(good) + "1": "behind",
		strings.Replace(string(good), `"minor":1000`, `"minor":"ten"`, 1): "whole number",
		strings.Replace(string(good), `"minor"`, `"price"`, 1):            "price",
		strings.Replace(string(good), `1000`, `1e99`, 1):                  "whole number",
	} {
		if _, err := Read([]byte(text), nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.30s: %v", text, err)
		}
	}
}
