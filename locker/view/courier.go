package view

// Courier is what the pages of a visit that deposits show.
type Courier struct {
	AtDoor
	Parcel    string `json:"parcel,omitempty"`     // the label, short and safe for a public screen; never a name
	PINDigits int    `json:"pin_digits,omitempty"` // longest PIN the pad takes on this step

	Unannounced bool `json:"unannounced,omitempty"` // nobody has announced the parcel; it is taken all the same

	Shelf string `json:"shelf,omitempty"` // courier_shelf: the place at the counter that is offered
	Place string `json:"place,omitempty"` // courier_elsewhere: the station where the parcel belongs
	// courier_ready: the place at the counter on which the parcel just taken in lies
	LastShelf string `json:"last_shelf,omitempty"`

	Count  int    `json:"count,omitempty"`   // parcels deposited in this visit
	Last   string `json:"last,omitempty"`    // courier_ready: short reference of the parcel just stored
	LastAt string `json:"last_at,omitempty"` // courier_ready: the door it is behind

	Code string `json:"code,omitempty"` // courier_receipt only: what the QR code says
	PIN  string `json:"pin,omitempty"`  // courier_receipt only: the PIN, shown 4+4
	// courier_receipt only: how printing it goes; empty: nobody has asked
	Print Printing `json:"print,omitempty"`
}

// Printing is how printing a receipt goes. A word that is not listed here must
// be drawn as none by a screen that is older than its core.
type Printing string

// What becomes of a receipt.
const (
	PrintBusy   Printing = "printing"    // sent, or waiting for paper
	PrintDone   Printing = "printed"     // take it
	PrintFailed Printing = "not_printed" // it did not come out, or nobody can say
)

// OfCourier is the payload of a visit that deposits, and empty for any other.
func (v View) OfCourier() Courier {
	if v.Courier == nil {
		return Courier{}
	}
	return *v.Courier
}
