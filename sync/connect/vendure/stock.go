package vendure

import (
	"context"
	"database/sql"
	"errors"

	"cubby/sync/db"
)

type variant struct {
	SKU         string
	StockLevels []struct {
		StockOnHand   int
		StockLocation struct{ Name string }
	}
}

// stock tells stations how many of an article the shop has at their location. The shop is
// the truth: what it says anew is told, and nothing of the stations' own counts goes back
// but by sales and returns. It is told when the shop's number changes, so that a movement
// at the station that the shop does not know yet is not undone.
func (k *Connector) stock(ctx context.Context) error {
	at := map[string]string{} // location to station
	for _, p := range k.Places {
		if p.Location != "" {
			at[p.Location] = p.Station
		}
	}
	if len(at) == 0 {
		return nil
	}
	for skip := 0; ; skip += mostOrders {
		var a struct{ ProductVariants struct{ Items []variant } }
		err := k.client.ask(ctx, `query($skip: Int!, $take: Int!) { productVariants(
			options: { skip: $skip, take: $take, sort: { id: ASC } }) {
			items { sku stockLevels { stockOnHand stockLocation { name } } } } }`,
			map[string]any{"skip": skip, "take": mostOrders}, &a)
		if err != nil {
			return err
		}
		for _, v := range a.ProductVariants.Items {
			for _, l := range v.StockLevels {
				if station, here := at[l.StockLocation.Name]; here {
					if err := k.level(ctx, station, v.SKU, max(0, l.StockOnHand)); err != nil {
						return err
					}
				}
			}
		}
		if len(a.ProductVariants.Items) < mostOrders {
			return nil
		}
	}
}

// level tells a station how many there are, when that is another number than before.
func (k *Connector) level(ctx context.Context, station, sku string, onHand int) error {
	var before int
	err := k.store.db.QueryRow(ctx, "SELECT level FROM vendure_stock WHERE station = ? AND sku = ?",
		station, sku).Scan(&before)
	if err == nil && before == onHand {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := k.Hub.SetStock(ctx, k.by(), station, sku, onHand); err != nil {
		if ctx.Err() == nil { // a station that has left, a name that is too long: of others it says nothing
			k.Log.Warn("stock is not told", "station", station, "sku", short(sku), "error", err)
		}
		return ctx.Err()
	}
	return k.store.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("INSERT INTO vendure_stock (station, sku, level) VALUES (?, ?, ?) "+
			"ON CONFLICT (station, sku) DO UPDATE SET level = excluded.level", station, sku, onHand)
		return err
	})
}
