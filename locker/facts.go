package locker

import (
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/view"
)

// A Fact is something that happened and is never taken back. Its JSON form is
// its public data: no personal data, no secret.
type Fact interface {
	Type() string    // stable name, for example "parcel.stored"
	Subject() string // what it is about, for example "parcels/8f3a"
}

// A Discreet fact has a part that is kept in the log but left out of the feed.
type Discreet interface {
	Fact
	Private() any // pointer to the part, for writing and for reading back
}

// OfParcel names the parcel a fact is about, as its readers know it.
type OfParcel struct {
	ParcelID string `json:"parcel_id"`
	OrderID  string `json:"order_id,omitempty"`
	Label    string `json:"label,omitempty"`
}

// Subject of a fact about a parcel.
func (o OfParcel) Subject() string { return "parcels/" + o.ParcelID }

func of(p Parcel) OfParcel { return OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label} }

// OfDoor names the compartment a fact is about.
type OfDoor struct {
	Compartment string `json:"compartment"`
	Opening     string `json:"opening,omitempty"`
}

// Subject of a fact about a compartment.
func (o OfDoor) Subject() string { return "compartments/" + o.Compartment }

// Facts about parcels.
type (
	// ParcelAnnounced: the centre told us of a parcel, or told it anew (Changed).
	ParcelAnnounced struct {
		OfParcel
		Changed     bool        `json:"-"`                // its type is parcel.changed then
		Labels      []string    `json:"labels,omitempty"` // further ones
		Dimensions  *Dimensions `json:"dimensions_mm,omitempty"`
		KeepUpright bool        `json:"keep_upright,omitempty"`
		WeightG     int         `json:"weight_g,omitempty"`
		Accessible  bool        `json:"accessible,omitempty"`
		PickupHours int         `json:"pickup_hours"`
		Deadline    *time.Time  `json:"deadline,omitempty"` // set when the change moved it
		Recipient   *Recipient  `json:"-"`                  // goes to a row of its own
	}
	ParcelCancelled struct{ OfParcel }
	// ParcelBooked: a compartment is reserved for the deposit that begins.
	ParcelBooked struct {
		OfParcel
		Compartment string `json:"compartment"`
	}
	// DepositStarted: the door is open for the courier.
	DepositStarted struct {
		OfParcel
		Compartment string `json:"compartment"`
	}
	// ParcelStored: the door has closed on it. The clear code is joined in from
	// its sealed row for readers who may have it.
	ParcelStored struct {
		OfParcel
		Compartment string       `json:"compartment"`
		Size        string       `json:"size"`
		Deadline    time.Time    `json:"deadline"`
		Evidence    Evidence     `json:"evidence"`           // that it is inside
		Language    string       `json:"language,omitempty"` // to tell the recipient in
		Hashes      StoredHashes `json:"-"`
		Clear       *Secret      `json:"-"` // sealed at once by the store; nil on replay
	}
	// StoredHashes are what is left of the code and the PIN.
	StoredHashes struct {
		Code string `json:"code"`
		PIN  string `json:"pin"`
	}
	// DepositFailure: the courier keeps the parcel. Reasons: too_big, broken,
	// occupied, door_jammed, unanswered, unknown, timeout, courier_cancel; and
	// without a compartment no_door, too_large.
	DepositFailure struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Reason      string `json:"reason"`
	}
	// PickupAuthorised: its bearer has proved the right to it.
	PickupAuthorised struct {
		OfParcel
		Compartment string         `json:"compartment"`
		Credential  CredentialKind `json:"credential"`
	}
	// PickupAborted: the parcel is still behind its door and its code still
	// opens. Reasons: stuck, unanswered, unknown, rest, not_taken, not_seen,
	// interrupted.
	PickupAborted struct {
		OfParcel
		Compartment string `json:"compartment"`
		Reason      string `json:"reason"`
		ToCheck     bool   `json:"to_check,omitempty"`
	}
	ParcelCollected struct {
		OfParcel
		Compartment string   `json:"compartment"`
		Evidence    Evidence `json:"evidence"`
	}
	ParcelExpired struct {
		OfParcel
		Compartment string    `json:"compartment"`
		Deadline    time.Time `json:"deadline"`
	}
	// ParcelToCheck: staff must look whether it is still there. Reasons:
	// door_forced, interrupted, commissioning, database_restored.
	ParcelToCheck struct {
		OfParcel
		Compartment string `json:"compartment"`
		Reason      string `json:"reason"`
	}
	// ParcelCounterHeld: staff have taken an expired parcel out of its door.
	ParcelCounterHeld struct {
		OfParcel
		Compartment string `json:"compartment"`
		Reason      string `json:"reason"`
	}
	// PickupRefused: something was presented that does not open here. Why is for
	// the operator; the screen gives one constant answer. What is refused over
	// and over in one visit is told only now and then.
	PickupRefused struct {
		Presented string `json:"presented"` // "code", "pin", "label", "misread", "unreadable"
		Why       string `json:"why"`       // "unknown", "used", "revoked", "expired", "wait", "door_open", "on_hold"
		Parcel    string `json:"parcel_id,omitempty"`
	}
)

