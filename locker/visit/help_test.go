package visit

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Help lies over a page, offers nothing of it, and gives it back as it was.
func TestHelpGivesThePageBackAsItWas(t *testing.T) {
	b := newBench(t, Room{Steps: map[view.Step]Step{
		view.StepIdle: {Acts: []Act{{Name: "begin", Do: func(t *Turn) {
			t.Begin("toy")
			t.Show("toy", "why")
			t.Visit.Told.Station = "South"
		}}}},
		"toy": {Acts: []Act{{Name: "on", Do: (*Turn).Finish}}},
	}})
	touch := func(name view.ActionName) {
		t.Helper()
		b.do(Do{view.Action{Visit: b.view().Visit, Name: name}})
	}
	touch("begin")
	before := b.view()
	b.now = b.now.Add(50 * time.Second)
	touch(view.ActHelp)
	v := b.view()
	if v.Step != "toy" || v.Helping == nil || !slices.Equal(v.Actions,
		[]view.ActionName{view.ActLanguage, view.ActHelpClose}) {
		t.Fatalf("help is %+v with %v", v.Helping, v.Actions)
	}
	if _, err := b.try(Do{view.Action{Visit: v.Visit, Name: "on"}}); err == nil {
		t.Error("what the page offers can be done under the help")
	}
	touch(view.ActHelpClose)
	after := b.view()
	if after.Step != before.Step || after.Reason != before.Reason || after.Helping != nil ||
		!slices.Equal(after.Actions, before.Actions) || after.TimeoutInMs != before.TimeoutInMs {
		t.Errorf("behind the help is %+v, before it was %+v", after, before)
	}
	touch(view.ActHelp)
	b.do(Present{Presented: "code"}) // whoever scans goes on
	if b.view().Helping != nil {
		t.Error("the help hides what a scan leads to")
	}
	touch("on")
	touch(view.ActHelp) // on the page that waits for people a visit begins, and ends by itself
	if v := b.view(); v.Helping == nil || v.Visit == "" || v.TimeoutInMs == 0 {
		t.Errorf("help on the idle page is %+v", v)
	}
	b.now = b.now.Add(2 * time.Minute)
	b.do(Tick{})
	if v := b.view(); v.Helping != nil || v.Visit != "" {
		t.Errorf("help that nobody reads stays: %+v", v)
	}
}

// Staff are called once, again only while nobody comes, and not sooner than a minute after
// somebody has.
func TestStaffAreNotCalledWithoutEnd(t *testing.T) {
	b := newBench(t)
	now := b.now
	s := func(after time.Duration) bool {
		v, _ := Visits.Get(ledger.NewState(b), Kiosk)
		return mayCall(ledger.NewState(b), v, now.Add(after))
	}
	if !s(0) {
		t.Fatal("nobody has called, and nobody may")
	}
	b.do(asks(func(t *Turn) { t.Emit(&HelpAsked{Terminal: Kiosk, Step: view.StepIdle}) }))
	if s(time.Minute) || !s(callAgain) || len(OpenCalls(ledger.NewState(b))) != 1 {
		t.Errorf("after the first call: %v", OpenCalls(ledger.NewState(b)))
	}
	b.do(asks(func(t *Turn) { t.Emit(&HelpAnswered{Terminal: Kiosk, By: "ada"}) }))
	if s(30*time.Second) || !s(callAfter) || len(OpenCalls(ledger.NewState(b))) != 0 {
		t.Errorf("after the answer: %v", OpenCalls(ledger.NewState(b)))
	}
}

type asks func(*Turn)

func (a asks) Decide(t *Turn) error { a(t); return nil }
