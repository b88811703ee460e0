package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
)

// sim has the simulated site do something, with the command that people use.
func (s *station) sim(words ...string) {
	s.t.Helper()
	do(s.t, "", filepath.Join(programs, "cubbysim"), append([]string{words[0], "--http", s.panel}, words[1:]...)...)
}

// scan holds a code before the reader.
func (s *station) scan(text string, flags ...string) {
	s.t.Helper()
	s.sim(append(append([]string{"scan", "--terminal", s.terminal}, flags...), "--", text)...)
}

// scanPicture holds a picture of a code before the reader.
func (s *station) scanPicture(path string) {
	s.t.Helper()
	s.sim("scan", "--terminal", s.terminal, "--image", path)
}

// ask reads something from the site.
func (s *station) ask(path string, into any) {
	s.t.Helper()
	r, err := http.Get("http://" + s.panel + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
}

// doors lists what the wall really looks like.
func (s *station) doors() []sim.Door {
	s.t.Helper()
	var all []sim.Door
	s.ask("/doors", &all)
	return all
}

// openDoors lists the doors that really stand open.
func (s *station) openDoors() []string {
	s.t.Helper()
	open := []string{}
	for _, d := range s.doors() {
		if d.State != sim.StateClosed {
			open = append(open, d.Number)
		}
	}
	return open
}

// opens waits until a door really stands open.
func (s *station) opens(number string) {
	s.t.Helper()
	s.sim("wait", "door", number, "open", "--timeout", patience.String())
}

// put and take reach into a door and close it.
func (s *station) put(number string) {
	s.t.Helper()
	s.opens(number)
	s.sim("put", number)
	s.sim("door", number, "close")
}

func (s *station) take(number string) {
	s.t.Helper()
	s.opens(number)
	s.sim("take", number)
	s.sim("door", number, "close")
}

// unlocks lists the doors of all unlock frames that crossed the wire, in order.
func (s *station) unlocks() []string {
	s.t.Helper()
	var j panel.Journal
	s.ask("/journal", &j)
	frames := []string{}
	for _, e := range j.Entries {
		if e.Kind == "unlock" {
			frames = append(frames, e.Door)
		}
		if e.Overlap {
			s.t.Errorf("two coils of one supply were driven at once: %+v", e)
		}
	}
	return frames
}

// unlocked fails unless exactly these doors were unlocked, in this order.
func (s *station) unlocked(want ...string) {
	s.t.Helper()
	if got := s.unlocks(); !slices.Equal(got, want) {
		s.t.Fatalf("unlock frames for doors %v, want %v", got, want)
	}
}

// nextUnlock waits until there are more than n unlock frames on the wire. It
// follows the site's own stream, so that it returns within a millisecond.
func (s *station) nextUnlock(n int, then func()) {
	s.t.Helper()
	r, err := http.Get("http://" + s.panel + "/events")
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	then() // what causes the frame
	lines := make(chan bool)
	go func() {
		defer close(lines)
		dec := newEventReader(r.Body)
		for {
			var e sim.Event
			if err := dec.next(&e); err != nil {
				return
			}
			if e.Entry != nil && e.Entry.Kind == "unlock" {
				lines <- true
				return
			}
		}
	}()
	select {
	case seen := <-lines:
		if !seen {
			s.t.Fatal("the site's stream of events broke off")
		}
	case <-time.After(patience):
		s.t.Fatalf("no further unlock frame after %d", n)
	}
}

// fault brings a fault about or mends it.
func (s *station) fault(kind, target, value string) {
	s.t.Helper()
	s.sim("fault", kind, target, value)
}

// A courier may deposit.
type courier struct {
	id, badge, pin string
	picture        string // file with the badge's QR code
}

// newCourier has the operator add a courier.
func (s *station) newCourier(name string) courier {
	s.t.Helper()
	c := courier{picture: filepath.Join(s.dir, fmt.Sprintf("badge-%s.png", name))}
	out := s.made(name, "courier", "add", c.picture)
	var first, second, said string
	if _, err := fmt.Sscanf(out, "courier %s %s\nbadge %s\nPIN %s %s", &said, &c.id, &c.badge, &first,
		&second); err != nil {
		s.t.Fatalf("cubbyctl courier add said %q: %v", out, err)
	}
	c.id, c.pin = c.id[1:len(c.id)-1], first+second
	return c
}