// Facts about openings and doors.
type (
	// OpeningIntended is committed before the lock is driven. No fact, no pulse.
	OpeningIntended struct {
		OfDoor
		Parcel   string    `json:"parcel_id,omitempty"`
		Purpose  Purpose   `json:"purpose"`
		Attempt  int       `json:"attempt"`
		NotAfter time.Time `json:"not_after"`
		// WasClosed: the door was known to be closed when this was decided.
		WasClosed bool   `json:"was_closed"`
		Visit     string `json:"visit,omitempty"`
		Actor     string `json:"actor"`
	}
	OpeningEnded struct {
		OfDoor
		Result door.Result `json:"result"`
		Pulsed bool        `json:"pulsed"`
	}
	// OpeningAdopted: a door found open is taken for an opening whose outcome was not known.
	OpeningAdopted struct{ OfDoor }
	// OpeningToCheck: nobody can say what happened; staff must look.
	OpeningToCheck struct {
		OfDoor
		Parcel string `json:"parcel_id,omitempty"`
	}
	// OpeningAbandoned: its visit ended while the door stood open.
	// Unattended: it had ended before the door was seen open.
	OpeningAbandoned struct {
		OfDoor
		Unattended bool `json:"unattended,omitempty"`
	}

	// OpeningRejoined: the bearer came back to the door an earlier visit left open.
	OpeningRejoined struct {
		OfDoor
		Visit string `json:"visit"`
	}

	DoorOpened struct {
		OfDoor
		At time.Time `json:"at"`
	}
	DoorClosed struct {
		OfDoor
		Presence door.Presence `json:"presence"`
		At       time.Time     `json:"at"`
	}
	// DoorForced: it opened without an order.
	DoorForced struct {
		OfDoor
		At time.Time `json:"at"`
	}
	// DoorAlarmCleared: somebody has looked after a forced door that keeps its parcel.
	DoorAlarmCleared struct {
		OfDoor
		Reason string `json:"reason"`
	}
	// DoorUnknown: its board does not answer any more.
	DoorUnknown struct{ OfDoor }
	// DoorSeen: a reading that tells nothing new but where the door is.
	DoorSeen struct {
		OfDoor
		State    door.State    `json:"state"`
		Presence door.Presence `json:"presence"`
	}
	DoorLeftOpen struct {
		OfDoor
		Stage int `json:"stage"` // 1, 2, 3
	}

	CompartmentFreed struct {
		OfDoor
		Evidence Evidence `json:"evidence"`
	}
	CompartmentQuarantined struct {
		OfDoor
		Reason   string   `json:"reason"`
		Contents Contents `json:"contents"`
	}
	DoorOutOfService struct {
		OfDoor
		Reason string `json:"reason"`
	}
	// DoorRestored: somebody looked and found it fit for use and empty.
	DoorRestored struct {
		OfDoor
		Reason string `json:"reason"`
	}
)

