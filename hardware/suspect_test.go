package hardware

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/door"
)

// neverOpen says that no door of the site was ever seen open.
func (w *witness) neverOpen() {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.IndexFunc(w.seen, func(s door.Seen) bool { return s.State == door.Open }); i >= 0 {
		w.t.Errorf("a door was seen open that is not: %+v", w.seen[i])
	}
}

func TestABoardThatLosesItsContactsIsSuspectAndHeals(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, 2)
	site, w := start(t, quick(r, 1, 2))
	w.sees("1-1", door.Closed)
	w.sees("2-1", door.Closed)
	r.with(1, func(b *fakeBoard) { b.hooks = 0 })
	w.hears("bus main board 1", Suspect)
	w.sees("1-1", door.Unknown)
	w.sees("1-16", door.Unknown)
	for _, c := range site.Conditions() {
		if c.Device == "bus main board 1" && !strings.Contains(c.Detail, "check the sensor cable") {
			t.Errorf("staff are told %q", c.Detail)
		}
	}

	site.Order(soon("blind", "1-5"))
	if e := w.outcome("blind"); e.Result != door.Uncertain || !e.Pulsed {
		t.Errorf("ended %+v; nobody can know", e)
	}
	if p := r.pulses(); len(p) != 1 || p[0].lock != 5 {
		t.Errorf("pulses %v; a broken sensor cable must not lock a parcel in", p)
	}
	w.neverOpen()

	site.Order(soon("other", "2-3"))
	if e := w.outcome("other"); e.Result != door.ConfirmedOpen {
		t.Errorf("the other board suffers: %+v", e)
	}

	r.with(1, func(b *fakeBoard) { b.hooks = 0xFFEF })
	w.hears("bus main board 1", Working)
	w.sees("1-1", door.Closed)
	w.sees("1-5", door.Open)
	site.Order(soon("sighted", "1-6"))
	if e := w.outcome("sighted"); e.Result != door.ConfirmedOpen {
		t.Errorf("after it has healed: %+v", e)
	}
}

func TestAnOpeningWhoseBoardLosesItsContactsIsUncertain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		locks int // of the board
		heals bool
	}{
		{"on a full board", 16, false},
		{"on a board of three", 3, false},
		{"also when they come back with the door open", 16, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.set(func(r *rig) { r.onPulse = func(unlock) { r.boards[1].hooks = 0 } })
			bus := quick(r, 1)
			for lock := c.locks + 1; lock <= 16; lock++ {
				delete(bus.Boards[0].Locks, lock)
			}
			bus.OpenWait = 30 * time.Second // the longest there is
			limits := quickCoil
			if c.heals {
				limits.pulse = 3 * time.Second // the contacts are lost and back before it ends
			}
			site, w := startWith(t, Config{Buses: []Bus{bus}}, limits)
			w.most = bus.OpenWait
			w.sees("1-1", door.Closed)
			site.Order(soon("a", "1-2"))
			if c.heals {
				w.hears("bus main board 1", Suspect)
				r.with(1, func(b *fakeBoard) { b.hooks = 0xFFFD })
				w.sees("1-1", door.Closed)
			}
			if e := w.outcome("a"); e.Result != door.Uncertain || !e.Pulsed {
				t.Errorf("ended %+v", e)
			}
			if !c.heals {
				w.neverOpen()
			}
		})
	}
}

func TestASupplyThatDipsUnderAPulseSpoilsNoOpening(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.set(func(r *rig) {
		r.onPulse = func(unlock) {
			r.boards[1].hooks = 0
			time.AfterFunc(300*time.Millisecond, func() { r.with(1, func(b *fakeBoard) { b.hooks = 0xFFFD }) })
		}
	})
	site, w := start(t, quick(r, 1))
	w.sees("1-1", door.Closed)
	site.Order(soon("a", "1-2"))
	if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
		t.Errorf("ended %+v", e)
	}
	if slices.ContainsFunc(site.Conditions(), func(c DeviceReport) bool { return c.Condition == Suspect }) {
		t.Error("a dip makes the board suspect")
	}
}

func TestABoardThatReadsAllOpenFromTheStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		locks   int
		suspect bool
	}{
		{"with two locks is believed", 2, false},
		{"with three locks is suspect", 3, true},
		{"with sixteen locks is suspect", 16, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.with(1, func(b *fakeBoard) { b.hooks = 0 })
			bus := quick(r, 1)
			for lock := c.locks + 1; lock <= 16; lock++ {
				delete(bus.Boards[0].Locks, lock)
			}
			_, w := start(t, bus)
			if !c.suspect {
				w.sees("1-1", door.Open)
				w.sees("1-2", door.Open)
				return
			}
			w.hears("bus main board 1", Suspect)
			w.neverOpen()
			r.with(1, func(b *fakeBoard) { b.hooks = 0x0001 })
			w.hears("bus main board 1", Working)
			w.sees("1-1", door.Closed)
			w.sees("1-2", door.Open) // as read
		})
	}
}

func TestASuspectBoardThatFallsSilentIsSilent(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.with(1, func(b *fakeBoard) { b.hooks = 0 })
	bus := quick(r, 1)
	bus.ReplyTimeout = 100 * time.Millisecond
	_, w := start(t, bus)
	w.hears("bus main board 1", Suspect)
	r.with(1, func(b *fakeBoard) { b.silent = true })
	w.hears("bus main board 1", Silent)
	r.with(1, func(b *fakeBoard) { b.silent, b.hooks = false, 0xFFFF })
	w.hears("bus main board 1", Working)
	w.sees("1-1", door.Closed)
	w.neverOpen()
}
