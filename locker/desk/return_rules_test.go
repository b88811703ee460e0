package desk

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/locker/returns/policy"
	"cubby/locker/view"
)

// What is too late is explained, and comes back with a reason from who may.
func TestARuleIsOverriddenOnceByWhoMay(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", late)
	b.serves(t, "supervisor")
	b.scans(t, "RC-O-1")
	b.must(t, atDesk, view.ActPick, "A") // it could be faulty still
	b.must(t, atDesk, view.ActPick, "changed_mind")
	v := b.wants(t, atDesk, view.StepStaffReturnLine)
	if factOf(v, "rule").ID == "" || !slices.Equal(v.Staff.Ops, []string{view.OpReturnOverride}) {
		t.Fatalf("%+v", v.Staff)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnOverride)
	b.must(t, atDesk, view.ActType, "text=was+in+hospital")
	b.must(t, atDesk, view.ActPick, "like_new")
	b.must(t, atDesk, view.ActPick, "refund_original")
	if b.told("return.overridden") != 1 || b.ordered()["card"] != 3600 {
		t.Errorf("overridden %d times, %v paid back", b.told("return.overridden"), b.ordered())
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnMore)
	b.must(t, atDesk, view.ActPick, "B")
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.must(t, atDesk, view.ActOp, view.OpReturnOverride)
	b.must(t, atDesk, view.ActPick, "1")
	b.must(t, atDesk, view.ActType, "text=again")
	if v := b.view(atDesk); saidOf(v) != "refused_overridden-once" || v.Reason != view.ReasonRefused {
		t.Errorf("the same person overrides again: %s, said %q", v.Step, saidOf(v))
	}
}

func TestMoreThanTheRulesGiveHasACeiling(t *testing.T) {
	for ceiling, goes := range map[int64]bool{99: false, 100: true} {
		b := newBench(t)
		r := b.taken.Rules["acme"]
		r.OverrideCeiling = ceiling
		r.Conditions = []policy.Condition{{
			Named: policy.Named{Name: "worn"}, Is: []string{"worn"}, Take: true, Percent: 50,
		}}
		b.taken.Rules = map[string]policy.Rules{"acme": r}
		b.sells(t, "O-1", func(o *orders.Order) { o.Channel = orders.InStore })
		b.serves(t, "supervisor")
		b.toDecision(t, "used")
		c := b.caseNow(t)
		if c.Items[0].Refund >= 5300 {
			t.Fatalf("the rules give %d for what is used", c.Items[0].Refund)
		}
		b.must(t, atDesk, view.ActOp, view.OpReturnOverride)
		amount := c.Items[0].Refund + 100
		b.must(t, atDesk, view.ActType, "text="+decimals(amount))
		b.must(t, atDesk, view.ActType, "text=was+sold+like+that")
		v := b.wants(t, atDesk, view.StepStaffReturnDecide)
		if factOf(v, "amount").Money["Amount"].Minor != amount {
			t.Errorf("the page says %+v", factOf(v, "amount"))
		}
		b.must(t, atDesk, view.ActPick, "refund_gift_card")
		if paid := b.ordered()["gift_card"] == amount; paid != goes {
			t.Errorf("ceiling %d: %v, said %q", ceiling, b.ordered(), saidOf(b.view(atDesk)))
		}
	}
}

func decimals(minor int64) string {
	text := "000" + strconv.FormatInt(minor, 10)
	return strings.TrimLeft(text[:len(text)-2], "0") + "." + text[len(text)-2:]
}

