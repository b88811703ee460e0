// Package cases is the resource family of cases: what customers have said is wrong at a door,
// and doors that could not be opened for them.
package cases

import (
	"context"
	_ "embed"
	"net/http"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station closes cases. It answers after the commit; what the rules refuse comes back as a
// *ledger.Refusal.
type Station interface {
	// CloseCase ends a case with a note. Repeating it is no error.
	CloseCase(ctx context.Context, by people.Doer, number, note string, cond ledger.Condition,
		actor string) (care.Case, error)
}

// Reader reads what is committed. What is not here is refused as NotFound.
type Reader interface {
	Case(ctx context.Context, number string) (care.Case, error)
	// CasePage reads a page ordered by number. next is the After of the following page, empty
	// on the last.
	CasePage(ctx context.Context, f care.Filter) (page []care.Case, next string, err error)
}

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	const all, one = "/v1/cases", "/v1/cases/{case}"
	does := string(people.SettleCases)
	return rest.Family{Name: "cases", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: all, Scope: "parcels:read", Run: rest.Plain(f.list), Naming: rest.MayBeNamed,
			Does: does, Query: []string{"state", "parcel", "limit", "page_token"}},
		{Method: "GET", Path: one, Scope: "parcels:read", Run: rest.Plain(f.get), Naming: rest.MayBeNamed,
			Does: does},
		{Method: "POST", Path: one + "/close", Scope: "parcels:write", Run: rest.Reads(f.close),
			Repeat: rest.Again, Naming: rest.MayBeNamed, Does: does},
	}}
}

func (f family) list(x *rest.Exchange) (err error) {
	q, filter := x.Query(), care.Filter{}
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	if q.Has("state") {
		filter.State = care.State(q.Get("state"))
		if filter.State != care.Open && filter.State != care.Closed {
			return problem.BadParameter("state", "must be one of open, closed")
		}
	}
	if filter.Parcel = q.Get("parcel"); q.Has("parcel") && (filter.Parcel == "" || len(filter.Parcel) > 64) {
		return problem.BadParameter("parcel", "must have 1 to 64 characters")
	}
	if token := q.Get("page_token"); token != "" {
		if filter.After, err = rest.ParsePageToken(token); err != nil {
			return err
		}
	}
	page, next, err := f.reader.CasePage(x.Context(), filter)
	if err != nil {
		return err
	}
	if page == nil {
		page = []care.Case{}
	}
	body := map[string]any{"cases": page}
	if next != "" {
		body["next_page_token"] = rest.PageToken(next)
	}
	return x.Encode(http.StatusOK, body)
}

// read reads the case that is named.
func (f family) read(x *rest.Exchange) (care.Case, error) {
	number, ok := care.IsNumber(x.Var("case"))
	if !ok {
		return care.Case{}, care.NoSuchCase()
	}
	return f.reader.Case(x.Context(), number)
}

func (f family) get(x *rest.Exchange) error {
	c, err := f.read(x)
	if err != nil {
		return err
	}
	if done, err := x.Unchanged(rest.Tag(c.Rev)); done || err != nil {
		return err
	}
	return answer(x, c)
}

// closing is how a case ends.
type closing struct {
	Note string `json:"note" check:"required,text=1..500"`
}

func (f family) close(x *rest.Exchange, b closing) error {
	cond, err := x.Condition(func() (int64, error) {
		c, err := f.read(x)
		return c.Rev, err
	})
	if err != nil {
		return err
	}
	number, ok := care.IsNumber(x.Var("case"))
	if !ok {
		return care.NoSuchCase()
	}
	by := people.Doer{ID: x.Person()}
	actor := x.Actor()
	if by != (people.Doer{}) {
		actor = by.Actor()
	}
	c, err := f.station.CloseCase(x.Context(), by, number, b.Note, cond, actor)
	if err != nil {
		return err
	}
	return answer(x, c)
}

func answer(x *rest.Exchange, c care.Case) error {
	x.Tagged(rest.Tag(c.Rev))
	return x.Encode(http.StatusOK, c)
}
