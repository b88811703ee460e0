package parcel

import (
	"time"

	"cubby/locker/wall"
)

// State is where a parcel is in its custody.
type State string

const (
	Announced     State = "announced"      // the centre has told us; nothing has arrived
	Booked        State = "booked"         // a compartment is reserved for it
	Depositing    State = "depositing"     // the door is open for the courier
	Stored        State = "stored"         // behind a door, its code is live
	Collecting    State = "collecting"     // its bearer was let in; the door has not closed yet
	Collected     State = "collected"      // handed over; final
	DepositFailed State = "deposit_failed" // the courier kept it; may be scanned again
	Expired       State = "expired"        // still behind a door, its time is over
	CounterHeld   State = "counter_held"   // taken out by staff; they have it at the counter
	Missing       State = "missing"        // staff have looked and it is gone; it may be found again
	Cancelled     State = "cancelled"      // will not come; final
	Received      State = "received"       // a returned bag that staff have opened; final
	Redirected    State = "redirected"     // it goes on to another station; final
	Returned      State = "returned"       // given back to who sent or carries it; final
)

// Inside reports whether the parcel may physically be behind one of our doors.
func (s State) Inside() bool {
	switch s {
	case Depositing, Stored, Collecting, Expired:
		return true
	}
	return false
}

// Final reports whether the custody has ended here.
func (s State) Final() bool {
	switch s {
	case Collected, Cancelled, Received, Redirected, Returned:
		return true
	}
	return false
}

// Recipient is personal data. It never enters the event log; it waits in a row
// of its own that can be erased.
type Recipient struct {
	Name     string `json:"name,omitempty"`     // at most 200 characters
	Phone    string `json:"phone,omitempty"`    // at most 100 characters
	Email    string `json:"email,omitempty"`    // at most 254 characters
	Language string `json:"language,omitempty"` // BCP 47 tag, at most 35 bytes
}

// An Announcement is what the centre says of a parcel. PUT replaces the whole.
type Announcement struct {
	// what the courier scans; the id when empty; 1 to 64 printable ASCII characters without spaces
	Label string `json:"label,omitempty"`
	// what may be scanned instead, at most 8, each as Label
	Labels      []string         `json:"labels,omitempty"`
	Dimensions  *wall.Dimensions `json:"dimensions_mm,omitempty"` // nil: not known
	KeepUpright bool             `json:"keep_upright,omitempty"`  // only turned about its vertical axis
	WeightG     int              `json:"weight_g,omitempty"`      // grams, 0 (not known) to 200000
	Recipient   *Recipient       `json:"recipient,omitempty"`
	OrderID     string           `json:"order_id,omitempty"`   // at most 64 characters
	Accessible  bool             `json:"accessible,omitempty"` // needs a door within reach of everybody
	// hours from deposit to expiry, 1 to 2160; the station's policy when 0
	PickupHours int `json:"pickup_hours,omitempty"`
	// the return that it replaces something of: its code opens nothing before that has
	// come back; 1 to 64 characters
	ExchangeOf string `json:"exchange_of,omitempty"`
	// collected with its code and the last four digits of the recipient's phone
	Valuable bool `json:"valuable,omitempty"`
	// its QR code opens only with a tail that changes every 30 s
	Rotating bool `json:"rotating,omitempty"`
}

// A Direction says which way a parcel goes.
type Direction string

const (
	LastMile    Direction = ""       // to a customer
	BroughtBack Direction = "return" // a bag of a return: no code, no deadline
)

// A Parcel is one consignment and its custody at this station.
type Parcel struct {
	ID          string    `json:"id"` // 1 to 64 of A-Z a-z 0-9 . _ : -
	State       State     `json:"state"`
	Label       string    `json:"label"`
	Labels      []string  `json:"labels,omitempty"` // further ones
	OrderID     string    `json:"order_id,omitempty"`
	Direction   Direction `json:"direction,omitempty"`
	Case        string    `json:"case,omitempty"`        // the return that the bag belongs to
	ExchangeOf  string    `json:"exchange_of,omitempty"` // the return that it replaces something of
	Unannounced bool      `json:"unannounced,omitempty"` // a courier brought it; nobody has announced it
	// the client that announced it, and said alone whom it is for; empty: not known, or several have
	AnnouncedBy string           `json:"announced_by,omitempty"`
	Was         string           `json:"was,omitempty"` // its id before it was announced
	Dimensions  *wall.Dimensions `json:"dimensions_mm,omitempty"`
	KeepUpright bool             `json:"keep_upright,omitempty"`
	WeightG     int              `json:"weight_g,omitempty"`
	Accessible  bool             `json:"accessible,omitempty"`
	Valuable    bool             `json:"valuable,omitempty"` // needs two factors
	Rotating    bool             `json:"rotating,omitempty"` // its QR code has to be live
	PickupHours int              `json:"pickup_hours"`
	Compartment string           `json:"compartment,omitempty"` // number of the door it is bound to
	Deadline    *time.Time       `json:"deadline,omitempty"`    // when its time behind the door ends
	// its clock stands still: the deadline does not come before it goes on
	Paused *Pause `json:"paused,omitempty"`
	// how often somebody has asked for more time, and the hours of that
	Extensions    int `json:"extensions,omitempty"`
	ExtendedHours int `json:"extended_hours,omitempty"`
	// when its recipient was told that it is here, where its time counts from then
	NoticedAt *time.Time `json:"noticed_at,omitempty"`
	// an opening was interrupted; staff must look
	ToCheck bool  `json:"to_check,omitempty"`
	OnHold  *Hold `json:"on_hold,omitempty"` // its code opens nothing until it is released
	// who was let in last where it was not its own bearer: "delegate", "neighbour"
	By string `json:"by,omitempty"`
	// what its bearer said of it; its code opens nothing until the case is closed
	Disputed *Dispute   `json:"disputed,omitempty"`
	Code     *CodeState `json:"code_state,omitempty"` // nil: the code of its deposit
	// it is to leave, or has left; its code opens nothing
	Leaving      *Leaving   `json:"leaving,omitempty"`
	Shelf        string     `json:"shelf,omitempty"`        // its place at the counter
	RescueUntil  *time.Time `json:"rescue_until,omitempty"` // expired: its code is good still
	FailedReason string     `json:"failed_reason,omitempty"`
	AnnouncedAt  time.Time  `json:"announced_at"`
	StoredAt     *time.Time `json:"stored_at,omitempty"`
	CounterAt    *time.Time `json:"counter_at,omitempty"` // since when staff have it at the counter
	EndedAt      *time.Time `json:"ended_at,omitempty"`   // collected, cancelled or found missing
	Rev          int64      `json:"rev"`                  // grows with every change; the ETag
}

// Filter selects parcels; empty members do not restrict.
type Filter struct {
	State   State
	OrderID string
	Label   string // in any spelling
	After   string // the last id of the page before
	Limit   int    // 1 to 100
}
