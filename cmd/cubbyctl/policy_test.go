package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAFileOfRulesIsChecked(t *testing.T) {
	var out strings.Builder
	tool := &tool{out: &out}
	const example = "../../packaging/rules/acme.toml"
	if err := tool.policy(t.Context(), []string{"check", example}); err != nil ||
		!strings.Contains(out.String(), "shop acme, 3 windows, 6 test cases passed: no problem found") {
		t.Errorf("%s, %v", out.String(), err)
	}
	good, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "acme.toml")
	broken := strings.Replace(string(good), `refund    = "108.00"`, `refund    = "120.00"`, 1)
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	err = tool.policy(t.Context(), []string{"check", path})
	if err == nil ||
		!strings.Contains(err.Error(), `acme.toml:203: case.refund: the case "a watch after three weeks" `+
			`fails: it is 108.00, and 120.00 was expected`) {
		t.Errorf("%v", err)
	}
	for _, bad := range [][]string{nil, {"check"}, {"explain"}, {"check", "a", "b"}, {"tell", "x"}} {
		if err := tool.policy(t.Context(), bad); err == nil ||
			!strings.Contains(err.Error(), "usage: cubbyctl policy") {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
