// Package policies is the resource of what the rules of a shop and the law say of an order:
// what may come back, until when, for what money, and by which rules; and where the rules
// of each shop are from.
package policies

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns/policy"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station judges. An order or a line that is not here is refused as NotFound.
type Station interface {
	ExplainPolicy(ctx context.Context, q policy.Inquiry) ([]policy.Told, error)
	// Policies says where the rules of each shop are from, ordered by shop.
	Policies(ctx context.Context) ([]policy.Source, error)
}

type family struct{ station Station }

// Family is the family over a station.
func Family(s Station) rest.Family {
	f := family{s}
	return rest.Family{Name: "policies", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/orders/{id}/policy", Scope: "returns:read", Run: rest.Plain(f.explain),
			Query:  []string{"line", "reason", "condition", "back", "quantity"},
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "GET", Path: "/v1/policies", Scope: "returns:read", Run: rest.Plain(f.list),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
	}}
}

func (f family) list(x *rest.Exchange) error {
	all, err := f.station.Policies(x.Context())
	if err != nil {
		return err
	}
	if all == nil {
		all = []policy.Source{}
	}
	return x.Encode(http.StatusOK, map[string]any{"policies": all})
}

var noSuchOrder = ledger.Refuse(ledger.NotFound, "no-such-order", "there is no order with this id here")

// Ways are by which something comes back.
var ways = []string{"locker", "counter", "home", "post"}

func (f family) explain(x *rest.Exchange) (err error) {
	id, q := x.Var("id"), x.Query()
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	ask := policy.Inquiry{
		Order: id, Line: q.Get("line"), Reason: q.Get("reason"), Condition: q.Get("condition"), Back: q.Get("back"),
	}
	if q.Has("line") && !orders.ValidID(ask.Line) {
		return problem.BadParameter("line", "must be the id of a line of the order")
	}
	if len(ask.Reason) > 64 {
		return problem.BadParameter("reason", "must have 1 to 64 characters")
	}
	if ask.Condition != "" && !slices.Contains(policy.States, ask.Condition) {
		return problem.BadParameter("condition", "must be one of "+strings.Join(policy.States, ", "))
	}
	if ask.Back != "" && !slices.Contains(ways, ask.Back) {
		return problem.BadParameter("back", "must be one of "+strings.Join(ways, ", "))
	}
	if q.Has("quantity") {
		if ask.Quantity, err = rest.Number(q, "quantity", 1, 100_000, 1); err != nil {
			return err
		}
	}
	lines, err := f.station.ExplainPolicy(x.Context(), ask)
	var r *ledger.Refusal
	switch {
	case errors.As(err, &r) && r.Code == ledger.NotFound && r.Slug != "no-such-line":
		return noSuchOrder
	case err != nil:
		return err
	}
	for i := range lines {
		if lines[i].Because == nil {
			lines[i].Because = []policy.Because{}
		}
	}
	return x.Encode(http.StatusOK, map[string]any{"order": id, "lines": lines})
}
