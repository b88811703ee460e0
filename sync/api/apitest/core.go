package apitest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// A Core is a Station and a Reader in memory, as far as HTTP can tell.
type Core struct {
	mu          sync.Mutex // guards what follows
	sold        sold
	known       *ledger.Memory // customers by the real rules
	joined      bool           // a centre
	Announced   map[string]parcel.Parcel
	recipients  map[string]*parcel.Recipient
	delegations map[string]parcel.Delegation
	Wall        []wall.Compartment
	Log         []string         // with the code to join in after a bar
	Acked       []int64          // as a station would write it down
	Through     map[string]int64 // what each client has acknowledged
	changed     chan struct{}
	keys        map[[32]byte]people.Key
	old         map[[32]byte]time.Time // tokens of before a rotation: until when they count
	couriers    []people.Courier
	staff       []people.Employee
	Acts        []view.Action
	view        view.View
	viewers     []chan view.View
	Actors      []string
	Doers       []string // who of the staff was named
	NotReady    error
	accepted    bool   // the clock, which is a year ahead
	Fault       func() // runs inside Announce
	KeyLookups  int
	AfterFeed   func() // runs once, behind the next read of the feed
}

// SomeIncarnation is the id of the only incarnation of its log.
var SomeIncarnation = [8]byte{1, 2, 3}

// NewCore makes a core with four doors.
func NewCore() *Core {
	c := &Core{
		Announced: map[string]parcel.Parcel{}, recipients: map[string]*parcel.Recipient{},
		delegations: map[string]parcel.Delegation{},
		sold:        newSold(), known: newKnown(),
		changed: make(chan struct{}), keys: map[[32]byte]people.Key{}, old: map[[32]byte]time.Time{},
		view: view.View{Rev: 1, Station: "Test", Step: view.StepIdle, Language: "en"},
	}
	for i, size := range []string{"M", "S", "M", "L"} {
		c.Wall = append(c.Wall, wall.Compartment{
			Number: fmt.Sprint(
				i + 1), Size: size, Inner: wall.Box{Width: 400,
				Height: map[string]int{"S": 100, "M": 200, "L": 400}[size], Depth: 600},
			Bank: "A", Accessible: i < 2, Door: door.Closed, Lock: wall.LockIdle, Allocation: wall.Free,
			Contents: wall.ContentsEmpty,
		})
	}
	return c
}

// Grant makes a key out of band and returns its token.
func (c *Core) Grant(name string, scopes ...string) string {
	token := "token-of-" + name + "-0123456789abcdef"
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keys[sha256.Sum256([]byte(token))] = people.Key{Name: name, Scopes: scopes}
	return token
}

// Happen appends n events to the feed.
func (c *Core) Happen(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.happenLocked(n)
}

func (c *Core) happenLocked(n int) {
	for range n {
		seq := len(c.Log) + 1
		c.Log = append(
			c.Log,
			fmt.Sprintf(
				`{"specversion":"1.0","id":"e-%d","source":"/stations/test","type":"test.happened",`+
					`"subject":"station",`+
					`"time":"2026-03-01T10:00:00.000Z","datacontenttype":"application/json",`+
					`"sequence":"%020d","epoch":"epoch-1","actor":"test","cause":"test",`+
					`"data":{"n":%d,"code":"CLEAR%d"}}`,
				seq,
				seq,
				seq,
				seq,
			),
		)
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// Restore frees a door.
func (c *Core) Restore(ctx context.Context, by people.Doer,
	number, reason, actor string) (wall.Compartment, error) {
	return c.allocate(by, number, wall.Free, "", actor)
}

// EndAlarm leaves a door as it is.
func (c *Core) EndAlarm(ctx context.Context, by people.Doer,
	number, reason, actor string) (wall.Compartment, error) {
	return c.allocate(by, number, wall.Quarantine, reason, actor)
}

// OutOfService takes a door out of use.
func (c *Core) OutOfService(
	ctx context.Context, by people.Doer, number, reason, actor string,
) (wall.Compartment, error) {
	return c.allocate(by, number, wall.OutOfService, reason, actor)
}

func (c *Core) allocate(
	by people.Doer, number string, a wall.Allocation, reason, actor string,
) (wall.Compartment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Doers = append(c.Doers, by.ID)
	c.Actors = append(c.Actors, actor)
	for i := range c.Wall {
		if one := &c.Wall[i]; one.Number == number {
			one.Allocation, one.Reason = a, reason
			return *one, nil
		}
	}
	return wall.Compartment{}, ledger.Refuse(
		ledger.NotFound, "no-such-compartment", "there is no such door")
}

// Compartments are the doors.
func (c *Core) Compartments() []wall.Compartment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.Wall)
}

// Devices are a printer without paper and a door.
func (c *Core) Devices() []health.Device {
	return []health.Device{
		{
			Name:     "printer",
			Kind:     health.Printer,
			State:    "paper_out",
			Title:    "The receipt printer has no paper",
			Severity: health.Warning,
			Since:    time.Unix(1772000000, 0),
			ToDo:     "Put a new roll in.",
			Detail:   "the paper has run out",
		},
		{Name: "door 1", Kind: health.Door, State: "well", Title: "The door is well", Severity: health.OK},
	}
}

// TestPage prints on the printer.
func (c *Core) TestPage(printer string) (string, error) {
	if printer != "printer" {
		return "", ledger.Refuse(ledger.NotFound, "no-such-printer", "there is no such printer")
	}
	return "t-1", nil
}

// PrintAgain knows one job.
func (c *Core) PrintAgain(job string) error {
	if job != "t-1" {
		return ledger.Refuse(ledger.NotFound, "no-such-job", "there is no such job")
	}
	return nil
}

// PrintJobs are that job.
func (c *Core) PrintJobs() []parcel.PrintJob {
	return []parcel.PrintJob{
		{
			Printer: "printer",
			ID:      "t-1",
			Title:   "test page",
			Since:   time.Unix(1772000000, 0),
			Tries:   1,
			Waits:   true,
		},
	}
}

// Act keeps what was touched on the page that is shown.
func (c *Core) Act(ctx context.Context, a view.Action) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.Visit != c.view.Visit {
		return ledger.Refuse(ledger.Stale, "stale-page", "this page is no longer shown")
	}
	c.Acts = append(c.Acts, a)
	return nil
}

// HasTerminal knows a kiosk and a desk.
func (c *Core) HasTerminal(name string) bool { return name == "" || name == "kiosk" || name == "desk" }

// View is what Show has set.
func (c *Core) View(terminal string) view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.view
	v.Terminal = terminal
	return v
}

// Views tells each view that is shown.
func (c *Core) Views(ctx context.Context, _ string) <-chan view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan view.View, 10)
	ch <- c.view
	c.viewers = append(c.viewers, ch)
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.viewers = slices.DeleteFunc(c.viewers, func(one chan view.View) bool { return one == ch })
		close(ch)
	})
	return ch
}

// Show has the view be another.
func (c *Core) Show(v view.View) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.view = v
	for _, ch := range c.viewers {
		ch <- v
	}
}

// Ready is NotReady.
func (c *Core) Ready() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.NotReady
}
