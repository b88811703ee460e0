package parcel

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

const grace = 12 * time.Hour

// pausing is a machine whose clock is right, at a station where clocks pause.
func pausing(t rapid.TB) *times {
	x := newTimes()
	x.policy.Rooms = map[string]any{
		"parcel": Settings{PauseAfter: 15 * time.Minute, ResumeGrace: grace, HoldPauses: true},
	}
	x.sync()
	x.start(t)
	x.now = x.now.Add(time.Minute)
	return x
}

// pass lets time pass, and the core do what becomes due meanwhile.
func (x *times) pass(t rapid.TB, d time.Duration) {
	t.Helper()
	end := x.now.Add(d)
	for range 1000 {
		next := station.NextTick(x, x.env())
		if next.IsZero() || next.After(end) {
			x.now = end
			x.do(t, visit.Tick{})
			return
		}
		if next.After(x.now) {
			x.now = next
		}
		x.do(t, visit.Tick{})
	}
	t.Fatal("something is due again and again")
}

func (x *times) silent(t rapid.TB, number string) {
	x.see(t, number, door.Unknown, door.PresenceUnknown)
}
func (x *times) closed(t rapid.TB, number string) {
	x.see(t, number, door.Closed, door.PresenceUnknown)
}

// jam has somebody with the code of a parcel find that its lock does not open.
func (x *times) jam(t rapid.TB, id string) {
	t.Helper()
	x.do(t, visit.Present{CodeHash: x.codeOf(id), Presented: "code"})
	x.ended(t, door.Stuck)
	x.ended(t, door.Stuck)
	x.act(t, view.ActBack)
}

func (x *times) codeOf(id string) string {
	for hash, c := range x.credentials {
		if c.Parcel == id && c.Kind == ByCode && c.State == Live {
			return hash
		}
	}
	return ""
}

func TestWhatCannotBeCollectedHasItsClockPaused(t *testing.T) {
	const near = whole - 5*time.Minute // of its hours
	for _, c := range []struct {
		name  string
		play  func(t *testing.T, x *times, id, at string)
		why   string // of the pause; empty: there was none
		moved time.Duration
	}{
		{"a door that nobody knows of for 30 hours", func(t *testing.T, x *times, id, at string) {
			x.silent(t, at)
			x.pass(t, 30*time.Hour)
			x.closed(t, at)
		}, wall.SilentDoor, 30 * time.Hour},
		{"for longer than its hours", func(t *testing.T, x *times, id, at string) {
			x.silent(t, at)
			x.pass(t, 100*time.Hour)
			x.closed(t, at)
		}, wall.SilentDoor, 100 * time.Hour},
		{"a short fault", func(t *testing.T, x *times, id, at string) {
			x.silent(t, at)
			x.pass(t, 14*time.Minute)
			x.closed(t, at)
			x.pass(t, time.Hour)
		}, "", 0},
		{"a minute begun is a minute", func(t *testing.T, x *times, id, at string) {
			x.silent(t, at)
			x.pass(t, 20*time.Minute+time.Second)
			x.closed(t, at)
		}, wall.SilentDoor, 21 * time.Minute},
		{"a short fault over the deadline", func(t *testing.T, x *times, id, at string) {
			x.pass(t, near)
			x.silent(t, at)
			x.pass(t, 10*time.Minute)
			x.closed(t, at)
		}, wall.SilentDoor, 5*time.Minute + grace},
		{"so little is left that it has the least", func(t *testing.T, x *times, id, at string) {
			x.pass(t, near)
			x.silent(t, at)
			x.pass(t, time.Hour)
			x.closed(t, at)
		}, wall.SilentDoor, time.Hour - 5*time.Minute + grace},
		{"a jammed lock, until it opens", func(t *testing.T, x *times, id, at string) {
			x.jam(t, id)
			x.pass(t, 10*time.Hour)
			x.jam(t, id) // a further try ends no pause
			x.pass(t, 10*time.Hour)
			x.do(t, visit.Present{CodeHash: x.codeOf(id), Presented: "code"})
			x.ended(t, door.ConfirmedOpen)
		}, wall.JammedLock, 20 * time.Hour},
		{"on hold", func(t *testing.T, x *times, id, at string) {
			x.do(t, HoldParcel{By: people.Centre, ID: id})
			x.pass(t, 60*time.Hour)
			x.do(t, ReleaseParcel{By: people.Centre, ID: id})
		}, HeldBack, 60 * time.Hour},
		{"on hold, then a fault as well", func(t *testing.T, x *times, id, at string) {
			x.do(t, HoldParcel{By: people.Centre, ID: id})
			x.pass(t, time.Hour)
			x.silent(t, at)
			x.do(t, ReleaseParcel{By: people.Centre, ID: id})
			x.pass(t, time.Hour)
			x.closed(t, at)
		}, HeldBack, 2 * time.Hour},
		{"off for 20 hours", func(t *testing.T, x *times, id, at string) {
			x.pass(t, time.Hour)
			x.off(t, 20*time.Hour, 0)
		}, StationOff, 20 * time.Hour},
		{"off for five minutes", func(t *testing.T, x *times, id, at string) {
			x.pass(t, time.Hour)
			x.off(t, 4*time.Minute, 0)
		}, "", 0},
		{"off, with a battery that is dead", func(t *testing.T, x *times, id, at string) {
			x.off(t, 60*time.Hour, time.Unix(0, 0).Sub(x.now))
			if p := x.parcels[id]; p.Paused == nil || p.State != Stored {
				t.Errorf("in doubt it is %s, paused %v", p.State, p.Paused)
			}
			x.sync()
			x.do(t, visit.Tick{})
		}, StationOff, 60 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := pausing(t)
			id := x.comes(t)
			p := x.parcels[id]
			before := *p.Deadline
			c.play(t, x, id, p.Compartment)
			p = x.parcels[id]
			// What an earlier run has kept of the calendar may be ten minutes old.
			late := p.Deadline.Sub(before) - c.moved
			if most := 11 * time.Minute; p.State == Expired || late < 0 || c.why != StationOff && late > time.Minute ||
				late > most {
				t.Errorf("it is %s; its deadline moved by %v, want %v", p.State, p.Deadline.Sub(before), c.moved)
			}
			want := 1
			if c.why == "" {
				want = 0
			}
			if on, off := x.told("parcel.clock_paused"), x.told("parcel.clock_resumed"); on != want || off != want ||
				p.Paused != nil {
				t.Errorf("paused %d times and resumed %d, want %d: %v", on, off, want, p.Paused)
			}
			for _, f := range x.facts {
				if f, ok := f.(*ClockPaused); ok && f.Reason != c.why {
					t.Errorf("paused because %s, want %s", f.Reason, c.why)
				}
			}
		})
	}
}

