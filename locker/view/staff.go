package view

import "time"

// The pages of somebody of the staff. On those from StepStaffMenu on the payload
// names who is signed in.
const (
	StepStaffEnter   Step = "staff_enter"   // show the badge, or type the PIN
	StepStaffRefused Step = "staff_refused" // ReasonNotValid or ReasonWait

	StepStaffMenu  Step = "staff_menu"  // Items are the places to go to
	StepStaffQueue Step = "staff_queue" // what needs somebody now, the worst first: Items
	// parcels that are to leave their doors, and the counter: Items
	StepStaffLeaving Step = "staff_leaving"
	StepStaffShelf   Step = "staff_shelf" // where a parcel is put at the counter: Items are the free places

	StepStaffWall   Step = "staff_wall"   // every door, live: Doors
	StepStaffDoor   Step = "staff_door"   // one door: Facts, Ops
	StepStaffFind   Step = "staff_find"   // scan or type a label, an order, an id, or the last four of one
	StepStaffFound  Step = "staff_found"  // what was found: Items
	StepStaffParcel Step = "staff_parcel" // one parcel: Facts, Ops
	// what is kept of a customer: Facts, and Items to be withdrawn; the look is in the log
	StepStaffMember   Step = "staff_member"
	StepStaffCase     Step = "staff_case"     // one case: Facts, Ops
	StepStaffCustomer Step = "staff_customer" // what is known of its recipient: Facts; the look is in the log
	StepStaffStory    Step = "staff_story"    // of the door or of the parcel: Story, the oldest first
	StepStaffDevices  Step = "staff_devices"  // Items, what does not work first
	StepStaffDevice   Step = "staff_device"   // one device: Facts
	StepStaffCouriers Step = "staff_couriers" // Items
	StepStaffAccounts Step = "staff_accounts" // Items
	StepStaffPerson   Step = "staff_person"   // one courier or account: Facts, Ops
	StepStaffNew      Step = "staff_new"      // type the name of a courier or an account
	StepStaffRole     Step = "staff_role"     // choose the role of a new account: Items
	StepStaffSecret   Step = "staff_secret"   // badge and PIN that were just made, shown once
	StepStaffCounter  Step = "staff_counter"  // show or type the code of a parcel at the counter
	StepStaffPractice Step = "staff_practice" // the terminal practises

	StepStaffReason  Step = "staff_reason"  // why: Items are the usual reasons; "other" leads to the next
	StepStaffWhy     Step = "staff_why"     // type the reason
	StepStaffSecond  Step = "staff_second"  // a second person shows a badge, or types a PIN
	StepStaffConfirm Step = "staff_confirm" // is it meant? Facts say what it is about
	StepStaffOpening Step = "staff_opening" // the door has been told to open
	StepStaffOpen    Step = "staff_open"    // look inside, then close it
	StepStaffNoOpen  Step = "staff_no_open" // it did not open, or nobody can say; Reason as on no_open
	StepStaffLooked  Step = "staff_looked"  // closed again: what was behind it? Ops are the answers
)

// Reasons of pages of the staff.
const (
	ReasonAtCounter  Reason = "at_counter"  // pickup_refused: the code is right, the parcel is at the counter
	ReasonSamePerson Reason = "same_person" // staff_second: it has to be somebody else
	ReasonMayNot     Reason = "may_not"     // staff_second: that role is no second person
	ReasonNoCode     Reason = "no_code"     // staff_counter: not the code of a parcel at the counter
	ReasonRefused    Reason = "refused"     // the rules refused; Staff.Said says why
)

// What staff do on a page.
const (
	ActStartStaff ActionName = "start_staff" // idle and courier_enter -> staff_enter
	ActLeave      ActionName = "leave"       // sign out, on every page of somebody who is signed in
	ActPick       ActionName = "pick"        // Value is that of an item, or the number of a door on the wall
	ActOp         ActionName = "op"          // Value is one of Staff.Ops
	ActType       ActionName = "type"        // Value is the query of a form: text=...
	ActYes        ActionName = "yes"         // staff_confirm: it is meant
)

