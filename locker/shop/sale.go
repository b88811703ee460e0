package shop

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
)

// State is how far a sale is.
type State string

// The states of a sale.
const (
	Placed     State = "placed"  // its units are held; it is not paid
	Paid       State = "paid"    // what lies behind doors is being made ready
	Picking    State = "picking" // staff fetch it
	Ready      State = "ready"
	HandedOver State = "handed_over" // final
	Cancelled  State = "cancelled"   // final; what was paid goes back
)

// States are all of them.
var States = []State{Placed, Paid, Picking, Ready, HandedOver, Cancelled}

// Over reports whether nothing more comes of it but money that goes back.
func (s State) Over() bool { return s == HandedOver || s == Cancelled }

// LineState is how far a line is.
type LineState string

// The states of a line.
const (
	LinePlaced     LineState = "placed"
	LinePicking    LineState = "picking"
	LineReady      LineState = "ready"
	LineShort      LineState = "short"              // there was less than was thought
	LineSubstitute LineState = "substitute_offered" // another article instead, if the customer wants it
	LineHandedOver LineState = "handed_over"
	LineCancelled  LineState = "cancelled"
)

// Kind is a way to have what was bought.
type Kind string

// The ways.
const (
	LockerNow   Kind = "locker_now"   // it lies behind doors of this wall
	LockerLater Kind = "locker_later" // staff put it behind a door of this wall
	LockerOther Kind = "locker_other" // another station
	Counter     Kind = "counter"
	Kerbside    Kind = "kerbside" // staff bring it to a bay
	ShipHome    Kind = "ship_home"
)

// Kinds are all of them, in the order in which they are offered.
var Kinds = []Kind{LockerNow, Counter, LockerLater, Kerbside, LockerOther, ShipHome}

// A Place is the way that was chosen, and what was promised for it.
type Place struct {
	Kind    Kind       `json:"kind"`
	Station string     `json:"station,omitempty"` // locker_other: its id
	Name    string     `json:"name,omitempty"`    // and its name
	Ready   *time.Time `json:"ready,omitempty"`   // promised; nil: at once, or the centre says it
	Until   *time.Time `json:"until,omitempty"`   // ship_home: the end of the window
}

// A Sale is an order of the station's own shop.
type Sale struct {
	ID       string          `json:"id"` // as S-7K3M-9QPX
	Shop     string          `json:"shop"`
	State    State           `json:"state"`
	Channel  string          `json:"channel"` // kiosk, desk, web
	Currency string          `json:"currency"`
	Method   money.Method    `json:"tax_method"`
	Version  string          `json:"prices"` // of the snapshot that it was priced by
	Lines    []Line          `json:"lines"`
	Total    int64           `json:"total"` // minor units
	Tax      int64           `json:"tax"`   // in Total
	Off      int64           `json:"off,omitempty"`
	Coupons  []price.Shown   `json:"coupons,omitempty"`
	Gift     bool            `json:"gift,omitempty"`
	Age      int             `json:"age,omitempty"` // is checked when it is handed over
	Place    Place           `json:"place"`
	Bay      string          `json:"bay,omitempty"` // kerbside: where the customer waits
	Language string          `json:"language,omitempty"`
	Cart     string          `json:"cart"` // under which its units are held
	Payment  payment.Payment `json:"payment"`
	Code     string          `json:"code"`             // hash of what is shown to have it
	Parcel   string          `json:"parcel,omitempty"` // in which staff make it ready
	Reason   string          `json:"reason,omitempty"` // cancelled: why
	Ordered  time.Time       `json:"ordered"`
	PaidAt   *time.Time      `json:"paid_at,omitempty"`
	ReadyAt  *time.Time      `json:"ready_at,omitempty"`
	EndedAt  *time.Time      `json:"ended_at,omitempty"`
	Rev      int64           `json:"rev"`
}

// A Line is a number of equal things of a sale. Its prices are kept for good.
type Line struct {
	ID         string        `json:"id"`
	SKU        string        `json:"sku"`
	GTIN       string        `json:"gtin,omitempty"`
	Title      string        `json:"title"`
	Picture    string        `json:"picture,omitempty"` // hash
	Category   string        `json:"category,omitempty"`
	Quantity   int           `json:"quantity"`
	Unit       int64         `json:"unit"`
	Class      string        `json:"class,omitempty"`
	Rate       money.Rate    `json:"rate"`
	Shares     []price.Share `json:"shares,omitempty"`
	Total      int64         `json:"total"`
	State      LineState     `json:"state"`
	Doors      []string      `json:"doors,omitempty"`      // locker_now: behind which it lies
	Parcels    []string      `json:"parcels,omitempty"`    // that it was made there, by door
	Substitute string        `json:"substitute,omitempty"` // SKU that is offered instead
	WeightG    int           `json:"weight_g,omitempty"`
}

// Sales are by their number. Those that are not over are kept in memory.
var Sales = ledger.NewTable("sales", "id",
	ledger.WithColumns(
		ledger.Column[Sale]{Name: "state", Of: func(s Sale) any { return string(s.State) }},
		ledger.Column[Sale]{Name: "code", Of: func(s Sale) any { return s.Code }},
		ledger.Column[Sale]{Name: "settled", Of: func(s Sale) any { return s.settled() }}),
	ledger.InMemoryWhile(func(s Sale) bool { return !s.settled() }), ledger.TakenUp[Sale]("open"))

var (
	open = ledger.NewIndex(Sales, "open", func(_ string, s Sale) []string {
		if s.settled() {
			return nil
		}
		return []string{ledger.Open}
	}, "settled = 0 AND ?1 = 'open'")
	byCode = ledger.NewIndex(Sales, "code", func(_ string, s Sale) []string { return []string{s.Code} },
		"code = ?1")
	due = ledger.NewDue(Sales, func(s Sale) time.Time {
		if s.toSell() {
			return s.PaidAt.Add(0)
		}
		at, _ := s.Payment.Deadline()
		return at
	})
)

// settled reports whether nothing happens to it any more.
func (s Sale) settled() bool { return s.State.Over() && s.Payment.Over() }

// toSell reports whether goods behind doors have to be made parcels of it still.
func (s Sale) toSell() bool {
	if s.State != Paid || s.Place.Kind != LockerNow || s.PaidAt == nil {
		return false
	}
	for _, l := range s.Lines {
		if len(l.Parcels) < len(l.Doors) {
			return true
		}
	}
	return false
}

// Open are the sales that are not over, the oldest first.
func Open(s *ledger.State) []Sale { return open.Find(s, ledger.Open) }

// WithCode is the sale whose code has a hash.
func WithCode(s *ledger.State, hash string) (Sale, bool) {
	if hash == "" {
		return Sale{}, false
	}
	for _, one := range byCode.Find(s, hash) {
		return one, true
	}
	return Sale{}, false
}

// A Filter selects sales; empty members do not restrict. After is the next of the page before.
type Filter struct {
	State State
	After string
	Limit int // 1 to 100
}

// Used is how often a coupon was used here.
type Used struct {
	Count int `json:"count"`
}

// Uses are by the promotion and the serial number of the coupon.
var Uses = ledger.NewTable[Used]("coupon_uses", "coupon")
