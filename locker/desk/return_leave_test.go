package desk

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A stage is a page of returns with the way that leads there. taken: an item is at the
// counter by then.
type stage struct {
	step  view.Step
	taken bool
	way   func(testing.TB, *bench)
}

func touches(values ...string) func(testing.TB, *bench) {
	return func(t testing.TB, b *bench) {
		for _, v := range values {
			b.must(t, atDesk, view.ActPick, v)
		}
	}
}

func stages() map[string]stage {
	scan := func(then ...string) func(testing.TB, *bench) {
		return func(t testing.TB, b *bench) {
			b.scans(t, "RC-O-1")
			touches(then...)(t, b)
		}
	}
	decide := func(then func(testing.TB, *bench)) func(testing.TB, *bench) {
		return func(t testing.TB, b *bench) {
			scan("A", "changed_mind", "like_new")(t, b)
			then(t, b)
		}
	}
	op := func(name string, then ...string) func(testing.TB, *bench) {
		return func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActOp, name)
			touches(then...)(t, b)
		}
	}
	return map[string]stage{
		"menu": {view.StepStaffReturns, false, touches()},
		"find": {view.StepStaffReturnFind, false, touches("return_serve")},
		"found": {view.StepStaffReturnFound, false, func(t testing.TB, b *bench) {
			b.scans(t, "SHIRT")
		}},
		"order":      {view.StepStaffReturnOrder, false, scan()},
		"quantity":   {view.StepStaffReturnQuantity, false, scan("B")},
		"reason":     {view.StepStaffReturnReason, false, scan("A")},
		"grade":      {view.StepStaffReturnGrade, true, scan("A", "changed_mind")},
		"note":       {view.StepStaffReturnNote, true, scan("A", "changed_mind", "damaged")},
		"grade some": {view.StepStaffReturnQuantity, true, scan("B", "2", "changed_mind", "like_new")},
		"decide":     {view.StepStaffReturnDecide, true, decide(touches())},
		"partial":    {view.StepStaffReturnPrice, true, decide(touches("partial"))},
		"new item":   {view.StepStaffReturnNew, true, decide(touches("exchange"))},
		"difference": {view.StepStaffReturnPay, true, decide(func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActPick, "exchange")
			b.must(t, atDesk, view.ActType, "text=coat")
			b.must(t, atDesk, view.ActType, "text=99")
		})},
		"case": {view.StepStaffReturnCase, true,
			decide(func(t testing.TB, b *bench) { b.must(t, atDesk, view.ActBack, "") })},
		"cases":   {view.StepStaffReturnCases, false, touches("return_grade")},
		"round":   {view.StepStaffReturnRound, false, touches("return_round")},
		"totes":   {view.StepStaffReturnTotes, false, touches("return_totes")},
		"money":   {view.StepStaffReturnMoney, false, touches("return_money")},
		"numbers": {view.StepStaffReturnFigures, false, touches("return_figures")},
		"tote": {view.StepStaffReturnTote, false, func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActPick, "return_totes")
			b.scans(t, "TOTE-1")
		}},
		"found something": {view.StepStaffReturnNote, true, decide(func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActBack, "")
			op(view.OpReturnAdd)(t, b)
		})},
		"dispose": {view.StepStaffReturnDispose, true, decide(func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActPick, "repair")
			op(view.OpReturnDispose)(t, b)
		})},
		"line": {view.StepStaffReturnLine, true, decide(func(t testing.TB, b *bench) {
			b.must(t, atDesk, view.ActPick, "repair")
			op(view.OpReturnExplain)(t, b)
		})},
	}
}

// leavesReturns are the ways in which somebody goes from a page.
var leavesReturns = map[string]func(testing.TB, *bench){
	"by time": func(t testing.TB, b *bench) {
		b.pass(6 * time.Minute)
		b.do(t, "", visit.Tick{})
	},
	"out":      func(t testing.TB, b *bench) { b.must(t, atDesk, view.ActLeave, "") },
	"by badge": func(t testing.TB, b *bench) { b.badge(t, atDesk, "manager") },
	"removed": func(t testing.TB, b *bench) {
		b.do(t, "", people.RemoveEmployee{By: people.Tools, ID: "supervisor"})
	},
	"restarted": func(t testing.TB, b *bench) { b.do(t, "", visit.Start{Boot: "2"}) },
}

func (b *bench) stands(t testing.TB, at stage) {
	t.Helper()
	b.sells(t, "O-1", nil)
	b.sells(t, "O-2", func(o *orders.Order) { o.Lines[0].Title = "Shirt of another" })
	b.serves(t, "supervisor")
	at.way(t, b)
	b.wants(t, atDesk, at.step)
}

// matters is how many facts there are besides those of visits.
func (b *bench) matters() (n int) {
	for _, f := range b.facts {
		if !strings.HasPrefix(f.Type(), "visit.") {
			n++
		}
	}
	return n
}

