package shop_test

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/shop"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// stows is a store where somebody of the staff has scanned tea, for which a door was ordered.
func stows(t *testing.T) *store {
	t.Helper()
	w := newStore(t)
	w.put(t, "TEA", stock.Shelf, "", 3)
	w.do(t, visit.Present{BadgeHash: "badge-ann", Presented: "badge"})
	w.act(t, view.ActGoodsIn, "")
	w.at(t, view.StepGoodsEnter, view.ReasonNone)
	w.do(t, visit.Present{Text: gtinOf("TEA"), Presented: "label"})
	w.at(t, view.StepGoodsOpening, view.ReasonNone)
	return w
}

// lies fails where so many of the tea do not lie behind a door and on the shelf.
func (w *store) lies(t *testing.T, number string, behind, shelf int) {
	t.Helper()
	g, _ := stock.Behind.Get(w.state(), number)
	c, _ := wall.Compartments.Get(w.state(), number)
	want := wall.Free
	if behind > 0 {
		want = wall.ForSale
	}
	l := w.level("TEA")
	if g.Quantity != behind || l.Doors != behind || l.Shelf != shelf || c.Allocation != want {
		t.Errorf("behind door %s (%s) lie %d, the level is %+v", number, c.Allocation, g.Quantity, l)
	}
}

func TestStaffPutGoodsBehindADoor(t *testing.T) {
	for name, c := range map[string]struct {
		do    func(w *store, number string)
		step  view.Step
		why   view.Reason
		there int
	}{
		"it is seen": {func(w *store, n string) {
			w.closes(t, n, door.Present)
		}, view.StepGoodsEnter, view.ReasonGoodsStored, 1},
		"nothing sees it": {func(w *store, n string) {
			w.closes(t, n, door.PresenceUnknown)
		}, view.StepGoodsEnter, view.ReasonGoodsStored, 1},
		"it is not seen, and in": {func(w *store, n string) {
			w.closes(t, n, door.Empty)
			w.at(t, view.StepGoodsCheck, view.ReasonNone)
			w.act(t, view.ActInside, "")
		}, view.StepGoodsEnter, view.ReasonGoodsStored, 1},
		"it is not in": {func(w *store, n string) {
			w.closes(t, n, door.Empty)
			w.act(t, view.ActBack, "")
		}, view.StepGoodsEnter, view.ReasonNone, 0},
		"it is not in, and goes in": {func(w *store, n string) {
			w.closes(t, n, door.Empty)
			w.act(t, view.ActOpenAgain, "")
			w.opens(t)
			w.closes(t, n, door.Present)
		}, view.StepGoodsEnter, view.ReasonGoodsStored, 1},
		"it is too big": {func(w *store, n string) {
			w.act(t, view.ActTooBig, "")
			w.at(t, view.StepGoodsOpen, view.ReasonNone)
			w.closes(t, n, door.Empty)
		}, view.StepGoodsEnter, view.ReasonNone, 0},
		"nobody says": {func(w *store, n string) {
			w.closes(t, n, door.Empty)
			w.wait(t, 2*time.Minute)
		}, view.StepIdle, view.ReasonNone, 0},
	} {
		w := stows(t)
		n := w.opens(t)
		w.at(t, view.StepGoodsOpen, view.ReasonNone)
		c.do(w, n)
		if v := w.view(); v.Step != c.step || v.Reason != c.why {
			t.Errorf("%s: the page is %s (%s)", name, v.Step, v.Reason)
		}
		w.lies(t, n, c.there, 3-c.there)
	}
}

func TestADoorThatDoesNotOpenForGoods(t *testing.T) {
	stuck := door.Ended{Result: door.Unanswered}
	w := stows(t)
	first := w.ends(t, stuck)
	w.at(t, view.StepGoodsNoOpen, view.ReasonUnanswered)
	w.lies(t, first, 0, 3)
	w.act(t, view.ActOtherDoor, "")
	other := w.opens(t)
	if other == first {
		t.Fatalf("door %s is offered again", other)
	}
	w.closes(t, other, door.Present)
	w.lies(t, other, 1, 2)

	w = stows(t)
	first = w.ends(t, stuck)
	w.act(t, view.ActTryAgain, "")
	if again := w.opens(t); again != first {
		t.Errorf("door %s opened instead of %s", again, first)
	}
	w.closes(t, first, door.Present)
	w.lies(t, first, 1, 2)

	w = stows(t)
	w.ends(t, stuck)
	w.act(t, view.ActBack, "")
	w.at(t, view.StepGoodsEnter, view.ReasonNone)

	w = stows(t) // nobody could see whether it opened: staff look
	first = w.ends(t, door.Ended{Result: door.Unanswered, Pulsed: true})
	if c, _ := wall.Compartments.Get(w.state(), first); c.Allocation != wall.Quarantine {
		t.Errorf("door %s is %s", first, c.Allocation)
	}
}

func TestGoodsThatNobodyKnowsOrThatFindNoDoor(t *testing.T) {
	w := stows(t)
	w.closes(t, w.opens(t), door.Present)
	w.act(t, view.ActType, "COFFEE")
	w.at(t, view.StepGoodsEnter, view.ReasonNotFound)
	for range 5 {
		w.act(t, view.ActType, "TEA") // no more are known to be here: they come from outside
		w.closes(t, w.opens(t), door.Present)
	}
	w.act(t, view.ActType, "TEA")
	w.at(t, view.StepGoodsEnter, view.ReasonNoDoor)
	if l := w.level("TEA"); l.Doors != 6 || l.Shelf != 0 {
		t.Errorf("the level is %+v", l)
	}
	w.act(t, view.ActBack, "")
	w.at(t, view.StepStaffMenu, view.ReasonNone)

	w.wait(t, 5*time.Minute)
	w.into(t, "TEA") // and are sold from there
	w.buys(t, "locker_now", "phone")
	w.says(t, paid(1000))
	w.ticks(t)
	w.taken(t)
	if sale := w.sale(t); sale.State != shop.HandedOver || w.level("TEA").Doors != 5 {
		t.Errorf("the sale is %s", sale.State)
	}
}
