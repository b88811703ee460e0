package parcel

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// times is a machine whose clocks go wrong, and boots; the stage's now is the truth.
type times struct {
	*stage
	wrong   time.Duration // the wall clock, against the truth
	boot    int
	booted  time.Time
	synced  bool
	strayed time.Duration // how far small differences may have led the calendar so far

	came map[string]time.Time // when parcels were deposited
}

func newTimes() *times {
	x := &times{
		stage: newStage(box("1", 400, 110, 500), box("2", 400, 190, 500), box("3", 400, 390, 500)),
		came:  map[string]time.Time{},
	}
	x.booted = x.now.Add(-time.Minute)
	x.clock = func() calendar.Reading {
		return calendar.Reading{
			Wall: x.now.Add(x.wrong), Boot: fmt.Sprint(x.boot), Uptime: x.now.Sub(x.booted), Synced: x.synced,
		}
	}
	return x
}

// off turns the machine off for a while and on again, with the clock wrong by as much.
func (x *times) off(t rapid.TB, d, wrong time.Duration) {
	x.now = x.now.Add(d)
	x.boot, x.booted, x.synced, x.wrong = x.boot+1, x.now, false, wrong
	x.now = x.now.Add(20 * time.Second)
	x.start(t)
}

func (x *times) start(t rapid.TB) {
	x.do(t, visit.Start{})
	for _, n := range x.numbers {
		x.see(t, n, door.Closed, door.PresenceUnknown)
	}
}

func (x *times) sync() { x.wrong, x.synced = 0, true }

// comes deposits a new parcel of two days.
func (x *times) comes(t rapid.TB) string {
	id := fmt.Sprint("p", len(x.came))
	x.do(t, Announce{ID: id, Announcement: Announcement{Label: "L-" + id, Labels: []string{"L2-" + id}}})
	x.deposit(t, id)
	x.came[id] = x.now
	return id
}

const whole = 48 * time.Hour

// What deadlines go by is UTC, counted in hours.
func TestADeadlineIsSoManyHoursAway(t *testing.T) {
	tokyo := time.FixedZone("far east", 9*3600)
	for name, c := range map[string]struct{ came, ends time.Time }{
		"a leap day": {time.Date(2028, 2, 28, 12, 0, 0, 0, time.UTC),
			time.Date(2028, 3, 1, 12, 0, 0, 0, time.UTC)},
		"no leap day": {time.Date(2027, 2, 28, 12, 0, 0, 0, time.UTC),
			time.Date(2027, 3, 2, 12, 0, 0, 0, time.UTC)},
		"clocks go forward at home": {time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC),
			time.Date(2026, 3, 30, 12, 0, 0, 0, time.UTC)},
		"a new year elsewhere": {time.Date(2027, 1, 1, 3, 0, 0, 0, tokyo),
			time.Date(2027, 1, 2, 18, 0, 0, 0, time.UTC)},
	} {
		x := newTimes()
		x.now = c.came.UTC().Add(-wall.TooBrief)
		x.booted = x.now
		id := x.comes(t)
		if d := x.parcels[id].Deadline; !d.Equal(c.ends) || d.Location() != time.UTC {
			t.Errorf("%s: the deadline is %v, want %v", name, d, c.ends)
		}
	}
}

func TestALongerTimeMovesADeadlineInDoubt(t *testing.T) {
	x := newTimes()
	x.wrong = -20 * 365 * 24 * time.Hour
	x.do(t, visit.Tick{})
	x.now = x.now.Add(time.Minute)
	id := x.comes(t)
	x.do(t, Announce{
		ID: id, Announcement: Announcement{Label: "L-" + id, Labels: []string{"L2-" + id}, PickupHours: 72},
	})
	x.now = x.now.Add(time.Hour)
	x.sync()
	announced := x.parcels[id]
	x.do(t, visit.Tick{})
	announced.Deadline, announced.Rev = x.parcels[id].Deadline, announced.Rev+1
	if p := x.parcels[id]; !reflect.DeepEqual(p, announced) {
		t.Errorf("with its deadline moved it is %+v, want %+v", p, announced)
	}
	if d, want := *x.parcels[id].Deadline, x.came[id].Add(72*time.Hour); !d.Equal(want) {
		t.Errorf("the deadline is %v, want %v", d, want)
	}
	if changed, moved := x.told("parcel.changed"), x.told("parcel.deadline_moved"); changed != 1 || moved != 1 {
		t.Errorf("told %d times that it changed and %d times that its deadline moved, want once for the hours and "+
			"once for the clock", changed, moved)
	}
	x.now = x.now.Add(70 * time.Hour)
	x.do(t, visit.Tick{})
	if p := x.parcels[id]; p.State != Stored {
		t.Errorf("it is %s", p.State)
	}
}

