package hardware

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"cubby/locker/door"
)

// Nearly all of the time is spent waiting for boards and doors.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for something that must happen.
const patience = 2 * time.Minute

// beforeAMinute is how long a test waits for what happens without a pause of a
// minute, the longest there is.
const beforeAMinute = 50 * time.Second

// A rig is a line of lock boards on a pseudo-terminal. It does its own
// arithmetic on bytes and knows nothing of the driver's codec.
type rig struct {
	t    testing.TB
	path string // a link that survives replugging, as a by-path name does

	mu      sync.Mutex // guards what follows
	master  *os.File
	slave   *os.File
	boards  map[byte]*fakeBoard
	unlocks []unlock
	other   [][]byte // requests that are neither status nor unlock
	echo    bool
	verdict []byte       // sent after each unlock frame
	onPulse func(unlock) // called with the lock held
	readers sync.WaitGroup
}

type unlock struct {
	board, lock int
	at          time.Time
}

// A fakeBoard answers like a CU16 with faults.
type fakeBoard struct {
	hooks, present uint16 // a hook bit is 1 when closed
	silent         bool
	stuck          uint16        // locks that do not move
	opensAfter     time.Duration // after the unlock frame
	jammed         time.Duration // its latches are held by the coil for so long, then catch again
	held           uint16        // latches held so now
	deaf           bool          // to settings
	before, after  []byte        // noise around each reply
	bytewise       bool
	alsoAs         byte          // a reply from this address comes first, when not 0
	garbled        bool          // two boards answer together
	lateOnce       time.Duration // the next reply comes this late
	halting        time.Duration // the second half of each reply comes this late
}

func newRig(t testing.TB, boards ...byte) *rig {
	r := &rig{t: t, path: filepath.Join(t.TempDir(), "bus"), boards: map[byte]*fakeBoard{}}
	for _, b := range boards {
		r.boards[b] = &fakeBoard{hooks: 0xFFFF}
	}
	r.plug()
	t.Cleanup(r.unplug)
	return r
}

func (r *rig) plug() {
	master := r.bare()
	r.readers.Go(func() { r.serve(master) })
}

// bare plugs in an adapter whose other end nobody serves yet.
func (r *rig) bare() *os.File {
	master, slave, err := pty.Open()
	if err != nil {
		r.t.Fatal(err)
	}
	master = interruptible(r.t, master)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.master, r.slave = master, slave
	if err := os.Symlink(slave.Name(), r.path); err != nil {
		r.t.Fatal(err)
	}
	return master
}

// interruptible returns the file in a mode in which closing it ends a read.
func interruptible(t testing.TB, f *os.File) *os.File {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0) // a child that had it would keep the line up
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(fd), f.Name())
}

func (r *rig) unplug() {
	r.mu.Lock()
	r.drop()
	r.mu.Unlock()
	r.readers.Wait()
}

// drop takes the adapter away; its caller holds the lock.
func (r *rig) drop() {
	if r.master != nil {
		os.Remove(r.path)
		r.slave.Close()
		r.master.Close()
		r.master = nil
	}
}

// set changes something about the line.
func (r *rig) set(change func(*rig)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

// with changes something about a board.
func (r *rig) with(address byte, change func(*fakeBoard)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r.boards[address])
}

func (r *rig) pulses() []unlock {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.unlocks)
}

// serve cuts what the driver sends into requests and answers them.
func (r *rig) serve(master *os.File) {
	var got []byte
	chunk := make([]byte, 256)
	for {
		n, err := master.Read(chunk)
		if err != nil {
			return
		}
		got = append(got, chunk[:n]...)
		for len(got) >= 5 {
			size := 5
			if got[2] == 0x37 && got[3] != 3 { // a pulse is set; without data it is asked for
				size = 7
			}
			if len(got) < size {
				break
			}
			var total byte
			for _, b := range got[:size-1] {
				total += b
			}
			if got[0] != 2 || got[size-2] != 3 || got[size-1] != total {
				r.t.Errorf("the driver sent % X, which is no request", got)
				return
			}
			r.answer(master, got[:size])
			got = got[size:]
		}
	}
}

func (r *rig) answer(master *os.File, request []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	write := func(b []byte) { master.Write(b) } // a line that has gone takes nothing
	if r.echo {
		write(request)
	}
	address, lock := request[1]/16, request[1]%16
	board := r.boards[address]
	switch request[2] {
	case 0x31:
		u := unlock{int(address), int(lock) + 1, time.Now()}
		r.unlocks = append(r.unlocks, u)
		write(r.verdict)
		if r.onPulse != nil {
			r.onPulse(u)
		}
		if board != nil && !board.silent && board.stuck&(1<<lock) == 0 {
			if board.jammed > 0 {
				board.held |= 1 << lock
				time.AfterFunc(board.jammed, func() { r.with(address, func(b *fakeBoard) { b.held &^= 1 << lock }) })
			} else if board.opensAfter == 0 {
				board.hooks &^= 1 << lock
			} else {
				time.AfterFunc(board.opensAfter, func() {
					r.with(address, func(b *fakeBoard) { b.hooks &^= 1 << lock })
				})
			}
		}
		return
	case 0x30:
	case 0x37:
		if len(request) == 5 {
			if board != nil && !board.silent {
				write(sealed([]byte{2, address * 16, 0x38, 0, 50, 3}))
			}
			return
		}
		fallthrough
	default:
		r.other = append(r.other, slices.Clone(request))
		if board != nil && !board.silent && !board.deaf {
			write(sealed([]byte{2, address * 16, 0x38, request[3], request[4], 3}))
		}
		return
	}
	if board == nil {
		return
	}
	if board.silent {
		return
	}
	if board.alsoAs != 0 {
		write(statusOf(board.alsoAs, 0, 0xFFFF))
	}
	if board.garbled {
		write([]byte{2, 0x10, 0x31, 0xEB, 0x5A, 0, 0, 3, 0x11})
		return
	}
	reply := slices.Concat(board.before, statusOf(address, board.hooks&^board.held, board.present), board.after)
	switch {
	case board.lateOnce > 0:
		delay := board.lateOnce
		board.lateOnce = 0
		time.AfterFunc(delay, func() { r.mu.Lock(); write(reply); r.mu.Unlock() })
	case board.halting > 0:
		write(reply[:4])
		time.AfterFunc(board.halting, func() { r.mu.Lock(); write(reply[4:]); r.mu.Unlock() })
	case board.bytewise:
		for i := range reply {
			write(reply[i : i+1])
			<-time.After(500 * time.Microsecond) // the pace of a slow line
		}
	default:
		write(reply)
	}
}

