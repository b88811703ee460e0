package notify

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

func TestAFactIsToldOnceHoweverOftenItIsHeard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, at, mailTo(p))
		e := w.stored("P-1", code1, pin1)
		w.hear(e, ann)
		w.hear(e, ann)
		w.deliver(10 * time.Minute)
		w.hear(e, ann)
		w.deliver(10 * time.Minute)
		if got := p.All(); len(got) != 1 {
			t.Errorf("%d e-mails were sent", len(got))
		}
		if got := w.states(); !slices.Equal(got, []string{"stored sent", "reminder waiting", "expiring waiting"}) {
			t.Errorf("messages: %q", got)
		}
	})
}

func TestWhatComesTogetherForOnePersonGoesInOneMessage(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.pass(9 * time.Minute)
	w.hear(w.stored("P-2", code2, pin2), ann)
	w.hear(w.stored("P-3", code1, pin1), Person{Email: "BOB@example.org", Language: "zh"})
	w.deliver(time.Minute)
	w.deliver(10 * time.Minute)
	got := p.All()
	if len(got) != 2 {
		t.Fatalf("%d e-mails were sent", len(got))
	}
	mail := notifytest.Open(t, got[0].Text)
	var codes []string
	for _, picture := range mail.Images {
		codes = append(codes, readQR(t, picture))
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{code1, code2}) || !strings.Contains(mail.Subject, "2 parcels") ||
		!strings.Contains(mail.Text, "1234 5678") || !strings.Contains(mail.Text, "8765 4321") {
		t.Errorf("it says %s with %q\n%s", mail.Subject, codes, mail.Text)
	}
	if other := notifytest.Open(t, got[1].Text); got[1].To[0] != "BOB@example.org" || len(other.Images) != 1 ||
		!strings.Contains(other.Subject, "您的包裹已到") {
		t.Errorf("the other one says %s to %s", other.Subject, got[1].To)
	}
}

func TestWhatCameToSayNothingIsNotSent(t *testing.T) {
	for _, c := range []struct {
		name string
		then func(w *world)
		want []string
	}{
		{"collected before the message went out", func(w *world) {
			w.hear(w.event("parcel.collected", "P-1", nil), ann)
		}, []string{"stored dropped", "reminder dropped", "expiring dropped", "collected sent"}},
		{"collected by somebody at the counter", func(w *world) {
			w.hear(w.event("parcel.handed_over", "P-1", nil), ann)
		}, []string{"stored dropped", "reminder dropped", "expiring dropped", "collected sent"}},
		{"the deposit has failed after all", func(w *world) {
			w.hear(w.event("parcel.deposit_failed", "P-1", nil), ann)
		}, []string{"stored dropped", "reminder dropped", "expiring dropped"}},
		{"expired", func(w *world) {
			w.hear(w.event("parcel.expired", "P-1", nil), ann)
		}, []string{"stored dropped", "reminder dropped", "expiring dropped", "expired sent"}},
		{"the recipient wants to be forgotten", func(w *world) {
			w.hear(w.event("parcel.recipient_erased", "P-1", map[string]any{"reason": "request"}), Person{})
		}, []string{"stored dropped", "reminder dropped", "expiring dropped"}},
		{"at the counter, where its code is good", func(w *world) {
			w.hear(w.event("parcel.counter_held", "P-1", map[string]any{"keeps_code": true}), ann)
		}, []string{"stored sent", "reminder dropped", "expiring dropped"}},
		{"at the counter, where its code is not", func(w *world) {
			w.hear(w.event("parcel.counter_held", "P-1", nil), ann)
		}, []string{"stored dropped", "reminder dropped", "expiring dropped"}},
		{"another parcel was collected", func(w *world) {
			w.hear(w.event("parcel.collected", "P-2", nil), Person{})
		}, []string{"stored sent", "reminder waiting", "expiring waiting"}},
		{"stored anew with another code", func(w *world) { w.hear(w.stored("P-1", code2, pin2), ann) },
			[]string{"stored dropped", "reminder dropped", "expiring dropped", "stored sent", "reminder waiting",
				"expiring waiting"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := notifytest.NewPost(t, nil, nil)
			w := newWorld(t, dbtest.SQLite(t), mailTo(p))
			w.hear(w.stored("P-1", code1, pin1), ann)
			c.then(w)
			w.deliver(10 * time.Minute)
			if got := w.states(); !slices.Equal(got, c.want) {
				t.Errorf("messages: %q, want %q", got, c.want)
			}
		})
	}
}

