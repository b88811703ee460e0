package api_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"cubby/sync/db/dbtest"
	"cubby/sync/problem"
	"cubby/sync/protocol"
)

func gzipped(b *bench, text string) string {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, text)
	b.must(err)
	b.must(z.Close())
	return packed.String()
}

func TestTheLineOfAStation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		b := open(t, at)
		s, invitation, err := b.hub.Invite(t.Context(), by, "Main Street", "", nil, nil)
		b.must(err)
		_, code, _ := strings.Cut(invitation, "code=")
		const about = `{"id":"demo","name":"Cubby","version":"1","zone":"Europe/Berlin","languages":["en"],
			"wall":{"later":1},"outbox":{"waiting":2},"at":"2026-03-01T10:00:00Z","new_member":[]}`
		b.do(403, "no-invitation", "POST", "/sync/v1/enrol", `{"code":"AAAA-AAAA-AAAA","about":`+about+`}`)
		b.do(422, "enrol-code", "POST", "/sync/v1/enrol", `{"about":`+about+`}`)
		b.do(422, "text", "POST", "/sync/v1/enrol", `{"code":"x"}`)
		in := read[protocol.Enrolled](b, b.do(201, "", "POST", "/sync/v1/enrol",
			`{"code":"`+code+`","about":`+about+`}`))
		if in.Station != s.ID || in.Name != "Main Street" || in.Centre != "The centre" || len(in.RootKeys) != 1 {
			t.Fatalf("joined as %+v", in)
		}
		b.do(403, "no-invitation", "POST", "/sync/v1/enrol", `{"code":"`+code+`","about":`+about+`}`)

		line := "/sync/v1/stations/" + s.ID
		st := b.with(in.Key)
		b.do(401, "no-key", "GET", line+"/mark", "")
		st.do(204, "", "PUT", line+"/about", about)
		if m := read[protocol.Mark](b, st.do(200, "", "GET", line+"/mark", "")); m.Through != 0 || m.Epoch != "" {
			t.Errorf("before the first fact the mark is %+v", m)
		}
		// A push, packed and plain; what is not in its place.
		batch := "[" + ofParcel(3, "announced", "P-1") + `,{"no":"fact","sequence":"00000000000000000005"}]`
		pushed := read[protocol.Pushed](b, st.do(200, "", "POST", line+"/events?epoch=e1&after=0",
			gzipped(b, batch), "Content-Type", protocol.Batch, "Content-Encoding", "gzip"))
		if len(pushed.Results) != 2 || pushed.Results[0].Status != protocol.Stored ||
			pushed.Results[1].Status != protocol.Quarantined || pushed.Through != 5 {
			t.Errorf("pushed: %+v", pushed)
		}
		again := b.push(s.ID, in.Key, 0, ofParcel(3, "announced", "P-1"))
		if again.Results[0].Status != protocol.Duplicate || again.Through != 5 {
			t.Errorf("pushed again: %+v", again)
		}
		gap := st.do(409, "gap", "POST", line+"/events?epoch=e1&after=9", "["+ofParcel(12, "announced", "P-2")+"]",
			"Content-Type", protocol.Batch)
		var mark protocol.Mark
		b.must(json.Unmarshal(problem.Read(409, problem.ContentType, []byte(gap)).Mark, &mark))
		if mark.Through != 5 || mark.Epoch != "e1" {
			t.Errorf("a gap is told with the mark %+v", mark)
		}
		st.do(409, "another-epoch", "POST", line+"/events?epoch=e2&after=5", "[]", "Content-Type", protocol.Batch)
		st.do(400, "bad-parameter", "POST", line+"/events?epoch=e1", "[]", "Content-Type", protocol.Batch)
		st.do(400, "bad-parameter", "POST", line+"/events?epoch=&after=5", "[]", "Content-Type", protocol.Batch)
		st.do(415, "not-json", "POST", line+"/events?epoch=e1&after=5", "[]")
		st.do(400, "malformed-json", "POST", line+"/events?epoch=e1&after=5", "{}", "Content-Type", protocol.Batch)
		st.do(413, "too-many-facts", "POST", line+"/events?epoch=e1&after=5",
			"[1"+strings.Repeat(",1", 100)+"]", "Content-Type", protocol.Batch)
		st.do(413, "body-too-large", "POST", line+"/events?epoch=e1&after=5",
			gzipped(b, "["+strings.Repeat(" ", 5<<20)+"]"), "Content-Type", protocol.Batch, "Content-Encoding", "gzip")
		begun := read[protocol.Mark](b, st.do(200, "", "POST", line+"/epochs", `{"epoch":"e2","after":5}`))
		if begun.Epoch != "e2" {
			t.Errorf("the epoch is %+v", begun)
		}
		st.do(422, "epoch", "POST", line+"/epochs", `{"epoch":"e 2","after":5}`)
		st.do(422, "after", "POST", line+"/epochs", `{"epoch":"e2","after":-1}`)
		st.do(422, "wrong-type", "POST", line+"/epochs", `{"epoch":2}`)
		st.do(400, "malformed-json", "POST", line+"/epochs", `{"epoch":`)
		st.do(400, "not-utf8", "POST", line+"/epochs", "{\"epoch\":\"\xff\"}")

		empty := sha256.Sum256(nil)
		d := read[protocol.Digested](b, st.do(200, "", "POST", line+"/digest",
			`{"through":5,"count":0,"sha256":"`+hex.EncodeToString(empty[:])+`"}`))
		if !d.Agrees {
			t.Errorf("nothing behind doors is told as %+v", d)
		}
		st.do(422, "sha256", "POST", line+"/digest", `{"through":5,"count":0,"sha256":"x"}`)
		for _, what := range []string{"about", "events?epoch=e1&after=0", "digest", "epochs"} {
			if strings.Contains(b.logged.String(), what+"?") {
				t.Errorf("the log has %s", what)
			}
		}
	})
}

