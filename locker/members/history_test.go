package members_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/customers"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A parcel is collected once, by whichever code; a door opens for nobody when its parcel is
// gone, or the record is erased by whose code it would open.
func TestRandomHistoriesOfAMemberAndTheCodesOfTheirParcels(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newTown(t)
		w.ana()
		w.brought("p", "ana@example.org")
		w.brought("q", "ana@example.org")
		codes := []string{w.codeOf("p"), w.codeOf("q")}
		w.facts, w.orders = nil, nil
		seen, erased := 0, false
		for range rapid.IntRange(1, 30).Draw(r, "steps") {
			switch rapid.IntRange(0, 6).Draw(r, "step") {
			case 0:
				orders := len(w.orders)
				w.member("qr-a")
				if erased && len(w.orders) > orders {
					r.Fatal("a door opened by a code that was erased")
				}
			case 1:
				w.shows(rapid.SampledFrom(codes).Draw(r, "code"))
			case 2, 3: // a door that was ordered opens, and closes
				if seen == len(w.orders) {
					continue
				}
				o := w.orders[seen]
				seen++
				for _, s := range []door.State{door.Open, door.Closed} {
					w.do(visit.SeeDoor{Seen: door.Seen{
						Compartment: o.Compartment, State: s, Presence: door.PresenceUnknown, At: w.now}})
					if s == door.Open {
						w.do(visit.EndOpening{Ended: door.Ended{Opening: o.Opening, Compartment: o.Compartment,
							Result: door.ConfirmedOpen, Pulsed: true, At: w.now}})
						w.now = w.now.Add(wall.TooBrief)
					}
				}
			case 4:
				if v := w.view(); len(v.Actions) > 1 {
					name := rapid.SampledFrom(v.Actions[1:]).Draw(r, "action")
					value := ""
					if name == view.ActPick && v.Member != nil && len(v.Member.Lines) > 0 {
						value = v.Member.Lines[0].Value
					} else if name == view.ActPick && v.Pickup != nil && len(v.Pickup.List) > 0 {
						value = rapid.SampledFrom(v.Pickup.List).Draw(r, "parcel").Value
					}
					_ = w.try(visit.Do{Action: view.Action{Visit: v.Visit, Name: name, Value: value}})
				}
			case 5:
				w.now = w.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(r, "seconds")) * time.Second)
				w.do(visit.Tick{})
			case 6:
				if !erased && rapid.IntRange(0, 9).Draw(r, "erases") == 0 {
					erased = w.try(customers.Erase{ID: "a"}) == nil
				}
			}
			_, there := customers.Get(w.state(), "a")
			erased = erased || !there
			collected := map[string]int{}
			for _, f := range w.facts {
				if c, ok := f.(*parcel.ParcelCollected); ok {
					collected[c.ParcelID]++
				}
			}
			for id, n := range collected {
				if n > 1 {
					r.Fatalf("%s was collected %d times", id, n)
				}
			}
			for _, b := range wall.Compartments.All(w.state()) {
				// one that was reported afterwards has come back
				if p, _ := parcel.Parcels.Get(w.state(), b.Parcel); p.State == parcel.Collected {
					r.Fatalf("%s was collected and is behind door %s", b.Parcel, b.Number)
				}
			}
			if v := w.view(); v.Member != nil && slices.Contains(v.Actions, view.ActPick) && erased &&
				v.Step != view.StepMemberKnown {
				r.Fatalf("the page %s is of a record that is erased", v.Step)
			}
		}
	})
}
