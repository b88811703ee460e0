package vendure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/returns"
	"cubby/sync/connect/vendure/shoptest"
	"cubby/sync/db"
	"cubby/sync/hub"
	"cubby/sync/protocol"
)

// A world is a hub with one station, of which the test says what it tells, and a connector
// to a shop. Its clock is moved by hand.
type world struct {
	*hub.Hub
	t       testing.TB
	config  Config
	k       *Connector
	now     time.Time
	station string
	through int64
	wire    wire
	log     bytes.Buffer
}

func openWorld(t testing.TB, shop *shoptest.Shop) *world {
	t.Helper()
	w := &world{t: t, now: time.Now()}
	w.wire.next = http.DefaultTransport
	h, err := hub.Open(t.Context(), hub.Config{
		At: filepath.Join(t.TempDir(), "hub.db"), Key: make([]byte, 32), Name: "Hub",
		PublicURL: "https://hub.example", Log: slog.New(slog.DiscardHandler), Parts: []db.Schema{Schema},
		Now: func() time.Time { return w.now },
	})
	must(t, err)
	t.Cleanup(func() { must(t, h.Close()) })
	w.Hub = h
	s, invitation, err := h.Invite(t.Context(), "user:test", "High street", "", nil, nil)
	must(t, err)
	w.station = s.ID
	_, code, _ := strings.Cut(invitation, "#code=")
	_, err = h.Enrol(t.Context(), protocol.Enrol{Code: code})
	must(t, err)
	password := filepath.Join(t.TempDir(), "password")
	must(t, os.WriteFile(password, []byte(shoptest.Password+"\n"), 0o600))
	w.config = Config{
		Shop: "acme", URL: shop.Admin, User: shoptest.User, PasswordFile: password,
		Places: []Place{{s.ID, "high-street", "high-street"}}, Poll: time.Second, Language: "de",
		TakeBack: 24 * time.Hour, SettlePending: true, Hub: h, Client: &http.Client{Transport: &w.wire},
		Log: slog.New(slog.NewTextHandler(&w.log, nil)), Now: func() time.Time { return w.now },
	}
	w.restart()
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// restart has another run of the connector go on, as after a crash.
func (w *world) restart() {
	was := w.k
	if w.k = New(w.config); was != nil { // signing in takes long, as it should
		w.k.client.token, w.k.client.signedIn = was.client.token, was.client.signedIn
	}
	must(w.t, w.k.store.begin(w.t.Context(), w.now.Add(-lookBack), 0))
}

// turns lets the connector work, for a minute each time; another run of it each time when
// crashes is set.
func (w *world) turns(n int, crashes bool) {
	w.t.Helper()
	for range n {
		w.now = w.now.Add(time.Minute)
		if crashes {
			w.now = w.now.Add(2 * holdFor) // the run before held it
			w.restart()
		}
		w.k.turn(w.t.Context())
	}
}

// tells pushes what the station tells.
func (w *world) tells(facts ...ledger.Fact) {
	w.t.Helper()
	for _, f := range facts {
		text, err := json.Marshal(f)
		must(w.t, err)
		w.pushes(f.Type(), f.Subject(), text)
	}
}

// parcel pushes what the station tells of an order's parcel.
func (w *world) parcel(kind, code string, more ...string) {
	w.t.Helper()
	data := map[string]any{"parcel_id": code, "label": code, "order_id": code, "compartment": "5"}
	for i := 0; i < len(more); i += 2 {
		data[more[i]] = more[i+1]
	}
	text, err := json.Marshal(data)
	must(w.t, err)
	w.pushes("parcel."+kind, "parcels/"+code, text)
}

func (w *world) pushes(kind, subject string, data json.RawMessage) {
	w.t.Helper()
	text, err := json.Marshal(map[string]any{
		"specversion": "1.0", "id": fmt.Sprintf("e-%d", w.through+1), "source": "/stations/demo", "type": kind,
		"subject": subject, "time": w.now.UTC().Format(time.RFC3339Nano), "datacontenttype": "application/json",
		"sequence": fmt.Sprintf("%020d", w.through+1), "epoch": "log", "actor": "hardware", "cause": "door",
		"data": data,
	})
	must(w.t, err)
	p, err := w.Push(w.t.Context(), w.station, "log", w.through, []json.RawMessage{text})
	must(w.t, err)
	if p.Results[0].Status != protocol.Stored {
		w.t.Fatalf("%s: %+v", kind, p.Results)
	}
	w.through++
}

// row is an order as the connector keeps it.
func (w *world) row(id string) *row {
	w.t.Helper()
	r, err := w.k.store.find(w.t.Context(), id)
	must(w.t, err)
	if r == nil {
		w.t.Fatalf("the connector does not know order %s\n%s", id, &w.log)
	}
	return r
}

func (w *world) is(id string, want Step) {
	w.t.Helper()
	if r := w.row(id); r.Step != want {
		w.t.Fatalf("order %s is %s (%s%s), want %s\n%s", r.Code, r.Step, r.Reason, r.Error, want, &w.log)
	}
}

// back is a return of some units of a line, asked for, brought, graded and decided.
func (w *world) back(id, order, line string, units int, found returns.Grade, goes returns.Disposition,
	refund returns.RefundOrdered) {
	w.t.Helper()
	of := returns.OfCase{Case: id, Order: order, Shop: "acme"}
	refund.OfRefund = returns.OfRefund{Refund: "rf-" + id, Case: id, Order: order, Shop: "acme"}
	refund.Items, refund.Kind, refund.Currency = []int{1}, "card", "EUR"
	w.tells(
		&returns.CaseRequested{OfCase: of, Channel: returns.AtLocker, State: returns.Authorised, Currency: "EUR",
			Items: []returns.Item{{N: 1, Line: line, Title: "x", Quantity: units, Reason: "changed_mind"}}},
		&returns.AllDropped{OfCase: of},
		&returns.ItemGraded{OfCase: of, Item: 1, Quantity: units, Result: found, Refund: refund.Amount},
		&returns.ItemDecided{OfCase: of, Item: 1, Decision: returns.RefundOriginal, Amount: refund.Amount,
			Disposition: goes},
		&refund,
	)
}

// wire is the network to the shop.
type wire struct {
	next http.RoundTripper
	// lose has the answer to each mutation lost the first time: the shop has done it
	lose bool
	cut  bool
	seen map[string]bool
	lost int
}

var errLost = errors.New("the connection was lost")

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.cut {
		return nil, errLost
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a, err := w.next.RoundTrip(r)
	said := string(body)
	changes := strings.Contains(said, "mutation(") && !strings.Contains(said, "login(")
	if err == nil && w.lose && changes && !w.seen[said] {
		if w.seen == nil {
			w.seen = map[string]bool{}
		}
		w.seen[said] = true
		w.lost++
		return nil, errors.Join(errLost, a.Body.Close())
	}
	return a, err
}
