package members_test

import (
	"testing"
	"time"

	"cubby/locker/customers"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// waysIn are all that opens a parcel's door, by name: each gives what is shown, once the
// parcel is here.
var waysIn = map[string]func(w *town) func(){
	"code": func(w *town) func() {
		return func() { w.shows(w.codeOf("p")) }
	},
	"PIN": func(w *town) func() {
		return func() { w.types(visit.TypePIN{PINHash: w.pinOf("p")}) }
	},
	"six digits": func(w *town) func() {
		return func() { w.types(visit.TypePIN{PINHash: w.pinOf("p"), Tail: "4567"}) }
	},
	"member": func(w *town) func() {
		w.ana()
		return func() { w.member("qr-a") }
	},
	"delegate": func(w *town) func() {
		w.do(parcel.DelegateParcel{Parcel: "p", Fresh: &visit.Secret{CodeHash: "other", PINHash: "other-pin"}})
		return func() { w.shows("other") }
	},
	"delegate's PIN": func(w *town) func() {
		w.do(parcel.DelegateParcel{Parcel: "p", Fresh: &visit.Secret{CodeHash: "other", PINHash: "other-pin"}})
		return func() { w.types(visit.TypePIN{PINHash: "other-pin"}) }
	},
	"token": func(w *town) func() {
		return func() {
			w.do(visit.Present{CodeHash: "token:aa", Presented: "token", Token: &visit.Token{
				ID: "aa", Label: "p", NotBefore: dawn, Expires: dawn.AddDate(0, 0, 10),
				KeyFrom: dawn.AddDate(0, -1, 0), KeyUntil: dawn.AddDate(0, 1, 0),
			}})
		}
	},
	"neighbour": func(w *town) func() {
		w.do(customers.Keep{ID: "b", Asked: customers.Asked{Through: "shop", Text: "v1"}, New: customers.New{
			Contact: customers.Contact{Email: "bob@example.org"}, Channel: customers.ByEmail}})
		w.do(customers.MakeQR{ID: "b", Through: "shop", Fresh: &visit.Secret{CodeHash: "qr-b"}})
		w.ana()
		agreed := customers.Asked{Through: "shop", Text: "v1"}
		w.do(customers.NameNeighbour{
			Of: "a", By: "b", Asked: agreed, ByAsked: agreed, Made: new(customers.Neighbour),
		})
		return func() { w.member("qr-b") }
	},
	"button of the parcel's page": func(w *town) func() {
		return func() {
			w.act(view.ActStartBearer, "")
			w.shows(w.codeOf("p"))
			if w.view().Step == view.StepBearerParcel {
				w.act(view.ActOpenDoor, "")
			}
		}
	},
}

// types types a PIN where customers do.
func (w *town) types(c visit.TypePIN) {
	w.Helper()
	w.act(view.ActStartPickup, "")
	c.Visit = w.view().Visit
	w.do(c)
}

// pinOf is the hash of the PIN of a parcel.
func (w *town) pinOf(id string) (hash string) {
	for _, f := range w.facts {
		if f, ok := f.(*parcel.ParcelStored); ok && f.ParcelID == id {
			hash = f.Hashes.PIN
		}
	}
	return hash
}

// Whatever is shown: it opens until the deadline, for as long as the rescue, and never after.
func TestARescueIsTheSameForEveryWayIn(t *testing.T) {
	for name, way := range waysIn {
		for _, c := range []struct {
			when  string
			after time.Duration // the parcel was stored
			ticks []time.Duration
			opens bool
		}{
			{when: "before", after: 47 * time.Hour, opens: true},
			{when: "not yet noticed", after: 48 * time.Hour, opens: true},
			{"in rescue", 48*time.Hour + time.Minute, []time.Duration{48 * time.Hour}, true},
			{"at its end", 72*time.Hour - time.Second, []time.Duration{48 * time.Hour}, true},
			{"when it has just ended", 72 * time.Hour, []time.Duration{48 * time.Hour}, false},
			{"after", 73 * time.Hour, []time.Duration{48 * time.Hour, 72 * time.Hour}, false},
		} {
			t.Run(name+" "+c.when, func(t *testing.T) {
				w := newTown(t)
				w.set.Neighbours = true
				w.pickup = parcel.Settings{Rescue: 24 * time.Hour, Delegates: true, SixDigits: name == "six digits"}
				number := w.broughtTo("p", parcel.Recipient{Email: "ana@example.org", Phone: "+491701234567"})
				stored := w.now
				show := way(w)
				for _, tick := range c.ticks {
					w.now = stored.Add(tick)
					w.do(visit.Tick{})
				}
				w.now = stored.Add(c.after)
				orders := len(w.orders)
				show()
				v := w.view()
				switch opened := len(w.orders) > orders; {
				case opened != c.opens:
					t.Fatalf("opens %t, want %t: the page is %s (%s)", opened, c.opens, v.Step, v.Reason)
				case opened && (w.orders[orders].Compartment != number || v.Step != view.StepPickupOpening):
					t.Errorf("door %s opens, and the page is %s", w.orders[orders].Compartment, v.Step)
				case !opened && v.Reason == view.ReasonNotValid:
					t.Errorf("its bearer is told nothing on %s", v.Step)
				}
			})
		}
	}
}
