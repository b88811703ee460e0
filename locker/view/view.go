// Package view holds what a screen is told and what it may answer.
//
// A View is the whole truth about one moment of one visit: a screen draws it
// without asking anything else, and can be killed and started again at any
// time without losing its place. An Action is the only thing a screen can send.
// The rules behind both live in package locker; nothing here decides anything.
//
// All types are plain values and travel as JSON over the core's Unix socket.
package view

import "slices"

// Step names the page a visit is on. The words are part of the screen protocol.
type Step string

// The steps of a visit. A step that is not listed here must be drawn as
// StepUnavailable by a screen that is older than its core.
const (
	StepIdle        Step = "idle"        // nobody is here; a scan or a touch begins a visit
	StepUnavailable Step = "unavailable" // the core cannot serve (store fault, starting); Reason says why

	StepCommission Step = "commission" // staff put the wall into operation; Commission is what is asked

	StepPickupEnter   Step = "pickup_enter"   // present a QR code, or type the PIN on the pad
	StepPickupRefused Step = "pickup_refused" // one constant answer for every code that does not open here
	StepPickupChoose  Step = "pickup_choose"  // several parcels: Pickup.List to open one after the other
	StepPickupOpening Step = "pickup_opening" // the door has been told to open; wait, at most a few seconds
	StepPickupOpen    Step = "pickup_open"    // the door is open: take the parcel, close the door
	// closed, but the sensor still sees something: taken, or open again?
	StepPickupCheck Step = "pickup_check"
	StepPickupDone  Step = "pickup_done" // thank you; a short way back to the door stays open
	// the door does not close: it is left to staff; for some seconds that can be taken back
	StepPickupLeft Step = "pickup_left"
	// the door did not open (Reason stuck, unanswered or unknown): what to do now
	StepNoOpen  Step = "no_open"
	StepToCheck Step = "to_check" // the core was interrupted during an opening; nothing is assumed

	// somebody says that something is wrong with what is behind the door
	StepCareReport Step = "care_report" // what is it? The door is open
	StepCareAsk    Step = "care_ask"    // the same, when the door has closed
	StepCareClose  Step = "care_close"  // noted: leave it inside and close the door
	StepCareCase   Step = "care_case"   // the number of the case, to be taken along

	StepCourierEnter   Step = "courier_enter"   // scan a badge, or type the courier PIN
	StepCourierRefused Step = "courier_refused" // badge or PIN not known; one constant answer
	StepCourierReady   Step = "courier_ready"   // scan the next label; Reason, if set, refuses the last one
	StepCourierOpening Step = "courier_opening" // a door has been told to open
	StepCourierOpen    Step = "courier_open"    // the door is open: put the parcel in, close the door
	// closed, but the sensor sees nothing inside: is it in, or open again?
	StepCourierCheck Step = "courier_check"
	// too big, broken, occupied or undo: take the parcel out, close the door
	StepCourierRetake Step = "courier_retake"
	// the door does not close: is it to be left open, and another one used?
	StepCourierLeave   Step = "courier_leave"
	StepCourierNoOpen  Step = "courier_no_open" // the door did not open, or nobody can see whether it did
	StepCourierReceipt Step = "courier_receipt" // the receipt of the last deposit, with its code
	// no door takes the parcel: staff at the counter may, on the place named
	StepCourierShelf Step = "courier_shelf"
	// the parcel was redirected before it came: where it belongs
	StepCourierElsewhere Step = "courier_elsewhere"
	StepCourierDone      Step = "courier_done" // the courier has finished; Count parcels were deposited
)

// Reason refines a step. Screens have one sentence per reason; an unknown
// reason gets the step's plain sentence.
type Reason string

