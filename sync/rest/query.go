package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cubby/sync/problem"
)

// Query are the parameters of the request, each at most once and known to the route.
func (x *Exchange) Query() url.Values { return x.query }

// readQuery refuses parameters that the route does not know, and those sent twice.
func (x *Exchange) readQuery() error {
	if x.r.URL.RawQuery == "" {
		return nil
	}
	values, err := url.ParseQuery(x.r.URL.RawQuery)
	if err != nil {
		return problem.New(http.StatusBadRequest, "bad-query",
			"the part of the address behind the question mark cannot be read")
	}
	for name, given := range values {
		if !slices.Contains(x.e.Query, name) {
			return problem.BadParameter(Short(name), unknownParameter(x.e.Query))
		}
		if len(given) > 1 {
			return problem.BadParameter(name, "this parameter is there twice; send it once")
		}
	}
	x.query = values
	return nil
}

// Number reads a whole number between least and most; standard when absent.
func Number(q url.Values, name string, least, most, standard int) (int, error) {
	text := q.Get(name)
	if text == "" && !q.Has(name) {
		return standard, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, problem.BadParameter(name, fmt.Sprintf("must be a whole number from %d to %d", least, most))
	}
	return n, nil
}

// Short bounds what is echoed of a caller's words.
func Short(s string) string {
	if len(s) > 64 {
		s = s[:64]
	}
	return strings.ToValidUTF8(s, "")
}
