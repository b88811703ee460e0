package shop

import (
	"crypto/ed25519"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/shop/catalogue"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
	"cubby/locker/visit"
)

// A Catalogue is what the shop offers, as the station has it now. Its answers are values:
// what is decided by them is kept with the decision.
type Catalogue interface {
	// Product is the product that a variant is of.
	Product(sku string) (catalogue.Product, bool)
	// WithGTIN is the variant with an article number of 14 digits.
	WithGTIN(gtin string) (sku string, ok bool)
	// Categories are those below another, in their order; empty: at the top.
	Categories(parent string) []Part
	// Category is one of them, and those that it is below, itself first.
	Category(id string) (c catalogue.Category, path []string, ok bool)
	// Search finds products by a text, a category or both: the SKUs of their first variants.
	Search(q Query) (skus []string, found int)
}

// A Part is a category with what is in it, those below it too.
type Part struct {
	catalogue.Category
	Products int
	Picture  string // hash of the picture of one of them
}

// A Query is what is looked for.
type Query struct {
	Text, Category, Language string
	From, Count              int
}

// Settings are what the operator decides of the shop.
type Settings struct {
	Open      bool
	Station   string // its id, to which coupons may be bound
	Shop      string // whose orders these are
	Country   string // of the consumer, where nothing else is known
	Catalogue Catalogue
	// Keys are those of the centre, by their ids, by which it signs coupons; nil: none.
	Keys func(id []byte) ed25519.PublicKey
	// Prices is the snapshot by which is sold now; nil: there is none.
	Prices func() *price.Snapshot

	Tenders     []payment.Tender                 // by which can be paid, the first is offered first
	Away        func(payment.Tender) bool        // its provider cannot be reached now; nil: all can
	PayFor      map[payment.Tender]time.Duration // a customer may take so long to pay
	PickupHours int                              // it is kept so long for whoever has bought it
	Pick        time.Duration                    // staff need so long to fetch it
	Hours       calendar.Hours                   // in which staff are there
	Counter     bool                             // it can be had there
	Kerbside    bool
	Later       bool // staff put it behind a door
	Home        time.Duration
	HomeWindow  time.Duration // 0: nothing is sent
	Others      []Other       // stations to which it can be brought
	Transfer    time.Duration // that takes so long
}

// Other is a station to which what was bought can be brought.
type Other struct{ Station, Name string }

// SettingsOf are those that hold now.
func SettingsOf(env visit.Env) Settings {
	s, _ := env.Policy.Rooms["shop"].(Settings)
	return s
}

// prices is the snapshot that holds now; nil: nothing has a price.
func (s Settings) prices(now time.Time) *price.Snapshot {
	if s.Prices == nil {
		return nil
	}
	p := s.Prices()
	if p == nil || now.After(p.Until) {
		return nil
	}
	return p
}

// Lengths of pages, and bounds of a cart.
const (
	perPage   = 8
	mostLines = 30 // at a kiosk
	mostUnits = 99 // of a line
)

func (s Settings) keys(id []byte) ed25519.PublicKey {
	if s.Keys == nil {
		return nil
	}
	return s.Keys(id)
}
