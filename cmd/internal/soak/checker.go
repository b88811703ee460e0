package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"cubby/hardware/sim"
	"cubby/sync/client"
)

const (
	oldest = 3 * time.Second // how old what a door is reported to be may be
	// by which a busy machine sees pulses nearer together than they were sent
	jitter      = 500 * time.Millisecond
	restBetween = 2 * time.Second // of one lock, and at most three pulses in the window
	restWindow  = 30 * time.Second
	milli       = time.Millisecond // to which events tell the time
	beat        = 20 * time.Millisecond
)

// A checker reads what the station tells and what the wall has written down, and
// judges one by the other. It knows where every parcel really is, because the
// people tell it what their hands do.
type checker struct {
	wall   *sim.Site
	centre *client.Client
	locks  map[[3]any]string // bus, board, lock -> door

	cursor string
	read   int // entries of the journal

	places  map[string]string // door -> what is really behind it
	states  map[string]string // parcel -> "stored", "collected", "" when anything else was told last
	codes   map[string]string // parcel -> its code
	doubted map[string]bool   // parcels staff were told to look for
	asked   map[string][]*opening
	intents map[string]*opening // by id, the same openings
	pulses  map[string][]time.Time
	frames  int // that were to drive a lock
	results map[string]int

	mu    sync.Mutex // guards what follows
	said  []string   // what is wrong
	still []still    // when this process was not run, the last times
}

// A still is a time in which this process was not run, nor the wall in it.
type still struct{ from, to time.Time }

// An opening is one order the station has written down.
type opening struct {
	id, door string
	at       time.Time
	frames   int
}

// An event is what the checker reads of one.
type event struct {
	Type string
	Time time.Time
	Data struct {
		Parcel      string `json:"parcel_id"`
		Compartment string
		Opening     string
		Code        string
		Result      string
		Pulsed      bool
		At          time.Time
		ToCheck     bool `json:"to_check"`
	}
}

func convene(wall *sim.Site, centre *client.Client) *checker {
	c := &checker{
		wall: wall, centre: centre, locks: map[[3]any]string{}, places: map[string]string{},
		states: map[string]string{}, codes: map[string]string{},
		doubted: map[string]bool{}, asked: map[string][]*opening{}, intents: map[string]*opening{},
		pulses: map[string][]time.Time{}, results: map[string]int{},
	}
	for _, bus := range wall.Plan().Buses {
		for _, b := range bus.Boards {
			for lock, number := range b.Locks {
				c.locks[[3]any{bus.Name, b.Address, lock}] = number
			}
		}
	}
	return c
}

func (c *checker) wrong(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.said = append(c.said, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

func (c *checker) verdicts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.said)
}

// put and take are what somebody's hands do, and what the checker knows of it.
func (c *checker) put(number, parcel string) error {
	c.places[number] = parcel
	return c.wall.Do(number, sim.ActPut)
}

func (c *checker) take(number string) error {
	delete(c.places, number)
	return c.wall.Do(number, sim.ActTake)
}

func (c *checker) behind(number string) string { return c.places[number] }

func (c *checker) isStored(parcel string) bool { return c.states[parcel] == "stored" }

// stored lists the parcels that are told to be stored and really are.
func (c *checker) stored() (all []string) {
	for _, parcel := range c.places {
		if c.isStored(parcel) && c.codes[parcel] != "" {
			all = append(all, parcel)
		}
	}
	slices.Sort(all)
	return all
}

// used lists the codes of parcels that were collected.
func (c *checker) used() (all []string) {
	for parcel, code := range c.codes {
		if c.states[parcel] == "collected" {
			all = append(all, code)
		}
	}
	slices.Sort(all)
	return all[max(0, len(all)-20):]
}

// skip passes over what was told and written down before. It reads it all, so
// that the codes of later parcels come with their events.
func (c *checker) skip(ctx context.Context) error {
	if _, err := c.told(ctx); err != nil {
		return err
	}
	entries, _ := c.wall.Journal(0)
	for _, e := range entries {
		c.read = e.Seq
	}
	return nil
}

// told reads the events that are new.
func (c *checker) told(ctx context.Context) (all []event, err error) {
	for {
		var page []json.RawMessage
		var next string
		if err := insist(ctx, func() (err error) {
			page, next, err = c.centre.Events(ctx, c.cursor, 100, 0)
			return err
		}); err != nil {
			return nil, err
		}
		for _, raw := range page {
			var e event
			if err := json.Unmarshal(raw, &e); err != nil {
				return nil, fmt.Errorf("an event cannot be read: %w", err)
			}
			all = append(all, e)
		}
		if len(page) == 0 {
			return all, nil
		}
		c.cursor = next
	}
}

