package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/sync/hub"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed trade.json
var tradeFragment []byte

// Trade keeps orders, and what comes back of them.
type Trade interface {
	PutOrder(ctx context.Context, by, id string, body json.RawMessage, stations []string) error
	PatchOrder(ctx context.Context, by, id string, merge hub.Merge, cond ledger.Condition) error
	CancelOrder(ctx context.Context, by, id string) error
	Order(ctx context.Context, id string) (hub.Order, error)
	Orders(ctx context.Context, f hub.OrderFilter) (page []hub.Order, next string, err error)
	Return(ctx context.Context, station, id string) (hub.Return, error)
	Returns(ctx context.Context, f hub.ReturnFilter) (page []hub.Return, next string, err error)
	AnswerReturn(ctx context.Context, by, station, id string, agree bool, reason string) error
	Refunds(ctx context.Context, f hub.RefundFilter) (page []hub.Refund, next string, err error)
	SettleRefund(ctx context.Context, by, station, id, state, reference string) error
}

type tradeFamily struct{ hub Trade }

// maxOrder bounds the body of an order, in bytes, as stations do.
const maxOrder = 1 << 20

// trade is the family of orders, returns and refunds.
func trade(h Trade) rest.Family {
	f := tradeFamily{h}
	const back = at + "/returns/{id}"
	return rest.Family{Name: "trade", Fragment: tradeFragment, Routes: []rest.Route{
		{Method: "PUT", Path: "/v1/orders/{id}", Scope: writeOrders, Run: rest.Plain(f.putOrder), MaxBody: maxOrder,
			Query: []string{"stations"}},
		{Method: "PATCH", Path: "/v1/orders/{id}", Scope: writeOrders, Run: rest.Plain(f.patchOrder),
			MaxBody: maxOrder,
			Media:   rest.MergePatch},
		{Method: "GET", Path: "/v1/orders/{id}", Scope: readOrders, Run: rest.Plain(f.order)},
		{Method: "POST", Path: "/v1/orders/{id}/cancel", Repeat: rest.Again, Scope: writeOrders,
			Run: rest.Empty(f.cancelOrder)},
		{Method: "GET", Path: "/v1/orders", Scope: readOrders, Run: rest.Plain(f.orders),
			Query: []string{"text", "limit", "page_token"}},
		{Method: "GET", Path: "/v1/returns", Scope: readReturns, Run: rest.Plain(f.returns),
			Query: []string{"state", "waiting", "station", "order", "limit", "page_token"}},
		{Method: "GET", Path: back, Scope: readReturns, Run: rest.Plain(f.oneReturn)},
		{Method: "POST", Path: back + "/authorise", Repeat: rest.Again, Scope: decide,
			Run: rest.Empty(f.authorise)},
		{Method: "POST", Path: back + "/decline", Repeat: rest.Again, Scope: decide,
			Run: rest.Reads(f.decline)},
		{Method: "GET", Path: "/v1/refunds", Scope: readReturns, Run: rest.Plain(f.refunds),
			Query: []string{"state", "station", "order", "limit", "page_token"}},
		{Method: "POST", Path: at + "/refunds/{id}/settle", Repeat: rest.Again, Scope: writeRefunds,
			Run: rest.Reads(f.settle)},
	}}
}

var (
	noSuchOrder  = ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this id here")
	noSuchReturn = ledger.Refuse(ledger.NotFound, "no-such-return", "there is no return with this id here")
	noSuchRefund = ledger.Refuse(ledger.NotFound, "no-such-refund", "there is no refund with this id here")
)

// mostStations bounds how many stations one order names.
const mostStations = 100

// putOrder creates an order or changes it, for the stations named or for all.
func (f tradeFamily) putOrder(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return orders.BadOrderID()
	}
	if err := unconditional(x); err != nil {
		return err
	}
	var named []string
	if text := x.Query().Get("stations"); text != "" {
		named = strings.Split(text, ",")
	}
	if len(named) > mostStations || slices.ContainsFunc(named,
		func(s string) bool { return !strict.ValidID(s) }) {
		return problem.BadParameter("stations", "must be the ids of at most 100 stations, with commas between them")
	}
	var body json.RawMessage
	if err := x.Body(func(b []byte) error { body = document(b); return nil }); err != nil {
		return err
	}
	_, err := f.hub.Order(x.Context(), id)
	made := ledger.CodeOf(err) == ledger.NotFound
	if err != nil && !made {
		return err
	}
	if err := f.hub.PutOrder(x.Context(), x.Client(), id, body, named); err != nil {
		return asParameter(err, "no-such-station", "stations")
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
		x.Header().Set("Location", "/v1/orders/"+id)
	}
	return f.answerOrder(x, status, id)
}

