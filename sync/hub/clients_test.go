package hub

import (
	"encoding/json"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
)

// A station is told which client has announced a parcel, until another says something of it:
// a shop must not have parcels of another collected with codes of its own.
func TestAStationIsToldWhoseAParcelIs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("Main street")
		client := func(id string) string {
			t.Helper()
			page, err := w.Changes(ctx, s, "", 100)
			w.must(err)
			for _, c := range page.Changes {
				if c.Collection == protocol.Parcels && c.ID == id {
					var doc protocol.ParcelDoc
					w.must(json.Unmarshal(c.Doc, &doc))
					return doc.Client
				}
			}
			t.Fatalf("%s is not told", id)
			return ""
		}
		says := func(by, id, text string) {
			t.Helper()
			w.must(w.Announce(ctx, by, s, id, json.RawMessage(text)))
		}
		says("shop-a", "P-1", `{"order_id":"SO-1"}`)
		says("shop-a", "P-1", `{"order_id":"SO-2"}`)
		w.must(w.HoldParcel(ctx, "shop-b", s, "P-1", "", "damp"))
		if got := client("P-1"); got != "shop-a" {
			t.Errorf("it is of %q", got)
		}
		says("shop-b", "P-1", `{"order_id":"SO-3"}`)
		says("shop-a", "P-1", `{"order_id":"SO-2"}`)
		if got := client("P-1"); got != "" {
			t.Errorf("two have announced it, and it is of %q", got)
		}
		says("user:ana", "P-2", `{}`)
		says("user:bo", "P-2", `{"order_id":"SO-2"}`)
		if got := client("P-2"); got != "user:" {
			t.Errorf("announced at the console it is of %q", got)
		}
	})
}
