package hardware_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

const (
	playPatience = 2 * time.Minute // for something that must happen
	oldest       = 3 * time.Second // how old what a report shows may be
)

// A play is one dialect on one simulated line with one quirk.
type play struct {
	t      *testing.T
	tongue tongue
	quirk  quirk
	plan   sim.Plan
	bus    hardware.Bus
	wall   *sim.Site
	site   *hardware.Site
	w      *witness
	orders map[string]int // by compartment
	begun  map[string]time.Time
	missed []string // what should have come about and did not
	wrong  []string // what must never be
}

func newPlay(t *testing.T, d tongue, q quirk) *play {
	port := filepath.Join(t.TempDir(), "bus")
	baud := hardware.FactoryBaud(d.dialect)
	p := &play{
		t: t, tongue: d, quirk: q, w: &witness{}, orders: map[string]int{}, begun: map[string]time.Time{},
		plan: sim.Plan{Seed: 1, Buses: []sim.Bus{{Name: "main", Dialect: d.dialect, Link: port, Baud: baud}}},
		bus: hardware.Bus{
			Name: "main", Port: port, Dialect: d.dialect, Baud: baud, OpenWait: 1500 * time.Millisecond,
			PulseGap: 900 * time.Millisecond,
		},
	}
	for address, locks := range map[int]map[int]string{1: {1: "A1", 2: "A2", d.last: "A9"}, 3: {1: "B1", 5: "B5"}} {
		board := d.board
		board.Address, board.Locks = address, locks
		p.bus.Boards = append(p.bus.Boards, board)
		p.plan.Buses[0].Boards = append(p.plan.Buses[0].Boards, sim.Board{
			Address: address, Locks: locks, Channels: board.Channels,
		})
	}
	if q.change != nil {
		q.change(p)
	}
	return p
}

// boards changes the boards of the driver and of the site alike.
func (p *play) boards(change func(*hardware.Board, *sim.Board)) {
	for i := range p.bus.Boards {
		change(&p.bus.Boards[i], &p.plan.Buses[0].Boards[i])
	}
}

func (p *play) fail(format string, args ...any) {
	p.wrong = append(p.wrong, fmt.Sprintf(format, args...))
}

// miss notes what has not come about. On a machine that does not run us for a
// while it may be the time that was missed, so such a play gets a second chance.
func (p *play) miss(format string, args ...any) {
	p.missed = append(p.missed, fmt.Sprintf(format, args...))
}

// run plays and judges.
func (p *play) run() {
	wall, err := sim.Open(p.plan)
	if err != nil {
		p.fail("%v", err)
		return
	}
	defer wall.Close()
	p.wall = wall
	if strings.HasPrefix(p.bus.Port, "tcp:") {
		p.bus.Port = wall.Devices()[0].Link // with the port that was free
	}
	site, err := hardware.Open(hardware.Config{Buses: []hardware.Bus{p.bus}}, p.w)
	if err != nil {
		p.fail("%v", err)
		return
	}
	p.site = site
	p.stage()
	if err := site.Close(); err != nil {
		p.fail("%v", err)
	}
	p.judge()
}

func (p *play) stage() {
	if !p.until("a first reading", func() bool {
		return p.w.state("A2") == door.Closed && p.w.state("B1") == door.Closed
	}) {
		return
	}
	for _, f := range p.quirk.faults {
		p.fault(f)
	}
	if p.quirk.act != nil {
		p.quirk.act(p)
		return
	}
	p.openAll()
	if p.quirk.then != nil {
		p.quirk.then(p)
	}
}

// fault brings one about; its first two words are kind and target.
func (p *play) fault(words string) {
	w := strings.Fields(words)
	if err := p.wall.SetFault(sim.Fault{Kind: w[0], Target: w[1], Value: w[2]}); err != nil {
		p.fail("%v", err)
	}
}

func (p *play) do(number string, act sim.Act) {
	if err := p.wall.Do(number, act); err != nil {
		p.fail("%v", err)
	}
}

