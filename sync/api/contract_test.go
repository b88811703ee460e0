package api_test

import (
	"context"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"
)

func TestTheContractIsValidWithItsExamples(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 {
				t.Errorf("%s %s has no operation id, summary or tag", method, path)
			}
			for _, p := range op.Parameters {
				if p.Value.Description == "" {
					t.Errorf("%s %s does not say what %s is", method, path, p.Value.Name)
				}
			}
		}
	}
}

// TestRoutesAndContractAreTheSame walks the real routers, not the table they
// were made from.
func TestRoutesAndContractAreTheSame(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	b := apitest.New(t)
	documented := func(socket bool) (list []string) {
		for path, item := range doc.Paths.Map() {
			for method, op := range item.Operations() {
				if _, unix := op.Extensions["x-cubby-door"]; socket || !unix {
					list = append(list, method+" "+path)
				}
			}
		}
		slices.Sort(list)
		return list
	}
	routed := func(b *apitest.Bench) (list []string) {
		if err := b.Door().(*mux.Router).Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
			path, err := route.GetPathTemplate()
			answer := httptest.NewRecorder()
			b.Door().ServeHTTP(answer, httptest.NewRequest("OPTIONS", apitest.Concrete(path), nil))
			for method := range strings.SplitSeq(answer.Header().Get("Allow"), ", ") {
				if method != "HEAD" && method != "OPTIONS" {
					list = append(list, method+" "+path)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		return list
	}
	for _, b := range []*apitest.Bench{b, b.Staff()} {
		if got, want := routed(b), documented(b.Socket); !slices.Equal(got, want) {
			t.Errorf("socket %v: the routes are\n%v\nand the contract says\n%v", b.Socket, got, want)
		}
	}
}

// routes are all routes of all families.
func routes(t *testing.T) []rest.Route { return apitest.New(t).Server.Routes() }

func TestTheContractNamesTheScopeOfEveryRoute(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range routes(t) {
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

// TestTheContractNamesThePersonWhereARouteDoes holds the header of the staff against the
// routes, both ways.
func TestTheContractNamesThePersonWhereARouteDoes(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range routes(t) {
		var told []string
		for _, p := range doc.Paths.Value(e.Path).GetOperation(e.Method).Parameters {
			if p.Value.Name == rest.StaffHeader {
				told = append(told, p.Ref)
			}
		}
		want := map[rest.Naming][]string{
			rest.MayBeNamed: {"#/components/parameters/Staff"},
			rest.IsNamed:    {"#/components/parameters/StaffNeeded"},
		}[e.Naming]
		if !slices.Equal(told, want) {
			t.Errorf("%s %s: the contract says %v, the route %v", e.Method, e.Path, told, want)
		}
	}
}
