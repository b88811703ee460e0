package core

import (
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/visit"
)

// A code for whose parcel a client of the feed does nothing is not kept in silence.
func TestCodesThatNobodyFetchesAreTold(t *testing.T) {
	t.Parallel()
	cfg := demo(t)
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
	at := time.Now().Add(-10 * time.Minute)
	tx.Append([]ledger.Fact{&parcel.ParcelStored{OfParcel: parcel.OfParcel{ParcelID: "P-1"}, Deadline: at,
		Clear: &visit.Secret{Code: "K7Q2M4ZPK7Q2M4ZPK7Q2M4ZPK7", PIN: "20481632"}}}, store.Circumstances{At: at})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	seq := s.Head()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	figures := func() string {
		t.Helper()
		answer, err := http.Get("http://" + c.Address() + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	if all := figures(); !strings.Contains(all, `cubby_codes_waiting_for{client=""} 1`) {
		t.Error("without a client, nobody is told that a code waits")
	}
	for name, readsOnly := range map[string]bool{"shop": false, "mail": false, "till": true} {
		scopes := []string{"events:read", "codes:read"}
		if _, err := c.station.AddKey(t.Context(), people.Key{
			Name: name, Scopes: scopes, ReadsOnly: readsOnly,
		}, "test"); err != nil {
			t.Fatal(err)
		}
	}
	late := map[string]bool{}
	status := func(after time.Duration, want string) {
		t.Helper()
		c.noteConsumers(t.Context(), at.Add(after), late)
		var got []string
		for _, d := range c.health.Devices() {
			if d.Kind == health.Consumer {
				got = append(got, d.Name+" "+d.State)
			}
		}
		if is := strings.Join(got, ", "); is != want {
			t.Errorf("after %s: %s; want %s", after, is, want)
		}
	}
	status(codesLate-time.Second, "")
	if err := c.station.Acknowledge(t.Context(), "shop", seq); err != nil {
		t.Fatal(err)
	}
	status(codesLate+time.Second, "consumer mail late")
	all := figures()
	if !strings.Contains(all, `cubby_codes_waiting_for{client="mail"} 1`) ||
		strings.Contains(all, `client="shop"`) || strings.Contains(all, `client="till"`) {
		t.Error("it is not told that a code waits for mail alone")
	}
	if !strings.Contains(all, `cubby_codes_oldest_seconds{client="mail"} 6`) { // 600 and some
		t.Error("it is not told for how long the code waits")
	}
	if err := c.station.RevokeKey(t.Context(), "mail", "test"); err != nil {
		t.Fatal(err)
	}
	status(codesLate+time.Minute, "consumer mail working")
	if n := c.store.CodesWaiting(); n != 0 {
		t.Errorf("%d codes wait for a client that is gone", n)
	}
}
