package shop

import (
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/shop/price"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// left is how many of an article can still be had here: behind doors and at the counter, less
// what others hold.
func left(s stateOf, env visit.Env, v visit.Visit, sku string) int {
	own, _ := stock.Reservations.Get(s, v.ID)
	return max(0, stock.ATP(s, sku, env.Now)+own.Of(sku, false))
}

func canAdd(s *ledger.State, v visit.Visit, env visit.Env) bool {
	n := noteOf(v)
	p := SettingsOf(env).prices(env.Now)
	if p == nil {
		return false
	}
	_, priced := p.Of(n.SKU, context(env, nil))
	return priced && left(s, env, v, n.SKU) > n.of(n.SKU)
}

// add puts one of the thing that is looked at into the cart, which is shown then.
func add(t *visit.Turn) {
	n := noteOf(t.Visit)
	if n.of(n.SKU) >= mostUnits {
		show(t, n, view.StepShopProduct, view.ReasonCartFull)
		return
	}
	change := n.with(n.SKU, n.of(n.SKU)+1)
	if why := take(t, change); why != view.ReasonNone {
		show(t, n, view.StepShopProduct, why)
		return
	}
	show(t, change, view.StepShopCart, view.ReasonNone)
}

// take holds what is in a cart, so that nobody else gets it meanwhile.
func take(t *visit.Turn, n note) view.Reason {
	if len(n.Items) > mostLines {
		return view.ReasonCartFull
	}
	if stock.Hold(t, t.Visit.ID, n.held()) != nil {
		return view.ReasonNoneLeft
	}
	return view.ReasonNone
}

// held are the lines of the cart as stock is held for them.
func (n note) held() (lines []stock.Line) {
	for _, i := range n.Items {
		lines = append(lines, stock.Line{SKU: i.SKU, Quantity: i.Quantity})
	}
	return lines
}

func oneMore(t *visit.Turn, sku string) error {
	n := noteOf(t.Visit)
	if n.of(sku) == 0 {
		return stale()
	}
	if n.of(sku) >= mostUnits {
		show(t, n, view.StepShopCart, view.ReasonCartFull)
		return nil
	}
	change := n.with(sku, n.of(sku)+1)
	if why := take(t, change); why != view.ReasonNone {
		show(t, n, view.StepShopCart, why)
		return nil
	}
	show(t, change, view.StepShopCart, view.ReasonNone)
	return nil
}

func oneLess(t *visit.Turn, sku string) error {
	n := noteOf(t.Visit)
	if n.of(sku) == 0 {
		return stale()
	}
	n = n.with(sku, n.of(sku)-1)
	take(t, n)
	show(t, n, view.StepShopCart, view.ReasonNone)
	return nil
}

// longestCoupon is how long the code of a coupon may be, in characters.
const longestCoupon = 200

func scannedCoupon(c visit.Present, t *visit.Turn) error {
	if c.CodeHash != "" || c.BadgeHash != "" || c.Token != nil {
		return t.Pass(c)
	}
	return coupon(t, c.Text)
}

// coupon puts a coupon into the cart, if its promotion can be had with it here and now.
func coupon(t *visit.Turn, text string) error {
	text = strings.TrimSpace(text)
	if !plain.Text(text, 1, longestCoupon) {
		return ledger.Refuse(ledger.Invalid, "text", "type the code of the coupon, at most %d characters",
			longestCoupon).At("/value")
	}
	n, s := noteOf(t.Visit), SettingsOf(t.Env).prices(t.Now)
	if s == nil {
		show(t, n, view.StepShopCoupon, view.ReasonNoCoupon)
		return nil
	}
	set := SettingsOf(t.Env)
	use, why := s.Redeem(text, price.Where{Station: set.Station, At: t.Now}, set.keys)
	if why != "" || usedUp(t.State, s, use.Shown) {
		show(t, n, view.StepShopCoupon, view.ReasonNoCoupon)
		return nil
	}
	for _, have := range n.Coupons {
		if have.Promotion == use.Promotion {
			toCart(t)
			return nil
		}
	}
	n.Coupons = append(n.Coupons, use.Shown)
	show(t, n, view.StepShopCart, view.ReasonNone)
	return nil
}

// usedUp reports whether a coupon was used as often here as it may be: once where it has a
// serial number of its own.
func usedUp(s stateOf, snapshot *price.Snapshot, shown price.Shown) bool {
	p, ok := promotion(snapshot, shown.Promotion)
	u, _ := Uses.Get(s, shown.Promotion+" "+shown.Serial)
	most := 1
	if ok && p.Coupon != nil && shown.Serial == "" {
		most = p.Coupon.Limit
	}
	return !ok || p.Coupon == nil || u.Count >= most
}

func promotion(s *price.Snapshot, id string) (p price.Promotion, ok bool) {
	for _, one := range s.Promotions {
		if one.ID == id {
			return one, true
		}
	}
	return p, false
}