func TestAPauseEndsWithItsParcel(t *testing.T) {
	x := pausing(t)
	id := x.comes(t)
	at := x.parcels[id].Compartment
	x.silent(t, at)
	x.pass(t, time.Hour)
	if p := x.parcels[id]; p.Paused == nil || p.Paused.Reason != wall.SilentDoor {
		t.Fatalf("paused %v", p.Paused)
	}
	x.staff["supervisor"] = people.EmployeeRecord{
		Employee: people.Employee{ID: "supervisor", Role: people.Supervisor},
	}
	x.do(t, TakeToCounter{By: by(people.Supervisor), Parcel: id, Reason: "its door does not open"})
	if p := x.parcels[id]; p.State != CounterHeld || p.Paused != nil || x.told("parcel.clock_resumed") != 0 {
		t.Errorf("it is %s, paused %v", p.State, p.Paused)
	}
}

func TestNothingPausesWhereThePolicySaysSo(t *testing.T) {
	x := pausing(t)
	x.policy.Rooms = nil
	id := x.comes(t)
	x.silent(t, x.parcels[id].Compartment)
	x.do(t, HoldParcel{By: people.Centre, ID: id})
	x.pass(t, whole)
	if p := x.parcels[id]; p.State != Expired || p.Paused != nil || x.told("parcel.clock_paused") > 0 {
		t.Errorf("it is %s, paused %v", p.State, p.Paused)
	}
}

