package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPricesAreCheckedAndACartIsExplained(t *testing.T) {
	const demo = "../../assets/demo/shop/"
	var out strings.Builder
	tool := &tool{out: &out}
	run := func(args ...string) error {
		out.Reset()
		return tool.prices(t.Context(), args)
	}
	if err := run("check", demo+"prices.json", "--catalogue", demo+"catalogue.json"); err != nil ||
		!strings.Contains(out.String(), "5 promotions in EUR, hash ") {
		t.Errorf("%s, %v", out.String(), err)
	}
	cart := []string{"total", demo + "prices.json", "CUB-003=2", "CUB-005", "CUB-037", "CUB-060"}
	if err := run(append(cart, "--catalogue", demo+"catalogue.json", "--at",
		"2026-12-01T12:00:00Z")...); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{
		"3870 less 390 is to pay 3480 minor units of EUR", "1210 minor units more have to be bought",
		"its coupon was not shown", "tea-3-for-2  390", "1 more of what it is for",
	} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("%s\nlacks %s", out.String(), says)
		}
	}
	if err := run(append(cart, "--coupon", "welcome", "--json")...); err != nil ||
		!strings.Contains(out.String(), `"total": 2980`) {
		t.Errorf("%s, %v", out.String(), err)
	}
	if err := run(append(cart, "--coupon", "summer")...); err == nil || !strings.Contains(err.Error(),
		"no_coupon") {
		t.Errorf("%v", err)
	}
	if err := run("total", demo+"prices.json", "CUB-999"); err == nil ||
		!strings.Contains(err.Error(), `/items/0/sku is "CUB-999", which has no price`) {
		t.Errorf("%v", err)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	text := []byte(`{"version": "1", "prices": [{"sku": "A", "minor": 0}]}`)
	if err := os.WriteFile(bad, text, 0o600); err != nil {
		t.Fatal(err)
	}
	err := run("check", bad)
	for _, says := range []string{
		"bad.json: ", "/prices/0/minor is 0; write a price", "/currency", "/until is missing",
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v\nlacks %s", err, says)
		}
	}
	for _, wrong := range [][]string{
		nil, {"check"}, {"check", "a", "B"}, {"total", "a"}, {"check", "a", "--member"},
		{"total", "a", "B", "--all"}, {"sell", "a"}, {"check", "--catalogue"},
	} {
		if err := run(wrong...); err == nil || !strings.Contains(err.Error(), "usage: cubbyctl prices") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	for _, wrong := range [][]string{{"total", "a", "B=x"}, {"total", "a", "B", "--at", "now"}} {
		if err := run(wrong...); err == nil || !strings.Contains(err.Error(), "write") {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}
