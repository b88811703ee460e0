package hardware

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/door"
)

func TestASilentBoardMakesOnlyItsOwnDoorsUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, 2)
	bus := quick(r, 1, 2)
	bus.ReplyTimeout = 100 * time.Millisecond
	site, w := start(t, bus)
	w.sees("1-1", door.Closed)
	w.sees("2-1", door.Closed)
	r.with(1, func(b *fakeBoard) { b.silent = true })
	w.hears("bus main board 1", Silent)
	w.sees("1-1", door.Unknown)
	w.sees("1-16", door.Unknown)
	site.Order(soon("a", "1-1"))
	site.Order(soon("b", "2-1"))
	if e := w.outcome("b"); e.Result != door.ConfirmedOpen {
		t.Errorf("the other board: %+v", e)
	}
	if e := w.outcome("a"); e.Result != door.Unanswered || e.Pulsed {
		t.Errorf("the silent board: %+v", e)
	}
	r.with(1, func(b *fakeBoard) { b.silent = false; b.hooks = 0xFFFD })
	w.hears("bus main board 1", Working)
	w.sees("1-1", door.Closed)
	w.sees("1-2", door.Open)
	w.until("no unknown door on board 2", func() bool {
		return !slices.ContainsFunc(w.seen, func(s door.Seen) bool {
			return s.Compartment == "2-2" && s.State == door.Unknown
		})
	})
	if p := r.pulses(); len(p) != 1 || p[0].board != 2 {
		t.Errorf("pulses %v", p)
	}
}

// With an idle pause of a minute only a board that is watched closely is missed.
func TestABoardWithADoorInUseIsMissedWithoutAnIdlePause(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	bus := quick(r, 1)
	bus.IdlePoll, bus.ReplyTimeout = time.Minute, 100*time.Millisecond
	site, w := start(t, bus)
	w.most = beforeAMinute
	w.sees("1-1", door.Closed)
	site.Order(soon("a", "1-1"))
	w.outcome("a")
	r.with(1, func(b *fakeBoard) { b.silent = true })
	w.hears("bus main board 1", Silent)
}

func TestASilentBoardIsAskedMoreAndMoreRarelyUnlessADoorOfItIsInUse(t *testing.T) {
	for _, c := range []struct {
		name   string
		driven time.Duration // ago; 0: never
		missed int
		want   time.Duration
	}{
		{"a miss is looked into soon", 0, 1, 100 * time.Millisecond},
		{"one that has just fallen silent", 0, missesAllowed, time.Second},
		{"a while later", 0, missesAllowed + 2, 4 * time.Second},
		{"much later", 0, 100, silentPollMax},
		{"a door of it was driven lately", time.Minute, 100, time.Second},
		{"a door of it was driven long ago", time.Hour, 100, silentPollMax},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Bus{
				Name: "main", Dialect: "kerong-cu16", Port: "/nowhere",
				Boards: []Board{{Address: 1, Locks: map[int]string{1: "A", 2: "B"}}},
			}
			if err := completeBus(&cfg); err != nil {
				t.Fatal(err)
			}
			b, err := newBus(cfg, usualCoil, &Site{})
			if err != nil {
				t.Fatal(err)
			}
			now := time.Now()
			board := b.boards[0]
			board.missed = c.missed
			for _, l := range board.doors.locks {
				l.state.take(door.Closed, true)
			}
			if c.driven > 0 {
				board.doors.locks[1].coil.drove(now.Add(-c.driven))
			}
			if got := b.pause(board, now); got != c.want {
				t.Errorf("left alone for %v, want %v", got, c.want)
			}
		})
	}
}

func TestASilentBoardOfWhichSomethingComesIsAskedAgainSoon(t *testing.T) {
	cfg := Bus{
		Name: "main", Dialect: "kerong-cu16", Port: "/nowhere",
		Boards: []Board{{Address: 1, Locks: map[int]string{1: "A"}}},
	}
	if err := completeBus(&cfg); err != nil {
		t.Fatal(err)
	}
	for _, junk := range []bool{false, true} {
		b, err := newBus(cfg, usualCoil, &Site{})
		if err != nil {
			t.Fatal(err)
		}
		want := silentPollMax
		if junk {
			want = 2 * b.cfg.IdlePoll
		}
		now := time.Now()
		board := b.boards[0]
		board.missed = 100
		b.miss(board, false, junk, now)
		if got := b.pause(board, now); got != want {
			t.Errorf("with junk %v: left alone for %v, want %v", junk, got, want)
		}
	}
}

