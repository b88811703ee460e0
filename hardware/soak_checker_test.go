package hardware_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

const (
	soakPatience = 2 * time.Minute // for what must come about once nothing is wrong any more
	orderLife    = 20 * time.Second

	restBetween = 2 * time.Second // of one lock, and at most three pulses in the window
	restWindow  = 30 * time.Second
	jitter      = 500 * time.Millisecond // by which a busy machine sees pulses nearer together than they were sent
)

// A checker hears what the driver says, reads what the simulated site has written
// down, and judges one by the other. It is the driver's Sink.
type checker struct {
	t     *testing.T
	wall  *sim.Site
	plan  sim.Plan
	stop  chan struct{}
	ended sync.WaitGroup

	mu       sync.Mutex // guards what follows
	states   map[string]door.State
	asked    map[string][]*request // by door, those of the last minute
	waiting  map[string]chan door.Ended
	seen     []seenDoor // not judged yet
	pulses   map[string][]time.Time
	last     map[string]sim.Entry // unlock of each line
	still    []time.Time          // when the machine had stood still, the last 100 times
	halts    [][2]time.Time       // from when to when it did, for longer than jitter
	longest  time.Duration        // that it did
	excused  int
	read     int // entries of the journal
	numbers  int
	reports  int
	mistaken int
}

// A request is one order and what came of it.
type request struct {
	id     string
	begun  time.Time
	ended  time.Time // zero: not yet
	pulsed bool
	frames int
}

func convene(t *testing.T, wall *sim.Site, plan sim.Plan) *checker {
	c := &checker{
		t: t, wall: wall, plan: plan, stop: make(chan struct{}), states: map[string]door.State{},
		asked:   map[string][]*request{},
		waiting: map[string]chan door.Ended{}, pulses: map[string][]time.Time{}, last: map[string]sim.Entry{},
	}
	c.ended.Go(c.check)
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	c.ended.Go(func() { c.listen(master, slave) })
	return c
}

// order asks for an opening and waits for its end.
func (c *checker) order(site *hardware.Site, number string) door.Ended {
	c.mu.Lock()
	c.numbers++
	r := &request{id: fmt.Sprintf("%s #%d", number, c.numbers), begun: time.Now()}
	c.asked[number] = append(c.asked[number], r)
	answer := make(chan door.Ended, 1)
	c.waiting[r.id] = answer
	c.mu.Unlock()
	site.Order(door.Order{Opening: r.id, Compartment: number, NotAfter: r.begun.Add(orderLife)})
	select {
	case e := <-answer:
		return e
	case <-time.After(orderLife + soakPatience):
		c.t.Errorf("%s has never ended", r.id)
		return door.Ended{}
	}
}

func (c *checker) DoorSeen(s door.Seen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports++
	c.states[s.Compartment] = s.State
	if s.State == door.Open {
		c.seen = append(c.seen, seenDoor{s, time.Now()})
	}
}

func (c *checker) OpeningEnded(e door.Ended) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer := c.waiting[e.Opening]
	if answer == nil {
		c.t.Errorf("%s ended twice, or was never asked for: %+v", e.Opening, e)
		return
	}
	delete(c.waiting, e.Opening)
	for _, r := range c.asked[e.Compartment] {
		if r.id == e.Opening {
			r.ended, r.pulsed = time.Now(), e.Pulsed
			c.verdict(r, e)
		}
	}
	answer <- e
}

func (c *checker) Scanned(hardware.Scan) {}

func (c *checker) DeviceChanged(hardware.DeviceReport) {}

// verdict judges how an opening is said to have ended.
func (c *checker) verdict(r *request, e door.Ended) {
	open, err := c.wall.WasOpen(e.Compartment, r.begun, r.ended)
	if err != nil {
		c.t.Error(err)
	}
	switch {
	case e.Result == door.ConfirmedOpen && (!open || !e.Pulsed):
		c.t.Errorf("%s is said to have opened, and did not: %+v", r.id, e)
	case e.Result == door.Stuck && !e.Pulsed:
		c.t.Errorf("%s is said to be stuck without having been driven: %+v", r.id, e)
	case e.Result == door.Stuck && open:
		c.mistaken++
	}
}

// check reads the journal until the checker is finished.
func (c *checker) check() {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-c.stop:
			c.judge()
			return
		case <-tick.C:
			c.judge()
		}
	}
}

// stillFor is how late a byte must be for the machine to have stood still.
const stillFor = 20 * time.Millisecond

// listen sends a byte through a terminal of its own every 5 ms and notes when
// one comes late: then this process was not run, or the kernel had no time for
// terminals. What the driver sends in time may be read late then, next to what
// it sends afterwards.
func (c *checker) listen(master, slave *os.File) {
	defer master.Close()
	go func() {
		defer slave.Close() // ends the reading as well
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-c.stop:
				return
			case <-tick.C:
				if _, err := slave.Write([]byte{'.'}); err != nil {
					return
				}
			}
		}
	}()
	buf := make([]byte, 64)
	for last := time.Now(); ; {
		if _, err := master.Read(buf); err != nil {
			return
		}
		before := last
		last = time.Now()
		late := last.Sub(before) - 5*time.Millisecond
		if late < stillFor {
			continue
		}
		c.mu.Lock()
		if late > jitter {
			c.halts = append(c.halts[max(0, len(c.halts)-99):], [2]time.Time{before, last})
		}
		c.longest = max(c.longest, late)
		c.still = append(c.still[max(0, len(c.still)-99):], last)
		c.mu.Unlock()
	}
}