// Without lease the centre has to agree: said on every page, and nothing is decided before.
func TestAConditionalReturnWaitsForTheCentre(t *testing.T) {
	b := newBench(t)
	b.taken.Sole = false
	b.sells(t, "O-1", nil)
	b.serves(t, "supervisor")
	b.scans(t, "RC-O-1")
	v := b.view(atDesk)
	if factOf(v, "state").ID != "conditional" {
		t.Errorf("the order's page says %+v", v.Staff.Facts)
	}
	b.must(t, atDesk, view.ActPick, "A")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.must(t, atDesk, view.ActPick, "like_new")
	v = b.wants(t, atDesk, view.StepStaffReturnCase)
	if saidOf(v) != "conditional" || slices.Contains(v.Staff.Ops, view.OpReturnDecide) {
		t.Errorf("said %q, offers %v", saidOf(v), v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActPick, "item 1")
	b.wants(t, atDesk, view.StepStaffReturnLine) // nothing but why
	id := noteOf(b.visit(atDesk)).at().Case
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActLeave, "")
	b.serves(t, "associate")
	b.must(t, atDesk, view.ActPick, "return_grade")
	if v := b.view(atDesk); !slices.Equal(valuesOf(v.Staff.Items), []string{id}) {
		t.Fatalf("%+v wait", v.Staff.Items)
	}
	b.must(t, atDesk, view.ActPick, id)
	b.do(t, "", returns.Answer{Case: id, Agree: true})
	v = b.view(atDesk)
	if !slices.Contains(v.Staff.Ops, view.OpReturnDecide) {
		t.Fatalf("the centre has agreed, and %v is offered", v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnDecide)
	b.must(t, atDesk, view.ActPick, "refund_original")
	if b.ordered()["card"] != 3600 {
		t.Errorf("%v is paid back", b.ordered())
	}
}

// What another site alone may take back is refused, and said why.
func TestALineThatAnotherSiteHoldsStaysThere(t *testing.T) {
	b := newBench(t)
	b.taken.Sole = false
	b.sells(t, "O-1", func(o *orders.Order) {
		o.Lines[0].Lease = &orders.Lease{Site: "s2", Until: b.now.AddDate(0, 1, 0)}
		o.Lines[1].Lease = &orders.Lease{Site: "s1", Until: b.now.AddDate(0, 1, 0)}
	})
	b.serves(t, "manager")
	b.scans(t, "RC-O-1")
	b.must(t, atDesk, view.ActPick, "A")
	v := b.wants(t, atDesk, view.StepStaffReturnLine)
	if rule := factOf(v, "rule"); rule.ID != "return.because.leased_elsewhere" || rule.Data["Site"] != "s2" ||
		len(v.Staff.Ops) != 0 {
		t.Errorf("%+v, offers %v", rule, v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActPick, "B")
	b.wants(t, atDesk, view.StepStaffReturnQuantity)
}

func TestSomethingWithoutAnOrderIsCreditAlone(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-9", nil)
	b.serves(t, "supervisor")
	b.scans(t, "UNKNOWN-1")
	v := b.wants(t, atDesk, view.StepStaffReturnFound)
	if len(v.Staff.Items) != 0 || !slices.Equal(v.Staff.Ops, []string{view.OpReturnUnverified}) {
		t.Fatalf("%+v", v.Staff)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnUnverified)
	b.wants(t, atDesk, view.StepStaffReturnNew)
	b.scans(t, "4006381333931")
	v = b.wants(t, atDesk, view.StepStaffReturnPrice)
	if factOf(v, "title").Text != "Shirt" {
		t.Errorf("it is %+v", v.Staff.Facts)
	}
	b.must(t, atDesk, view.ActType, "text=20.00")
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.must(t, atDesk, view.ActPick, "like_new")
	v = b.wants(t, atDesk, view.StepStaffReturnDecide)
	if got := valuesOf(v.Staff.Items); !slices.Equal(got, []string{"refund_gift_card", "reject_and_give_back"}) {
		t.Errorf("possible are %v", got)
	}
	b.must(t, atDesk, view.ActPick, "refund_gift_card")
	c := b.caseNow(t)
	if !c.Unverified || b.ordered()["gift_card"] != 2000 || c.Items[0].SKU != "SHIRT" {
		t.Errorf("%+v, %v paid", c, b.ordered())
	}
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActOp, view.OpReturnUnverified)
	b.must(t, atDesk, view.ActType, "text=lamp")
	b.must(t, atDesk, view.ActType, "text=100.01")
	b.must(t, atDesk, view.ActPick, "faulty")
	if v := b.view(atDesk); saidOf(v) != "refused_above-ceiling" {
		t.Errorf("above the ceiling: %s, said %q", v.Step, saidOf(v))
	}
}

// An exchange: what is dearer is paid at the till first, and what is left comes back.
func TestAnExchangeHasItsDifference(t *testing.T) {
	for price, c := range map[string]struct {
		pay  bool
		back int64
	}{"60.00": {true, 0}, "54.00": {false, 0}, "50.00": {false, 400}} {
		b := newBench(t)
		b.sells(t, "O-1", nil)
		b.serves(t, "associate")
		b.toDecision(t, "like_new")
		b.must(t, atDesk, view.ActPick, "exchange")
		b.wants(t, atDesk, view.StepStaffReturnNew)
		b.must(t, atDesk, view.ActType, "text=Shirt,+L")
		b.must(t, atDesk, view.ActType, "text="+price)
		if pays := b.view(atDesk).Step == view.StepStaffReturnPay; pays != c.pay {
			t.Fatalf("%s: the page is %s", price, b.view(atDesk).Step)
		}
		if c.pay {
			if v := b.view(atDesk); factOf(v, "amount").Money["Amount"].Minor != 600 {
				t.Errorf("to pay is %+v", factOf(v, "amount"))
			}
			b.must(t, atDesk, view.ActYes, "")
		}
		b.wants(t, atDesk, view.StepStaffReturnCase)
		one := b.caseNow(t)
		if one.Swap == nil || one.Swap.Title != "Shirt, L" || one.Items[0].Decision != returns.Exchange ||
			b.ordered()["gift_card"]+b.ordered()["card"] != c.back {
			t.Errorf("%s: %+v, %v comes back", price, one.Swap, b.ordered())
		}
	}
	b := newBench(t) // the same article again: nothing to type, nothing to pay
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.toDecision(t, "damaged")
	b.must(t, atDesk, view.ActPick, "exchange")
	b.scans(t, "SHIRT")
	b.wants(t, atDesk, view.StepStaffReturnCase)
	if one := b.caseNow(t); one.Swap.SKU != "SHIRT" || one.State != returns.Closed {
		t.Errorf("%+v, %s", one.Swap, one.State)
	}
}

func TestARefundThatHasFailedIsTriedAgainOrPaidAnotherWay(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "supervisor")
	b.toDecision(t, "like_new")
	b.must(t, atDesk, view.ActPick, "refund_original")
	b.pays(t, "failed")
	v := b.view(atDesk)
	if b.caseNow(t).State != returns.SettleFailed || !slices.Contains(v.Staff.Ops, view.OpReturnRetry) {
		t.Fatalf("%s, offers %v", b.caseNow(t).State, v.Staff.Ops)
	}
	b.must(t, atDesk, view.ActOp, view.OpReturnRetry)
	if b.caseNow(t).State != returns.Settling {
		t.Fatalf("%s", b.caseNow(t).State)
	}
	b.pays(t, "failed")
	for _, r := range returns.RefundsOf(b.state(), b.caseNow(t).ID) {
		if r.State != returns.Failed {
			continue
		}
		b.must(t, atDesk, view.ActPick, "refund "+r.ID)
		v = b.wants(t, atDesk, view.StepStaffReturnDecide)
		if v.Staff.Doing != view.OpReturnRetry {
			t.Errorf("the page is about %s", v.Staff.Doing)
		}
		if r.Kind == "card" {
			b.must(t, atDesk, view.ActPick, "cash")
		} else {
			b.must(t, atDesk, view.ActPick, "again")
		}
		b.wants(t, atDesk, view.StepStaffReturnCase)
	}
	b.pays(t, "completed")
	var cash int64
	for _, r := range returns.RefundsOf(b.state(), b.caseNow(t).ID) {
		if r.Kind == "cash" {
			cash += r.Amount
		}
	}
	if b.caseNow(t).State != returns.Closed || cash != 3600 {
		t.Errorf("%s, %d in cash", b.caseNow(t).State, cash)
	}
}

