package shop

import (
	"cubby/locker/ledger"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// adds gives the pages of the shop their kind. What they show depends on the catalogue, the
// prices and the time: see draws.
func adds(_ *ledger.State, v visit.Visit, out *view.View) {
	if _, ours := Room.Steps[out.Step]; !ours || out.Step == view.StepIdle || out.Step == view.StepStaffMenu {
		return
	}
	out.Kind, out.Shop = view.KindShop, &view.Shop{
		AtDoor: view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen},
	}
}

// draws fills the payload of a page.
func draws(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n, set, p := noteOf(v), SettingsOf(env), out.Shop
	if set.Catalogue == nil {
		return
	}
	d := drawer{s, v, env, set, n, language(v, env)}
	switch out.Step {
	case view.StepShopHome:
		for _, c := range set.Catalogue.Categories("") {
			p.Categories = append(p.Categories, view.ShopCategory{
				Value: c.ID, Title: c.Title.In(d.language), Picture: c.Picture, Count: c.Products,
			})
		}
		d.inCart(p)
	case view.StepShopList, view.StepShopSearch:
		d.list(p)
		d.inCart(p)
	case view.StepShopProduct:
		one := d.product(n.SKU, true)
		p.Product, p.About = &one, n.SKU
		d.inCart(p)
	case view.StepShopCart, view.StepShopCoupon:
		d.cart(p)
	case view.StepShopPlace:
		d.cart(p)
		for _, w := range ways(s, v, env, n) {
			p.Places = append(p.Places, placeOf(w.Value, w.Place, w.Why))
		}
	case view.StepShopPay:
		d.cart(p)
		if n.Place != nil {
			place := placeOf("", *n.Place, "")
			p.Place = &place
		}
		p.Tenders = tenders(set, n.Place)
	case view.StepShopPaying, view.StepShopLimbo, view.StepShopUnpaid, view.StepShopDone, view.StepShopStatus:
		d.sale(p)
	case view.StepGoodsEnter:
		p.Text = n.Stowed
	case view.StepGoodsOpen, view.StepGoodsOpening, view.StepGoodsCheck, view.StepGoodsNoOpen:
		one := d.product(n.Stowing, false)
		p.Product = &one
	}
}

type drawer struct {
	s        *ledger.State
	v        visit.Visit
	env      visit.Env
	set      Settings
	n        note
	language string
}

func amountOf(minor int64, currency string) *view.Money {
	return &view.Money{Minor: minor, Currency: currency}
}

// inCart says how much is in the cart.
func (d drawer) inCart(p *view.Shop) {
	if p.Count = d.n.count(); p.Count == 0 {
		return
	}
	if q := quote(d.env, d.n); q != nil {
		p.Total = amountOf(q.Total, q.Currency)
	}
}

func (d drawer) list(p *view.Shop) {
	skus, found := hits(d.v, d.env, d.n, perPage)
	p.Text, p.Found = d.n.Text, found
	if c, _, ok := d.set.Catalogue.Category(d.n.Category); ok && d.n.Category != "" {
		p.Category = c.Title.In(d.language)
		for _, below := range d.set.Catalogue.Categories(c.ID) {
			p.Categories = append(p.Categories, view.ShopCategory{
				Value: below.ID, Title: below.Title.In(d.language), Picture: below.Picture,
				Count: below.Products,
			})
		}
	}
	p.At, p.Of = d.n.Page+1, max(1, (found+perPage-1)/perPage)
	for _, sku := range skus {
		p.Products = append(p.Products, d.product(sku, false))
	}
}

// product is one thing as the page shows it; whole with its text and its variants.
func (d drawer) product(sku string, whole bool) view.ShopProduct {
	p, v, ok := thing(d.set, sku)
	if !ok {
		return view.ShopProduct{Value: sku, Title: sku}
	}
	one := view.ShopProduct{
		Value: sku, Title: p.Title.In(d.language), Detail: options(v), Picture: picture(p), Age: p.Age,
		Left: left(d.s, d.env, d.v, sku), Chosen: d.n.of(sku),
	}
	snapshot := d.set.prices(d.env.Now)
	if snapshot != nil {
		if price, priced := snapshot.Of(sku, context(d.env, nil)); priced {
			one.Price = amountOf(price.Minor, snapshot.Currency)
			if before, known := snapshot.Before(sku, channel(d.env), price.From); price.Reduced && known &&
				before > price.Minor {
				one.Before = amountOf(before, snapshot.Currency)
			}
		}
	}
	doors, level := stock.Where(d.s, sku)
	for _, g := range doors {
		if g.Free() > 0 && inOrder(d.s, g.Door) {
			one.Doors = append(one.Doors, g.Door)
		}
	}
	if d.set.Counter {
		one.Counter = max(0, min(one.Left, level.Front()-level.Doors))
	}
	if r := p.Reviews; r != nil {
		one.Rating, one.Reviews, one.Source = r.Average, r.Count, r.Source
	}
	if !whole {
		return one
	}
	one.Text = p.Text.In(d.language)
	for _, other := range p.Variants {
		title := options(other)
		if title == "" {
			title = other.SKU
		}
		one.Variants = append(one.Variants, view.ShopVariant{
			Value: other.SKU, Title: title, Here: left(d.s, d.env, d.v, other.SKU) > 0,
			Shown: other.SKU == sku,
		})
	}
	return one
}

