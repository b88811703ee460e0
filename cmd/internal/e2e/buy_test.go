package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/app/pages"
	"cubby/locker/view"
)

// A provider is a simulated payment provider: a program with pages.
type provider struct {
	t       *testing.T
	address string // http://HOST:PORT
	changes []change
}

// newProvider starts one, and says how a station is told of it.
func newProvider(t *testing.T) *provider {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte("sk_test_4c1f\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sim := start(t, dir, "pay.log", nil, filepath.Join(programs, "cubbysim"), "pay", "--listen",
		"127.0.0.1:0",
		"--key-file", key)
	p := &provider{t: t}
	eventually(t, "the payment provider comes up", func() (bool, string) {
		_, rest, ok := strings.Cut(sim.said(), "provider     ")
		p.address, _, _ = strings.Cut(rest, "/v1/payments")
		return ok, sim.said()
	})
	p.changes = []change{{"[policy]\n", "[shop.payment]\nurl = \"" + p.address +
		"\"\nkey_file = \"" + key + "\"\nphone_s = 600\n\n[policy]\n"}}
	return p
}

// misbehaves has the provider misbehave from now on; nothing makes it well.
func (p *provider) misbehaves(faults string) {
	p.t.Helper()
	r, err := http.NewRequest("PUT", p.address+"/sim/faults", strings.NewReader(faults))
	if err != nil {
		p.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode >= 300 {
		p.t.Fatalf("the provider takes no faults: %v %v", answer, err)
	}
	answer.Body.Close()
}

// pays does on the provider's page what somebody with a telephone does there.
func (p *provider) pays(page string) {
	p.t.Helper()
	answer, err := http.PostForm(page, url.Values{"do": {"pay"}})
	if err != nil || answer.StatusCode >= 400 {
		p.t.Fatalf("the page %s: %v %v", page, answer, err)
	}
	answer.Body.Close()
}

// payments are those that the provider has.
func (p *provider) payments() (all []struct {
	Reference string `json:"reference"`
	Status    string `json:"status"`
	Captured  int64  `json:"captured"`
	Refunded  int64  `json:"refunded"`
}) {
	p.t.Helper()
	answer, err := http.Get(p.address + "/sim/payments")
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&all); err != nil {
		p.t.Fatal(err)
	}
	return all
}

