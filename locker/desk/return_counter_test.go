package desk

import (
	"slices"
	"testing"

	"cubby/locker/returns"
	"cubby/locker/view"
)

// One item at the counter takes five touches and a scan, from the menu to what follows.
func TestAnItemAtTheCounterTakesFiveTouches(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.badge(t, atDesk, "associate")
	touches := 0
	touch := func(value string) {
		touches++
		b.must(t, atDesk, view.ActPick, value)
	}
	touch("returns")
	b.scans(t, "RC-O-1")
	v := b.wants(t, atDesk, view.StepStaffReturnOrder)
	if got := valuesOf(v.Staff.Items); !slices.Equal(got, []string{"A", "B"}) || v.Staff.Items[1].Count != 2 {
		t.Fatalf("the lines are %+v", v.Staff.Items)
	}
	touch("A")
	b.wants(t, atDesk, view.StepStaffReturnReason)
	touch("changed_mind")
	b.wants(t, atDesk, view.StepStaffReturnGrade)
	if c := b.caseNow(t); c.State != returns.DroppedOff || c.Channel != returns.AtCounter {
		t.Fatalf("the case is %s by %s before it is looked at", c.State, c.Channel)
	}
	touch("like_new")
	v = b.wants(t, atDesk, view.StepStaffReturnDecide)
	first := v.Staff.Items[0]
	if first.Value != "refund_original" || len(first.Detail.Parts) != 2 ||
		first.Detail.Parts[0].Money["Amount"].Minor != 1800 || first.Detail.Parts[1].Money["Amount"].Minor != 3600 {
		t.Fatalf("first comes %+v", first)
	}
	touch("refund_original")
	v = b.wants(t, atDesk, view.StepStaffReturnCase)
	if c := b.caseNow(t); c.State != returns.Settling || saidOf(v) != view.OpReturnDecide || touches != 5 {
		t.Errorf("the case is %s, said %q, after %d touches", c.State, saidOf(v), touches)
	}
	if sum := b.pays(t, "completed"); sum != 5400 {
		t.Errorf("%d is paid back", sum)
	}
	if c := b.caseNow(t); c.State != returns.Closed {
		t.Errorf("the case is %s, want closed", c.State)
	}
}