func TestAReminderAndALastCallComeBeforeTheDeadline(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.deliver(10 * time.Minute)
	said := func() string { return notifytest.Open(t, p.All()[len(p.All())-1].Text).Subject }
	w.deliver(47*time.Hour + 49*time.Minute)
	if len(p.All()) != 1 {
		t.Fatalf("a minute too early it says %s", said())
	}
	w.deliver(time.Minute)
	if len(p.All()) != 2 || !strings.HasPrefix(said(), "Reminder: your parcel is waiting") {
		t.Fatalf("a day before the deadline it says %s", said())
	}
	w.deliver(21 * time.Hour)
	if len(p.All()) != 3 || !strings.HasPrefix(said(), "Please collect soon") {
		t.Fatalf("three hours before the deadline it says %s", said())
	}
	w.deliver(24 * time.Hour)
	if len(p.All()) != 3 {
		t.Fatalf("after the deadline it says %s", said())
	}
}

func TestRemindersMoveWithTheDeadline(t *testing.T) {
	for _, kind := range []string{"parcel.deadline_moved", "parcel.clock_resumed"} {
		t.Run(kind, func(t *testing.T) { remindersMove(t, kind) })
	}
}

// Whoever could not collect a parcel for hours is told until when, and why it is longer.
func TestALongOutageIsToldWithItsReason(t *testing.T) {
	for reason, says := range map[string]string{
		"station_off": "because the station was off", "on_hold": "",
		"lock_jammed": "because its door could not be opened",
	} {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, dbtest.SQLite(t), mailTo(p))
		w.hear(w.stored("P-1", code1, pin1), ann)
		w.deliver(10 * time.Minute)
		w.hear(w.event("parcel.clock_resumed", "P-1", map[string]any{
			"deadline": w.clock().Add(7 * 24 * time.Hour), "reason": reason, "paused_minutes": 1800,
		}), ann)
		w.deliver(10 * time.Minute)
		got := p.All()
		if says == "" {
			if len(got) != 1 {
				t.Errorf("%s: %d messages, want one", reason, len(got))
			}
			continue
		}
		if len(got) != 2 || !strings.Contains(notifytest.Open(t, got[1].Text).Text, says) {
			t.Errorf("%s: %d messages, want one that says %q", reason, len(got), says)
		}
	}
}

// While its clock stands still nobody is told that a parcel's time is nearly over.
func TestNothingRemindsOfADeadlineThatStandsStill(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.deliver(10 * time.Minute)
	w.hear(w.event("parcel.clock_paused", "P-1", map[string]any{"reason": "lock_jammed"}), ann)
	w.deliver(7 * 24 * time.Hour)
	if n := len(p.All()); n != 1 {
		t.Errorf("%d messages went out, want that it is here and no other: %q", n, w.states())
	}
}

func remindersMove(t *testing.T, kind string) {
	moved := func(w *world, in time.Duration) {
		w.hear(w.event(kind, "P-1", map[string]any{"deadline": w.clock().Add(in)}), ann)
	}
	for _, c := range []struct {
		name   string
		move   time.Duration // the new deadline, from now
		after  time.Duration // then so much passes
		latest string        // what was said last by then
	}{
		{"away, at the old time", 7 * 24 * time.Hour, 49 * time.Hour, "ready to collect"},
		{"away, at the new time", 7 * 24 * time.Hour, 6*24*time.Hour + time.Minute, "Reminder"},
		{"so near that it is nearly over", time.Hour, time.Minute, "Please collect soon"},
		{"near", 20 * time.Hour, 17*time.Hour + time.Minute, "Please collect soon"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := notifytest.NewPost(t, nil, nil)
			w := newWorld(t, dbtest.SQLite(t), mailTo(p))
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			moved(w, c.move)
			w.deliver(c.after)
			got := p.All()
			if s := notifytest.Open(t, got[len(got)-1].Text).Subject; !strings.Contains(s, c.latest) {
				t.Errorf("it says last %s: %q", s, w.states())
			}
		})
	}
}

func TestNobodyIsDisturbedAtNightButForWhatCannotWait(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	w.pass(10 * time.Hour) // 22:00 in Berlin
	w.hear(w.stored("P-1", code1, pin1), ann)
	soon := w.event("parcel.stored", "P-2", map[string]any{"deadline": w.clock().Add(12 * time.Hour)})
	soon.Code, soon.PIN = code2, pin2
	bob := Person{Email: "bob@example.org"}
	w.hear(soon, bob)
	eve := Person{Email: "eve@example.org"}
	w.hear(w.event("parcel.pickup_aborted", "P-3", map[string]any{"reason": "stuck"}), eve)
	w.deliver(time.Hour)
	var to []string
	for _, r := range p.All() {
		to = append(to, r.To...)
	}
	slices.Sort(to)
	if !slices.Equal(to, []string{"bob@example.org", "eve@example.org"}) {
		t.Fatalf("at night e-mail goes to %q", to)
	}
	w.deliver(9*time.Hour - time.Minute)
	if got := p.All(); len(got) != 3 || got[2].To[0] != bob.Email { // the last call, three hours before ten
		t.Fatalf("before eight %d e-mails are out: %q", len(got), w.states())
	}
	w.deliver(time.Minute)
	if got := p.All(); len(got) != 4 || got[3].To[0] != ann.Email {
		t.Errorf("at eight %d e-mails are out: %q", len(got), w.states())
	}
}