func TestChangesAndSnapshotsForAStation(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	line, st := "/sync/v1/stations/"+id, b.with(key)
	for i := range 5 {
		b.must(b.hub.Announce(t.Context(), by, id, fmt.Sprint("P-", i), json.RawMessage(`{}`)))
	}
	var got []string
	cursor := ""
	for more := true; more; {
		p := read[protocol.Page](b, st.do(200, "", "GET", line+"/changes?limit=2&cursor="+cursor, ""))
		for _, c := range p.Changes {
			got = append(got, c.Collection+"/"+c.ID)
		}
		cursor, more = p.Next, p.More
	}
	const want = "keys/list settings/station parcels/P-0 parcels/P-1 parcels/P-2 parcels/P-3 parcels/P-4"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("told %s", text)
	}
	for _, bad := range []string{"x", strings.Repeat("A", 5000), "%00"} {
		st.do(410, "take-a-snapshot", "GET", line+"/changes?cursor="+bad, "")
	}
	st.do(400, "bad-parameter", "GET", line+"/changes?wait=61", "")

	whole := st.Send(st.request("GET", line+"/snapshot", ""), "")
	packed, err := io.ReadAll(whole.Body)
	b.must(err)
	sum := sha256.Sum256(packed)
	tag := whole.Header.Get("Etag")
	if hex.EncodeToString(sum[:]) != whole.Header.Get(protocol.HeaderSHA256) ||
		whole.Header.Get(protocol.HeaderCursor) == "" {
		t.Errorf("the snapshot came with %v", whole.Header)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	b.must(err)
	text, err := io.ReadAll(z)
	b.must(err)
	if n := strings.Count(string(text), "\n"); n != 7 {
		t.Errorf("the snapshot has %d lines: %s", n, text)
	}
	for _, c := range []struct {
		header []string
		status int
		part   string
	}{
		{[]string{"Range", "bytes=10-"}, 206, string(packed[10:])},
		{[]string{"Range", "bytes=10-19", "If-Range", tag}, 206, string(packed[10:20])},
		{[]string{"Range", "bytes=-7"}, 206, string(packed[len(packed)-7:])},
		{[]string{"Range", "bytes=5-99999999999999999999999"}, 206, string(packed[5:])},
		{[]string{"Range", "bytes=10-", "If-Range", `"other"`}, 200, string(packed)},
		{[]string{"Range", "bytes=1-2,4-5"}, 200, string(packed)},
		{[]string{"Range", "bytes=9-3"}, 200, string(packed)},
		{[]string{"Range", "lines=1-2"}, 200, string(packed)},
		{[]string{"Range", "bytes=-0"}, 416, ""},
		{[]string{"Range", fmt.Sprintf("bytes=%d-", len(packed))}, 416, ""},
		{[]string{"If-None-Match", tag}, 304, ""},
		{[]string{"If-Match", `"other"`}, 412, ""},
	} {
		answer := st.Send(st.request("GET", line+"/snapshot", "", c.header...), "")
		part, err := io.ReadAll(answer.Body)
		b.must(err)
		if answer.StatusCode != c.status || c.status < 300 && string(part) != c.part {
			t.Errorf("%v: %d with %d bytes", c.header, answer.StatusCode, len(part))
		}
	}
	b.must(b.hub.Announce(t.Context(), by, id, "P-9", json.RawMessage(`{}`)))
	answer := st.Send(st.request("GET", line+"/snapshot", "", "Range", "bytes=10-", "If-Range", tag), "")
	if answer.StatusCode != 200 || answer.Header.Get("Etag") == tag {
		t.Errorf("the rest of a snapshot that is another now: %d", answer.StatusCode)
	}
}

