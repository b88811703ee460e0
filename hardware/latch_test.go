package hardware

import (
	"slices"
	"testing"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

func TestAJammedDoorIsNotTakenForOpenWhileTheCoilHoldsItsLatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		pulseMS int // as set on the board; 0: its own
		deaf    bool
	}{
		{"when the pulse is set", 1000, false},
		{"when the pulse is the board's own", 0, false},
		{"when the board does not confirm its pulse", 100, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.with(2, func(b *fakeBoard) { b.jammed, b.deaf = 500*time.Millisecond, c.deaf })
			bus := quick(r, 2)
			bus.PulseMS, bus.PulseGap, bus.OpenWait = c.pulseMS, 1200*time.Millisecond, 500*time.Millisecond
			limits := usualCoil
			limits.pulse = time.Second
			site, w := startWith(t, Config{Buses: []Bus{bus}}, limits)
			w.sees("2-5", door.Closed)
			site.Order(soon("a", "2-5"))
			if e := w.outcome("a"); e.Result != door.Stuck || !e.Pulsed {
				t.Errorf("ended %+v", e)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			if slices.ContainsFunc(w.seen, func(s door.Seen) bool { return s.State == door.Open }) {
				t.Errorf("a door was seen open: %v", w.seen)
			}
		})
	}
}

func TestADoorThatOpensIsConfirmedWhenItsPulseIsOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*rig)
	}{
		{"that springs at once", func(*rig) {}},
		{"that stood open before", func(r *rig) { r.boards[2].hooks = 0xFFEF }},
		{"on a board that answers late once", func(r *rig) {
			r.onPulse = func(unlock) { r.boards[2].lateOnce = 400 * time.Millisecond }
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.set(c.set)
			bus := quick(r, 2)
			bus.PulseMS, bus.PulseGap = 700, 800*time.Millisecond
			site, w := start(t, bus)
			w.sees("2-6", door.Closed)
			<-time.After(bus.PulseGap) // which the first pulse waits for
			before := time.Now()
			site.Order(soon("a", "2-5"))
			e := w.outcome("a")
			if e.Result != door.ConfirmedOpen || !e.Pulsed {
				t.Errorf("ended %+v", e)
			}
			if took := e.At.Sub(before); took < 700*time.Millisecond {
				t.Errorf("it was believed %v after the order, while the coil held the latch", took)
			}
			w.sees("2-5", door.Open)
		})
	}
}

func TestTheWaitForADoorBeginsWhenItsPulseIsOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.with(2, func(b *fakeBoard) { b.opensAfter = 1700 * time.Millisecond })
	bus := quick(r, 2)
	bus.PulseMS, bus.PulseGap, bus.OpenWait = 1500, 1600*time.Millisecond, time.Second
	site, w := start(t, bus)
	site.Order(soon("a", "2-5"))
	if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
		t.Errorf("ended %+v; its time was counted from the beginning of the pulse", e)
	}
}

func TestALateDoorIsStillConfirmed(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{300 * time.Millisecond, 800 * time.Millisecond, 1500 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.with(2, func(b *fakeBoard) { b.opensAfter = after })
			site, w := startWith(t, Config{Buses: []Bus{quick(r, 2)}}, usualCoil)
			site.Order(soon("a", "2-5"))
			if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
				t.Errorf("ended %+v", e)
			}
		})
	}
}

// A board that falls silent after a reading during the pulse has not said that
// the door stayed closed.
func TestABoardLastHeardDuringThePulseSaysNothingAboutTheDoor(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.with(2, func(b *fakeBoard) { b.jammed = time.Minute })
	bus := quick(r, 2)
	bus.PulseMS, bus.PulseGap, bus.OpenWait, bus.ReplyTimeout = 1500, 1600*time.Millisecond, 50*time.Millisecond,
		2*time.Second
	site, w := start(t, bus)
	w.sees("2-5", door.Closed)
	site.Order(soon("a", "2-5"))
	w.until("a pulse", func() bool { return site.BusStats()[0].Pulses == 1 })
	polls := site.BusStats()[0].Polls
	w.until("a reading during the pulse", func() bool { return site.BusStats()[0].Polls > polls+2 })
	r.with(2, func(b *fakeBoard) { b.silent = true })
	if e := w.outcome("a"); e.Result != door.Unanswered || !e.Pulsed {
		t.Errorf("ended %+v", e)
	}
}