// Operations, as Staff.Ops and Staff.Doing name them.
const (
	OpOpen         = "open"            // the door, to look inside; an occupied one with a second person
	OpRestore      = "restore"         // the door is empty and sound: back in use
	OpOutOfService = "out_of_service"  // take the door out of use
	OpEndAlarm     = "end_alarm"       // of a door that was forced
	OpToCounter    = "to_counter"      // the parcel has been taken out and is at the counter
	OpStillThere   = "still_there"     // somebody has looked: the parcel is behind its door
	OpGiveAway     = "give_away"       // the parcel has gone where it is meant to: to a carrier, a station
	OpShelve       = "shelve"          // the parcel is put on a place of the shelf at the counter
	OpLeavingNext  = "leaving_next"    // staff_leaving: open the next door, with a second person
	OpWriteOff     = "write_off"       // the parcel is gone
	OpHandOver     = "hand_over"       // the parcel at the counter: to the page for its code
	OpHandKnown    = "hand_over_known" // the same without a code, with a reason
	OpNewCode      = "new_code"        // the parcel gets another code, and the one it has ends
	OpHold         = "hold"            // the parcel's code opens nothing until it is released
	OpRelease      = "release"
	OpCloseCase    = "close_case"   // with a reason, which is its note
	OpNothing      = "nothing"      // staff_looked: nothing to say
	OpStory        = "story"        // go to the story
	OpParcel       = "parcel"       // go to the parcel behind the door
	OpDoor         = "door"         // go to the door of the parcel
	OpRecord       = "record"       // go to the record of the recipient
	OpEraseRecord  = "erase_record" // as the customer asks for
	OpCustomer     = "customer"     // go to what is known of the recipient
	OpAdd          = "add"          // a courier or an account
	OpRemove       = "remove"       // a courier or an account
	OpPractise     = "practise"
)

// Staff is what the pages of the staff show. Nothing in it is personal data of a
// customer but Facts of staff_customer.
type Staff struct {
	AtDoor
	Name      string `json:"name,omitempty"` // of who is signed in
	Role      string `json:"role,omitempty"`
	PINDigits int    `json:"pin_digits,omitempty"` // longest PIN the pad takes
	Parcel    string `json:"parcel,omitempty"`     // id of the parcel that the page is about
	Practice  bool   `json:"practice,omitempty"`   // a made-up wall: to be marked on every page

	Loading bool `json:"loading,omitempty"` // what follows is being read still
	// reason, why, second, confirm: the operation; new, person, story: of what
	Doing string      `json:"doing,omitempty"`
	Ops   []string    `json:"ops,omitempty"`  // operations offered, the likeliest first
	Said  *Message    `json:"said,omitempty"` // how the last operation ended, or why it was refused
	Items []StaffItem `json:"items,omitempty"`
	Facts []StaffFact `json:"facts,omitempty"`
	Story []StoryLine `json:"story,omitempty"`
	Doors []StaffDoor `json:"doors,omitempty"`

	Line *Message `json:"line,omitempty"` // staff_menu: what the centre has seen; nil: there is none

	Charts []Chart `json:"charts,omitempty"` // staff_return_figures

	Badge string `json:"badge,omitempty"` // staff_secret: what the badge's QR code says
	PIN   string `json:"pin,omitempty"`   // staff_secret
}

// A StaffItem is a line that can be picked. Its sentences are those of the screen,
// by name; a screen that does not know one shows its text.
type StaffItem struct {
	Value string `json:"value"`
	// what it is about, for its drawing: "forced", "expired", "courier", a place of the menu ...
	Kind   string     `json:"kind"`
	Title  Message    `json:"title"`
	Detail *Message   `json:"detail,omitempty"`
	At     *time.Time `json:"at,omitempty"`    // since when
	Harm   string     `json:"harm,omitempty"`  // "", "notice", "warning", "alarm"
	Count  int        `json:"count,omitempty"` // menu: how many wait there
}

// A StaffFact is one thing that is known: its name, and its value.
type StaffFact struct {
	Name  string     `json:"name"` // of the message staff.fact.NAME
	Value *Message   `json:"value,omitempty"`
	At    *time.Time `json:"at,omitempty"` // a time instead, or beside it
}

// A StoryLine is one sentence of a story: a fact, told with who did it and why.
type StoryLine struct {
	At   time.Time         `json:"at"`
	What string            `json:"what"` // type of the fact: its sentence is story.WHAT
	Who  string            `json:"who,omitempty"`
	Data map[string]string `json:"data,omitempty"` // fills the gaps of the sentence
}

// A StaffDoor is how one door is doing: its four facts, and the worst that can be
// said of it.
type StaffDoor struct {
	Number     string `json:"number"`
	Kind       string `json:"kind"`       // one of DoorKinds
	Door       string `json:"door"`       // closed, open, unknown
	Lock       string `json:"lock"`       // idle, pulsing, fired, jammed, unreachable
	Allocation string `json:"allocation"` // free, reserved, occupied, for_sale, quarantine ...
	Contents   string `json:"contents"`   // empty, present, unknown
}

// DoorKinds are what is said of a door on the wall, the most urgent first.
var DoorKinds = []string{
	"forced", "to_check", "stuck", "ajar", "quarantine", "expired", "leaving", "unreachable", "open",
	"out_of_service", "unknown", "reserved", "occupied", "free",
}

// OfStaff is the payload of a visit of the staff, and empty for any other.
func (v View) OfStaff() Staff {
	if v.Staff == nil {
		return Staff{}
	}
	return *v.Staff
}
