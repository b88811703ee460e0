package down

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/visit"
	"cubby/locker/wall"
	"cubby/sync/protocol"
)

var today = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// A world is a station's rules over memory, and a Down before them.
type world struct {
	t *testing.T
	*ledger.Memory
	down   *Down
	env    visit.Env
	facts  []ledger.Fact // of the last command
	effect []ledger.Effect
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := secret.Derive([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	ids := 0
	w := &world{t: t, Memory: ledger.NewMemory(nil), down: New(Config{Keys: keys})}
	w.env = visit.Env{Now: today, Mark: keys.Mark, Policy: visit.Policy{PickupHours: 72, RecipientDays: 30},
		NewID: func() string { ids++; return fmt.Sprint("id-", ids) }}
	s := w.state()
	wall.Compartments.Put(s, "1", wall.Compartment{Number: "1", Inner: wall.Box{Width: 400, Height: 400, Depth: 400}})
	w.Merge(s.Changes())
	return w
}

func (w *world) state() *ledger.State { return ledger.NewState(w.Memory) }

// tell takes one change in; the error is the command's or the refusal of the rules.
func (w *world) tell(collection, id, doc string) error {
	w.t.Helper()
	c := protocol.Change{Collection: collection, ID: id, Rev: 1, Doc: json.RawMessage(doc), Deleted: doc == ""}
	command, err := w.down.Command(c)
	if err != nil {
		return err
	}
	return w.decide(command)
}

func (w *world) decide(c visit.Command) error {
	d, err := locker.Station.Decide(w.Memory, c, w.env)
	w.facts, w.effect = d.Facts, d.Effects
	if err == nil {
		w.Merge(d.Changes)
	}
	return err
}

// takes says that a change is taken in, and which facts follow.
func (w *world) takes(collection, id, doc string, facts ...string) {
	w.t.Helper()
	if err := w.tell(collection, id, doc); err != nil {
		w.t.Fatalf("%s %s %s: %v", collection, id, doc, err)
	}
	var got []string
	for _, f := range w.facts {
		got = append(got, f.Type())
	}
	if strings.Join(got, " ") != strings.Join(facts, " ") {
		w.t.Errorf("%s %s %s: %v, want %v", collection, id, doc, got, facts)
	}
}

// refuses says by which slug a change is refused, and at which member.
func (w *world) refuses(collection, id, doc, slug, at string) {
	w.t.Helper()
	err := w.tell(collection, id, doc)
	r, ok := errors.AsType[*ledger.Refusal](err)
	if !ok || r.Slug != slug || r.Field != at {
		w.t.Errorf("%s %s %s: %v (%#v), want %s at %q", collection, id, doc, err, r, slug, at)
	}
}
