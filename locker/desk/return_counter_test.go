package desk

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
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
		first.Detail.Parts[0].Money["Amount"].Minor != 1800 ||
		first.Detail.Parts[1].Money["Amount"].Minor != 3600 {
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

// toDecision has a shirt come back as far as the page that asks what follows.
func (b *bench) toDecision(t testing.TB, grade string) view.View {
	t.Helper()
	b.scans(t, "RC-O-1")
	b.must(t, atDesk, view.ActPick, "A")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.must(t, atDesk, view.ActPick, grade)
	if b.view(atDesk).Step == view.StepStaffReturnNote {
		b.must(t, atDesk, view.ActType, "text=a+hole+in+the+sleeve")
	}
	return b.wants(t, atDesk, view.StepStaffReturnDecide)
}

// Whatever is scanned or typed leads to the return, the order, or the line.
func TestAnythingThatIsScannedOrTypedIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		code string
		step view.Step
	}{
		"the receipt":       {"RC-O-1", view.StepStaffReturnOrder},
		"the order":         {"O-1", view.StepStaffReturnOrder},
		"its QR code":       {"order:O-1", view.StepStaffReturnOrder},
		"its link":          {"https://shop.example/orders/O-1", view.StepStaffReturnOrder},
		"a gift receipt":    {"GR-O-1", view.StepStaffReturnOrder},
		"an article of two": {"4006381333931", view.StepStaffReturnFound},
		"an SKU of two":     {"SHIRT", view.StepStaffReturnFound},
		"a serial number":   {"SN-1", view.StepStaffReturnReason},
		"the return":        {"CASE", view.StepStaffReturnCase},
		"its bag":           {"CASE-1", view.StepStaffReturnCase},
		"as it is read out": {"case-lower", view.StepStaffReturnCase},
		"nothing known":     {"NOTHING", view.StepStaffReturnFound},
		"the number of another return": {
			"R-0000-0000", view.StepStaffReturnFound,
		},
	} {
		for _, typed := range []bool{false, true} {
			b := newBench(t)
			b.sells(t, "O-1", func(o *orders.Order) { o.Lines[1].Serials = []string{"SN-1", "SN-2"} })
			b.sells(t, "O-2", nil)
			id := b.brought(t, "O-2", "A", "")
			code := strings.ReplaceAll(c.code, "CASE", id)
			if c.code == "case-lower" {
				code = strings.ToLower(id)
			}
			b.serves(t, "associate")
			if typed {
				b.must(t, atDesk, view.ActPick, "return_serve")
				b.must(t, atDesk, view.ActType, "text="+url.QueryEscape(code))
			} else {
				b.scans(t, code)
			}
			if v := b.view(atDesk); v.Step != c.step {
				t.Errorf("%s (typed %t) leads to %s, want %s", name, typed, v.Step, c.step)
			}
		}
	}
}

func TestAPaymentCardIsNotLookedFor(t *testing.T) {
	b := newBench(t)
	b.serves(t, "associate")
	b.must(t, atDesk, view.ActPick, "return_serve")
	b.must(t, atDesk, view.ActType, "text=4111+1111+1111+1111")
	if v := b.wants(t, atDesk, view.StepStaffReturnFind); saidOf(v) != "card_number" {
		t.Errorf("said %q", saidOf(v))
	}
	b.do(t, atDesk, visit.Present{CardNumber: true, Presented: "card"})
	if v := b.view(atDesk); saidOf(v) != "card_number" {
		t.Errorf("said %q", saidOf(v))
	}
	if data := string(b.visit(atDesk).Data); strings.Contains(data, "4111") {
		t.Errorf("the visit keeps %s", data)
	}
}

// What follows, for each decision there is.
func TestEachDecisionHasItsMoneyAndItsEnd(t *testing.T) {
	for decision, c := range map[returns.Decision]struct {
		state returns.State
		kinds map[string]int64
	}{
		returns.RefundOriginal: {returns.Settling, map[string]int64{"gift_card": 1800, "card": 3600}},
		returns.RefundGiftCard: {returns.Settling, map[string]int64{"gift_card": 5400}},
		returns.Repair:         {returns.Decided, nil},
		returns.GiveBack:       {returns.Decided, nil},
	} {
		b := newBench(t)
		b.sells(t, "O-1", nil)
		b.serves(t, "associate")
		b.toDecision(t, "like_new")
		b.must(t, atDesk, view.ActPick, string(decision))
		b.wants(t, atDesk, view.StepStaffReturnCase)
		got := b.ordered()
		if state := b.caseNow(t).State; state != c.state || !maps.Equal(got, c.kinds) {
			t.Errorf("%s: %s with %v, want %s with %v", decision, state, got, c.state, c.kinds)
		}
		if c.kinds == nil { // handed back, or repaired: said by closing it
			b.must(t, atDesk, view.ActOp, view.OpReturnClose)
			if state := b.caseNow(t).State; state != returns.Closed {
				t.Errorf("%s: %s after it was closed", decision, state)
			}
		}
	}
}

