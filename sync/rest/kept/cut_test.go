package kept_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/rest"
	"cubby/sync/rest/kept"
)

// cut is a store behind which the process dies at one step: nothing of it, or nothing but
// that step, is on the disk.
type cut struct {
	rest.Kept
	at, step int
	before   bool // the step itself is not done
}

var errDead = errors.New("the process is dead")

func (c *cut) dies(do func() error) error {
	c.step++
	if c.step > c.at || c.step == c.at && c.before {
		return errDead
	}
	if err := do(); err != nil || c.step < c.at {
		return err
	}
	return errDead
}

func (c *cut) Begin(ctx context.Context, r rest.Repeat) (was rest.Outcome, err error) {
	return was, c.dies(func() (err error) { was, err = c.Kept.Begin(ctx, r); return err })
}

func (c *cut) End(ctx context.Context, r rest.Repeat, a rest.Reply) error {
	return c.dies(func() error { return c.Kept.End(ctx, r, a) })
}

func (c *cut) Forget(ctx context.Context, r rest.Repeat) error {
	return c.dies(func() error { return c.Kept.Forget(ctx, r) })
}

// A crash at each step, and then the same request again, twice: what must not be done twice
// is done once at most, and what may be is done.
func TestAfterACrashAtEachStepItIsDoneOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := newWorld(t, at)
		for i, c := range []struct {
			path   string
			at     int // 1: at the begin, 2: at the end
			before bool
			did    int64 // with the repeats
			status int   // of both repeats
			slug   string
		}{
			{"/once", 1, true, 1, 201, ""},                 // nothing was begun
			{"/once", 1, false, 0, 409, "outcome-unknown"}, // begun, and not run
			{"/once", 2, true, 1, 409, "outcome-unknown"},  // run, and not told
			{"/once", 2, false, 1, 201, ""},                // told, and not sent
			{"/unmarked", 2, true, 1, 409, "outcome-unknown"},
			{"/secret", 2, true, 1, 409, "outcome-unknown"},
			{"/secret", 2, false, 1, 409, "answer-given-once"},
			{"/again", 1, true, 1, 201, ""},
			{"/again", 1, false, 1, 201, ""},
			{"/again", 2, true, 2, 201, ""},
			{"/again", 2, false, 1, 201, ""},
		} {
			w.did.Store(0)
			key := fmt.Sprint("k", i)
			w.serve(&cut{Kept: w.store, at: c.at, before: c.before})
			w.post(c.path, key, "{}") // nobody reads the answer of a process that died
			if w.db.Postgres() {      // others may be at it for a while
				w.start()
				if c.slug == "outcome-unknown" || c.path == "/again" && (c.at == 1) != c.before {
					w.want(c.path, key, "{}", 409, "request-in-flight", w.did.Load())
				}
				w.age += 2 * time.Minute
			}
			w.start()
			first := w.want(c.path, key, "{}", c.status, c.slug, c.did)
			w.start()
			second := w.want(c.path, key, "{}", c.status, c.slug, c.did)
			if c.status == 201 && strings.TrimPrefix(first, "true") != strings.TrimPrefix(second, "true") {
				t.Errorf("%+v: %q, then %q", c, first, second)
			}
		}
	})
}

// What a request makes has the same identity when it runs again by its key.
func TestARepeatThatRunsMakesTheSameThing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	id := func(key string) string {
		_, text := w.post("/again", key, "{}")
		_, id, _ := strings.Cut(text, `"id":"`)
		id, _, _ = strings.Cut(id, `"`)
		return id
	}
	w.serve(&cut{Kept: w.store, at: 2, before: true})
	first := id("k")
	w.start()
	if second := id("k"); second != first || w.did.Load() != 2 || len(first) < 32 {
		t.Errorf("%q, then %q, done %d times", first, second, w.did.Load())
	}
	w.age = kept.Life + time.Hour
	if later := id("k"); later == first {
		t.Error("a key that is used anew after a day makes the same")
	}
	if other, none := id("k2"), id(""); other == first || none == first || none == id("") {
		t.Error("other requests make the same")
	}
}

func TestKeysAreKeptForADay(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.want("/once", "k", "{}", 201, "", 1)
	w.age = kept.Life - time.Minute
	tick(t, w)
	w.want("/once", "k", "{}", 201, "", 1)
	w.age = kept.Life + time.Minute
	w.want("/once", "k", "{}", 201, "", 2) // not swept yet, and forgotten all the same
	w.age = 2*kept.Life + time.Hour
	tick(t, w)
	var n int
	if err := w.db.QueryRow(t.Context(), "SELECT count(*) FROM repeats").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are left, %v", n, err)
	}
}

func tick(t *testing.T, w *world) {
	t.Helper()
	if err := w.store.Tick(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

// A client that uses more keys than there is room for loses the oldest, none of the last
// hour, and no other client loses any.
func TestAClientFillsItsOwnRoomOnly(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.want("/once", "first", "{}", 201, "", 1)
	w.want("/once", "others", "{}", 201, "", 2, "Authorization", "Bearer "+token+"2")
	w.age = 2 * time.Minute
	fill(t, w, kept.MostRows-1)
	w.start()
	w.want("/once", "more", "{}", 429, "too-many-idempotency-keys", 2)
	w.want("/once", "first", "{}", 429, "too-many-idempotency-keys", 2)
	w.want("/once", "more", "{}", 201, "", 3, "Authorization", "Bearer "+token+"2")
	w.want("/once", "", "{}", 201, "", 4)
	w.age = kept.LeastLife + time.Minute // the first is older, the rest are not
	w.want("/once", "more", "{}", 201, "", 5)
	w.want("/once", "other", "{}", 429, "too-many-idempotency-keys", 5)
	w.want("/once", "others", "{}", 201, "", 5, "Authorization", "Bearer "+token+"2")
}

// fill puts rows of the client there.
func fill(t *testing.T, w *world, n int) {
	t.Helper()
	if err := w.db.Write(t.Context(), func(tx *db.Tx) error {
		for i := range n {
			if _, err := tx.Exec("INSERT INTO repeats (id, client, print, run, begun) VALUES (?, 'shop', '', '', ?)",
				fmt.Sprint("fill", i), time.Now().Add(w.age).UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
