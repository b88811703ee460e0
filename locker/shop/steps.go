package shop

import (
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/shop/catalogue"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is what is sold at the station.
var Room visit.Room

// The rows of pages lead to each other.
func init() {
	Room = visit.Room{
		Module: ledger.Module{
			Name: "shop",
			Facts: []ledger.Fact{
				&Ordered{}, &PaymentMoved{}, &SalePaid{}, &LineMoved{}, &SaleMoved{}, &CustomerHere{},
				&NeedsStaff{},
			},
			Tables: []*ledger.Spec{Sales.Spec, Uses.Spec},
		},
		Steps: map[view.Step]visit.Step{
			view.StepIdle:      {Acts: []visit.Act{{Name: view.ActStartShop, Do: start, When: isOpen}}},
			view.StepStaffMenu: {Acts: []visit.Act{{Name: view.ActGoodsIn, Do: startGoods, When: mayStow}}},
		},
		Purposes: map[wall.Purpose]visit.DoorPurpose{wall.ForGoods: stowing{}},
		Arrive:   arrive,
		Start:    takeUp,
		Tick:     tick,
		Next:     next,
		After:    after,
		Adds:     adds,
	}
	for name, row := range steps() {
		row.Draws = draws
		Room.Steps[name] = row
	}
}

func steps() map[view.Step]visit.Step {
	back := visit.Act{Name: view.ActBack, Do: back}
	cart := visit.Act{Name: view.ActCart, Do: toCart, When: hasItems}
	search := visit.Act{Name: view.ActSearch, Do: func(t *visit.Turn) {
		n := noteOf(t.Visit)
		n.Text, n.Category, n.Page = "", "", 0
		show(t, n, view.StepShopSearch, view.ReasonNone)
	}}
	pick := visit.Act{Name: view.ActPick, With: pickProduct, When: hasHits}
	all := map[view.Step]visit.Step{
		view.StepShopHome: {
			Acts: []visit.Act{search, {Name: view.ActPick, With: pickCategory}, cart, back}, Scan: scanned,
		},
		view.StepShopList: {
			Acts: []visit.Act{search, pick, {Name: view.ActTurn, With: turn, When: hasPages}, cart, back},
			Scan: scanned,
		},
		view.StepShopSearch: {
			Acts: []visit.Act{{Name: view.ActType, With: typed}, pick, {
				Name: view.ActYes, Do: func(t *visit.Turn) {
					show(t, noteOf(t.Visit), view.StepShopList,
						view.ReasonNone)
				},
				When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return noteOf(v).Text != "" },
			}, back}, Scan: scanned,
		},
		view.StepShopProduct: {
			Acts: []visit.Act{
				{Name: view.ActAdd, Do: add, When: canAdd}, {Name: view.ActPick, With: pickProduct,
					When: hasVariants},
				cart, back,
			}, Scan: scanned,
		},
		view.StepShopCart: {
			Acts: []visit.Act{
				{Name: view.ActCheckout, Do: checkout, When: hasItems},
				{Name: view.ActOneMore, With: oneMore, When: hasItems},
				{Name: view.ActOneLess, With: oneLess, When: hasItems},
				{Name: view.ActCoupon, Do: func(t *visit.Turn) {
					show(t, noteOf(t.Visit), view.StepShopCoupon, view.ReasonNone)
				}, When: hasItems},
				{Name: view.ActGift, Do: func(t *visit.Turn) {
					n := noteOf(t.Visit)
					n.Gift = !n.Gift
					show(t, n, view.StepShopCart, view.ReasonNone)
				}, When: hasItems},
				{Name: view.ActShopHome, Do: toHome}, back,
			}, Scan: scanned,
		},
		view.StepShopCoupon: {Acts: []visit.Act{{Name: view.ActType, With: coupon}, back},
			Scan: scannedCoupon},
		view.StepShopPlace: {Acts: []visit.Act{{Name: view.ActPick, With: pickPlace}, back}},
		view.StepShopPay:   {Acts: []visit.Act{{Name: view.ActPick, With: pay}, back}},
		view.StepShopPaying: {
			Acts: []visit.Act{{Name: view.ActCallOff, Do: callOff}}, Clock: visit.WaitAnswer,
			Keeps: keepsAll,
		},
		view.StepShopLimbo: {Acts: []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}}},
		view.StepShopUnpaid: {
			Acts: []visit.Act{
				{Name: view.ActTryAgain, Do: payAgain, When: mayPayAgain}, {Name: view.ActCart,
					Do: backToCart},
				{Name: view.ActFinish, Do: leave},
			}, TimeOut: giveUp,
		},
		view.StepShopDone:    {Acts: []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}}},
		view.StepShopStatus:  {Acts: []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}}},
		view.StepShopRefused: {Acts: []visit.Act{{Name: view.ActFinish, Do: (*visit.Turn).Finish}}},
	}
	for name, row := range goodsSteps() {
		all[name] = row
	}
	return all
}

func keepsAll(visit.Present, visit.Visit) bool { return true }

func isOpen(_ *ledger.State, _ visit.Visit, env visit.Env) bool {
	set := SettingsOf(env)
	return set.Open && set.Catalogue != nil && !env.AtDesk()
}

func hasItems(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return len(noteOf(v).Items) > 0 }

