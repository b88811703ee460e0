package visit

import (
	"encoding/json"
	"strings"
	"time"

	"cubby/locker/view"
)

// Kind is what a person has come for.
type Kind string

const Arrived Kind = "" // somebody touched the idle page, nothing more

// Somebody is the actor of a visit before anything is known of the person.
const Somebody = "somebody"

// A Visit is one person in front of a terminal. There is at most one at a time at
// each; screens only show it.
type Visit struct {
	ID       string      `json:"id"`
	Terminal string      `json:"terminal,omitempty"` // empty: the kiosk
	Kind     Kind        `json:"kind"`
	Actor    string      `json:"actor"` // "somebody", "bearer", "courier:ID", "staff:ID"
	Step     view.Step   `json:"step"`
	Reason   view.Reason `json:"reason,omitempty"`
	Language string      `json:"language,omitempty"` // empty: the station's first

	Parcel      string      `json:"parcel,omitempty"`
	Compartment string      `json:"compartment,omitempty"`
	Opening     string      `json:"opening,omitempty"`
	OpenDoor    string      `json:"open_door,omitempty"` // the door that must be closed first
	Retake      view.Reason `json:"retake,omitempty"`    // why the parcel must come out again
	Excluded    []string    `json:"excluded,omitempty"`  // compartments already tried for this parcel
	Above       int64       `json:"above,omitempty"`     // the next compartment must be larger than this, mm³

	Count    int    `json:"count,omitempty"`     // parcels deposited
	Last     string `json:"last,omitempty"`      // the parcel deposited last; may be undone
	LastDoor string `json:"last_door,omitempty"` // where it is

	Slow  bool `json:"slow,omitempty"`  // pages wait longer for this person
	Large bool `json:"large,omitempty"` // and have larger text
	// Reach: "needs" or "prefers" a door within reach of everybody; empty: nobody has said so
	Reach string `json:"reach,omitempty"`

	Reopened bool `json:"reopened,omitempty"` // the one look back has been had

	Print    view.Printing `json:"print,omitempty"`     // how printing the receipt goes
	PrintJob string        `json:"print_job,omitempty"` // which job that is
	// the parcel whose receipt was printed last: another one is a copy
	Printed string `json:"printed,omitempty"`

	Picture string `json:"picture,omitempty"` // that the camera was asked for on this page
	Camera  string `json:"camera,omitempty"`  // how that went: "taken", "failed"

	// Data is what the room of its kind keeps with it; see DataOf and Turn.Keep.
	Data json.RawMessage `json:"data,omitempty"`

	Told view.Told `json:"told,omitzero"` // more of the reason why nothing opens

	Helping bool `json:"helping,omitempty"` // the help lies over the page

	Refusals  int       `json:"refusals,omitempty"` // told in this visit
	RefusedAt time.Time `json:"refused_at,omitzero"`

	Started    time.Time `json:"started"`
	TimeoutAt  time.Time `json:"timeout_at,omitzero"`
	WarnAt     time.Time `json:"warn_at,omitzero"`
	RetryAt    time.Time `json:"retry_at,omitzero"`
	GoesOnAt   time.Time `json:"goes_on_at,omitzero"` // the room of the page goes on by itself then
	OpenSince  time.Time `json:"open_since,omitzero"`
	LeftOpen   int       `json:"left_open,omitempty"`
	Extensions int       `json:"extensions,omitempty"` // used on this step
}

// DataOf reads what a room keeps with a visit; the zero value when that is nothing.
func DataOf[D any](v Visit) (data D) {
	if len(v.Data) > 0 && json.Unmarshal(v.Data, &data) != nil {
		var none D
		return none // of another program: the visit goes on without it
	}
	return data
}

// Keep has the visit keep this for its room. data must be made of what encoding/json
// can write.
func (t *Turn) Keep(data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic("visit: " + err.Error())
	}
	t.Visit.Data = b
}

// DataAs reads what was kept with a visit under a name; the zero value when that is nothing.
func DataAs[D any](v Visit, name string) (data D) {
	if part := DataOf[map[string]json.RawMessage](v)[name]; len(part) > 0 && json.Unmarshal(part, &data) != nil {
		var none D
		return none
	}
	return data
}

// KeepAs has the visit keep this under a name, beside what it keeps under others.
func (t *Turn) KeepAs(name string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic("visit: " + err.Error())
	}
	all := DataOf[map[string]json.RawMessage](t.Visit)
	if all == nil {
		all = map[string]json.RawMessage{}
	}
	all[name] = b
	t.Keep(all)
}

// warnBefore is how long before a time-out the screen warns. EN 301 549 asks
// for 20 seconds at least.
const warnBefore = 20 * time.Second

// Policy is what the operator decides.
type Policy struct {
	PickupHours   int      // hours from deposit to expiry
	RecipientDays int      // recipients are kept so long after the end of their parcels; 0: not at all
	Shops         []string // whose orders are taken; empty: of all
	OrderDays     int      // orders are kept so long after their last delivery; 0: for ever
	FreePINTries  int      // wrong PINs before waits begin
	// wrong PINs of one kind that a minute takes; 0: as many as the waits let through
	PINsInMinute   int
	PageTimeout    time.Duration // a page waits this long for a person
	CourierTimeout time.Duration // the same for an identified courier between parcels
	StaffTimeout   time.Duration // the same for somebody of the staff at a kiosk, who is signed out then
	DeskTimeout    time.Duration // the same at a desk
	// an open door ends its visit after this long, and not before the third reminder was shown
	DoorTimeout    time.Duration
	Thanks         time.Duration // the last page of a visit
	MaxExtensions  int           // how often "more time" works on one page
	CourierReceipt bool          // a courier may ask for the code of the parcel just deposited
	Languages      []string      // offered tags, the station's own first
	// AccessibleKeptFree is how many free doors within reach of everybody are left to
	// deposits for those who need or prefer one.
	AccessibleKeptFree int
	Desks              []string // the terminals that are desks, by name
	Number, Phone      string   // the station's id, and the operator's telephone number, as help tells them
	CallsStaff         bool     // customers may call staff to a screen
	// Rooms are the settings that rooms read by their own names.
	Rooms map[string]any
}

// Speaks is the offered language that is nearest to a tag; empty: none is.
func (p Policy) Speaks(tag string) string {
	first, _, _ := strings.Cut(strings.ToLower(tag), "-")
	near := ""
	for _, one := range p.Languages {
		own, _, _ := strings.Cut(strings.ToLower(one), "-")
		switch {
		case strings.EqualFold(one, tag):
			return one
		case near == "" && own == first && tag != "":
			near = one
		}
	}
	return near
}

// A scanner can be shown a wrong code many times a second, and every fact is
// kept for ever: the first refusals of a visit are told each, then one in a while.
const (
	RefusalsTold  = 3
	refusalsEvery = 10 * time.Second
)

// leftOpenStages are the first two reminders to close a door; the third comes
// lastCall before Policy.DoorTimeout, and is shown for so long at least.
var leftOpenStages = [...]time.Duration{15 * time.Second, 45 * time.Second}

// LastCall is how long the last reminder is shown at least.
const LastCall = 15 * time.Second

// TellLeft is how long the page about a door that is left open stays at least:
// it has to be read, and can be taken back meanwhile.
const TellLeft = 15 * time.Second
