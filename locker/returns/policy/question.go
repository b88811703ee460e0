package policy

import (
	"time"

	"cubby/locker/view"
)

// A Question is about some units of one line of an order.
type Question struct {
	Zone  *time.Location // of the station: days begin and end by it
	Asked time.Time      // when the return was requested, which is what counts

	Currency string
	Country  string // of the consumer; empty: as the rules say
	Contract string // "distance", "off_premises", "on_premises", "automated"; empty: by the channel
	Channel  string // by which the order came: "online", "store", "kiosk", "phone", "marketplace"
	Back     string // by which it comes back: "locker", "counter", "home", "post"

	Ordered   time.Time
	Delivered time.Time     // the last part of it; zero: not known
	Informed  bool          // the customer was told of the right to withdraw
	Paused    time.Duration // locker or queue have caused that much delay

	SKU, Category, Class string
	FinalSale            bool
	BundleWhole          bool // part of a bundle that comes back whole only, and does not
	Gift, Free           bool // bought as a gift; a free gift
	Serials              []string
	Serial               string    // of what comes back
	Until                time.Time // the order's own last moment for this line; zero: as the rules say
	Quantity, Left       int       // asked for; not come back yet
	Paid                 int64     // gross share of these units
	Value                int64     // of the whole line
	GiftKept             int64     // what the free gifts are worth that came with it and are kept

	Reason      string
	Condition   string // one of States; empty: not known
	Loss        int    // percent of value lost by use beyond trying, found by grading
	Receipt     bool   // a receipt was shown
	GiftReceipt bool   // a gift receipt was shown: whoever asks has not paid

	Risk      Level
	Returns90 int // earlier returns within 90 days
	Shipping  Shipping
	All       bool // everything of the order comes back
	Ticked    bool // in China: agreed at the purchase that it is not given back
	Repaired  []Repair
}

// Shipping is what the delivery cost: the cheapest offered, and what was paid; gross.
type Shipping struct{ Standard, Paid int64 }

// A Repair is one that the shop has made.
type Repair struct {
	Asked, Back time.Time // Back is zero while it is being repaired
	Failed      bool      // the fault is there again
}

// A Verdict is the answer.
type Verdict struct {
	Eligible bool   `json:"eligible"`
	Refused  string `json:"refused,omitempty"` // one word, when it is not
	// Ground is what it comes back by: "withdrawal", "seven_days", "faulty", "shop".
	Ground string    `json:"ground,omitempty"`
	Until  time.Time `json:"until,omitzero"` // first moment at which it is too late; zero: no end
	Day    int       `json:"day"`            // which day of the window it is asked on; the first is 0
	Of     int       `json:"of,omitempty"`   // how many there are; 0: not counted in days

	// Refund is what is paid back for the units: what was paid less Deduction and Fee. Shipping
	// comes beside it, once for the whole return: Together sees to that.
	Refund    int64  `json:"refund"`
	Fee       int64  `json:"fee,omitempty"`
	ReturnFee int64  `json:"return_fee,omitempty"` // the part of Fee that is once for the whole return
	FeeBy     string `json:"fee_by,omitempty"`     // who bears the way back: "customer" or "shop"
	Shipping  int64  `json:"shipping,omitempty"`
	Deduction int64  `json:"deduction,omitempty"`

	Moment   string   `json:"moment,omitempty"`   // "at_drop" or "after_grading"
	Keep     bool     `json:"keep,omitempty"`     // the customer keeps the item
	Remedies []string `json:"remedies,omitempty"` // of "refund", "exchange", "repair", "credit"
	// To is who gets the money: "payer", or "recipient" of a gift; then the payer is not told.
	To           string            `json:"to,omitempty"`
	Dispositions map[string]string `json:"dispositions,omitempty"` // by grade
	Because      []Because         `json:"because,omitempty"`      // what decided it comes first
}

// A Because is one reason of a verdict.
type Because = view.Because