// Facts about visits, people and devices.
type (
	VisitStarted struct {
		Visit string    `json:"visit"`
		Kind  VisitKind `json:"kind"`
	}
	// VisitStepped carries the whole visit, so that a restart finds its place.
	VisitStepped struct{ Visit Visit }
	// CourierRefused: a badge, card or PIN that belongs to no courier was presented.
	// What is refused over and over in one visit is told only now and then.
	CourierRefused struct {
		Presented string `json:"presented"` // "badge", "card", "pin", "code", "label", "misread", "unreadable"
	}
	// LabelRefused: a courier has scanned a label that opens nothing. Reasons:
	// misread, ambiguous (it fits the parcels named).
	LabelRefused struct {
		Reason  view.Reason `json:"reason"`
		Parcels []string    `json:"parcel_ids,omitempty"`
	}
	VisitEnded struct {
		Visit   string    `json:"visit"`
		Kind    VisitKind `json:"kind"`
		Step    view.Step `json:"step"`
		Outcome string    `json:"outcome"` // "finished", "timed_out", "left_open"
	}
	GuardChanged struct{ Guard Guards }
	// CalendarKept writes the calendar down, so that a restart counts on.
	CalendarKept struct{ Calendar calendar.Calendar }
	// ClockAccepted: staff vouch for the machine's clock, which was not believed.
	ClockAccepted struct {
		Clock   time.Time `json:"clock"` // what it said
		Seconds int64     `json:"by_s"`  // by which the station's count was set
	}

	CourierAdded struct {
		ID     string        `json:"courier_id"`
		Name   string        `json:"name"`
		At     time.Time     `json:"at"`
		Hashes CourierHashes `json:"-"`
	}
	// CourierHashes identify a courier's badge, PIN and card.
	CourierHashes struct {
		Badge string `json:"badge"`
		PIN   string `json:"pin"`
		Card  string `json:"card,omitempty"`
	}
	CourierRemoved struct {
		ID string `json:"courier_id"`
	}
	KeyAdded struct {
		Name   string    `json:"name"`
		Scopes []string  `json:"scopes"`
		At     time.Time `json:"at"`
		Hash   KeyHash   `json:"-"`
	}
	// KeyHash is the SHA-256 of a key's token, hexadecimal.
	KeyHash struct {
		SHA256 string `json:"sha256"`
	}
	KeyRevoked struct {
		Name string `json:"name"`
	}
	DeviceChanged struct {
		Device    string `json:"device"`
		Condition string `json:"condition"`
		Detail    string `json:"detail,omitempty"`
		Kind      string `json:"kind,omitempty"`     // as package health names kinds
		Severity  string `json:"severity,omitempty"` // as package health names them
	}
)

