package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

const (
	busBoards = 10
	busLocks  = 48
	unlocks   = 150 // orders for the added latency
	forced    = 8   // doors forced open
)

// bus measures what the owner of a line costs: how much later than the bare wire
// an unlock frame is there, how long a round over 480 doors takes, how soon a
// forced door is noticed and what idle polling takes of the processor.
func (b *bench) bus(ctx context.Context) error {
	for _, measure := range []func(context.Context) error{b.addedLatency, b.pollCycle, b.forcedDoor, b.idlePolling} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A wall is a simulated line with boards in this process, and its driver.
type wall struct {
	dir  string
	sim  *sim.Site
	site *hardware.Site
	mu   sync.Mutex // guards what follows
	seen map[string]door.State
}

func (w *wall) DoorSeen(s door.Seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[s.Compartment] = s.State
}

func (w *wall) OpeningEnded(door.Ended)             {}
func (w *wall) Scanned(hardware.Scan)               {}
func (w *wall) DeviceChanged(hardware.DeviceReport) {}

func (w *wall) state(number string) door.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen[number]
}

func number(board, lock int) string { return strconv.Itoa(board*busLocks + lock) }

// openWall makes ten boards and waits until all doors are known.
func openWall(ctx context.Context, dialect string, locks, baud int, tune func(*hardware.Bus)) (w *wall, err error) {
	w = &wall{seen: map[string]door.State{}}
	if w.dir, err = os.MkdirTemp("", "cubby-bench-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	port := filepath.Join(w.dir, "bus")
	plan := sim.Plan{Seed: 1, Buses: []sim.Bus{{Name: "main", Dialect: dialect, Link: port, Baud: baud}}}
	bus := hardware.Bus{Name: "main", Port: port, Dialect: dialect, Baud: baud}
	for board := range busBoards {
		numbers := map[int]string{}
		for lock := 1; lock <= locks; lock++ {
			numbers[lock] = number(board, lock)
		}
		plan.Buses[0].Boards = append(plan.Buses[0].Boards, sim.Board{Address: board, Locks: numbers})
		bus.Boards = append(bus.Boards, hardware.Board{Address: board, Locks: numbers})
	}
	if tune != nil {
		tune(&bus)
	}
	if w.sim, err = sim.Open(plan); err != nil {
		return w, err
	}
	if w.site, err = hardware.Open(hardware.Config{Buses: []hardware.Bus{bus}}, w); err != nil {
		return w, err
	}
	return w, until(ctx, func() error {
		for board := range busBoards {
			if w.state(number(board, 1)) != door.Closed {
				return fmt.Errorf("board %d has not been read", board)
			}
		}
		return nil
	})
}

func (w *wall) close() error {
	var errs []error
	if w.site != nil {
		errs = append(errs, w.site.Close())
	}
	if w.sim != nil {
		errs = append(errs, w.sim.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(w.dir))...)
}

// addedLatency orders doors one after the other, each when the one before is
// closed again, and compares with a bare write of the same bytes.
func (b *bench) addedLatency(ctx context.Context) error {
	bare, err := bareWrites()
	if err != nil {
		return err
	}
	for _, load := range []struct {
		name   string
		idle   time.Duration
		beside string
	}{{"a quiet line", time.Minute, "goal 1 ms"}, {"ten boards polled", time.Second, "a reading takes 9 ms"}} {
		w, err := openWall(ctx, "kerong-cu16", locks, 19200, func(bus *hardware.Bus) {
			bus.PulseMS, bus.PulseGap, bus.IdlePoll = 100, 200*time.Millisecond, load.idle
		})
		if err != nil {
			return err
		}
		took, err := w.unlockTimes(ctx)
		if err := errors.Join(err, w.close()); err != nil {
			return err
		}
		slices.Sort(took)
		figure := fmt.Sprintf("order to unlock frame, %s", load.name)
		ratio(figure+", p50", micros(quantile(took, 0.5)), "bare pty", micros(quantile(bare, 0.5)), "µs")
		ratio(figure+", p99", micros(quantile(took, 0.99)), "bare pty", micros(quantile(bare, 0.99)), "µs")
		line(figure+", added p99", ms(quantile(took, 0.99)-quantile(bare, 0.99)), load.beside)
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// unlockTimes opens doors and returns how long their frames took to the far end.
func (w *wall) unlockTimes(ctx context.Context) (took []time.Duration, err error) {
	after := 0
	for i := range unlocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		lock := number(i%busBoards, i/busBoards+1)
		<-time.After(250 * time.Millisecond) // the line is quiet again
		begin := monotonic()
		w.site.Order(door.Order{Opening: lock, Compartment: lock, NotAfter: time.Now().Add(time.Minute)})
		var first int64
		if err := until(ctx, func() error {
			entries, _ := w.sim.Journal(after)
			for _, e := range entries {
				after = e.Seq
				if e.Kind == "unlock" {
					first = e.FirstByteNS
					return nil
				}
			}
			return errors.New("no unlock frame has come")
		}); err != nil {
			return nil, err
		}
		took = append(took, time.Duration(first-begin))
		for _, state := range []door.State{door.Open, door.Closed} {
			if err := until(ctx, func() error {
				if w.state(lock) != state {
					return fmt.Errorf("door %s is not %v", lock, state)
				}
				return nil
			}); err != nil {
				return nil, err
			}
			if state == door.Open {
				if err := w.sim.Do(lock, sim.ActClose); err != nil {
					return nil, err
				}
			}
		}
	}
	return took, nil
}

func monotonic() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // fails for no clock that exists
	return t.Nano()
}

// bareWrites is how long the bytes of an unlock frame take through a
// pseudo-terminal when nothing owns it.
func bareWrites() (took []time.Duration, err error) {
	master, slave, err := pty.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, master.Close(), slave.Close()) }()
	if err := raw(slave); err != nil {
		return nil, err
	}
	got := make(chan time.Duration)
	begun := make(chan time.Time, 1)
	go func() {
		defer close(got)
		buffer := make([]byte, 64)
		for range unlocks {
			for n := 0; n < 6; {
				m, err := master.Read(buffer)
				if err != nil {
					return
				}
				n += m
			}
			got <- time.Since(<-begun)
		}
	}()
	for range unlocks {
		<-time.After(5 * time.Millisecond)
		begun <- time.Now()
		if _, err := slave.Write([]byte{2, 0, 0, 0x61, 3, 0x66}); err != nil {
			return nil, err
		}
		took = append(took, <-got)
	}
	slices.Sort(took)
	return took, nil
}

