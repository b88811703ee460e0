package problem

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"reflect"
	"testing"

	"cubby/locker/ledger"
)

func TestEveryErrorHasItsStatus(t *testing.T) {
	for name, c := range map[string]struct {
		err      error
		status   int
		slug     string
		internal bool
	}{
		"a request that cannot be read": {ledger.Refuse(ledger.Invalid, "x", "m"), 400, "x", false},
		"a member that is refused":      {ledger.Refuse(ledger.Invalid, "x", "m").At("/a"), 422, "x", false},
		"what is not there":             {ledger.Refuse(ledger.NotFound, "x", "m"), 404, "x", false},
		"a state that does not allow":   {ledger.Refuse(ledger.Conflict, "x", "m"), 409, "x", false},
		"a conflict about a member":     {ledger.Refuse(ledger.Conflict, "x", "m").At("/a"), 409, "x", false},
		"a condition":                   {ledger.Refuse(ledger.Precondition, "x", "m"), 412, "x", false},
		"a stale page":                  {ledger.Refuse(ledger.Stale, "x", "m"), 409, "x", false},
		"an actor who may not":          {ledger.Refuse(ledger.NotAllowed, "x", "m"), 403, "x", false},
		"a station that cannot":         {ledger.Refuse(ledger.Unavailable, "x", "m"), 503, "x", false},
		"a fault that is known":         {ledger.Refuse(ledger.Internal, "x", "m"), 500, "internal", true},
		"a fault that is not":           {errors.New("m"), 500, "internal", true},
		"a code of a later version":     {ledger.Refuse("strange", "x", "m"), 500, "internal", true},
		"a wrapped refusal": {fmt.Errorf("while: %w", ledger.Refuse(ledger.Stale, "x", "m")),
			409, "x", false},
		"a deadline": {fmt.Errorf("while: %w", context.DeadlineExceeded), 503,
			"took-too-long", false},
		"a problem": {New(415, "y", "m"), 415, "y", false},
	} {
		t.Run(name, func(t *testing.T) {
			p, internal := Of(c.err)
			if p.Status != c.status || p.Slug() != c.slug || internal != c.internal {
				t.Errorf("%d %s, internal %v", p.Status, p.Slug(), internal)
			}
			if p.Title == "" || p.Detail == "" || (p.Status == 503) != (p.RetryAfter > 0) {
				t.Errorf("incomplete: %+v", p)
			}
			if internal && p.Detail == "m" {
				t.Error("the fault is shown")
			}
		})
	}
}

func TestEveryMemberThatIsRefusedIsInTheProblem(t *testing.T) {
	refusal := func(slug, at string) *ledger.Refusal {
		return ledger.Refuse(ledger.Invalid, slug, "not %s", slug).At(at)
	}
	p, _ := Of(refusal("x", "/a").And(refusal("y", "/b/c"), refusal("z", "/a/d"), refusal("w", "/ab")))
	want := []Mistake{
		{TypePrefix + "x", "not x", "/a"},
		{TypePrefix + "y", "not y", "/b/c"},
		{TypePrefix + "w", "not w", "/ab"},
	}
	if p.Pointer != "/a" || p.Slug() != "x" || !reflect.DeepEqual(p.Errors, want) {
		t.Errorf("%+v", p)
	}
	for name, err := range map[string]error{
		"a conflict":     ledger.Refuse(ledger.Conflict, "x", "m").At("/a"),
		"no JSON at all": ledger.Refuse(ledger.Invalid, "x", "m"),
	} {
		if p, _ := Of(err); p.Errors != nil {
			t.Errorf("%s has %+v", name, p.Errors)
		}
	}
}

func TestAProblemSurvivesTheWire(t *testing.T) {
	sent := New(503, "busy", "later").Again(7)
	sent.Pointer, sent.Parameter = "/a~1b", "limit"
	sent.Errors = []Mistake{{TypePrefix + "a", "b", "/c"}}
	w := httptest.NewRecorder()
	if err := sent.Write(w); err != nil {
		t.Fatal(err)
	}
	if w.Header().Get("Retry-After") != "7" {
		t.Error("no Retry-After")
	}
	got := Read(w.Code, w.Header().Get("Content-Type"), w.Body.Bytes())
	if !reflect.DeepEqual(got, sent) || got.Instance == "" {
		t.Errorf("%+v became %+v", sent, got)
	}
	for _, other := range []*Problem{Read(502, "text/html", []byte("<html>")),
		Read(500, ContentType, []byte("{")), Read(500, ContentType, []byte("{}"))} {
		if other.Slug() != "not-a-problem" || other.Error() == "" {
			t.Errorf("read as %+v", other)
		}
	}
}
