package view

// AtDoor is where somebody stands with doors. It is a part of payloads.
type AtDoor struct {
	Door     string `json:"door,omitempty"`      // number of the door that this step is about
	OpenDoor string `json:"open_door,omitempty"` // number of the door that must be closed first
	// 0 fresh, 1 after 15 s, 2 after 45 s, 3 for 15 s at the end: please close the door
	LeftOpen int `json:"left_open,omitempty"`
}

// Pickup is what the pages of a visit that collects show.
type Pickup struct {
	AtDoor
	// end of the order number, safe for a public screen; never a name
	Parcel    string `json:"parcel,omitempty"`
	Told      *Told  `json:"told,omitempty"`       // pickup_refused: more of the reason
	Shelf     string `json:"shelf,omitempty"`      // at the counter: the place where it lies
	Place     string `json:"place,omitempty"`      // redirected: "counter", or the name of a station
	PINDigits int    `json:"pin_digits,omitempty"` // longest PIN the pad takes on this step

	List  []PickupItem `json:"list,omitempty"`  // pickup_choose: the parcels of the person, the nearest first
	Taken int          `json:"taken,omitempty"` // how many parcels of the list were taken
	Total int          `json:"total,omitempty"` // how many of them can be taken in this visit, or were
	Next  string       `json:"next,omitempty"`  // number of the door that opens when this one has closed
	Case  string       `json:"case,omitempty"`  // number of the case about it
	Print Printing     `json:"print,omitempty"` // what became of its receipt on paper
	// how long the code opens the door once more that has just been emptied, in seconds
	Grace int `json:"grace_s,omitempty"`
}

// A PickupItem is one of several parcels of a person.
type PickupItem struct {
	Value string `json:"value"`          // for ActPick
	Ref   string `json:"ref"`            // as Pickup.Parcel
	Door  string `json:"door,omitempty"` // number of the door it is behind
	Size  string `json:"size,omitempty"` // of that door, as the configuration names it
	Done  bool   `json:"done,omitempty"` // taken
	Why   Reason `json:"why,omitempty"`  // why its door cannot be opened now; empty: it can

	Neighbour bool `json:"neighbour,omitempty"` // it is for somebody who has named this person to collect it
	// the last digits of its recipient's phone are asked for before its door opens
	Second bool `json:"second,omitempty"`
}

// OfPickup is the payload of a visit that collects, and empty for any other.
func (v View) OfPickup() Pickup {
	if v.Pickup == nil {
		return Pickup{}
	}
	return *v.Pickup
}
