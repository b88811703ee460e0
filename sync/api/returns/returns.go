// Package returns is the resource family of what comes back: returns asked for, agreed to,
// graded, decided and closed, and the refunds that follow with their answers.
package returns

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/visit"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station decides commands of returns. It answers after the commit; what the rules refuse
// comes back as a *ledger.Refusal.
type Station interface {
	OfReturns(ctx context.Context, c visit.Command, actor string) error
}

// Reader reads what is committed. What is not here is refused as NotFound.
type Reader interface {
	// Return reads one case, and what the customer has written of its items.
	Return(ctx context.Context, id string) (returns.Case, []string, error)
	// Returns reads a page ordered by id. next is the After of the following page, empty on
	// the last.
	Returns(ctx context.Context, f returns.Filter) (page []returns.Case, next string, err error)
	// Refund reads one refund.
	Refund(ctx context.Context, id string) (returns.Refund, error)
	// RefundPage reads a page ordered by id.
	RefundPage(ctx context.Context, f returns.RefundFilter) (page []returns.Refund, next string, err error)
}

// The rights that these routes need.
const (
	mayRead   = "returns:read"
	mayWrite  = "returns:write"
	mayDecide = "returns:decide"
	mayPay    = "refunds:write"
)

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	const one = "/v1/returns/{return}"
	const item = one + "/items/{item}"
	const refund = "/v1/refunds/{refund}"
	reads := func(path string, run rest.Handler, query ...string) rest.Route {
		return rest.Route{Method: "GET", Path: path, Scope: mayRead, Run: run, Query: query,
			Naming: rest.MayBeNamed, Does: string(people.TakeReturns)}
	}
	writes := func(path, scope string, run rest.Handler, again rest.Repeating) rest.Route {
		return rest.Route{Method: "POST", Path: path, Scope: scope, Run: run, Repeat: again,
			Naming: rest.MayBeNamed}
	}
	return rest.Family{Name: "returns", Fragment: fragment, Routes: []rest.Route{
		writes("/v1/returns", mayWrite, rest.Reads(f.request), rest.Once),
		reads("/v1/returns", rest.Plain(f.list), "state", "order", "shop", "open", "limit", "page_token"),
		reads(one, rest.Plain(f.get)),
		writes(one+"/authorise", mayDecide, rest.Empty(f.authorise), rest.Again),
		writes(one+"/decline", mayDecide, rest.Reads(f.decline), rest.Again),
		writes(one+"/drop", mayWrite, rest.Empty(f.drop), rest.Again),
		writes(one+"/items", mayWrite, rest.Reads(f.add), rest.Once),
		writes(item+"/grade", mayWrite, rest.Reads(f.grade), rest.Once),
		writes(item+"/decide", mayDecide, rest.Reads(f.decide), rest.Once),
		writes(item+"/override", mayDecide, rest.Reads(f.override), rest.Once),
		writes(one+"/exchange", mayDecide, rest.Reads(f.exchange), rest.Once),
		writes(one+"/close", mayWrite, rest.MayRead(f.end(returns.Closed)), rest.Again),
		writes(one+"/cancel", mayWrite, rest.MayRead(f.end(returns.Cancelled)), rest.Again),
		reads("/v1/refunds", rest.Plain(f.refunds), "state", "return", "order", "limit", "page_token"),
		reads(refund, rest.Plain(f.refund)),
		writes(refund, mayPay, rest.Reads(f.answerRefund), rest.Again),
		writes(refund+"/retry", mayPay, rest.Empty(f.retry), rest.Again),
		writes(refund+"/redirect", mayPay, rest.Reads(f.redirect), rest.Once),
	}}
}

var (
	noSuchReturn = ledger.Refuse(
		ledger.NotFound,
		"no-such-return",
		"there is no return with this number here",
	)
	noSuchItem = ledger.Refuse(ledger.NotFound, "no-such-item", "the return has no item of this number")
)

// doer is who of the staff sent the request.
func doer(x *rest.Exchange) people.Doer { return people.Doer{ID: x.Person()} }

// actor is how facts name who sent the request.
func actor(x *rest.Exchange) string {
	if by := doer(x); by != (people.Doer{}) {
		return by.Actor()
	}
	return x.Actor()
}

// asked is what somebody brings back, or wants to.
type asked struct {
	Order    string      `json:"order_id" check:"id"`
	Channel  string      `json:"channel"  check:"one=counter|home|rest"`
	Items    []askedItem `json:"items"    check:"required,most=100"`
	Prefer   string      `json:"prefer"   check:"one=original|gift_card|points|exchange"`
	Gift     bool        `json:"gift"`
	Language string      `json:"language" check:"plain=0..35"`
	Shop     string      `json:"shop"     check:"text=1..64"` // of what no order is known of
	Currency string      `json:"currency" check:"plain=3..3"`
}

