package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// bought puts an order of two things at a shop: A at 60.00 and B at 40.00, less 10.00, paid
// with a gift card (30.00) and a card (60.00). The station holds the leases unless they
// are another site's.
func (s *station) bought(id, site string) {
	s.t.Helper()
	lease := fmt.Sprintf(`{"site":%q,"until":%q}`, site,
		time.Now().AddDate(0, 2, 0).UTC().Format(time.RFC3339))
	days := func(n int) string { return time.Now().AddDate(0, 0, -n).UTC().Format(time.RFC3339) }
	body := fmt.Sprintf(`{"shop":"acme","currency":"EUR","channel":"online","country":"DE","ordered":%q,
		"delivered":%q,"receipt":"RC-%s","tax":{"per":"line","rounding":"half_up","inclusive":true},
		"lines":[
		 {"id":"A","sku":"SHIRT","title":"Linen shirt","quantity":1,
		  "unit_price":6000,"discount":600,"tax_rate":190000,"lease":%s},
		 {"id":"B","sku":"BELT","title":"حزام جلد 🎁","quantity":1,
		  "unit_price":4000,"discount":400,"tax_rate":190000,"lease":%s}],
		"tenders":[{"id":"t1","kind":"gift_card","amount":3000,"reference":"GC1"},
		 {"id":"t2","kind":"card","amount":6000,"reference":"pi_1"}]}`, days(9), days(3), id, lease, lease)
	if status, answer, _ := s.call("PUT", "/v1/orders/"+id, body); status != http.StatusCreated {
		s.t.Fatalf("order %s: %d %s", id, status, answer)
	}
}

// final puts an order of something that was bought for good.
func (s *station) final(id string) {
	s.t.Helper()
	at := time.Now().AddDate(0, 0, -2).UTC().Format(time.RFC3339)
	body := fmt.Sprintf(`{"shop":"acme","currency":"EUR","channel":"store","ordered":%q,"delivered":%q,
		"tax":{"per":"line","rounding":"half_up","inclusive":true},
		"lines":[{"id":"A","sku":"HAT","title":"Hat","quantity":9,"unit_price":1000,"final_sale":true}],
		"tenders":[{"id":"t1","kind":"cash","amount":9000}]}`, at, at)
	if status, answer, _ := s.call("PUT", "/v1/orders/"+id, body); status != http.StatusCreated {
		s.t.Fatalf("order %s: %d %s", id, status, answer)
	}
}

// case_ reads a return over REST.
func (s *station) case_(id string) (c struct {
	State string `json:"state"`
	Items []struct {
		Result   string `json:"result"`
		Decision string `json:"decision"`
		Money    string `json:"money"`
		Amount   int64  `json:"amount"`
	} `json:"items"`
}) {
	s.t.Helper()
	status, answer, _ := s.call("GET", "/v1/returns/"+id, "")
	if status != http.StatusOK || json.Unmarshal(answer, &c) != nil {
		s.t.Fatalf("return %s: %d %s", id, status, answer)
	}
	return c
}

// touches counts what a finger did in a story.
type touches struct {
	*window
	count int
}

func (c *touches) goes(to view.Step, name view.ActionName, value string) view.View {
	c.t.Helper()
	c.count++
	return c.window.goes(to, name, value)
}