func (f ParcelAnnounced) Type() string {
	if f.Changed {
		return "parcel.changed"
	}
	return "parcel.announced"
}
func (ParcelCancelled) Type() string        { return "parcel.cancelled" }
func (ParcelBooked) Type() string           { return "parcel.booked" }
func (DepositStarted) Type() string         { return "parcel.deposit_started" }
func (ParcelStored) Type() string           { return "parcel.stored" }
func (DepositFailure) Type() string         { return "parcel.deposit_failed" }
func (PickupAuthorised) Type() string       { return "parcel.pickup_authorised" }
func (PickupAborted) Type() string          { return "parcel.pickup_aborted" }
func (ParcelCollected) Type() string        { return "parcel.collected" }
func (ParcelExpired) Type() string          { return "parcel.expired" }
func (ParcelCounterHeld) Type() string      { return "parcel.counter_held" }
func (ParcelToCheck) Type() string          { return "parcel.to_check" }
func (CourierRefused) Type() string         { return "courier.refused" }
func (LabelRefused) Type() string           { return "courier.label_refused" }
func (PickupRefused) Type() string          { return "parcel.pickup_refused" }
func (OpeningIntended) Type() string        { return "opening.intended" }
func (OpeningEnded) Type() string           { return "opening.ended" }
func (OpeningAdopted) Type() string         { return "opening.adopted" }
func (OpeningToCheck) Type() string         { return "opening.to_check" }
func (OpeningAbandoned) Type() string       { return "opening.abandoned" }
func (OpeningRejoined) Type() string        { return "opening.rejoined" }
func (DoorOpened) Type() string             { return "door.opened" }
func (DoorClosed) Type() string             { return "door.closed" }
func (DoorForced) Type() string             { return "door.forced_open" }
func (DoorAlarmCleared) Type() string       { return "door.alarm_cleared" }
func (DoorUnknown) Type() string            { return "door.unknown" }
func (DoorSeen) Type() string               { return "door.seen" }
func (DoorLeftOpen) Type() string           { return "door.left_open" }
func (CompartmentFreed) Type() string       { return "compartment.freed" }
func (CompartmentQuarantined) Type() string { return "compartment.quarantined" }
func (DoorOutOfService) Type() string       { return "door.out_of_service" }
func (DoorRestored) Type() string           { return "door.restored" }
func (StationStarted) Type() string         { return "station.started" }
func (VisitStarted) Type() string           { return "visit.started" }
func (VisitStepped) Type() string           { return "visit.stepped" }
func (VisitEnded) Type() string             { return "visit.ended" }
func (GuardChanged) Type() string           { return "guard.changed" }
func (CalendarKept) Type() string           { return "calendar.kept" }
func (ClockAccepted) Type() string          { return "clock.accepted" }
func (CourierAdded) Type() string           { return "courier.added" }
func (CourierRemoved) Type() string         { return "courier.removed" }
func (KeyAdded) Type() string               { return "key.added" }
func (KeyRevoked) Type() string             { return "key.revoked" }
func (DeviceChanged) Type() string          { return "device.changed" }

// StationStarted: the core came up. Doors are unknown until they are read.
type StationStarted struct {
	Boot    string `json:"boot"`    // the machine's boot id
	Version string `json:"version"` // of the program
}

func (PickupRefused) Subject() string    { return "station" }
func (LabelRefused) Subject() string     { return "station" }
func (CourierRefused) Subject() string   { return "station" }
func (StationStarted) Subject() string   { return "station" }
func (GuardChanged) Subject() string     { return "station" }
func (CalendarKept) Subject() string     { return "station" }
func (ClockAccepted) Subject() string    { return "station" }
func (f VisitStarted) Subject() string   { return "visits/" + f.Visit }
func (f VisitStepped) Subject() string   { return "visits/" + f.Visit.ID }
func (f VisitEnded) Subject() string     { return "visits/" + f.Visit }
func (f CourierAdded) Subject() string   { return "couriers/" + f.ID }
func (f CourierRemoved) Subject() string { return "couriers/" + f.ID }
func (f KeyAdded) Subject() string       { return "keys/" + f.Name }
func (f KeyRevoked) Subject() string     { return "keys/" + f.Name }
func (f DeviceChanged) Subject() string  { return "devices/" + f.Device }

func (f *ParcelStored) Private() any { return &f.Hashes }
func (f *CourierAdded) Private() any { return &f.Hashes }
func (f *KeyAdded) Private() any     { return &f.Hash }

// Told reports whether facts of this type appear in the change feed. The rest
// are the station's own bookkeeping.
func Told(factType string) bool {
	switch factType {
	case "visit.stepped", "guard.changed", "calendar.kept", "door.seen", "key.added", "key.revoked", "courier.added", "courier.removed":
		return false
	}
	return true
}
