package members

import (
	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// neighbourSteps are the pages on which somebody names another who collects for them: whoever
// is named shows their own QR code, and agrees.
func neighbourSteps() map[view.Step]visit.Step {
	back := visit.Act{
		Name: view.ActBack, Do: func(t *visit.Turn) { t.Show(view.StepMemberKnown, view.ReasonNone) },
	}
	return map[view.Step]visit.Step{
		view.StepMemberNeighbour: {
			Acts: []visit.Act{back}, Scan: showOther,
			Keeps: func(visit.Present, visit.Visit) bool { return true },
		},
		view.StepMemberAgree: {
			Acts:  []visit.Act{{Name: view.ActYes, Do: agree}, back},
			Keeps: func(visit.Present, visit.Visit) bool { return true },
			Shows: func(s *ledger.State, v visit.Visit, out *view.View) {
				r, _ := recordOf(s, v)
				out.Member.Contact = hidden(r.Person)
			},
		},
	}
}

// mayName: whoever has shown their own QR code. The code of a parcel may have been given to
// somebody else.
func mayName(_ *ledger.State, v visit.Visit, env visit.Env) bool {
	return noteOf(v).Own && customers.SettingsOf(env.Policy).Neighbours
}

// showOther asks whoever has shown their own QR code whether they agree. Everything else that
// is shown here is answered alike.
func showOther(c visit.Present, t *visit.Turn) error {
	n := noteOf(t.Visit)
	other, ok := customers.WithQR(t.State, c.CodeHash)
	if !ok || c.Presented != "member" || other.ID == n.Customer {
		t.Heard = view.HeardNotValid
		return nil
	}
	n.Other = other.ID
	t.KeepAs(noteAs, n)
	t.Show(view.StepMemberAgree, view.ReasonNone)
	return nil
}

func agree(t *visit.Turn) {
	n := noteOf(t.Visit)
	said := customers.Asked{Through: atKiosk, Text: textVersion}
	err := customers.NameNeighbour{Of: n.Customer, By: n.Other, Asked: said, ByAsked: said}.Decide(t)
	t.Show(view.StepMemberKnown, view.ReasonNone)
	if err != nil { // too many of them, or a record is gone meanwhile: the list says what holds
		t.Heard = view.HeardNotValid
	}
}

// showNeighbours lists who collects for somebody, and for whom they do. A touch ends it.
func showNeighbours(s *ledger.State, r customers.Record, add func(view.MemberLine)) {
	for _, n := range customers.NeighboursOf(s, r.ID) {
		name, id := "collects", n.By
		if n.By == r.ID {
			name, id = "collected_for", n.Of
		}
		other, _ := customers.Get(s, id)
		add(view.MemberLine{
			Value: "neighbour " + n.ID, Kind: "neighbour", Name: name, Text: hidden(other.Person), On: true,
			At: &n.Since,
		})
	}
}
