package figures

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Defused is a cell that no spreadsheet takes for a formula: one that begins as formulas
// do gets an apostrophe before it.
func Defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// table writes rows. Numbers are not defused; texts are, by whoever makes the row.
func table(rows [][]string) []byte {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.WriteAll(rows) // into memory: it cannot fail
	return []byte(b.String())
}

// CSV is the list as a table.
func (r Reconciliation) CSV() []byte {
	rows := [][]string{{
		"day", "refund", "case", "order", "shop", "tender", "kind", "provider", "state", "amount_minor", "currency",
		"reference", "ordered", "ended",
	}}
	for _, one := range r.Refunds {
		row := []string{r.Day, one.ID, one.Case, one.Order, one.Shop, one.Tender, one.Kind, one.Provider, one.State}
		for i := range row {
			row[i] = Defused(row[i])
		}
		ended := ""
		if one.Ended != nil {
			ended = one.Ended.UTC().Format(time.RFC3339)
		}
		rows = append(rows, append(row, strconv.FormatInt(one.Amount, 10), one.Currency, Defused(one.Reference),
			one.Ordered.UTC().Format(time.RFC3339), ended))
	}
	return table(rows)
}

// CSV is all figures as one table.
func (f Figures) CSV() []byte {
	rows := [][]string{{
		"figure", "name", "sold", "back", "rate_percent", "count", "p50_hours", "p90_hours", "p95_hours", "most_hours",
	}}
	rate := func(figure string, all ...Rate) {
		for _, r := range all {
			rows = append(rows, []string{
				figure, Defused(r.Name), strconv.Itoa(r.Sold), strconv.Itoa(r.Back), tenths(int64(r.PerMille)), "", "",
				"", "", "",
			})
		}
	}
	rate("return_rate", Rate{"", f.Sold, f.Back, PerMille(f.Back, f.Sold)})
	rate("return_rate_by_sku", f.BySKU...)
	rate("return_rate_by_supplier", f.BySupplier...)
	rate("return_rate_by_reason", f.ByReason...)
	spread := func(figure string, s Spread) {
		if s.Count == 0 {
			rows = append(rows, []string{figure, "", "", "", "", "0", "", "", "", ""})
			return
		}
		rows = append(rows, []string{
			figure, "", "", "", "", strconv.Itoa(s.Count), Hours(s.P50), Hours(s.P90), Hours(s.P95), Hours(s.Most),
		})
	}
	spread("drop_to_decision", f.ToDecision)
	spread("drop_to_money", f.ToMoney)
	rows = append(rows, []string{
		"decided_at_once", "", "", strconv.Itoa(f.AtOnce), tenths(int64(PerMille(f.AtOnce, f.Dropped))),
		strconv.Itoa(f.Dropped), "", "", "", "",
	})
	return table(rows)
}

// Hours writes seconds as hours with one digit after the point, a half up.
func Hours(seconds int64) string { return tenths((seconds + 180) / 360) }

func tenths(n int64) string { return fmt.Sprintf("%d.%d", n/10, n%10) }
