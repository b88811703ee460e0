package notify

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

// What becomes of a parcel on another way is told, with what its customer can do.
func TestWhatBecomesOfAParcelOnAnotherWayIsTold(t *testing.T) {
	at := func(w *world, in time.Duration) map[string]any { return map[string]any{"deadline": w.clock().Add(in)} }
	with := func(m map[string]any, more ...any) map[string]any {
		for i := 0; i < len(more); i += 2 {
			m[more[i].(string)] = more[i+1]
		}
		return m
	}
	for _, c := range []struct {
		name, kind string
		data       func(w *world) map[string]any
		says       []string // of the message that follows; none: no message follows
		never      []string
	}{
		{"on a shelf, with the code that it has", "parcel.shelved", func(*world) map[string]any {
			return map[string]any{"place": "B3", "keeps_code": true}
		}, []string{"at the counter: Station Hall", "place B3", "that you have work there"}, []string{"PIN:"}},
		{"on a shelf, and its code has ended", "parcel.shelved", func(*world) map[string]any {
			return map[string]any{"place": "B3"}
		}, nil, nil},
		{"to another station", "parcel.redirected", func(*world) map[string]any {
			return map[string]any{"to": "north", "to_name": "North Gate", "compartment": "7", "reason": "flooded"}
		}, []string{"at North Gate, not at Station Hall", "wait until we write"}, []string{"flooded", "counter"}},
		{"to a station without a name", "parcel.redirected", func(*world) map[string]any {
			return map[string]any{"to": "north", "final": true}
		}, []string{"at north, not at Station Hall"}, nil},
		{"to the counter", "parcel.redirected", func(*world) map[string]any {
			return map[string]any{"to": "counter", "compartment": "7"}
		}, []string{"at the counter of Station Hall", "open no door any more"}, nil},
		{"recalled", "parcel.recalled", func(*world) map[string]any {
			return map[string]any{"reason": "sold twice"}
		}, []string{"The shop has called parcel P-1 back", "Please ask it"}, []string{"sold twice"}},
		{"extended, and it is free", "parcel.extended", func(w *world) map[string]any {
			return with(at(w, 96*time.Hour), "hours", 24)
		}, []string{"more time", "until Sat 5 Dec, 12:10"}, []string{"costs"}},
		{"extended at a price", "parcel.extended", func(w *world) map[string]any {
			return with(at(w, 96*time.Hour), "hours", 24, "amount", 150, "currency", "EUR")
		}, []string{"This costs €1.50."}, nil},
		{"over, and its code is still good", "parcel.expired", func(w *world) map[string]any {
			return with(at(w, 0), "rescue_until", w.clock().Add(24*time.Hour))
		}, []string{"still open its door until Wed 2 Dec, 12:10"}, []string{"do not open"}},
		{"over", "parcel.expired", func(w *world) map[string]any { return at(w, 0) },
			[]string{"do not open the door any more"}, []string{"still open"}},
		{"to stay behind its door after all", "parcel.stays", func(*world) map[string]any {
			return map[string]any{"why": "redirected", "compartment": "7"}
		}, []string{"P-1 can be collected again"}, nil},
		{"not here yet, and not to leave after all", "parcel.stays", func(*world) map[string]any {
			return map[string]any{"why": "redirected"}
		}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := notifytest.NewPost(t, nil, nil)
			w := newWorld(t, dbtest.SQLite(t), mailTo(p))
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			w.hear(w.event(c.kind, "P-1", c.data(w)), ann)
			w.deliver(10 * time.Minute)
			got := p.All()
			if want := 1 + min(1, len(c.says)); len(got) != want {
				t.Fatalf("%d e-mails were sent, want %d: %q", len(got), want, w.states())
			}
			mail := notifytest.Open(t, got[len(got)-1].Text)
			text := mail.Subject + "\n" + mail.Text
			for _, says := range c.says {
				if !strings.Contains(text, says) {
					t.Errorf("it does not say %q:\n%s", says, text)
				}
			}
			for _, never := range c.never {
				if strings.Contains(text, never) {
					t.Errorf("it says %q:\n%s", never, text)
				}
			}
			if len(c.says) > 0 && len(mail.Images) > 0 {
				t.Error("it has a QR code")
			}
		})
	}
}

// Nobody is reminded of a parcel that is to leave, or that staff have.
func TestNothingRemindsOfAParcelThatIsToLeave(t *testing.T) {
	for kind, data := range map[string]map[string]any{
		"parcel.redirected": {"to": "north", "compartment": "7"},
		"parcel.recalled":   {"compartment": "7"},
		"parcel.shelved":    {"place": "B3", "keeps_code": true},
	} {
		p := notifytest.NewPost(t, nil, nil)
		w := newWorld(t, dbtest.SQLite(t), mailTo(p))
		w.hear(w.stored("P-1", code1, pin1), ann)
		w.deliver(10 * time.Minute)
		w.hear(w.event(kind, "P-1", data), ann)
		w.deliver(10 * time.Minute)
		w.deliver(7 * 24 * time.Hour)
		if n := len(p.All()); n != 2 {
			t.Errorf("%s: %d messages, want that it is here and what has become of it: %q", kind, n, w.states())
		}
	}
}

