package bearer

import (
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// An option is one thing to do with a parcel, a button of its page.
type option struct {
	name view.ActionName
	// when reports whether it is offered for a parcel.
	when func(s *ledger.State, p parcel.Parcel, r parcel.Right, env visit.Env) bool
	do   func(t *visit.Turn, p parcel.Parcel, r parcel.Right)
}

// options are the buttons of a parcel's page, in their order there.
var options = []option{
	{view.ActOpenDoor, mayOpen, openDoor},
	{view.ActKnown, mayAsk, askKnown},
	{view.ActAskTime, mayAskTime, askTime},
	{view.ActElsewhere, mayMove, askPlace},
	{view.ActDelegate, mayDelegate, sendDelegate},
	{view.ActNoDelegate, hasDelegate, endDelegate},
}

func mayOpen(_ *ledger.State, p parcel.Parcel, _ parcel.Right, _ visit.Env) bool {
	return parcel.CanOpen(p)
}

func openDoor(t *visit.Turn, _ parcel.Parcel, r parcel.Right) { parcel.LetIn(t, r) }

// acts are the options as buttons.
func acts() (all []visit.Act) {
	for _, o := range options {
		all = append(all, visit.Act{
			Name: o.name,
			When: func(s *ledger.State, v visit.Visit, env visit.Env) bool {
				p, r, ok := chosen(s, v)
				return ok && (!r.Narrow || o.name == view.ActOpenDoor) && o.when(s, p, r, env)
			},
			Do: func(t *visit.Turn) {
				if p, r, ok := chosen(t.State, t.Visit); ok {
					o.do(t, p, r)
				}
			},
		})
	}
	return all
}