func TestReadingsOfADrivenLock(t *testing.T) {
	const pulse = 500 * time.Millisecond
	zero := time.Now()
	type look struct {
		asked, at time.Duration // since the pulse began
		closed    bool
		want      door.State // as reported; Unknown for nothing
	}
	for _, c := range []struct {
		name    string
		pending bool // the opening has not ended
		looks   []look
	}{
		{"an open one during the pulse is not believed, however often it comes", true, []look{
			{50, 60, false, door.Unknown}, {100, 110, false, door.Unknown}, {150, 160, false, door.Unknown}}},
		{"nor when the opening has ended meanwhile", false, []look{
			{50, 60, false, door.Unknown}, {100, 110, false, door.Unknown}, {150, 160, false, door.Unknown}}},
		{"nor when it was asked for during the pulse", true, []look{{490, 510, false, door.Unknown}}},
		{"the first after the pulse is believed", true, []look{
			{450, 460, false, door.Unknown}, {500, 510, false, door.Open},
		}},
		{"without an opening it must come twice", false, []look{
			{500, 510, false, door.Unknown}, {550, 560, false, door.Open},
		}},
		{"a latch that catches again is closed as it was", true, []look{
			{450, 460, false, door.Unknown}, {500, 510, true, door.Unknown}, {550, 560, true, door.Unknown}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDoors(Board{Locks: map[int]string{1: "1"}})
			ms := func(n time.Duration) time.Time { return zero.Add(n * time.Millisecond) }
			for _, before := range []time.Duration{-200, -100} {
				d.apply(readAt(ms(before), wire.Frame{Locks: 1, Closed: 1}), func(*lock) bool { return false })
			}
			d.locks[0].coil.off = zero.Add(pulse)
			for i, look := range c.looks {
				f := wire.Frame{Locks: 1}
				if look.closed {
					f.Closed = 1
				}
				got := door.Unknown
				seen, believed := d.apply(reading{f, ms(look.asked), ms(look.at)},
					func(*lock) bool { return c.pending })
				if len(seen) > 0 {
					got = seen[0].State
				}
				if got != look.want || !believed {
					t.Errorf("reading %d: reported %v, want %v", i+1, got, look.want)
				}
				if got == door.Unknown && !look.closed && !d.busy(ms(look.at)) {
					t.Errorf("reading %d: nobody looks again soon", i+1)
				}
			}
		})
	}
}

// The core before this one may have driven a coil a moment before it died.
func TestAtFirstADoorThatReadsOpenMayBeHeldByACoilNobodyRemembers(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.with(2, func(b *fakeBoard) { b.held = 1 << 4 })
	limits := quickCoil
	limits.pulse = patience // the readings below are of that time
	site, w := startWith(t, Config{Buses: []Bus{quick(r, 2)}}, limits)
	w.sees("2-6", door.Closed)
	polls := site.BusStats()[0].Polls
	w.until("some readings", func() bool { return site.BusStats()[0].Polls > polls+5 })
	r.with(2, func(b *fakeBoard) { b.held = 0 })
	w.sees("2-5", door.Closed)
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.ContainsFunc(w.seen, func(s door.Seen) bool { return s.State == door.Open }) {
		t.Errorf("a door was seen open: %v", w.seen)
	}
}

// A door that stood open before its pulse cannot spring; what counts is how it
// reads when the pulse is over.
func TestAnOpeningOfADoorThatStoodOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		closed bool // somebody pushes it shut during the pulse, and it stays so
		result door.Result
	}{
		{"is confirmed when it still reads open", false, door.ConfirmedOpen},
		{"is not when it was closed meanwhile", true, door.Stuck},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.with(2, func(b *fakeBoard) { b.hooks, b.stuck = 0xFFEF, 1<<4 })
			bus := quick(r, 2)
			bus.PulseMS, bus.PulseGap, bus.OpenWait = 1000, 1100*time.Millisecond, 500*time.Millisecond
			site, w := start(t, bus)
			w.sees("2-5", door.Open)
			site.Order(soon("a", "2-5"))
			w.until("a pulse", func() bool { return site.BusStats()[0].Pulses == 1 })
			if c.closed {
				polls := site.BusStats()[0].Polls
				w.until("a reading during the pulse", func() bool { return site.BusStats()[0].Polls > polls+2 })
				r.with(2, func(b *fakeBoard) { b.hooks = 0xFFFF })
			}
			if e := w.outcome("a"); e.Result != c.result || !e.Pulsed {
				t.Errorf("ended %+v, want %s", e, c.result)
			}
			if c.closed {
				w.sees("2-5", door.Closed)
			}
		})
	}
}
