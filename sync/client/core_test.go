package client

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/view"
	"cubby/sync/api"
	"cubby/sync/rest"
)

// core is as much of a station as these tests ask for; the rest would panic.
type core struct {
	api.Station
	api.Reader

	keys []locker.Key

	mu      sync.Mutex // guards what follows
	view    view.View
	viewers []chan view.View
	acts    []view.Action
	parcel  locker.Parcel
	cond    locker.Condition
	unknown string // a terminal that is not there
}

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
		return locker.Refuse(locker.Stale, "stale-page", "this page is no longer shown")
	}
	c.acts = append(c.acts, a)
	return nil
}

func (c *core) Announce(_ context.Context, id string, a locker.Announcement, cond locker.Condition, _ string) (locker.Parcel, locker.Outcome, error) {
	c.cond = cond
	c.parcel = locker.Parcel{ID: id, State: locker.Announced, Label: a.Label, AnnouncedAt: time.Unix(0, 0).UTC(), Rev: 1}
	return c.parcel, locker.Created, nil
}

func (c *core) Parcel(_ context.Context, id string) (locker.Parcel, *locker.Recipient, error) {
	if id != c.parcel.ID {
		return locker.Parcel{}, nil, locker.Refuse(locker.NotFound, "no-such-parcel", "there is no parcel with this id here")
	}
	return c.parcel, &locker.Recipient{Name: "Ana"}, nil
}

func (c *core) Parcels(_ context.Context, f locker.ParcelFilter) ([]locker.Parcel, string, error) {
	if f.After == "" {
		return []locker.Parcel{{ID: "A", Label: f.Label}}, "A", nil
	}
	return []locker.Parcel{{ID: "B", Label: f.Label}}, "", nil
}

func (c *core) Cancel(_ context.Context, id string, cond locker.Condition, _ string) (locker.Parcel, error) {
	c.cond = cond
	c.parcel.State = locker.Cancelled
	return c.parcel, nil
}

func (c *core) EraseRecipient(_ context.Context, id string, _ locker.Condition, _ string) (locker.Parcel, error) {
	return locker.Parcel{ID: id, Rev: 7}, nil
}

func (c *core) Feed(_ context.Context, after int64, _ int, _ bool) (locker.FeedPage, error) {
	if after > 0 {
		return locker.FeedPage{Last: after}, nil
	}
	return locker.FeedPage{Events: []byte(`{"id":"1"},{"id":"2"}`), Count: 2, Last: 2}, nil
}
func (c *core) FeedHead() int64              { return 2 }
func (c *core) FeedChanged() <-chan struct{} { return nil }
func (c *core) Mark(int64) [8]byte           { return [8]byte{} }

func (c *core) Compartments() []locker.Compartment {
	return []locker.Compartment{{Number: "1", Size: "M", Allocation: locker.Quarantine}}
}
func (c *core) Restore(_ context.Context, number, _, _ string) (locker.Compartment, error) {
	return locker.Compartment{Number: number, Allocation: locker.Free}, nil
}
func (c *core) OutOfService(_ context.Context, number, reason, _ string) (locker.Compartment, error) {
	return locker.Compartment{Number: number, Allocation: locker.OutOfService, Reason: reason}, nil
}
func (c *core) AddKey(_ context.Context, name string, scopes []string, readsOnly bool) (string, error) {
	c.keys = append(c.keys, locker.Key{Name: name, Scopes: scopes, ReadsOnly: readsOnly})
	return "token-" + name, nil
}
func (c *core) Keys(context.Context) ([]locker.Key, error) { return c.keys, nil }
func (c *core) KeyByHash(context.Context, [32]byte) (locker.Key, bool, error) {
	return locker.Key{}, false, nil
}
func (c *core) RevokeKey(context.Context, string) error { return nil }
func (c *core) AddCourier(_ context.Context, name, card string) (locker.CourierSecrets, error) {
	return locker.CourierSecrets{Courier: locker.Courier{ID: "c1", Name: name}, Badge: "B", PIN: "12345678"}, nil
}
func (c *core) Couriers(context.Context) ([]locker.Courier, error) {
	return []locker.Courier{{ID: "c1"}}, nil
}
func (c *core) RemoveCourier(context.Context, string) error { return nil }
func (c *core) Ready() error                                { return errors.New("the store is being checked") }

// serve puts the core on a socket and returns how to end it.
func (c *core) serve(t *testing.T, path string) (end func()) {
	t.Helper()
	s, err := rest.New(rest.Config{Families: api.Families(api.Site{Station: c, Reader: c}), Keys: c, Log: slog.New(slog.DiscardHandler)})
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
