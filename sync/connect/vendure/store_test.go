package vendure

import (
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

// What is kept is the same on SQLite and PostgreSQL.
func TestWhatIsKeptOfAnOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		d, err := db.Open(t.Context(), at, Schema)
		must(t, err)
		t.Cleanup(func() { must(t, d.Close()) })
		ctx, s, now := t.Context(), store{d, "acme"}, time.UnixMilli(1_800_000_000_000)
		must(t, s.begin(ctx, now, 7))
		must(t, s.begin(ctx, now.Add(time.Hour), 9)) // another run changes nothing
		must(t, s.setSince(ctx, now.Add(time.Minute)))
		must(t, s.setSince(ctx, now)) // never back
		if since, err := s.since(ctx); err != nil || !since.Equal(now.Add(time.Minute)) {
			t.Errorf("since %v %v", since, err)
		}
		r := row{ID: "1", Code: "A", Station: "s", State: paid, Step: Accepted, Door: "12", collected: 1, Body: "b",
			Told: toldHold, Reason: "r", since: 3, next: now.UnixMilli(), tries: 4, failing: 5, Error: "e"}
		must(t, s.save(ctx, &r))
		must(t, store{d, "other"}.save(ctx, &row{ID: "1", Code: "A", Step: Waits, next: 1}))
		if got, err := s.find(ctx, "1"); err != nil || *got != r {
			t.Errorf("kept as %+v %v", got, err)
		}
		if got, err := s.find(ctx, "2"); got != nil || err != nil {
			t.Errorf("nobody is %+v %v", got, err)
		}
		if due, err := s.due(ctx, now.Add(-1), 9); err != nil || len(due) != 0 {
			t.Errorf("due before it is: %v %v", due, err)
		}
		if due, err := s.due(ctx, now, 9); err != nil || len(due) != 1 || due[0].ID != "1" {
			t.Errorf("due: %v %v", due, err)
		}
		r.next = 0
		must(t, s.save(ctx, &r))
		must(t, d.Write(ctx, func(tx *db.Tx) error { return s.wake(tx, now, "code = ?", "A") }))
		if due, err := s.due(ctx, now, 9); err != nil || len(due) != 1 {
			t.Errorf("woken: %v %v", due, err)
		}
		if all, err := s.watched(ctx); err != nil || len(all) != 1 {
			t.Errorf("watched: %v %v", all, err)
		}
		for _, c := range []struct {
			who  string
			at   time.Duration
			held bool
		}{{"a", 0, true}, {"b", time.Second, false}, {"a", time.Second, true}, {"b", time.Hour, true}} {
			held, err := s.hold(ctx, c.who, now.Add(c.at), now.Add(c.at+time.Minute))
			if err != nil || held != c.held {
				t.Errorf("%+v: %v %v", c, held, err)
			}
		}
		must(t, s.answered(ctx, now, ""))
		must(t, s.answered(ctx, now.Add(time.Minute), "gone"))
		must(t, s.answered(ctx, now.Add(time.Hour), "gone"))
		k := &Connector{Config: Config{Shop: "acme", Places: []Place{{"s", "m", ""}},
			Now: func() time.Time { return now.Add(time.Hour) }}, store: s}
		counts, answered, err := k.Counts(ctx)
		if err != nil || len(counts) != 1 || counts[0] != (Count{Accepted, 1, 1}) || !answered.Equal(now) {
			t.Errorf("counts: %v %v %v", counts, answered, err)
		}
		all, err := k.Troubles(ctx, "s")
		if err != nil || len(all) != 2 || all[0].Kind != "shop_fails" || all[1].Kind != "shop_silent" ||
			!all[1].Since.Equal(now.Add(time.Minute)) {
			t.Errorf("troubles: %+v %v", all, err)
		}
		if all, err := k.Troubles(ctx, "elsewhere"); err != nil || len(all) != 0 {
			t.Errorf("troubles of another station: %+v %v", all, err)
		}
		if list, err := List(ctx, d, "acme"); err != nil || len(list) != 1 || list[0].Error != "e" {
			t.Errorf("list: %+v %v", list, err)
		}
	})
}