const (
	ReasonNone Reason = ""

	// Pickup and identification. A stranger is told nothing more than this.
	ReasonNotValid Reason = "not_valid" // wrong, used, expired, foreign, unreadable: all the same
	// too many tries with the PIN; RetryInMs says how long; QR codes still work
	ReasonWait Reason = "wait"
	// the code is right and the shop holds the parcel back: ask the shop
	ReasonOnHold Reason = "on_hold"
	// the same for a reason of its own: customs, a fee, or who collects it
	ReasonHeldCustoms  Reason = "held_customs"
	ReasonHeldFee      Reason = "held_fee"
	ReasonHeldIdentity Reason = "held_identity"
	// the code is right, and the parcel is collected elsewhere: Place says where; or goes back
	ReasonRedirected Reason = "redirected"
	ReasonRecalled   Reason = "recalled"
	// the code was right, and nobody has collected the parcel in time: it has gone back
	ReasonGoneBack Reason = "gone_back"
	// the code is right, and what was said about the parcel is looked into: Pickup.Case
	ReasonDisputed  Reason = "disputed"
	ReasonExpired   Reason = "expired"    // its time behind the door is over; Told says since when
	ReasonDoorOpen  Reason = "door_open"  // another door of this bank must be closed first; OpenDoor names it
	ReasonDoorTaken Reason = "door_taken" // the same, and somebody at another terminal has it open: wait

	// Openings that ended without an open door.
	ReasonStuck      Reason = "stuck"      // the lock was driven and the door stayed closed
	ReasonUnanswered Reason = "unanswered" // the lock board does not answer
	ReasonUnknown    Reason = "unknown"    // nobody can say whether the door opened
	ReasonRest       Reason = "rest"       // the lock has been driven too often and must cool down; RetryInMs

	// Further steps with a door that stays closed; ReasonStuck is the first. GoesOnInMs says
	// when it is tried again.
	ReasonStuckPause Reason = "stuck_pause" // the lock rests, then it is driven for longer
	ReasonStuckPull  Reason = "stuck_pull"  // somebody pulls at the door while its lock is driven
	// no more is tried: staff have been told; Pickup.Case is the number to name
	ReasonHandedOver Reason = "handed_over"

	// Courier scans that cannot be served, told in full to an identified courier.
	ReasonUnknownLabel  Reason = "unknown_label"  // no parcel with this label is announced here
	ReasonAlreadyStored Reason = "already_stored" // this parcel is already behind a door
	ReasonCancelled     Reason = "cancelled"      // the order was cancelled
	ReasonEnded         Reason = "ended"          // this parcel has been collected or has expired
	ReasonNoDoor        Reason = "no_door"        // no free healthy door is big enough
	ReasonForCounter    Reason = "for_counter"    // it is for the counter, where no place is free
	ReasonFull          Reason = "outbox_full"    // too much waits for the centre to see it
	ReasonTooLarge      Reason = "too_large"      // larger than the largest compartment of this station
	ReasonNotLabel      Reason = "not_label"      // the scan is not readable as a label
	// the label fits two parcels that are announced: staff must tell them apart
	ReasonAmbiguous Reason = "ambiguous"
	ReasonMisread   Reason = "misread" // the label's check digit does not fit: scan it again

	// Why a parcel has to come out again (StepCourierRetake).
	ReasonTooBig   Reason = "too_big"
	ReasonBroken   Reason = "broken"
	ReasonOccupied Reason = "occupied"
	ReasonUndo     Reason = "undo"

	// Why StepPickupCheck asks when no sensor saw anything inside.
	ReasonNotSeen Reason = "not_seen" // the door read open before it was driven, so nothing was seen to move

	// StepUnavailable.
	ReasonStarting    Reason = "starting"
	ReasonStoreFault  Reason = "store_fault"
	ReasonCoreMissing Reason = "core_missing" // made by the screen itself when the core does not answer
	ReasonNoTerminal  Reason = "no_terminal"  // the same, when the core has no terminal of its name
)

// OfScreen reports whether a screen has made the view by itself: there is nobody to
// take what is touched.
func (r Reason) OfScreen() bool { return r == ReasonCoreMissing || r == ReasonNoTerminal }

// ActionName is something a person can do on a screen.
type ActionName string

