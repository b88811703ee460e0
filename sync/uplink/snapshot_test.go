package uplink

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/sync/protocol"
)

// a liar is a centre whose snapshot is whatever it likes, and the station that takes it.
type liar struct {
	Centre
	Station
	Log
	packed []byte
	taken  int
}

func (l *liar) Snapshot(context.Context, int64, string) (*http.Response, error) {
	sum := sha256.Sum256(l.packed)
	says := http.Header{
		protocol.HeaderCursor: {"c"}, protocol.HeaderSHA256: {hex.EncodeToString(sum[:])},
	}
	body := io.NopCloser(bytes.NewReader(l.packed))
	return &http.Response{StatusCode: http.StatusOK, Body: body, Header: says}, nil
}

func (l *liar) Revisions(context.Context) ([]centre.Revision, error) { return nil, nil }
func (l *liar) Command(protocol.Change) (visit.Command, error)       { return unreadable{}, nil }

func (l *liar) Together(_ context.Context, c []visit.Command, _ func([]error) visit.Command) error {
	l.taken += len(c)
	return nil
}

func TestASnapshotThatGrowsBeyondAllBoundsIsNotTaken(t *testing.T) {
	const line = `{"collection":"texts","id":"help","rev":1,"doc":{"text":{"en":"call"}}}` + "\n"
	for _, c := range []struct {
		name, more string // behind one line that is right
		times      int
		says       string
	}{
		{"as it should be", line, 1, ""},
		{"one line without an end", strings.Repeat("a", 1<<20), 64, "too long"},
		{"no JSON", "nonsense\n", 1, "invalid character"},
		{"about nothing", `{"rev":1}` + "\n", 1, "what it is about"},
		{"a revision that is none", `{"collection":"texts","id":"help","rev":1e99}` + "\n", 1, ""},
	} {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(line + strings.Repeat(c.more, c.times)))
		_ = w.Close()
		l := &liar{packed: b.Bytes()}
		u := New(Config{Station: l, Log: l, Centre: l, Taker: l, Slog: slog.New(slog.DiscardHandler),
			Spool: filepath.Join(t.TempDir(), "spool")})
		err := u.takeSnapshot(t.Context(), centre.Line{Station: "s"})
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
		if err == nil && l.taken != 2 {
			t.Errorf("%s: %d changes were taken", c.name, l.taken)
		}
	}
}

func TestWhatARefusalNamesFitsIntoAFact(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "SO-1/1": "SO-1/1", "a\nb": "ab…", "\x00": "…", "ab\uFFFD": "ab…",
		strings.Repeat("é", 101): strings.Repeat("é", 100) + "…",
		strings.Repeat("x", 200): strings.Repeat("x", 200),
	} {
		if got := nameable(name, mostID); got != want {
			t.Errorf("%q is named %q, not %q", name, got, want)
		}
	}
}

func (l *liar) Feed(_ context.Context, after int64, limit int, _ bool) (p ledger.FeedPage, err error) {
	count := min(limit, 40)
	return ledger.FeedPage{Count: count, Last: after + int64(count), Events: make([]byte, count*(1<<18))}, nil
}

func TestAPushHasNoMoreThanTheCentreTakes(t *testing.T) {
	u := New(Config{Log: &liar{}})
	if page, err := u.batch(t.Context()); err != nil || page.Count != 10 || page.Last != 10 {
		t.Errorf("%d facts in %d bytes, %v", page.Count, len(page.Events), err)
	}
}

func (l *liar) Line() centre.Line { return centre.Line{Station: "s", Epoch: "one"} }
func (l *liar) CentreHeard()      {}
func (l *liar) SetFull(bool)      {}

func (l *liar) Mark(context.Context) (protocol.Mark, error) {
	return protocol.Mark{Epoch: "one", LastID: ""}, nil
}

func (l *liar) Waiting(_ context.Context, after int64, _ int) (int, time.Time, error) {
	return 7, time.Unix(1, 0), nil
}

func TestWhatWaitsIsCountedWhereTheCentreIs(t *testing.T) {
	l := &liar{}
	u := New(Config{Station: l, Log: l, Centre: l, Note: func(string, string, time.Time) {}})
	if more, err := u.pushOne(t.Context()); err != nil || !more || u.Status().Waiting != 7 {
		t.Errorf("%v, %v: %d facts wait", more, err, u.Status().Waiting)
	}
}

func TestAStationThatCannotTakeChangesInSaysSoThoughItPushes(t *testing.T) {
	u := New(Config{Station: &liar{}, Note: func(string, string, time.Time) {}})
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "working"}, {errors.New("no JSON"), "out_of_reach"}, {&Answer{Status: 500}, "out_of_reach"},
		{nil, "working"}, {&Answer{Status: 500}, "working"},
	} {
		u.took(c.err)
		u.heard(nil)
		if s := u.Status(); s.State != c.want {
			t.Errorf("after %v it is %s", c.err, s.State)
		}
	}
}
