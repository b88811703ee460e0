package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/view"
)

// State is how far a case has come.
type State string

// The states of a case.
const (
	Requested    State = "requested"     // asked for; the shop has to agree
	Authorised   State = "authorised"    // may be brought
	Declined     State = "declined"      // final
	DroppedOff   State = "dropped_off"   // it is here, in a door or at the counter
	Inspecting   State = "inspecting"    // some of it has been looked at
	Decided      State = "decided"       // everything has been; nothing is to be paid, or not yet
	Settling     State = "settling"      // refunds are on their way
	SettleFailed State = "settle_failed" // one of them has failed: staff look at it
	Closed       State = "closed"        // final
	Cancelled    State = "cancelled"     // final
	Expired      State = "expired"       // was never brought; final
)

// States are all of them, in the order of their life.
var States = []State{Requested, Authorised, Declined, DroppedOff, Inspecting, Decided, Settling,
	SettleFailed, Closed, Cancelled, Expired}

// Over reports whether nothing happens to the case any more.
func (s State) Over() bool {
	switch s {
	case Declined, Closed, Cancelled, Expired:
		return true
	}
	return false
}

// Channel is where something comes back.
type Channel string

// The channels.
const (
	AtLocker  Channel = "locker"
	AtCounter Channel = "counter"
	AtHome    Channel = "home" // collected from the customer
	Asked     Channel = "rest" // asked for by the centre; where it comes in is not known yet
)

// Grade is how an item was found.
type Grade string

// The grades. The last five force a note.
const (
	LikeNew    Grade = "like_new"
	Opened     Grade = "opened"
	Used       Grade = "used"
	Damaged    Grade = "damaged"
	WrongItem  Grade = "wrong_item" // something else than what was bought
	Undeclared Grade = "undeclared" // was in the bag, and nobody had said so
	NotThere   Grade = "missing"    // was said to be in the bag, and is not
)

// Grades are all of them, the best first.
var Grades = []Grade{LikeNew, Opened, Used, Damaged, WrongItem, Undeclared, NotThere}

// NeedsNote reports whether a grade has to be explained.
func (g Grade) NeedsNote() bool { return slices.Contains(Grades[2:], g) }

// Decision is what the customer gets for an item.
type Decision string

// The decisions.
const (
	RefundOriginal Decision = "refund_original" // the way it was paid
	RefundGiftCard Decision = "refund_gift_card"
	RefundPoints   Decision = "refund_points"
	Exchange       Decision = "exchange"
	Repair         Decision = "repair"
	Partial        Decision = "partial"   // keeps it, and gets a part of the money
	KeepItem       Decision = "keep_item" // keeps it, and gets the money
	GiveBack       Decision = "reject_and_give_back"
)

// Decisions are all of them, the likeliest first.
var Decisions = []Decision{RefundOriginal, RefundGiftCard, RefundPoints, Exchange, Repair, Partial,
	KeepItem, GiveBack}

// Pays reports whether money follows from a decision.
func (d Decision) Pays() bool {
	switch d {
	case RefundOriginal, RefundGiftCard, RefundPoints, Partial, KeepItem:
		return true
	}
	return false
}

// Disposition is where an item goes.
type Disposition string

// The dispositions.
const (
	RestockHere  Disposition = "restock_here"
	RestockOther Disposition = "restock_other" // goes to another store
	Quarantine   Disposition = "quarantine"
	Refurbish    Disposition = "refurbish"
	Recycle      Disposition = "recycle"
	ToVendor     Disposition = "to_vendor"
	BackTo       Disposition = "back_to_customer"
)

// Dispositions are all of them.
var Dispositions = []Disposition{RestockHere, RestockOther, Quarantine, Refurbish, Recycle, ToVendor, BackTo}

// Money is how the money of an item stands.
type Money string

// The states of an item's money.
const (
	NoMoney        Money = "none"
	MoneyPending   Money = "pending"
	MoneyApproved  Money = "approved"
	MoneyCompleted Money = "completed"
	MoneyFailed    Money = "failed"
)

// An Item is some units of one line that come back for one reason.
type Item struct {
	N        int    `json:"n"`              // its number in the case, from 1
	Line     string `json:"line,omitempty"` // of the order; empty: unverified, or undeclared
	SKU      string `json:"sku,omitempty"`
	GTIN     string `json:"gtin,omitempty"`
	Title    string `json:"title"`
	Quantity int    `json:"quantity"`
	// From is how many units of the line were claimed before these: which units' shares
	// of the price these are.
	From      int    `json:"from"`
	Reason    string `json:"reason"`
	Words     bool   `json:"words,omitempty"` // the customer has written something: see Texts
	Serial    string `json:"serial,omitempty"`
	Condition string `json:"condition,omitempty"` // as the customer or staff say

	// What the rules said when it was asked for. Amounts are for all units.
	Share  int64          `json:"share"`  // what was paid for them
	Refund int64          `json:"refund"` // what comes back at most, fees taken off
	Fee    int64          `json:"fee,omitempty"`
	Ground string         `json:"ground,omitempty"`
	Moment string         `json:"moment,omitempty"` // at_drop, after_grading
	Keep   bool           `json:"keep,omitempty"`   // the customer may keep it
	Until  *time.Time     `json:"until,omitempty"`
	Rules  []view.Because `json:"rules,omitempty"` // the reasons, by rule

	Result      Grade       `json:"result,omitempty"`
	Note        string      `json:"note,omitempty"`
	Photos      []string    `json:"photos,omitempty"`
	Decision    Decision    `json:"decision,omitempty"`
	DecidedBy   string      `json:"decided_by,omitempty"`
	Disposition Disposition `json:"disposition,omitempty"`
	Amount      int64       `json:"amount"` // decided
	Money       Money       `json:"money"`
	Paid        bool        `json:"paid,omitempty"`     // its money was ordered; never twice
	Tote        string      `json:"tote,omitempty"`     // that it goes away in
	Override    string      `json:"override,omitempty"` // account of who let it come back against the rules
}