func (d drawer) cart(p *view.Shop) {
	p.Count, p.Gift = d.n.count(), d.n.Gift
	q := quote(d.env, d.n)
	if q == nil {
		return
	}
	p.Total, p.Saved = amountOf(q.Total, q.Currency), amountOf(q.Off, q.Currency)
	for _, l := range q.Lines {
		pr, v, _ := thing(d.set, l.SKU)
		p.Lines = append(p.Lines, view.ShopLine{
			Value: l.SKU, Title: titled(pr, v, d.language), Picture: picture(pr), Quantity: l.Quantity,
			Most:  min(mostUnits, left(d.s, d.env, d.v, l.SKU)),
			Price: *amountOf(l.Unit*int64(l.Quantity), q.Currency), Total: *amountOf(l.Total, q.Currency),
		})
	}
	if s := d.set.prices(d.env.Now); s != nil {
		p.Offers = d.offers(s, q)
	}
	for _, c := range d.n.Coupons {
		p.Coupon = c.Promotion
	}
}

// offers are those that have won, and those that little is missing for.
func (d drawer) offers(s *price.Snapshot, q *price.Quote) (all []view.ShopOffer) {
	var lost []view.ShopOffer
	for _, o := range q.Offers {
		offered, _ := promotion(s, o.Promotion)
		one := view.ShopOffer{Title: inLanguage(offered.Title, d.language, o.Promotion), Won: o.Won,
			Count: o.Count}
		switch {
		case o.Won:
			one.Off = amountOf(o.Off, q.Currency)
			all = append(all, one)
			continue
		case o.Why == price.Spend:
			one.More = amountOf(o.More, q.Currency)
		case o.Why == price.Units, o.Why == price.Better, o.Why == price.Alone:
		case o.Why == price.Members || o.Why == price.NeedsCode, true:
			continue
		}
		one.Why = string(o.Why)
		lost = append(lost, one)
	}
	return append(all, lost...)
}

func inLanguage(all map[string]string, language, otherwise string) string {
	for _, tag := range []string{language, "en"} {
		if text, ok := all[tag]; ok {
			return text
		}
	}
	return otherwise
}

func placeOf(value string, p Place, why string) view.ShopPlace {
	return view.ShopPlace{Value: value, Kind: string(p.Kind), Name: p.Name, Ready: p.Ready, Until: p.Until,
		Why: why}
}

func (d drawer) sale(p *view.Shop) {
	sale, ok := Sales.Get(d.s, d.n.Sale)
	if !ok {
		return
	}
	p.Order, p.About, p.State = sale.ID, sale.ID, string(sale.State)
	p.Total = amountOf(sale.Total, sale.Currency)
	place := placeOf("", sale.Place, "")
	p.Place = &place
	for _, l := range sale.Lines {
		p.Lines = append(p.Lines, view.ShopLine{
			Value: l.ID, Title: l.Title, Picture: l.Picture, Quantity: l.Quantity, State: string(l.State),
			Price: *amountOf(l.Unit*int64(l.Quantity), sale.Currency), Total: *amountOf(l.Total,
				sale.Currency),
		})
		p.Doors = append(p.Doors, l.Doors...)
	}
	var back int64
	for _, a := range sale.Payment.Attempts {
		back += a.Got.Minor - a.Kept
	}
	if back > 0 {
		p.Back = amountOf(back, sale.Currency)
	}
	if len(sale.Payment.Attempts) == 0 {
		return
	}
	a := sale.Payment.Attempts[len(sale.Payment.Attempts)-1]
	if open, waits := sale.Payment.Waits(); waits {
		a = open
	}
	tender := string(a.Tender)
	if a.Tender == payment.Cash {
		tender = "counter"
		if sale.State != Placed {
			return
		}
	}
	p.Payment = &view.ShopPayment{
		Tender: tender, URL: a.Page, State: string(a.State), Amount: *amountOf(a.Amount.Minor,
			a.Amount.Currency),
	}
}