func TestAPartIsTypedAndNeverRounded(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	v := b.toDecision(t, "damaged")
	if valuesOf(v.Staff.Items)[0] == "" || factOf(v, "grade").ID != "grade.damaged" {
		t.Fatalf("%+v", v.Staff)
	}
	b.must(t, atDesk, view.ActPick, "partial")
	for _, wrong := range []string{"0", "54", "54.01", "12.345", "-1", "1e3", "twelve", "1.234,5"} {
		b.must(t, atDesk, view.ActType, "text="+url.QueryEscape(wrong))
		if v := b.wants(t, atDesk, view.StepStaffReturnPrice); saidOf(v) == "" || v.Reason != view.ReasonRefused {
			t.Errorf("%q: said %q", wrong, saidOf(v))
		}
	}
	b.must(t, atDesk, view.ActType, "text=12,5")
	b.wants(t, atDesk, view.StepStaffReturnCase)
	i := b.caseNow(t).Items[0]
	if i.Amount != 1250 || i.Disposition != returns.BackTo || i.Note != "a hole in the sleeve" {
		t.Errorf("%+v", i)
	}
}

func TestMinorUnitsAreReadExactly(t *testing.T) {
	for _, c := range []struct {
		text   string
		digits int
		minor  int64
		ok     bool
	}{
		{"12.50", 2, 1250, true}, {"12,50", 2, 1250, true}, {"12.5", 2, 1250, true}, {"12", 2, 1200, true},
		{" 0.01 ", 2, 1, true}, {"0", 2, 0, true}, {"007", 2, 700, true}, {"1980", 0, 1980, true},
		{"1.250", 3, 1250, true}, {"10000000000", 2, 1_000_000_000_000, true},
		{"10000000000.01", 2, 0, false}, {"99999999999999999999", 0, 0, false},
		{"12.505", 2, 0, false}, {"19.80", 0, 0, false}, {"12.", 2, 0, false}, {".5", 2, 0, false},
		{"", 2, 0, false}, {"1,000.00", 2, 0, false}, {"1.000,00", 2, 0, false}, {"-1", 2, 0, false},
		{"+1", 2, 0, false}, {"1 000", 2, 0, false}, {"١٢", 2, 0, false}, {"12€", 2, 0, false},
	} {
		if minor, ok := minorOf(c.text, c.digits); minor != c.minor || ok != c.ok {
			t.Errorf("%q with %d digits is %d, %t", c.text, c.digits, minor, ok)
		}
	}
}

// A bad grade needs a note, and nobody goes on without one.
func TestABadGradeNeedsANote(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.scans(t, "RC-O-1")
	b.must(t, atDesk, view.ActPick, "A")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	v := b.view(atDesk)
	if got := valuesOf(v.Staff.Items); !slices.Equal(got, []string{
		"like_new", "opened", "used", "damaged", "wrong_item",
	}) {
		t.Errorf("the grades are %v", got)
	}
	b.must(t, atDesk, view.ActPick, "used")
	b.wants(t, atDesk, view.StepStaffReturnNote)
	for _, wrong := range []string{"text=", "text=4111111111111111", "text=%00"} {
		if b.act(atDesk, view.ActType, wrong) == nil {
			t.Errorf("%s is taken for a note", wrong)
		}
	}
	b.must(t, atDesk, view.ActBack, "") // another grade
	b.wants(t, atDesk, view.StepStaffReturnCase)
	if c := b.caseNow(t); c.State != returns.DroppedOff || c.Items[0].Result != "" {
		t.Errorf("%+v", c)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnGrade)
	b.must(t, atDesk, view.ActPick, "wrong_item")
	b.must(t, atDesk, view.ActType, "text=another+shirt")
	v = b.wants(t, atDesk, view.StepStaffReturnDecide)
	if v.Staff.Items[0].Value != "reject_and_give_back" {
		t.Errorf("first comes %s", v.Staff.Items[0].Value)
	}
}

