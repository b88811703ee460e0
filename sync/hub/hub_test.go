package hub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

// A world is a hub with a clock of its own.
type world struct {
	*Hub
	t    testing.TB
	time time.Time
	log  bytes.Buffer
	at   string
}

const by = "user:anna"

func open(t testing.TB, at string) *world {
	w := &world{t: t, time: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), at: at}
	w.begin()
	t.Cleanup(func() { w.Close() })
	return w
}

func (w *world) begin() {
	h, err := Open(w.t.Context(), Config{
		At: w.at, Key: bytes.Repeat([]byte{7}, 32), Name: "The centre", PublicURL: "https://hub.example",
		Pin: "PIN", Log: slog.New(slog.NewTextHandler(io.MultiWriter(&w.log), nil)),
		Now: func() time.Time { return w.time },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Hub = h
}

func (w *world) again() {
	w.must(w.Close())
	w.begin()
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// join makes a station that has joined.
func (w *world) join(name string) string {
	w.t.Helper()
	s, invitation, err := w.Invite(w.t.Context(), by, name, "", nil, nil)
	w.must(err)
	e, err := w.Enrol(w.t.Context(), protocol.Enrol{Code: codeOf(invitation)})
	w.must(err)
	if e.Station != s.ID || e.Name != name || len(e.RootKeys) != 1 {
		w.t.Fatalf("joined as %+v", e)
	}
	return s.ID
}

func codeOf(invitation string) string {
	const at = len("https://hub.example/#code=")
	return invitation[at : at+14]
}

// fact is a CloudEvent as a station pushes it.
func fact(sequence int64, kind, subject string, data map[string]any) json.RawMessage {
	text, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": fmt.Sprintf("e-%d", sequence), "source": "/stations/demo", "type": kind,
		"subject": subject, "time": time.Date(2026, 3, 1, 9, 0, int(sequence), 0, time.UTC).Format(time.RFC3339),
		"datacontenttype": "application/json", "sequence": fmt.Sprintf("%020d", sequence), "epoch": "log",
		"actor": "hardware", "cause": "door", "data": data,
	})
	if err != nil {
		panic(err)
	}
	return text
}

func ofParcel(sequence int64, kind, id string, more ...any) json.RawMessage {
	data := map[string]any{"parcel_id": id, "label": "L-" + id}
	for i := 0; i < len(more); i += 2 {
		data[more[i].(string)] = more[i+1]
	}
	return fact(sequence, "parcel."+kind, "parcels/"+id, data)
}

func (w *world) push(station, epoch string, after int64, batch ...json.RawMessage) protocol.Pushed {
	w.t.Helper()
	p, err := w.Push(w.t.Context(), station, epoch, after, batch)
	w.must(err)
	if len(p.Results) != len(batch) {
		w.t.Fatalf("%d results for %d facts", len(p.Results), len(batch))
	}
	return p
}

func refused(t testing.TB, err error, slug string) {
	t.Helper()
	r, ok := err.(*ledger.Refusal)
	if !ok || r.Slug != slug {
		t.Fatalf("refused with %v, not %s", err, slug)
	}
}

func TestAParcelIsToldDownAndItsFactsComeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("Main street")
		w.must(w.Announce(ctx, by, s, "P-1", json.RawMessage(
			`{"order_id":"SO-1","recipient":{"name":"Bo","email":"bo@example.org"}}`)))
		if p, err := w.Parcel(ctx, s, "P-1"); err != nil || p.State != Sent || !p.Contact ||
			p.OrderID != "SO-1" {
			t.Fatalf("announced: %+v, %v", p, err)
		}
		page, err := w.Changes(ctx, s, "", 10)
		w.must(err)
		if len(page.Changes) != 3 || page.More || page.Changes[2].Collection != protocol.Parcels ||
			page.Changes[2].ID != "P-1" {
			t.Fatalf("told: %+v", page)
		}
		page, err = w.Changes(ctx, s, page.Next, 10)
		if err != nil || len(page.Changes) != 0 {
			t.Fatalf("told again: %+v, %v", page, err)
		}
		heard := w.Heard()
		pushed := w.push(
			s,
			"one",
			0,
			fact(1, "station.started", "station", map[string]any{"boot": "b", "version": "1"}),
			ofParcel(4, "announced", "P-1", "order_id", "SO-1", "pickup_hours", 72),
			ofParcel(5, "booked", "P-1", "compartment", "14"),
			fact(
				7,
				"door.opened",
				"compartments/14",
				map[string]any{"compartment": "14", "at": "2026-03-01T09:00:00Z"},
			),
			ofParcel(8, "deposit_started", "P-1", "compartment", "14"),
			ofParcel(9, "stored", "P-1", "compartment", "14", "size", "M", "deadline", "2026-03-04T09:00:00Z",
				"evidence", "human", "code", "SECRETCODE", "pin", "12345678"),
		)
		if pushed.Through != 9 || pushed.LastID != "e-9" || pushed.Results[5].Status != protocol.Stored {
			t.Fatalf("pushed: %+v", pushed)
		}
		select {
		case <-heard:
		default:
			t.Error("nobody was woken")
		}
		p, err := w.Parcel(ctx, s, "P-1")
		if err != nil || p.State != "stored" || p.Door != "14" || p.Deadline == nil || !p.Contact {
			t.Fatalf("stored: %+v, %v", p, err)
		}
		doors, err := w.Doors(ctx, s)
		if err != nil || len(doors) != 1 || doors[0].Allocation != "occupied" || doors[0].Parcel != "P-1" ||
			doors[0].Door != "open" {
			t.Fatalf("doors: %+v, %v", doors, err)
		}
		facts, err := w.Facts(ctx, FactFilter{Station: s, Subject: "parcels/P-1"})
		if err != nil || len(facts) != 4 || facts[0].Type != "parcel.stored" || facts[0].Quarantined ||
			bytes.Contains(
				facts[0].Event,
				[]byte("SECRETCODE"),
			) || bytes.Contains(facts[0].Event, []byte("12345678")) {
			t.Fatalf("facts: %+v, %v", facts, err)
		}
		if code, pin, err := w.ShowCode(ctx, by, s, "P-1", "the customer has called"); err != nil ||
			code != "SECRETCODE" || pin != "12345678" {
			t.Fatalf("the code is %q %q: %v", code, pin, err)
		}
		stations, err := w.Stations(ctx)
		if err != nil || len(stations) != 1 || stations[0].Through != 9 || stations[0].Doors.Occupied != 1 ||
			stations[0].Parcels != 1 {
			t.Fatalf("stations: %+v, %v", stations, err)
		}
		w.push(s, "one", 9, ofParcel(10, "collected", "P-1", "compartment", "14", "evidence", "inferred"))
		if _, _, err := w.ShowCode(ctx, by, s, "P-1", "again"); err == nil {
			t.Error("the code outlived its parcel")
		}
		if p, err = w.Parcel(ctx, s, "P-1"); err != nil || p.State != "collected" || p.Contact ||
			p.Ended == nil {
			t.Fatalf("collected: %+v, %v", p, err)
		}
	})
}

func TestADatabaseThatCannotBeWrittenIsNotReady(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	w.must(w.Ping(t.Context()))
	w.must(w.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("CREATE TRIGGER full BEFORE UPDATE ON hub BEGIN SELECT RAISE(ABORT, 'full'); END")
		return err
	}))
	w.must(w.Ping(t.Context())) // it is not tried for whoever asks
	w.time = w.time.Add(writeEvery)
	if w.Ping(t.Context()) == nil {
		t.Error("it is said to be ready")
	}
	w.must(w.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("DROP TRIGGER full")
		return err
	}))
	w.time = w.time.Add(writeEvery)
	w.must(w.Ping(t.Context()))
	s := w.join("A")
	for _, full := range []error{errors.New("disk full"), nil, &GapError{}, refuseUnknown("station")} {
		w.wrote.push(full, w.time)
		if err := w.Ping(t.Context()); (err != nil) != (full != nil && full.Error() == "disk full") {
			t.Errorf("after %v it is said: %v", full, err)
		}
	}
	w.wrote.push(errors.New("disk full"), w.time)
	w.push(s, "one", 0, one(1))
	w.must(w.Ping(t.Context()))
}
