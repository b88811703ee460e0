package parcel

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// anySettings are settings of the room by which all that may happen to a parcel can happen.
func anySettings(t *rapid.T) Settings {
	either := func(name string, d time.Duration) time.Duration {
		return rapid.SampledFrom([]time.Duration{0, d}).Draw(t, name)
	}
	return Settings{
		Station: "here", Delegates: true, DelegateTime: 2 * time.Hour, ReopenGrace: 2 * time.Minute,
		Extensions: Extensions{
			Most: rapid.IntRange(0, 2).Draw(t, "extensions"), Hours: rapid.IntRange(1, 5).Draw(t, "of hours"),
			While: rapid.SampledFrom([]ExtendWhile{NotNeeded, NotFull, Always}).Draw(t, "extended while"),
		},
		Shelf:       rapid.SampledFrom([][]string{nil, {"B1"}, {"B1", "B2"}}).Draw(t, "shelf"),
		Rescue:      either("rescue", 3*time.Hour),
		PauseAfter:  either("a fault pauses", 10*time.Minute),
		ResumeGrace: either("grace", time.Hour),
		NoticeWait:  either("waits for the notice", 6*time.Hour),
		Unannounced: rapid.Bool().Draw(t, "takes what is not announced"),
		HoldPauses:  rapid.Bool().Draw(t, "a hold pauses"), RescueYields: rapid.Bool().Draw(t, "a rescue yields"),
	}
}

// otherWays adds what may happen to a parcel beside being collected: more time, other places,
// what its bearer says is wrong with it, and times in which nobody could collect it.
func (h *history) otherWays(all map[string]func(*rapid.T)) {
	h.staff["ada"] = people.EmployeeRecord{
		Employee:  people.Employee{ID: "ada", Name: "Ada", Role: people.Supervisor},
		BadgeHash: "badge-ada", PINHash: "pin-ada",
	}
	some := func(of func(t *rapid.T, id string) visit.Command) func(*rapid.T) {
		return func(t *rapid.T) { h.decide(t, of(t, h.one(t))) }
	}
	why := rapid.SampledFrom([]string{ToElsewhere, ToSender})
	all["more time is asked for"] = some(func(_ *rapid.T, id string) visit.Command {
		return Extend{ID: id, Through: "rest"}
	})
	all["the shop wants it back"] = some(func(_ *rapid.T, id string) visit.Command {
		return Recall{By: people.Centre, ID: id}
	})
	all["it goes elsewhere"] = some(func(t *rapid.T, id string) visit.Command {
		return Redirect{ID: id, To: rapid.SampledFrom([]string{Counter, "there"}).Draw(t, "to")}
	})
	all["it stays"] = some(func(t *rapid.T, id string) visit.Command {
		return Stay{ID: id, Why: why.Draw(t, "that ends")}
	})
	all["it is given away"] = some(func(_ *rapid.T, id string) visit.Command { return Remove{Parcel: id} })
	all["it comes to a shelf"] = some(func(t *rapid.T, id string) visit.Command {
		h.fresh++
		return Shelve{Parcel: id, Place: rapid.SampledFrom([]string{"B1", "B2"}).Draw(t, "place")}
	})
	all["its recipient is told"] = some(func(_ *rapid.T, id string) visit.Command { return Notice{ID: id} })
	all["a parcel finds no door"] = func(t *rapid.T) {
		h.brought(t)
		if h.visit.Step == view.StepCourierShelf {
			h.decide(t, visit.Present{BadgeHash: "badge-ada", Presented: "badge"})
		}
	}
	all["something is wrong"] = func(t *rapid.T) {
		for _, some := range [][]view.ActionName{
			{view.ActReport}, {view.ActNotMine, view.ActDamaged, view.ActEmpty},
		} {
			offered := slices.Clone(station.ViewOf(h, h.env()).Actions)
			offered = slices.DeleteFunc(offered, func(a view.ActionName) bool {
				return !slices.Contains(some, a)
			})
			if len(offered) == 0 {
				t.Skip("nothing can be said")
			}
			h.decide(t, visit.Do{Action: view.Action{
				Visit: h.visit.ID, Name: rapid.SampledFrom(offered).Draw(t, "says"),
			}})
		}
	}
	all["it was looked into"] = func(t *rapid.T) {
		if p := h.parcels[h.one(t)]; p.Disputed != nil {
			h.decide(t, closeCase(p.Disputed.Case))
		}
	}
	all["somebody comes to help"] = func(t *rapid.T) {
		h.decide(t, asks(func(t *visit.Turn) {
			for _, c := range visit.OpenCalls(t.State) {
				t.Emit(&visit.HelpAnswered{Terminal: c.Terminal, By: "ada"})
			}
		}))
	}
	all["hours pass"] = func(t *rapid.T) {
		h.pass(t, time.Duration(rapid.IntRange(1, 9).Draw(t, "hours"))*time.Hour)
	}
	all["the core is off for hours"] = func(t *rapid.T) {
		h.now = h.now.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
		h.pending = nil
		h.decide(t, visit.Start{Boot: "b"})
		for _, n := range h.numbers {
			h.see(t, n, door.PresenceUnknown)
		}
	}
}

