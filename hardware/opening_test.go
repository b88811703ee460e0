package hardware

import (
	"testing"
	"time"

	"cubby/locker/door"
)

func TestAnOrderedDoorIsPulsedOnceAndSeenOpen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*rig)
	}{
		{"on a clean line", func(*rig) {}},
		{"with noise before the reply", func(r *rig) { r.boards[2].before = []byte{0, 0xFF, 2} }},
		{"with noise after the reply", func(r *rig) { r.boards[2].after = []byte{0, 0} }},
		{"with half a foreign reply before the reply", func(r *rig) {
			r.boards[2].before = []byte{2, 0x20, 0x35, 0xFF}
		}},
		{"with the reply byte by byte", func(r *rig) { r.boards[2].bytewise = true }},
		{"with an echo of every request", func(r *rig) { r.echo = true }},
		{"with another board answering first", func(r *rig) { r.boards[2].alsoAs = 7 }},
		{"with the door 1.2 s late", func(r *rig) { r.boards[2].opensAfter = 1200 * time.Millisecond }},
		{"with the door open before", func(r *rig) { r.boards[2].hooks = 0xFFEF }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.set(c.set)
			site, w := start(t, quick(r, 2))
			site.Order(soon("a", "2-5"))
			if e := w.outcome("a"); e.Result != door.ConfirmedOpen || !e.Pulsed || e.Compartment != "2-5" {
				t.Errorf("ended %+v", e)
			}
			w.sees("2-5", door.Open)
			w.sees("2-6", door.Closed)
			r.with(2, func(b *fakeBoard) { b.hooks = 0xFFFF })
			w.sees("2-5", door.Closed)
			if p := r.pulses(); len(p) != 1 || p[0].board != 2 || p[0].lock != 5 {
				t.Errorf("pulses %v", p)
			}
		})
	}
}

func TestAnOpeningThatFailsSaysHow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		set    func(*rig)
		order  string
		result door.Result
		pulsed bool
	}{
		{"a stuck lock", func(r *rig) { r.boards[2].stuck = 1 << 4 }, "2-5", door.Stuck, true},
		{"a board that was never there", func(r *rig) { r.boards[2].silent = true }, "2-5", door.Unanswered, false},
		{"a board that dies under the pulse", func(r *rig) {
			r.onPulse = func(unlock) { r.boards[2].silent = true }
		}, "2-5", door.Unanswered, true},
		{"a line that dies under the pulse", func(r *rig) {
			r.onPulse = func(unlock) { r.drop() }
		}, "2-5", door.Uncertain, true},
		{"a compartment no board has", func(*rig) {}, "2-99", door.Refused, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 2)
			r.set(c.set)
			bus := quick(r, 2)
			bus.OpenWait, bus.ReplyTimeout = 500*time.Millisecond, 100*time.Millisecond
			site, w := start(t, bus)
			site.Order(soon("a", c.order))
			if e := w.outcome("a"); e.Result != c.result || e.Pulsed != c.pulsed {
				t.Errorf("ended %+v, want %s, pulsed %v", e, c.result, c.pulsed)
			}
			if got := len(r.pulses()); got > 1 || (got == 1) != c.pulsed {
				t.Errorf("%d pulses", got)
			}
		})
	}
}

func TestAnAdapterPulledDuringAnOpeningHealsWithoutASecondPulse(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.set(func(r *rig) { r.onPulse = func(unlock) { r.drop() } })
	site, w := start(t, quick(r, 2))
	w.sees("2-5", door.Closed)
	site.Order(soon("a", "2-5"))
	if e := w.outcome("a"); e.Result != door.Uncertain || !e.Pulsed {
		t.Errorf("ended %+v", e)
	}
	w.sees("2-5", door.Unknown)
	w.hears("bus main", Gone)
	w.hears("bus main board 2", Gone)
	site.Order(soon("b", "2-6"))
	if e := w.outcome("b"); e.Result != door.Unanswered || e.Pulsed {
		t.Errorf("ended %+v while the adapter was away", e)
	}
	r.readers.Wait()
	r.plug()
	w.hears("bus main board 2", Working)
	w.sees("2-5", door.Open) // the pulse had gone out
	w.sees("2-6", door.Closed)
	if p := r.pulses(); len(p) != 1 {
		t.Errorf("pulses %v", p)
	}
}

func TestAnOpeningIsDrivenOnceHoweverOftenItIsOrdered(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	site, w := start(t, quick(r, 2))
	site.Order(soon("a", "2-5"))
	w.outcome("a")
	site.Order(soon("a", "2-6"))
	w.until("a second end", func() bool { return len(w.ended) == 2 })
	if e := w.ended[1]; e.Result != door.Refused || !e.Pulsed {
		t.Errorf("ended %+v: it may have been pulsed", e)
	}
	if p := r.pulses(); len(p) != 1 {
		t.Errorf("pulses %v", p)
	}
}

func TestAnOrderThatCameTooLateIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	site, w := start(t, quick(r, 2))
	site.Order(door.Order{Opening: "a", Compartment: "2-5", NotAfter: time.Now()})
	site.Order(door.Order{Opening: "b", Compartment: "2-5"})
	for _, opening := range []string{"a", "b"} {
		if e := w.outcome(opening); e.Result != door.Refused || e.Pulsed || e.Rest != 0 {
			t.Errorf("ended %+v", e)
		}
	}
	if p := r.pulses(); len(p) != 0 {
		t.Errorf("pulses %v", p)
	}
}

func TestALockRestsBetweenItsPulses(t *testing.T) {
	t.Parallel()
	limits := coilLimits{pause: 200 * time.Millisecond, window: patience}
	r := newRig(t, 2)
	site, w := startWith(t, Config{Buses: []Bus{quick(r, 2)}}, limits)
	begun := time.Now()
	for _, opening := range []string{"a", "b", "c"} {
		site.Order(soon(opening, "2-5"))
	}
	for _, opening := range []string{"a", "b", "c"} {
		if e := w.outcome(opening); e.Result != door.ConfirmedOpen {
			t.Errorf("ended %+v", e)
		}
	}
	if took := time.Since(begun); took < 2*limits.pause {
		t.Errorf("three pulses in %v", took)
	}
	site.Order(soon("d", "2-5"))
	if e := w.outcome("d"); e.Result != door.Refused || e.Pulsed || e.Rest <= 0 || e.Rest > patience {
		t.Errorf("ended %+v, want it to rest", e)
	}
	site.Order(soon("e", "2-6"))
	if e := w.outcome("e"); e.Result != door.ConfirmedOpen {
		t.Errorf("another lock has to rest too: %+v", e)
	}
	if p := r.pulses(); len(p) != 4 {
		t.Errorf("pulses %v", p)
	}
}

func TestASecondOrderThatCannotWaitForItsLockIsRefusedWithTheRest(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	site, w := start(t, quick(r, 2))
	site.Order(soon("a", "2-5"))
	w.outcome("a")
	site.Order(door.Order{Opening: "b", Compartment: "2-5", NotAfter: time.Now().Add(500 * time.Millisecond)})
	if e := w.outcome("b"); e.Result != door.Refused || e.Rest <= 0 || e.Rest > usualCoil.pause {
		t.Errorf("ended %+v", e)
	}
}

func TestCoilBudget(t *testing.T) {
	zero := time.Now()
	for _, c := range []struct {
		name   string
		pulses []time.Duration
		at     time.Duration
		ready  time.Duration
		spent  bool
	}{
		{"a fresh lock is ready", nil, 0, 0, false},
		{"a lock rests 2 s after a pulse", []time.Duration{0}, time.Second, 2 * time.Second, false},
		{"and is ready then", []time.Duration{0}, 2 * time.Second, 2 * time.Second, false},
		{"three pulses in 30 s spend the budget", []time.Duration{0, 5 * time.Second, 9 * time.Second},
			20 * time.Second, 30 * time.Second, true},
		{"until the first of them is 30 s old", []time.Duration{0, 5 * time.Second, 9 * time.Second}, 30 * time.Second,
			30 * time.Second, false},
		{"then the next one counts", []time.Duration{0, 5 * time.Second, 9 * time.Second, 30 * time.Second},
			33 * time.Second, 35 * time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var k coil
			for _, p := range c.pulses {
				k.drove(zero.Add(p))
			}
			ready, spent := k.ready(zero.Add(c.at), usualCoil)
			if ready.Sub(zero) != c.ready || spent != c.spent {
				t.Errorf("ready at %v, spent %v; want %v, %v", ready.Sub(zero), spent, c.ready, c.spent)
			}
		})
	}
}

func TestClosingEndsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	r.with(2, func(b *fakeBoard) { b.stuck = 0xFFFF })
	bus := quick(r, 2)
	bus.OpenWait, bus.PulseGap = 30*time.Second, 3*time.Second
	w := newWitness(t)
	site, err := Open(Config{Buses: []Bus{bus}}, w)
	if err != nil {
		t.Fatal(err)
	}
	w.sees("2-5", door.Closed)
	site.Order(soon("a", "2-5"))
	site.Order(soon("b", "2-6"))
	w.until("a pulse", func() bool { return site.BusStats()[0].Pulses == 1 })
	if err := site.Close(); err != nil {
		t.Error(err)
	}
	if e := w.outcome("a"); e.Result != door.Uncertain || !e.Pulsed {
		t.Errorf("driven: %+v", e)
	}
	if e := w.outcome("b"); e.Result != door.Refused || e.Pulsed {
		t.Errorf("waiting: %+v", e)
	}
	site.Order(soon("c", "2-7"))
	if err := site.Close(); err != nil {
		t.Error("closing twice:", err)
	}
}
