package view

import "time"

// The pages by which the bearer of a code does something else than collect.
const (
	StepBearerEnter  Step = "bearer_enter"  // show a code, or type the PIN: no door opens by it here
	StepBearerList   Step = "bearer_list"   // several parcels: Parcels to pick
	StepBearerParcel Step = "bearer_parcel" // one parcel: Chosen, and what can be done with it
	// a code for somebody else who is to collect it: Code, PIN, Chosen
	StepBearerDelegate Step = "bearer_delegate"
	StepBearerExtend   Step = "bearer_extend" // more time: MoreTime, or NoTime says why there is none
	// where else it can be collected: Places to pick
	StepBearerElsewhere Step = "bearer_elsewhere"
	StepBearerMove      Step = "bearer_move"  // is it meant? To is the place
	StepBearerMoved     Step = "bearer_moved" // To is where it goes, and what happens next
)

// What people do on these pages. A parcel is picked with ActPick; Value is its Value.
const (
	ActStartBearer ActionName = "start_bearer" // idle -> bearer_enter: my parcel
	ActOpenDoor    ActionName = "open_door"    // bearer_parcel: open its door now
	ActDelegate    ActionName = "delegate"     // bearer_parcel -> bearer_delegate: somebody else collects it
	ActAskTime     ActionName = "ask_time"     // bearer_parcel -> bearer_extend: more time to collect it
	ActElsewhere   ActionName = "elsewhere"    // bearer_parcel -> bearer_elsewhere: collect it at another place
	ActNoDelegate  ActionName = "no_delegate"  // bearer_parcel: nobody else collects it any more
)

// Bearer is what the pages of the bearer of a code show. Nothing in it says who that is.
type Bearer struct {
	AtDoor
	Parcel    string         `json:"parcel,omitempty"`     // of the one that the page is about, as Ref
	PINDigits int            `json:"pin_digits,omitempty"` // longest PIN the pad takes on this step
	Parcels   []BearerParcel `json:"parcels,omitempty"`    // bearer_list
	Chosen    *BearerParcel  `json:"chosen,omitempty"`     // the one that the page is about
	Code      string         `json:"code,omitempty"`       // bearer_delegate: what the QR code says
	PIN       string         `json:"pin,omitempty"`        // bearer_delegate: the PIN, shown 4+4
	MoreTime  *BearerTime    `json:"more_time,omitempty"`  // bearer_extend: what is offered
	// bearer_extend: why no time is offered, as the endpoint's problems name it: door-needed and others
	NoTime string        `json:"no_time,omitempty"`
	Places []BearerPlace `json:"places,omitempty"` // bearer_elsewhere: where it can go
	To     *BearerPlace  `json:"to,omitempty"`     // bearer_move, bearer_moved: where it goes
}

// A BearerPlace is somewhere else to collect a parcel.
type BearerPlace struct {
	Value   string `json:"value"`             // for ActPick
	Name    string `json:"name,omitempty"`    // what people call it; empty: the counter here
	Counter bool   `json:"counter,omitempty"` // it is the counter here, where its code stays good
}

// ReasonMoreTime: bearer_parcel says that its time was made longer.
const ReasonMoreTime Reason = "more_time"

// A BearerTime is more time to collect a parcel.
type BearerTime struct {
	Until time.Time `json:"until"` // then
	Hours int       `json:"hours"` // open ones
	Price *Money    `json:"price,omitempty"`
}

// A BearerParcel is one parcel, as its bearer may know it.
type BearerParcel struct {
	Value    string     `json:"value"`              // for ActPick
	Ref      string     `json:"ref"`                // end of the order number, safe for a public screen
	State    string     `json:"state"`              // custody state; its sentence is bearer.state.STATE
	Door     string     `json:"door,omitempty"`     // where it is
	Size     string     `json:"size,omitempty"`     // of that door, as the configuration names it
	Deadline *time.Time `json:"deadline,omitempty"` // when its time ends
	Paused   string     `json:"paused,omitempty"`   // why its clock stands still; see parcel.clock_paused
	Held     bool       `json:"held,omitempty"`     // it may not be collected for now
	// expired: until when its code is good still; absent: it is not
	RescueUntil *time.Time   `json:"rescue_until,omitempty"`
	Leaving     string       `json:"leaving,omitempty"`  // "redirected", "recalled": it is to leave its door
	To          *BearerPlace `json:"to,omitempty"`       // redirected: where it goes
	Delegate    bool         `json:"delegate,omitempty"` // somebody else may collect it as well
	// until when they may, if that is before Deadline
	DelegateUntil *time.Time `json:"delegate_until,omitempty"`
}

// OfBearer is the payload of the bearer's pages, and empty for any other.
func (v View) OfBearer() Bearer {
	if v.Bearer == nil {
		return Bearer{}
	}
	return *v.Bearer
}
