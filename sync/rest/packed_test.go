package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"cubby/sync/rest"
)

type anybody struct{}

func (anybody) Holder(context.Context, [32]byte) (rest.Holder, bool, error) {
	return rest.Holder{Name: "test"}, true, nil
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAPackedBodyIsTakenWhereTheRouteSaysSo(t *testing.T) {
	const most, media = 200 << 10, "application/cloudevents-batch+json"
	var got string
	keep := rest.Plain(func(x *rest.Exchange) error {
		if err := x.Body(func(b []byte) error { got = string(b); return nil }); err != nil {
			return err
		}
		return x.Nothing()
	})
	s, err := rest.New(rest.Config{Keys: anybody{}, Log: slog.New(slog.DiscardHandler), Families: []rest.Family{
		{Name: "packed", Routes: []rest.Route{
			{Method: "POST", Path: "/packed", Gzip: true, Media: media, MaxBody: most, Run: keep},
			{Method: "POST", Path: "/plain", Run: keep},
		}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	long := `["` + strings.Repeat("x", 150<<10) + `"]`
	empty := bytes.Repeat(packed(t, ""), 1+most/len(packed(t, "")))
	cut := packed(t, long)
	damaged := bytes.Clone(packed(t, "[1]"))
	damaged[len(damaged)-5] ^= 1 // of the checksum
	const batch, object = media, "application/json"
	spaces := strings.Repeat(" ", 50<<20)
	for name, c := range map[string]struct {
		path, media, encoding string
		body                  []byte
		status                int
		want                  string // the body as it is read, or the slug of the problem
	}{
		"plain":              {"/packed", batch, "", []byte("[1]"), 204, "[1]"},
		"plain and said so":  {"/packed", batch, "identity", []byte("[1]"), 204, "[1]"},
		"packed":             {"/packed", batch + "; charset=utf-8", "gzip", packed(t, long), 204, long},
		"capitals":           {"/packed", batch, "GZIP", packed(t, "[1]"), 204, "[1]"},
		"two members":        {"/packed", batch, "gzip", append(packed(t, "[1,"), packed(t, "2]")...), 204, "[1,2]"},
		"a bomb":             {"/packed", batch, "gzip", packed(t, spaces), 413, "body-too-large"},
		"a bomb of nothing":  {"/packed", batch, "gzip", empty, 413, "body-too-large"},
		"not packed":         {"/packed", batch, "gzip", []byte(long), 400, "bad-gzip"},
		"damaged":            {"/packed", batch, "gzip", damaged, 400, "bad-gzip"},
		"cut":                {"/packed", batch, "gzip", cut[:len(cut)/2], 400, "body-broken-off"},
		"packed another way": {"/packed", batch, "br", packed(t, "[1]"), 415, "not-json"},
		"packed twice":       {"/packed", batch, "gzip, gzip", packed(t, "[1]"), 415, "not-json"},
		"another type":       {"/packed", object, "", []byte("[1]"), 415, "not-json"},
		"another charset":    {"/packed", batch + "; charset=utf-16", "", []byte("[1]"), 415, "not-json"},
		"packed elsewhere":   {"/plain", object, "gzip", packed(t, "{}"), 415, "not-json"},
		"of elsewhere":       {"/plain", batch, "", []byte("{}"), 415, "not-json"},
	} {
		got = ""
		r := httptest.NewRequest("POST", c.path, bytes.NewReader(c.body))
		r.ContentLength = -1 // in chunks
		r.Header.Set("Authorization", "Bearer 0123456789abcdef")
		r.Header.Set("Content-Type", c.media)
		if c.encoding != "" {
			r.Header.Set("Content-Encoding", c.encoding)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != c.status || c.status < 300 && got != c.want ||
			c.status >= 300 && !strings.Contains(w.Body.String(), "urn:cubby:problem:"+c.want) {
			t.Errorf("%s: %d %s, and %.20q was read", name, w.Code, w.Body, got)
		}
	}
}