func TestASerialNumberThatDiffersIsAReasonToLook(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", func(o *orders.Order) { o.Lines[0].Serials = []string{"SN-1"} })
	b.serves(t, "associate")
	b.scans(t, "SN-1")
	v := b.wants(t, atDesk, view.StepStaffReturnReason)
	if factOf(v, "serial").Text != "SN-1" {
		t.Errorf("%+v", v.Staff.Facts)
	}
	b.must(t, atDesk, view.ActPick, "changed_mind")
	b.scans(t, "SN-9")
	if b.last.Heard != view.HeardRead {
		t.Errorf("heard %q", b.last.Heard)
	}
	b.must(t, atDesk, view.ActPick, "like_new")
	v = b.view(atDesk)
	if factOf(v, "signal").ID != "signal.serial_differs" || valuesOf(v.Staff.Items)[0] != "reject_and_give_back" {
		t.Errorf("%s: %+v", v.Step, v.Staff)
	}
}

func TestWhatNobodyHadSaidIsAdded(t *testing.T) {
	b := newBench(t)
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.toDecision(t, "like_new")
	b.must(t, atDesk, view.ActBack, "")
	b.must(t, atDesk, view.ActOp, view.OpReturnAdd)
	b.must(t, atDesk, view.ActType, "text=a+scarf")
	b.must(t, atDesk, view.ActPick, "item 2")
	v := b.wants(t, atDesk, view.StepStaffReturnDecide)
	if got := valuesOf(v.Staff.Items); !slices.Equal(got, []string{"reject_and_give_back"}) {
		t.Errorf("possible are %v", got)
	}
	b.must(t, atDesk, view.ActPick, "reject_and_give_back")
	if i := b.caseNow(t).Items[1]; i.Disposition != returns.BackTo || i.Result != returns.Undeclared {
		t.Errorf("%+v", i)
	}
}

