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

// Station changes stock. Its methods answer after the commit; what the rules refuse comes
// back as a *ledger.Refusal.
type Station interface {
	// MoveStock moves goods, and tells how many are where afterwards.
	MoveStock(ctx context.Context, m stock.Moved, actor string) (stock.Level, error)
	// PlanStock says what is asked of the stock of an article. Repeating it is no error.
	PlanStock(ctx context.Context, sku string, p stock.Plan, actor string) (stock.Level, error)
	// ExpectStock says that units come at a time; a quantity of 0: that they do not.
	ExpectStock(ctx context.Context, sku string, e stock.Expected, actor string) (stock.Level, error)
	// CountStock notes what somebody has counted, and with Post books the difference.
	CountStock(ctx context.Context, c stock.CountPlace, actor string) (stock.Tally, error)
	// PostCount books the difference of a count, or throws it away.
	PostCount(ctx context.Context, c stock.PostCount, actor string) error
	// StockNow tells what may be promised of an article. One of which nobody has told is
	// refused as NotFound.
	StockNow(ctx context.Context, sku string) (stock.Now, error)
	// StockWork lists tasks and counts that are not posted.
	StockWork(ctx context.Context) ([]stock.Task, []stock.Tally, error)
}

// Reader reads what is committed.
type Reader interface {
	// Stock reads one article. One of which nobody has told is refused as NotFound.
	Stock(ctx context.Context, sku string) (stock.Level, error)
	// StockLevels reads a page ordered by article. next is the after of the following page,
	// empty on the last.
	StockLevels(ctx context.Context, after string, limit int) (page []stock.Level, next string, err error)
}

// The rights that these routes need.
const (
	mayRead  = "stock:read"
	mayWrite = "stock:write"
)

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	// who may say where an item that came back goes may say it of all goods
	const one, reads, keeps = "/v1/stock/{sku}", string(people.FindParcel), string(people.GradeReturns)
	read := func(path string, run func(*rest.Exchange) error, query ...string) rest.Route {
		return rest.Route{Method: "GET", Path: path, Scope: mayRead, Run: rest.Plain(run), Query: query,
			Naming: rest.MayBeNamed, Does: reads}
	}
	write := func(method, path string, repeat rest.Repeating, run rest.Handler) rest.Route {
		return rest.Route{Method: method, Path: path, Scope: mayWrite, Run: run, Repeat: repeat,
			Naming: rest.MayBeNamed, Does: keeps}
	}
	return rest.Family{Name: "stock", Fragment: fragment, Routes: []rest.Route{
		read("/v1/stock", f.list, "limit", "page_token"),
		read(one, f.get),
		read(one+"/promises", f.promises),
		read("/v1/stock-work", f.work),
		write("POST", one+"/moves", rest.Once, rest.Reads(f.move)),
		write("POST", one+"/counts", rest.Once, rest.Reads(f.count)),
		write("PUT", one+"/plan", 0, rest.Reads(f.plan)),
		write("PUT", one+"/expected/{ref}", 0, rest.Reads(f.expect)),
		write("POST", "/v1/stock-work/counts/{count}", rest.Once, rest.Reads(f.post)),
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
	Store      int       `json:"store"`
	Shelf      int       `json:"shelf"`
	Doors      int       `json:"doors"`
	Warehouse  int       `json:"warehouse"`
	Damaged    int       `json:"damaged"`
	OtherStore int       `json:"other_store"`
	Reserved   int       `json:"reserved"`
	Committed  int       `json:"committed"`
	Safety     int       `json:"safety"`
	Low        int       `json:"low"`
	Refill     int       `json:"refill"`
	Changed    time.Time `json:"changed"`
	Rev        int64     `json:"rev"`
}

func answerOf(l stock.Level) levelAnswer {
	return levelAnswer{
		SKU: l.SKU, Available: l.Available(), OnHand: l.Here(), Quarantine: l.Quarantine,
		InTransit: l.InTransit, Refurbish: l.Refurbish, Recycle: l.Recycle, Vendor: l.Vendor, Store: l.OnHand,
		Shelf: l.Shelf, Doors: l.Doors, Warehouse: l.Warehouse, Damaged: l.Damaged, OtherStore: l.OtherStore,
		Reserved: l.Reserved, Committed: l.Committed, Safety: l.Safety, Low: l.Low, Refill: l.Refill,
		Changed: l.Changed.UTC(), Rev: l.Rev,
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
