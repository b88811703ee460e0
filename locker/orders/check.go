package orders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/plain"
)

// Bounds of an order.
const (
	MaxLines    = 1000
	MaxTenders  = 100
	MaxQuantity = 100_000
	MaxAmount   = 1_000_000_000_000 // minor units, also of a whole line and of one tender
	MaxSerials  = 1000              // of a line
	maxText     = 200               // characters of a title
	maxNumber   = 64                // characters of what a scanner reads
	maxWeightG  = 1_000_000
	maxSideMM   = 10_000
)

// dayAhead is how far ahead of the station's clock a date may be: clocks differ, and days
// begin at different times.
const dayAhead = 24 * time.Hour

var (
	languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`)
	country     = regexp.MustCompile(`^[A-Z]{2}$`)
	code        = regexp.MustCompile(`^[A-Z]{3}$`)
	// firstDay is before every order that can still come back.
	firstDay = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
)

// ValidID is the form of the ids of orders, lines and tenders.
func ValidID(s string) bool {
	if len(s) < 1 || len(s) > 64 || s == "." || s == ".." {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("._:-", r))
	})
}

const idSays = "must have 1 to 64 of A-Z a-z 0-9 . _ : -"

// BadOrderID refuses an id that is malformed.
func BadOrderID() *ledger.Refusal {
	return ledger.Refuse(ledger.Invalid, "order-id",
		"an order's id has 1 to 64 of A-Z a-z 0-9 . _ : - and nothing else, no slash either")
}

// mistakes collects what is wrong with an order.
type mistakes struct{ all []*ledger.Refusal }

func (m *mistakes) refuse(pointer, slug, format string, args ...any) {
	if len(m.all) < 2*mostMistakes { // what would not be told need not be found
		m.all = append(m.all, ledger.Refuse(ledger.Invalid, slug, format, args...).At(pointer))
	}
}

// text checks what people write; empty is allowed.
func (m *mistakes) text(pointer, s string, most int) {
	switch {
	case !plain.Text(s, 0, most):
		m.refuse(pointer, "text", "must be at most %d characters of text "+plain.Says, most)
	case plain.HasCard(s):
		m.refuse(pointer, "card-number", plain.CardSays)
	}
}

// number checks what is made of numbers, where digits in one piece are likely its own.
func (m *mistakes) number(pointer, s string) {
	switch {
	case !plain.Text(s, 0, maxNumber):
		m.refuse(pointer, "text", "must be at most %d characters of text "+plain.Says, maxNumber)
	case plain.HasPrintedCard(s):
		m.refuse(pointer, "card-number", plain.CardSays)
	}
}

func (m *mistakes) id(pointer, s string) {
	switch {
	case !ValidID(s):
		m.refuse(pointer, "id", idSays)
	case plain.HasPrintedCard(s):
		m.refuse(pointer, "card-number", plain.CardSays)
	}
}

func (m *mistakes) between(pointer string, n, least, most int64) bool {
	if n < least || n > most {
		m.refuse(pointer, "out-of-range", "must be a whole number from %d to %d", least, most)
		return false
	}
	return true
}

// date checks a moment that has been, by the station's clock.
func (m *mistakes) date(pointer string, at *time.Time, now time.Time) {
	switch {
	case at == nil:
	case at.After(now.Add(dayAhead)):
		m.refuse(
			pointer,
			"in-the-future",
			"%s is more than a day ahead of this station's clock, which is at %s",
			at.UTC().Format(time.RFC3339),
			now.UTC().Format(time.RFC3339),
		)
	case at.Before(firstDay):
		m.refuse(pointer, "too-long-ago", "orders are from the year 1990 on")
	}
}

func one[T ~string](m *mistakes, pointer string, is T, of []T) {
	if !slices.Contains(of, is) {
		words := make([]string, len(of))
		for i, w := range of {
			words[i] = string(w)
		}
		m.refuse(pointer, "unknown-word", "must be one of %s", strings.Join(words, ", "))
	}
}

// Mistakes are all that is wrong with an order, each with the member it is in. now is the
// station's clock. Whether its currency exists is not looked at.
func (o Order) Mistakes(now time.Time) []*ledger.Refusal {
	m := new(mistakes)
	o.head(m, now)
	sound := o.items(m, now)
	if o.paidWith(m) && sound {
		o.sum(m)
	}
	return m.all
}

func (o Order) head(m *mistakes, now time.Time) {
	if o.Shop == "" {
		m.refuse("/shop", "shop", "say which shop has sold it")
	}
	m.number("/shop", o.Shop)
	if !code.MatchString(o.Currency) {
		m.refuse("/currency", "unknown-currency", "must be a currency of ISO 4217, such as EUR")
	}
	one(m, "/channel", o.Channel, Channels)
	one(m, "/contract", o.Contract, Contracts)
	if o.Country != "" && !country.MatchString(o.Country) {
		m.refuse("/country", "country", "must be a country of ISO 3166-1 in two letters, such as DE")
	}
	if o.Language != "" && (len(o.Language) > 35 || !languageTag.MatchString(o.Language)) {
		m.refuse("/language", "language", `must be a BCP 47 tag such as "en", "zh-Hans" or "pt-BR"`)
	}
	m.number("/receipt", o.Receipt)
	m.number("/gift_receipt", o.GiftReceipt)
	m.text("/customer_ref", o.CustomerRef, maxNumber)
	if o.Ordered.IsZero() {
		m.refuse("/ordered", "missing-member", "say when it was ordered")
	} else {
		m.date("/ordered", &o.Ordered, now)
	}
	m.date("/delivered", o.Delivered, now)
	o.after(m, "/delivered", o.Delivered)
	one(m, "/tax/per", o.Tax.Per, []money.Per{money.PerUnit, money.PerLine, money.PerOrder})
	one(m, "/tax/rounding", o.Tax.How, []money.Rounding{money.HalfUp, money.HalfEven, money.Down})
	m.between("/shipping/standard", o.Shipping.Standard, 0, MaxAmount)
	m.between("/shipping/paid", o.Shipping.Paid, 0, MaxAmount)
}

func (o Order) after(m *mistakes, pointer string, delivered *time.Time) {
	if delivered != nil && delivered.Before(o.Ordered) {
		m.refuse(pointer, "delivered-before-ordered", "cannot be before it was ordered, at %s",
			o.Ordered.UTC().Format(time.RFC3339))
	}
}

// items checks the lines; sound: their amounts can be added up.
func (o Order) items(m *mistakes, now time.Time) (sound bool) {
	sound = true
	switch {
	case len(o.Lines) == 0:
		m.refuse("/lines", "missing-member", "an order has at least one line")
	case len(o.Lines) > MaxLines:
		m.refuse("/lines", "too-many", "an order has at most %d lines", MaxLines)
		return false
	}
	ids, serials := map[string]int{}, map[string]string{}
	for i, l := range o.Lines {
		at := fmt.Sprintf("/lines/%d", i)
		m.id(at+"/id", l.ID)
		if first, twice := ids[l.ID]; twice {
			m.refuse(at+"/id", "line-twice", "line %d has the same id; each line has its own", first)
		} else {
			ids[l.ID] = i
		}
		sound = l.amounts(m, at) && sound
		l.words(m, at)
		l.numbers(m, at, serials)
		m.date(at+"/delivered", l.Delivered, now)
		o.after(m, at+"/delivered", l.Delivered)
		if l.ReturnableUntil != nil &&
			(l.ReturnableUntil.Before(firstDay) || l.ReturnableUntil.Year() > 9999) {
			m.refuse(at+"/returnable_until", "out-of-range", "must be a date from the year 1990 on")
		}
	}
	for i, l := range o.Lines {
		at := fmt.Sprintf("/lines/%d", i)
		_, known := ids[l.Of]
		switch {
		case l.Of == "" && l.Free:
			m.refuse(at+"/of", "unknown-line", "name the line it came free with")
		case l.Of == "":
		case !known:
			m.refuse(at+"/of", "unknown-line", "there is no line with this id in the order")
		case l.Of == l.ID:
			m.refuse(at+"/of", "unknown-line", "a line cannot come with itself")
		}
	}
	return sound
}

func (l Line) amounts(m *mistakes, at string) bool {
	sound := m.between(at+"/quantity", int64(l.Quantity), 1, MaxQuantity)
	sound = m.between(at+"/unit_price", l.UnitPrice, 0, MaxAmount) && sound
	sound = m.between(at+"/discount", l.Discount, 0, MaxAmount) && sound
	sound = m.between(at+"/tax_rate", int64(l.TaxRate), 0, 1_000_000) && sound
	if sound {
		whole := l.UnitPrice * int64(l.Quantity)
		switch {
		case whole > MaxAmount:
			m.refuse(at+"/unit_price", "out-of-range", "times the quantity it is %d; a line costs at most %d",
				whole, int64(MaxAmount))
			sound = false
		case l.Discount > whole:
			m.refuse(at+"/discount", "discount-too-large", "is more than the line costs, which is %d", whole)
			sound = false
		}
	}
	most := int64(max(l.Quantity, 0))
	m.between(at+"/returned_elsewhere", int64(l.ReturnedElsewhere), 0, most)
	m.between(at+"/weight_g", int64(l.WeightG), 0, maxWeightG)
	if d := l.Dimensions; d != nil {
		m.between(at+"/dimensions_mm/length", int64(d.Length), 1, maxSideMM)
		m.between(at+"/dimensions_mm/width", int64(d.Width), 1, maxSideMM)
		m.between(at+"/dimensions_mm/height", int64(d.Height), 1, maxSideMM)
	}
	return sound
}

func (l Line) words(m *mistakes, at string) {
	if strings.TrimSpace(l.Title) == "" {
		m.refuse(at+"/title", "text", "write what it is, in 1 to %d characters", maxText)
	}
	m.text(at+"/title", l.Title, maxText)
	m.text(at+"/supplier", l.Supplier, maxText)
	m.text(at+"/category", l.Category, maxText)
	m.text(at+"/class", l.Class, maxNumber)
	m.text(at+"/bundle", l.Bundle, maxNumber)
	if l.BundleWhole && l.Bundle == "" {
		m.refuse(at+"/bundle", "unknown-bundle", "name the bundle that comes back whole")
	}
	if lease := l.Lease; lease != nil {
		lease.check(m, at+"/lease")
	}
}

func (l Lease) check(m *mistakes, at string) {
	if l.Site == "" {
		m.refuse(at+"/site", "missing-member", "name the site that has the lease")
	}
	m.number(at+"/site", l.Site)
	if l.Until.Before(firstDay) || l.Until.Year() > 9999 {
		m.refuse(at+"/until", "missing-member", "say until when the lease lasts")
	}
}

func (l Line) numbers(m *mistakes, at string, serials map[string]string) {
	if l.SKU == "" {
		m.refuse(at+"/sku", "missing-member", "say which article it is by the shop's own number")
	}
	m.number(at+"/sku", l.SKU)
	if l.GTIN != "" && !label.IsGTIN(l.GTIN) {
		m.refuse(at+"/gtin", "gtin", "must be a GTIN of 8, 12, 13 or 14 digits with its check digit")
	}
	if len(l.Serials) > max(l.Quantity, 0) {
		m.refuse(at+"/serials", "too-many", "there are %d serial numbers for %d", len(l.Serials), l.Quantity)
		return
	}
	for k, serial := range l.Serials {
		place := fmt.Sprintf("%s/serials/%d", at, k)
		key := l.SKU + "\x00" + keyOf(keySerial, serial)
		switch {
		case strings.TrimSpace(serial) == "":
			m.refuse(place, "text", "a serial number cannot be empty")
		case serials[key] != "":
			m.refuse(place, "serial-twice", "this serial number is at %s already", serials[key])
		default:
			serials[key] = place
		}
		m.number(place, serial)
	}
}

// paidWith checks the tenders; sound: they can be added up.
func (o Order) paidWith(m *mistakes) (sound bool) {
	sound = true
	if len(o.Tenders) > MaxTenders {
		m.refuse("/tenders", "too-many", "an order has at most %d tenders", MaxTenders)
		return false
	}
	ids, references := map[string]int{}, map[string]int{}
	for i, t := range o.Tenders {
		at := fmt.Sprintf("/tenders/%d", i)
		m.id(at+"/id", t.ID)
		if first, twice := ids[t.ID]; twice {
			m.refuse(at+"/id", "tender-twice", "tender %d has the same id; each has its own", first)
		} else {
			ids[t.ID] = i
		}
		one(m, at+"/kind", t.Kind, TenderKinds)
		sound = m.between(at+"/amount", t.Amount, 1, MaxAmount) && sound
		m.text(at+"/reference", t.Reference, 128)
		if key := string(t.Kind) + "\x00" + t.Reference; t.Reference != "" {
			if first, twice := references[key]; twice {
				m.refuse(at+"/reference", "tender-twice", "tender %d is the same payment", first)
			} else {
				references[key] = i
			}
		}
		m.between(at+"/refunded_elsewhere", t.RefundedElsewhere, 0, max(t.Amount, 0))
	}
	return sound
}

// sum holds what was paid against what it costs.
func (o Order) sum(m *mistakes) {
	if len(o.Lines) == 0 || o.Shipping.Paid < 0 || o.Shipping.Paid > MaxAmount {
		return
	}
	if !slices.Contains([]money.Per{money.PerUnit, money.PerLine, money.PerOrder}, o.Tax.Per) ||
		!slices.Contains([]money.Rounding{money.HalfUp, money.HalfEven, money.Down}, o.Tax.How) {
		return
	}
	paid := int64(0)
	for _, t := range o.Tenders {
		paid += t.Amount
	}
	if total := o.Total(); paid != total {
		m.refuse("/tenders", "wrong-sum",
			"the tenders add up to %d; the lines with their taxes and what was paid for shipping, to %d: "+
				"they must be the same", paid, total)
	}
}
