package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Facts about parcels.

// ParcelAnnounced: the centre told us of a parcel, or told it anew (Changed).
type ParcelAnnounced struct {
	OfParcel
	Changed     bool             `json:"-"`                // its type is parcel.changed then
	Labels      []string         `json:"labels,omitempty"` // further ones
	Direction   Direction        `json:"direction,omitempty"`
	Case        string           `json:"case,omitempty"` // the return that the bag belongs to
	ExchangeOf  string           `json:"exchange_of,omitempty"`
	Unannounced bool             `json:"unannounced,omitempty"` // nobody told us: a courier brought it
	AnnouncedBy string           `json:"announced_by,omitempty"`
	Dimensions  *wall.Dimensions `json:"dimensions_mm,omitempty"`
	KeepUpright bool             `json:"keep_upright,omitempty"`
	WeightG     int              `json:"weight_g,omitempty"`
	Accessible  bool             `json:"accessible,omitempty"`
	Valuable    bool             `json:"valuable,omitempty"`
	Rotating    bool             `json:"rotating,omitempty"`
	PickupHours int              `json:"pickup_hours"`
	Deadline    *time.Time       `json:"deadline,omitempty"` // set when other pickup hours moved it
	Recipient   *Recipient       `json:"-"`                  // goes to a row of its own
	Tail        string           `json:"-"`                  // of another phone; see Factor
}

func (f ParcelAnnounced) Type() string {
	if f.Changed {
		return "parcel.changed"
	}
	return "parcel.announced"
}

func (f *ParcelAnnounced) Apply(s *ledger.State, at time.Time) {
	announced(s, at, f)
}

// DeadlineMoved: it may lie behind its door for a longer or a shorter time than was
// told, although nobody announced that. Reasons: clock_corrected.
type DeadlineMoved struct {
	OfParcel
	Deadline time.Time `json:"deadline"` // the new one
	Reason   string    `json:"reason"`
}

// ClockCorrected is why a deadline moves with the calendar.
const ClockCorrected = "clock_corrected"

func (DeadlineMoved) Type() string { return "parcel.deadline_moved" }

func (f *DeadlineMoved) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		if p.Paused != nil && p.Deadline != nil { // what is left of its hours stays
			by, paused := f.Deadline.Sub(*p.Deadline), *p.Paused
			paused.Since = paused.Since.Add(by)
			if paused.Until != nil {
				until := paused.Until.Add(by)
				paused.Until = &until
			}
			p.Paused = &paused
		}
		p.Deadline = &f.Deadline
	})
}

// ParcelCancelled: it will not come.
type ParcelCancelled struct{ OfParcel }

func (ParcelCancelled) Type() string { return "parcel.cancelled" }

func (f *ParcelCancelled) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.State, p.EndedAt, p.OnHold = Cancelled, &at, nil })
}

// ParcelBooked: a compartment is reserved for the deposit that begins.
type ParcelBooked struct {
	OfParcel
	Compartment string `json:"compartment"`
}

func (ParcelBooked) Type() string { return "parcel.booked" }

func (f *ParcelBooked) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State, p.Compartment, p.FailedReason = Booked, f.Compartment, ""
	})
	wall.Change(s, f.Compartment, func(c *wall.Compartment) {
		c.Allocation, c.Reason, c.Parcel = wall.Reserved, "", f.ParcelID
	})
}

// DepositStarted: the door is open for the courier.
type DepositStarted struct {
	OfParcel
	Compartment string `json:"compartment"`
}

func (DepositStarted) Type() string { return "parcel.deposit_started" }

func (f *DepositStarted) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.State = Depositing })
}

// ParcelStored: the door has closed on it. The clear code is joined in from
// its sealed row for readers who may have it.
type ParcelStored struct {
	OfParcel
	Compartment string        `json:"compartment"`
	Size        string        `json:"size"`
	Deadline    time.Time     `json:"deadline"`
	Evidence    wall.Evidence `json:"evidence"`           // that it is inside
	Language    string        `json:"language,omitempty"` // to tell the recipient in
	PINForm     PINForm       `json:"pin_form,omitempty"`
	Valuable    bool          `json:"valuable,omitempty"`
	Rotating    bool          `json:"rotating,omitempty"` // its QR code has to be live
	Hashes      StoredHashes  `json:"-"`
	Clear       *visit.Secret `json:"-"` // sealed at once by the store; nil on replay
	Tail        string        `json:"-"` // see Factor
}

func (ParcelStored) Type() string    { return "parcel.stored" }
func (f *ParcelStored) Private() any { return &f.Hashes }

func (f *ParcelStored) Apply(s *ledger.State, at time.Time) {
	stored(s, at, f)
}

// StoredHashes are what is left of the code and the PIN.
type StoredHashes struct {
	Code string `json:"code"`
	PIN  string `json:"pin"`
}

