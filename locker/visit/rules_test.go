package visit

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// bench is a station of toy rooms.
type bench struct {
	*ledger.Memory
	t     *testing.T
	rules *Rules
	now   time.Time
	ids   int
}

func newBench(t *testing.T, rooms ...Room) *bench {
	b := &bench{ledger.NewMemory(nil), t, NewRules(rooms...), time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC), 0}
	for i := range 2 {
		number := fmt.Sprint(i + 1)
		b.Set(wall.Compartments.Spec, ledger.Row{Key: number, Value: wall.Compartment{
			Number: number, Bank: "main", Inner: wall.Box{
				Width: 1, Height: 1, Depth: 1 + i,
			}, Allocation: wall.Free,
			Door: door.Closed, LastKnown: door.Closed, Lock: wall.LockIdle, Contents: wall.ContentsEmpty,
		}})
	}
	return b
}

func (b *bench) env() Env {
	return Env{
		Now: b.now, Clock: calendar.Reading{Wall: b.now, Boot: "b", Synced: true},
		Policy: Policy{
			PageTimeout: time.Minute, DoorTimeout: time.Minute, Thanks: time.Minute,
			Languages: []string{"en"},
		},
		NewID: func() string { b.ids++; return fmt.Sprintf("id%d", b.ids) },
	}
}

func (b *bench) try(c Command) (Decision, error) {
	d, err := b.rules.Decide(b, c, b.env())
	b.Merge(d.Changes)
	return d, err
}

func (b *bench) do(c Command) Decision {
	b.t.Helper()
	d, err := b.try(c)
	if err != nil {
		b.t.Fatalf("%T: %v", c, err)
	}
	return d
}

func (b *bench) view() view.View { return b.rules.ViewOf(b, b.env()) }

func (b *bench) touch(name view.ActionName) Decision {
	b.t.Helper()
	return b.do(Do{view.Action{Visit: b.view().Visit, Name: name}})
}

// tray is a purpose that tells the steps of an opening apart.
type tray struct{ said *[]string }

func (p tray) say(what string) { *p.said = append(*p.said, what) }

func (tray) Pages() DoorPages {
	return DoorPages{"tray_opening", "tray_failed"}
}
func (p tray) Opened(*Turn, wall.Opening)                       { p.say("opened") }
func (p tray) Resumed(*Turn, wall.Opening)                      { p.say("resumed") }
func (tray) StillMeant(*Turn, wall.Opening) bool                { return true }
func (tray) ShowOpen(t *Turn)                                   { t.Show("tray_open", "") }
func (p tray) Interrupted(*Turn, wall.Opening)                  { p.say("interrupted") }
func (tray) ShowInterrupted(t *Turn)                            { t.Show("tray_failed", view.ReasonUnknown) }
func (p tray) NotOpened(*Turn, wall.Opening, view.Reason, bool) { p.say("not opened") }
func (p tray) Closed(t *Turn, _ wall.Opening, _ door.Seen, here bool) {
	p.say(fmt.Sprintf("closed, here %t", here))
	if here {
		t.Finish()
	}
}

func trayRoom(said *[]string) Room {
	return Room{
		Module: ledger.Module{Name: "tray"},
		Steps: map[view.Step]Step{
			view.StepIdle:  {Acts: []Act{{Name: "tray", Do: openTray}}},
			"tray_opening": {Clock: WaitDoor},
			"tray_open": {
				Clock: WaitDoor, Reminds: true, Abandoned: func(*Turn) { *said = append(*said, "abandoned") },
			},
			"tray_failed": {Acts: []Act{{Name: view.ActBack, Do: (*Turn).Finish}}, NotOpened: true},
		},
		Purposes: map[wall.Purpose]DoorPurpose{"tray": tray{said}},
	}
}

func openTray(t *Turn) {
	t.Begin("tray")
	t.Intend("tray", "1", "", 1)
}

func TestAnOpeningIsToldToThePurposeItIsFor(t *testing.T) {
	see := func(b *bench, s door.State) {
		b.now = b.now.Add(2 * time.Second)
		b.do(SeeDoor{door.Seen{Compartment: "1", State: s, At: b.now}})
	}
	end := func(b *bench, o door.Order, r door.Result) Decision {
		return b.do(EndOpening{door.Ended{
			Opening: o.Opening, Compartment: "1", Result: r, Pulsed: true, At: b.now,
		}})
	}
	for name, c := range map[string]struct {
		play func(b *bench, o door.Order)
		page view.Step
		want []string
	}{
		"it opens and closes": {func(b *bench, o door.Order) {
			see(b, door.Open)
			end(b, o, door.ConfirmedOpen)
			see(b, door.Closed)
		}, view.StepIdle, []string{"opened", "closed, here true"}},
		"it sticks twice": {func(b *bench, o door.Order) {
			again := EffectsOf[door.Order](end(b, o, door.Stuck))
			if len(again) != 1 || again[0].Opening == o.Opening {
				b.t.Fatalf("ordered %v", again)
			}
			end(b, again[0], door.Stuck)
		}, "tray_failed", []string{"not opened"}},
		"it springs open before the person's eyes": {func(b *bench, o door.Order) {
			end(b, EffectsOf[door.Order](end(b, o, door.Stuck))[0], door.Stuck)
			see(b, door.Open)
		}, "tray_open", []string{"not opened", "resumed", "opened"}},
		"nobody closes it": {func(b *bench, o door.Order) {
			see(b, door.Open)
			end(b, o, door.ConfirmedOpen)
			for range 20 {
				b.now = b.now.Add(10 * time.Second)
				b.do(Tick{})
			}
			see(b, door.Closed)
		}, view.StepIdle, []string{"opened", "abandoned", "closed, here false"}},
		"the core dies": {func(b *bench, _ door.Order) {
			b.do(Start{Boot: "b"})
			see(b, door.Closed)
		}, "tray_failed", []string{"interrupted"}},
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			b := newBench(t, trayRoom(&said))
			orders := EffectsOf[door.Order](b.touch("tray"))
			if len(orders) != 1 || b.view().Step != "tray_opening" {
				t.Fatalf("ordered %v, on %s", orders, b.view().Step)
			}
			c.play(b, orders[0])
			if got := b.view().Step; got != c.page || !slices.Equal(said, c.want) {
				t.Errorf("on %s the purpose has heard %q; want %s and %q", got, said, c.page, c.want)
			}
		})
	}
}

