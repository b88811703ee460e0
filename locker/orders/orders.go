package orders

import (
	"time"

	"cubby/locker/money"
	"cubby/locker/wall"
)

// Channel is where an order was made.
type Channel string

// The channels.
const (
	Online      Channel = "online"
	InStore     Channel = "store"
	AtKiosk     Channel = "kiosk"
	ByPhone     Channel = "phone"
	Marketplace Channel = "marketplace"
)

// Channels are all of them, in the order in which people are told of them.
var Channels = []Channel{Online, InStore, AtKiosk, ByPhone, Marketplace}

// Contract is what the law calls the way in which an order was made; consumers' rights
// depend on it.
type Contract string

// The kinds of contracts.
const (
	Distance    Contract = "distance"
	OnPremises  Contract = "on_premises"
	OffPremises Contract = "off_premises"
	Automated   Contract = "automated" // at a machine
)

// Contracts are all of them.
var Contracts = []Contract{Distance, OnPremises, OffPremises, Automated}

// TenderKind is what was paid with.
type TenderKind string

// The kinds of tenders.
const (
	Card     TenderKind = "card"
	Cash     TenderKind = "cash"
	GiftCard TenderKind = "gift_card"
	Points   TenderKind = "points" // worth their amount in the order's currency
	Transfer TenderKind = "transfer"
	Invoice  TenderKind = "invoice"
	Other    TenderKind = "other"
)

// TenderKinds are all of them.
var TenderKinds = []TenderKind{Card, Cash, GiftCard, Points, Transfer, Invoice, Other}

// An Order is what a customer has bought. Amounts are minor units of its one currency.
type Order struct {
	ID       string       `json:"id"` // 1 to 64 of A-Z a-z 0-9 . _ : -
	Shop     string       `json:"shop"`
	Currency string       `json:"currency"` // ISO 4217
	Channel  Channel      `json:"channel"`
	Contract Contract     `json:"contract"`
	Country  string       `json:"country,omitempty"` // of the consumer, ISO 3166-1 alpha-2
	Ordered  time.Time    `json:"ordered"`
	Tax      money.Method `json:"tax"`

	Delivered *time.Time `json:"delivered,omitempty"` // the last of it; nil: not known
	Language  string     `json:"language,omitempty"`  // BCP 47 tag
	Shipping  Shipping   `json:"shipping,omitzero"`
	Informed  *bool      `json:"informed,omitempty"` // was told of the right to withdraw; nil: yes
	Lines     []Line     `json:"lines"`
	Tenders   []Tender   `json:"tenders"`
	Cancelled bool       `json:"cancelled,omitempty"`

	GiftReceipt string `json:"gift_receipt,omitempty"` // the code on the gift receipt
	Receipt     string `json:"receipt,omitempty"`      // the barcode on the receipt

	Put time.Time `json:"accepted"` // when the centre told it first
	Rev int64     `json:"rev"`      // grows with every change; the ETag

	Customer `json:"-"`

	priced *prices // see Priced
}

// A Customer is what is known of whoever has bought. It lies in a row of its own.
type Customer struct {
	CustomerRef  string `json:"customer_ref,omitempty"` // the centre's own, no name
	PostcodeHash string `json:"postcode_hash,omitempty"`
	PhoneHash    string `json:"phone_hash,omitempty"` // of the last four digits
}

// Shipping is what sending the order cost. Amounts have their tax in them.
type Shipping struct {
	Standard int64 `json:"standard"` // what the cheapest way offered cost; bears a withdrawal's refund
	Paid     int64 `json:"paid"`     // what was paid
}

// A Line is a number of equal things of an order.
type Line struct {
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	GTIN     string `json:"gtin,omitempty"`
	Title    string `json:"title"`
	Supplier string `json:"supplier,omitempty"`
	Category string `json:"category,omitempty"`
	Class    string `json:"class,omitempty"` // what the shop's rules call it

	Quantity  int        `json:"quantity"`
	UnitPrice int64      `json:"unit_price"`         // with its tax when the order's prices have it in them
	Discount  int64      `json:"discount,omitempty"` // off the whole line, like the price; distributed already
	TaxRate   money.Rate `json:"tax_rate,omitempty"` // millionths

	Serials         []string   `json:"serials,omitempty"`
	ReturnableUntil *time.Time `json:"returnable_until,omitempty"`
	FinalSale       bool       `json:"final_sale,omitempty"`
	Bundle          string     `json:"bundle,omitempty"`       // lines with the same one were sold together
	BundleWhole     bool       `json:"bundle_whole,omitempty"` // the bundle comes back whole or not at all
	Gift            bool       `json:"gift,omitempty"`         // bought to be given away
	Free            bool       `json:"free,omitempty"`         // came free with the line Of
	Of              string     `json:"of,omitempty"`
	NoReturnTicked  bool       `json:"no_return_ticked,omitempty"` // the buyer has agreed to no return

	WeightG    int              `json:"weight_g,omitempty"` // of one
	Dimensions *wall.Dimensions `json:"dimensions_mm,omitempty"`
	Delivered  *time.Time       `json:"delivered,omitempty"` // goes before the order's

	ReturnedElsewhere int    `json:"returned_elsewhere,omitempty"` // so far, as the centre tells
	Lease             *Lease `json:"lease,omitempty"`
}

// A Lease makes one site the only one that takes a line back while the centre cannot be
// asked.
type Lease struct {
	Site  string    `json:"site"`
	Until time.Time `json:"until"`
}

// A Tender is what was paid with once.
type Tender struct {
	ID        string     `json:"id"`
	Kind      TenderKind `json:"kind"`
	Amount    int64      `json:"amount"`
	Reference string     `json:"reference,omitempty"` // the payment provider's

	RefundedElsewhere int64 `json:"refunded_elsewhere,omitempty"`
	Closed            bool  `json:"closed,omitempty"` // takes no money back
}

// Line finds a line by its id.
func (o Order) Line(id string) (Line, bool) {
	for _, l := range o.Lines {
		if l.ID == id {
			return l, true
		}
	}
	return Line{}, false
}

// DeliveredAt is when a line was delivered, as far as that is known; nil: not known.
func (o Order) DeliveredAt(line string) *time.Time {
	if l, ok := o.Line(line); ok && l.Delivered != nil {
		return l.Delivered
	}
	return o.Delivered
}

// ContractOf is what an order of a channel is when nothing else is said.
func ContractOf(c Channel) Contract {
	switch c {
	case InStore:
		return OnPremises
	case AtKiosk:
		return Automated
	}
	return Distance
}