// However somebody goes from a page: what was handed over waits in the list with what is
// known of it, its units stay claimed, and what was not handed over is claimed by nobody.
func TestWhoeverGoesFromAPageOfReturnsLosesNothing(t *testing.T) {
	for name, at := range stages() {
		for how, goes := range leavesReturns {
			t.Run(name+" "+how, func(t *testing.T) {
				b := newBench(t)
				b.stands(t, at)
				before := returns.Open(b.state())
				goes(t, b)
				if v := b.view(atDesk); v.Step == at.step {
					t.Errorf("the page is still there")
				}
				after := returns.Open(b.state())
				if len(after) != len(before) || len(after) > 0 != at.taken {
					t.Fatalf("%d returns were open, and %d are", len(before), len(after))
				}
				for i, c := range after {
					if c.State != before[i].State || len(waiting(b.state())) != 1 {
						t.Errorf("the return is %s, was %s; %d wait", c.State, before[i].State,
							len(waiting(b.state())))
					}
				}
				claimed := returns.Claimed(b.state(), "O-1", "A") + returns.Claimed(b.state(), "O-1", "B")
				repair := len(after) > 0 && after[0].Items[0].Decision == returns.Repair
				if claimed > 0 != (at.taken && !repair) {
					t.Errorf("%d units are claimed", claimed)
				}
			})
		}
	}
}

// Back leads towards the menu from every page, and does nothing else.
func TestBackFromEveryPageOfReturns(t *testing.T) {
	for name, at := range stages() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.stands(t, at)
			facts := b.matters()
			for range mostPlaces {
				if b.view(atDesk).Step == view.StepStaffMenu {
					break
				}
				b.must(t, atDesk, view.ActBack, "")
			}
			b.wants(t, atDesk, view.StepStaffMenu)
			if n := b.matters(); n != facts {
				t.Errorf("it has told %d facts", n-facts)
			}
		})
	}
}

// A touch counts for the page that was touched, and a value that it does not offer for none.
func TestStaleTouchesOfReturnsDoNothing(t *testing.T) {
	for name, at := range stages() {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.stands(t, at)
			v, facts := b.view(atDesk), b.matters()
			for _, one := range []view.Action{
				{Name: view.ActPick, Value: "nothing of the kind"}, {Name: view.ActPick, Value: "item 99"},
				{Name: view.ActPick, Value: "refund rf-1"}, {Name: view.ActPick, Value: "-1"},
				{Name: view.ActOp, Value: "return_everything"}, {Name: view.ActOp, Value: view.OpReturnRetry},
				{Name: view.ActOp, Value: view.OpReturnSeal}, {Name: view.ActOp, Value: view.OpWriteOff},
				{Name: view.ActYes, Step: view.StepStaffReturnDispose},
			} {
				one.Terminal, one.Visit = atDesk, v.Visit
				err := b.try(atDesk, visit.Do{Action: one})
				var r *ledger.Refusal
				if err == nil || !errors.As(err, &r) {
					t.Errorf("%s %q: %v", one.Name, one.Value, err)
				}
			}
			other := view.Action{
				Terminal: atDesk, Visit: v.Visit, Name: view.ActBack, Step: v.Step, Door: v.Door(),
				Parcel: v.Parcel() + "x",
			}
			if b.try(atDesk, visit.Do{Action: other}) == nil {
				t.Error("a touch that was meant for another item counts")
			}
			if n := b.matters(); n != facts || b.view(atDesk).Step != at.step {
				t.Errorf("the page is %s, told %d facts", b.view(atDesk).Step, n-facts)
			}
		})
	}
}

// While one colleague looks at the last shirt another cannot take the same one.
func TestTwoCountersNeverTakeTheSameUnit(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.scans(t, "RC-O-1")
	b.must(t, atDesk, view.ActPick, "A")
	b.badge(t, "", "manager") // at the kiosk
	b.must(t, "", view.ActPick, "returns")
	b.do(t, "", visit.Present{Text: "RC-O-1", Label: "RC-O-1", Presented: "label"})
	b.must(t, "", view.ActPick, "A")
	b.must(t, "", view.ActPick, "changed_mind")
	b.wants(t, "", view.StepStaffReturnGrade)
	b.must(t, atDesk, view.ActPick, "changed_mind")
	if v := b.wants(t, atDesk, view.StepStaffReturnOrder); saidOf(v) != "refused_back-already" ||
		v.Staff.Items[0].Count != 0 {
		t.Errorf("said %q", saidOf(v))
	}
	if n := returns.Claimed(b.state(), "O-1", "A"); n != 1 {
		t.Errorf("%d claimed", n)
	}
}

// The pages of money and figures ask for what they show, for the day that was picked.
func TestMoneyAndFiguresAreAskedFor(t *testing.T) {
	b := newBench(t)
	b.serves(t, "manager")
	b.must(t, atDesk, view.ActPick, "return_money")
	first := b.sent[len(b.sent)-1].(ListRefunds)
	v := b.view(atDesk)
	if !v.Staff.Loading || first.Name != v.Staff.Parcel || first.Name != "2026-03-01" {
		t.Errorf("%+v for %+v", first, v.Staff)
	}
	b.must(t, atDesk, view.ActPick, "day 2026-02-28")
	if next := b.sent[len(b.sent)-1].(ListRefunds); next.Name != "2026-02-28" ||
		b.view(atDesk).Staff.Parcel != next.Name {
		t.Errorf("%+v", next)
	}
	if b.act(atDesk, view.ActPick, "day 2026-02-30") == nil {
		t.Error("a day is shown that does not exist")
	}
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActPick, "return_figures")
	if asked, ok := b.sent[len(b.sent)-1].(CountReturns); !ok || !asked.To.Equal(b.now) ||
		!asked.From.Before(b.now) {
		t.Errorf("%+v", asked)
	}
	if !slices.Contains(v.Actions, view.ActPick) {
		t.Error("nothing can be picked")
	}
}
