package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/desk"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// core is as much of a station as these tests ask for; the rest would panic.
type core struct {
	api.Station
	api.Reader

	keys []people.Key

	mu      sync.Mutex // guards what follows
	view    view.View
	viewers []chan view.View
	acts    []view.Action
	parcel  parcel.Parcel
	cond    ledger.Condition
	unknown string // a terminal that is not there
}

func (c *core) CentreHeard() {}

func (c *core) HasTerminal(name string) bool { return c.unknown == "" || name != c.unknown }

func (c *core) Views(ctx context.Context, _ string) <-chan view.View {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan view.View, 8)
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

func (c *core) show(v view.View) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.view = v
	for _, ch := range c.viewers {
		ch <- v
	}
}

func (c *core) View(string) view.View { return c.view }

func (c *core) Act(_ context.Context, a view.Action) error {
	if a.Visit != "v1" {
		return ledger.Refuse(ledger.Stale, "stale-page", "this page is no longer shown")
	}
	c.acts = append(c.acts, a)
	return nil
}

func (c *core) Announce(
	_ context.Context, id string, a parcel.Announcement, cond ledger.Condition, _ string,
) (parcel.Parcel, parcel.Outcome, error) {
	c.cond = cond
	c.parcel = parcel.Parcel{
		ID:          id,
		State:       parcel.Announced,
		Label:       a.Label,
		AnnouncedAt: time.Unix(0, 0).UTC(),
		Rev:         1,
	}
	return c.parcel, parcel.Created, nil
}