// pauseSteps are what can happen to parcels whose clocks may pause.
func (x *times) pauseSteps() map[string]func(*rapid.T) {
	some := func(t *rapid.T) string { return rapid.SampledFrom(x.numbers).Draw(t, "door") }
	inside := func(t *rapid.T) Parcel {
		for _, n := range x.numbers {
			if p, ok := x.parcels[x.compartments[n].Parcel]; ok && p.State == Stored {
				return p
			}
		}
		t.Skip("nothing is inside")
		return Parcel{}
	}
	return map[string]func(*rapid.T){
		"time passes": func(t *rapid.T) {
			x.pass(t, time.Duration(rapid.IntRange(1, 1500).Draw(t, "minutes"))*time.Minute)
		},
		"a moment passes": func(t *rapid.T) {
			x.pass(t, time.Duration(rapid.IntRange(1, 1200).Draw(t, "seconds"))*time.Second)
		},
		"a door falls silent": func(t *rapid.T) { x.silent(t, some(t)) },
		"the line falls silent": func(t *rapid.T) {
			for _, n := range x.numbers {
				x.silent(t, n)
			}
		},
		"a door is heard": func(t *rapid.T) { x.closed(t, some(t)) },
		"a door is opened with a key": func(t *rapid.T) {
			n := some(t)
			if x.visit.ID != "" || x.compartments[n].Door != door.Closed {
				t.Skip("it is in use")
			}
			x.see(t, n, door.Open, door.PresenceUnknown)
			x.pass(t, time.Minute)
			x.closed(t, n)
		},
		"all are heard": func(t *rapid.T) {
			for _, n := range x.numbers {
				x.closed(t, n)
			}
		},
		"a parcel comes": func(t *rapid.T) {
			if _, room := wall.Choose(wall.Compartments.All(ledger.NewState(x)), wall.Wish{}); !room {
				t.Skip("no room")
			}
			x.comes(t)
		},
		"a lock jams": func(t *rapid.T) {
			p := inside(t)
			if x.visit.ID != "" || x.compartments[p.Compartment].Door != door.Closed || p.OnHold != nil {
				t.Skip("nobody tries")
			}
			x.jam(t, p.ID)
			x.pass(t, 10*time.Minute) // the page times out
		},
		"it is held":     func(t *rapid.T) { x.try(HoldParcel{By: people.Centre, ID: inside(t).ID}) },
		"it is released": func(t *rapid.T) { x.try(ReleaseParcel{By: people.Centre, ID: inside(t).ID}) },
		"off and on": func(t *rapid.T) {
			x.off(t, time.Duration(rapid.IntRange(1, 3000).Draw(t, "minutes off"))*time.Minute, 0)
			x.sync()
			x.do(t, visit.Tick{})
		},
	}
}

// Whatever fails, and however often: a deadline never moves backwards, every pause has its
// end, and nothing expires while its clock stands still or before it had its hours.
func TestPausesTakeNothingFromAParcel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := pausing(t)
		deadlines, paused, still := map[string]time.Time{}, map[string]bool{}, map[string]time.Duration{}
		pauses, read := map[string]int{}, 0
		check := func(t *rapid.T) {
			for i, f := range x.facts[read:] {
				switch f := f.(type) {
				case *ClockPaused:
					if paused[f.ParcelID] {
						t.Fatalf("%s is paused twice", f.ParcelID)
					}
					paused[f.ParcelID] = true
					pauses[f.ParcelID]++
				case *ClockResumed:
					if !paused[f.ParcelID] {
						t.Fatalf("%s is resumed without a pause", f.ParcelID)
					}
					delete(paused, f.ParcelID)
					still[f.ParcelID] += time.Duration(f.Minutes) * time.Minute
				case *ParcelExpired:
					had := x.times[read+i].Sub(x.came[f.ParcelID])
					if paused[f.ParcelID] || had < whole || x.times[read+i].Before(deadlines[f.ParcelID]) {
						t.Fatalf("%s expired after %v, paused %t, still for %v, deadline %v", f.ParcelID, had,
							paused[f.ParcelID], still[f.ParcelID], deadlines[f.ParcelID])
					}
				}
			}
			read = len(x.facts)
			for id, p := range x.parcels {
				if (p.Paused != nil) != paused[id] {
					t.Fatalf("%s is paused %v, told %t", id, p.Paused, paused[id])
				}
				if p.Deadline == nil {
					continue
				}
				if p.Deadline.Before(deadlines[id]) {
					t.Fatalf("the deadline of %s went from %v to %v", id, deadlines[id], p.Deadline)
				}
				// each pause rounds up, and a restart may count ten minutes twice
				if most := x.now.Sub(x.came[id]) + 11*time.Minute*time.Duration(pauses[id]); still[id] > most {
					t.Fatalf("%s stood still for %v of %v", id, still[id], most)
				}
				if least := x.came[id].Add(whole + still[id]); p.Deadline.Before(least.Add(-time.Minute)) {
					t.Fatalf("the deadline of %s is %v, want %v at least", id, p.Deadline, least)
				}
				deadlines[id] = *p.Deadline
			}
		}
		steps := x.pauseSteps()
		steps[""] = check
		t.Repeat(steps)
		for id, p := range x.parcels { // everything is well again
			if p.OnHold != nil {
				x.try(ReleaseParcel{By: people.Centre, ID: id})
			}
		}
		for _, n := range x.numbers {
			x.closed(t, n)
			if c := x.compartments[n]; c.LockSince != nil {
				x.do(t, visit.Present{CodeHash: x.codeOf(c.Parcel), Presented: "code"})
				x.ended(t, door.ConfirmedOpen)
				x.closed(t, n)
				x.pass(t, time.Hour)
			}
		}
		check(t)
		if len(paused) > 0 {
			t.Fatal(fmt.Sprintf("%v stand still, and all is well", paused))
		}
	})
}
