package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func since(c returns.Case) time.Time {
	if c.Dropped != nil {
		return *c.Dropped
	}
	return c.Requested
}

func unitsOf(n int, title string) string {
	if n == 1 {
		return title
	}
	return strconv.Itoa(n) + " × " + title
}

// findReturn looks for what was typed.
func findReturn(t *visit.Turn, value string) error {
	text, err := typed(value, 200)
	if err != nil {
		return err
	}
	if plain.HasPrintedCard(text) {
		say(t, view.Message{ID: "card_number"})
		return nil
	}
	if !toReturn(t, text) {
		toNothing(t, text)
	}
	return nil
}

// toNothing says that nothing was found, where something can come back without an order.
func toNothing(t *visit.Turn, text string) {
	n := noteOf(t.Visit)
	n.Found = nil
	t.Keep(n)
	goTo(t, place{Step: view.StepStaffReturnFound, Text: text})
}

// scanReturn answers a scan on a page of returns: a badge does what it does everywhere, and
// anything else is looked for.
func scanReturn(c visit.Present, t *visit.Turn) error {
	if _, staff := people.EmployeeWith(t.State, c.BadgeHash); staff {
		return scanned(c, t)
	}
	if c.CardNumber {
		say(t, view.Message{ID: "card_number"})
		return nil
	}
	if c.Text != "" && toReturn(t, c.Text) || c.Label != "" && toReturn(t, c.Label) {
		return nil
	}
	if err := findScanned(t, c); err != nil || t.Heard != view.HeardNotValid {
		return err
	}
	switch t.Visit.Step {
	case view.StepStaffReturns, view.StepStaffReturnFind, view.StepStaffReturnFound:
		if text := cmp.Or(c.Text, c.Label); text != "" && may(t.State, t.Visit, people.TakeReturns) {
			t.Heard = ""
			toNothing(t, text)
		}
	}
	return nil
}

// toReturn goes to what a text names of returns: a return by its number or a bag's code, or
// an order by anything that is on it.
func toReturn(t *visit.Turn, text string) bool {
	if !may(t.State, t.Visit, people.TakeReturns) {
		return false
	}
	if id, ok := caseIn(t.State, text); ok {
		goTo(t, place{Step: view.StepStaffReturnCase, Case: id})
		return true
	}
	found, gift := returns.TheOrder(t.State, text)
	switch len(found) {
	case 0:
		return false
	case 1:
		goTo(t, place{Step: view.StepStaffReturnOrder, Order: found[0].ID, Gift: gift})
		_ = pickSerial(t, found[0], text) // refuses nothing
	default:
		n := noteOf(t.Visit)
		n.Found = nil
		for _, o := range found[:min(len(found), MostFound)] {
			n.Found = append(n.Found, o.ID)
		}
		t.Keep(n)
		goTo(t, place{Step: view.StepStaffReturnFound})
	}
	return true
}

// caseIn is the return that a number or a bag's code names.
func caseIn(s *ledger.State, text string) (string, bool) {
	text = strings.TrimSpace(text)
	if id, is := returns.IsNumber(text); is {
		_, ok := returns.Cases.Get(s, id)
		return id, ok
	}
	if at := len("R-0000-0000"); len(text) > at && text[at] == '-' {
		if id, is := returns.IsNumber(text[:at]); is {
			_, ok := returns.Cases.Get(s, id)
			return id, ok
		}
	}
	for _, p := range parcel.ByLabel(s, label.Keys(text)) {
		if _, ok := returns.Cases.Get(s, p.Case); ok && p.Case != "" {
			return p.Case, true
		}
	}
	return "", false
}

func showFoundOrders(s *ledger.State, v visit.Visit, _ visit.Env, out *view.View) {
	for _, id := range noteOf(v).Found {
		o, ok := orders.Get(s, id)
		if !ok {
			continue
		}
		var titles []view.Message
		for _, l := range o.Lines[:min(len(o.Lines), 3)] {
			titles = append(titles, *text(unitsOf(l.Quantity, l.Title)))
		}
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: id, Kind: "order", Title: *text(o.ID), Detail: list(titles...), At: &o.Ordered,
		})
	}
}

func pickOrder(t *visit.Turn, value string) error {
	if !slices.Contains(noteOf(t.Visit).Found, value) {
		return stale()
	}
	goTo(t, place{Step: view.StepStaffReturnOrder, Order: value})
	return nil
}
