package core

import (
	"crypto/ed25519"
	"testing"
	"time"

	"cubby/locker/centre"
	"cubby/locker/health"
	"cubby/locker/secret/token"
)

// That no newer keys come is told, and that they have come.
func TestKeysOfTheCentrePastTheirDatesAreTold(t *testing.T) {
	t.Parallel()
	c, err := Open(t.Context(), demo(t), quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	state := func() string {
		t.Helper()
		c.noteKeys(time.Now())
		for _, d := range c.health.Devices() {
			if d.Kind == health.Tokens {
				return d.State
			}
		}
		return ""
	}
	if got := state(); got != "" {
		t.Errorf("without a centre they are %s", got)
	}
	public, root, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC().Truncate(time.Second)
	join := centre.Join{Joined: centre.Joined{Station: "s-1", Centre: "Acme"}}
	if err := c.station.OfCentre(t.Context(), join, "staff"); err != nil {
		t.Fatal(err)
	}
	for i, of := range []struct {
		until time.Time
		want  string
	}{
		{now.Add(time.Hour), "working"}, {now.Add(-time.Second), "keys_over"}, {now.Add(time.Hour), "working"},
	} {
		l := token.List{Number: int64(i + 1), Issued: now}
		for n, purpose := range []token.Purpose{token.Pickup, token.Command} {
			l.Keys = append(l.Keys, token.Key{
				ID: []byte{byte(n)}, Purpose: purpose, Public: public, From: now.AddDate(0, -1, 0),
				Until: of.until.Add(time.Duration(n) * time.Hour * 24),
			})
		}
		signed, err := token.SignList(l, root)
		if err != nil {
			t.Fatal(err)
		}
		keep := centre.KeepKeys{Number: l.Number, Signed: signed}
		if err := c.station.OfCentre(t.Context(), keep, centre.Actor); err != nil {
			t.Fatal(err)
		}
		if got := state(); got != of.want {
			t.Errorf("with list %d they are %q, want %q", l.Number, got, of.want)
		}
	}
}
