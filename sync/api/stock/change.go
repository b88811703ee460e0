package stock

import (
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/stock"
	"cubby/sync/rest"
)

// moveBody is goods that were moved. Values are bounded by the rules of stock.
type moveBody struct {
	From     string `json:"from"`
	FromDoor string `json:"from_door"`
	To       string `json:"to"`
	ToDoor   string `json:"to_door"`
	Quantity int    `json:"quantity"  check:"required"`
	Cause    string `json:"cause"     check:"required"`
	Expected string `json:"expected"`
}

// countBody is what somebody has counted at a place.
type countBody struct {
	Place   string `json:"place"   check:"required"`
	Door    string `json:"door"`
	Counted *int   `json:"counted" check:"required"`
	Post    bool   `json:"post"`
}

// planBody is what is asked of the stock of an article.
type planBody struct {
	Safety int `json:"safety"`
	Low    int `json:"low"`
	Refill int `json:"refill"`
}

// expectBody is units that come, or leave.
type expectBody struct {
	Quantity *int      `json:"quantity" check:"required"`
	At       time.Time `json:"at"`
}

// postBody says what becomes of a count.
type postBody struct {
	Discard bool `json:"discard"`
}

// article is the one that the path names.
func article(x *rest.Exchange) (string, error) {
	sku := x.Var("sku")
	if !plain.Text(sku, 1, 64) {
		return "", noSuchArticle
	}
	return sku, nil
}

// levelled answers with the level of an article after it was changed.
func levelled(x *rest.Exchange, change func(sku string) (stock.Level, error)) error {
	sku, err := article(x)
	if err != nil {
		return err
	}
	l, err := change(sku)
	if err != nil {
		return err
	}
	if l.Rev > 0 {
		x.Tagged(rest.Tag(l.Rev))
	}
	l.SKU = sku
	return x.Encode(http.StatusOK, answerOf(l))
}

func (f family) move(x *rest.Exchange, b moveBody) error {
	return levelled(x, func(sku string) (stock.Level, error) {
		return f.station.MoveStock(x.Context(), stock.Moved{
			SKU: sku, From: stock.Place(b.From), FromDoor: b.FromDoor, To: stock.Place(b.To),
			ToDoor:   b.ToDoor,
			Quantity: b.Quantity, Cause: b.Cause, Ref: b.Expected,
		}, x.Actor())
	})
}

func (f family) plan(x *rest.Exchange, b planBody) error {
	return levelled(x, func(sku string) (stock.Level, error) {
		return f.station.PlanStock(x.Context(), sku, stock.Plan(b), x.Actor())
	})
}

func (f family) expect(x *rest.Exchange, b expectBody) error {
	return levelled(x, func(sku string) (stock.Level, error) {
		return f.station.ExpectStock(x.Context(), sku, stock.Expected{
			Ref: x.Var("ref"), Quantity: *b.Quantity, At: b.At,
		}, x.Actor())
	})
}

// tallyAnswer lists what is told of a count.
type tallyAnswer struct {
	Count      string    `json:"count"`
	SKU        string    `json:"sku"`
	Place      string    `json:"place"`
	Door       string    `json:"door,omitempty"`
	Counted    int       `json:"counted"`
	Book       int       `json:"book"`
	Difference int       `json:"difference"`
	At         time.Time `json:"at"`
}

func tallied(y stock.Tally) tallyAnswer {
	return tallyAnswer{
		y.Count, y.SKU, string(y.Place), y.Door, y.Counted, y.Book, y.Difference(), y.At.UTC(),
	}
}

func (f family) count(x *rest.Exchange, b countBody) error {
	sku, err := article(x)
	if err != nil {
		return err
	}
	y, err := f.station.CountStock(x.Context(), stock.CountPlace{
		SKU: sku, Place: stock.Place(b.Place), Door: b.Door, Counted: *b.Counted, Post: b.Post,
		By: x.Person(),
	}, x.Actor())
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, tallied(y))
}

var noSuchCount = ledger.Refuse(ledger.NotFound, "no-such-count", "this count was posted, or there is none")

func (f family) post(x *rest.Exchange, b postBody) error {
	id := x.Var("count")
	if !plain.Text(id, 1, 64) {
		return noSuchCount
	}
	c := stock.PostCount{Count: id, Discard: b.Discard, By: x.Person()}
	if err := f.station.PostCount(x.Context(), c, x.Actor()); err != nil {
		return err
	}
	return x.Nothing()
}

// goodsAnswer is what lies behind a door.
type goodsAnswer struct {
	Door     string `json:"door"`
	Quantity int    `json:"quantity"`
	Held     int    `json:"held"`
}

// holdAnswer is what a cart, a payment or an order holds of an article.
type holdAnswer struct {
	ID       string     `json:"id"`
	Cause    string     `json:"cause"`
	Order    string     `json:"order_id,omitempty"`
	Quantity int        `json:"quantity"`
	Afar     int        `json:"afar"`
	Since    time.Time  `json:"since"`
	Until    *time.Time `json:"until,omitempty"`
}

// leaseAnswer is what may be promised of the centre's units.
type leaseAnswer struct {
	Left     int        `json:"left"`
	Promised int        `json:"promised"`
	Sold     int64      `json:"sold"`
	Until    *time.Time `json:"until,omitempty"`
}

func (f family) promises(x *rest.Exchange) error {
	sku, err := article(x)
	if err != nil {
		return err
	}
	now, err := f.station.StockNow(x.Context(), sku)
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchArticle
	}
	if err != nil {
		return err
	}
	doors, holds, expected := []goodsAnswer{}, []holdAnswer{}, []stock.Expected{}
	for _, g := range now.Doors {
		doors = append(doors, goodsAnswer{g.Door, g.Quantity, g.Held})
	}
	for _, r := range now.Holds {
		holds = append(holds, holdAnswer{
			r.ID, string(r.Cause), r.Order, r.Of(sku, false), r.Of(sku, true), r.Since.UTC(), r.Until,
		})
	}
	lease := leaseAnswer{Left: now.Lease.Left, Promised: now.Lease.Promised, Sold: now.Lease.Sold}
	if !now.Lease.Until.IsZero() {
		lease.Until = &now.Lease.Until
	}
	return x.Encode(http.StatusOK, map[string]any{
		"sku": sku, "available_to_promise": now.ATP, "doors": doors, "holds": holds,
		"expected": append(expected, now.Expected...), "lease": lease,
	})
}

// taskAnswer is something that staff have to do.
type taskAnswer struct {
	Kind  string    `json:"kind"`
	SKU   string    `json:"sku"`
	Door  string    `json:"door,omitempty"`
	Units int       `json:"units"`
	Since time.Time `json:"since"`
}

func (f family) work(x *rest.Exchange) error {
	tasks, counts, err := f.station.StockWork(x.Context())
	if err != nil {
		return err
	}
	all, open := []taskAnswer{}, []tallyAnswer{}
	for _, k := range tasks {
		all = append(all, taskAnswer{string(k.Kind), k.SKU, k.Door, k.Units, k.Since.UTC()})
	}
	for _, y := range counts {
		open = append(open, tallied(y))
	}
	return x.Encode(http.StatusOK, map[string]any{"tasks": all, "counts": open})
}
