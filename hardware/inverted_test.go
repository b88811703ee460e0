package hardware

import (
	"testing"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

// A board whose contacts say the opposite of what is configured reads all open,
// and the one door that was driven reads closed while it stands open: that
// proves nothing about the others.
func TestADrivenDoorThatMovesTheWrongWayLiftsNoSuspicion(t *testing.T) {
	const all = 0x1f
	none := func(*lock) bool { return false }
	type wall struct {
		*doors
		now time.Time
	}
	read := func(t *testing.T, w *wall, closed uint64, pulsed func(*lock) bool) {
		t.Helper()
		w.now = w.now.Add(500 * time.Millisecond)
		w.apply(readAt(w.now, wire.Frame{Locks: all, Closed: closed}), pulsed)
	}
	drive := func(w *wall, number int) func(*lock) bool {
		w.now = w.now.Add(time.Second)
		w.locks[number-1].coil.drove(w.now)
		return func(l *lock) bool { return l.number == number }
	}
	fresh := func() *wall {
		return &wall{newDoors(Board{Locks: map[int]string{1: "1", 2: "2", 3: "3", 4: "4", 5: "5"}}), time.Now()}
	}
	suspect := func(t *testing.T, w *wall) {
		t.Helper()
		for range 4 {
			read(t, w, 0, none)
		}
		if !w.suspect {
			t.Fatal("all doors read open, and the board is not suspect")
		}
	}
	unknown := func(t *testing.T, w *wall, when string) {
		t.Helper()
		for _, l := range w.locks {
			if l.state.value != door.Unknown {
				t.Errorf("%s door %s is %v", when, l.compartment, l.state.value)
			}
		}
		if !w.suspect {
			t.Error(when + " the board is believed")
		}
	}
	t.Run("one pickup", func(t *testing.T) {
		w := fresh()
		suspect(t, w)
		pulsed := drive(w, 2)
		for range 5 {
			read(t, w, 2, pulsed)
		}
		unknown(t, w, "while it is driven")
		for range 5 {
			read(t, w, 2, none)
		}
		unknown(t, w, "while it stands open")
		read(t, w, 0, none)
		unknown(t, w, "when it has closed again")
	})
	t.Run("two pickups, the first door left open", func(t *testing.T) {
		w := fresh()
		suspect(t, w)
		drive(w, 2)
		read(t, w, 2, none)
		drive(w, 3)
		read(t, w, 6, none)
		read(t, w, 6, none)
		unknown(t, w, "with two open doors")
	})
	t.Run("a restart while the door stands open", func(t *testing.T) {
		w := fresh()
		w.locks[1].coil.remember([]time.Time{w.now.Add(-2 * time.Second)}, w.now) // as the log tells it
		for _, l := range w.locks {
			l.coil.off = w.now.Add(1100 * time.Millisecond) // any may be live
		}
		for range 7 {
			read(t, w, 2, none)
			for _, l := range w.locks {
				if l.state.value != door.Unknown {
					t.Errorf("after a start door %s is %v", l.compartment, l.state.value)
				}
			}
		}
		unknown(t, w, "after a start")
	})
	t.Run("the contacts are back, and the driven door stands open", func(t *testing.T) {
		w := fresh()
		suspect(t, w)
		drive(w, 2)
		read(t, w, all&^2, none)
		read(t, w, all&^2, none)
		if w.suspect || w.locks[0].state.value != door.Closed || w.locks[1].state.value != door.Open {
			t.Errorf("suspect %t, door 1 %v, door 2 %v", w.suspect, w.locks[0].state.value, w.locks[1].state.value)
		}
	})
	t.Run("the contacts are back after every lock was driven", func(t *testing.T) {
		w := fresh()
		suspect(t, w)
		for n := 1; n <= 5; n++ {
			drive(w, n)
		}
		read(t, w, all&^2, none)
		read(t, w, all&^2, none)
		if w.suspect || w.locks[0].state.value != door.Closed {
			t.Errorf("suspect %t, door 1 %v", w.suspect, w.locks[0].state.value)
		}
	})
	t.Run("a door that was not driven is closed by hand", func(t *testing.T) {
		w := fresh()
		suspect(t, w)
		drive(w, 2)
		read(t, w, 4, none)
		read(t, w, 4, none)
		if w.suspect || w.locks[2].state.value != door.Closed || w.locks[0].state.value != door.Open {
			t.Errorf("suspect %t, door 3 %v, door 1 %v", w.suspect, w.locks[2].state.value, w.locks[0].state.value)
		}
	})
}

// An opening whose outcome nobody could read is followed by a reading that is
// told although it says what was known before: the door is closed since.
func TestTheFirstReadingAfterAnUnreadOpeningIsTold(t *testing.T) {
	none := func(*lock) bool { return false }
	d, now := newDoors(Board{Locks: map[int]string{1: "1", 2: "2"}}), time.Now()
	read := func(closed uint64) int {
		now = now.Add(100 * time.Millisecond)
		seen, _ := d.apply(readAt(now, wire.Frame{Locks: 3, Closed: closed}), none)
		return len(seen)
	}
	read(3)
	read(3)
	d.locks[0].unread = true
	d.locks[0].coil.off = now.Add(150 * time.Millisecond)
	if n := read(3); n != 0 {
		t.Errorf("%d doors are told while the coil may still hold the latch", n)
	}
	if n := read(3); n != 1 {
		t.Errorf("%d doors are told after the pulse, want the one that was driven", n)
	}
	if n := read(3); n != 0 {
		t.Errorf("%d doors are told once more", n)
	}
	d.locks[0].unread = true
	if n := read(2); n != 0 {
		t.Errorf("%d doors are told when one reads open for the first time", n)
	}
	if n := read(2); n != 1 || d.locks[0].unread {
		t.Errorf("%d doors are told when it has opened", n)
	}
}

// Both ways in which nobody reads what became of a pulse ask for that reading.
func TestAnOpeningThatNobodyReadAsksForAReading(t *testing.T) {
	for _, c := range []struct {
		result door.Result
		driven bool
		unread bool
	}{
		{door.Unanswered, true, true}, {door.Uncertain, true, true},
		{door.Unanswered, false, false}, {door.Stuck, true, false}, {door.ConfirmedOpen, true, false},
		{door.Refused, true, false},
	} {
		r := newRig(t, 1)
		site, _ := start(t, quick(r, 1))
		if err := site.Close(); err != nil {
			t.Fatal(err)
		}
		b := site.buses[0]
		o := &opening{Order: soon("a", "1-3")}
		if c.driven {
			o.driven = time.Now()
		}
		b.end(o, c.result, 0, time.Now())
		if _, l := b.find("1-3"); l.unread != c.unread {
			t.Errorf("%s, driven %t: a reading is asked for: %t", c.result, c.driven, l.unread)
		}
	}
}