func TestRoomsAreAskedInTheirOrder(t *testing.T) {
	var asked []string
	room := func(name string, knows bool) Room {
		return Room{
			Module: ledger.Module{Name: name},
			Steps: map[view.Step]Step{
				view.StepIdle: {Acts: []Act{{Name: view.ActionName(name), Do: func(t *Turn) { t.Begin(Kind(name)) }}}},
			},
			Arrive: func(*Turn, Present) (bool, error) {
				asked = append(asked, "arrive "+name)
				return knows, nil
			},
			Restore: func(_ *Turn, c wall.Compartment, _, _ string) (bool, error) {
				asked = append(asked, "restore "+name)
				if c.Number == "2" {
					return false, ledger.Refuse(ledger.Conflict, "mine", "it is mine")
				}
				return knows, nil
			},
			Doubt: func(_ *Turn, _ wall.Compartment, why string) { asked = append(asked, why+" "+name) },
			Tick:  func(*Turn) { asked = append(asked, "tick "+name) },
			After: func(*Turn) { asked = append(asked, "after "+name) },
			Start: func(_ *Turn, believed bool) {
				asked = append(asked, fmt.Sprint("start ", name, believed))
			},
			Next:   func(_ *ledger.State, env Env) time.Time { return env.Now.Add(time.Hour) },
			Barred: func(t *Turn) bool { return t.Visit.Kind == Kind(name) && knows },
		}
	}
	b := newBench(t, room("a", false), room("b", true), room("c", true))
	says := func(want ...string) {
		t.Helper()
		if !slices.Equal(asked, want) {
			t.Errorf("asked %q, want %q", asked, want)
		}
		asked = nil
	}
	if got := b.view().Actions; !slices.Equal(got, []view.ActionName{view.ActLanguage, "a", "b", "c", view.ActHelp}) {
		t.Errorf("the idle page offers %v", got)
	}
	after := []string{"after a", "after b", "after c"}
	b.do(Present{Presented: "code"})
	says(append([]string{"arrive a", "arrive b"}, after...)...)
	b.do(Tick{})
	says(append([]string{"tick a", "tick b", "tick c"}, after...)...)
	b.do(Start{Boot: "b"})
	says(append([]string{"start atrue", "start btrue", "start ctrue"}, after...)...)
	if at := b.rules.NextTick(b, b.env()); !at.Equal(b.now.Add(time.Hour)) {
		t.Errorf("something is due at %v", at)
	}
	b.do(restoring{"1"})
	says(append([]string{"restore a", "restore b", "gone a", "gone b", "gone c"}, after...)...)
	var r *ledger.Refusal
	if _, err := b.try(restoring{"2"}); !errors.As(err, &r) || r.Slug != "mine" {
		t.Errorf("%v", err)
	}
	says("restore a")
	b.touch("c")
	if turn := b.rules.newTurn(b, b.env()); !turn.barred() {
		t.Error("who is barred by a room may stay")
	}
}

// restoring asks who has something behind a door.
type restoring struct{ number string }

func (c restoring) Decide(t *Turn) error {
	box, _ := wall.Compartments.Get(t.State, c.number)
	if _, err := t.Restore(box, "looked", ""); err != nil {
		return err
	}
	t.Doubt(box, "gone")
	return nil
}

func TestWhatAPageDoesNotTakeIsStale(t *testing.T) {
	var said []string
	b := newBench(t, trayRoom(&said))
	for name, c := range map[string]Command{
		"a button of another page": Do{view.Action{Name: view.ActBack}},
		"another visit":            Do{view.Action{Visit: "v", Name: "tray"}},
		"another page":             Do{view.Action{Name: "tray", Step: "tray_open"}},
		"a PIN where nobody is":    TypePIN{PINHash: "p"},
	} {
		if _, err := b.try(c); ledger.CodeOf(err) != ledger.Stale {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.touch("tray")
	if _, err := b.try(TypePIN{Visit: b.view().Visit, PINHash: "p"}); ledger.CodeOf(err) != ledger.Stale {
		t.Errorf("a PIN on a page without a pad: %v", err)
	}
}

func TestARoomKeepsDataWithAVisit(t *testing.T) {
	type note struct{ Colour string }
	b := newBench(t)
	turn := b.rules.newTurn(b, b.env())
	turn.Begin("tray")
	if got := DataOf[note](turn.Visit); got != (note{}) {
		t.Errorf("before anything is kept: %+v", got)
	}
	turn.Keep(note{"red"})
	if got := DataOf[note](turn.Visit); got.Colour != "red" {
		t.Errorf("kept: %+v", got)
	}
	if got := DataOf[[]int](turn.Visit); got != nil {
		t.Errorf("read as what it is not: %+v", got)
	}
	turn.BeginAnew("tray")
	if got := DataOf[note](turn.Visit); got != (note{}) {
		t.Errorf("the next visit has %+v", got)
	}
}
