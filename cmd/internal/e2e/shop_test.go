package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/sync/connect/vendure/shoptest"
)

// sells connects a hub with a shop, for the station that it calls "high-street".
func (c *hub) sells(shop *shoptest.Shop, station string) {
	c.t.Helper()
	password := filepath.Join(c.dir, "shop.password")
	if err := os.WriteFile(password, []byte(shoptest.Password+"\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	text, err := os.ReadFile(c.config)
	if err != nil {
		c.t.Fatal(err)
	}
	text = fmt.Appendf(text, `
[[vendure]]
shop = "acme"
url = %q
user = %q
password_file = "shop.password"
poll_s = 1
stock_s = 1
pending_refunds = "settle"

[[vendure.places]]
station = %q
method = "high-street"
location = "high-street"
`, shop.Admin, shoptest.User, station)
	if err := os.WriteFile(c.config, text, 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.ctl("check")
	c.runs.stop(c.t)
	c.start()
}

// order waits until the shop has an order as it should be.
func (c *hub) order(shop *shoptest.Shop, id, what string, ok func(shoptest.Order) bool) (o shoptest.Order) {
	c.t.Helper()
	eventually(c.t, "the shop has the order "+what, func() (bool, string) {
		o = shop.Order(id)
		return ok(o), fmt.Sprintf("%+v\n%s", o, c.runs.tail())
	})
	return o
}

// noted has one of an order's notes say something.
func noted(o shoptest.Order, words string) bool {
	for _, e := range o.History.Items {
		if strings.Contains(e.Data.Note, words) {
			return true
		}
	}
	return false
}

// here waits until a station has the parcel of an order.
func (s *station) here(code string) {
	s.t.Helper()
	eventually(s.t, "the station has the parcel "+code, func() (bool, string) {
		status, answer, _ := s.call("GET", "/v1/parcels/"+code, "")
		return status == http.StatusOK, string(answer)
	})
}

// A shop that really runs: what its customers order is deposited, collected and brought back
// at the simulated site. What it cancels while the station is offline and the customer
// collects is collected: both say so.
func TestOrdersOfAShopAreCollectedAndComeBack(t *testing.T) {
	t.Parallel()
	shop := shoptest.Open(t, "high-street", "elsewhere")
	c := newHub(t)
	s := newStation(t)
	station := c.joins(s, "High street")
	c.sells(shop, station)

	o := shop.Buy("high-street", shoptest.Article{SKU: "JACKET-1", Quantity: 2},
		shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	other := shop.Buy("to-the-house", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	if o.State != "PaymentSettled" {
		t.Fatalf("bought: %+v", o)
	}
	s.here(o.Code)
	e := s.deposit(o.Code)
	s.leave()
	is := c.order(shop, o.ID, "shipped", func(o shoptest.Order) bool { return o.State == "Shipped" })
	if f := is.Fulfillments; len(f) != 1 || f[0].TrackingCode != station+"/"+e.Data.Compartment ||
		f[0].Method != "Cubby "+station {
		t.Errorf("where it is: %+v", f)
	}
	s.collect(e.Data.Code, e.Data.Compartment)
	s.leave()
	c.order(shop, o.ID, "delivered", func(o shoptest.Order) bool { return o.State == "Delivered" })
	if now := shop.Stock("high-street", "JACKET-1"); now.OnHand != 98 || now.Allocated != 0 {
		t.Errorf("jackets after the sale: %+v", now)
	}

	// One jacket comes back at the locker, and is fit for sale.
	s.step(view.StepIdle)
	s.scan("order:" + o.Code)
	s.step(view.StepReturnSecond)
	s.touch(view.ActType, "text=10115") // the postcode that the shop has
	s.step(view.StepReturnLines)
	s.touch(view.ActPick, is.Lines[0].ID)
	s.step(view.StepReturnQuantity)
	s.touch(view.ActPick, "1")
	s.step(view.StepReturnReason)
	s.touch(view.ActPick, "changed_mind")
	s.step(view.StepReturnOffer)
	s.touch(view.ActPick, "original")
	door := s.step(view.StepReturnOpen).Door()
	s.opens(door)
	s.sim("put", door)
	s.sim("door", door, "close")
	v := s.step(view.StepReturnDone).OfReturn()
	s.touch(view.ActFinish, "")
	s.ctl("", "counter", v.Bags[0].Code, "--reason", "round")
	s.ctl("", "return", "grade", v.Case, "1", "like_new")
	is = c.order(shop, o.ID, "refunded and restocked", func(o shoptest.Order) bool {
		all := o.Payments[0].Refunds
		return len(all) == 1 && all[0].State == "Settled" && o.Lines[0].Quantity == 1
	})
	if r := is.Payments[0].Refunds[0]; r.Total != 4999 || is.State != "Delivered" {
		t.Errorf("refund %+v of %+v", r, is)
	}
	if now := shop.Stock("high-street", "JACKET-1"); now.OnHand != 99 {
		t.Errorf("jackets after the return: %+v", now)
	}
	eventually(t, "the return is closed", func() (bool, string) {
		r := s.case_(v.Case)
		return r.State == "closed" && r.Items[0].Money == "completed", fmt.Sprintf("%+v", r)
	})
	eventually(t, "the station has as many as the shop", func() (bool, string) {
		_, answer, _ := s.call("GET", "/v1/stock/JACKET-1", "")
		return strings.Contains(string(answer), `"on_hand":99`), string(answer)
	})

	// Cancelled at the shop while the station is offline.
	late := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	gone := shop.Buy("high-street", shoptest.Article{SKU: "SCARF-1", Quantity: 1})
	s.here(late.Code)
	s.here(gone.Code)
	c.proxy.becomes(cut)
	shop.Cancel(late.ID)
	shop.Cancel(gone.ID)
	e = s.deposit(late.Code)
	s.leave()
	s.collect(e.Data.Code, e.Data.Compartment)
	s.isParcel(late.Code, parcel.Collected, "")
	c.proxy.becomes(fair)
	c.order(shop, late.ID, "that was collected", func(o shoptest.Order) bool {
		return o.State == "Cancelled" && noted(o, "collected at station "+station)
	})
	list := c.ctl("vendure", "list")
	if !strings.Contains(list, late.Code) || !strings.Contains(list, "apart") {
		t.Errorf("the hub lists\n%s", list)
	}
	_, troubles, _ := c.call(t.Context(), "GET", "/v1/troubles", "")
	if !strings.Contains(string(troubles), "shop_differs") || !strings.Contains(string(troubles), late.Code) {
		t.Errorf("the hub's troubles: %s", troubles)
	}
	eventually(t, "what nobody had brought is cancelled", func() (bool, string) {
		p := s.parcel(gone.Code)
		return p.State == parcel.Cancelled, fmt.Sprintf("%+v", p)
	})
	c.ctl("vendure", "done", "acme", late.Code)
	list = c.ctl("vendure", "list")
	if strings.Contains(list, "apart") || strings.Contains(list, other.Code) {
		t.Errorf("the hub lists\n%s", list)
	}
	_, metrics, _ := c.call(t.Context(), "GET", "/metrics", "")
	if !strings.Contains(string(metrics), `cubby_hub_vendure_orders{shop="acme",step="delivered"} 1`) {
		t.Errorf("metrics: %s", metrics)
	}
	for where, text := range map[string]string{"the log": c.runs.said(), "the metrics": string(metrics)} {
		for _, secret := range []string{shoptest.Password, "Zebedee", "zebedee.marker@example.org"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in %s", secret, where)
			}
		}
	}
}
