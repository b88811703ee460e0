package sample_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/app/sample"
	"cubby/locker"
	"cubby/locker/care"
	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/shop"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// unoffered are the pages of samples that the rules never make, and what a
// screen must cope with there.
var unoffered = map[string]string{
	"pickup_enter-no-pad":  "no PIN is taken",
	"courier_enter-no-pad": "no PIN is taken",
	"staff_enter-no-pad":   "no PIN is taken",
	"unknown-step":         "the core is newer",
	"idle-returns-only":    "nothing else is served",
}

// People meet the buttons that the rules offer; a page that was looked at with
// others has not been looked at.
func TestEverySampleOffersWhatTheRulesOffer(t *testing.T) {
	judged := map[view.Step]bool{}
	for _, s := range sample.All() {
		v := s.View
		switch {
		case v.Step == view.StepCommission, strings.HasPrefix(string(v.Step),
			"sample_"): // the rules take no part in it
			continue
		case strings.HasPrefix(string(v.Step), "staff_return"): // what they offer hangs on orders
			continue
		case v.Kind == view.KindShop: // what they offer hangs on a catalogue; see the tests of the shop
			continue
		case v.Step == view.StepUnavailable:
			if len(v.Actions) > 0 {
				t.Errorf("%s offers %v while nobody is served", s.Name, v.Actions)
			}
			continue
		}
		has, may := sorted(v.Actions), offers(v)
		able := slices.ContainsFunc(may, func(m []view.ActionName) bool { return slices.Equal(m, has) })
		why, never := unoffered[s.Name]
		switch {
		case !able && !never:
			t.Errorf("%s offers %v; the rules offer one of %v", s.Name, has, may)
		case able && never:
			t.Errorf("%s is there for when %s, and is what the rules offer", s.Name, why)
		}
		if kinds := v.Payloads(); !slices.Equal(kinds, []view.Kind{v.Kind}) {
			t.Errorf("%s is of kind %q and has the payloads %v", s.Name, v.Kind, kinds)
		}
		judged[v.Step] = true
	}
	for _, step := range []view.Step{
		view.StepIdle, view.StepPickupEnter, view.StepPickupRefused, view.StepPickupOpening,
		view.StepPickupOpen, view.StepPickupCheck,
		view.StepPickupDone, view.StepNoOpen, view.StepToCheck, view.StepCourierEnter,
		view.StepCourierRefused, view.StepCourierReady,
		view.StepCourierOpening, view.StepCourierOpen, view.StepCourierCheck, view.StepCourierRetake,
		view.StepCourierNoOpen,
		view.StepPickupLeft, view.StepCourierLeave,
		view.StepCourierReceipt, view.StepCourierDone,
	} {
		if !judged[step] {
			t.Errorf("no sample shows the step %s", step)
		}
	}
}

// anything is a catalogue that nobody asks: what is in it does not matter here.
type anything struct{ shop.Catalogue }

// offers are the actions the rules offer on the page of a view, once for each
// way in which what the view does not tell can be.
func offers(v view.View) (all [][]view.ActionName) {
	const most = 10
	now := time.Now()
	after := func(ms int64) time.Time { // a millisecond is also told of a moment that has passed
		if ms == 0 {
			return time.Time{}
		}
		return now.Add(time.Duration(ms-1) * time.Millisecond)
	}
	for ways := range 1 << 7 {
		is := func(n int) bool { return ways>>n&1 == 1 }
		stored, fit, reopened, receipts, printer := is(0), is(1), is(2), is(3), is(4)
		here := visit.Visit{
			ID: v.Visit, Step: v.Step, Reason: v.Reason, Parcel: "p", Compartment: v.Door(),
			Reopened: reopened, Print: cmp.Or(v.OfCourier().Print, v.OfPickup().Print), Opening: "o",
			TimeoutAt: after(v.TimeoutInMs), WarnAt: after(v.WarnInMs), RetryAt: after(v.RetryInMs),
			LeftOpen: v.LeftOpen(), Extensions: most - v.Extensions, Helping: v.Helping != nil,
		}
		p := parcel.Parcel{ID: "p", State: parcel.Booked, Compartment: v.Door()}
		if is(6) { // whoever stands at the open door of a parcel
			here.Actor, p.State = "bearer", parcel.Collecting
		}
		box := wall.Compartment{
			Number:     v.Door(),
			Allocation: wall.Occupied,
			Door:       door.Closed,
			Lock:       wall.LockIdle,
		}
		open := wall.Opening{ID: "o", Purpose: wall.ForDeposit}
		if is(5) {
			open.Purpose = wall.ForUndo
		}
		if v.OfStaff().Name != "" {
			here.Kind, here.Actor = visit.Kind(view.KindStaff), people.Tools.Actor()
		}
		if v.Step == view.StepCourierRetake {
			here.Retake = v.Reason
		}
		if v.OfCourier().Last != "" {
			here.Last, here.LastDoor = "p", v.OfCourier().LastAt
		}
		if stored {
			p.State = parcel.Stored
		}
		if of := v.OfPickup().Case; of != "" {
			p.Disputed = &parcel.Dispute{Case: of}
		}
		if c := v.OfBearer().Chosen; stored && c != nil && c.RescueUntil != nil {
			p.State, p.RescueUntil = parcel.Expired, c.RescueUntil
		}
		if fit {
			box.Allocation = wall.Free
		}
		s := ledger.NewState(ledger.NewMemory(nil))
		severalOf(s, v, &here)
		caseOf(s, v, &here, is(5))
		knownOf(s, v, &here, is(3), is(4))
		broughtBack(s, v, &here, is(0), is(1), is(2))
		if v.Helping != nil && v.Helping.Called {
			visit.Calls.Put(s, visit.Kiosk, visit.Call{Terminal: visit.Kiosk, Since: now, Last: now})
		}
		if is(1) {
			parcel.Delegations.Put(s, p.ID, parcel.Delegation{Parcel: p.ID})
		}
		visit.Visits.Put(s, visit.Kiosk, here)
		parcel.Parcels.Put(s, p.ID, p)
		wall.Compartments.Put(s, box.Number, box)
		wall.Openings.Put(s, open.ID, open)
		var elsewhere []parcel.Place
		if is(2) {
			elsewhere = []parcel.Place{{ID: "north"}}
		}
		policy := visit.Policy{
			Rooms: map[string]any{"returns": returns.Settings{
				Taken: v.Kind == view.KindReturn || is(1), Points: map[string]int{"box": 10},
			}, "customers": customers.Settings{Asked: is(3), Neighbours: is(2)},
				"shop": shop.Settings{Open: is(2), Catalogue: anything{}},
				"parcel": parcel.Settings{
					Delegates: is(0), Extensions: parcel.Extensions{Most: 1}, Shelf: []string{"B1", "B2"},
					Elsewhere: elsewhere,
				}},
			Languages: v.Languages, MaxExtensions: most, CourierReceipt: receipts, CallsStaff: true}
		if v.Idle != nil && v.Idle.Desk {
			policy.Desks = []string{visit.Kiosk}
		}
		can := sorted(
			locker.Station.ViewOf(s, visit.Env{Now: now, Terminal: visit.Kiosk, Policy: policy,
				CanPrint: printer, Prints: printer}).Actions,
		)
		if !slices.ContainsFunc(all, func(m []view.ActionName) bool { return slices.Equal(m, can) }) {
			all = append(all, can)
		}
	}
	return all
}