const (
	ActStartPickup  ActionName = "start_pickup"  // idle -> pickup_enter
	ActStartCourier ActionName = "start_courier" // idle -> courier_enter
	ActPIN          ActionName = "pin"           // Value: the digits typed (customer: 8, courier: 6 to 8)
	ActBack         ActionName = "back"          // one step back, or take back what was said of an open door
	ActFinish       ActionName = "finish"        // I am done
	ActMoreTime     ActionName = "more_time"     // extend the time-out, at most View.Extensions times
	// Value: a tag from View.Languages; holds until the visit ends
	ActLanguage ActionName = "language"
	ActTryAgain ActionName = "try_again" // command the same door once more
	ActTaken    ActionName = "taken"     // pickup_check: the compartment is empty
	ActOpenAll  ActionName = "open_all"  // pickup_choose: all doors, one after the other
	// pickup_open, pickup_check, pickup_done: something is wrong with what is, or was, inside
	ActReport  ActionName = "report"
	ActNotMine ActionName = "not_mine" // care_report, care_ask: it is somebody else's
	ActDamaged ActionName = "damaged"  // care_report, care_ask: it is damaged
	ActEmpty   ActionName = "empty"    // care_report, care_ask: there was nothing inside
	// pickup_check, pickup_done, courier_check: open the same door once more
	ActOpenAgain ActionName = "open_again"
	ActInside    ActionName = "inside"   // courier_check: the parcel is in
	ActTooBig    ActionName = "too_big"  // courier: does not fit
	ActBroken    ActionName = "broken"   // courier: this door is broken
	ActOccupied  ActionName = "occupied" // courier: something is already inside
	ActUndo      ActionName = "undo"     // courier: give back the last parcel
	// courier_no_open, courier_retake, courier_leave: use another compartment
	ActOtherDoor  ActionName = "other_door"
	ActOtherPlace ActionName = "other_place" // courier_shelf: another free place of the shelf
	ActReceipt    ActionName = "receipt"     // courier: show the receipt of the last deposit
	ActPrint      ActionName = "print"       // courier_receipt: put it on paper
	ActAnswer     ActionName = "answer"      // commission: Value answers the question
)

// An Action is what a screen sends. Visit must be the View's Visit, so that a
// touch on a stale page does nothing to the next person's visit. With a Step it
// counts only while the View has this Step, Door and Parcel: a touch that was
// meant for the page before does nothing on the next one.
type Action struct {
	Terminal string     `json:"terminal,omitempty"` // where it was done; empty: at the kiosk
	Visit    string     `json:"visit"`              // empty on StepIdle
	Name     ActionName `json:"name"`               // one of View.Actions
	Value    string     `json:"value,omitempty"`    // as the action says; at most 512 bytes
	Step     Step       `json:"step,omitempty"`     // of the page that was touched; empty: whichever is shown
	Door     string     `json:"door,omitempty"`     // of that page; looked at only with Step
	Parcel   string     `json:"parcel,omitempty"`   // of that page; looked at only with Step
}

// Meant reports whether a touch was made on the page of this view.
func (a Action) Meant(v View) bool {
	return a.Step == "" || a.Step == v.Step && a.Door == v.Door() && a.Parcel == v.Parcel()
}

// Heard is the answer to the last scan where that did not lead to another page.
// A word that is not listed here must be drawn as HeardRead by a screen that is
// older than its core.
type Heard string

// The answers to a scan.
const (
	HeardRead  Heard = "read"  // read, and nothing changes: it belongs to what is under way
	HeardFirst Heard = "first" // not now: first finish what this page is about, then scan again
	// a customer's code while a courier is at work: show it again in a moment
	HeardLater    Heard = "later"
	HeardNotValid Heard = "not_valid" // it opens nothing here; one constant answer, as ReasonNotValid
	// somebody at another terminal has a door open beside this one: wait a moment
	HeardBusy  Heard = "busy"
	HeardBadge Heard = "badge" // a courier has finished: the badge comes before the next label
)

