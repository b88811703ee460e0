package orders

import (
	"encoding/json"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/money/format"
	"cubby/locker/orders"
	"cubby/locker/plain"
	"cubby/locker/wall"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// body is an order as the centre puts it. Values are bounded by the rules of orders.
type body struct {
	Shop     string       `json:"shop"     check:"required"`
	Currency string       `json:"currency" check:"required"`
	Channel  string       `json:"channel"  check:"required"`
	Contract string       `json:"contract"`
	Country  string       `json:"country"`
	Ordered  time.Time    `json:"ordered"  check:"required"`
	Tax      taxBody      `json:"tax"`
	Shipping shippingBody `json:"shipping"`

	Delivered   *time.Time   `json:"delivered"`
	Language    string       `json:"language"`
	Informed    *bool        `json:"informed"`
	Lines       []lineBody   `json:"lines"        check:"required,most=1000"`
	Tenders     []tenderBody `json:"tenders"      check:"most=100"`
	GiftReceipt string       `json:"gift_receipt"`
	Receipt     string       `json:"receipt"`
	CustomerRef string       `json:"customer_ref"`
	Postcode    string       `json:"postcode"     check:"text=1..20"` // kept as a hash
	Phone       string       `json:"phone"`                           // kept as a hash of its last digits
}

type taxBody struct {
	Per       string `json:"per"`
	Rounding  string `json:"rounding"`
	Inclusive *bool  `json:"inclusive"`
}

type shippingBody struct {
	Standard int64 `json:"standard"`
	Paid     int64 `json:"paid"`
}

type lineBody struct {
	ID       string `json:"id"       check:"required"`
	SKU      string `json:"sku"      check:"required"`
	GTIN     string `json:"gtin"`
	Title    string `json:"title"    check:"required"`
	Supplier string `json:"supplier"`
	Category string `json:"category"`
	Class    string `json:"class"`

	Quantity  int   `json:"quantity"   check:"required"`
	UnitPrice int64 `json:"unit_price" check:"required"`
	Discount  int64 `json:"discount"`
	TaxRate   int64 `json:"tax_rate"`

	Serials         []string   `json:"serials"          check:"most=1000"`
	ReturnableUntil *time.Time `json:"returnable_until"`
	FinalSale       bool       `json:"final_sale"`
	Bundle          string     `json:"bundle"`
	BundleWhole     bool       `json:"bundle_whole"`
	Gift            bool       `json:"gift"`
	Free            bool       `json:"free"`
	Of              string     `json:"of"`
	NoReturnTicked  bool       `json:"no_return_ticked"`
	WeightG         int        `json:"weight_g"`
	Dimensions      *sidesBody `json:"dimensions_mm"`
	Delivered       *time.Time `json:"delivered"`

	ReturnedElsewhere int        `json:"returned_elsewhere"`
	Lease             *leaseBody `json:"lease"`
}

type sidesBody struct {
	Length int `json:"length" check:"required"`
	Width  int `json:"width"  check:"required"`
	Height int `json:"height" check:"required"`
}

type leaseBody struct {
	Site  string    `json:"site"  check:"required"`
	Until time.Time `json:"until" check:"required"`
}

type tenderBody struct {
	ID                string `json:"id"                 check:"required"`
	Kind              string `json:"kind"               check:"required"`
	Amount            int64  `json:"amount"             check:"required"`
	Reference         string `json:"reference"`
	RefundedElsewhere int64  `json:"refunded_elsewhere"`
	Closed            bool   `json:"closed"`
}

// order is what the body says, with what is usual where it says nothing.
func (b body) order() orders.Order {
	o := orders.Order{
		Shop: b.Shop, Currency: b.Currency, Channel: orders.Channel(b.Channel), Contract: orders.Contract(b.Contract),
		Country: b.Country, Ordered: b.Ordered, Delivered: b.Delivered, Language: b.Language,
		Informed: b.Informed, GiftReceipt: b.GiftReceipt, Receipt: b.Receipt,
		Shipping: orders.Shipping{Standard: b.Shipping.Standard, Paid: b.Shipping.Paid},
		Tax:      money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
		Customer: orders.Customer{CustomerRef: b.CustomerRef},
	}
	if o.Contract == "" {
		o.Contract = orders.ContractOf(o.Channel)
	}
	if b.Tax.Per != "" {
		o.Tax.Per = money.Per(b.Tax.Per)
	}
	if b.Tax.Rounding != "" {
		o.Tax.How = money.Rounding(b.Tax.Rounding)
	}
	if b.Tax.Inclusive != nil {
		o.Tax.Inclusive = *b.Tax.Inclusive
	}
	for _, l := range b.Lines {
		o.Lines = append(o.Lines, l.line())
	}
	for _, t := range b.Tenders {
		o.Tenders = append(o.Tenders, orders.Tender{
			ID: t.ID, Kind: orders.TenderKind(t.Kind), Amount: t.Amount, Reference: t.Reference,
			RefundedElsewhere: t.RefundedElsewhere, Closed: t.Closed,
		})
	}
	return o
}

func (l lineBody) line() orders.Line {
	line := orders.Line{
		ID: l.ID, SKU: l.SKU, GTIN: l.GTIN, Title: l.Title, Supplier: l.Supplier, Category: l.Category, Class: l.Class,
		Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discount: l.Discount, TaxRate: money.Rate(l.TaxRate),
		Serials: l.Serials, ReturnableUntil: l.ReturnableUntil, FinalSale: l.FinalSale, Bundle: l.Bundle,
		BundleWhole: l.BundleWhole, Gift: l.Gift, Free: l.Free, Of: l.Of, NoReturnTicked: l.NoReturnTicked,
		WeightG: l.WeightG, Delivered: l.Delivered, ReturnedElsewhere: l.ReturnedElsewhere,
	}
	if d := l.Dimensions; d != nil {
		line.Dimensions = &wall.Dimensions{Length: d.Length, Width: d.Width, Height: d.Height}
	}
	if l.Lease != nil {
		line.Lease = &orders.Lease{Site: l.Lease.Site, Until: l.Lease.Until}
	}
	return line
}

var form = strict.Declare[body]()

// ReadOrder reads the body of a PUT, and refuses all that is wrong in it: for whoever
// passes it on to a station. The order has no id yet.
func ReadOrder(text []byte) (orders.Order, orders.Proof, error) { return read(form.Read, text) }

// TakeOrder is ReadOrder for what a newer program may have written: it passes over members
// that are not known here.
func TakeOrder(text []byte) (orders.Order, orders.Proof, error) { return read(form.ReadLenient, text) }

func read(how func([]byte, any) error, text []byte) (orders.Order, orders.Proof, error) {
	var b body
	err := how(text, &b)
	return b.order(), b.proof(), rest.WithMistakes(b, err)
}

func (b body) proof() orders.Proof { return orders.Proof{Postcode: b.Postcode, Phone: b.Phone} }

// Mistakes are all that is wrong with the order beyond its form.
func (b body) Mistakes(whole bool) []*ledger.Refusal {
	all := b.order().Mistakes(time.Now())
	if !whole { // what could not be read is not in the sum
		all = slices.DeleteFunc(all, func(r *ledger.Refusal) bool { return r.Slug == "wrong-sum" })
	}
	if _, known := format.Digits(b.Currency); !known {
		all = append(all, ledger.Refuse(ledger.Invalid, "unknown-currency",
			"must be a currency of ISO 4217, such as EUR").At("/currency"))
	}
	switch {
	case !plain.Text(b.Phone, 0, 100):
		all = append(all, ledger.Refuse(ledger.Invalid, "text",
			"must be at most 100 characters of text "+plain.Says).At("/phone"))
	case plain.HasPrintedCard(b.Phone): // some telephone numbers add up like a card's
		all = append(all, ledger.Refuse(ledger.Invalid, "card-number", plain.CardSays).At("/phone"))
	}
	return all
}

// answer is the order as it is, and what is known of the customer beside the hashes.
func answer(x *rest.Exchange, status int, o orders.Order) error {
	x.Tagged(rest.Tag(o.Rev))
	body, err := json.Marshal(struct {
		orders.Order
		Total       int64  `json:"total"`
		CustomerRef string `json:"customer_ref,omitempty"`
	}{o, o.Total(), o.CustomerRef})
	if err != nil {
		return err
	}
	return x.Answer(status, body)
}