// A door that stands open for its customer keeps its hours, too.
func TestACorrectionReachesAParcelThatIsBeingCollected(t *testing.T) {
	x := newTimes()
	x.start(t)
	x.off(t, 72*time.Hour, -72*time.Hour)
	x.announce(t, "p0", nil)
	_, code := x.deposit(t, "p0")
	came := x.now
	x.do(t, visit.Present{CodeHash: code, Presented: "code"})
	x.ended(t, door.ConfirmedOpen)
	x.at(t, view.StepPickupOpen, "")
	x.sync()
	x.do(t, visit.Tick{})
	if p := x.parcels["p0"]; p.State != Collecting || p.Deadline.Sub(came.Add(whole)).Abs() > time.Second {
		t.Errorf("%s with a deadline of %v, want %v", p.State, p.Deadline, came.Add(whole))
	}
}

// What came while nobody vouched for the clock may have come when that was behind,
// and a boot at which it is further ahead may have been when it was put right.
func TestAClockPutRightOverABootTakesNoHours(t *testing.T) {
	x := newTimes()
	x.sync()
	x.start(t)
	before := x.comes(t)
	x.off(t, 18*time.Hour, -18*time.Hour) // it stood still meanwhile
	id := x.comes(t)
	x.off(t, 10*time.Minute, 0)
	if x.calendar.Doubted {
		t.Fatal("the clock is doubted")
	}
	x.now = x.came[id].Add(whole - time.Second)
	x.do(t, visit.Tick{})
	if p, early := x.parcels[id], x.parcels[before]; p.State != Stored || early.State != Expired {
		t.Errorf("%s with a deadline of %v at %v; what came before is %s", p.State, p.Deadline, x.now, early.State)
	}
	x.now = x.now.Add(time.Hour)
	x.do(t, visit.Tick{})
	if p := x.parcels[id]; p.State != Expired {
		t.Errorf("%s with a deadline of %v at %v", p.State, p.Deadline, x.now)
	}
}

// A deposit may be what finds out that the clock has jumped.
func TestAParcelThatComesAsTheDoubtBeginsHasItsHours(t *testing.T) {
	x := newTimes()
	x.sync()
	x.start(t)
	x.now = x.now.Add(time.Hour)
	x.wrong, x.synced = 72*time.Hour, false // the calendar lies behind, and nobody has looked
	first, second := x.comes(t), x.comes(t)
	x.do(t, visit.AcceptClock{})
	for _, id := range []string{first, second} {
		p := x.parcels[id]
		if left := p.Deadline.Sub(x.calendar.At); p.State != Stored || left > whole || left < whole-time.Minute {
			t.Errorf("%s is %s and has %v left of its hours", id, p.State, left)
		}
	}
}

// A clock that was up to a day ahead after a boot is believed. Put right, it takes
// no hours from what came before.
func TestACalendarSetBackTakesNoHours(t *testing.T) {
	for name, synced := range map[string]bool{"vouched for at first": true, "never vouched for": false} {
		x := newTimes()
		x.synced = synced
		x.start(t)
		id := x.comes(t)
		x.off(t, time.Hour, 20*time.Hour)
		if x.calendar.Doubted {
			t.Fatal("the clock is doubted")
		}
		x.now = x.now.Add(time.Hour)
		x.sync()
		x.do(t, visit.Tick{})
		if d, want := *x.parcels[id].Deadline, x.came[id].Add(whole); d.Before(want) || d.After(x.now.Add(whole)) ||
			synced && x.told("parcel.deadline_moved") > 0 {
			t.Errorf("%s: the deadline is %v, want %v", name, d, want)
		}
	}
}

