package members_test

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// neighbours is a station where Ana and Bob have records and QR codes, and Bob has agreed to
// collect for Ana, at the kiosk.
func neighbours(t *testing.T) *town {
	w := newTown(t)
	w.set.Neighbours = true
	w.ana()
	w.do(customers.Keep{ID: "b", Asked: customers.Asked{Through: "shop", Text: "v1"}, New: customers.New{
		Contact: customers.Contact{Email: "bob@example.org"}, Channel: customers.ByEmail}})
	w.do(customers.MakeQR{ID: "b", Through: "shop", Fresh: &visit.Secret{CodeHash: "qr-b"}})
	w.member("qr-a")
	w.at(view.StepMember)
	w.act(view.ActKnown, "")
	w.act(view.ActNeighbour, "")
	w.at(view.StepMemberNeighbour)
	for _, other := range []string{"qr-a", "qr-of-nobody"} { // oneself, and nobody
		w.member(other)
		w.at(view.StepMemberNeighbour)
	}
	w.member("qr-b")
	if v := w.at(view.StepMemberAgree); v.OfMember().Contact != "a…@example.org" {
		t.Errorf("asked is %+v", v.OfMember())
	}
	if all := customers.Neighbours.All(w.state()); len(all) != 0 {
		t.Errorf("agreed before anybody did: %+v", all)
	}
	w.act(view.ActYes, "")
	return w
}

// line is the line of the page about neighbours.
func (w *town) line() (l view.MemberLine) {
	for _, one := range w.at(view.StepMemberKnown).OfMember().Lines {
		if one.Kind == "neighbour" {
			l = one
		}
	}
	return l
}

func (w *town) known(qr string) {
	w.member(qr)
	w.act(view.ActKnown, "")
}

// take plays the door that was opened last until it is closed.
func (w *town) take() {
	o := w.orders[len(w.orders)-1]
	w.do(visit.SeeDoor{Seen: door.Seen{Compartment: o.Compartment, State: door.Open, At: w.now}})
	w.do(visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true, At: w.now,
	}})
	w.now = w.now.Add(5 * time.Second)
	w.do(visit.SeeDoor{Seen: door.Seen{Compartment: o.Compartment, State: door.Closed, At: w.now}})
}

func TestANeighbourCollectsAndItIsTold(t *testing.T) {
	w := neighbours(t)
	if l := w.line(); l.Name != "collects" || l.Text != "b…@example.org" {
		t.Errorf("Ana's page says %+v", l)
	}
	w.ends()
	w.brought("p", "ana@example.org")
	w.member("qr-b")
	w.at(view.StepPickupOpening)
	w.take()
	collected := w.facts[slices.IndexFunc(w.facts, is[*parcel.ParcelCollected])].(*parcel.ParcelCollected)
	if collected.ParcelID != "p" || collected.By != parcel.Neighbour {
		t.Errorf("collected is %+v", collected)
	}
	w.ends()
	w.brought("q", "ana@example.org")
	w.brought("r", "bob@example.org")
	w.member("qr-b")
	for _, one := range w.at(view.StepPickupChoose).OfPickup().List {
		if one.Neighbour != (one.Value == "q") {
			t.Errorf("in the list is %+v", one)
		}
	}
	w.ends()
	w.member("qr-a") // and it is for one direction only
	if v := w.at(view.StepPickupOpening); v.Door() == "" {
		t.Errorf("the page is %+v", v)
	}
}

func TestEitherNeighbourEndsItWithOneTouch(t *testing.T) {
	for _, by := range []string{"qr-a", "qr-b", "consent", "erased"} {
		w := neighbours(t)
		w.ends()
		switch by {
		case "consent":
			w.do(customers.Withdraw{ID: "b", Purpose: customers.NeighbourPurpose, Through: "phone"})
		case "erased":
			w.do(customers.Erase{ID: "a"})
		default:
			w.known(by)
			w.act(view.ActPick, w.line().Value)
			if l := w.line(); l.Kind != "" {
				t.Errorf("%s still shows %+v", by, l)
			}
			w.ends()
		}
		if !slices.ContainsFunc(w.facts, is[*customers.NeighbourEnded]) {
			t.Errorf("%s: nothing is told", by)
		}
		for _, id := range []string{"a", "b"} {
			if r, ok := customers.Get(w.state(), id); ok && r.Consented(customers.NeighbourPurpose) && by[:2] == "qr" {
				t.Errorf("%s: %s consents to nothing", by, id)
			}
		}
		w.brought("p", "ana@example.org")
		w.member("qr-b")
		w.at(view.StepMember)
	}
}
