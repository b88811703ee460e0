package hub

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// one is a fact of a parcel's announcement.
func one(sequence int64) json.RawMessage {
	return ofParcel(sequence, "announced", fmt.Sprint("P-", sequence))
}

func (w *world) gap(err error, slug string, through int64) {
	w.t.Helper()
	var g *GapError
	if !errors.As(err, &g) || g.Slug != slug || g.Mark.Through != through {
		w.t.Fatalf("it was answered with %+v, not %s at %d", err, slug, through)
	}
}

func statuses(p protocol.Pushed) string {
	var all []string
	for _, r := range p.Results {
		all = append(all, string(r.Status))
	}
	return strings.Join(all, " ")
}

func (w *world) sequences(station string) (all []int64) {
	w.t.Helper()
	facts, err := w.Facts(w.t.Context(), FactFilter{Station: station, Ascending: true, Limit: 500})
	w.must(err)
	for _, f := range facts {
		all = append(all, f.Sequence)
	}
	return all
}

func TestFactsAreStoredOnceAndInOrderWhateverIsRepeated(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s, other := w.join("A"), w.join("B")
		if m, err := w.Mark(ctx, s); err != nil || m.Epoch != "" || m.Through != 0 {
			t.Fatalf("before the first: %+v, %v", m, err)
		}
		w.push(s, "one", 0, one(2), one(5))
		for _, c := range []struct {
			after      int64
			sequences  []int64
			is         string
			mark       int64
			whereTwice string
		}{
			{0, []int64{2, 5}, "duplicate duplicate", 5, "the reply was lost"},
			{2, []int64{5, 9}, "duplicate stored", 9, "it goes on from an older mark"},
			{0, []int64{2, 5, 9, 10}, "duplicate duplicate duplicate stored", 10, "from the beginning"},
			{10, nil, "", 10, "nothing"},
		} {
			var batch []json.RawMessage
			for _, n := range c.sequences {
				batch = append(batch, one(n))
			}
			p := w.push(s, "one", c.after, batch...)
			if statuses(p) != c.is || p.Through != c.mark || p.LastID != fmt.Sprint("e-", c.mark) {
				t.Errorf("%s: %+v", c.whereTwice, p)
			}
		}
		push := func(after int64, batch ...json.RawMessage) error {
			_, err := w.Push(ctx, s, "one", after, batch)
			return err
		}
		w.gap(push(11, one(12)), "gap", 10)
		w.gap(push(5, one(12)), "history-differs", 10) // the hub has 9 and 10 between
		w.gap(push(2, one(4)), "history-differs", 10)
		w.gap(push(0, ofParcel(3, "announced", "P-3")), "history-differs", 10)
		changed := strings.Replace(string(one(9)), `"id":"e-9"`, `"id":"other"`, 1)
		w.gap(push(5, json.RawMessage(changed)), "history-differs", 10)
		moved := strings.Replace(string(one(9)), `"id":"e-9"`, `"id":"e-10"`, 1)
		w.gap(push(5, json.RawMessage(moved)), "history-differs", 10)
		refused(t, push(10, one(12), one(11)), "not-in-order")
		refused(t, push(10, make([]json.RawMessage, protocol.MaxBatch+1)...), "too-many")
		_, err := w.Push(ctx, "nowhere", "one", 0, nil)
		refused(t, err, "no-such-station")
		// The same ids and sequences of another station are other facts.
		if p := w.push(other, "one", 0, one(2), one(5)); statuses(p) != "stored stored" {
			t.Errorf("another station: %+v", p)
		}
		w.again()
		if got := fmt.Sprint(w.sequences(s)); got != "[2 5 9 10]" {
			t.Errorf("it has %s", got)
		}
	})
}

func TestAnotherEpochGoesOnBehindWhatBothHave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		w.push(s, "one", 0, one(1), one(2), one(3), one(4))
		_, err := w.Push(ctx, s, "two", 2, []json.RawMessage{one(3)})
		w.gap(err, "another-epoch", 4)
		_, err = w.BeginEpoch(ctx, s, protocol.Epoch{Epoch: "two", After: 5})
		w.gap(err, "gap", 4)
		m, err := w.BeginEpoch(ctx, s, protocol.Epoch{Epoch: "two", After: 2})
		if err != nil || m.Epoch != "two" || m.Through != 2 || m.LastID != "e-2" {
			t.Fatalf("it begins at %+v, %v", m, err)
		}
		if again, err := w.BeginEpoch(ctx, s, protocol.Epoch{Epoch: "two", After: 2}); err != nil ||
			again != m {
			t.Errorf("asked again: %+v, %v", again, err)
		}
		// Another fact has sequence 3 now, and one that is known already comes under another.
		other := strings.Replace(string(one(3)), `"id":"e-3"`, `"id":"new-3"`, 1)
		known := strings.Replace(string(one(5)), `"id":"e-5"`, `"id":"e-4"`, 1)
		if p := w.push(s, "two", 2, json.RawMessage(other), json.RawMessage(known)); p.Through != 5 ||
			statuses(p) != "stored duplicate" {
			t.Errorf("in the other epoch: %+v", p)
		}
		if p := w.push(s, "two", 2, json.RawMessage(other), json.RawMessage(known)); p.Through != 5 ||
			statuses(p) != "duplicate duplicate" {
			t.Errorf("again: %+v", p)
		}
		if kinds := w.troubles(s); kinds != "restored" {
			t.Errorf("troubles are %s", kinds)
		}
		w.time = w.time.Add(LostFor)
		_, err = w.BeginEpoch(ctx, s, protocol.Epoch{Epoch: "one", After: 4})
		w.gap(err, "epoch-over", 5)
		w.Seen(s)
		if kinds := w.troubles(s); !strings.Contains(kinds, "two_stations") {
			t.Errorf("an epoch was asked for that is over, troubles are %s", kinds)
		}
		if got := fmt.Sprint(w.sequences(s)); got != "[1 2 3 4 3]" {
			t.Errorf("it has %s", got)
		}
	})
}