// patchOrder puts an order anew with some members changed.
func (f tradeFamily) patchOrder(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	p, err := x.ReadPatch("id", "total", "changed", "cancelled", "everywhere", "stations", "returns",
		"refunds", "body")
	if err != nil {
		return err
	}
	cond, err := x.Condition(func() (int64, error) {
		o, err := f.hub.Order(x.Context(), id)
		return o.Rev, err
	})
	if err == nil {
		err = f.hub.PatchOrder(x.Context(), x.Client(), id, p.Merge, cond)
	}
	if err != nil {
		return sameNotFound(err, noSuchOrder)
	}
	return f.answerOrder(x, http.StatusOK, id)
}

// asParameter says of a refusal that it is about a parameter, not about the body.
func asParameter(err error, slug, name string) error {
	if r, is := errors.AsType[*ledger.Refusal](err); is && r.Slug == slug {
		return problem.BadParameter(name, r.Message)
	}
	return err
}

func (f tradeFamily) answerOrder(x *rest.Exchange, status int, id string) error {
	o, err := f.hub.Order(x.Context(), id)
	if err != nil {
		return sameNotFound(err, noSuchOrder)
	}
	x.Tagged(rest.Tag(o.Rev))
	return x.Encode(status, orderAs(o))
}

func (f tradeFamily) order(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	o, err := f.hub.Order(x.Context(), id)
	if err != nil {
		return sameNotFound(err, noSuchOrder)
	}
	return x.Encode(http.StatusOK, orderAs(o))
}

func (f tradeFamily) cancelOrder(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	if err := f.hub.CancelOrder(x.Context(), x.Client(), id); err != nil {
		return sameNotFound(err, noSuchOrder)
	}
	return f.answerOrder(x, http.StatusOK, id)
}

func (f tradeFamily) orders(x *rest.Exchange) (err error) {
	var filter hub.OrderFilter
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{"text": &filter.Text}); err != nil {
		return err
	}
	all, next, err := f.hub.Orders(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []orderBody{}
	for _, o := range all {
		page = append(page, orderAs(o))
	}
	return x.Encode(http.StatusOK, list("orders", page, next))
}

func (f tradeFamily) returns(x *rest.Exchange) (err error) {
	var filter hub.ReturnFilter
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if filter.Waiting, err = flagged(x.Query(), "waiting"); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{
		"state": &filter.State, "station": &filter.Station, "order": &filter.Order,
	}); err != nil {
		return err
	}
	all, next, err := f.hub.Returns(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []returnBody{}
	for _, r := range all {
		page = append(page, returnAs(r))
	}
	return x.Encode(http.StatusOK, list("returns", page, next))
}

func (f tradeFamily) oneReturn(x *rest.Exchange) error {
	names, err := named(x, noSuchReturn, "station", "id")
	if err != nil {
		return err
	}
	r, err := f.hub.Return(x.Context(), names["station"], names["id"])
	if err != nil {
		return sameNotFound(err, noSuchReturn)
	}
	return x.Encode(http.StatusOK, returnAs(r))
}

func (f tradeFamily) authorise(x *rest.Exchange) error { return f.answerReturn(x, true, "") }

// declined is why a return is declined.
type declined struct {
	Reason string `json:"reason" check:"required,text=1..300" slug:"reason"`
}

func (f tradeFamily) decline(x *rest.Exchange, b declined) error {
	return f.answerReturn(x, false, b.Reason)
}

func (f tradeFamily) answerReturn(x *rest.Exchange, agree bool, reason string) error {
	names, err := named(x, noSuchReturn, "station", "id")
	if err != nil {
		return err
	}
	if err := f.hub.AnswerReturn(x.Context(), x.Client(), names["station"], names["id"], agree,
		reason); err != nil {
		return sameNotFound(err, noSuchReturn)
	}
	return f.oneReturn(x)
}

func (f tradeFamily) refunds(x *rest.Exchange) (err error) {
	var filter hub.RefundFilter
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{
		"state": &filter.State, "station": &filter.Station, "order": &filter.Order,
	}); err != nil {
		return err
	}
	all, next, err := f.hub.Refunds(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []refundBody{}
	for _, r := range all {
		page = append(page, refundAs(r))
	}
	return x.Encode(http.StatusOK, list("refunds", page, next))
}

// settled is what has become of a refund.
type settled struct {
	State     string `json:"state"     check:"required,one=approved|completed|failed"`
	Reference string `json:"reference" check:"text=1..100"`
	Detail    string `json:"detail"    check:"text=1..100"`
}

// Mistakes are those of a refund that failed and says not why.
func (b settled) Mistakes(whole bool) (all []*ledger.Refusal) {
	if b.State == "failed" && b.Detail == "" && whole {
		all = append(all, ledger.Refuse(ledger.Invalid, "detail", "say why it failed").At("/detail"))
	}
	return all
}

func (f tradeFamily) settle(x *rest.Exchange, b settled) error {
	names, err := named(x, noSuchRefund, "station", "id")
	if err != nil {
		return err
	}
	reference := b.Reference
	if b.State == "failed" {
		reference = b.Detail
	}
	if err := f.hub.SettleRefund(x.Context(), x.Client(), names["station"], names["id"], b.State,
		reference); err != nil {
		return sameNotFound(err, noSuchRefund)
	}
	return x.Nothing()
}
