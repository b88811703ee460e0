package orders

import (
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/visit"
)

var today = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func at(day int) *time.Time {
	when := time.Date(2026, 2, day, 12, 0, 0, 0, time.UTC)
	return &when
}

var withTax = money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true}

// some is an order that is right: two shirts with 4.00 off, a pair of shoes, and shipping,
// paid with a card and a gift card.
func some() Order {
	return Order{
		ID: "SO-1", Shop: "acme", Currency: "EUR", Channel: Online, Contract: Distance, Country: "DE", Tax: withTax,
		Ordered: *at(10), Delivered: at(12), Language: "de", Shipping: Shipping{Standard: 495, Paid: 495},
		Receipt: "R-0001", GiftReceipt: "G-0001",
		Lines: []Line{
			{
				ID:        "1",
				SKU:       "TS-M",
				GTIN:      "4006381333931",
				Title:     "T-shirt 👕",
				Quantity:  2,
				UnitPrice: 1999,
				Discount:  400,
				TaxRate:   190_000,
			},
			{ID: "2", SKU: "SH-42", Title: "חולצה", Quantity: 1, UnitPrice: 8000, TaxRate: 190_000,
				Serials: []string{"SN 77"}},
		},
		Tenders: []Tender{
			{
				ID:        "t1",
				Kind:      Card,
				Amount:    11093,
				Reference: "pi_1",
			}, {ID: "t2", Kind: GiftCard, Amount: 1000},
		},
		Customer: Customer{CustomerRef: "C-1"},
	}
}

// A shop is a station with orders, and a room that says what its cases have.
type shop struct {
	rules *visit.Rules
	*ledger.Memory
	now     time.Time
	policy  visit.Policy
	claimed map[string]int
	repaid  map[string]int64
	busy    bool
	facts   []ledger.Fact
}

func newShop() *shop {
	s := &shop{
		Memory:  ledger.NewMemory(nil),
		now:     today,
		claimed: map[string]int{},
		repaid:  map[string]int64{},
	}
	s.rules = visit.NewRules(Room, visit.Room{
		Claims: func(_ *ledger.State, _, line string) int { return s.claimed[line] },
		Repays: func(_ *ledger.State, _, tender string) int64 { return s.repaid[tender] },
		Busy:   func(*ledger.State, string) bool { return s.busy },
	})
	return s
}

// do decides a command and keeps what it leads to; facts are those of this one.
func (s *shop) do(c visit.Command) error {
	d, err := s.rules.Decide(s.Memory, c, visit.Env{Now: s.now, Policy: s.policy})
	s.facts = nil
	if err == nil {
		s.facts = d.Facts
		s.Merge(d.Changes)
	}
	return err
}

func (s *shop) must(t *testing.T, c visit.Command) {
	t.Helper()
	if err := s.do(c); err != nil {
		t.Fatal(err)
	}
}

func (s *shop) get(t *testing.T, id string) Order {
	t.Helper()
	o, ok := Get(ledger.NewState(s.Memory), id)
	if !ok {
		t.Fatalf("there is no order %s", id)
	}
	return o
}

// refusedAs holds a refusal against its slug and the member it names.
func refusedAs(t *testing.T, err error, code ledger.Code, slug, field string) {
	t.Helper()
	r, ok := err.(*ledger.Refusal)
	if !ok || r.Code != code || r.Slug != slug || r.Field != field {
		t.Errorf("refused with %+v, want %s %s at %q", err, code, slug, field)
	}
}
