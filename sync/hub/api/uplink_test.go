package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cubby/sync/db/dbtest"
	"cubby/sync/protocol"
	"cubby/sync/uplink"
)

// TestAStationsOwnEndOfTheLineUnderstandsThis has the client of a station ask this
// endpoint over a real connection.
func TestAStationsOwnEndOfTheLineUnderstandsThis(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	server := httptest.NewServer(b.Door)
	defer server.Close()
	ctx := t.Context()
	line, err := uplink.NewHub(uplink.Credential{URL: server.URL, Station: id, Key: key})
	b.must(err)
	defer line.Close()

	var facts []string
	for i := range 20 { // so many that they are packed
		facts = append(facts, ofParcel(int64(2*i+1), "announced", fmt.Sprint("P-", i)))
	}
	batch := "[" + strings.Join(facts, ",") + "]"
	pushed, err := line.Push(ctx, "e1", 0, []byte(batch))
	b.must(err)
	if len(pushed.Results) != 20 || pushed.Through != 39 || pushed.Results[19].Status != protocol.Stored {
		t.Errorf("pushed: %+v", pushed)
	}
	_, err = line.Push(ctx, "e1", 41, []byte("["+ofParcel(43, "announced", "P-X")+"]"))
	gap, is := errors.AsType[*uplink.Answer](err)
	if !is || gap.Slug != "gap" || gap.Mark == nil || gap.Mark.Through != 39 {
		t.Errorf("a gap is told as %#v", err)
	}
	_, err = line.Changes(ctx, "none", 10, 0)
	if gone, is := errors.AsType[*uplink.Answer](err); !is || gone.Status != 410 {
		t.Errorf("a cursor that is none: %v", err)
	}
	b.must(b.hub.Announce(ctx, by, id, "P-100", json.RawMessage(`{"order_id":"SO-1"}`)))
	whole, err := line.Snapshot(ctx, 0, "")
	b.must(err)
	packed, err := io.ReadAll(whole.Body)
	b.must(err)
	b.must(whole.Body.Close())
	rest, err := line.Snapshot(ctx, 10, whole.Header.Get("ETag"))
	b.must(err)
	behind, err := io.ReadAll(rest.Body)
	b.must(err)
	b.must(rest.Body.Close())
	if rest.StatusCode != 206 || !bytes.Equal(packed[10:], behind) {
		t.Errorf("the rest is %d with %d bytes of %d", rest.StatusCode, len(behind), len(packed)-10)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	b.must(err)
	told, err := io.ReadAll(z)
	b.must(err)
	if !strings.Contains(string(told), `"P-100"`) {
		t.Errorf("the snapshot says %s", told)
	}
	cursor := whole.Header.Get(protocol.HeaderCursor)
	b.must(b.hub.Announce(ctx, by, id, "P-101", json.RawMessage(`{}`)))
	page, err := line.Changes(ctx, cursor, 10, time.Minute)
	b.must(err)
	if len(page.Changes) != 1 || page.Changes[0].ID != "P-101" {
		t.Errorf("behind the snapshot: %+v", page.Changes)
	}
	b.must(line.About(ctx, protocol.About{ID: "demo", Name: "One", At: time.Now()}))
	m, err := line.BeginEpoch(ctx, protocol.Epoch{Epoch: "e2", After: 39})
	b.must(err)
	if again, err := line.Mark(ctx); err != nil || again.Epoch != "e2" || m.Epoch != "e2" {
		t.Errorf("the epoch is %+v, %v", again, err)
	}
	other, _ := b.join("two")
	elsewhere, err := uplink.NewHub(uplink.Credential{URL: server.URL, Station: other, Key: key})
	b.must(err)
	defer elsewhere.Close()
	_, err = elsewhere.Mark(ctx)
	if none, is := errors.AsType[*uplink.Answer](err); !is || none.Status != 404 {
		t.Errorf("another station's address: %v", err)
	}
}
