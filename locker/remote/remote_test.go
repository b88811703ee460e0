package remote_test

import (
	"fmt"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/calendar"
	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/remote"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A bench is a station's rules over memory, at a time of its own.
type bench struct {
	t *testing.T
	*ledger.Memory
	at     time.Duration // since noon; a new boot begins with each
	boot   string
	booted time.Duration
	n      int
	effect []ledger.Effect
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, Memory: ledger.NewMemory(nil), boot: "b1", booted: -time.Hour}
	s := ledger.NewState(b.Memory)
	centre.Now.Write(s, centre.Line{Station: "s-1"})
	for i := range 3 {
		c := wall.NewCompartment(wall.Compartment{Number: fmt.Sprint(i + 1), Bank: "left"})
		c.Door, c.LastKnown = door.Closed, door.Closed
		wall.Compartments.Put(s, c.Number, c)
	}
	b.Merge(s.Changes())
	return b
}

func (b *bench) do(c visit.Command) []ledger.Fact {
	b.t.Helper()
	now := noon.Add(b.at)
	d, err := locker.Station.Decide(b.Memory, c, visit.Env{
		Now: now, NewID: func() string { b.n++; return fmt.Sprint("id-", b.n) },
		Clock: calendar.Reading{Wall: now, Boot: b.boot, Uptime: b.at - b.booted, Synced: true},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Merge(d.Changes)
	b.effect = d.Effects
	return d.Facts
}

// order gives an order and says why it is refused.
func (b *bench) order(o remote.Order) (why string) {
	b.t.Helper()
	if o.Number == "" {
		b.n++
		o.Number = fmt.Sprintf("%032d", b.n)
	}
	if o.Issued.IsZero() {
		o.Issued = noon.Add(b.at)
	}
	o.Station, o.By, o.Expires = "s-1", "Mira", o.Issued.Add(5*time.Minute)
	o.From, o.Until = noon.AddDate(0, -1, 0), noon.AddDate(0, 1, 0)
	facts := b.do(remote.Obey{Command: o.Number, Order: o})
	return facts[0].(*remote.Decided).Refused
}

func (b *bench) box(number string) wall.Compartment {
	c, _ := wall.Compartments.Get(ledger.NewState(b.Memory), number)
	return c
}

func (b *bench) change(number string, change func(*wall.Compartment)) {
	s := ledger.NewState(b.Memory)
	wall.Change(s, number, change)
	b.Merge(s.Changes())
}

func TestACentreGivesBackTheDoorsThatItHasDisabledAndNoOthers(t *testing.T) {
	b := newBench(t)
	disable := remote.Order{What: remote.Disable, Door: "1", Reason: "hinge"}
	enable := remote.Order{What: remote.Enable, Door: "1"}
	says := func(step, got, want string, is wall.Allocation) {
		t.Helper()
		if got != want || b.box("1").Allocation != is {
			t.Errorf("%s: %q, and the door is %s; want %q and %s", step, got, b.box("1").Allocation, want, is)
		}
	}
	says("nothing to give back", b.order(enable), remote.NotOurs, wall.Free)
	says("disabled", b.order(disable), "", wall.OutOfService)
	says("twice", b.order(disable), remote.NotFree, wall.OutOfService)
	says("given back", b.order(enable), "", wall.Free)
	says("it is not the centre's any more", b.order(enable), remote.NotOurs, wall.Free)

	b.do(upkeep.TakeOutOfService{By: people.Tools, Compartment: "1", Reason: "hinge"})
	says("staff have withdrawn it", b.order(enable), remote.NotOurs, wall.OutOfService)
	b.do(upkeep.RestoreDoor{By: people.Tools, Compartment: "1", Reason: "mended"})
	says("disabled again", b.order(disable), "", wall.OutOfService)
	b.do(upkeep.RestoreDoor{By: people.Tools, Compartment: "1", Reason: "mended"})
	b.do(upkeep.TakeOutOfService{By: people.Tools, Compartment: "1", Reason: "hinge"})
	says("and staff have withdrawn it since", b.order(enable), remote.NotOurs, wall.OutOfService)

	b.do(upkeep.RestoreDoor{By: people.Tools, Compartment: "1", Reason: "mended"})
	says("disabled to be opened", b.order(disable), "", wall.OutOfService)
	says("opened from afar", b.order(remote.Order{What: remote.Open, Door: "1"}), "", wall.OutOfService)
	says("while it opens", b.order(enable), remote.InUse, wall.OutOfService)
	for _, o := range wall.Openings.All(ledger.NewState(b.Memory)) {
		b.do(visit.EndOpening{Ended: door.Ended{Opening: o.ID, Result: door.Stuck, Pulsed: true}})
	}
	says("nobody has looked since", b.order(enable), remote.NotOurs, wall.OutOfService)

	b.change("1", func(c *wall.Compartment) {
		c.Allocation, c.Contents = wall.Quarantine, wall.ContentsUnknown
	})
	says("out of quarantine", b.order(disable), "", wall.OutOfService)
	says("back where nobody has looked", b.order(enable), "", wall.Quarantine)
	b.change("1", func(c *wall.Compartment) { c.Allocation, c.Parcel = wall.Occupied, "P-1" })
	says("something is in it", b.order(disable), remote.NotFree, wall.Occupied)
}

func TestARestartIsForAStationAtRestAndOnceInAWhile(t *testing.T) {
	b := newBench(t)
	restart := remote.Order{What: remote.Restart}
	busy := func(what string) {
		t.Helper()
		if got := b.order(restart); got != remote.Busy || len(b.effect) != 0 {
			t.Errorf("%s: %q, %v", what, got, b.effect)
		}
	}
	b.change("2", func(c *wall.Compartment) { c.Door = door.Open })
	busy("a door is open")
	b.change("2", func(c *wall.Compartment) { c.Door = door.Closed })
	s := ledger.NewState(b.Memory)
	visit.Visits.Put(s, "kiosk", visit.Visit{ID: "v-1"})
	b.Merge(s.Changes())
	busy("somebody is at the screen")
	s = ledger.NewState(b.Memory)
	visit.Visits.Delete(s, "kiosk")
	wall.Openings.Put(s, "o-1", wall.Opening{ID: "o-1", Compartment: "1", State: wall.Intended})
	b.Merge(s.Changes())
	busy("a door is about to open")
	s = ledger.NewState(b.Memory)
	wall.Openings.Delete(s, "o-1")
	b.Merge(s.Changes())

	if got := b.order(restart); got != "" || len(b.effect) != 1 || b.effect[0] != (remote.RestartOrder{}) {
		t.Errorf("at rest: %q, %v", got, b.effect)
	}
	b.at += remote.Window - time.Second
	if got := b.order(restart); got != remote.TooSoon || len(b.effect) != 0 {
		t.Errorf("once more, soon: %q", got)
	}
	b.at += time.Second
	if got := b.order(restart); got != "" {
		t.Errorf("once more, later: %q", got)
	}
}

// After another boot nobody knows how long the machine was off: what was counted before counts
// until it has been up for all of the time.
func TestOpeningsCountOverABootOfTheMachine(t *testing.T) {
	b := newBench(t)
	open := func(number string) string {
		t.Helper()
		why := b.order(remote.Order{What: remote.Open, Door: number})
		for _, o := range wall.Openings.All(ledger.NewState(b.Memory)) {
			if o.UnderWay() { // it stays closed, and counts all the same
				b.do(visit.EndOpening{Ended: door.Ended{Opening: o.ID, Result: door.Stuck, Pulsed: true}})
			}
		}
		return why
	}
	for i, want := range []string{"", "", "", remote.TooMany} {
		if got := open(fmt.Sprint(i%3 + 1)); got != want {
			t.Errorf("opening %d: %q, want %q", i+1, got, want)
		}
		b.at += time.Minute
	}
	b.boot, b.booted = "b2", b.at+time.Hour // it was off for an hour
	b.at += time.Hour + remote.Window - time.Second
	if got := open("1"); got != remote.TooMany {
		t.Errorf("soon after a boot: %q", got)
	}
	b.at += time.Second
	if got := open("1"); got != "" {
		t.Errorf("ten minutes after a boot: %q", got)
	}
}

// A number that is not remembered any more is refused with all of its time: somebody may set
// the clock back.
func TestANumberIsUsedOnceAlsoWhenItWasForgotten(t *testing.T) {
	b := newBench(t)
	once := remote.Order{Number: "used", What: remote.Disable, Door: "1", Issued: noon}
	if got := b.order(once); got != "" {
		t.Fatal(got)
	}
	b.at = 8 * time.Minute
	if got := b.order(once); got != remote.Late {
		t.Errorf("when it is late: %q", got)
	}
	if got := b.order(remote.Order{What: remote.Disable, Door: "2"}); got != "" {
		t.Error(got)
	}
	if n := remote.Numbers.Keys(ledger.NewState(b.Memory)); len(n) != 1 {
		t.Errorf("%v are remembered", n)
	}
	b.at = time.Minute
	b.booted = -2 * time.Hour // and the kernel vouches for the clock
	if got := b.order(once); got != remote.Used {
		t.Errorf("when the clock was set back: %q", got)
	}
}

func TestAFloodOfNumbersIsRefusedForGood(t *testing.T) {
	b := newBench(t)
	enable := remote.Order{What: remote.Enable, Door: "1"} // refused, and its number is used
	for range 1000 {
		b.order(enable)
	}
	b.at += time.Second
	flood := remote.Order{Number: "one more", What: remote.Disable, Door: "1", Issued: noon.Add(b.at)}
	if got := b.order(flood); got != remote.Flood ||
		len(remote.Numbers.Keys(ledger.NewState(b.Memory))) != 1000 {
		t.Errorf("one more: %q", got)
	}
	b.at = 5*time.Minute + remote.Skew // those before are over, and this one is not
	b.order(enable)
	if got := b.order(flood); got != remote.Used {
		t.Errorf("when there is room again: %q", got)
	}
	if got := b.order(remote.Order{What: remote.Disable, Door: "1"}); got != "" {
		t.Errorf("what is ordered then: %q", got)
	}
}

func TestTheOperatorLowersTheCeilingAndCannotRaiseIt(t *testing.T) {
	for said, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 3: 3, 4: 3, 1000: 3} {
		p := visit.Policy{Rooms: map[string]any{"remote": remote.Settings{Openings: said}}}
		if got := remote.Most(p); got != want {
			t.Errorf("%d: %d, want %d", said, got, want)
		}
	}
	if got := remote.Most(visit.Policy{}); got != remote.Ceiling {
		t.Errorf("when nothing is said: %d", got)
	}
}

// Who puts a copy of the database back gets no further doors by it.
func TestWhatALogHasForgottenIsUsedUp(t *testing.T) {
	b := newBench(t)
	open := remote.Order{What: remote.Open, Door: "1"}
	early := remote.Order{What: remote.Open, Door: "1", Issued: noon.Add(-time.Minute)}
	restart := remote.Order{What: remote.Restart}
	b.do(remote.ForgetPast{})
	b.at = time.Second
	says := func(what string, o remote.Order, want string) {
		t.Helper()
		if got := b.order(o); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	says("ordered before", early, remote.Used)
	says("ordered at once", open, remote.TooMany)
	says("a restart at once", restart, remote.TooSoon)
	b.at = remote.Window - time.Second
	says("just before the window has passed", open, remote.TooMany)
	b.at = remote.Window
	says("a restart later", restart, "")
	says("later", open, "")
}
