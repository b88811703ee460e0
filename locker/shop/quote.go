package shop

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/shop/catalogue"
	"cubby/locker/shop/price"
	"cubby/locker/visit"
)

// channel is where somebody buys at a terminal.
func channel(env visit.Env) string {
	if env.AtDesk() {
		return "desk"
	}
	return "kiosk"
}

func context(env visit.Env, coupons []price.Shown) price.Context {
	return price.Context{At: env.Now, Channel: channel(env), Coupons: coupons}
}

// quote is what a cart costs now; nil: nothing has a price.
func quote(env visit.Env, n note) *price.Quote {
	set := SettingsOf(env)
	s := set.prices(env.Now)
	if s == nil || set.Catalogue == nil {
		return nil
	}
	var items []price.Item
	for _, i := range n.Items {
		items = append(items, price.Item{SKU: i.SKU, Quantity: i.Quantity, Categories: pathOf(set, i.SKU)})
	}
	q := s.Total(items, 0, context(env, n.Coupons))
	return &q
}

// pathOf are the categories that an article is in, and those that they are below.
func pathOf(set Settings, sku string) (all []string) {
	p, _ := set.Catalogue.Product(sku)
	for _, id := range p.Categories {
		_, path, _ := set.Catalogue.Category(id)
		all = append(all, path...)
	}
	return all
}

// thing is one article of the catalogue.
func thing(set Settings, sku string) (p catalogue.Product, v catalogue.Variant, ok bool) {
	if set.Catalogue == nil {
		return p, v, false
	}
	if p, ok = set.Catalogue.Product(sku); !ok {
		return p, v, false
	}
	v, ok = p.Variant(sku)
	return p, v, ok
}

// titled is the name of an article, with what its variant differs by.
func titled(p catalogue.Product, v catalogue.Variant, language string) string {
	title := p.Title.In(language)
	if len(p.Variants) < 2 {
		return title
	}
	if d := options(v); d != "" {
		title += ", " + d
	}
	return title
}

func options(v catalogue.Variant) (text string) {
	keys := make([]string, 0, len(v.Options))
	for k := range v.Options {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for i, k := range keys {
		if i > 0 {
			text += ", "
		}
		text += v.Options[k]
	}
	return text
}

func picture(p catalogue.Product) string {
	if len(p.Pictures) == 0 {
		return ""
	}
	return p.Pictures[0].Hash
}

// language is that of a visit, or of the station.
func language(v visit.Visit, env visit.Env) string {
	if v.Language == "" && len(env.Policy.Languages) > 0 {
		return env.Policy.Languages[0]
	}
	return v.Language
}

// ages is the highest age that something in a cart asks for.
func (n note) ages(set Settings) (age int) {
	for _, i := range n.Items {
		p, _, _ := thing(set, i.SKU)
		age = max(age, p.Age)
	}
	return age
}

type stateOf = *ledger.State