// atOnce reports whether it was decided when it came in, before anybody has looked at it;
// nothing need have been paid: what was free gives nothing back.
func (i Item) atOnce() bool {
	return i.Paid || i.Result == "" && i.Decision.Pays()
}

// ToGrade reports whether somebody has to look at it still.
func (i Item) ToGrade() bool {
	return i.Result == "" && (i.Decision == "" || i.Paid || i.Decision.Pays() && !i.Keep)
}

// A Bag is what was laid behind one door, or handed over at the counter.
type Bag struct {
	Parcel string `json:"parcel"` // its bag code, and the id of its parcel
	Door   string `json:"door,omitempty"`
}

// A Swap is what the customer gets for what comes back.
type Swap struct {
	Parcel string `json:"parcel,omitempty"` // waits behind a door, for this case
	SKU    string `json:"sku,omitempty"`    // handed over at the counter
	Title  string `json:"title,omitempty"`
	Price  int64  `json:"price,omitempty"`  // of the new item
	ToPay  int64  `json:"to_pay,omitempty"` // difference; negative: comes back
	// Settled: nothing is to be paid any more.
	Settled bool `json:"settled,omitempty"`
}

// A Case is one return of one order.
type Case struct {
	ID       string  `json:"id"` // R-XXXX-XXXX
	Order    string  `json:"order,omitempty"`
	Shop     string  `json:"shop"`
	Currency string  `json:"currency"`
	Channel  Channel `json:"channel"`
	State    State   `json:"state"`
	// Conditional: accepted without lease and centre; no money before the centre agrees.
	Conditional bool   `json:"conditional,omitempty"`
	Unverified  bool   `json:"unverified,omitempty"` // without an order
	Gift        bool   `json:"gift,omitempty"`       // by the gift receipt: credit to whoever brings it
	Prefer      string `json:"prefer,omitempty"`     // original, gift_card, points, exchange
	Language    string `json:"language,omitempty"`
	// Customer marks whose orders these are, with the station's key: for counting alone.
	Customer string `json:"customer,omitempty"`
	Items    []Item `json:"items"`
	Bags     []Bag  `json:"bags,omitempty"`
	Swap     *Swap  `json:"swap,omitempty"`
	// Signals are reasons to look closer, never an accusation.
	Signals []string `json:"signals,omitempty"`
	Why     string   `json:"why,omitempty"` // declined, cancelled: the reason
	// Shipping is what is paid back of the cost of sending, with the last of the order.
	Shipping     int64 `json:"shipping,omitempty"`
	ShippingPaid bool  `json:"shipping_paid,omitempty"`

	Requested time.Time  `json:"requested"`
	Lapses    *time.Time `json:"lapses,omitempty"` // not brought by then: expired
	Dropped   *time.Time `json:"dropped,omitempty"`
	DecidedAt *time.Time `json:"decided,omitempty"`
	Ended     *time.Time `json:"ended,omitempty"`
	Rev       int64      `json:"rev"`
}

// Signals that somebody has to look before anything follows.
const (
	partly  = "partly"   // the customer wanted another door for the rest, and then kept that
	notSeen = "not_seen" // the customer says that it is in, and the sensor sees nothing
)

// unsure reports whether nobody knows what is in before somebody has looked.
func (c Case) unsure() bool {
	return slices.Contains(c.Signals, partly) || slices.Contains(c.Signals, notSeen)
}

// Claims reports whether the units of an item count as come back, or about to: all but
// those that were given back or were not there, and not paid for at once, or that belong to
// a case that came to nothing.
func (c Case) Claims(i Item) bool {
	switch c.State {
	case Declined, Cancelled, Expired:
		return false
	}
	return i.Line != "" && (i.Paid || i.Decision != GiveBack && i.Decision != Repair && i.Result != NotThere)
}

// units are how many units of the order's lines the case holds.
func (c Case) units() (n int) {
	for _, i := range c.Items {
		if c.Claims(i) {
			n += i.Quantity
		}
	}
	return n
}

// Item finds an item by its number.
func (c Case) Item(n int) (Item, bool) {
	for _, i := range c.Items {
		if i.N == n {
			return i, true
		}
	}
	return Item{}, false
}

// awaited reports whether it may still be brought.
func (c Case) awaited() bool { return c.State == Authorised || c.State == Requested && c.Conditional }

// Here reports whether what comes back is at the station, and not all of it decided.
func (c Case) Here() bool { return c.State == DroppedOff || c.State == Inspecting }

// Claimed is how many units of a line the cases here hold.
func Claimed(s *ledger.State, order, line string) (units int) {
	for _, c := range casesOf.Find(s, order) {
		for _, i := range c.Items {
			if i.Line == line && c.Claims(i) {
				units += i.Quantity
			}
		}
	}
	return units
}

// Left is how many units of a line can still come back, as far as is known here.
func Left(s *ledger.State, o orders.Order, l orders.Line) int {
	return max(0, l.Quantity-l.ReturnedElsewhere-Claimed(s, o.ID, l.ID))
}

// busy reports whether a case of an order is open.
func busy(s *ledger.State, order string) bool {
	return slices.ContainsFunc(casesOf.Find(s, order), func(c Case) bool { return !c.State.Over() })
}