type askedItem struct {
	Line      string `json:"line"      check:"id"`
	Quantity  int    `json:"quantity"  check:"required,range=1..100000"`
	Reason    string `json:"reason"    check:"plain=0..64"`
	Text      string `json:"text"      check:"text=1..300"`
	Serial    string `json:"serial"    check:"plain=0..64"`
	Condition string `json:"condition" check:"plain=0..32"`
	Override  string `json:"override"  check:"text=1..300"` // why it comes back against the rules
	SKU       string `json:"sku"       check:"plain=0..64"`
	GTIN      string `json:"gtin"      check:"plain=0..14"`
	Title     string `json:"title"     check:"text=1..200"`
	Amount    int64  `json:"amount"    check:"range=0..1000000000000"`
}

// request begins a return. Without a person it is the centre that asks, and so agrees.
func (f family) request(x *rest.Exchange, a asked) error {
	c := returns.Request{
		By: doer(x), Channel: returns.Channel(a.Channel), Order: a.Order, Shop: a.Shop, Currency: a.Currency,
		Prefer: a.Prefer, Gift: a.Gift, Language: a.Language, Agreed: x.Person() == "", Now: new(returns.Case),
	}
	switch {
	case a.Channel != "":
	case c.Agreed:
		c.Channel = returns.Asked
	default:
		c.Channel = returns.AtCounter
	}
	if a.Order == "" && !knownCurrency(a.Currency) {
		return ledger.Refuse(ledger.Invalid, "unknown-currency", "name the order; or, of what no order is known, "+
			"the shop and a currency of ISO 4217").
			At("/currency")
	}
	for _, i := range a.Items {
		c.Items = append(c.Items, returns.Ask{
			Line: i.Line, Quantity: i.Quantity, Reason: i.Reason, Text: i.Text, Serial: i.Serial,
			Condition: i.Condition, Override: i.Override, SKU: i.SKU, GTIN: i.GTIN, Title: i.Title, Amount: i.Amount,
		})
	}
	if err := f.station.OfReturns(x.Context(), c, actor(x)); err != nil {
		return err
	}
	x.Header()["Location"] = []string{"/v1/returns/" + c.Now.ID}
	return f.afterwards(x, http.StatusCreated, c.Now.ID)
}

func (f family) get(x *rest.Exchange) error {
	id, ok := number(x)
	if !ok {
		return noSuchReturn
	}
	c, words, err := f.reader.Return(x.Context(), id)
	if err != nil {
		return sameNotFound(err)
	}
	if done, err := x.Unchanged(rest.Tag(c.Rev)); done || err != nil {
		return err
	}
	return answer(x, http.StatusOK, c, words)
}

// number is the return that is named, as it is written.
func number(x *rest.Exchange) (string, bool) { return returns.IsNumber(x.Var("return")) }

// sameNotFound gives one answer for every return that is not here.
func sameNotFound(err error) error {
	if err != nil && ledger.CodeOf(err) == ledger.NotFound {
		return noSuchReturn
	}
	return err
}

func (f family) list(x *rest.Exchange) (err error) {
	q, filter := x.Query(), returns.Filter{}
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	if q.Has("state") {
		if filter.State = returns.State(q.Get("state")); !slices.Contains(returns.States, filter.State) {
			return problem.BadParameter("state", "must be one of "+listed(returns.States))
		}
	}
	if q.Has("open") {
		if filter.Open = q.Get("open") == "true"; !filter.Open && q.Get("open") != "false" {
			return problem.BadParameter("open", "must be true or false")
		}
	}
	if filter.Order, err = short(x, "order"); err != nil {
		return err
	}
	if filter.Shop, err = short(x, "shop"); err != nil {
		return err
	}
	if filter.After, err = after(x); err != nil {
		return err
	}
	page, next, err := f.reader.Returns(x.Context(), filter)
	if err != nil {
		return err
	}
	list := []caseAnswer{}
	for _, c := range page {
		list = append(list, caseAnswer{Case: c})
	}
	return x.Encode(http.StatusOK, withNext(map[string]any{"returns": list}, next))
}

func listed[T ~string](all []T) string {
	words := make([]string, len(all))
	for i, w := range all {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

func short(x *rest.Exchange, name string) (string, error) {
	q := x.Query()
	if text := q.Get(name); q.Has(name) && (text == "" || len(text) > 64) {
		return "", problem.BadParameter(name, "must have 1 to 64 characters")
	}
	return q.Get(name), nil
}

func after(x *rest.Exchange) (string, error) {
	if token := x.Query().Get("page_token"); token != "" { // "page_token=" is how a loop asks before it has one
		return rest.ParsePageToken(token)
	}
	return "", nil
}

func withNext(body map[string]any, next string) map[string]any {
	if next != "" {
		body["next_page_token"] = rest.PageToken(next)
	}
	return body
}

// caseAnswer is a return as it is told: without the mark of its customer, and with what the
// customer has written.
type caseAnswer struct {
	returns.Case
	Customer string   `json:"customer,omitempty"`
	Words    []string `json:"texts,omitempty"` // by item
}

func answer(x *rest.Exchange, status int, c returns.Case, words []string) error {
	x.Tagged(rest.Tag(c.Rev))
	return x.Encode(status, caseAnswer{Case: c, Words: words})
}

// itemNumber is the item that is named.
func itemNumber(x *rest.Exchange) (int, bool) {
	n, err := strconv.Atoi(x.Var("item"))
	return n, err == nil && n > 0 && strconv.Itoa(n) == x.Var("item")
}