// pass lets time go by.
func (h *history) pass(t *rapid.T, d time.Duration) {
	for range 4 {
		h.now = h.now.Add(d / 4)
		h.decide(t, visit.Tick{})
	}
}

// inOnePlace holds that a parcel is behind the one door that is bound to it, or on the one
// place of the shelf that says so, and nowhere else.
func (h *history) inOnePlace(t *rapid.T, p Parcel) {
	var places []string
	for _, n := range h.numbers {
		if c := h.compartments[n]; c.Parcel == p.ID {
			places = append(places, "door "+n)
		}
	}
	for _, on := range h.shelf {
		if on.Parcel == p.ID {
			places = append(places, "shelf "+on.Place)
		}
	}
	if len(places) > 1 || p.State.Inside() && len(places) != 1 {
		t.Fatalf("%s is %s and in %v", p.ID, p.State, places)
	}
	if on := h.shelf[p.Shelf]; p.Shelf != "" && (on.Parcel != p.ID || p.State != CounterHeld) {
		t.Fatalf("%s is %s on place %s, on which is %q", p.ID, p.State, p.Shelf, on.Parcel)
	}
	if p.Shelf == "" && slices.ContainsFunc(places, func(place string) bool { return place[0] == 's' }) {
		t.Fatalf("%s is %s, and in %v", p.ID, p.State, places)
	}
	if p.Paused != nil && p.State != Stored && p.State != Collecting {
		t.Fatalf("%s is %s, and its clock stands still: %+v", p.ID, p.State, p.Paused)
	}
}

// barred holds that no door is ordered open for a bearer whose parcel is to leave, has had its
// time, or is in dispute; but whoever says so just now may lay it back.
func (h *history) barred(t *rapid.T, c visit.Command, o wall.Opening, facts []ledger.Fact) {
	p := h.parcels[o.Parcel]
	if o.Purpose != wall.ForPickup {
		return
	}
	said := slices.ContainsFunc(facts, func(f ledger.Fact) bool { _, is := f.(*ParcelDisputed); return is })
	again := o.Attempt == 2 // a second pulse at once, for who was let in
	if p.Leaving != nil || p.Disputed != nil && !said && !again {
		t.Fatalf("%T ordered door %s open for %s: leaving %+v, disputed %+v", c, o.Compartment, p.ID, p.Leaving,
			p.Disputed)
	}
	for _, f := range facts {
		f, ok := f.(*PickupAuthorised)
		if ok && f.Credential != "dispute" && !p.Deadline.After(h.now) && p.Paused == nil && p.RescueUntil == nil {
			t.Fatalf("%T let somebody in (%s) to %s at %s, whose time has ended at %s", c, f.Credential, p.ID,
				h.now, p.Deadline)
		}
	}
}