func raw(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	return unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, t)
}

// pollCycle reads 480 doors as fast as the line allows.
func (b *bench) pollCycle(ctx context.Context) error {
	for _, baud := range []int{9600, 19200} {
		w, err := openWall(ctx, "kerong-cu48", busLocks, baud,
			func(bus *hardware.Bus) { bus.IdlePoll = 10 * time.Millisecond })
		if err != nil {
			return err
		}
		before, begin := w.site.BusStats()[0].Polls, time.Now()
		<-time.After(b.seconds)
		polls, span := w.site.BusStats()[0].Polls-before, time.Since(begin)
		if err := w.close(); err != nil {
			return err
		}
		cycle := span * busBoards / time.Duration(max(polls, 1))
		bare := time.Duration(busBoards*(6+18)*10) * time.Second / time.Duration(baud)
		ratio(fmt.Sprintf("round over 480 doors at %d baud", baud), float64(cycle.Milliseconds()), "bare wire",
			float64(bare.Milliseconds()), "ms")
	}
	return nil
}

// forcedDoor forces doors of an idle wall at the slowest speed.
func (b *bench) forcedDoor(ctx context.Context) error {
	w, err := openWall(ctx, "kerong-cu48", busLocks, 9600, nil)
	if err != nil {
		return err
	}
	var took []time.Duration
	for i := range forced {
		n := number(3*i%busBoards, 7+i)
		<-time.After(time.Duration(137*i) * time.Millisecond) // at another moment of the round each time
		begin := time.Now()
		err := w.sim.Do(n, sim.ActForce)
		if err == nil {
			err = until(ctx, func() error {
				if w.state(n) != door.Open {
					return errors.New("the forced door is not noticed")
				}
				return nil
			})
		}
		if err != nil {
			return errors.Join(err, w.close())
		}
		took = append(took, time.Since(begin))
	}
	slices.Sort(took)
	line("forced door among 480 at 9600 baud, median", ms(took[len(took)/2]), fmt.Sprintf("%d doors", forced))
	line("forced door among 480 at 9600 baud, slowest", ms(took[len(took)-1]), "goal 5000 ms")
	return w.close()
}

// idlePolling leaves a wall alone. What the simulated boards take is measured
// with it, so the driver takes less than the figure.
func (b *bench) idlePolling(ctx context.Context) error {
	w, err := openWall(ctx, "kerong-cu48", busLocks, 19200, nil)
	if err != nil {
		return err
	}
	begun, begin, err := cpu(), time.Now(), error(nil)
	select {
	case <-time.After(2 * b.seconds):
	case <-ctx.Done():
		err = ctx.Err()
	}
	percent := 100 * float64(cpu()-begun) / float64(time.Since(begin))
	line("idle polling of 10 boards, with the simulated ones", fmt.Sprintf("%.2f %%", percent), "goal 2 % of one core")
	return errors.Join(err, w.close())
}

// cpu is the processor time this process has taken.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for no process that exists
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
