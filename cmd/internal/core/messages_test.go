package core

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/visit"
	"cubby/sync/db"
	"cubby/sync/notify"
	"cubby/sync/notify/notifytest"
)

// writing has a station write e-mail at once and at any hour.
func writing(cfg *config.Config, p *notifytest.Post) {
	m := &cfg.Messages
	m.Send, m.MailServer, m.MailTLS, m.From = true, p.Addr, "none", "Parcels <parcels@shop.example>"
	m.QuietFrom, m.QuietTo, m.Merge = 0, 0, 0
	cfg.Station.Address = "1 Main Street"
}

// happened appends facts to the log of a station that is not running.
func happened(t *testing.T, cfg *config.Config, facts ...ledger.Fact) {
	t.Helper()
	if err := os.MkdirAll(cfg.Station.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Open(KeyFile(cfg), true)
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), cfg.Station.DataDir, cfg.Station.ID, keys)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	state := ledger.NewState(s.Rows())
	for _, f := range facts {
		f.Apply(state, time.Now())
	}
	tx.Append(facts, store.Circumstances{At: time.Now(), Actor: "test", Cause: "test"})
	tx.Save(state.Changes())
	if err := errors.Join(tx.Commit(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// storedFor is a parcel behind a door for somebody.
func storedFor(t *testing.T, cfg *config.Config, id, door, email string) (*visit.Secret, []ledger.Fact) {
	t.Helper()
	keys, err := secret.Open(KeyFile(cfg), false)
	if err != nil {
		t.Fatal(err)
	}
	clear, of := keys.NewPickup(), parcel.OfParcel{ParcelID: id, OrderID: "SO-" + id}
	return clear, []ledger.Fact{
		&parcel.ParcelAnnounced{OfParcel: of, Recipient: &parcel.Recipient{Name: "Ann", Email: email}, PickupHours: 72},
		&parcel.ParcelStored{OfParcel: of, Compartment: door, Deadline: time.Now().Add(72 * time.Hour),
			Hashes: parcel.StoredHashes{Code: clear.CodeHash, PIN: clear.PINHash}, Clear: clear},
	}
}

func TestAStationWritesToItsCustomersOnceThroughRestarts(t *testing.T) {
	t.Parallel()
	p := notifytest.NewPost(t, nil, nil)
	cfg := demo(t)
	writing(cfg, p)
	if err := started(t, cfg).Close(); err != nil { // which makes the doors
		t.Fatal(err)
	}
	clear, facts := storedFor(t, cfg, "P-1", "1", "ann@example.org")
	happened(t, cfg, facts...)
	c := started(t, cfg)
	until(t, "the e-mail is there, and its code waits for nobody", func() bool {
		return len(p.All()) == 1 && c.store.CodesWaiting() == 0
	})
	mail := notifytest.Open(t, p.All()[0].Text)
	if len(mail.Images) != 1 || !strings.Contains(mail.Text, clear.PIN[:4]+" "+clear.PIN[4:]) ||
		!strings.Contains(mail.Text, cfg.Station.Name+", 1 Main Street") {
		t.Errorf("it says\n%s", mail.Text)
	}
	// The log is read anew, as when it goes on from a copy of itself.
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), filepath.Join(cfg.Station.DataDir, "messages.db"), notify.Schema, readerSchema)
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("UPDATE reader SET seq = 1, incarnation = 'of another log'")
		return err
	})
	if err := errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
	_, facts = storedFor(t, cfg, "P-2", "2", "bob@example.org")
	happened(t, cfg, facts...)
	c = started(t, cfg)
	defer c.Close()
	until(t, "the next customer is told", func() bool { return len(p.All()) > 1 && c.store.CodesWaiting() == 0 })
	if got := p.All(); len(got) != 2 || got[1].To[0] != "bob@example.org" {
		t.Errorf("%d e-mails were sent, the last to %q", len(got), got[len(got)-1].To)
	}
	raw, err := os.ReadFile(filepath.Join(cfg.Station.DataDir, "messages.db"))
	if err != nil {
		t.Fatal(err)
	}
	for _, marker := range []string{clear.Code, clear.PIN, "ann@example", "bob@example"} {
		if bytes.Contains(raw, []byte(marker)) {
			t.Errorf("messages.db has %s in clear", marker)
		}
	}
}

func TestNoCodeWaitsForMessagesThatAreSwitchedOff(t *testing.T) {
	t.Parallel()
	p := notifytest.NewPost(t, nil, nil)
	cfg := demo(t)
	writing(cfg, p)
	c := started(t, cfg)
	until(t, "it is a client of the feed", func() bool { return hasClient(t, c) })
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	cfg.Messages.Send = false
	c = started(t, cfg)
	defer c.Close()
	until(t, "it is none any more", func() bool { return !hasClient(t, c) })
}

// hasClient reports whether codes wait for the part that sends messages.
func hasClient(t *testing.T, c *Core) bool {
	t.Helper()
	keys, err := c.store.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Name == messagesClient {
			return k.Delivers()
		}
	}
	return false
}

func TestTheCentreWritesToCustomersWhereThereIsOne(t *testing.T) {
	t.Parallel()
	cfg := demo(t)
	c := started(t, cfg)
	join := centre.Join{Joined: centre.Joined{
		Station: "s-1", Centre: "Acme", URL: "https://hub.example", Epoch: "e",
	}}
	if err := errors.Join(c.station.OfCentre(t.Context(), join, "test"), c.Close()); err != nil {
		t.Fatal(err)
	}
	writing(cfg, notifytest.NewPost(t, nil, nil))
	c, err := Open(t.Context(), cfg, quiet)
	if err == nil {
		c.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "Acme writes to customers") {
		t.Errorf("it is refused with %v", err)
	}
}

func TestWhatIsWrongWithMessagesIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	cfg := demo(t)
	writing(cfg, notifytest.NewPost(t, nil, nil))
	dir := filepath.Join(t.TempDir(), "en")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	source := []byte("--- sms\nCome!\n--- text\n{{.Foo}}\n")
	if err := os.WriteFile(filepath.Join(dir, "stored.tmpl"), source, 0o600); err != nil {
		t.Fatal(err)
	}
	cfg.Messages.TemplatesDir = filepath.Dir(dir)
	cfg.Messages.MailPasswordFile = filepath.Join(dir, "nowhere")
	c, err := Open(t.Context(), cfg, quiet)
	if err == nil {
		c.Close()
		t.Fatal("it starts")
	}
	for _, want := range []string{
		"part sms: does not tell each PIN", "can't evaluate field Foo", "key file cannot be read",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %q: %v", want, err)
		}
	}
}
