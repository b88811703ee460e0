package main

import (
	"regexp"
	"strings"
	"testing"
)

func TestCustomersAreFoundShownAndForgottenFromTheCommandLine(t *testing.T) {
	call, socket := served(t) // the demo, which keeps those who ask
	says := func(want string, words ...string) string {
		t.Helper()
		out, err := call(words...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%s says %s, %v; want %s", strings.Join(words, " "), out, err, want)
		}
		return out
	}
	id, err := socket.KeepCustomer(t.Context(), map[string]any{
		"contact": map[string]any{"email": "ana@example.org", "phone": "+49 30 123456"}, "channel": "email",
		"asked": map[string]any{"through": "desk", "text": "v7"},
	})
	if err != nil {
		t.Fatal(err)
	}
	out := says("known by email and phone", "customer", "find", " ANA@example.org ")
	if !regexp.MustCompile(`record +given .*desk +v7`).MatchString(out) || !strings.Contains(out, id) {
		t.Errorf("found is %s", out)
	}
	says(id, "customer", "find", "0049 30 123456")
	says(`"email": "ana@example.org"`, "customer", "show", id)
	says("nothing is kept", "customer", "forget", id)
	for _, words := range [][]string{{"find", "ana@example.org"}, {"show", id}, {"forget", id}, {"find", "12"}, {}} {
		if out, err := call(append([]string{"customer"}, words...)...); err == nil {
			t.Errorf("%v says %s", words, out)
		}
	}
}