func (c *core) Parcel(_ context.Context, id string) (parcel.Parcel, *parcel.Recipient, error) {
	if id != c.parcel.ID {
		return parcel.Parcel{}, nil, ledger.Refuse(
			ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")
	}
	return c.parcel, &parcel.Recipient{Name: "Ana"}, nil
}

func (c *core) Parcels(_ context.Context, f parcel.Filter) ([]parcel.Parcel, string, error) {
	if f.After == "" {
		return []parcel.Parcel{{ID: "A", Label: f.Label}}, "A", nil
	}
	return []parcel.Parcel{{ID: "B", Label: f.Label}}, "", nil
}

func (c *core) Cancel(_ context.Context, id string, cond ledger.Condition, _ string) (parcel.Parcel, error) {
	c.cond = cond
	c.parcel.State = parcel.Cancelled
	return c.parcel, nil
}

func (c *core) EraseRecipient(
	_ context.Context, id string, _ ledger.Condition, _ string,
) (parcel.Parcel, error) {
	return parcel.Parcel{ID: id, Rev: 7}, nil
}

func (c *core) Feed(_ context.Context, after int64, _ int, _ bool) (ledger.FeedPage, error) {
	if after > 0 {
		return ledger.FeedPage{Last: after}, nil
	}
	return ledger.FeedPage{Events: []byte(`{"id":"1"},{"id":"2"}`), Count: 2, Last: 2}, nil
}
func (c *core) FeedHead() int64              { return 2 }
func (c *core) FeedChanged() <-chan struct{} { return nil }
func (c *core) Incarnation(int64) [8]byte    { return [8]byte{} }

func (c *core) Compartments() []wall.Compartment {
	return []wall.Compartment{{Number: "1", Size: "M", Allocation: wall.Quarantine}}
}
func (c *core) Restore(_ context.Context, _ people.Doer, number, _, _ string) (wall.Compartment, error) {
	return wall.Compartment{Number: number, Allocation: wall.Free}, nil
}
func (c *core) OutOfService(_ context.Context, _ people.Doer,
	number, reason, _ string) (wall.Compartment, error) {
	return wall.Compartment{Number: number, Allocation: wall.OutOfService, Reason: reason}, nil
}
func (c *core) AddKey(_ context.Context, k people.Key) (string, error) {
	c.keys = append(c.keys, k)
	return "token-" + k.Name, nil
}
func (c *core) RotateKey(_ context.Context, name string, overlap time.Duration) (string, error) {
	return fmt.Sprintf("token-%s-%v", name, overlap), nil
}
func (c *core) Keys(context.Context) ([]people.Key, error) { return c.keys, nil }
func (c *core) Holder(context.Context, [32]byte) (rest.Holder, bool, error) {
	return rest.Holder{}, false, nil
}
func (c *core) Clock() calendar.Standing                { return calendar.Standing{} }
func (c *core) RevokeKey(context.Context, string) error { return nil }
func (c *core) AddCourier(_ context.Context, _ people.Doer,
	name, card string) (people.CourierSecrets, error) {
	return people.CourierSecrets{
		Courier: people.Courier{ID: "c1", Name: name},
		Badge:   "B",
		PIN:     "12345678",
	}, nil
}
func (c *core) Couriers(context.Context) ([]people.Courier, error) {
	return []people.Courier{{ID: "c1"}}, nil
}
func (c *core) RemoveCourier(context.Context, people.Doer, string) error { return nil }

func (c *core) Ready() error { return errors.New("the store is being checked") }

// serve puts the core on a socket and returns how to end it.
func (c *core) serve(t *testing.T, path string) (end func()) {
	t.Helper()
	s, err := rest.New(
		rest.Config{
			Families: api.Families(api.Site{Station: c, Reader: c}),
			Keys:     c,
			Badges:   c,
			Log:      slog.New(slog.DiscardHandler),
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	l, err := rest.ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- s.ServeUnix(ctx, l) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
}

func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cubby")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// await reads views until one has the step.
func await(t *testing.T, views <-chan view.View, step view.Step) view.View {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case v, more := <-views:
			if !more {
				t.Fatalf("the views ended before %s", step)
			}
			if v.Step == step {
				return v
			}
		case <-deadline:
			t.Fatalf("%s does not come", step)
		}
	}
}

// What staff do names who does it.
func (c *core) WhoHas(_ context.Context, badge string) (rest.Person, bool, error) {
	return rest.Person{ID: badge, May: func(string) error { return nil }}, strings.HasPrefix(badge, "B:"), nil
}

func (c *core) Queue(context.Context) ([]desk.Matter, error) {
	return []desk.Matter{{Kind: "forced", Harm: health.Alarm, Door: "1", ToDo: "look"}}, nil
}

func (c *core) OpenDoor(_ context.Context, by people.Doer, second, number, reason string) (string, error) {
	return by.ID + " " + second + " " + number + " " + reason, nil
}

func (c *core) EndAlarm(_ context.Context, by people.Doer, number, reason, _ string) (wall.Compartment,
	error) {
	return wall.Compartment{Number: number, Reason: by.ID + " " + reason}, nil
}

func (c *core) TakeToCounter(_ context.Context, by people.Doer, id, reason, _ string) (parcel.Parcel, error) {
	return parcel.Parcel{ID: id, Label: by.ID + " " + reason, State: parcel.CounterHeld}, nil
}

func (c *core) HandOver(_ context.Context, by people.Doer, id, code, tail, reason, _ string) (parcel.Parcel,
	error) {
	return parcel.Parcel{ID: id, Label: by.ID + " " + code + tail + reason, State: parcel.Collected}, nil
}

func (c *core) WriteOff(_ context.Context, by people.Doer, id, reason, _ string) (parcel.Parcel, error) {
	return parcel.Parcel{ID: id, Label: by.ID + " " + reason, State: parcel.Missing}, nil
}

func (c *core) SayStillThere(_ context.Context, by people.Doer, id, _ string) (parcel.Parcel, error) {
	return parcel.Parcel{ID: id, Label: by.ID}, nil
}

func (c *core) SeeRecipient(_ context.Context, by people.Doer, id, _ string) (*parcel.Recipient, error) {
	return &parcel.Recipient{Name: by.ID + " " + id}, nil
}
