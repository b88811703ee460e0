package client

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"cubby/locker/stock"
)

// A StockLevel is how many of an article are where, as the endpoint tells it.
type StockLevel struct {
	SKU        string    `json:"sku"`
	Available  int       `json:"available"`
	OnHand     int       `json:"on_hand"`
	Store      int       `json:"store"`
	Shelf      int       `json:"shelf"`
	Doors      int       `json:"doors"`
	Warehouse  int       `json:"warehouse"`
	Damaged    int       `json:"damaged"`
	Quarantine int       `json:"quarantine"`
	InTransit  int       `json:"in_transit"`
	Reserved   int       `json:"reserved"`
	Committed  int       `json:"committed"`
	Safety     int       `json:"safety"`
	Low        int       `json:"low"`
	Refill     int       `json:"refill"`
	Changed    time.Time `json:"changed"`
}

// StockPromises is what may be promised of an article, and who holds what of it.
type StockPromises struct {
	ATP   int `json:"available_to_promise"`
	Doors []struct {
		Door           string
		Quantity, Held int
	}
	Holds []struct {
		ID, Cause      string
		Order          string `json:"order_id"`
		Quantity, Afar int
		Until          *time.Time
	}
	Expected []stock.Expected
	Lease    struct {
		Left, Promised, Sold int
		Until                *time.Time
	}
}

// A StockCount is what somebody has counted, and the difference that was found.
type StockCount struct {
	stock.Tally
	Difference int `json:"difference"`
}

func stockPath(sku, more string) string { return "/v1/stock/" + url.PathEscape(sku) + more }

// StockLevels reads all articles, page by page.
func (c *Client) StockLevels(ctx context.Context) (all []StockLevel, err error) {
	err = c.pages(ctx, "/v1/stock", url.Values{}, func(body []byte) error {
		var page struct{ Stock []StockLevel }
		err := json.Unmarshal(body, &page)
		all = append(all, page.Stock...)
		return err
	})
	return all, err
}

// StockLevel reads one article.
func (c *Client) StockLevel(ctx context.Context, sku string) (l StockLevel, err error) {
	_, err = c.do(ctx, call{method: "GET", path: stockPath(sku, ""), named: true}, &l)
	return l, err
}

// StockPromises reads what may be promised of an article.
func (c *Client) StockPromises(ctx context.Context, sku string) (p StockPromises, err error) {
	_, err = c.do(ctx, call{method: "GET", path: stockPath(sku, "/promises"), named: true}, &p)
	return p, err
}

// MoveStock moves goods.
func (c *Client) MoveStock(ctx context.Context, m stock.Moved) (l StockLevel, err error) {
	body := map[string]any{"quantity": m.Quantity, "cause": m.Cause}
	for name, text := range map[string]string{
		"from": string(m.From), "from_door": m.FromDoor, "to": string(m.To), "to_door": m.ToDoor,
		"expected": m.Ref,
	} {
		if text != "" {
			body[name] = text
		}
	}
	_, err = c.do(ctx, call{method: "POST", path: stockPath(m.SKU, "/moves"), named: true, body: body}, &l)
	return l, err
}

// PlanStock says what is asked of the stock of an article.
func (c *Client) PlanStock(ctx context.Context, sku string, p stock.Plan) (l StockLevel, err error) {
	_, err = c.do(ctx, call{method: "PUT", path: stockPath(sku, "/plan"), named: true, body: p}, &l)
	return l, err
}

// ExpectStock says that units come at a time, or with none that they do not.
func (c *Client) ExpectStock(ctx context.Context, sku string, e stock.Expected) (l StockLevel, err error) {
	body := map[string]any{"quantity": e.Quantity}
	if !e.At.IsZero() {
		body["at"] = e.At
	}
	_, err = c.do(ctx, call{method: "PUT", path: stockPath(sku, "/expected/"+url.PathEscape(e.Ref)),
		named: true,
		body:  body}, &l)
	return l, err
}

// CountStock tells what somebody has counted at a place.
func (c *Client) CountStock(ctx context.Context, n stock.CountPlace) (y StockCount, err error) {
	body := map[string]any{"place": n.Place, "counted": n.Counted, "post": n.Post}
	if n.Door != "" {
		body["door"] = n.Door
	}
	_, err = c.do(ctx, call{method: "POST", path: stockPath(n.SKU, "/counts"), named: true, body: body}, &y)
	return y, err
}

// PostCount posts a count, or throws it away.
func (c *Client) PostCount(ctx context.Context, count string, discard bool) error {
	_, err := c.do(ctx, call{method: "POST", path: "/v1/stock-work/counts/" + url.PathEscape(count),
		named: true,
		body:  map[string]any{"discard": discard}}, nil)
	return err
}

// StockWork lists what staff have to do about articles, and the counts that are not posted.
func (c *Client) StockWork(ctx context.Context) (tasks []stock.Task, counts []StockCount, err error) {
	var body struct {
		Tasks  []stock.Task
		Counts []StockCount
	}
	_, err = c.do(ctx, call{method: "GET", path: "/v1/stock-work", named: true}, &body)
	return body.Tasks, body.Counts, err
}