func statusOf(address byte, hooks, present uint16) []byte {
	return sealed([]byte{
		2, address * 16, 0x35, byte(hooks % 256), byte(hooks / 256), byte(present % 256), byte(present / 256), 3,
	})
}

func sealed(b []byte) []byte {
	var total byte
	for _, x := range b {
		total += x
	}
	return append(b, total)
}

// A witness is a Sink that remembers everything and wakes those who wait.
type witness struct {
	t       testing.TB
	most    time.Duration // that is waited for what must happen
	mu      sync.Mutex    // guards what follows
	changed chan struct{}
	seen    []door.Seen
	ended   []door.Ended
	scans   []Scan
	reports []DeviceReport
}

func newWitness(t testing.TB) *witness {
	return &witness{t: t, most: patience, changed: make(chan struct{})}
}

func (w *witness) note(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *witness) DoorSeen(s door.Seen)         { w.note(func() { w.seen = append(w.seen, s) }) }
func (w *witness) OpeningEnded(e door.Ended)    { w.note(func() { w.ended = append(w.ended, e) }) }
func (w *witness) Scanned(s Scan)               { w.note(func() { w.scans = append(w.scans, s) }) }
func (w *witness) DeviceChanged(r DeviceReport) { w.note(func() { w.reports = append(w.reports, r) }) }

// until waits until the condition holds; it is called with the lock held.
func (w *witness) until(what string, condition func() bool) {
	w.t.Helper()
	limit := time.After(w.most)
	look := time.NewTicker(5 * time.Millisecond) // for conditions the witness is not told of
	defer look.Stop()
	for {
		w.mu.Lock()
		ok, changed := condition(), w.changed
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-look.C:
		case <-limit:
			w.mu.Lock()
			defer w.mu.Unlock()
			w.t.Fatalf("%s did not happen; doors %v, openings %v, devices %v, %d scans", what, w.seen, w.ended,
				w.reports, len(w.scans))
		}
	}
}

// outcome waits for the end of an opening.
func (w *witness) outcome(opening string) (e door.Ended) {
	w.t.Helper()
	w.until("the end of "+opening, func() bool {
		i := slices.IndexFunc(w.ended, func(e door.Ended) bool { return e.Opening == opening })
		if i >= 0 {
			e = w.ended[i]
		}
		return i >= 0
	})
	return e
}

// sees waits until a door was last seen in a state.
func (w *witness) sees(compartment string, state door.State) {
	w.t.Helper()
	w.until(fmt.Sprintf("door %s %v", compartment, state), func() bool {
		for _, s := range slices.Backward(w.seen) {
			if s.Compartment == compartment {
				return s.State == state
			}
		}
		return false
	})
}

// hears waits until a device was last reported in a condition.
func (w *witness) hears(device string, condition Condition) {
	w.t.Helper()
	w.until(device+" "+string(condition), func() bool {
		for _, r := range slices.Backward(w.reports) {
			if r.Device == device {
				return r.Condition == condition
			}
		}
		return false
	})
}

// quick is a bus with short intervals and a patient reply timeout.
func quick(r *rig, addresses ...int) Bus {
	bus := Bus{
		Name: "main", Port: r.path, Dialect: "kerong-cu16", Baud: 115200,
		IdlePoll: 20 * time.Millisecond, ActivePoll: 10 * time.Millisecond,
		ReplyTimeout: 300 * time.Millisecond, OpenWait: 3 * time.Second, PulseGap: 20 * time.Millisecond,
	}
	for _, a := range addresses {
		locks := map[int]string{}
		for lock := 1; lock <= 16; lock++ {
			locks[lock] = fmt.Sprintf("%d-%d", a, lock)
		}
		bus.Boards = append(bus.Boards, Board{Address: a, Locks: locks})
	}
	return bus
}

// quickCoil is the usual one with a short pulse.
var quickCoil = coilLimits{pause: usualCoil.pause, window: usualCoil.window, pulse: 50 * time.Millisecond}

// start opens a site on one bus and closes it with the test.
func start(t testing.TB, bus Bus) (*Site, *witness) {
	t.Helper()
	return startWith(t, Config{Buses: []Bus{bus}}, quickCoil)
}

func startWith(t testing.TB, cfg Config, limits coilLimits) (*Site, *witness) {
	t.Helper()
	w := newWitness(t)
	site, err := open(cfg, limits, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return site, w
}

// soon is an order that may be carried out for a while yet.
func soon(opening, compartment string) door.Order {
	return door.Order{Opening: opening, Compartment: compartment, NotAfter: time.Now().Add(patience)}
}