// jumps are what no station believes without more: days and years.
var jumps = rapid.SampledFrom([]time.Duration{
	73 * time.Hour, 400 * 24 * time.Hour, 30 * 365 * 24 * time.Hour, -2 * time.Hour, -80 * time.Hour,
	-50 * 365 * 24 * time.Hour,
})

func (x *times) steps() map[string]func(*rapid.T) {
	tick := func(t *rapid.T) { x.do(t, visit.Tick{}) }
	return map[string]func(*rapid.T){
		"time passes": func(t *rapid.T) {
			x.now = x.now.Add(time.Duration(rapid.IntRange(1, 500).Draw(t, "minutes")) * time.Minute)
			tick(t)
		},
		"the clock jumps": func(t *rapid.T) {
			x.wrong, x.synced = x.wrong+jumps.Draw(t, "by"), false
			tick(t)
		},
		"the clock jumps and nobody looks": func(t *rapid.T) { x.wrong, x.synced = x.wrong+jumps.Draw(t, "by"), false },
		"a small step": func(t *rapid.T) {
			x.wrong += time.Duration(rapid.IntRange(-9, 9).Draw(t, "minutes")) * time.Minute
			x.strayed += calendar.Slack
			tick(t)
		},
		"the clock is set right": func(t *rapid.T) { x.wrong, x.synced = 0, false; tick(t) },
		"the network comes":      func(t *rapid.T) { x.sync(); x.strayed += calendar.Slack; tick(t) },
		"the network goes":       func(t *rapid.T) { x.synced = false },
		"the core is started":    func(t *rapid.T) { x.start(t) },
		"staff accept what is so": func(t *rapid.T) {
			if x.wrong == 0 {
				x.try(visit.AcceptClock{})
			}
		},
		"off and on": func(t *rapid.T) {
			d := time.Duration(rapid.IntRange(1, 6000).Draw(t, "minutes off")) * time.Minute
			wrong := rapid.SampledFrom([]time.Duration{
				x.wrong, x.wrong - d, 0, time.Unix(0, 0).Sub(x.now),
			}).Draw(t, "wrong")
			if wrong > 0 && wrong < 72*time.Hour {
				wrong = 0 // up to a day ahead is believed after a boot
			}
			x.strayed += calendar.Slack
			x.off(t, d, wrong)
		},
		"a parcel comes": func(t *rapid.T) {
			if _, room := wall.Choose(wall.Compartments.All(ledger.NewState(x)), wall.Wish{}); !room {
				t.Skip("no room")
			}
			x.comes(t)
		},
		"staff take out what is over": func(t *rapid.T) {
			for _, n := range x.numbers {
				x.try(upkeep.RestoreDoor{Compartment: n, Reason: "taken out"})
			}
		},
		"": func(t *rapid.T) {
			for id, came := range x.came {
				if p := x.parcels[id]; p.State != Stored && x.now.Sub(came) < whole-x.strayed {
					t.Fatalf("%s is %s after %v, with the clock wrong by %v and %+v", id, p.State, x.now.Sub(came),
						x.wrong, x.calendar)
				}
			}
		},
	}
}

// Whatever the clocks did, nothing expires before its hours are over, and with a
// clock that somebody vouches for nothing stays much longer.
func TestNoClockTakesHoursFromAParcel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newTimes()
		x.synced = rapid.Bool().Draw(t, "synchronised at first")
		if !x.synced {
			x.wrong = rapid.SampledFrom([]time.Duration{0, time.Unix(0, 0).Sub(x.now), 400 * 24 * time.Hour}).Draw(t,
				"wrong at first")
		}
		x.start(t)
		x.now = x.now.Add(time.Minute)
		t.Repeat(x.steps())
		x.sync()
		x.do(t, visit.Tick{})
		x.now = x.now.Add(whole + x.strayed)
		x.do(t, visit.Tick{})
		for id := range x.came {
			if p := x.parcels[id]; p.State != Expired && p.State != CounterHeld {
				t.Fatalf("%s is %s after its hours, once the time was known: %v, now %v", id, p.State,
					p.Deadline, x.now)
			}
		}
	})
}
