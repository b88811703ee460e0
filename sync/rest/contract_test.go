package rest

import (
	"context"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"
)

func TestTheContractIsValidWithItsExamples(t *testing.T) {
	doc, err := document()
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
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
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
	routed := func(u *surface) (list []string) {
		if err := u.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
			path, err := route.GetPathTemplate()
			for method := range route.GetHandler().(*resource).methods {
				list = append(list, method+" "+path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		return list
	}
	for _, u := range []*surface{b.server.tcp, b.server.unix} {
		if got, want := routed(u), documented(u.socket); !slices.Equal(got, want) {
			t.Errorf("socket %v: the routes are\n%v\nand the contract says\n%v", u.socket, got, want)
		}
	}
}

func TestTheContractNamesTheScopeOfEveryRoute(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range endpoints {
		op := doc.Paths.Value(e.path).GetOperation(e.method)
		var want []string
		if e.entry == withScope {
			want = []string{e.scope.name()}
		}
		schemes := 0
		if op.Security != nil {
			schemes = len(*op.Security)
			for _, requirement := range *op.Security {
				for _, scopes := range requirement {
					if !slices.Equal(scopes, want) && len(scopes)+len(want) > 0 {
						t.Errorf("%s %s: the contract says %v, the route %v", e.method, e.path, scopes, want)
					}
				}
			}
		}
		if needsKey := e.entry == withScope || e.entry == withKey; needsKey != (schemes == 2) {
			t.Errorf("%s %s: the contract lists %d ways to send a key", e.method, e.path, schemes)
		}
	}
}
