package apitest

import (
	"context"

	"cubby/locker/people"
	room "cubby/locker/shop"
)

// SomeSale is a sale that is there.
const SomeSale = "S-0000-0001"

func someSale() room.Sale {
	ready := soldAt
	return room.Sale{
		ID: SomeSale, Shop: "web", State: room.Picking, Channel: "kiosk", Currency: "EUR", Total: 1290, Tax: 206,
		Version: "2026-03-01", Place: room.Place{Kind: room.Kerbside, Ready: &ready}, Ordered: soldAt, Rev: 3,
		Lines: []room.Line{{ID: "1", SKU: "MUG-1", Title: "Mug", Quantity: 1, Unit: 1290, Total: 1290,
			State: room.LinePicking}},
	}
}

// Sale finds one.
func (c *Core) Sale(_ context.Context, id string) (room.Sale, error) {
	if id != SomeSale {
		return room.Sale{}, room.NoSuchSale()
	}
	return someSale(), nil
}

// SalePage has the one that is there.
func (c *Core) SalePage(_ context.Context, f room.Filter) (page []room.Sale, next string, err error) {
	if one := someSale(); f.After < one.ID && (f.State == "" || f.State == one.State) {
		page = append(page, one)
	}
	return page, "", nil
}

// CustomerHere notes the bay, and forgets it at once.
func (c *Core) CustomerHere(_ context.Context, _ people.Doer, sale, bay, actor string) (room.Sale, error) {
	it, err := c.Sale(context.Background(), sale)
	if err != nil {
		return it, err
	}
	c.plays(actor)
	it.Bay, it.Rev = bay, it.Rev+1
	return it, nil
}