// A return at the locker without box and label: the receipt is scanned, four touches, a
// closed door. Staff grade it, the money is told, the case is closed.
func TestAReturnAtTheLockerNeedsNoLabelAndFourTouches(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.bought("O-1", "demo")
	w := touches{window: s.openWindow("return")}
	w.page(view.StepIdle)
	w.goes(view.StepReturnEnter, view.ActStartReturn, "")
	w.scan("RC-O-1")
	w.page(view.StepReturnLines)
	w.goes(view.StepReturnReason, view.ActPick, "A")
	v := w.goes(view.StepReturnOffer, view.ActPick, "changed_mind")
	if v.OfReturn().Total.Minor != 5400 {
		t.Errorf("54.00 comes back, not %+v", v.OfReturn().Total)
	}
	w.count++
	w.press(view.ActPick, "original")
	v = w.step(view.StepReturnOpen)
	w.shows("return_open", v, "")
	door := v.Door()
	w.opens(door)
	w.put(door)
	w.sim("door", door, "close")
	v = w.step(view.StepReturnDone)
	w.shows("return_done", v, "")
	if w.count > 5 {
		t.Errorf("%d touches for one item", w.count)
	}
	id := v.OfReturn().Case
	bag := v.OfReturn().Bags[0].Code
	if p := s.parcel(bag); p.State != parcel.Stored || p.Compartment != door || p.Deadline != nil {
		t.Errorf("the bag is %+v", p)
	}
	w.press(view.ActFinish, "")
	w.page(view.StepIdle)

	// The bag's label opens nothing, and no courier takes it.
	w.scan(bag)
	w.step(view.StepPickupRefused)
	w.leave()

	s.ctl("", "counter", bag, "--reason", "round")
	s.becomes(door, "free", func(b box) bool { return b.Allocation == "free" })
	said := s.ctl("", "return", "grade", id, "1", "like_new")
	said += s.ctl("", "return", "decide", id, "1", "refund_original")
	var amounts []int64
	for range 2 {
		e := s.hears("a refund is ordered", func(e event) bool {
			return e.Type == "refund.ordered" &&
				!strings.Contains(fmt.Sprint(amounts), fmt.Sprint(e.Data.Amount))
		})
		amounts = append(amounts, e.Data.Amount)
		body := fmt.Sprintf(`{"state":"completed","reference":"x","amount":%d}`, e.Data.Amount)
		if status, answer, _ := s.call("POST", "/v1/refunds/"+e.Data.Refund, body); status != http.StatusOK {
			t.Fatalf("answered: %d %s", status, answer)
		}
	}
	if fmt.Sprint(amounts) != "[1800 3600]" && fmt.Sprint(amounts) != "[3600 1800]" {
		t.Errorf("refunds of %v, want 18.00 and 36.00", amounts)
	}
	if c := s.case_(id); c.State != "closed" || c.Items[0].Money != "completed" {
		t.Errorf("the case is %+v\n%s", c, said)
	}
	status, answer, _ := s.call("GET", "/v1/stock/SHIRT", "")
	if status != http.StatusOK || !strings.Contains(string(answer), `"on_hand":1`) {
		t.Errorf("the stock: %d %s", status, answer)
	}

	// The same line once more: nothing of it can come back.
	w.scan("RC-O-1")
	v = w.step(view.StepReturnLines)
	if v.OfReturn().Lines[0].Eligible || v.OfReturn().Lines[0].Left != 0 {
		t.Errorf("A comes back twice: %+v", v.OfReturn().Lines[0])
	}
}

// The new item of an exchange lies behind a door, and its code opens nothing before the old
// one is in and its door is shut.
func TestAnExchangeThroughTwoDoors(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.bought("O-1", "demo")
	status, answer, _ := s.call("POST", "/v1/returns",
		`{"order_id":"O-1","prefer":"exchange","items":[{"line":"A","quantity":1,"reason":"too_small"}]}`)
	var c struct {
		ID string `json:"id"`
	}
	if status != http.StatusCreated || json.Unmarshal(answer, &c) != nil {
		t.Fatalf("asked for: %d %s", status, answer)
	}
	status, answer, _ = s.call("PUT", "/v1/parcels/new-shirt",
		`{"label":"NEW-SHIRT","exchange_of":"`+c.ID+`"}`)
	if status != http.StatusCreated {
		t.Fatalf("announced: %d %s", status, answer)
	}
	stored := s.deposit("new-shirt")
	s.leave()
	w := s.openWindow("exchange")
	w.page(view.StepIdle)
	frames := s.unlocks()
	w.scan(stored.Data.Code)
	w.step(view.StepPickupRefused, view.ReasonOnHold)
	s.unlocked(frames...)
	w.leave()

	w.scan(c.ID)
	w.page(view.StepReturnOffer)
	w.press(view.ActPick, "exchange")
	v := w.step(view.StepReturnOpen)
	door := v.Door()
	if door == stored.Data.Compartment {
		t.Fatalf("the old item is to go behind door %s, where the new one is", door)
	}
	w.opens(door)
	w.put(door)
	w.sim("door", door, "close")
	v = w.step(view.StepReturnDone)
	w.shows("return_done", v, "")
	if v.OfReturn().Next != stored.Data.Compartment {
		t.Fatalf("the new item is behind door %q, want %s", v.OfReturn().Next, stored.Data.Compartment)
	}
	w.press(view.ActYes, "")
	w.step(view.StepPickupOpen)
	w.opens(stored.Data.Compartment)
	w.take(stored.Data.Compartment)
	w.sim("door", stored.Data.Compartment, "close")
	w.step(view.StepPickupDone)
	s.isParcel("new-shirt", parcel.Collected, "")
}

// What another site may take back alone is refused while the centre is out of reach.
func TestALeaseElsewhereIsRefusedWithoutTheCentre(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.bought("O-1", "elsewhere")
	w := s.openWindow("lease")
	w.page(view.StepIdle)
	w.scan("RC-O-1")
	v := w.step(view.StepReturnLines)
	w.shows("return_lines", v, "")
	for _, l := range v.OfReturn().Lines {
		if l.Eligible || len(l.Because) == 0 || l.Because[0].ID != "return.because.leased_elsewhere" {
			t.Errorf("line %+v", l)
		}
	}
}