// DepositFailure: the courier keeps the parcel. Reasons: too_big, broken,
// occupied, door_jammed, unanswered, unknown, timeout, courier_cancel; and
// without a compartment no_door, too_large.
type DepositFailure struct {
	OfParcel
	Compartment string `json:"compartment,omitempty"`
	Reason      string `json:"reason"`
}

func (DepositFailure) Type() string { return "parcel.deposit_failed" }

func (f *DepositFailure) Apply(s *ledger.State, at time.Time) {
	depositFailed(s, f)
}

// PickupAuthorised: its bearer has proved the right to it.
type PickupAuthorised struct {
	OfParcel
	Compartment string         `json:"compartment"`
	Credential  CredentialKind `json:"credential"`
	// id of the parcel whose code it was; empty: this one
	Shown string `json:"shown_for,omitempty"`
}

func (PickupAuthorised) Type() string { return "parcel.pickup_authorised" }

func (f *PickupAuthorised) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.State = Collecting
		if by, told := f.Credential.whose(); told {
			p.By = by
		}
	})
}

// PickupAborted: the parcel is still behind its door and its code still
// opens. Reasons: stuck, unanswered, unknown, rest, not_taken, not_seen,
// interrupted, disputed.
type PickupAborted struct {
	OfParcel
	Compartment string `json:"compartment"`
	Reason      string `json:"reason"`
	ToCheck     bool   `json:"to_check,omitempty"`
}

func (PickupAborted) Type() string { return "parcel.pickup_aborted" }

func (f *PickupAborted) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.State, p.ToCheck = Stored, p.ToCheck || f.ToCheck })
	wall.Seal(s, f.Compartment, f.ParcelID)
}

// ParcelCollected: its bearer has taken it.
type ParcelCollected struct {
	OfParcel
	Compartment string        `json:"compartment"`
	Evidence    wall.Evidence `json:"evidence"`
	// who has taken it, where it was not its own bearer: "delegate", "neighbour"
	By string `json:"by,omitempty"`
}

func (ParcelCollected) Type() string { return "parcel.collected" }

func (f *ParcelCollected) Apply(s *ledger.State, at time.Time) {
	collected(s, at, f)
}

// ParcelExpired: its time behind the door is over.
type ParcelExpired struct {
	OfParcel
	Compartment string    `json:"compartment"`
	Deadline    time.Time `json:"deadline"`
	// its code is good until then, behind its door and at the counter
	RescueUntil *time.Time `json:"rescue_until,omitempty"`
}

func (ParcelExpired) Type() string { return "parcel.expired" }

func (f *ParcelExpired) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.State, p.RescueUntil = Expired, f.RescueUntil })
}

// ParcelToCheck: staff must look whether it is still there. Reasons:
// door_forced, interrupted, commissioning, database_restored, inspection, remote.
type ParcelToCheck struct {
	OfParcel
	Compartment string `json:"compartment"`
	Reason      string `json:"reason"`
}

func (ParcelToCheck) Type() string { return "parcel.to_check" }

func (f *ParcelToCheck) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.ToCheck = true })
	wall.Seal(s, f.Compartment, f.ParcelID)
}

// PickupRefused: something was presented that does not open here. Why is for
// the operator; the screen gives one constant answer. What is refused over
// and over in one visit is told only now and then.
type PickupRefused struct {
	Presented string `json:"presented"` // "code", "pin", "label", "misread", "unreadable"
	// "unknown", "used", "revoked", "expired", "wait", "door_open", "on_hold", "at_counter",
	// "disputed"
	Why    string `json:"why"`
	Parcel string `json:"parcel_id,omitempty"`
}

func (PickupRefused) Type() string    { return "parcel.pickup_refused" }
func (PickupRefused) Subject() string { return "station" }
func (PickupRefused) Published() bool { return true }

func (*PickupRefused) Apply(*ledger.State, time.Time) {}

// CourierRefused: a badge, card or PIN that belongs to no courier was presented.
// What is refused over and over in one visit is told only now and then.
type CourierRefused struct {
	Presented string `json:"presented"` // "badge", "card", "pin", "code", "label", "misread", "unreadable"
}

func (CourierRefused) Type() string    { return "courier.refused" }
func (CourierRefused) Subject() string { return "station" }
func (CourierRefused) Published() bool { return true }

func (*CourierRefused) Apply(*ledger.State, time.Time) {}

// LabelRefused: a courier has scanned a label that opens nothing. Reasons:
// misread, ambiguous (it fits the parcels named).
type LabelRefused struct {
	Reason  view.Reason `json:"reason"`
	Parcels []string    `json:"parcel_ids,omitempty"`
}

func (LabelRefused) Type() string    { return "courier.label_refused" }
func (LabelRefused) Subject() string { return "station" }
func (LabelRefused) Published() bool { return true }

func (*LabelRefused) Apply(*ledger.State, time.Time) {}
