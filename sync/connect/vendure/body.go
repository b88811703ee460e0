package vendure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/plain"
)

// What the hub is told of an order: the body of PUT /v1/orders/{id}.
type (
	orderBody struct {
		Shop      string         `json:"shop"`
		Currency  string         `json:"currency"`
		Channel   orders.Channel `json:"channel"`
		Country   string         `json:"country,omitempty"`
		Ordered   time.Time      `json:"ordered"`
		Delivered *time.Time     `json:"delivered,omitempty"`
		Language  string         `json:"language,omitempty"`
		Shipping  struct {
			Standard int64 `json:"standard"`
			Paid     int64 `json:"paid"`
		} `json:"shipping"`
		Lines       []lineBody   `json:"lines"`
		Tenders     []tenderBody `json:"tenders"`
		CustomerRef string       `json:"customer_ref,omitempty"`
		Postcode    string       `json:"postcode,omitempty"`
		Phone       string       `json:"phone,omitempty"`
	}
	lineBody struct {
		ID        string `json:"id"`
		SKU       string `json:"sku"`
		Title     string `json:"title"`
		Quantity  int    `json:"quantity"`
		UnitPrice int64  `json:"unit_price"`
		Discount  int64  `json:"discount,omitempty"`
		TaxRate   int64  `json:"tax_rate,omitempty"` // millionths
		FinalSale bool   `json:"final_sale,omitempty"`
	}
	tenderBody struct {
		ID        string            `json:"id"`
		Kind      orders.TenderKind `json:"kind"`
		Amount    int64             `json:"amount"`
		Reference string            `json:"reference,omitempty"`
	}
)

var (
	country = regexp.MustCompile(`^[A-Z]{2}$`)
	tag     = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
)

// surcharge begins the ids of lines that are no goods.
const surcharge = "surcharge-"

// body is an order as the hub takes it. Ids of lines and tenders are those of the shop's
// lines and payments. Prices have their tax in them. What the shop takes off the order as a
// whole it has distributed over the lines already; what is left of it, by surcharges below
// zero or by its rounding, is distributed here.
func body(shop, language string, o *order, collected time.Time) (json.RawMessage, error) {
	b := orderBody{Shop: shop, Currency: o.CurrencyCode, Channel: orders.Online}
	if o.OrderPlacedAt != nil {
		b.Ordered = o.OrderPlacedAt.UTC()
	}
	if !collected.IsZero() {
		// clocks of the shop and of the station differ
		b.Delivered = new(collected.UTC())
		if collected.Before(b.Ordered) {
			b.Delivered = new(b.Ordered)
		}
	}
	if tag.MatchString(language) {
		b.Language = language
	}
	if a := o.ShippingAddress; a != nil {
		if country.MatchString(a.CountryCode) {
			b.Country = a.CountryCode
		}
		if plain.Text(a.PostalCode, 1, 20) {
			b.Postcode = a.PostalCode
		}
	}
	_, phone, _ := contact(o)
	if plain.Text(phone, 1, 100) && !plain.HasPrintedCard(phone) {
		b.Phone = phone
	}
	if o.Customer != nil {
		b.CustomerRef = "customer-" + o.Customer.ID
	}
	b.Shipping.Standard, b.Shipping.Paid = o.ShippingWithTax, o.ShippingWithTax
	total := o.ShippingWithTax
	for _, l := range o.Lines {
		if l.Quantity <= 0 {
			continue
		}
		line := lineBody{
			ID: l.ID, SKU: tidy(l.ProductVariant.SKU, 64), Title: tidy(l.ProductVariant.Name, 200),
			Quantity: l.Quantity, TaxRate: int64(math.Round(l.TaxRate * 10_000)),
		}
		line.costs(l.UnitPriceWithTax, l.ProratedLinePriceWithTax)
		b.Lines = append(b.Lines, line)
		total += l.ProratedLinePriceWithTax
	}
	for _, s := range o.Surcharges {
		if s.PriceWithTax > 0 {
			b.Lines = append(b.Lines, lineBody{
				ID: surcharge + s.ID, SKU: cmp.Or(tidy(s.SKU, 64), "surcharge"),
				Title: cmp.Or(tidy(s.Description, 200), "Surcharge"), Quantity: 1, UnitPrice: s.PriceWithTax,
				FinalSale: true,
			})
			total += s.PriceWithTax
		}
	}
	if err := b.spread(o.TotalWithTax - total); err != nil {
		return nil, err
	}
	sum := int64(0)
	for _, p := range o.Payments {
		if p.State != settled {
			continue
		}
		t := tenderBody{ID: p.ID, Kind: orders.Card, Amount: p.left(), Reference: tidy(p.TransactionID, 128)}
		if plain.HasCard(t.Reference) {
			t.Reference = ""
		}
		if t.Amount > 0 {
			b.Tenders = append(b.Tenders, t)
			sum += t.Amount
		}
	}
	if sum != o.TotalWithTax {
		return nil, fmt.Errorf("the order costs %d and %d is paid for it: mend it at the shop",
			o.TotalWithTax, sum)
	}
	return json.Marshal(b)
}

