package figures_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"cubby/locker/returns/figures"
	"cubby/sync/api/apitest"
)

func TestFiguresAreJSONOrCSV(t *testing.T) {
	b := apitest.New(t)
	var f figures.Figures
	answer := apitest.Want(t, b.Do("GET", "/v1/returns/figures", ""), 200, "")
	if err := json.Unmarshal([]byte(answer), &f); err != nil {
		t.Fatal(err)
	}
	if f.Sold != 3 || f.Back != 2 || f.BySKU[0].PerMille != 667 || f.ToDecision.P50 != 3600 ||
		f.To.Sub(f.From) != 90*24*time.Hour {
		t.Errorf("%+v", f)
	}
	text := apitest.Want(t, b.Do("GET", "/v1/returns/figures?from=2026-11-30&to=2026-11-30", "",
		"Accept", "text/csv"), 200, "")
	if !strings.Contains(text, "return_rate_by_sku,'=A,3,2,66.7,") {
		t.Errorf("%s", text)
	}
	for _, bad := range []string{
		"?from=2026-02-30", "?to=x", "?from=2026-12-01&to=2026-11-30", "?from=2025-10-26&to=2026-11-30",
		"?from=", "?day=2026-11-30",
	} {
		apitest.Want(t, b.Do("GET", "/v1/returns/figures"+bad, ""), 400, "")
	}
	apitest.Want(t, b.Do("GET", "/v1/returns/figures?from=2025-10-27&to=2026-11-30", ""), 200, "") // 400 days
}

func TestTheRefundsOfADayAreJSONOrCSV(t *testing.T) {
	b := apitest.New(t)
	var r figures.Reconciliation
	answer := apitest.Want(t, b.Do("GET", "/v1/refunds/reconciliation?day=2026-11-30", ""), 200, "")
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatal(err)
	}
	if r.Day != "2026-11-30" || len(r.Refunds) != 1 || r.Totals[0].Completed != 1999 {
		t.Errorf("%+v", r)
	}
	text := apitest.Want(t, b.Do("GET", "/v1/refunds/reconciliation?day=2026-11-29", "", "Accept",
		"text/csv"), 200, "")
	if !strings.Contains(text, "2026-11-29,f-1,R-7K3M-9QPX,O1,acme,,card,,completed,1999,EUR,'@re_1,") {
		t.Errorf("%s", text)
	}
	for _, bad := range []string{"?day=2026-02-30", "?day=", "?day=1999-01-01", "?from=2026-11-30"} {
		apitest.Want(t, b.Do("GET", "/v1/refunds/reconciliation"+bad, ""), 400, "")
	}
}
