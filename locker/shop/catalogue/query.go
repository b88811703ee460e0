package catalogue

import "time"

// A Version is one catalogue that was imported.
type Version struct {
	Number     int64     `json:"number"` // one more with every import here; 0: there is none
	Hash       string    `json:"hash"`   // SHA-256 of what Write writes of it, in hexadecimal
	Imported   time.Time `json:"imported"`
	Categories int       `json:"categories"`
	Products   int       `json:"products"`
	SKUs       int       `json:"skus"`
	Languages  []string  `json:"languages"`
}

// Bounds of what is asked.
const (
	MaxQuery = 100 // characters that are searched for
	MaxPage  = 100 // products of a page
	MaxTotal = 1_000
)

// A Query asks for a page of products.
type Query struct {
	Text       string              // as it is typed; empty: all, in the order of the catalogue
	Category   string              // id; with all below it
	Attributes map[string][]string // of each, one of these values
	// Keep says whether an SKU is to be shown, by stock or price for example; nil: all.
	Keep   func(sku string) bool
	Offset int // products before the page
	Limit  int // products of the page: 1 to MaxPage
}

// A Page is what was found.
type Page struct {
	Products []Product
	Total    int // that were found, MaxTotal at most
}

// A Facet is an attribute or option of what was found, the commonest value first.
type Facet struct {
	Attribute string       `json:"attribute"`
	Values    []FacetValue `json:"values"`
}

// A FacetValue says how many products have a value.
type FacetValue struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// A Counted category says how many products are in it and below.
type Counted struct {
	Category
	Count int `json:"count"`
}

// A Wrong is what a sink says of a product that it cannot keep, such as a picture that is
// not there. The reader notes it as a mistake with its place, and reads on.
type Wrong struct {
	Member []string // path of the member: "pictures", "0"
	What   string
}

func (w *Wrong) Error() string { return w.What }

// States of an import.
const (
	Importing = "importing"
	Imported  = "imported" // or checked, where nothing more was asked
	Refused   = "refused"  // the catalogue is wrong; the old one stays
	Failed    = "failed"   // a fault here; the old one stays
)

// An Import is the last one that was begun since the start.
type Import struct {
	State    string     `json:"state"`
	Check    bool       `json:"check"` // nothing was to be replaced
	Began    time.Time  `json:"began"`
	Ended    *time.Time `json:"ended,omitempty"`
	Mistakes int        `json:"mistakes,omitempty"` // that were found
	First    []Mistake  `json:"first,omitempty"`    // of them
	Detail   string     `json:"detail,omitempty"`   // why it failed
}