// stoodStill reports whether the machine may have shifted the frame before this
// one.
func (c *checker) stoodStill(e sim.Entry) bool {
	before := c.last[e.Bus].At.Add(-soakGap)
	return slices.ContainsFunc(c.still, func(t time.Time) bool {
		return t.After(before) && t.Before(e.At.Add(soakGap))
	})
}

// finish judges what is left and ends the checker.
func (c *checker) finish() {
	close(c.stop)
	c.ended.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	for id := range c.waiting {
		c.t.Errorf("%s has never ended", id)
	}
	for _, all := range c.asked {
		for _, r := range all {
			c.close(r)
		}
	}
}

// close looks whether an order's end is true to its frames.
func (c *checker) close(r *request) {
	if !r.pulsed && r.frames > 0 {
		c.t.Errorf("%s is said to have had no pulse, and had %d", r.id, r.frames)
	}
}

func (c *checker) judge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	entries, _ := c.wall.Journal(c.read)
	for _, e := range entries {
		c.read = e.Seq
		c.examine(e)
	}
	for _, s := range c.seen {
		if open, err := c.wall.WasOpen(s.Compartment, s.At.Add(-oldest), s.heard); err != nil || !open {
			c.t.Errorf("door %s was reported open at %s and was not (%v)", s.Compartment,
				s.At.Format("15:04:05.000"), err)
		}
	}
	c.seen = nil
	for number, all := range c.asked {
		kept := all[:0]
		for _, r := range all {
			if r.ended.IsZero() || time.Since(r.ended) < time.Minute {
				kept = append(kept, r)
				continue
			}
			c.close(r)
		}
		c.asked[number] = kept
	}
}

// examine judges one frame that crossed a wire.
func (c *checker) examine(e sim.Entry) {
	switch {
	case e.Violation != "" || e.Kind == "violation" || e.Kind == "other":
		c.t.Errorf("no driver may send this: %+v", e)
		return
	case e.Overlap && c.stoodStill(e):
		c.excused++
	case e.Overlap:
		c.t.Errorf("two coils of one supply at once, their frames %s apart: %+v, %+v",
			time.Duration(e.FirstByteNS-c.last[e.Bus].FirstByteNS), c.last[e.Bus], e)
	}
	if e.Kind != "unlock" {
		return
	}
	c.last[e.Bus] = e
	number := c.doorOf(e)
	if number == "" {
		c.t.Errorf("an unlock of a lock that is not on this line: %+v", e)
		return
	}
	for _, r := range c.asked[number] {
		if r.frames == 0 && !e.At.Before(r.begun) && (r.ended.IsZero() || e.At.Before(r.ended.Add(time.Second))) {
			r.frames++
			c.budget(number, e.At)
			return
		}
	}
	c.t.Errorf("door %s was driven and not asked for, or twice for one order: %+v", number, e)
}

// doorOf is the door that a frame is about, also when no board has heard it.
func (c *checker) doorOf(e sim.Entry) string {
	for _, bus := range c.plan.Buses {
		for _, b := range bus.Boards {
			if bus.Name == e.Bus && b.Address == e.Board {
				return b.Locks[e.Lock]
			}
		}
	}
	return ""
}

// budget looks whether a lock was left the time to cool.
func (c *checker) budget(number string, at time.Time) {
	all := c.pulses[number]
	if n := len(all); n > 0 && at.Sub(all[n-1]) < restBetween-jitter {
		c.t.Errorf("door %s was driven again after %s", number, at.Sub(all[n-1]))
	}
	if n := len(all); n > 2 && at.Sub(all[n-3]) < restWindow-jitter {
		c.t.Errorf("door %s was driven four times in %s", number, at.Sub(all[n-3]))
	}
	c.pulses[number] = append(all[max(0, len(all)-2):], c.sent(at))
}

// sent is the first moment at which a frame may have been sent that the site has
// read: it read nothing while the machine stood still.
func (c *checker) sent(read time.Time) time.Time {
	for _, halt := range c.halts {
		if read.After(halt[0]) && read.Before(halt[1].Add(jitter)) {
			return halt[0]
		}
	}
	return read
}

// until waits for a condition, which is called with the checker's lock held.
func (c *checker) until(what string, holds func() bool) {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(soakPatience); ; {
		c.mu.Lock()
		ok := holds()
		c.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-look.C:
		case <-limit:
			c.mu.Lock()
			defer c.mu.Unlock()
			wrong := map[string]door.State{}
			for number, state := range c.states {
				if state != door.Closed {
					wrong[number] = state
				}
			}
			c.t.Errorf("%s did not come about; not closed: %v", what, wrong)
			return
		}
	}
}
