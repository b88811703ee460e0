package proof

import (
	"cmp"
	"context"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"

	"cubby/sync/rest"
)

// Valid fails when a contract is not one, or does not say enough for people.
func Valid(t *testing.T, doc *openapi3.T) {
	t.Helper()
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	tags := map[string]bool{}
	for _, tag := range doc.Tags {
		tags[tag.Name] = true
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || !tags[op.Tags[0]] {
				t.Errorf("%s %s has no operation id, summary or known tag", method, path)
			}
			for _, p := range op.Parameters {
				if p.Value.Description == "" {
					t.Errorf("%s %s does not say what %s is", method, path, p.Value.Name)
				}
			}
		}
	}
}

// SameRoutes walks the real router, not the table it was made from, and holds it against
// the contract, both ways. concrete fills a template.
func SameRoutes(t *testing.T, e Endpoint, socket bool, concrete func(path string) string) {
	t.Helper()
	var documented, routed []string
	for path, item := range e.Doc.Paths.Map() {
		for method, op := range item.Operations() {
			if _, unix := op.Extensions["x-cubby-door"]; socket || !unix {
				documented = append(documented, method+" "+path)
			}
		}
	}
	if err := e.Door.(*mux.Router).Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		answer := httptest.NewRecorder()
		e.Door.ServeHTTP(answer, httptest.NewRequest("OPTIONS", concrete(path), nil))
		for method := range strings.SplitSeq(answer.Header().Get("Allow"), ", ") {
			if method != "HEAD" && method != "OPTIONS" {
				routed = append(routed, method+" "+path)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(documented)
	slices.Sort(routed)
	if !slices.Equal(routed, documented) {
		t.Errorf("socket %v: the routes are\n%v\nand the contract says\n%v", socket, routed, documented)
	}
}

// SameScopes holds what the contract says of keys against the routes.
func SameScopes(t *testing.T, doc *openapi3.T, routes []rest.Route) {
	t.Helper()
	for _, e := range routes {
		op := doc.Paths.Value(e.Path).GetOperation(e.Method)
		var want []string
		if e.Scope != "" {
			want = []string{e.Scope}
		}
		schemes := 0
		if op.Security != nil {
			schemes = len(*op.Security)
			for _, requirement := range *op.Security {
				for _, scopes := range requirement {
					if !slices.Equal(scopes, want) && len(scopes)+len(want) > 0 {
						t.Errorf("%s %s: the contract says %v, the route %v", e.Method, e.Path, scopes, want)
					}
				}
			}
		}
		if needsKey := e.Entry == rest.Key; needsKey != (schemes == 2) {
			t.Errorf("%s %s: the contract lists %d ways to send a key", e.Method, e.Path, schemes)
		}
	}
}

// SameQuery holds the parameters of the contract against those the routes know.
func SameQuery(t *testing.T, doc *openapi3.T, routes []rest.Route) {
	t.Helper()
	for _, e := range routes {
		var told []string
		for _, p := range doc.Paths.Value(e.Path).GetOperation(e.Method).Parameters {
			if p.Value.In == "query" {
				told = append(told, p.Value.Name)
			}
		}
		known := slices.Clone(e.Query)
		slices.Sort(told)
		slices.Sort(known)
		if !slices.Equal(told, known) {
			t.Errorf("%s %s: the contract has the parameters %v, the route %v", e.Method, e.Path, told, known)
		}
	}
}

// SameBodies holds the members of each body that is read by declaration against its
// schema. except are operations, as "PUT /v1/x", whose bodies are read by hand.
func SameBodies(t *testing.T, doc *openapi3.T, routes []rest.Route, except ...string) {
	t.Helper()
	declared := 0
	for _, e := range routes {
		at := e.Method + " " + e.Path
		body := doc.Paths.Value(e.Path).GetOperation(e.Method).RequestBody
		form, media := e.Run.Body(), cmp.Or(e.Media, "application/json")
		if slices.Contains(except, at) {
			continue
		}
		if form == nil {
			if body != nil && len(body.Value.Content.Get(media).Schema.Value.Properties) > 0 {
				t.Errorf("%s reads no declared body, and the contract has one", at)
			}
			continue
		}
		declared++
		if body == nil {
			t.Errorf("%s reads a body, and the contract has none", at)
			continue
		}
		schema := body.Value.Content.Get(media).Schema.Value
		if has := slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(has, form.Members()) {
			t.Errorf("%s reads %v, and the contract has %v", at, form.Members(), has)
		}
		for _, name := range form.Required() {
			if !slices.Contains(schema.Required, name) {
				t.Errorf("%s must have %s, and the contract does not say so", at, name)
			}
		}
	}
	if declared == 0 {
		t.Error("no body is declared")
	}
}
