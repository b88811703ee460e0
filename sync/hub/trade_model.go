package hub

import (
	"encoding/json"
	"time"

	"cubby/locker/returns"
)

// What the hub knows of trade, as its readers get it. Times are UTC, amounts minor units.
type (
	// An Order is what a customer has bought.
	Order struct {
		ID, Shop, Channel, Currency string
		Total                       int64
		Ordered, Changed            time.Time
		Cancelled                   bool
		Everywhere                  bool // every station gets it
		Rev                         int64
		Stations                    []OrderAt   // empty in lists
		Lines                       []OrderLine // empty in lists
		Returns                     []Return    // empty in lists
		Refunds                     []Refund    // empty in lists
		// Body is the order as it was put, without who the customer is. Empty in lists.
		Body json.RawMessage
	}
	// OrderAt is an order at one station.
	OrderAt struct {
		Station string
		Taken   *time.Time // when the station took its newest form; nil: it has not yet
		Refused string     // why it did not take what it was told last; empty: it did
	}
	// An OrderLine is a line of an order, and what has become of its units.
	OrderLine struct {
		ID, SKU, Title string
		Quantity       int
		Back           int            // have come back for good, wherever
		Claimed        int            // are to come back in returns that are agreed to, those of Back too
		Waiting        int            // are in returns that wait for an answer
		At             map[string]int // by station: those of Back that came back there
		Elsewhere      int            // those of Back that came back past all stations, as the shop says
		Lease          *Lease
		Over           int // more came back than were bought; somebody has to look at it
	}
	// A Lease gives one station the right to take a line back while the hub cannot be asked.
	Lease struct {
		Station string // empty: nobody has it, and Next waits for it
		Until   time.Time
		Ending  bool   // it is being taken away; it counts until the station says that it knows
		Next    string // the station that gets it then; empty: none
	}
	// A Return is something that comes back at one station.
	Return struct {
		Station, ID, Order, Shop string
		State                    returns.State
		Conditional              bool // taken on condition that the hub agrees
		Waiting                  bool // for an answer
		// Why it waits: WaitsForLease, WaitsForPerson or WaitsForStation; empty: it does not.
		Why        string
		For        string    // the station that Why is about
		Answer     string    // "agreed", "declined", empty: none
		AnsweredBy string    // "rule", "user:NAME", "key:NAME"
		Reason     string    // of an answer
		Answered   time.Time // zero: not
		Refused    string    // why the station did not take the answer; empty: it did, or will
		Requested  time.Time
		Changed    time.Time
		Rev        int64
		Case       returns.Case // as the station's facts tell of it
		Refunds    []Refund     // empty in lists
	}
	// A Refund is money that goes back on one tender, ordered at a station.
	Refund struct {
		Station string
		returns.Refund
		Waiting bool   // nobody has said anything final
		Told    string // what the hub has said of it: approved, completed, failed; empty: nothing
		By      string // who has, as "user:NAME", "key:NAME", "rule"
		Refused string // why the station did not take that; empty: it did, or will
		Over    bool   // with it more goes back on its tender than was paid with it
		Changed time.Time
	}
)

// Why a return waits.
const (
	WaitsForLease   = "lease"   // the station that may take its lines back has not been heard
	WaitsForPerson  = "person"  // the rule cannot decide: the hub does not know the order
	WaitsForStation = "station" // the answer is on its way to the station
)

// Filters select; empty members do not restrict. After is the next of the page before;
// Limit is 1 to 100, 0 is 50.
type (
	// OrderFilter selects orders, the newest first.
	OrderFilter struct {
		Text  string // how the order's number begins
		After string
		Limit int
	}
	// ReturnFilter selects returns, the newest first; those that wait, the oldest first.
	ReturnFilter struct {
		Station string
		Order   string
		State   string
		Waiting bool
		After   string
		Limit   int
	}
	// RefundFilter selects refunds, the newest first.
	RefundFilter struct {
		Station string
		Order   string
		State   string // of returns.RefundState; "waiting": those that wait for somebody
		After   string
		Limit   int
	}
)