// caseOf has the case that a page shows be open, and others wait for its bearer.
func caseOf(s *ledger.State, v view.View, here *visit.Visit, others bool) {
	number := v.OfPickup().Case
	if number == "" {
		return
	}
	care.Cases.Put(s, number, care.Case{Number: number, Kind: care.Empty, State: care.Open, Parcel: "p"})
	here.Actor = "bearer"
	if !others {
		return
	}
	one := view.View{Pickup: &view.Pickup{List: []view.PickupItem{{Value: "other", Door: "15"}}}}
	severalOf(s, one, here)
}

// broughtBack gives a visit that brings something back what it is about, in one of the ways
// it can be: some is picked, the return has been asked for, it is of several things.
func broughtBack(s *ledger.State, v view.View, here *visit.Visit, some, asked, several bool) {
	if v.Kind != view.KindReturn {
		return
	}
	const id = "R-7K3M-9QPX"
	note := map[string]any{"order": "o", "camera": v.Return.Camera}
	if some {
		note["asks"] = []returns.Ask{{Line: "l1", Quantity: 1}}
	}
	c := returns.Case{ID: id, Items: []returns.Item{{N: 1, Quantity: 1}}}
	if several {
		c.Items[0].Quantity = 2
	}
	if asked {
		note["case"] = id
	}
	if v.Return.Next != "" {
		now := time.Now()
		c.Dropped, c.Swap = &now, &returns.Swap{Parcel: "w", Settled: true}
		parcel.Parcels.Put(s, "w", parcel.Parcel{ID: "w", State: parcel.Stored})
	}
	returns.Cases.Put(s, id, c)
	here.Kind, here.Print, here.Data = returns.Kind, v.Return.Print, nil
	here.Data, _ = json.Marshal(note)
	if v.Step == view.StepReturnRetake {
		here.Retake = v.Reason
	}
}

func sorted(names []view.ActionName) []view.ActionName { return slices.Sorted(slices.Values(names)) }

// knownOf has the person be known: by the code of the parcel, or by their own.
func knownOf(s *ledger.State, v view.View, here *visit.Visit, kept, own bool) {
	switch {
	case v.Kind == view.KindBearer && v.OfBearer().Chosen != nil, v.Kind == view.KindMember,
		v.Step == view.StepPickupDone && kept:
	default:
		return
	}
	customers.Customers.Put(s, "c", customers.Customer{ID: "c"})
	parcel.Recipients.Put(s, "p", parcel.Recipient{Email: "ada@example.org"})
	data, err := json.Marshal(map[string]any{
		"right": parcel.Right{Parcel: "p"}, "member": map[string]any{"customer": "c", "own": own},
		"more_time": map[string]any{"why": v.OfBearer().NoTime},
	})
	if err != nil {
		panic(err)
	}
	here.Actor, here.Data = "bearer", data
}

// severalOf has the person have the parcels of the list.
func severalOf(s *ledger.State, v view.View, here *visit.Visit) {
	var list []string
	for _, one := range v.OfPickup().List {
		p := parcel.Parcel{ID: one.Value, State: parcel.Stored, Compartment: one.Door}
		switch {
		case one.Done:
			p.State = parcel.Collected
		case one.Why != "":
			p.State = parcel.Expired
		}
		p.Valuable = one.Second
		parcel.Parcels.Put(s, p.ID, p)
		list = append(list, p.ID)
	}
	if len(list) == 0 {
		return
	}
	data, err := json.Marshal(map[string]any{"together": map[string]any{"list": list}})
	if err != nil {
		panic(err)
	}
	here.Actor, here.Data = "bearer", data
}