func TestQuietHoursEndInTheStationsZone(t *testing.T) {
	shanghai := zone("Asia/Shanghai")
	at := func(z *time.Location, day, hour, minute int) time.Time {
		return time.Date(2026, 3, day, hour, minute, 0, 0, z)
	}
	for _, c := range []struct {
		name    string
		q       Quiet
		t, want time.Time
	}{
		{"in the evening", Quiet{21, 8}, at(berlin, 1, 21, 0), at(berlin, 2, 8, 0)},
		{"before nine", Quiet{21, 8}, at(berlin, 1, 20, 59), at(berlin, 1, 20, 59)},
		{"after midnight", Quiet{21, 8}, at(berlin, 1, 3, 0), at(berlin, 1, 8, 0)},
		{"at eight", Quiet{21, 8}, at(berlin, 1, 8, 0), at(berlin, 1, 8, 0)},
		{"in the night in which summer time begins", Quiet{21, 8}, at(berlin, 28, 23, 0), at(berlin, 29, 8, 0)},
		{"elsewhere", Quiet{21, 8}, at(shanghai, 1, 22, 0), at(shanghai, 2, 8, 0)},
		{"at noon, where that is quiet", Quiet{12, 14}, at(berlin, 1, 13, 0), at(berlin, 1, 14, 0)},
		{"where nothing is", Quiet{0, 0}, at(berlin, 1, 0, 30), at(berlin, 1, 0, 30)},
		{"on the last of a month", Quiet{21, 8}, at(berlin, 31, 22, 0), time.Date(2026, 4, 1, 8, 0, 0, 0, berlin)},
	} {
		if got := c.q.end(c.t, c.t.Location()); !got.Equal(c.want) {
			t.Errorf("%s: until %s, want %s", c.name, got, c.want)
		}
	}
}

func TestOnePersonGetsThreeMessagesADay(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), func(c *Config) {
		mailTo(p)(c)
		c.Remind, c.Expiring = 0, 0
	})
	for _, id := range []string{"P-1", "P-2", "P-3", "P-4"} {
		w.hear(w.stored(id, code1, pin1), ann)
		w.deliver(10 * time.Minute)
	}
	if n := len(p.All()); n != 3 {
		t.Fatalf("%d e-mails were sent", n)
	}
	w.hear(w.event("parcel.to_check", "P-1", map[string]any{"reason": "door_forced"}), ann)
	w.deliver(0)
	if n := len(p.All()); n != 4 {
		t.Fatalf("what is about a door had to wait: %q", w.states())
	}
	w.deliver(24 * time.Hour)
	if n := len(p.All()); n != 5 {
		t.Errorf("a day later %d e-mails were sent: %q", n, w.states())
	}
}

func TestAHeldParcelIsNotAskedToBeCollected(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	w.hear(w.stored("P-1", code1, pin1), ann)
	w.deliver(10 * time.Minute)
	w.hear(w.event("parcel.held", "P-1", map[string]any{"compartment": "7"}), ann)
	w.deliver(10 * time.Minute)
	w.deliver(50 * time.Hour)
	want := []string{"stored sent", "reminder held", "expiring held", "held sent"}
	if got := w.states(); !slices.Equal(got, want) {
		t.Fatalf("messages: %q, want %q", got, want)
	}
	w.hear(w.event("parcel.released", "P-1", map[string]any{"compartment": "7"}), ann)
	w.deliver(10 * time.Minute)
	want = []string{"stored sent", "reminder sent", "expiring waiting", "held sent", "released sent"}
	if got := w.states(); !slices.Equal(got, want) {
		t.Errorf("messages: %q, want %q", got, want)
	}
	if n := len(p.All()); n != 3 { // what was due with the release goes with it
		t.Errorf("%d e-mails were sent", n)
	}
}

func TestWhoeverGetsAParcelThatIsHeldIsToldSoWithIt(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	if err := w.d.Write(t.Context(), func(tx *db.Tx) error { return w.Keep(tx, "hall", "P-1", "", ann) }); err != nil {
		t.Fatal(err)
	}
	w.hear(w.event("parcel.held", "P-1", map[string]any{"reason": "exchange"}), Person{}) // not behind a door yet
	w.hear(w.stored("P-1", code1, pin1), Person{})
	w.deliver(10 * time.Minute)
	got := p.All()
	if len(got) != 1 || !strings.Contains(notifytest.Open(t, got[0].Text).Text, "P-1 is held for now") {
		t.Fatalf("messages: %q", w.states())
	}
	w.hear(w.event("parcel.released", "P-1", map[string]any{"compartment": "7"}), Person{})
	w.hear(w.stored("P-2", code2, pin2), ann)
	w.deliver(10 * time.Minute)
	if got := w.states(); !slices.Contains(got, "released sent") || slices.Contains(got, "held waiting") {
		t.Errorf("messages: %q", got)
	}
}