// openAll orders four doors of two boards and looks how that ends.
func (p *play) openAll() {
	doors := []string{"A1", "B5", "A9", "B1"}
	for _, number := range doors {
		p.order(number)
	}
	for _, number := range doors {
		p.ends(number, p.wants(number)...)
	}
}

// wants is how an opening may end with this quirk.
func (p *play) wants(number string) []door.Result {
	if p.quirk.ends != nil {
		if want := p.quirk.ends(p.tongue, number); want != nil {
			return want
		}
	}
	return []door.Result{door.ConfirmedOpen}
}

func (p *play) order(number string) {
	p.orders[number]++
	id := fmt.Sprint(number, " ", p.orders[number])
	p.begun[id] = time.Now()
	p.site.Order(door.Order{Opening: id, Compartment: number, NotAfter: time.Now().Add(playPatience)})
}

// ends waits for the end of the last opening of a door.
func (p *play) ends(number string, want ...door.Result) {
	id := fmt.Sprint(number, " ", p.orders[number])
	var e door.Ended
	if !p.until("the end of "+id, func() (ok bool) { e, ok = p.w.end(id); return ok }) {
		return
	}
	if !slices.Contains(want, e.Result) {
		p.miss("%s ended %s, pulsed %v; want %v", id, e.Result, e.Pulsed, want)
	}
}

func (p *play) sees(number string, state door.State) {
	p.until(fmt.Sprintf("door %s %v", number, state), func() bool { return p.w.state(number) == state })
}

// until waits for a condition; a play is over when it does not come about.
func (p *play) until(what string, holds func() bool) bool {
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for limit := time.After(playPatience); ; {
		if holds() {
			return true
		}
		select {
		case <-look.C:
		case <-limit:
			p.w.mu.Lock()
			defer p.w.mu.Unlock()
			p.miss("%s did not happen; seen %+v, devices %+v, ends %+v, counters %+v", what, p.w.seen, p.w.reports,
				p.w.ended, p.site.BusStats()[0])
			return false
		}
	}
}

// lied reports whether the board said in good frames what is not so of a door,
// as the mixed answers of two boards can.
func (p *play) lied(number string) bool {
	return p.quirk.lies != "" && strings.HasPrefix(number, p.quirk.lies)
}

// judge holds what the driver said and did against what was true.
func (p *play) judge() {
	entries, pulses := p.wall.Journal(0)
	for number, n := range pulses {
		if n > p.orders[number] {
			p.fail("door %s was driven %d times and ordered %d times", number, n, p.orders[number])
		}
	}
	for _, e := range entries {
		if e.Overlap {
			p.miss("two coils at once, or the site was not run between their frames: %+v", e)
		}
		if e.Kind == "violation" || e.Violation != "" || e.Kind == "other" {
			p.fail("on the wire: %+v", e)
		}
		if e.Kind == "unlock" && e.Acted && e.Door == "" {
			p.fail("a lock was driven that no door hangs on: %+v", e)
		}
	}
	for _, s := range p.w.seen {
		if s.State != door.Open || p.lied(s.Compartment) {
			continue
		}
		if open, err := p.wall.WasOpen(s.Compartment, s.At.Add(-oldest), s.heard); err != nil || !open {
			p.fail("door %s was reported open and was not (%v)", s.Compartment, err)
		}
	}
	ends := map[string]int{}
	for _, e := range p.w.ended {
		ends[e.Opening]++
		if e.Result != door.ConfirmedOpen || p.lied(e.Compartment) {
			continue
		}
		if open, err := p.wall.WasOpen(e.Compartment, p.begun[e.Opening], e.At); err != nil || !open || !e.Pulsed {
			p.fail("%s is said to have opened and did not: %+v (%v)", e.Opening, e, err)
		}
	}
	for id := range p.begun {
		if ends[id] != 1 {
			p.fail("%s ended %d times", id, ends[id])
		}
	}
	driven := map[string]int{}
	for _, e := range p.w.ended {
		if e.Pulsed {
			driven[e.Compartment]++
		}
	}
	for number, n := range pulses {
		if n > driven[number] {
			p.fail("door %s was driven %d times, the driver admits %d", number, n, driven[number])
		}
	}
}
