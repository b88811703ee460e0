package api

import (
	"net/url"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	offers "cubby/sync/api/catalogue"
	"cubby/sync/api/configuration"
	"cubby/sync/api/webhooks"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// The rights of keys.
const (
	readStations = "stations:read"

	writeStations = "stations:write"

	readParcels  = "parcels:read"
	writeParcels = "parcels:write"
	readEvents   = "events:read"
	readOrders   = "orders:read"
	writeOrders  = "orders:write"
	readReturns  = "returns:read"
	decide       = "returns:decide"
	writeRefunds = "refunds:write"
	readStock    = "stock:read"
	writeStock   = "stock:write"
	readRules    = "rules:read"
	writeRules   = "rules:write"
	readMessages = "messages:read"

	readCommands  = "commands:read"
	writeCommands = "commands:write"
)

// Scopes are the rights that a client's key can have.
func Scopes() []string {
	return []string{
		offers.Read, offers.Write,
		readCommands, writeCommands, configuration.Read, readEvents, readMessages, readOrders, writeOrders,
		readParcels, writeParcels, writeRefunds, decide, readReturns, readRules, writeRules, readStations,
		writeStations, readStock, writeStock, readTokens, writeTokens, webhooks.Read, webhooks.Write,
	}
}

// at is below which address the things of a station are.
const at = "/v1/stations/{station}"

// named gives the parts of the path with these names. Where one has not the form of an
// id, nothing is there: none is the answer.
func named(x *rest.Exchange, none error, names ...string) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range names {
		if all[name] = x.Var(name); !strict.ValidID(all[name]) {
			return nil, none
		}
	}
	return all, nil
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err, none error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return none
	}
	return err
}

// unconditional refuses conditions where they cannot be checked in the same commit.
func unconditional(x *rest.Exchange) error {
	for _, name := range []string{"If-Match", "If-None-Match"} {
		if len(x.Request().Header[name]) > 0 {
			return problem.BadParameter(name, "this address takes no condition; leave it out")
		}
	}
	return nil
}

// mostShown bounds a page.
const mostShown = 100

// paged reads limit and page_token.
func paged(q url.Values) (limit int, after string, err error) {
	if limit, err = rest.Number(q, "limit", 1, mostShown, mostShown); err != nil {
		return 0, "", err
	}
	if token := q.Get("page_token"); token != "" { // "page_token=" is how a loop asks before it has one
		if after, err = rest.ParsePageText(token); err != nil {
			return 0, "", err
		}
		if !plain.Text(after, 1, 200) {
			return 0, "", problem.BadParameter("page_token",
				"is not one that was given out here; begin again without it")
		}
	}
	return limit, after, nil
}

// words reads parameters that restrict a list; each is a short text.
func words(q url.Values, into map[string]*string) error {
	for name, to := range into {
		if !q.Has(name) {
			continue
		}
		if *to = q.Get(name); !plain.Text(*to, 1, 64) {
			return problem.BadParameter(name, "must have 1 to 64 characters")
		}
	}
	return nil
}

// flagged reads a parameter that is true or false.
func flagged(q url.Values, name string) (bool, error) {
	if !q.Has(name) {
		return false, nil
	}
	is, err := strconv.ParseBool(q.Get(name))
	if err != nil {
		return false, problem.BadParameter(name, "must be true or false")
	}
	return is, nil
}

// A list is a page under its name. Empty lists are [], not null.
func list[T any](name string, page []T, next string) map[string]any {
	if page == nil {
		page = []T{}
	}
	all := map[string]any{name: page}
	if next != "" {
		all["next_page_token"] = rest.PageToken(next)
	}
	return all
}

// maybe is a time that need not be there.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
