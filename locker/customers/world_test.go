package customers

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

var today = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func markOf(kind, text string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	return hex.EncodeToString(sum[:8])
}

// A town is a station with customers.
type town struct {
	rules *visit.Rules
	*ledger.Memory
	now   time.Time
	set   Settings
	facts []ledger.Fact // of the last command
	log   []logged      // all of them
}

type logged struct {
	at   time.Time
	fact ledger.Fact
}

func newTown() *town {
	return &town{rules: visit.NewRules(Room), Memory: ledger.NewMemory(nil), now: today,
		set: Settings{Asked: true, Days: 30, Country: "+49"}}
}

func (w *town) env() visit.Env {
	return visit.Env{Now: w.now, Mark: markOf,
		Clock:  calendar.Reading{Wall: w.now, Uptime: w.now.Sub(today), Boot: "b", Synced: true},
		Policy: visit.Policy{Rooms: map[string]any{"customers": w.set}}}
}

func (w *town) do(c visit.Command) error {
	d, err := w.rules.Decide(w.Memory, c, w.env())
	w.facts = nil
	if err == nil {
		w.facts = d.Facts
		for _, f := range d.Facts {
			w.log = append(w.log, logged{w.now, f})
		}
		w.Merge(d.Changes)
	}
	return err
}

func (w *town) must(t testing.TB, c visit.Command) {
	t.Helper()
	if err := w.do(c); err != nil {
		t.Fatal(err)
	}
}

func (w *town) types() (all []string) {
	for _, f := range w.facts {
		if f.Type() != "calendar.kept" {
			all = append(all, f.Type())
		}
	}
	return all
}

func (w *town) state() *ledger.State { return ledger.NewState(w.Memory) }

// ana is somebody who has asked for a record.
func ana() Keep {
	return Keep{ID: "a", Asked: Asked{Through: "kiosk", Text: "v1"}, New: New{
		Contact: Contact{Email: " Ana@Example.org", Phone: "030 123456"}, Channel: ByEmail, Language: "pt-BR",
		Wishes: []string{"more_time", "low_door", "low_door"}, Receipt: true, Name: "Ana",
	}}
}