// Another line of the same order joins the same return, and what was decided stays.
func TestAnotherLineJoinsTheSameReturn(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.toDecision(t, "like_new")
	b.must(t, atDesk, view.ActPick, "refund_original")
	first := b.caseNow(t)
	b.must(t, atDesk, view.ActOp, view.OpReturnMore)
	v := b.wants(t, atDesk, view.StepStaffReturnOrder)
	if v.Staff.Items[0].Count != 0 || factOf(v, "case").Text != first.ID {
		t.Errorf("%+v", v.Staff)
	}
	b.must(t, atDesk, view.ActPick, "B")
	v = b.wants(t, atDesk, view.StepStaffReturnQuantity)
	if len(v.Staff.Items) != 2 {
		t.Errorf("%d belts can come back", len(v.Staff.Items))
	}
	b.must(t, atDesk, view.ActPick, "2")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.must(t, atDesk, view.ActPick, "opened")
	b.wants(t, atDesk, view.StepStaffReturnQuantity) // how many are like that?
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActPick, "refund_original")
	c := b.caseNow(t)
	if c.ID != first.ID || len(c.Items) != 3 || c.State != returns.Inspecting {
		t.Fatalf("%s with %d items, %s", c.ID, len(c.Items), c.State)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnGrade) // the other belt
	b.must(t, atDesk, view.ActPick, "damaged")
	b.must(t, atDesk, view.ActType, "text=torn")
	b.must(t, atDesk, view.ActPick, "refund_gift_card")
	c = b.caseNow(t)
	var sum int64
	for _, kind := range b.ordered() {
		sum += kind
	}
	if c.State != returns.Settling || sum != 9000 {
		t.Errorf("the return is %s with %d paid back, want all that was paid", c.State, sum)
	}
	for _, l := range []string{"A", "B"} {
		if n := returns.Claimed(b.state(), "O-1", l); n != map[string]int{"A": 1, "B": 2}[l] {
			t.Errorf("%d of line %s have come back", n, l)
		}
	}
}

func (b *bench) ordered() map[string]int64 {
	var all map[string]int64
	for _, f := range b.facts {
		if f, ok := f.(*returns.RefundOrdered); ok && f.Replaces == "" {
			if all == nil {
				all = map[string]int64{}
			}
			all[f.Kind] += f.Amount
		}
	}
	return all
}

// Back over the counter before anybody has looked: the units can come back another time.
func TestAReturnIsCancelledWhileNobodyHasLooked(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.scans(t, "O-1")
	b.must(t, atDesk, view.ActPick, "A")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	if returns.Claimed(b.state(), "O-1", "A") != 1 {
		t.Fatal("a colleague could take the same shirt")
	}
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActOp, view.OpReturnCancel)
	if c := b.caseNow(t); c.State != returns.Cancelled || returns.Claimed(b.state(), "O-1", "A") != 0 {
		t.Errorf("%s, %d claimed", c.State, returns.Claimed(b.state(), "O-1", "A"))
	}
	b.toDecision(t, "like_new")
	b.must(t, atDesk, view.ActBack, "")
	if v := b.view(atDesk); slices.Contains(v.Staff.Ops, view.OpReturnCancel) {
		t.Error("what was looked at can be cancelled")
	}
}

// Packaging comes back over the counter for points, where the station takes it.
func TestPackagingIsTakenAtTheCounterForPoints(t *testing.T) {
	b := newBench(t)
	b.serves(t, "associate")
	offered := func() bool {
		return slices.ContainsFunc(b.view(atDesk).Staff.Items, func(i view.StaffItem) bool {
			return i.Value == packaging
		})
	}
	if offered() {
		t.Error("packaging is offered where none is taken")
	}
	b.taken.Points = map[string]int{"tote": 25}
	if !offered() {
		t.Fatal("packaging is not offered")
	}
	b.must(t, atDesk, view.ActPick, packaging)
	v := b.wants(t, atDesk, view.StepStaffReturnFound)
	if len(v.Staff.Items) != 1 || v.Staff.Items[0].Value != "tote" {
		t.Errorf("it is asked for %+v", v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, "tote")
	v = b.wants(t, atDesk, view.StepStaffReturns)
	if v.Staff.Said == nil || v.Staff.Said.Data["Points"] != "25" || b.told("return.packaging") != 1 {
		t.Errorf("said %+v", v.Staff.Said)
	}
}
