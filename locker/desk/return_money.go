package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/returns/figures"
	"cubby/locker/view"
	"cubby/locker/visit"
)

type (
	// CountReturns asks for the figures of the returns of a time. They are shown, not kept.
	CountReturns struct {
		Visit    string
		From, To time.Time
	}
	// ListRefunds asks for the refunds of a day. They are shown, not kept.
	ListRefunds struct {
		Visit, Name string // of the day, as the page has it
		Day         time.Time
		Zone        *time.Location
	}
)

// Kind names the effect.
func (CountReturns) Kind() string { return "desk_count_returns" }

// Kind names the effect.
func (ListRefunds) Kind() string { return "desk_list_refunds" }

// countedDays is how far the figures of the page go back.
const countedDays = 90

func zoneOf(env visit.Env) *time.Location {
	if zone := returns.SettingsOf(env).Zone; zone != nil {
		return zone
	}
	return time.UTC
}

// dayOf is the day of the page of refunds: today, or one that was picked.
func dayOf(env visit.Env, p place) time.Time {
	now := env.Now.In(zoneOf(env))
	if day, err := time.ParseInLocation(time.DateOnly, p.Text, zoneOf(env)); err == nil {
		now = day
	}
	return time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, zoneOf(env))
}

// askMoney orders what the pages of money and figures show.
func askMoney(t *visit.Turn, p place) {
	switch p.Step {
	case view.StepStaffReturnMoney:
		day := dayOf(t.Env, p)
		t.Order(ListRefunds{t.Visit.ID, day.Format(time.DateOnly), day, zoneOf(t.Env)})
	case view.StepStaffReturnFigures:
		t.Order(CountReturns{t.Visit.ID, t.Now.AddDate(0, 0, -countedDays), t.Now})
	}
}

func failedCases(s *ledger.State) []returns.Case {
	return slices.DeleteFunc(
		returns.Open(s),
		func(c returns.Case) bool { return c.State != returns.SettleFailed },
	)
}

func showMoney(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	day := dayOf(env, noteOf(v).at())
	out.Staff.Parcel, out.Staff.Loading = day.Format(time.DateOnly), true
	out.Staff.Ops = moneyOps(s, v)
}

func moneyOps(s *ledger.State, v visit.Visit) []string {
	if len(failedCases(s)) > 0 && may(s, v, people.SettleRefunds) {
		return []string{view.OpReturnRetry}
	}
	return nil
}

func operateMoney(t *visit.Turn, op string) error {
	if !slices.Contains(moneyOps(t.State, t.Visit), op) {
		return stale()
	}
	for _, c := range failedCases(t.State) {
		if err := retryFailed(t, c); err != nil {
			return err
		}
	}
	return nil
}

// pickMoney goes to the return of a refund, or to another day.
func pickMoney(t *visit.Turn, value string) error {
	if day, is := strings.CutPrefix(value, "day "); is {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return stale()
		}
		n := noteOf(t.Visit)
		n.Trail[len(n.Trail)-1].Text = day
		arriveAt(t, n)
		return nil
	}
	r, ok := returns.Refunds.Get(t.State, value)
	if !ok {
		return stale()
	}
	goTo(t, place{Step: view.StepStaffReturnCase, Case: r.Case})
	return nil
}

// mostRefunds bounds the list of a page; all of them are in the CSV file.
const mostRefunds = 200

// ShowRefunds adds the refunds of a day to the page about it: what came to each tender and
// currency, and one line for each.
func ShowRefunds(r figures.Reconciliation, p *view.Staff) {
	f := facts(p.Facts)
	f.text("day", r.Day)
	f.text("count", fmt.Sprint(len(r.Refunds)))
	for _, sum := range r.Totals {
		f.add("total", paid(sum.Amount, sum.Currency))
		if sum.Completed != sum.Amount {
			f.add("refunded", paid(sum.Completed, sum.Currency))
		}
	}
	for _, sum := range r.Sums {
		m := tenderAmount(sum.Kind, sum.Amount, sum.Currency)
		value := list(m, *word("refund_state", sum.State))
		if sum.Provider != "" {
			value.Parts = append(value.Parts, *text(sum.Provider))
		}
		f.add("tender", value)
	}
	p.Facts = f
	if day, err := time.Parse(time.DateOnly, r.Day); err == nil {
		before := day.AddDate(0, 0, -1).Format(time.DateOnly)
		p.Items = append(p.Items, view.StaffItem{
			Value: "day " + before, Kind: "day", Title: said("day_before", map[string]string{"Day": before}),
		})
	}
	for _, one := range r.Refunds[:min(len(r.Refunds), mostRefunds)] {
		item := refundLine(returns.Refund{
			ID: one.ID, Kind: one.Kind, Amount: one.Amount, Currency: one.Currency, Provider: one.Provider,
			State: returns.RefundState(one.State), Ordered: one.Ordered,
		})
		item.Value = one.ID
		item.Detail.Parts = append(item.Detail.Parts, *text(one.Case))
		p.Items = append(p.Items, item)
	}
}

func showFigures(_ *ledger.State, _ visit.Visit, _ visit.Env, out *view.View) {
	out.Staff.Loading = true
}

// mostBars bounds a drawing.
const mostBars = 12

// ShowFigures adds the figures of returns to their page.
func ShowFigures(c figures.Figures, p *view.Staff) {
	var f facts
	f.at("since", &c.From)
	f.text("sold", fmt.Sprint(c.Sold))
	f.text("returned", fmt.Sprint(c.Back))
	f.text("count", fmt.Sprint(c.Dropped))
	f.text("at_once", fmt.Sprint(c.AtOnce))
	p.Facts = f
	rate := func(title string, all []figures.Rate, name func(string) view.Message) {
		chart := view.Chart{Title: view.Message{ID: title}, Unit: "percent"}
		for _, one := range all[:min(len(all), mostBars)] {
			chart.Bars = append(chart.Bars, view.ChartBar{
				Label: name(one.Name), Tenths: int64(one.PerMille), Of: one.Sold,
			})
		}
		if len(chart.Bars) > 0 {
			p.Charts = append(p.Charts, chart)
		}
	}
	plainly := func(name string) view.Message {
		if name == "" {
			return view.Message{ID: "not_said", Text: "?"}
		}
		return *text(name)
	}
	rate("return_rate_sku", c.BySKU, plainly)
	rate("return_rate_reason", c.ByReason, func(name string) view.Message {
		return *word("return.reason", name)
	})
	rate("return_rate_supplier", c.BySupplier, plainly)
	if c.Dropped > 0 {
		p.Charts = append(p.Charts, view.Chart{
			Title: view.Message{ID: "return_at_once"}, Unit: "percent",
			Bars: []view.ChartBar{{
				Label:  view.Message{ID: "at_once"},
				Tenths: int64(figures.PerMille(c.AtOnce, c.Dropped)), Of: c.Dropped,
			}},
		})
	}
	hours := func(title string, s figures.Spread) {
		if s.Count == 0 {
			return
		}
		chart := view.Chart{Title: view.Message{ID: title}, Unit: "hours"}
		for _, one := range []struct {
			name    string
			seconds int64
		}{{"half", s.P50}, {"nine_of_ten", s.P90}, {"nineteen_of_twenty", s.P95}, {"longest", s.Most}} {
			chart.Bars = append(chart.Bars, view.ChartBar{
				Label: view.Message{ID: one.name}, Tenths: (one.seconds*10 + 1800) / 3600, Of: s.Count,
			})
		}
		p.Charts = append(p.Charts, chart)
	}
	hours("return_to_decision", c.ToDecision)
	hours("return_to_money", c.ToMoney)
}
