package hub

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// examples are the data of one event of each type, of the contract.
func examples(t *testing.T) map[string]map[string]any {
	t.Helper()
	text, err := os.ReadFile("../api/events/fragment.json")
	if err != nil {
		t.Fatal(err)
	}
	var fragment struct {
		Schemas map[string]struct {
			Event   string          `json:"x-cubby-event"`
			Example json.RawMessage `json:"example"`
		} `json:"schemas"`
	}
	if err := json.Unmarshal(text, &fragment); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{}
	for _, s := range fragment.Schemas {
		var data map[string]any
		if s.Event != "" && json.Unmarshal(s.Example, &data) == nil {
			all[s.Event] = data
		}
	}
	if len(all) < 50 {
		t.Fatalf("the contract has %d events", len(all))
	}
	return all
}

// subjectOf is what an event of a type is about.
func subjectOf(kind string, data map[string]any) string {
	for name, folder := range map[string]string{"parcel_id": "parcels/", "compartment": "compartments/",
		"device": "devices/", "refund_id": "refunds/", "sku": "stock/"} {
		if id, ok := data[name].(string); ok && id != "" && clean(id) && len(id) < 100 &&
			(name != "compartment" || !strings.HasPrefix(kind, "parcel.")) {
			return folder + id
		}
	}
	if id, ok := data["case_id"].(string); ok && id != "" && clean(id) && len(id) < 100 {
		return "returns/" + id
	}
	return "station"
}

// A station of another version may say anything. Whatever stands in a member of any event,
// it is taken in or put aside, on both databases, and the line goes on.
func TestWhateverAnEventSaysTheLineGoesOn(t *testing.T) {
	strange := map[string]any{
		"absent": nil, "a text": "x", "no text": "", "a long text": strings.Repeat("long ", 2000),
		"no character": "a\x00b", "a number": 7, "below zero": -1, "a large number": int64(1) << 62,
		"a fraction": 1.5, "true": true, "a list": []any{1, "x"}, "an object": map[string]any{"a": 1},
		"long ago": "0001-01-01T00:00:00Z", "far away": "9999-12-31T23:59:59Z", "no date": "2026-13-45",
		"other letters": "包裹 ö \u202e", "like a pattern": "%_'\"?$1", "lines": "a\nb",
	}
	all := examples(t)
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		var sequence, through int64
		var batch []json.RawMessage
		var names []string
		quarantined, taken, tried := 0, 0, 0
		flush := func() {
			t.Helper()
			p, err := w.Push(ctx, s, "one", through, batch)
			if err != nil {
				t.Fatalf("from %s to %s: %v", names[0], names[len(names)-1], err)
			}
			for _, r := range p.Results {
				if r.Status == protocol.Quarantined {
					quarantined++
				} else {
					taken++
				}
			}
			through, batch, names = p.Through, nil, nil
		}
		add := func(name, kind string, data map[string]any) {
			sequence++
			batch, names = append(batch, fact(sequence, kind, subjectOf(kind, data), data)), append(names, name)
			if len(batch) == protocol.MaxBatch {
				flush()
			}
		}
		for kind, example := range all {
			add(kind, kind, example)
			for member := range example {
				for what, value := range strange {
					if tried++; testing.Short() && tried%5 != 0 {
						continue // a fifth, another one each time
					}
					data := map[string]any{}
					for name, is := range example {
						data[name] = is
					}
					if data[member] = value; what == "absent" {
						delete(data, member)
					}
					add(fmt.Sprintf("%s with %s as %s", kind, what, member), kind, data)
				}
			}
		}
		flush()
		if quarantined == 0 || taken < quarantined {
			t.Errorf("%d were taken in, %d put aside", taken, quarantined)
		}
		// And everything can be read.
		for _, read := range []func() error{
			func() error { _, err := w.Stations(ctx); return err },
			func() error { _, err := w.Doors(ctx, s); return err },
			func() error { _, err := w.Devices(ctx, s); return err },
			func() error { _, _, err := w.Parcels(ctx, ParcelFilter{Text: "%_'?"}); return err },
			func() error { _, err := w.Facts(ctx, FactFilter{Station: s}); return err },
			func() error { _, _, err := w.Stock(ctx, StockFilter{}); return err },
			func() error { _, _, err := w.Returns(ctx, ReturnFilter{}); return err },
			func() error { _, _, err := w.Refunds(ctx, RefundFilter{}); return err },
			func() error { _, err := w.Troubles(ctx, ""); return err },
		} {
			w.must(read())
		}
	})
}