func hasHits(_ *ledger.State, v visit.Visit, env visit.Env) bool {
	_, found := hits(v, env, noteOf(v), perPage)
	return found > 0
}

func hasPages(_ *ledger.State, v visit.Visit, env visit.Env) bool {
	_, found := hits(v, env, noteOf(v), perPage)
	return found > perPage
}

func hasVariants(_ *ledger.State, v visit.Visit, env visit.Env) bool {
	p, _, _ := thing(SettingsOf(env), noteOf(v).SKU)
	return len(p.Variants) > 1
}

func start(t *visit.Turn) {
	t.Begin(Visit)
	if SettingsOf(t.Env).prices(t.Now) == nil {
		show(t, note{}, view.StepShopRefused, view.ReasonNoPrice)
		return
	}
	show(t, note{}, view.StepShopHome, view.ReasonNone)
}

func toHome(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Category, n.Text, n.Page, n.SKU, n.List = "", "", 0, "", false
	show(t, n, view.StepShopHome, view.ReasonNone)
}

func toCart(t *visit.Turn) { show(t, noteOf(t.Visit), view.StepShopCart, view.ReasonNone) }

// back goes to where one came from.
func back(t *visit.Turn) {
	n := noteOf(t.Visit)
	switch t.Visit.Step {
	case view.StepShopHome:
		t.Finish()
	case view.StepShopProduct, view.StepShopCart:
		if n.List && (n.Text != "" || n.Category != "") {
			n.SKU = ""
			show(t, n, view.StepShopList, view.ReasonNone)
			return
		}
		toHome(t)
	case view.StepShopList:
		if _, path, ok := category(t, n.Category); ok && len(path) > 1 {
			n.Category, n.Page = path[1], 0
			show(t, n, view.StepShopList, view.ReasonNone)
			return
		}
		toHome(t)
	case view.StepShopCoupon, view.StepShopPlace:
		toCart(t)
	case view.StepShopPay:
		show(t, n, view.StepShopPlace, view.ReasonNone)
	default:
		toHome(t)
	}
}

func category(t *visit.Turn, id string) (c catalogue.Category, path []string, ok bool) {
	set := SettingsOf(t.Env)
	if id == "" || set.Catalogue == nil {
		return c, nil, false
	}
	return set.Catalogue.Category(id)
}

func stale() *ledger.Refusal {
	return ledger.Refuse(ledger.Stale, "stale-page", "this is not on the page; act on the current view")
}

func pickCategory(t *visit.Turn, id string) error {
	if _, _, ok := category(t, id); !ok {
		return stale()
	}
	n := noteOf(t.Visit)
	n.Category, n.Text, n.Page, n.List = id, "", 0, true
	show(t, n, view.StepShopList, view.ReasonNone)
	return nil
}

func pickProduct(t *visit.Turn, sku string) error {
	if _, _, ok := thing(SettingsOf(t.Env), sku); !ok {
		return stale()
	}
	n := noteOf(t.Visit)
	n.SKU = sku
	if t.Visit.Step == view.StepShopList || t.Visit.Step == view.StepShopSearch {
		n.List = true
	}
	show(t, n, view.StepShopProduct, view.ReasonNone)
	return nil
}

func turn(t *visit.Turn, to string) error {
	n := noteOf(t.Visit)
	_, found := hits(t.Visit, t.Env, n, perPage)
	switch {
	case to == "next" && (n.Page+1)*perPage < found:
		n.Page++
	case to == "back" && n.Page > 0:
		n.Page--
	default:
		return stale()
	}
	show(t, n, view.StepShopList, view.ReasonNone)
	return nil
}

// longestText is how long what is looked for may be, in characters.
const longestText = 40

// typed looks for what has been typed so far. The page stays, and waits anew.
func typed(t *visit.Turn, text string) error {
	text = strings.TrimSpace(text)
	if text != "" && !plain.Text(text, 1, longestText) {
		return ledger.Refuse(ledger.Invalid, "text",
			"look for 1 to %d characters of text "+plain.Says, longestText).At("/value")
	}
	n := noteOf(t.Visit)
	n.Text, n.Category, n.Page = text, "", 0
	t.KeepAs(noteName, n)
	t.StartClock()
	return nil
}

// hits are the products of the page that is looked at.
func hits(v visit.Visit, env visit.Env, n note, count int) (skus []string, found int) {
	set := SettingsOf(env)
	if set.Catalogue == nil || n.Text == "" && n.Category == "" {
		return nil, 0
	}
	return set.Catalogue.Search(Query{
		Text: n.Text, Category: n.Category, Language: language(v, env), From: n.Page * perPage, Count: count,
	})
}

// scanned shows the thing whose article number was scanned. Whoever shows a code of a parcel
// is somebody else, or comes for it.
func scanned(c visit.Present, t *visit.Turn) error {
	set := SettingsOf(t.Env)
	if gtin, ok := catalogue.Scanned(c.Text); ok {
		if sku, known := set.Catalogue.WithGTIN(gtin); known {
			return pickProduct(t, sku)
		}
	}
	if c.CodeHash != "" || c.BadgeHash != "" || c.Token != nil {
		return t.Pass(c)
	}
	t.Heard = view.HeardNotValid
	return nil
}
