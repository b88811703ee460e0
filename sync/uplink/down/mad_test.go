package down

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/remote"
	"cubby/locker/secret"
	"cubby/locker/secret/token"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/protocol"
)

// A besieged station is a real one, whose centre has gone mad. Its doors open at each order,
// and people close them in a moment.
type besieged struct {
	t   *testing.T
	dir string
	*station.Station
	down *Down
	n    uint64 // of the last command
	stop func()

	mu     sync.Mutex // guards what follows
	pulses []string
	boot   int
	booted time.Time
	wrong  time.Duration // of the wall clock
	most   *int          // remote_openings; nil: as it is by itself
}

const doorsOfTheBesieged = 40

func (b *besieged) clocks() calendar.Reading {
	b.mu.Lock()
	defer b.mu.Unlock()
	return calendar.Reading{
		Wall: b.now().Add(b.wrong), Boot: fmt.Sprint("boot ", b.boot), Uptime: time.Since(b.booted),
	}
}

// now is 30 years ahead of the clock of the bubble, which begins in 2000.
func (*besieged) now() time.Time { return time.Now().Round(0).UTC().AddDate(30, 0, 0) }

// Order is a lock that works.
func (b *besieged) Order(o door.Order) {
	b.mu.Lock()
	b.pulses = append(b.pulses, o.Compartment)
	b.mu.Unlock()
	is := b.Station
	go func() {
		time.Sleep(50 * time.Millisecond)
		is.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Open, At: time.Now()})
		is.OpeningEnded(door.Ended{Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen,
			Pulsed: true, At: time.Now()})
		time.Sleep(200 * time.Millisecond)
		is.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Closed, At: time.Now()})
	}()
}

// begin starts the station's core; reboot: with its machine.
func (b *besieged) begin(reboot bool) {
	b.t.Helper()
	if b.mu.Lock(); reboot {
		b.boot, b.booted = b.boot+1, time.Now()
	}
	b.mu.Unlock()
	keys, err := secret.Derive(make([]byte, 32))
	b.must(err)
	db, err := store.Open(b.t.Context(), b.dir, "test", keys)
	b.must(err)
	var boxes []wall.Compartment
	for i := range doorsOfTheBesieged {
		boxes = append(boxes, wall.Compartment{
			Number: fmt.Sprint(i + 1), Size: "M", Bank: fmt.Sprint("bank ", i/10),
		})
	}
	policy := visit.Policy{PageTimeout: time.Minute, DoorTimeout: 2 * time.Minute, Languages: []string{"en"}}
	if b.most != nil {
		policy.Rooms = map[string]any{"remote": remote.Settings{Openings: *b.most}}
	}
	s, err := station.New(b.t.Context(), station.Config{
		Name: "Test", Store: db, Keys: keys, Doors: b, Policy: policy, Compartments: boxes,
		Wall: view.Wall{Screen: view.Door{WidthMM: 1}}, Clocks: b.clocks, Log: slog.New(slog.DiscardHandler),
	})
	b.must(err)
	b.Station = s
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	b.stop = func() {
		time.Sleep(time.Second) // until doors are closed
		cancel()
		b.must(<-ended)
		b.must(db.Close())
	}
	for i := range doorsOfTheBesieged {
		s.DoorSeen(door.Seen{Compartment: fmt.Sprint(i + 1), State: door.Closed, At: time.Now()})
	}
	time.Sleep(10 * time.Millisecond)
}

func (b *besieged) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// storms has so many signed commands come, 100 to a page and all in so long.
func (b *besieged) storms(many int, in time.Duration) {
	b.t.Helper()
	const page = 100
	for range many / page {
		var all []visit.Command
		for range page {
			b.n++
			at := b.now().Truncate(time.Second)
			o := token.Order{
				Station: "s-1", What: token.Open, Door: fmt.Sprint(b.n%doorsOfTheBesieged + 1), By: "Nobody",
				Issued: at, Expires: at.Add(5 * time.Minute),
			}
			binary.BigEndian.PutUint64(o.ID[:], b.n)
			c, err := b.down.Command(protocol.Change{
				Collection: protocol.Commands, ID: idOf(o), Rev: int64(b.n),
				Doc: []byte(document(signedBy(b.t, o, "c1"))),
			})
			b.must(err)
			all = append(all, c)
		}
		b.must(b.Together(b.t.Context(), all, func(errs []error) visit.Command {
			for _, err := range errs {
				b.must(err)
			}
			return nothing{}
		}))
		time.Sleep(in / time.Duration(many/page))
	}
}

// opened says how many locks were driven so far.
func (b *besieged) opened(when string, want int) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pulses) != want {
		b.t.Errorf("%s: locks were driven at doors %v, want %d", when, b.pulses, want)
	}
}

// Whatever a centre signs, and however often its station starts anew meanwhile, three doors
// open in ten minutes, one after the other.
func TestAMadCentreOpensThreeDoors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := keysOfTests()
		b := &besieged{t: t, dir: t.TempDir(), booted: time.Now().Add(-time.Hour)}
		for i := range keys.Keys {
			keys.Keys[i].From, keys.Keys[i].Until = b.now().AddDate(0, -1, 0), b.now().AddDate(0, 1, 0)
		}
		b.down = New(Config{CentreKeys: func() token.List { return keys }})
		b.begin(false)
		b.must(b.OfCentre(t.Context(), centre.Join{Joined: centre.Joined{Station: "s-1", Centre: "C"}}, "test"))

		part := 1
		if testing.Short() { // "make soak" plays all 10,000
			part = 5
		}
		begun := time.Now()
		b.storms(2500/part, 15*time.Second)
		b.opened("a storm", 3)
		b.stop()
		b.begin(false)
		b.storms(2500/part, 15*time.Second)
		b.stop()
		b.begin(true) // the machine too: its own count of time begins anew
		b.storms(2500/part, 15*time.Second)
		b.wrong = -24 * time.Hour // somebody sets its clock
		b.storms(1200/part, 6*time.Second)
		b.wrong = 30 * 24 * time.Hour
		b.storms(1300/part, 6*time.Second)
		b.wrong = 0
		b.opened("a minute of them", 3)
		if took := time.Since(begun); took > 70*time.Second {
			t.Errorf("they took %s", took)
		}

		time.Sleep(remote.Window - time.Since(begun) - time.Second)
		b.storms(100, time.Second/2)
		b.opened("within the same ten minutes", 3)
		b.storms(100, 2*time.Minute)
		time.Sleep(3 * time.Minute)
		b.storms(300, 3*time.Second) // the numbers of the storm are over
		b.opened("in the next ten minutes", 6)
		b.stop()

		lower := 0
		b.most = &lower
		time.Sleep(2 * remote.Window)
		b.begin(false)
		b.storms(100, time.Second)
		b.opened("where the operator allows none", 6)
		b.stop()
		more := 40
		b.most = &more
		b.begin(false)
		b.storms(800, 8*time.Second)
		b.opened("where the operator would allow more", 9)
		b.stop()
	})
}