// A Door is one compartment on the drawing of the wall.
type Door struct {
	Number   string `json:"number"`    // as painted on the door
	Column   int    `json:"column"`    // 0 is leftmost, seen from the front
	TopMM    int    `json:"top_mm"`    // distance from the wall's upper edge
	HeightMM int    `json:"height_mm"` // door height
	WidthMM  int    `json:"width_mm"`  // door width
	LeftMM   int    `json:"left_mm"`   // distance from the wall's left edge
}

// A Wall is the front of the station, for drawing. It changes only when the
// configuration does.
type Wall struct {
	WidthMM  int    `json:"width_mm"`
	HeightMM int    `json:"height_mm"`
	Doors    []Door `json:"doors"`
	Screen   Door   `json:"screen"` // where this touchscreen sits; zero WidthMM when not on the wall
}

// Kind names the payload that a view has.
type Kind string

// The kinds of views. One that is not listed here must be drawn as
// StepUnavailable by a screen that is older than its core.
const (
	KindIdle       Kind = "idle"       // nobody is here
	KindPickup     Kind = "pickup"     // somebody collects
	KindCourier    Kind = "courier"    // somebody deposits
	KindCommission Kind = "commission" // staff put the wall into operation
	KindStaff      Kind = "staff"      // somebody of the staff
	KindReturn     Kind = "return"     // somebody brings something back
	KindMember     Kind = "member"     // somebody sees what is known of them
	KindBearer     Kind = "bearer"     // the bearer of a code does something else than collect
	KindShop       Kind = "shop"       // somebody buys something, or staff fill the doors with it
)

// A View is what to show now. A pure function of it must give the page. What is
// the same for every visit is in the view itself; the rest is in the payload of
// its kind, the only one that is there. While nobody is served there is none.
type View struct {
	Rev      uint64 `json:"rev"`                // grows with every change; a screen keeps the highest
	Station  string `json:"station"`            // the station's name for people
	Terminal string `json:"terminal,omitempty"` // whose view this is; empty: the kiosk's
	Visit    string `json:"visit"`              // the visit's id; empty on StepIdle
	Kind     Kind   `json:"kind,omitempty"`     // empty on StepUnavailable
	Step     Step   `json:"step"`
	Reason   Reason `json:"reason,omitempty"`
	Language string `json:"language"` // BCP 47 tag of the page, for example "en" or "zh-Hans"

	Languages []string     `json:"languages"` // tags offered, in the order to show
	Actions   []ActionName `json:"actions"`   // what is allowed now; draw nothing that is not listed

	Wall Wall `json:"wall"`

	// Time. All are milliseconds from the moment the view was made, so that a
	// screen needs no common clock. Zero means there is none.
	TimeoutInMs int64 `json:"timeout_in_ms,omitempty"` // the visit leaves this step by itself
	// from here on the screen shows the warning and "more time"; never under 20 s before TimeoutInMs on
	// steps where a person acts
	WarnInMs   int64 `json:"warn_in_ms,omitempty"`
	RetryInMs  int64 `json:"retry_in_ms,omitempty"`   // ReasonWait, ReasonRest
	GoesOnInMs int64 `json:"goes_on_in_ms,omitempty"` // the page goes on by itself
	HeardInMs  int64 `json:"heard_in_ms,omitempty"`   // Heard is shown for so long
	Extensions int   `json:"extensions"`              // how often "more time" can still be asked for

	LargeText bool `json:"large_text,omitempty"` // the person has asked for larger letters

	// the answer to the last scan; empty: there was none, or the page itself is the answer
	Heard Heard `json:"heard,omitempty"`

	// what does not work at the moment: all of it on idle, a missing scanner where one would scan, a
	// printer without paper where one would print
	Notices []Notice `json:"notices,omitempty"`

	// what the centre has people told, in the language of the page
	Announcement string `json:"announcement,omitempty"` // on idle
	Help         string `json:"help,omitempty"`         // whom to call

	Helping *Helping `json:"helping,omitempty"` // lies over the page; nil: it is not shown

	Idle       *Idle       `json:"idle,omitempty"`
	Pickup     *Pickup     `json:"pickup,omitempty"`
	Courier    *Courier    `json:"courier,omitempty"`
	Commission *Commission `json:"commission,omitempty"`
	Staff      *Staff      `json:"staff,omitempty"`
	Return     *Return     `json:"return,omitempty"`
	Bearer     *Bearer     `json:"bearer,omitempty"`
	Member     *Member     `json:"member,omitempty"`
	Shop       *Shop       `json:"shop,omitempty"`
	Plain      *AtDoor     `json:"plain,omitempty"` // of a kind that has no payload of its own
}

