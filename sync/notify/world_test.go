package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
	"cubby/sync/notify/notifytest"
)

func TestMain(m *testing.M) {
	defer dbtest.Stop()
	m.Run()
}

var (
	berlin = zone("Europe/Berlin")
	noon   = time.Date(2026, 12, 1, 12, 0, 0, 0, berlin)
	ann    = Person{Name: "Ann Example", Email: "ann@example.org", Phone: "+49 170 1234567", Language: "en"}
	hall   = Place{Name: "Station Hall", Address: "1 Main Street", Help: "+49 30 555", Zone: berlin}
)

const (
	code1, code2 = "ABCDEFGHIJKLMNOPQRSTUVWX23", "ZZZZEFGHIJKLMNOPQRSTUVWX77"
	pin1, pin2   = "12345678", "87654321"
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// readQR says what a QR code says.
func readQR(t testing.TB, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result.GetText()
}

// A world is a notifier with a clock that is set by hand.
type world struct {
	*Notifier
	t    testing.TB
	d    *db.Database
	logs lockedBuffer

	mu  sync.Mutex
	now time.Time
	ids int
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newWorld(t testing.TB, at string, change func(*Config)) *world {
	t.Helper()
	w := &world{t: t, now: noon}
	var err error
	if w.d, err = db.Open(context.Background(), at, Schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.d.Close() })
	cfg := Usual()
	cfg.Key, cfg.Now, cfg.Languages = bytes.Repeat([]byte{7}, 32), w.clock, []string{"en", "zh-Hans"}
	cfg.Log = slog.New(slog.NewTextHandler(&w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if change != nil {
		change(&cfg)
	}
	if w.Notifier, err = New(w.d, cfg); err != nil {
		t.Fatal(err)
	}
	return w
}

func mailTo(p *notifytest.Post) func(*Config) {
	return func(c *Config) {
		c.Email = &SMTP{Server: p.Addr, TLS: "none", From: "Parcels <parcels@shop.example>", Timeout: 2 * time.Second}
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// event makes a fact about a parcel that happens now.
func (w *world) event(kind, parcel string, data map[string]any) Event {
	w.ids++
	all := map[string]any{"parcel_id": parcel}
	for k, v := range data {
		all[k] = v
	}
	raw, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return Event{ID: fmt.Sprintf("fact-%d", w.ids), Type: kind, Subject: "parcels/" + parcel, Station: "hall",
		Happened: w.clock(), Data: raw}
}

// stored is a parcel that waits for 72 hours.
func (w *world) stored(parcel, code, pin string) Event {
	e := w.event("parcel.stored", parcel, map[string]any{"deadline": w.clock().Add(72 * time.Hour)})
	e.Code, e.PIN = code, pin
	return e
}

func (w *world) hear(e Event, who Person) {
	w.t.Helper()
	w.hearAt(e, who, hall)
}

func (w *world) hearAt(e Event, who Person, at Place) {
	w.t.Helper()
	if err := w.d.Write(context.Background(), func(tx *db.Tx) error { return w.Hear(tx, e, who, at) }); err != nil {
		w.t.Fatal(err)
	}
}

// deliver sends what is due, and what becomes due meanwhile.
func (w *world) deliver(meanwhile time.Duration) {
	w.t.Helper()
	w.pass(meanwhile)
	if err := w.round(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

// states are "KIND STATE" of all messages, the oldest first.
func (w *world) states() (all []string) {
	w.t.Helper()
	found, err := w.Messages(context.Background(), Filter{})
	if err != nil {
		w.t.Fatal(err)
	}
	for i := len(found) - 1; i >= 0; i-- {
		all = append(all, string(found[i].Kind)+" "+string(found[i].State))
	}
	return all
}
