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
	Parcel    string `json:"parcel,omitempty"`     // end of the order number, safe for a public screen; never a name
	PINDigits int    `json:"pin_digits,omitempty"` // longest PIN the pad takes on this step
}