func TestWhatIsHeardOfTooLateIsNotSaid(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	old := w.stored("P-1", code1, pin1)
	gone := w.event("parcel.collected", "P-2", nil)
	w.pass(80 * time.Hour) // the line was cut
	w.hear(old, ann)
	w.hear(gone, ann)
	w.deliver(10 * time.Minute)
	if n := len(p.All()); n != 0 {
		t.Errorf("%d e-mails were sent: %q", n, w.states())
	}
}

func TestWhoeverWasToldBySomebodyElseIsNotToldOfAParcelWithoutItsCode(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t), mailTo(notifytest.NewPost(t, nil, nil)))
	w.hear(w.stored("P-1", "", ""), ann)
	w.hear(w.stored("P-2", code1, pin1), Person{Name: "Nobody's Contact"})
	if got := w.states(); len(got) != 0 {
		t.Errorf("messages: %q", got)
	}
}

func TestAContactIsKeptForWhatComesBackAndThenForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, at, func(c *Config) {
			mailTo(p)(c)
			c.Contacts = 30 * 24 * time.Hour
		})
		keep := func(who Person) {
			if err := w.d.Write(t.Context(), func(tx *db.Tx) error {
				return w.Keep(tx, "hall", "P-1", "SO-1", who)
			}); err != nil {
				t.Fatal(err)
			}
		}
		refund := func(id string) Event {
			e := w.event("refund.completed", "", map[string]any{"order_id": "SO-1", "refund_id": id, "amount": 1999,
				"currency": "EUR"})
			e.Subject = "refunds/" + id
			return e
		}
		keep(Person{Email: "old@example.org"})
		w.hear(w.stored("P-1", code1, pin1), Person{})
		keep(ann) // the shop corrects it before the message is out
		w.deliver(10 * time.Minute)
		w.hear(w.event("parcel.collected", "P-1", nil), Person{})
		w.deliver(10 * time.Minute)
		w.deliver(20 * 24 * time.Hour)
		w.hear(refund("R-1"), Person{})
		w.deliver(10 * time.Minute)
		got := p.All()
		if len(got) != 3 || got[0].To[0] != ann.Email || got[2].To[0] != ann.Email ||
			!strings.Contains(notifytest.Open(t, got[2].Text).Text, "€19.99 for order SO-1") {
			t.Fatalf("%d e-mails; the last says\n%s", len(got), got[len(got)-1].Text)
		}
		w.deliver(11 * 24 * time.Hour)
		if err := w.tidy(t.Context(), w.clock()); err != nil {
			t.Fatal(err)
		}
		w.hear(refund("R-2"), Person{})
		w.deliver(10 * time.Minute)
		if n := len(p.All()); n != 3 {
			t.Error("somebody was written to whose contact should be forgotten")
		}
	})
}

func TestNothingPersonalIsLeftInTheTablesWhenAMessageIsDone(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	at := filepath.Join(t.TempDir(), "m.db")
	w := newWorld(t, at, mailTo(p))
	w.hear(w.stored("P-1", code1, pin1), ann)
	files := func() (all []byte) {
		for _, name := range []string{at, at + "-wal"} {
			raw, err := os.ReadFile(name)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			all = append(all, raw...)
		}
		return all
	}
	markers := []string{code1, pin1, "1234 5678", "Ann Example", "ann@example", "1234567"}
	look := func(when string, in []byte) {
		for _, m := range markers {
			if bytes.Contains(in, []byte(m)) {
				t.Errorf("%s: %q can be read", when, m)
			}
		}
	}
	look("while it waits", files())
	w.deliver(10 * time.Minute)
	if len(p.All()) != 1 {
		t.Fatal("nothing was sent")
	}
	var sealed int
	if err := w.d.QueryRow(context.Background(), "SELECT count(*) FROM messages WHERE state = 'sent' AND "+
		"sealed IS NOT NULL").Scan(&sealed); err != nil || sealed != 0 {
		t.Errorf("%d of those that are sent have their content still: %v", sealed, err)
	}
	look("when it is sent", files())
	look("the log", []byte(w.logs.String()))
	if !strings.Contains(w.logs.String(), "a message was sent") {
		t.Error("the log says nothing at all")
	}
}