// A parcel that came to the shelf gets its code there, as behind a door.
func TestWhatACourierBringsToTheCounterIsToldWithItsCode(t *testing.T) {
	p := notifytest.NewPost(t, nil, nil)
	w := newWorld(t, dbtest.SQLite(t), mailTo(p))
	e := w.event("parcel.shelved", "P-1", map[string]any{"place": "B3", "arrived": true})
	w.hear(e, ann) // told by somebody else
	w.deliver(10 * time.Minute)
	if n := len(p.All()); n != 0 {
		t.Fatalf("%d messages without a code", n)
	}
	e.ID, e.Code, e.PIN = "with the code", code1, pin1
	w.hear(e, ann)
	w.deliver(10 * time.Minute)
	got := p.All()
	if len(got) != 1 {
		t.Fatalf("%d messages: %q", len(got), w.states())
	}
	mail := notifytest.Open(t, got[0].Text)
	if len(mail.Images) != 1 || readQR(t, mail.Images[firstOf(mail.Images)]) != code1 ||
		!strings.Contains(mail.Text, "1234 5678") || !strings.Contains(mail.Text, "place B3") {
		t.Errorf("it says\n%s", mail.Text)
	}
}

func firstOf[K comparable, V any](m map[K]V) (first K) {
	for k := range m {
		return k
	}
	return first
}

// A picture of a code that changes opens nothing: no message has one.
func TestACodeThatChangesIsNotSentAsAPicture(t *testing.T) {
	for _, language := range []string{"en", "zh-Hans"} {
		for kind, data := range map[string]map[string]any{
			"parcel.stored":        {"deadline": noon.Add(72 * time.Hour)},
			"parcel.code_reissued": {"deadline": noon.Add(72 * time.Hour)},
			"parcel.shelved":       {"place": "B3", "arrived": true},
		} {
			p := notifytest.NewPost(t, nil, nil)
			w := newWorld(t, dbtest.SQLite(t), mailTo(p))
			data["rotating"] = true
			e := w.event(kind, "P-1", data)
			e.Code, e.PIN = code1, pin1
			who := ann
			who.Language = language
			w.hear(e, who)
			w.deliver(10 * time.Minute)
			got := p.All()
			if len(got) != 1 {
				t.Fatalf("%s: %d messages", kind, len(got))
			}
			mail := notifytest.Open(t, got[0].Text)
			picture := bytes.Contains(got[0].Text, []byte(code1)) || strings.Contains(mail.HTML, "<img")
			if len(mail.Images) != 0 || picture {
				t.Errorf("%s, %s: it shows the code", kind, language)
			}
			for _, text := range []string{mail.Text, mail.HTML} {
				if !strings.Contains(text, "1234 5678") || !strings.Contains(text, "30 ") {
					t.Errorf("%s, %s: it does not say how it is collected:\n%s", kind, language, text)
				}
			}
		}
	}
}

// Whoever cannot collect for an hour is told that no time is lost; of a shorter fault nobody
// hears, and each pause that was told has its end told.
func TestATimeThatStandsStillIsTold(t *testing.T) {
	for reason, says := range map[string]string{
		"lock_jammed": "its door cannot be opened", "station_off": "the station was off",
		"disputed": "staff look into it", "on_hold": "", "redirected": "", "recalled": "", "not_told": "",
	} {
		for _, long := range []bool{false, true} {
			p := notifytest.NewPost(t, nil, nil)
			w := newWorld(t, dbtest.SQLite(t), mailTo(p))
			w.hear(w.stored("P-1", code1, pin1), ann)
			w.deliver(10 * time.Minute)
			w.hear(w.event("parcel.clock_paused", "P-1", map[string]any{"reason": reason}), ann)
			w.deliver(59 * time.Minute)
			minutes := 59
			if long {
				w.deliver(2 * time.Hour)
				minutes = 179
			}
			w.hear(w.event("parcel.clock_resumed", "P-1", map[string]any{
				"reason": reason, "paused_minutes": minutes, "deadline": w.clock().Add(72 * time.Hour),
			}), ann)
			w.deliver(10 * time.Minute)
			var all []string
			for _, r := range p.All()[1:] {
				all = append(all, notifytest.Open(t, r.Text).Text)
			}
			want := 0
			switch {
			case long && says != "":
				want = 2
			case long && (reason == "redirected" || reason == "recalled"):
				want = 1
			}
			if len(all) != want || want == 2 && !(strings.Contains(all[0], says) && strings.Contains(all[0],
				"You lose no time") && strings.Contains(all[1], "you can now collect it until")) {
				t.Errorf("%s, long %v: %q", reason, long, all)
			}
		}
	}
}