// check judges what is new. The journal is read first: what was written down by
// then has its reason in the log.
func (c *checker) check(ctx context.Context) error {
	entries, _ := c.wall.Journal(c.read)
	events, err := c.told(ctx)
	if err != nil {
		return err
	}
	for _, e := range events {
		c.hear(e)
	}
	for _, e := range entries {
		c.read = e.Seq
		c.examine(e)
	}
	for number, all := range c.asked { // a frame that comes later than this is wrong by itself
		c.asked[number] = slices.DeleteFunc(all, func(o *opening) bool {
			old := time.Since(o.at) > 2*time.Minute
			if old {
				delete(c.intents, o.id)
			}
			return old
		})
	}
	return nil
}

// hear judges one event.
func (c *checker) hear(e event) {
	d := e.Data
	switch e.Type {
	case "opening.intended":
		o := &opening{id: d.Opening, door: d.Compartment, at: e.Time}
		c.asked[o.door] = append(c.asked[o.door], o)
		c.intents[o.id] = o
	case "opening.ended":
		c.results[d.Result]++
		o := c.intents[d.Opening]
		if o == nil {
			c.wrong("opening %s of door %s has ended and was never intended", d.Opening, d.Compartment)
		} else if d.Result == "confirmed_open" && !c.wasOpen(d.Compartment, o.at, e.Time) {
			c.wrong("door %s is said to have opened for %s, and did not", d.Compartment, o.id)
		}
	case "door.opened", "door.forced_open":
		if !c.wasOpen(d.Compartment, d.At.Add(-oldest), e.Time) {
			c.wrong("%s of door %s at %s, and it was not open", e.Type, d.Compartment,
				d.At.Format("15:04:05.000"))
		}
	case "parcel.stored":
		c.states[d.Parcel] = "stored"
		c.codes[d.Parcel] = d.Code
		if c.places[d.Compartment] != d.Parcel {
			c.wrong("%s is told to be stored behind door %s, where there is %q", d.Parcel, d.Compartment,
				c.places[d.Compartment])
		}
	case "parcel.collected":
		c.states[d.Parcel] = "collected"
		if c.places[d.Compartment] == d.Parcel {
			c.wrong("%s is told to be collected, and is still behind door %s", d.Parcel, d.Compartment)
		}
	case "parcel.booked", "parcel.deposit_failed", "parcel.expired", "parcel.counter_held",
		"parcel.handed_over",
		"parcel.written_off":
		c.states[d.Parcel] = ""
	}
	if e.Type == "parcel.to_check" || e.Type == "opening.to_check" || d.ToCheck {
		c.doubted[d.Parcel] = true
	}
}

func (c *checker) wasOpen(number string, from, to time.Time) bool {
	open, err := c.wall.WasOpen(number, from.Add(-milli), to.Add(milli))
	return err == nil && open
}

// examine judges one frame that crossed a wire.
func (c *checker) examine(e sim.Entry) {
	switch {
	case e.Violation != "" || e.Kind == "violation" || e.Kind == "other":
		c.wrong("no driver may send this: %+v", e)
	case e.Overlap:
		c.wrong("two coils of one supply were driven at once: %+v", e)
	}
	if e.Kind != "unlock" {
		return
	}
	c.frames++
	number := c.locks[[3]any{e.Bus, e.Board, e.Lock}]
	if number == "" {
		c.wrong("an unlock of a lock that is not on this line: %+v", e)
		return
	}
	for _, o := range c.asked[number] {
		if o.frames == 0 && !e.At.Before(o.at.Add(-milli)) {
			o.frames++
			c.budget(number, e.At)
			return
		}
	}
	c.wrong("door %s was driven and the log does not say why: %+v", number, e)
}

// look notes when this process is not run.
func (c *checker) look(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for last := time.Now(); ; last = time.Now() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := time.Now(); now.Sub(last) > jitter {
			c.mu.Lock()
			c.still = append(c.still[max(0, len(c.still)-999):], still{last, now})
			c.mu.Unlock()
		}
	}
}

// sent is the first moment at which a frame may have been sent that the wall has
// read: it read nothing while it was not run.
func (c *checker) sent(read time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.still {
		if read.After(s.from) && read.Before(s.to.Add(jitter)) {
			return s.from
		}
	}
	return read
}

// budget looks whether a lock was left the time to cool.
func (c *checker) budget(number string, at time.Time) {
	all := c.pulses[number]
	if n := len(all); n > 0 && at.Sub(all[n-1]) < restBetween-jitter {
		c.wrong("door %s was driven again after %s", number, at.Sub(all[n-1]))
	}
	if n := len(all); n > 2 && at.Sub(all[n-3]) < restWindow-jitter {
		c.wrong("door %s was driven four times in %s", number, at.Sub(all[n-3]))
	}
	c.pulses[number] = append(all[max(0, len(all)-2):], c.sent(at))
}

// driven counts how many of the wall's doors were driven.
func (c *checker) driven() int { return len(slices.Collect(maps.Keys(c.pulses))) }