// costs sets what a line costs for all its units; one that is not a whole number for each
// unit is rounded up and taken off.
func (l *lineBody) costs(unit, whole int64) {
	n := int64(l.Quantity)
	if unit*n < whole {
		unit = (whole + n - 1) / n
	}
	l.UnitPrice, l.Discount = unit, unit*n-whole
}

// paid is what a line costs.
func (l *lineBody) paid() int64 { return l.UnitPrice*int64(l.Quantity) - l.Discount }

// spread adds an amount to what the lines cost, in parts as they cost; the dearest takes
// what is left over, and those behind it what would make it less than nothing.
func (b *orderBody) spread(amount int64) error {
	if amount == 0 {
		return nil
	}
	whole, dearest := int64(0), -1
	for i := range b.Lines {
		whole += b.Lines[i].paid()
		if dearest < 0 || b.Lines[i].paid() > b.Lines[dearest].paid() {
			dearest = i
		}
	}
	if whole <= 0 || whole+amount < 0 {
		return fmt.Errorf("the order's lines cost %d and %d more is taken off: mend it at the shop", whole,
			-amount)
	}
	left := amount
	for i := range b.Lines {
		l := &b.Lines[i]
		// as a float: the product of two amounts may be too large; what is lost goes below
		part := max(-l.paid(), int64(float64(amount)*(float64(l.paid())/float64(whole))))
		l.costs(l.UnitPrice, l.paid()+part)
		left -= part
	}
	for i := dearest; left != 0; i = (i + 1) % len(b.Lines) {
		l := &b.Lines[i]
		part := max(-l.paid(), left)
		l.costs(l.UnitPrice, l.paid()+part)
		left -= part
	}
	return nil
}

// left is what has not gone back of a payment yet.
func (p payment) left() int64 {
	n := p.Amount
	for _, r := range p.Refunds {
		if r.State != failed {
			n -= r.Total
		}
	}
	return n
}

// announcement is the order's parcel: its label is the order's number, which the shop
// prints on it.
func announcement(language string, o *order) (json.RawMessage, error) {
	a := struct {
		Label     string            `json:"label"`
		OrderID   string            `json:"order_id"`
		Recipient *parcel.Recipient `json:"recipient,omitempty"`
	}{Label: o.Code, OrderID: o.Code}
	name, phone, email := contact(o)
	r := parcel.Recipient{}
	if name = tidy(name, 200); !plain.HasCard(name) {
		r.Name = name
	}
	if plain.Text(phone, 1, 100) && !plain.HasPrintedCard(phone) {
		r.Phone = phone
	}
	if plain.Text(email, 1, 254) && strings.Contains(email, "@") && !plain.HasCard(email) {
		r.Email = email
	}
	if tag.MatchString(language) && len(language) <= 35 {
		r.Language = language
	}
	a.Recipient = &r
	return json.Marshal(a)
}

// contact is whom to write to.
func contact(o *order) (name, phone, email string) {
	if c := o.Customer; c != nil {
		name, phone, email = strings.TrimSpace(c.FirstName+" "+c.LastName), c.PhoneNumber, c.EmailAddress
	}
	if a := o.ShippingAddress; a != nil {
		name, phone = cmp.Or(a.FullName, name), cmp.Or(a.PhoneNumber, phone)
	}
	return name, phone, email
}

// tidy makes a text of the shop one for people: in one line, and not too long.
func tidy(s string, most int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	for !plain.Text(s, 0, math.MaxInt) {
		runes := []rune(s)
		i := slices.IndexFunc(runes, func(r rune) bool { return !plain.Text(string(r), 0, 1) })
		if i < 0 { // a joiner that joins nothing
			i = slices.IndexFunc(runes, func(r rune) bool { return r == '\u200c' || r == '\u200d' })
		}
		if i < 0 {
			return ""
		}
		s = string(slices.Delete(runes, i, i+1))
	}
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most]))
	}
	return s
}