// TestALongPollEndsWithAChange asks before there is one.
func TestALongPollEndsWithAChange(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	line, st := "/sync/v1/stations/"+id, b.with(key)
	first := read[protocol.Page](b, st.do(200, "", "GET", line+"/changes", ""))
	told := b.hub.Told()
	asked := make(chan *httptest.ResponseRecorder)
	go func() {
		w := httptest.NewRecorder()
		b.Door.ServeHTTP(w, st.request("GET", line+"/changes?wait=60&cursor="+first.Next, ""))
		asked <- w
	}()
	b.must(b.hub.Announce(t.Context(), by, id, "P-1", json.RawMessage(`{}`)))
	<-told
	if p := read[protocol.Page](b, (<-asked).Body.String()); len(p.Changes) != 1 || p.Changes[0].ID != "P-1" {
		t.Errorf("told %+v", p)
	}
}

// TestAnotherStationsAddressIsThatOfNone asks with the key of one station for another, and
// for one that is not there: no byte of the answers differs but the occurrence.
func TestAnotherStationsAddressIsThatOfNone(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	_, key := b.join("one")
	other, _ := b.join("two")
	sum := strings.Repeat("0", 64)
	st := b.with(key)
	for _, c := range [][4]string{
		{"POST", "events?epoch=e1&after=0", "[]", protocol.Batch},
		{"GET", "mark", "", ""},
		{"POST", "epochs", `{"epoch":"e1","after":0}`, "application/json"},
		{"GET", "changes", "", ""},
		{"GET", "snapshot", "", ""},
		{"POST", "digest", `{"through":0,"count":0,"sha256":"` + sum + `"}`, "application/json"},
		{"PUT", "about", `{"id":"x"}`, "application/json"},
		{"PUT", "about", `{"id":`, "application/json"},
		{"GET", "changes?limit=0", "", ""},
	} {
		ask := func(id string) string {
			answer := st.do(404, "no-such-station", c[0], "/sync/v1/stations/"+id+"/"+c[1], c[2], "Content-Type", c[3])
			before, _, _ := strings.Cut(answer, `"instance"`)
			return before
		}
		if foreign, absent := ask(other), ask("nowhere"); foreign != absent {
			t.Errorf("%s %s: another's is %s, and none is %s", c[0], c[1], foreign, absent)
		}
	}
}

// TestAPushThatTellsNobodyWakesNobody has every station wait for changes: each would ask
// again at each push of any.
func TestAPushThatTellsNobodyWakesNobody(t *testing.T) {
	b := open(t, dbtest.SQLite(t))
	id, key := b.join("one")
	b.push(id, key, 0, ofParcel(1, "announced", "P-1")) // the first may be behind what was told before
	told := b.hub.Told()
	b.push(id, key, 1, ofParcel(2, "announced", "P-2"))
	select {
	case <-told:
		t.Error("a push woke those who wait for changes")
	default:
	}
	b.must(b.hub.Announce(t.Context(), by, id, "P-3", json.RawMessage(`{}`)))
	<-told
}
