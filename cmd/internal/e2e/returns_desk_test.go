package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/locker/view"
)

// An order that was bought online comes back over the counter: a shirt like new goes for
// another one that costs more, a damaged belt is paid back as it was paid, with a gift card
// and a card. One item takes six touches at most, from the menu.
func TestAnOnlineOrderComesBackOverTheCounter(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	s.bought("O-1", "demo")
	ada := s.hire("Ada", people.Associate)
	other := s.at("desk")
	desk := touches{window: other.openWindowOn(newDisplay(t, 1280, 800), "returns-desk")}
	desk.page(view.StepIdle)
	other.scan(ada.badge)
	desk.page(view.StepStaffMenu)

	desk.goes(view.StepStaffReturns, view.ActPick, "returns")
	other.scan("RC-O-1")
	desk.page(view.StepStaffReturnOrder)
	desk.goes(view.StepStaffReturnReason, view.ActPick, "A")
	desk.goes(view.StepStaffReturnGrade, view.ActPick, "too_small")
	desk.goes(view.StepStaffReturnDecide, view.ActPick, "like_new")
	desk.goes(view.StepStaffReturnNew, view.ActPick, "exchange")
	if desk.count > 6 {
		t.Errorf("%d touches for one item", desk.count)
	}
	other.touch(view.ActType, "text=SHIRT-L")
	desk.page(view.StepStaffReturnPrice)
	other.touch(view.ActType, "text=65.00")
	v := other.step(view.StepStaffReturnPay)
	desk.shows("to pay", v, "")
	desk.goes(view.StepStaffReturnCase, view.ActYes, "")

	// The other line, on the same order: damaged, which takes a note.
	desk.goes(view.StepStaffReturnOrder, view.ActOp, view.OpReturnMore)
	desk.goes(view.StepStaffReturnReason, view.ActPick, "B")
	desk.goes(view.StepStaffReturnGrade, view.ActPick, "damaged_in_transit")
	desk.goes(view.StepStaffReturnNote, view.ActPick, "damaged")
	other.touch(view.ActType, "text=the buckle is broken")
	desk.page(view.StepStaffReturnDecide)
	desk.goes(view.StepStaffReturnCase, view.ActPick, "refund_original")

	sum := map[string]int64{}
	for range 2 {
		e := s.hears("a refund is ordered", func(e event) bool {
			return e.Type == "refund.ordered" && sum[e.Data.Refund] == 0
		})
		sum[e.Data.Refund] = e.Data.Amount
		if status, answer, _ := s.call("POST", "/v1/refunds/"+e.Data.Refund,
			`{"state":"completed"}`); status != http.StatusOK {
			t.Fatalf("answered: %d %s", status, answer)
		}
	}
	total := int64(0)
	for _, amount := range sum {
		total += amount
	}
	if total != 3600 {
		t.Errorf("%d comes back for the belt, want 36.00 in two parts: %v", total, sum)
	}
	for sku, want := range map[string]string{"SHIRT": `"on_hand":1`, "BELT": `"quarantine":1`} {
		if _, answer, _ := s.call("GET", "/v1/stock/"+sku, ""); !strings.Contains(string(answer), want) {
			t.Errorf("stock of %s: %s", sku, answer)
		}
	}
	desk.close()
	s.sound()
}

// Something comes back of which no order is known: a supervisor takes it for a gift card, up
// to the shop's ceiling; an associate is not offered it.
func TestAReturnWithoutAnOrderIsASupervisorsAndAGiftCard(t *testing.T) {
	t.Parallel()
	rules, err := filepath.Abs(filepath.Join(repository, "packaging", "rules")) // with the shop's currency
	if err != nil {
		t.Fatal(err)
	}
	s := newStation(t, withDesk, change{"[returns]\n", fmt.Sprintf("[returns]\nrules_dir = %q\n", rules)})
	ada, sue := s.hire("Ada", people.Associate), s.hire("Sue", people.Supervisor)
	other := s.at("desk")
	desk := other.openWindowOn(newDisplay(t, 1280, 800), "unverified")
	desk.page(view.StepIdle)
	other.scan(ada.badge)
	desk.page(view.StepStaffMenu)
	desk.goes(view.StepStaffReturns, view.ActPick, "returns")
	desk.goes(view.StepStaffReturnFind, view.ActPick, "return_serve")
	other.touch(view.ActType, "text=nobody knows this")
	v := other.step(view.StepStaffReturnFound)
	for _, op := range v.Staff.Ops {
		if op == view.OpReturnUnverified {
			t.Error("an associate is offered a return without an order")
		}
	}
	desk.press(view.ActLeave, "")
	desk.page(view.StepIdle)
	other.scan(sue.badge)
	desk.page(view.StepStaffMenu)
	desk.goes(view.StepStaffReturns, view.ActPick, "returns")
	desk.goes(view.StepStaffReturnFind, view.ActPick, "return_serve")
	other.touch(view.ActType, "text=nobody knows this")
	desk.page(view.StepStaffReturnFound)
	other.touch(view.ActOp, view.OpReturnUnverified)
	desk.page(view.StepStaffReturnNew)
	other.touch(view.ActType, "text=Wool scarf")
	desk.page(view.StepStaffReturnPrice)
	other.touch(view.ActType, "text=20.00")
	desk.page(view.StepStaffReturnReason)
	desk.goes(view.StepStaffReturnGrade, view.ActPick, "changed_mind")
	v = desk.goes(view.StepStaffReturnDecide, view.ActPick, "like_new")
	for _, i := range v.Staff.Items {
		if i.Value == "refund_original" || i.Value == "refund_points" {
			t.Errorf("%s is offered for what has no order", i.Value)
		}
	}
	desk.goes(view.StepStaffReturnCase, view.ActPick, "refund_gift_card")
	e := s.hears("a refund is ordered", func(e event) bool { return e.Type == "refund.ordered" })
	if e.Data.Amount != 2000 || e.Actor != "staff:"+sue.id {
		t.Errorf("refund of %d by %s", e.Data.Amount, e.Actor)
	}
	desk.close()
	s.sound()
}