// checkPauses holds that a clock goes on for the reason that it stood still for, and stands
// still once at a time.
func (h *history) checkPauses(t *rapid.T) {
	paused := map[string]string{}
	for _, f := range h.facts {
		switch f := f.(type) {
		case *ParcelStored: // anew, as after the end of its time behind a door
			delete(paused, f.ParcelID)
		case *ParcelCollected:
			delete(paused, f.ParcelID)
		case *ParcelCounterHeld:
			delete(paused, f.ParcelID)
		case *ParcelWrittenOff:
			delete(paused, f.ParcelID)
		case *ParcelRenamed:
			paused[f.ParcelID] = paused[f.Was]
		case *ClockPaused:
			if paused[f.ParcelID] != "" {
				t.Fatalf("the clock of %s stands still for %s, and then for %s", f.ParcelID,
					paused[f.ParcelID], f.Reason)
			}
			paused[f.ParcelID] = f.Reason
		case *ClockResumed:
			if paused[f.ParcelID] != f.Reason {
				t.Fatalf("the clock of %s stood still for %q, and goes on after %s", f.ParcelID, paused[f.ParcelID],
					f.Reason)
			}
			delete(paused, f.ParcelID)
		}
	}
}

// getsWell ends all that keeps people from their parcels. Every clock goes on then, and every
// deadline comes.
func (h *history) getsWell(t *rapid.T) {
	h.pending = nil
	for _, n := range h.numbers {
		h.physical[n] = door.Closed
		h.see(t, n, door.PresenceUnknown)
	}
	h.pass(t, 30*time.Hour)
	for _, id := range slices.Sorted(maps.Keys(h.parcels)) {
		for _, c := range []visit.Command{
			ReleaseParcel{ID: id}, Stay{ID: id, Why: ToElsewhere}, Stay{ID: id, Why: ToSender}, Notice{ID: id},
		} {
			h.decide(t, c)
		}
		if p := h.parcels[id]; p.Disputed != nil {
			h.decide(t, closeCase(p.Disputed.Case))
		}
	}
	for _, n := range h.numbers {
		h.decide(t, upkeep.EndAlarm{Compartment: n, Reason: "looked"})
		if why, _ := h.compartments[n].Fault(); why != "" {
			h.opensAgain(t, h.parcels[h.compartments[n].Parcel])
		}
	}
	h.pass(t, time.Hour)
	for id, p := range h.parcels {
		if p.Paused != nil {
			t.Fatalf("all is well, and the clock of %s stands still: %+v, behind %+v", id, p.Paused,
				h.compartments[p.Compartment])
		}
	}
	h.pass(t, 90*24*time.Hour)
	for id, p := range h.parcels {
		if p.State == Stored || p.State == Collecting || p.RescueUntil != nil {
			t.Fatalf("all is well, months have passed, and %s is %s until %s", id, p.State, p.Deadline)
		}
	}
	h.decide(t, EraseEnded{Parcels: slices.Sorted(maps.Keys(h.parcels))})
	h.check(t)
}

// opensAgain has a lock that failed open for the bearer of what is behind it, who does not take
// it; what nobody can collect in this way staff take to the counter.
func (h *history) opensAgain(t *rapid.T, p Parcel) {
	if p.State != Stored {
		return
	}
	h.decide(t, ReissueCode{By: people.Centre, ID: p.ID})
	orders := len(h.pending)
	h.decide(t, visit.Present{CodeHash: h.codes[len(h.codes)-1], Presented: "code"})
	if h.visit.Step == view.StepPickupChoose {
		h.decide(t, visit.Do{Action: view.Action{Visit: h.visit.ID, Name: view.ActPick, Value: p.ID}})
	}
	if len(h.pending) == orders {
		h.decide(t, TakeToCounter{Parcel: p.ID, Reason: "its door does not open"})
		if h.parcels[p.ID].State == Stored {
			t.Fatalf("%+v can neither be collected nor taken to the counter", h.parcels[p.ID])
		}
		return
	}
	o := h.pending[orders]
	h.pending = nil
	h.physical[o.Compartment] = door.Open
	h.decide(t, visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true, At: h.now,
	}})
	h.see(t, o.Compartment, door.PresenceUnknown)
	h.now = h.now.Add(wall.TooBrief)
	h.physical[o.Compartment] = door.Closed
	h.see(t, o.Compartment, door.Present)
	h.pass(t, 10*time.Minute) // nobody says that it was taken
}
