// Package stock is the resource family of how many of an article are where.
package stock

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/stock"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Reader reads what is committed.
type Reader interface {
	// Stock reads one article. One of which nobody has told is refused as NotFound.
	Stock(ctx context.Context, sku string) (stock.Level, error)
	// StockLevels reads a page ordered by article. next is the after of the following page,
	// empty on the last.
	StockLevels(ctx context.Context, after string, limit int) (page []stock.Level, next string, err error)
}

type family struct{ reader Reader }

// Family is the family over what is committed.
func Family(r Reader) rest.Family {
	f := family{r}
	return rest.Family{Name: "stock", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/stock", Scope: "stock:read", Run: rest.Plain(f.list),
			Query:  []string{"limit", "page_token"},
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "GET", Path: "/v1/stock/{sku}", Scope: "stock:read", Run: rest.Plain(f.get),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
	}}
}

// levelAnswer lists what is told of an article.
type levelAnswer struct {
	SKU        string    `json:"sku"`
	Available  int       `json:"available"`
	OnHand     int       `json:"on_hand"`
	Quarantine int       `json:"quarantine"`
	InTransit  int       `json:"in_transit"`
	Refurbish  int       `json:"refurbish"`
	Recycle    int       `json:"recycle"`
	Vendor     int       `json:"vendor"`
	Changed    time.Time `json:"changed"`
	Rev        int64     `json:"rev"`
}

func answerOf(l stock.Level) levelAnswer {
	return levelAnswer{
		l.SKU, l.Available(), l.OnHand, l.Quarantine, l.InTransit, l.Refurbish, l.Recycle, l.Vendor, l.Changed.UTC(),
		l.Rev,
	}
}

var noSuchArticle = ledger.Refuse(ledger.NotFound, "no-such-article",
	"nobody has told of an article with this number here")

func (f family) get(x *rest.Exchange) error {
	sku := x.Var("sku")
	if !plain.Text(sku, 1, 64) {
		return noSuchArticle
	}
	l, err := f.reader.Stock(x.Context(), sku)
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchArticle
	}
	if err != nil {
		return err
	}
	if done, err := x.Unchanged(rest.Tag(l.Rev)); done || err != nil {
		return err
	}
	x.Tagged(rest.Tag(l.Rev))
	return x.Encode(http.StatusOK, answerOf(l))
}

func (f family) list(x *rest.Exchange) error {
	q := x.Query()
	limit, err := rest.Number(q, "limit", 1, 100, 100)
	if err != nil {
		return err
	}
	after := ""
	if q.Get("page_token") != "" { // "page_token=" is how a loop asks before it has one
		if after, err = rest.ParsePageText(q.Get("page_token")); err != nil {
			return err
		}
		if !plain.Text(after, 1, 64) {
			return problem.BadParameter(
				"page_token",
				"is not one this station has given out; begin again without it",
			)
		}
	}
	page, next, err := f.reader.StockLevels(x.Context(), after, limit)
	if err != nil {
		return err
	}
	list := []levelAnswer{}
	for _, l := range page {
		list = append(list, answerOf(l))
	}
	body := map[string]any{"stock": list}
	if next != "" {
		body["next_page_token"] = rest.PageToken(next)
	}
	return x.Encode(http.StatusOK, body)
}
