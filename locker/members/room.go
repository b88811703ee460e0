package members

import (
	"cmp"
	"maps"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Room is the pages of members.
var Room visit.Room

// The rows of pages show what can be done, and what can be done shows pages.
func init() {
	Room = visit.Room{
		Module: ledger.Module{Name: "members"}, Steps: steps(), Arrive: arrive, Adds: adds, After: after,
		Reach: reach, Ease: easeBy,
	}
}

// note is what the visit keeps.
type note struct {
	Customer string `json:"customer,omitempty"` // whose record it is
	Parcel   string `json:"parcel,omitempty"`   // whose recipient asks to be remembered
	Other    string `json:"other,omitempty"`    // who is to collect for them, and is asked
	Own      bool   `json:"own,omitempty"`      // they have shown their own QR code, or have just been kept
}

const noteAs = "member"

func noteOf(v visit.Visit) note { return visit.DataAs[note](v, noteAs) }

// pageOf are the steps whose payload is the member's.
var pageOf = map[view.Step]bool{
	view.StepMember: true, view.StepMemberKnown: true, view.StepMemberHistory: true, view.StepMemberQR: true,
	view.StepMemberErase: true, view.StepMemberAsk: true, view.StepMemberGone: true,
	view.StepMemberNeighbour: true, view.StepMemberAgree: true,
}

func steps() map[view.Step]visit.Step {
	to := func(name view.ActionName, page view.Step) visit.Act {
		return visit.Act{Name: name, Do: func(t *visit.Turn) { t.Show(page, view.ReasonNone) }}
	}
	finish := visit.Act{Name: view.ActFinish, Do: (*visit.Turn).Finish}
	keeps := func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" }
	all := map[view.Step]visit.Step{
		view.StepPickupDone: {Acts: []visit.Act{{Name: view.ActRemember, Do: toAsk, When: mayAsk}}},
		view.StepMember: {
			Acts: []visit.Act{to(view.ActKnown, view.StepMemberKnown), finish}, Keeps: keeps, Draws: showCount,
		},
		view.StepMemberKnown: {
			Acts: []visit.Act{
				{Name: view.ActPick, With: pick}, {Name: view.ActHistory, Do: toHistory},
				{Name: view.ActNewQR, Do: newQR, When: mayMakeQR},
				{Name: view.ActNeighbour, When: mayName, Do: func(t *visit.Turn) {
					t.Show(view.StepMemberNeighbour, view.ReasonNone)
				}}, finish,
			},
			Keeps: keeps, Shows: showKnown,
		},
		view.StepMemberHistory: {
			Acts: []visit.Act{
				{Name: view.ActPrint, Do: printAll, When: func(_ *ledger.State, v visit.Visit, env visit.Env) bool {
					return env.Prints && v.Print != view.PrintBusy
				}},
				to(view.ActBack, view.StepMemberKnown), finish,
			},
			Keeps: keeps, Shows: showHistory,
		},
		view.StepMemberQR: {
			Acts: []visit.Act{to(view.ActBack, view.StepMemberKnown), finish}, Keeps: keeps,
		},
		view.StepMemberErase: {
			Acts: []visit.Act{{Name: view.ActYes, Do: erase}, to(view.ActBack, view.StepMemberKnown)}, Keeps: keeps,
		},
		view.StepMemberAsk: {
			Acts: []visit.Act{{Name: view.ActYes, Do: keep}, finish}, Keeps: keeps, Draws: showAsked,
		},
		view.StepMemberGone: {
			Acts: []visit.Act{finish}, Keeps: keeps, Clock: visit.WaitThanks, Thanks: true,
		},
	}
	maps.Copy(all, neighbourSteps())
	return all
}

// arrive greets somebody by their own QR code where it opens nothing: by the setting, where
// nothing is here for them, or where they have said that nothing is to open.
func arrive(t *visit.Turn, c visit.Present) (known bool, err error) {
	r, ok := customers.WithQR(t.State, c.CodeHash)
	if !ok || c.Presented != "member" {
		return false, nil
	}
	greet(t, r)
	if t.Visit.Step != view.StepBearerEnter && !pageOf[t.Visit.Step] {
		if right, why := parcel.Identify(t, c); why == "" {
			parcel.Admit(t, right)
			ease(t, r)
			return true, nil
		}
	}
	show(t, r.ID, true, view.StepMember)
	ease(t, r)
	return true, nil
}

// greet begins a visit of a member; nothing of another's stays.
func greet(t *visit.Turn, r customers.Record) {
	if n := noteOf(t.Visit); t.Visit.Actor != visit.Somebody && t.Visit.ID != "" && n.Customer != r.ID {
		t.BeginAnew(parcel.PickupVisit)
	}
}

// ease has the visit follow what somebody has let us know: the language, and the time that
// they need.
func ease(t *visit.Turn, r customers.Record) {
	use(t, r.Person.Keys)
	for _, w := range r.Person.Wishes {
		switch w {
		case customers.MoreTime:
			t.Visit.Slow = true
		case customers.LargeText:
			t.Visit.Large = true
		case customers.AccessibleDoor:
			t.Visit.Reach = "needs"
		case customers.LowDoor:
			t.Visit.Reach = cmp.Or(t.Visit.Reach, "prefers")
		}
	}
	if tag := t.Policy.Speaks(r.Person.Language); tag != "" && t.Visit.Language == "" {
		t.Visit.Language = tag
	}
	if !t.Visit.TimeoutAt.IsZero() {
		t.StartClock()
	}
}

// easeBy has any visit follow what the member has let us know whose code was shown.
func easeBy(t *visit.Turn, c visit.Present) (known bool) {
	if c.Presented != "member" {
		return false
	}
	r, ok := customers.WithQR(t.State, c.CodeHash)
	if ok {
		ease(t, r)
	}
	return ok
}

// show shows a page of somebody's record.
func show(t *visit.Turn, id string, own bool, page view.Step) {
	t.Begin(parcel.PickupVisit)
	t.Visit.Actor = "bearer"
	t.KeepAs(noteAs, note{Customer: id, Own: own || noteOf(t.Visit).Own && noteOf(t.Visit).Customer == id})
	t.Show(page, view.ReasonNone)
}

// after leaves pages about a record that is no more.
func after(t *visit.Turn) {
	proved(t)
	t.EveryVisit(func() {
		switch s := t.Visit.Step; {
		case !pageOf[s], s == view.StepMemberGone, s == view.StepMemberAsk:
		default:
			if _, ok := customers.Get(t.State, noteOf(t.Visit).Customer); !ok {
				t.KeepAs(noteAs, note{})
				t.Show(view.StepMemberGone, view.ReasonNone)
			}
		}
	})
}

// proved notes that somebody is about who has shown a right to a parcel.
func proved(t *visit.Turn) {
	for _, f := range t.Facts {
		switch f := f.(type) {
		case *parcel.PickupAuthorised:
			use(t, parcel.ContactKeys(t, f.ParcelID))
		case *parcel.ParcelHandedOver:
			use(t, parcel.ContactKeys(t, f.ParcelID))
		}
	}
}

func use(t *visit.Turn, k customers.Keys) {
	if k != (customers.Keys{}) {
		_ = customers.Use{Keys: k}.Decide(t) // which is never refused
	}
}

// reach tells what doors somebody can reach, for whom a parcel is brought.
func reach(t *visit.Turn, id string) (needs, prefers bool) {
	k := parcel.ContactKeys(t, id)
	if k == (customers.Keys{}) {
		return false, false
	}
	r, _ := customers.Find(t.State, k)
	for _, w := range r.Person.Wishes {
		needs = needs || w == customers.AccessibleDoor
		prefers = prefers || w == customers.LowDoor
	}
	return needs, prefers
}