func (w *world) troubles(station string) string {
	w.t.Helper()
	all, err := w.Troubles(w.t.Context(), station)
	w.must(err)
	var kinds []string
	for _, t := range all {
		kinds = append(kinds, t.Kind)
		if t.Title == "" || t.WhatToDo == "" || t.Harm < 1 || t.Harm > 5 || t.Since.IsZero() ||
			t.Subject == "" {
			w.t.Errorf("a trouble says too little: %+v", t)
		}
	}
	return strings.Join(kinds, " ")
}

// Whatever stands in a fact's place: it is kept, it is a trouble, and the facts behind it
// are taken in.
func TestWhatCannotBeTakenInGoesToQuarantineAndHoldsUpNothing(t *testing.T) {
	panicking := func(h *Hub, tx *db.Tx, e Event) error {
		if e.Type == "test.panics" {
			if _, err := tx.Exec("DELETE FROM parcels"); err != nil {
				return err
			}
			panic("a fault")
		}
		return nil
	}
	projections = append(projections, panicking)
	defer func() { projections = projections[:len(projections)-1] }()
	with := func(from, to string) json.RawMessage {
		return json.RawMessage(
			strings.Replace(string(ofParcel(3, "stored", "P-2", "compartment", "1", "code", "SECRET",
				"pin", "11112222", "deadline", "2026-03-04T09:00:00Z")), from, to, 1),
		)
	}
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		for name, bad := range map[string]json.RawMessage{
			"no object":        json.RawMessage(`"SECRET"`),
			"nothing":          json.RawMessage(`{}`),
			"null":             json.RawMessage(`null`),
			"no id":            with(`"id":"e-3"`, `"id":""`),
			"id of a kind":     with(`"id":"e-3"`, `"id":{"a":1}`),
			"no type":          with(`"type":"parcel.stored"`, `"type":null`),
			"no time":          with(`"time":"2026`, `"time":"x2026`),
			"no subject":       with(`"subject":"parcels/P-2"`, `"subject":"a\nb"`),
			"a long id":        with(`"id":"e-3"`, `"id":"`+strings.Repeat("x", 200)+`"`),
			"no data":          with(`"data":{`, `"data":null,"other":{`),
			"a list of data":   with(`"data":{`, `"data":[1],"other":{`),
			"no door":          with(`"compartment":"1"`, `"compartment":""`),
			"a wrong door":     with(`"compartment":"1"`, `"compartment":1`),
			"no character":     with(`"label":"L-P-2"`, `"label":"a\u0000b"`),
			"no text":          with(`"label":"L-P-2"`, "\"label\":\"a\xffb\""),
			"a code of a kind": with(`"code":"SECRET"`, `"code":["SECRET"]`),
			"a fault":          fact(3, "test.panics", "parcels/P-2", map[string]any{}),
			"a long sequence":  with(`"sequence":"000`, `"sequence":"999`),
		} {
			s := w.join(name)
			p := w.push(s, "one", 0, one(2), bad, one(4))
			if statuses(p) != "stored quarantined stored" || p.Through != 4 ||
				len(p.Results[1].Problem) == 0 {
				t.Errorf("%s: %+v", name, p)
				continue
			}
			if kinds := w.troubles(s); kinds != "quarantined" {
				t.Errorf("%s: troubles are %s", name, kinds)
			}
			facts, err := w.Facts(ctx, FactFilter{Station: s, Quarantined: true})
			w.must(err)
			if len(facts) != 1 || !facts[0].Quarantined || facts[0].Problem == "" ||
				name != "no data" && strings.Contains(string(facts[0].Event), "SECRET") {
				t.Errorf("%s: it is kept as %+v", name, facts)
			}
			if p := w.push(s, "one", 0, one(2), bad, one(4)); statuses(
				p,
			) != "duplicate quarantined duplicate" {
				t.Errorf("%s: again: %+v", name, p)
			}
			if parcel, err := w.Parcel(ctx, s, "P-2"); err != nil || parcel.State != "announced" {
				t.Errorf("%s: %+v, %v", name, parcel, err)
			}
			w.must(w.LookedAt(ctx, by, facts[0].N))
			if kinds := w.troubles(s); kinds != "" {
				t.Errorf("%s: looked at, troubles are %s", name, kinds)
			}
		}
		if strings.Contains(w.log.String(), "SECRET") || strings.Contains(w.log.String(), "11112222") {
			t.Errorf("the log has a code: %s", w.log.String())
		}
	})
}

