// Package parcels is the resource family of parcels: announced, read, listed, held,
// released, cancelled, given other codes, and their recipients erased.
package parcels

import (
	"context"
	_ "embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cubby/locker/appendjson"
	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// Station changes parcels. Its methods answer after the commit; what the rules
// refuse comes back as a *ledger.Refusal.
type Station interface {
	// Announce creates or replaces the announcement of a parcel.
	Announce(ctx context.Context, id string, a parcel.Announcement, cond ledger.Condition, actor string) (
		parcel.Parcel, parcel.Outcome, error)
	// Cancel ends a parcel that has not arrived. Repeating it is no error.
	Cancel(ctx context.Context, id string, cond ledger.Condition, actor string) (parcel.Parcel, error)
	// Hold keeps a parcel from its bearer, and Release ends that. Neither is an
	// error when repeated; the reason may be empty.
	// by is who of the staff does it; nobody when a client with a key does.
	Hold(ctx context.Context, by people.Doer, id, kind, reason string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	Release(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	// ReissueCode gives a parcel another code, and RevokeCode ends the one it has, by the
	// same rules. The new one is told by the feed alone.
	ReissueCode(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	RevokeCode(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition, actor string) (
		parcel.Parcel, error)
	// EraseRecipient erases what is kept of a parcel's recipient. Repeating it is no error.
	EraseRecipient(ctx context.Context, id string, cond ledger.Condition, actor string) (parcel.Parcel, error)
	Counter
}

// Reader reads what is committed.
type Reader interface {
	// Parcel reads one parcel and what is known of its recipient, nil when
	// nothing is. An id that is not here is refused as NotFound.
	Parcel(ctx context.Context, id string) (parcel.Parcel, *parcel.Recipient, error)
	// Parcels reads a page ordered by id. next is the After of the following
	// page, empty on the last.
	Parcels(ctx context.Context, f parcel.Filter) (page []parcel.Parcel, next string, err error)
}

// The rights that these routes need.
const (
	mayRead  = "parcels:read"
	mayWrite = "parcels:write"
	mayAct   = "staff:act"
)

type family struct {
	station Station
	reader  Reader
}

// Family is the family over a station.
func Family(st Station, r Reader) rest.Family {
	f := family{st, r}
	return rest.Family{Name: "parcels", Fragment: fragment, Routes: []rest.Route{
		{Method: "PUT", Path: "/v1/parcels/{id}", Scope: mayWrite, Run: rest.Plain(f.put)},
		{Method: "PATCH", Path: "/v1/parcels/{id}", Scope: mayWrite, Run: rest.Plain(f.patch),
			Media: rest.MergePatch},
		{Method: "GET", Path: "/v1/parcels/{id}", Scope: mayRead, Run: rest.Plain(f.get),
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "POST", Path: "/v1/parcels/{id}/cancel", Repeat: rest.Again, Scope: mayWrite,
			Run: rest.Empty(f.cancel)},
		{
			Method: "DELETE",
			Path:   "/v1/parcels/{id}/recipient",
			Scope:  mayWrite,
			Run:    rest.Empty(f.eraseRecipient),
		},
		{Method: "POST", Path: "/v1/parcels/{id}/hold", Repeat: rest.Again, Scope: mayWrite,
			Run:    rest.MayRead(f.hold),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: "/v1/parcels/{id}/release", Repeat: rest.Again, Scope: mayWrite,
			Run:    rest.MayRead(f.release),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: "/v1/parcels/{id}/code", Repeat: rest.Once, Scope: mayWrite,
			Run:    rest.MayRead(f.reissueCode),
			Naming: rest.MayBeNamed},
		{Method: "DELETE", Path: "/v1/parcels/{id}/code", Scope: mayWrite, Run: rest.Empty(f.revokeCode),
			Naming: rest.MayBeNamed},
		{Method: "GET", Path: "/v1/parcels", Scope: mayRead, Run: rest.Plain(f.list),
			Query:  []string{"state", "order_id", "label", "limit", "page_token"},
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "POST", Path: "/v1/parcels/{id}/counter", Repeat: rest.Again, Scope: mayAct,
			Run:    rest.Reads(f.toCounter),
			Naming: rest.IsNamed},
		{Method: "POST", Path: "/v1/parcels/{id}/hand-over", Repeat: rest.Again, Scope: mayAct,
			Run:    rest.Reads(f.handOver, sentences),
			Naming: rest.IsNamed},
		{Method: "POST", Path: "/v1/hand-over", Repeat: rest.Again, Scope: mayAct,
			Run:    rest.Reads(f.handOverByCode, sentences),
			Naming: rest.IsNamed},
		{Method: "POST", Path: "/v1/parcels/{id}/write-off", Repeat: rest.Again, Scope: mayAct,
			Run:    rest.Reads(f.writeOff),
			Naming: rest.IsNamed},
		{Method: "POST", Path: "/v1/parcels/{id}/still-there", Repeat: rest.Again, Scope: mayAct,
			Run:    rest.Empty(f.stillThere),
			Naming: rest.IsNamed},
		{Method: "GET", Path: "/v1/parcels/{id}/recipient", Scope: mayAct, Run: rest.Plain(f.recipient),
			Naming: rest.IsNamed},
	}}
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

// put announces a parcel or replaces its announcement.
func (f family) put(x *rest.Exchange) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return parcel.BadParcelID()
	}
	var a parcel.Announcement
	if err := x.Body(func(b []byte) (err error) {
		a, err = readAnnouncement(b)
		return err
	}); err != nil {
		return err
	}
	cond, err := f.condition(x, id)
	if err != nil {
		return err
	}
	p, outcome, err := f.station.Announce(x.Context(), id, a, cond, x.Actor())
	if err != nil {
		return discreet(x, err)
	}
	if outcome == parcel.Created {
		x.Header()["Location"] = []string{"/v1/parcels/" + id}
		return answer(x, http.StatusCreated, p, nil)
	}
	return answer(x, http.StatusOK, p, nil)
}

// discreet tells a caller who may not read parcels nothing about another one, which
// the rules name when two have the same label.
func discreet(x *rest.Exchange, err error) error {
	var r *ledger.Refusal
	if x.May(mayRead) || !errors.As(err, &r) || r.Slug != "label-in-use" {
		return err
	}
	return ledger.Refuse(r.Code, r.Slug, "this label belongs to another parcel; every parcel here needs "+
		"its own label").
		At(r.Field)
}

// get answers with a parcel and, while they are kept, its recipient's details. To staff
// it tells none: each of their looks at these is a fact, see recipient.
func (f family) get(x *rest.Exchange) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	p, recipient, err := f.reader.Parcel(x.Context(), id)
	if err != nil {
		return sameNotFound(err)
	}
	if done, err := x.Unchanged(rest.Tag(p.Rev)); done || err != nil {
		return err
	}
	if x.Person() != "" {
		recipient = nil
	}
	return answer(x, http.StatusOK, p, recipient)
}

// eraseRecipient erases name, phone and e-mail of a parcel's recipient.
func (f family) eraseRecipient(x *rest.Exchange) error { return f.set(x, f.station.EraseRecipient) }

// cancel ends a parcel that has not arrived.
func (f family) cancel(x *rest.Exchange) error { return f.set(x, f.station.Cancel) }

type setting func(ctx context.Context, id string, cond ledger.Condition, actor string) (parcel.Parcel, error)

// set does what one method of the station does and answers with the parcel.
func (f family) set(x *rest.Exchange, set setting) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	cond, err := f.condition(x, id)
	if err != nil {
		return err
	}
	p, err := set(x.Context(), id, cond, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return answer(x, http.StatusOK, p, nil)
}

// reason is why a shop holds or releases a parcel, if it says so.
type reason struct {
	Reason string `json:"reason" check:"text=1..200" slug:"reason"`
}

// held is why a parcel is held, and what for.
type held struct {
	Kind   string `json:"kind"   check:"text=1..20"  slug:"hold-kind"`
	Reason string `json:"reason" check:"text=1..200" slug:"reason"`
}

// hold keeps a parcel from its bearer until it is released.
func (f family) hold(x *rest.Exchange, why held) error {
	return f.setHold(x, reason{why.Reason}, func(ctx context.Context, by people.Doer, id, reason string,
		cond ledger.Condition, actor string) (parcel.Parcel, error) {
		return f.station.Hold(ctx, by, id, why.Kind, reason, cond, actor)
	})
}

// release ends a hold.
func (f family) release(x *rest.Exchange, why reason) error {
	return f.setHold(x, why, f.station.Release)
}

// reissueCode gives a parcel another code; the answer does not have it.
func (f family) reissueCode(x *rest.Exchange, why reason) error {
	if _, _, err := f.reader.Parcel(x.Context(), x.Var("id")); err != nil {
		return sameNotFound(err) // before a code is made for it
	}
	return f.setHold(x, why, f.station.ReissueCode)
}

// revokeCode ends the code of a parcel.
func (f family) revokeCode(x *rest.Exchange) error {
	return f.setHold(x, reason{}, f.station.RevokeCode)
}

type holding func(ctx context.Context, by people.Doer, id, reason string, cond ledger.Condition,
	actor string) (
	parcel.Parcel, error)

// setHold does what is done with a parcel for a reason that may be left out.
func (f family) setHold(x *rest.Exchange, why reason, set holding) error {
	return f.set(
		x,
		func(ctx context.Context, id string, cond ledger.Condition, actor string) (parcel.Parcel, error) {
			return set(ctx, doer(x), id, why.Reason, cond, actor)
		},
	)
}

// condition reads the preconditions of a write.
func (f family) condition(x *rest.Exchange, id string) (ledger.Condition, error) {
	return x.Condition(func() (int64, error) {
		p, _, err := f.reader.Parcel(x.Context(), id)
		return p.Rev, err
	})
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return noSuchParcel
	}
	return err
}

func answer(x *rest.Exchange, status int, p parcel.Parcel, r *parcel.Recipient) error {
	x.Tagged(rest.Tag(p.Rev))
	return x.Answer(status, appendParcel(make([]byte, 0, 512), &p, r))
}

// parcelStates are the states a list can be restricted to.
var parcelStates = []parcel.State{
	parcel.Announced, parcel.Booked, parcel.Depositing, parcel.Stored, parcel.Collecting,
	parcel.Collected, parcel.DepositFailed, parcel.Expired, parcel.CounterHeld, parcel.Missing,
	parcel.Cancelled, parcel.Received, parcel.Redirected, parcel.Returned,
}

// list answers with a page of parcels ordered by id.
func (f family) list(x *rest.Exchange) error {
	filter, err := parcelFilter(x.Query())
	if err != nil {
		return err
	}
	page, next, err := f.reader.Parcels(x.Context(), filter)
	if err != nil {
		return err
	}
	body := append(make([]byte, 0, 64+512*len(page)), `{"parcels":[`...)
	for i := range page {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendParcel(body, &page[i], nil)
	}
	body = append(body, ']')
	if next != "" {
		body = appendjson.String(append(body, `,"next_page_token":`...), rest.PageToken(next))
	}
	return x.Answer(http.StatusOK, append(body, '}'))
}

func parcelFilter(q url.Values) (f parcel.Filter, err error) {
	if f.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return f, err
	}
	if q.Has("state") {
		f.State = parcel.State(q.Get("state"))
		if !slices.Contains(parcelStates, f.State) {
			return f, problem.BadParameter("state", "must be one of "+listed(parcelStates))
		}
	}
	for _, text := range []struct {
		name string
		into *string
		most int
	}{{"order_id", &f.OrderID, 64}, {"label", &f.Label, label.MaxScan}} {
		if !q.Has(text.name) {
			continue
		}
		*text.into = q.Get(text.name)
		if n := utf8.RuneCountInString(*text.into); n < 1 || n > text.most {
			return f, problem.BadParameter(text.name, "must have 1 to "+strconv.Itoa(text.most)+" characters")
		}
	}
	if q.Get("page_token") != "" { // "page_token=" is how a loop asks before it has one
		if f.After, err = rest.ParsePageToken(q.Get("page_token")); err != nil {
			return f, err
		}
	}
	return f, nil
}

// listed is a list of words for people.
func listed[word ~string](words []word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
