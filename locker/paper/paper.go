// Package paper holds what is printed for returns, as plain values: a receipt for the
// customer, a label for a bag, a manifest for a tote. The rules fill them in, and whoever
// prints lays them out in their language.
package paper

import "time"

// A Document is one of the three; the others are nil.
type Document struct {
	Receipt  *Receipt  `json:"receipt,omitempty"`
	Label    *Label    `json:"label,omitempty"`
	Manifest *Manifest `json:"manifest,omitempty"`
}

// Title names the document for staff, without anything personal.
func (d Document) Title() string {
	switch {
	case d.Receipt != nil:
		return "return receipt of " + d.Receipt.Case
	case d.Label != nil:
		return "label of " + d.Label.Bag
	case d.Manifest != nil:
		return "manifest of " + d.Manifest.Tote
	}
	return "nothing"
}

// OnLabels reports whether it is printed by the label printer.
func (d Document) OnLabels() bool { return d.Label != nil }

// A Receipt says what came back and what money follows. It opens nothing.
type Receipt struct {
	Language string // of the customer, BCP 47; empty: the station's first
	Shop     string
	Case     string // R-XXXX-XXXX
	Order    string // the last characters of its number; empty: unverified
	Date     time.Time

	Lines    []Line
	Fee      int64 // taken off already
	Shipping int64 // what sending had cost and comes back
	Total    int64 // lines less fee, with shipping
	Currency string
	Tenders  []Tender // add up to Total; empty: not decided yet
	Taxes    []Tax    // in the amounts of the lines less the fee, by rate; add up to them

	Bags []Bag
	// When the money comes: one of view.ReturnWhens.
	When string
	Way  string // original, gift_card, points, exchange
	// Conditional: the shop has to agree still.
	Conditional bool
	Home        bool   // it is collected from the customer
	Swap        string // what the customer gets for it
}

// A Line is one item that came back.
type Line struct {
	Title    string
	Quantity int
	Amount   int64 // what it gives back, before the fee; zero: not decided
	Keep     bool  // the customer keeps it
}

// A Tender is what comes back the way it was paid: card, cash, gift_card, points,
// transfer, invoice, other.
type Tender struct {
	Kind   string
	Amount int64
}

// A Tax is what is in the amounts of one rate.
type Tax struct {
	Rate  int64 // millionths
	Gross int64
	Tax   int64
}

// Net is what is left of the amounts without the tax.
func (t Tax) Net() int64 { return t.Gross - t.Tax }

// A Bag is what was laid behind one door, or handed over.
type Bag struct {
	Code string
	Door string // empty: at the counter
}

// A Label goes on a bag.
type Label struct {
	Language string
	Bag      string // its code
	Case     string
	Shop     string
	Date     time.Time
	Contents []Line
	Goes     string // where to: a word of the dispositions, or empty
}

// A Manifest says what is in a tote, for the courier and whoever opens it.
type Manifest struct {
	Language string
	Tote     string
	Shop     string
	To       string // where it goes: a word of the dispositions, or empty
	Date     time.Time
	By       string // the name of who has closed it
	Contents []Packed
}

// Packed is one thing in a tote.
type Packed struct {
	Bag      string // bag code
	Case     string
	Title    string
	Quantity int
}
