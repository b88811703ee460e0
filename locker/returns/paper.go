package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/paper"
	"cubby/locker/people"
	"cubby/locker/visit"
)

// writes fills in what is to be printed, as everything is after the command.
func writes(t *visit.Turn) {
	for i, e := range t.Effects {
		p, ok := e.(Print)
		if !ok || p.Paper != (paper.Document{}) {
			continue
		}
		if p.Document == "manifest" {
			p.Paper.Manifest = manifestOf(t, p)
			t.Effects[i] = p
			continue
		}
		c, found := Cases.Get(t.State, p.Case)
		if !found {
			continue
		}
		if p.Language == "" {
			p.Language = c.Language
		}
		switch p.Document {
		case "receipt":
			p.Paper.Receipt = receiptOf(t, c, p.Language)
		case "label":
			p.Paper.Label = labelOf(t, c, p)
		}
		t.Effects[i] = p
	}
}

// manifestOf lists what is in a tote.
func manifestOf(t *visit.Turn, p Print) *paper.Manifest {
	b, ok := Totes.Get(t.State, p.Tote)
	if !ok {
		return nil
	}
	m := &paper.Manifest{Language: p.Language, Tote: b.ID, To: string(b.For), Date: t.Now}
	for _, i := range b.Items {
		c, _ := Cases.Get(t.State, i.Case)
		m.Shop = c.Shop
		one := paper.Packed{Case: i.Case, Title: i.Title, Quantity: i.Quantity}
		if len(c.Bags) > 0 {
			one.Bag = c.Bags[0].Parcel
		}
		m.Contents = append(m.Contents, one)
	}
	if e, ok := (people.Doer{ID: b.By}).Employee(t.State); ok {
		m.By = e.Name
	}
	return m
}

// last are the last characters of an order's number: whoever finds the paper learns no more.
func last(order string) string {
	letters := []rune(order)
	return string(letters[max(0, len(letters)-4):])
}

// receiptOf says what came back and what follows, as far as it is known.
func receiptOf(t *visit.Turn, c Case, language string) *paper.Receipt {
	r := &paper.Receipt{
		Language: language, Shop: c.Shop, Case: c.ID, Order: last(c.Order), Date: t.Now, Currency: c.Currency,
		Conditional: c.Conditional, Home: c.Channel == AtHome, Way: c.Prefer, Shipping: c.Shipping,
	}
	if c.Dropped != nil {
		r.Date = *c.Dropped
	}
	if c.Swap != nil {
		r.Swap = c.Swap.Title
	}
	for _, b := range c.Bags {
		r.Bags = append(r.Bags, paper.Bag{Code: b.Parcel, Door: b.Door})
	}
	o, _ := orders.Get(t.State, c.Order)
	for _, i := range c.Items {
		amount, fee := i.worth()
		r.Lines = append(r.Lines, paper.Line{
			Title: i.Title, Quantity: i.Quantity, Amount: amount + fee, Keep: i.Keep || i.Decision == KeepItem,
		})
		r.Fee += fee
		r.Total += amount
		r.Taxes = taxed(r.Taxes, o, i, amount)
	}
	r.Total += r.Shipping
	if c.Prefer == "exchange" || c.Swap != nil { // what it is worth is paid with another thing
		r.Way, r.Total, r.Shipping, r.Taxes, r.When = "exchange", 0, 0, nil, "none"
		return r
	}
	r.Tenders = tendersOf(t.State, c, o, r.Total)
	r.When = whenOf(c, r)
	return r
}

// worth is what an item gives back, and the fee that was taken off: as decided, or else as
// the rules have said.
func (i Item) worth() (amount, fee int64) {
	switch {
	case i.Decision == "":
		return i.Refund, i.Fee
	case !i.Decision.Pays() && i.Decision != Exchange:
		return 0, 0
	case i.Amount == i.Refund:
		return i.Amount, i.Fee
	}
	return i.Amount, 0
}

// taxed adds the tax in an amount of an item to those of its rate.
func taxed(all []paper.Tax, o orders.Order, i Item, amount int64) []paper.Tax {
	l, ok := o.Line(i.Line)
	if !ok || amount <= 0 {
		return all
	}
	tax := o.TaxIn(i.Line, amount)
	at := slices.IndexFunc(all, func(t paper.Tax) bool { return t.Rate == int64(l.TaxRate) })
	if at < 0 {
		return append(all, paper.Tax{Rate: int64(l.TaxRate), Gross: amount, Tax: tax})
	}
	all[at].Gross, all[at].Tax = all[at].Gross+amount, all[at].Tax+tax
	return all
}

// tendersOf is how the money comes back: by the refunds that were ordered, or as it will
// be split when none was.
func tendersOf(s *ledger.State, c Case, o orders.Order, total int64) (all []paper.Tender) {
	add := func(kind string, amount int64) {
		i := slices.IndexFunc(all, func(t paper.Tender) bool { return t.Kind == kind })
		if i < 0 {
			all = append(all, paper.Tender{Kind: kind, Amount: amount})
		} else {
			all[i].Amount += amount
		}
	}
	sum := int64(0)
	for _, r := range refundsOfCase.Find(s, c.ID) {
		if r.State != Replaced {
			add(r.Kind, r.Amount)
			sum += r.Amount
		}
	}
	if total <= sum {
		if total < sum {
			return nil // staff have settled it otherwise
		}
		return all
	}
	switch d := prefers(c); {
	case d == RefundGiftCard || c.Unverified:
		add(string(orders.GiftCard), total-sum)
	case d == RefundPoints:
		add(string(orders.Points), total-sum)
	default:
		pieces, short := split(s, o, total-sum)
		for _, p := range pieces {
			add(string(p.Tender.Kind), p.Amount)
		}
		if short > 0 {
			add(string(orders.GiftCard), short)
		}
	}
	return all
}

// whenOf is when the money comes: one of view.ReturnWhens.
func whenOf(c Case, r *paper.Receipt) string {
	switch {
	case c.Conditional:
		return "after_centre"
	case r.Total <= 0:
		return "none"
	}
	for _, i := range c.Items {
		if !i.Paid && (i.Moment != "at_drop" || c.unsure()) && !i.Keep {
			return "after_grading"
		}
	}
	return "at_drop"
}

// labelOf is the label of a bag of a case: of the one that is named, or the last one.
func labelOf(t *visit.Turn, c Case, p Print) *paper.Label {
	l := &paper.Label{Language: p.Language, Bag: p.Bag, Case: c.ID, Shop: c.Shop, Date: t.Now}
	if n := len(c.Bags); l.Bag == "" && n > 0 {
		l.Bag = c.Bags[n-1].Parcel
	}
	if l.Bag == "" {
		l.Bag = c.ID
	}
	goes := map[Disposition]bool{}
	for _, i := range c.Items {
		if i.Keep || i.Decision == KeepItem || i.Result == NotThere {
			continue
		}
		l.Contents = append(l.Contents, paper.Line{Title: i.Title, Quantity: i.Quantity})
		goes[i.Disposition] = true
		l.Goes = string(i.Disposition)
	}
	if len(goes) != 1 {
		l.Goes = ""
	}
	return l
}