// A picture is taken of what is bad, where there is a camera.
func TestAPictureIsTakenOfWhatIsBad(t *testing.T) {
	for _, works := range []bool{true, false} {
		b := newBench(t)
		b.taken.Cameras = []string{atDesk}
		b.sells(t, "O-1", nil)
		b.serves(t, "associate")
		b.scans(t, "RC-O-1")
		b.must(t, atDesk, view.ActPick, "A")
		b.must(t, atDesk, view.ActPick, "changed_mind")
		b.must(t, atDesk, view.ActPick, "damaged")
		b.must(t, atDesk, view.ActType, "text=torn")
		v := b.wants(t, atDesk, view.StepStaffReturnPhoto)
		if v.Allows(view.ActYes) || v.Allows(view.ActSkip) {
			t.Error("the page is gone from without a picture")
		}
		b.must(t, atDesk, view.ActPhoto, "")
		asked := b.sent[len(b.sent)-1].(returns.TakePhoto)
		told := returns.PhotoTaken{Visit: asked.Visit, ID: asked.ID}
		if !works {
			told.Failed = "no camera"
		}
		b.do(t, atDesk, returns.PhotoTaken{Visit: asked.Visit, ID: "another"})
		if v := b.view(atDesk); v.Allows(view.ActYes) {
			t.Error("another picture is taken for this one")
		}
		b.do(t, atDesk, told)
		if works {
			b.must(t, atDesk, view.ActYes, "")
		} else {
			b.must(t, atDesk, view.ActSkip, "")
		}
		b.wants(t, atDesk, view.StepStaffReturnDecide)
		if photos := b.caseNow(t).Items[0].Photos; len(photos) == 1 != works {
			t.Errorf("works %t, pictures %v", works, photos)
		}
	}
}

func TestReceiptAndLabelArePrintedAtTheDesk(t *testing.T) {
	b := newBench(t)
	b.ready = true
	b.sells(t, "O-1", nil)
	b.serves(t, "associate")
	b.toDecision(t, "like_new")
	b.must(t, atDesk, view.ActPick, "refund_original")
	for _, op := range []string{view.OpReturnReceipt, view.OpReturnLabel} {
		b.must(t, atDesk, view.ActOp, op)
		p := b.sent[len(b.sent)-1].(returns.Print)
		if "return_"+p.Document != op || p.Case != b.caseNow(t).ID || p.Terminal != atDesk {
			t.Errorf("%+v", p)
		}
		if p.Document == "receipt" && p.Paper.Receipt == nil || p.Document == "label" && p.Paper.Label == nil {
			t.Errorf("nothing is on the paper: %+v", p.Paper)
		}
		if v := b.view(atDesk); slices.Contains(v.Staff.Ops, op) {
			t.Errorf("%s is offered while it prints", op)
		}
		b.do(t, atDesk, returns.Printed{Job: p.Job, Result: view.PrintDone})
	}
}