func TestABatchOfNothingButFaultsIsTaken(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	s := w.join("A")
	var batch []json.RawMessage
	for n := range int64(protocol.MaxBatch) {
		batch = append(batch, ofParcel(n+1, "stored", "P-1", "compartment", ""))
	}
	p := w.push(s, "one", 0, batch...)
	if strings.Contains(statuses(p), "stored") || p.Through != protocol.MaxBatch {
		t.Errorf("%+v", p)
	}
}

func TestManyTriggersAtOnceStoreEveryFactOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w := open(t, at)
		s := w.join("A")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for n := int64(0); n < 30; {
					p, err := w.Push(
						t.Context(),
						s,
						"one",
						n,
						[]json.RawMessage{one(n + 1), one(n + 2), one(n + 3)},
					)
					if err != nil {
						t.Error(err)
						return
					}
					n = p.Through
				}
			})
		}
		wg.Wait()
		got := w.sequences(s)
		for i, n := range got {
			if n != int64(i)+1 {
				t.Fatalf("it has %v", got)
			}
		}
		if len(got) < 30 {
			t.Errorf("it has %d", len(got))
		}
	})
}

// Facts are in no hurry to be believed: a station's clock may be years away.
func TestTheStationsClockOrdersNothing(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	s := w.join("A")
	at := func(n int64, year string) json.RawMessage {
		return json.RawMessage(strings.Replace(string(one(n)), `"time":"2026`, `"time":"`+year, 1))
	}
	w.push(s, "one", 0, at(1, "2036"), at(2, "1970"), at(3, "9999"), at(4, "0001"))
	if got := fmt.Sprint(w.sequences(s)); got != "[1 2 3 4]" {
		t.Errorf("it has %s", got)
	}
	facts, err := w.Facts(t.Context(), FactFilter{Station: s, Limit: 1})
	w.must(err)
	if len(facts) != 1 || !facts[0].Received.Equal(w.time.Truncate(time.Millisecond)) ||
		facts[0].Happened.Year() != 1 {
		t.Errorf("the newest is %+v", facts)
	}
}

// Each of these made a projection fail, or the whole program, each time it was pushed.
func TestNumbersAndTimesBeyondAllBoundsHoldUpNothing(t *testing.T) {
	const least = "-9223372036854775808"
	with := func(n int64, kind, subject, at, data string) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`{"specversion":"1.0","id":"e-%d","source":"urn:s","type":%q,"subject":%q,`+
			`"time":%q,"sequence":"%d","data":%s}`, n, kind, subject, at, n, data))
	}
	const now, late, early = "2026-03-01T10:00:00Z", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59"
	moved := func(n int64, q string) json.RawMessage {
		return with(n, "stock.moved", "stock/A-1", now,
			`{"sku":"A-1","from":"in_transit","to":"quarantine","on_hand":1,"quantity":`+q+`}`)
	}
	dbtest.Each(t, func(t *testing.T, at string) {
		w := open(t, at)
		s := w.join("A")
		p := w.push(s, "one", 0,
			with(1, "return.requested", "returns/R-1", late, `{"return_id":"R-1","order":"O-1"}`),
			with(2, "return.requested", "returns/R-1", early, `{"return_id":"R-1","order":"O-1"}`),
			with(3, "parcel.stored", "parcels/P-1", now, `{"parcel_id":"P-1","compartment":"1","deadline":"`+late+`"}`),
			with(4, "return.item_graded", "returns/R-1", now, `{"deep":[{"amount":`+least+`}]}`),
			with(5, "return.item_graded", "returns/R-1", now, `{"amount":1e300}`),
			moved(6, "9007199254740992"), moved(7, "-1"), moved(8, "1000000000"), moved(9, "7"),
			with(10, "parcel.collected", "parcels/P-1", now, `{"parcel_id":"P-2","compartment":"1"}`))
		const bad = "quarantined quarantined quarantined quarantined quarantined quarantined quarantined "
		if got := statuses(p); got != bad+"stored stored quarantined" || p.Through != 10 {
			t.Errorf("they became %s, up to %d", got, p.Through)
		}
		oldest := time.Date(9999, 12, 31, 23, 59, 59, 0, time.FixedZone("", -23*3600))
		w.must(w.About(t.Context(), s, protocol.About{ID: "s", Outbox: protocol.Outbox{Oldest: &oldest}}))
		stock, _, err := w.Stock(t.Context(), StockFilter{Station: s})
		if err != nil || len(stock) != 1 {
			t.Errorf("the stock is %+v, %v", stock, err)
		}
		stations, err := w.Stations(t.Context())
		w.must(err)
		facts, err := w.Facts(t.Context(), FactFilter{Limit: 100})
		w.must(err)
		if _, err := json.Marshal([]any{stations, facts}); err != nil {
			t.Error(err)
		}
	})
}