func TestABoardThatAnswersGarbageIsReportedAsSuch(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.with(1, func(b *fakeBoard) { b.garbled = true })
	bus := quick(r, 1)
	bus.ReplyTimeout = 50 * time.Millisecond
	site, w := start(t, bus)
	w.hears("bus main board 1", Silent)
	if c := site.Conditions(); !strings.Contains(c[1].Detail, "garbage") {
		t.Errorf("%+v", c[1])
	}
	if site.BusStats()[0].JunkBytes == 0 {
		t.Error("no junk was counted")
	}
}

func TestALateReplyIsMatchedToNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, 2)
	r.with(1, func(b *fakeBoard) { b.hooks = 0x8000 }) // its late reply must not open the doors of board 2
	bus := quick(r, 1, 2)
	bus.ReplyTimeout = 100 * time.Millisecond
	site, w := start(t, bus)
	w.sees("2-1", door.Closed)
	w.until("a late reply", func() bool {
		s := site.BusStats()[0]
		if s.Timeouts > 0 && s.Late+s.WrongAddress > 0 {
			return true
		}
		// A machine that stands still meanwhile waits for it longer, and has it.
		r.with(1, func(b *fakeBoard) { b.lateOnce = 150 * time.Millisecond })
		return false
	})
	r.with(1, func(b *fakeBoard) { b.lateOnce = 0 })
	w.sees("1-1", door.Open)
	w.until("no open door on board 2", func() bool {
		return !slices.ContainsFunc(w.seen, func(s door.Seen) bool {
			return s.Compartment[0] == '2' && s.State != door.Closed
		})
	})
}

func TestOneCoilAtATime(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1, 2)
	bus := quick(r, 1, 2)
	bus.PulseGap = 200 * time.Millisecond
	site, w := start(t, bus)
	orders := []string{"1-1", "2-1", "1-2", "2-16"}
	begun := time.Now()
	for _, c := range orders {
		site.Order(soon(c, c))
	}
	for _, c := range orders {
		if e := w.outcome(c); e.Result != door.ConfirmedOpen {
			t.Errorf("%+v", e)
		}
	}
	if took := time.Since(begun); took < 3*bus.PulseGap {
		t.Errorf("four pulses in %v", took)
	}
	if p := r.pulses(); len(p) != len(orders) {
		t.Errorf("pulses %v", p)
	}
}

func TestThePulseIsSetWhenABoardIsFirstHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, 3)
	r.with(3, func(b *fakeBoard) { b.deaf = true })
	bus := quick(r, 3)
	bus.PulseMS, bus.PulseGap, bus.ReplyTimeout = 500, 0, 50*time.Millisecond
	site, w := start(t, bus)
	w.hears("bus main board 3", Working) // also without a confirmation
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.other) != 1 || !slices.Equal(r.other[0], []byte{2, 0x30, 0x37, 0, 50, 3, 0x9E}) {
		t.Errorf("settings % X", r.other)
	}
	if got := site.buses[0].cfg.PulseGap; got != 600*time.Millisecond {
		t.Errorf("pulse gap %v", got)
	}
}

func TestAMissingPortIsGoneUntilItAppears(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.unplug()
	site, w := start(t, quick(r, 1))
	w.hears("bus main", Gone)
	site.Order(soon("a", "1-1"))
	if e := w.outcome("a"); e.Result != door.Unanswered || e.Pulsed {
		t.Errorf("ended %+v", e)
	}
	r.plug()
	w.hears("bus main", Working)
	w.sees("1-1", door.Closed)
	if p := r.pulses(); len(p) != 0 {
		t.Errorf("pulsed by itself: %v", p)
	}
	var names []string
	for _, c := range site.Conditions() {
		names = append(names, c.Device+" "+string(c.Condition))
	}
	if !slices.Equal(names, []string{"bus main working", "bus main board 1 working"}) {
		t.Errorf("conditions %q", names)
	}
}