// opensShop gives a station the demo's catalogue and prices.
func (s *station) opensShop() {
	s.t.Helper()
	demo := filepath.Join(repository, "assets", "demo", "shop")
	s.ctl("", "catalogue", "import", filepath.Join(demo, "catalogue.json"), "--pictures",
		filepath.Join(demo, "pictures"))
	text, err := os.ReadFile(filepath.Join(demo, "prices.json"))
	if err == nil { // the core reads them when it starts
		err = os.WriteFile(filepath.Join(s.dir, "data", "prices.json"), text, 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	s.crash()
	s.startCore()
	s.allDoorsKnown()
	s.until("the shop is open", func(v view.View) bool { return v.Allows(view.ActStartShop) })
}

// withPictures draws pages with the pictures of what is for sale.
func (w *window) withPictures(sheet *pages.Sheet) {
	sheet.Pictures = func(hash string, size int) image.Image {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		text, err := w.screen.Picture(ctx, hash, size)
		if err != nil {
			return nil
		}
		img, err := jpeg.Decode(bytes.NewReader(text))
		if err != nil {
			return nil
		}
		return img
	}
}

// buys touches one thing of a page of the shop, and waits for what it leads to.
func (w *window) buys(to view.Step, name view.ActionName, value string) view.View {
	w.t.Helper()
	from, _ := w.now()
	for v := from; v.Step == from.Step && v.OfShop().About == from.OfShop().About; v, _ = w.now() {
		w.pressWith(v, name, value)
	}
	v := w.step(to)
	w.shows(string(to), v, "", w.withPictures)
	return v
}

func (w *window) pressWith(v view.View, name view.ActionName, value string) {
	w.t.Helper()
	w.touchOn(v, w.button(v, "", name, value))
}

// What lies behind a door of the wall is bought at the touchscreen by somebody who pays on a
// telephone: the door opens when the money is there, and nobody is asked who it is.
func TestSomebodyBuysFromADoorWithAPhone(t *testing.T) {
	t.Parallel()
	pay := newProvider(t)
	s := newStation(t, pay.changes...)
	s.opensShop()
	s.ctl("", "stock", "put", "CUB-003", "13", "1")
	w := s.openWindow("buy")
	w.page(view.StepIdle)
	w.buys(view.StepShopHome, view.ActStartShop, "")
	w.buys(view.StepShopList, view.ActPick, "drinks")
	v := w.buys(view.StepShopProduct, view.ActPick, "CUB-003")
	if one := v.OfShop().Product; one == nil || one.Left != 1 || len(one.Doors) != 1 || one.Doors[0] != "13" {
		t.Fatalf("it lies behind door 13: %+v", one)
	}
	price := v.OfShop().Product.Price.Minor
	v = w.buys(view.StepShopCart, view.ActAdd, "")
	if total := v.OfShop().Total; total.Minor != price {
		t.Errorf("%d to pay for one of %d", total.Minor, price)
	}
	w.buys(view.StepShopPlace, view.ActCheckout, "")
	w.buys(view.StepShopPay, view.ActPick, "locker_now")
	w.pressWith(w.step(view.StepShopPay), view.ActPick, "phone")
	v = w.until("the page to pay on", func(v view.View) bool {
		p := v.OfShop().Payment
		return v.Step == view.StepShopPaying && p != nil && p.URL != ""
	})
	w.shows("shop_paying", v, "", w.withPictures)
	order := v.OfShop().Order
	pay.pays(v.OfShop().Payment.URL)
	v = w.step(view.StepPickupOpen)
	if v.Door() != "13" {
		t.Fatalf("door %s has opened", v.Door())
	}
	w.take("13")
	w.step(view.StepPickupDone)
	s.leave()
	told := map[string]int{}
	for _, e := range s.told() {
		if e.Subject == "sales/"+order {
			told[e.Type]++
		}
	}
	if told["sale.ordered"] != 1 || told["sale.paid"] != 1 {
		t.Errorf("of the sale is told %v", told)
	}
	if all := pay.payments(); len(all) != 1 || all[0].Captured != price || all[0].Refunded != 0 {
		t.Errorf("the provider has %+v", all)
	}
	s.isParcel(order+"-1", "collected", "")
	var page struct {
		Sales []struct {
			ID    string `json:"id"`
			State string `json:"state"`
			Paid  int64  `json:"paid"`
		} `json:"sales"`
	}
	s.asks("GET", "/v1/sales?state=handed_over", "", http.StatusOK, &page)
	if len(page.Sales) != 1 || page.Sales[0].ID != order || page.Sales[0].Paid != price {
		t.Errorf("sold is %+v", page)
	}
	if said := s.ctl("", "sale", "show", order); !strings.Contains(said, "1 x CUB-003") {
		t.Errorf("cubbyctl says %q of it", said)
	}
	var level struct{ Doors, Committed, Reserved int }
	s.asks("GET", "/v1/stock/CUB-003", "", http.StatusOK, &level)
	if level.Doors+level.Committed+level.Reserved != 0 {
		t.Errorf("the stock is %+v", level)
	}
}

// wants puts one of an article into the cart and goes on to pay by phone, without a window.
func (s *station) wants(sku string) view.View {
	s.t.Helper()
	s.touch(view.ActStartShop, "")
	s.step(view.StepShopHome)
	s.touch(view.ActSearch, "")
	s.step(view.StepShopSearch)
	s.touch(view.ActType, "tea")
	s.until("it is found", func(v view.View) bool { return v.Allows(view.ActPick) })
	s.touch(view.ActPick, sku)
	s.step(view.StepShopProduct)
	s.touch(view.ActAdd, "")
	s.step(view.StepShopCart)
	s.touch(view.ActCheckout, "")
	s.step(view.StepShopPlace)
	s.touch(view.ActPick, "locker_now")
	s.step(view.StepShopPay)
	s.touch(view.ActPick, "phone")
	return s.payable()
}

// payable waits for the page that a phone pays on.
func (s *station) payable() view.View {
	s.t.Helper()
	return s.until("the page to pay on", func(v view.View) bool {
		p := v.OfShop().Payment
		return v.Step == view.StepShopPaying && p != nil && p.URL != ""
	})
}

// A payment that is declined, called off, of another amount, or of which nobody can say
// anything: the goods are given once, for the right money, and all other money goes back.
func TestMoneyThatComesWrongOrLateGivesNothingTwice(t *testing.T) {
	t.Parallel()
	pay := newProvider(t)
	s := newStation(t, pay.changes...)
	s.opensShop()
	s.ctl("", "stock", "put", "CUB-003", "13", "1")

	// declined, and paid with the second try
	v := s.wants("CUB-003")
	answer, err := http.PostForm(v.OfShop().Payment.URL, url.Values{"do": {"decline"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	s.step(view.StepShopUnpaid, view.ReasonPayDeclined)
	s.touch(view.ActTryAgain, "")
	s.payable()
	s.touch(view.ActCallOff, "")
	s.step(view.StepShopUnpaid, view.ReasonPayGone)
	s.touch(view.ActCart, "")
	s.step(view.StepShopCart)
	s.leave()

	// another amount: nothing opens, and it goes back
	frames := s.unlocks()
	v = s.wants("CUB-003")
	pay.misbehaves(`[{"on":"pay","kind":"wrong-amount","times":1}]`)
	pay.pays(v.OfShop().Payment.URL)
	s.step(view.StepShopUnpaid, view.ReasonPayAmount)
	s.unlocked(frames...)
	s.leave()
	eventually(t, "the wrong money is back", func() (bool, string) {
		var captured, refunded int64
		for _, p := range pay.payments() {
			captured, refunded = captured+p.Captured, refunded+p.Refunded
		}
		return captured > 0 && captured == refunded, fmt.Sprint(captured, " came, back went ", refunded)
	})

	// nobody can say whether it is paid; the core dies meanwhile, and the money is there
	v = s.wants("CUB-003")
	pay.misbehaves(`[{"on":"get","kind":"error"}]`)
	pay.pays(v.OfShop().Payment.URL)
	before := s.told()
	s.crash()
	s.restart(before)
	s.unlocked(frames...)
	pay.misbehaves(`[]`)
	s.take(s.step(view.StepPickupOpen).Door())
	s.step(view.StepPickupDone)
	s.leave()
	paid := 0
	for _, e := range s.told() {
		if e.Type == "sale.paid" {
			paid++
		}
	}
	var kept int64
	for _, p := range pay.payments() {
		kept += p.Captured - p.Refunded
	}
	if paid != 1 || kept != v.OfShop().Total.Minor {
		t.Errorf("%d sales are paid, and %d of %d are kept", paid, kept, v.OfShop().Total.Minor)
	}
}
