package api_test

import (
	"io"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"cubby/sync/api/apitest"
	"cubby/sync/db"
	"cubby/sync/rest"
	"cubby/sync/rest/kept"
)

// Every POST there is comes twice with a key: the second is answered as the first, or says
// that it is not, and another body is refused. All answers are held against the contract.
func TestEveryPostCanBeRepeated(t *testing.T) {
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "endpoint.db"), kept.Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	store, err := kept.New(d, []byte(strings.Repeat("k", 32)), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := apitest.New(t, func(c *apitest.Setup) { c.Kept = store })
	b.Do("PUT", "/v1/parcels/P1", "{}")
	posts := 0
	for _, e := range routes(t) {
		if e.Method != "POST" || e.Entry == rest.Open {
			continue
		}
		posts++
		at := b
		if e.Entry == rest.Staff {
			at = b.Staff()
		}
		send := func(body string) (int, string, string) {
			r := httptest.NewRequest("POST", apitest.Concrete(e.Path), strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Idempotency-Key", `"one"`)
			at.Sign(r)
			answer := at.Send(r, body)
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			return answer.StatusCode, string(text), answer.Header.Get("Idempotency-Replayed")
		}
		body := apitest.BodyFor(e)
		status, first, replayed := send(body)
		if replayed != "" || status == 401 || status >= 500 {
			t.Errorf("POST %s: %d %s, replayed %q", e.Path, status, first, replayed)
		}
		switch again, text, replayed := send(body); {
		case status < 400 && e.Repeat == rest.OnceSecret:
			if again != 409 || !strings.Contains(text, "answer-given-once") {
				t.Errorf("POST %s again: %d %s", e.Path, again, text)
			}
		case status == 403 || status == 503: // is not kept
		case again != status || text != first || replayed != "true":
			t.Errorf("POST %s again: %d %s %q, first %d %s", e.Path, again, text, replayed, status, first)
		default:
			if other, text, _ := send(body + " "); other != 422 || !strings.Contains(text, "idempotency-key-reused") {
				t.Errorf("POST %s with another body: %d %s", e.Path, other, text)
			}
		}
	}
	if posts < 40 {
		t.Errorf("there are only %d", posts)
	}
}