// Names of the texts that a centre may have people told.
const (
	TextNotice = "notice" // View.Announcement
	TextHelp   = "help"   // View.Help
)

// A Notice tells people on the idle page what does not work.
type Notice string

const (
	NoticeSomeDoors    Notice = "some_doors"     // some doors are out of reach; the others work
	NoticeNoScanner    Notice = "no_scanner"     // no scanner: type the PIN
	NoticeNoDeposits   Notice = "no_deposits"    // nothing can be deposited at the moment
	NoticeNoPrinter    Notice = "no_printer"     // courier_receipt: the printer cannot print at the moment
	NoticeCloseTheDoor Notice = "close_the_door" // a door has been left open; Idle.OpenDoor names it
)

// Allows reports whether the view lists the action.
func (v View) Allows(name ActionName) bool {
	for _, a := range v.Actions {
		if a == name {
			return true
		}
	}
	return false
}

// Payloads names the payloads that are there: one, that of the kind.
func (v View) Payloads() (kinds []Kind) {
	for kind, there := range map[Kind]bool{
		KindIdle: v.Idle != nil, KindPickup: v.Pickup != nil, KindCourier: v.Courier != nil,
		KindCommission: v.Commission != nil, KindStaff: v.Staff != nil,
		KindReturn: v.Return != nil, KindBearer: v.Bearer != nil, KindMember: v.Member != nil,
		KindShop: v.Shop != nil,
	} {
		if there {
			kinds = append(kinds, kind)
		}
	}
	if v.Plain != nil {
		kinds = append(kinds, v.Kind)
	}
	slices.Sort(kinds)
	return kinds
}

// At is where the visit stands with its doors, whatever its kind.
func (v View) At() AtDoor {
	switch {
	case v.Pickup != nil:
		return v.Pickup.AtDoor
	case v.Courier != nil:
		return v.Courier.AtDoor
	case v.Commission != nil:
		return AtDoor{Door: v.Commission.Door}
	case v.Staff != nil:
		return v.Staff.AtDoor
	case v.Return != nil:
		return v.Return.AtDoor
	case v.Bearer != nil:
		return v.Bearer.AtDoor
	case v.Member != nil:
		return v.Member.AtDoor
	case v.Shop != nil:
		return v.Shop.AtDoor
	case v.Idle != nil:
		return AtDoor{OpenDoor: v.Idle.OpenDoor}
	case v.Plain != nil:
		return *v.Plain
	}
	return AtDoor{}
}

// Door is the number of the door that the page is about; empty: none.
func (v View) Door() string { return v.At().Door }

// OpenDoor is the number of the door that must be closed first; empty: none.
func (v View) OpenDoor() string { return v.At().OpenDoor }

// LeftOpen is how often somebody was asked to close the door.
func (v View) LeftOpen() int { return v.At().LeftOpen }

// Parcel is the short reference of the parcel that the page is about.
func (v View) Parcel() string {
	return v.OfPickup().Parcel + v.OfCourier().Parcel + v.OfStaff().Parcel + v.OfReturn().About +
		v.OfBearer().Parcel + v.OfShop().About
}

// PINDigits is the longest PIN or number that the pad takes on this page.
func (v View) PINDigits() int {
	typed := 0
	if v.Commission != nil {
		typed = v.Commission.PINDigits
	}
	return max(v.OfPickup().PINDigits, v.OfCourier().PINDigits, v.OfStaff().PINDigits,
		v.OfBearer().PINDigits, typed)
}
