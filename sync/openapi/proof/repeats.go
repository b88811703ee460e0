package proof

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"cubby/sync/rest"
)

// SameRepeats holds what the contract says of the Idempotency-Key against the routes, both
// ways, and has each POST say what it does when nobody knows what became of it.
func SameRepeats(t *testing.T, doc *openapi3.T, routes []rest.Route) {
	t.Helper()
	for _, e := range routes {
		op := doc.Paths.Value(e.Path).GetOperation(e.Method)
		told := false
		for _, p := range op.Parameters {
			told = told || p.Value.Name == rest.RepeatHeader && p.Value.In == "header" && !p.Value.Required
		}
		post := e.Method == "POST" && e.Entry != rest.Open
		if told != post {
			t.Errorf("%s %s: the contract has the Idempotency-Key: %t, the route: %t", e.Method, e.Path, told, post)
		}
		if post != (e.Repeat != rest.Unmarked) {
			t.Errorf("%s %s is marked %d: each POST that needs a key, and nothing else, says with Repeat whether it "+
				"may run a second time (rest.Once, rest.OnceSecret, rest.Again)", e.Method, e.Path, e.Repeat)
		}
		if !post {
			continue
		}
		for _, status := range []int{400, 409, 413, 422, 429} {
			if op.Responses.Status(status) == nil {
				t.Errorf("%s %s: the contract does not say what %d is", e.Method, e.Path, status)
			}
		}
	}
}
