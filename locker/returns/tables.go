package returns

import (
	"time"

	"cubby/locker/ledger"
)

// Tables of returns.
var (
	Cases = ledger.NewTable("return_cases", "id",
		ledger.WithColumns(
			ledger.Column[Case]{Name: "order_id", Of: func(c Case) any { return c.Order }},
			ledger.Column[Case]{Name: "customer", Of: func(c Case) any { return c.Customer }},
			ledger.Column[Case]{Name: "state", Of: func(c Case) any { return string(c.State) }}),
		ledger.InMemoryWhile(func(c Case) bool { return !c.State.Over() }), ledger.TakenUp[Case]("open"))
	openCases = ledger.NewIndex(Cases, "open", func(_ string, c Case) []string { return ifOpen(!c.State.Over()) },
		"state IN ('requested', 'authorised', 'dropped_off', 'inspecting', 'decided', 'settling', 'settle_failed') "+
			"AND ?1 = 'open'")
	casesBy = ledger.NewIndex(Cases, "customer", func(_ string, c Case) []string {
		return []string{c.Customer}
	},
		"customer = ?1")
	casesOf = ledger.NewIndex(Cases, "order", func(_ string, c Case) []string { return []string{c.Order} },
		"order_id = ?1")
	lapsing = ledger.NewDue(Cases, func(c Case) (at time.Time) {
		if c.Lapses != nil && (c.State == Requested || c.State == Authorised) {
			at = *c.Lapses
		}
		return at
	})

	Refunds = ledger.NewTable("refunds", "id",
		ledger.WithColumns(
			ledger.Column[Refund]{Name: "order_id", Of: func(r Refund) any { return r.Order }},
			ledger.Column[Refund]{Name: "case_id", Of: func(r Refund) any { return r.Case }},
			ledger.Column[Refund]{Name: "state", Of: func(r Refund) any { return string(r.State) }}),
		ledger.InMemoryWhile(Refund.Waits), ledger.TakenUp[Refund]("open"))
	openRefunds = ledger.NewIndex(Refunds, "open", func(_ string, r Refund) []string { return ifOpen(r.Waits()) },
		"state IN ('pending', 'approved') AND ?1 = 'open'")
	refundsOf = ledger.NewIndex(Refunds, "order", func(_ string, r Refund) []string {
		return []string{r.Order}
	},
		"order_id = ?1")
	refundsOfCase = ledger.NewIndex(Refunds, "case", func(_ string, r Refund) []string {
		return []string{r.Case}
	},
		"case_id = ?1")
	asking = ledger.NewDue(Refunds, func(r Refund) (at time.Time) {
		if r.Waits() {
			at = r.NextAt
		}
		return at
	})

	// Totes are few, and used again and again.
	Totes = ledger.NewTable("totes", "id", ledger.InMemory[Tote]())

	// turned is since when somebody waits for a door that takes something of an order back.
	turned  = ledger.NewTable[time.Time]("returns_turned_away", "order_id")
	serials = ledger.NewTable[Serial]("returned_serials", "serial")

	// texts are what customers have written, by case; erased with it. They are not in the log.
	texts = ledger.NewTable("return_texts", "case_id",
		ledger.Logged(func(t []string) ([]string, bool) { return t, false }))
)

func ifOpen(is bool) []string {
	if is {
		return []string{ledger.Open}
	}
	return nil
}

// A Serial is when a thing with a serial number came back, and in which case.
type Serial struct {
	Case string    `json:"case"`
	At   time.Time `json:"at"`
}
