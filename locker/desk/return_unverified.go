package desk

import (
	"maps"
	"slices"
	"strconv"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// unverifiedOps: whoever may takes something back without an order.
func unverifiedOps(s *ledger.State, v visit.Visit, env visit.Env) []string {
	if noteOf(v).Op == "" && may(s, v, people.UnverifiedReturns) && len(shopsOf(env)) > 0 {
		return []string{view.OpReturnUnverified}
	}
	return nil
}

// shopsOf are the shops that say in which currency they pay.
func shopsOf(env visit.Env) []string {
	rules := returns.SettingsOf(env).Rules
	return slices.DeleteFunc(slices.Sorted(maps.Keys(rules)), func(shop string) bool {
		return rules[shop].Currency == ""
	})
}

func operateFound(t *visit.Turn, op string) error {
	if !slices.Contains(unverifiedOps(t.State, t.Visit, t.Env), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	n.Op, n.Serve = op, serve{}
	if shops := shopsOf(t.Env); len(shops) == 1 {
		n.Serve.Shop = shops[0]
		question(t, view.StepStaffReturnNew, n)
		return nil
	}
	question(t, view.StepStaffReturnFound, n)
	return nil
}

// showFoundPage shows what was found, or asks of which shop it is.
func showFoundPage(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	if noteOf(v).Op == view.OpReturnUnverified {
		for _, shop := range shopsOf(env) {
			out.Staff.Items = append(
				out.Staff.Items,
				view.StaffItem{Value: shop, Kind: "shop", Title: *text(shop)},
			)
		}
		return
	}
	if noteOf(v).Op == packaging {
		for _, kind := range returns.Packings {
			if points := returns.SettingsOf(env).Points[kind]; points > 0 {
				out.Staff.Items = append(out.Staff.Items, view.StaffItem{
					Value: kind, Kind: kind, Title: *word("packaging", kind), Count: points,
				})
			}
		}
		return
	}
	showFoundOrders(s, v, env, out)
	out.Staff.Ops = unverifiedOps(s, v, env)
}

func pickFound(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	if n.Op == packaging {
		points := 0
		done, err := do(t, returns.TakePackaging{By: who(t.Visit), Packing: value, Points: &points})
		if done {
			say(t, view.Message{ID: packaging, Data: map[string]string{"Points": strconv.Itoa(points)}})
		}
		return err
	}
	if n.Op != view.OpReturnUnverified {
		return pickOrder(t, value)
	}
	if !slices.Contains(shopsOf(t.Env), value) {
		return stale()
	}
	n.Serve.Shop = value
	question(t, view.StepStaffReturnNew, n)
	return nil
}

// takeUnverified takes something back of which no order is known.
func takeUnverified(t *visit.Turn, n note) error {
	var c returns.Case
	err := returns.Request{
		By: who(t.Visit), Channel: returns.AtCounter, Shop: n.Serve.Shop, Language: t.Visit.Language, Now: &c,
		Currency: returns.SettingsOf(t.Env).RulesOf(n.Serve.Shop).Currency,
		Items: []returns.Ask{{
			Quantity: 1, Reason: n.Serve.Reason, Title: n.Serve.Title, SKU: n.Serve.SKU, GTIN: n.Serve.GTIN,
			Amount: n.Serve.Price,
		}},
	}.Decide(t)
	if err != nil {
		return refused(t, err)
	}
	return taken(t, n, c)
}