func TestDoorsReportPresenceAndWiring(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.with(1, func(b *fakeBoard) { b.hooks, b.present = 0x0001, 0xFFFE })
	bus := quick(r, 1)
	bus.Boards[0].InvertHook, bus.Boards[0].HasPresence, bus.Boards[0].InvertSensor = true, true, true
	bus.Boards[0].Locks = map[int]string{1: "A", 2: "B"}
	_, w := start(t, bus)
	w.sees("A", door.Open)
	w.sees("B", door.Closed)
	w.until("presence", func() bool {
		return slices.ContainsFunc(w.seen, func(s door.Seen) bool {
			return s.Compartment == "A" && s.Presence == door.Present
		}) &&
			slices.ContainsFunc(w.seen, func(s door.Seen) bool {
				return s.Compartment == "B" && s.Presence == door.Empty
			})
	})
	for _, s := range w.seen {
		if s.Compartment != "A" && s.Compartment != "B" {
			t.Errorf("a lock that is not listed was reported: %+v", s)
		}
	}
}

func TestAForcedDoorIsSeen(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	_, w := start(t, quick(r, 1))
	w.sees("1-9", door.Closed)
	r.with(1, func(b *fakeBoard) { b.hooks = 0xFEFF })
	w.sees("1-9", door.Open)
}

func TestAnOrderDoesNotWaitForTheNextReading(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	bus := quick(r, 1)
	bus.IdlePoll = time.Minute
	site, w := start(t, bus)
	w.most = beforeAMinute
	w.sees("1-1", door.Closed)
	site.Order(soon("a", "1-1"))
	w.outcome("a")
}

func TestABabblingLineDoesNotHoldBackAnOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	site, w := start(t, quick(r, 1))
	w.sees("1-1", door.Closed)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		noise := time.NewTicker(300 * time.Microsecond)
		defer noise.Stop()
		for {
			select {
			case <-noise.C:
				r.mu.Lock()
				r.master.Write([]byte{0xAA})
				r.mu.Unlock()
			case <-stop:
				return
			}
		}
	}()
	site.Order(soon("a", "1-1"))
	if e := w.outcome("a"); e.Result != door.ConfirmedOpen {
		t.Errorf("ended %+v", e)
	}
	close(stop)
	<-stopped
}

func TestHushHoldsReadingsBackOnceASecond(t *testing.T) {
	var h quietWindow
	zero := time.Now()
	for _, c := range []struct{ begin, until time.Duration }{
		{0, quietFor},
		{100 * time.Millisecond, quietFor},
		{quietEvery - time.Millisecond, quietFor},
		{quietEvery, quietEvery + quietFor},
	} {
		h.begin(zero.Add(c.begin))
		if got := h.until().Sub(zero); got != c.until {
			t.Errorf("begun at %v: until %v, want %v", c.begin, got, c.until)
		}
	}
}

// The core before this one may have driven a coil a moment before it died.
func TestTheFirstPulseWaitsForACoilNobodyRemembers(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	bus := quick(r, 1)
	bus.PulseGap = 400 * time.Millisecond
	begun := time.Now()
	site, w := startWith(t, Config{Buses: []Bus{bus}}, coilLimits{})
	w.sees("1-5", door.Closed)
	site.Order(soon("a", "1-5"))
	w.until("a pulse", func() bool { return site.BusStats()[0].Pulses == 1 })
	if took := time.Since(begun); took < bus.PulseGap {
		t.Errorf("the first pulse came after %v, want %v at least", took, bus.PulseGap)
	}
}

// A busy machine, or a gateway that hesitates: what has begun to come is waited for.
func TestAReplyThatHasBegunIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	r.with(1, func(b *fakeBoard) { b.halting = 100 * time.Millisecond })
	bus := quick(r, 1)
	bus.ReplyTimeout = 60 * time.Millisecond
	site, w := startWith(t, Config{Buses: []Bus{bus}}, coilLimits{})
	w.sees("1-5", door.Closed)
	if n := site.BusStats()[0].JunkBytes; n > 0 {
		t.Errorf("%d bytes of good replies were taken for junk", n)
	}
}
