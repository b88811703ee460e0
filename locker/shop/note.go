package shop

import (
	"slices"

	"cubby/locker/shop/price"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Visit is what a visit of somebody who buys is called.
const Visit visit.Kind = "shop"

// An item is a number of equal things in a cart.
type item struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// A note is what such a visit keeps. It is forgotten with the visit.
type note struct {
	Category string        `json:"category,omitempty"` // that is looked at
	Text     string        `json:"text,omitempty"`     // that is looked for
	Page     int           `json:"page,omitempty"`     // from 0
	SKU      string        `json:"sku,omitempty"`      // that is looked at
	List     bool          `json:"list,omitempty"`     // it was come to from a list
	Items    []item        `json:"items,omitempty"`    // the cart
	Coupons  []price.Shown `json:"coupons,omitempty"`
	Gift     bool          `json:"gift,omitempty"`
	Place    *Place        `json:"place,omitempty"` // that was chosen
	Total    int64         `json:"total,omitempty"` // that was shown when it was chosen
	Sale     string        `json:"sale,omitempty"`  // that was made of the cart
	Stowing  string        `json:"stowing,omitempty"`
	Stowed   string        `json:"stowed,omitempty"` // title of what was put behind a door last
	Tried    []string      `json:"tried,omitempty"`  // doors not to offer again
}

const noteName = "shop"

func noteOf(v visit.Visit) note { return visit.DataAs[note](v, noteName) }

// show moves to a page, and keeps the note.
func show(t *visit.Turn, n note, s view.Step, why view.Reason) {
	t.KeepAs(noteName, n)
	t.Show(s, why)
}

func (n note) count() (units int) {
	for _, i := range n.Items {
		units += i.Quantity
	}
	return units
}

func (n note) of(sku string) int {
	for _, i := range n.Items {
		if i.SKU == sku {
			return i.Quantity
		}
	}
	return 0
}

// with is the note with so many of an article in the cart; none takes it out.
func (n note) with(sku string, quantity int) note {
	n.Items = slices.Clone(n.Items)
	at := slices.IndexFunc(n.Items, func(i item) bool { return i.SKU == sku })
	switch {
	case at < 0 && quantity > 0:
		n.Items = append(n.Items, item{sku, quantity})
	case at >= 0 && quantity > 0:
		n.Items[at].Quantity = quantity
	case at >= 0:
		n.Items = slices.Delete(n.Items, at, at+1)
	}
	return n
}
