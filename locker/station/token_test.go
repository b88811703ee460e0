package station

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/secret/token"
	"cubby/locker/view"
)

// acme is a far centre that signs tokens, and the station has joined.
type acme struct{ key ed25519.PrivateKey }

func join(t *testing.T, r *rig) acme {
	t.Helper()
	a := acme{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))}
	now := r.Clock().Calendar.UTC().Truncate(1e9)
	signed, err := token.SignList(token.List{Number: 1, Issued: now, Keys: []token.Key{{
		ID: []byte("k1"), Purpose: token.Pickup, Public: a.key.Public().(ed25519.PublicKey),
		From: now.AddDate(0, 0, -1), Until: now.AddDate(0, 1, 0),
	}}}, a.key)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.OfCentre(t.Context(), centre.Join{Joined: centre.Joined{Station: "acme-7", Centre: "Acme"}}, "staff"))
	must(r.OfCentre(t.Context(), centre.KeepKeys{Number: 1, Signed: signed}, centre.Actor))
	return a
}

func (a acme) token(t *testing.T, r *rig, label string) string {
	t.Helper()
	now := r.Clock().Calendar.UTC().Truncate(1e9)
	text, err := token.Sign(token.Claims{
		ID: [16]byte([]byte("0123456789abcdef")), Station: "acme-7", Purpose: token.Pickup, Label: label,
		NotBefore: now.Add(-3600e9), Expires: now.AddDate(0, 0, 7),
	}, []byte("k1"), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func seen(o door.Order, is door.State) door.Seen {
	return door.Seen{Compartment: o.Compartment, State: is, Presence: door.Empty, At: time.Now()}
}

func TestATokenOpensOnceOverTwoReadersAndARestart(t *testing.T) {
	dir := t.TempDir()
	both := []Terminal{{Name: "kiosk", Scanner: "s1"}, {Name: "desk", Scanner: "s2"}}
	r := startOn(t, newMachine(), dir, nil, both...)
	r.closed()
	text := join(t, r).token(t, r, "L-p1")
	r.deposit("p1")
	before := r.wall.count()
	var all sync.WaitGroup
	for _, at := range []string{"kiosk", "desk", "kiosk", "desk"} {
		all.Go(func() { r.Scanned(at, []byte(text)) })
	}
	all.Wait()
	o := r.opens()
	served, other := "kiosk", "desk"
	if r.View("desk").Step == view.StepPickupOpening || r.View("desk").Step == view.StepPickupOpen {
		served, other = "desk", "kiosk"
	}
	r.at(served, view.StepPickupOpen, anyPage)
	r.at(other, view.StepPickupRefused, anyPage)
	r.stop()

	r = startOn(t, newMachine(), dir, nil, both...) // while the door is open: nothing is driven
	r.DoorSeen(seen(o, door.Open))
	r.Scanned(served, []byte(text))
	r.at(served, view.StepPickupOpen, func(v view.View) bool { return v.Heard == view.HeardRead })
	r.DoorSeen(seen(o, door.Closed))
	r.at(served, view.StepPickupDone, anyPage)
	for _, at := range []string{served, other} {
		r.Scanned(at, []byte(text))
		r.at(at, view.StepPickupRefused, func(v view.View) bool { return v.Reason == view.ReasonCollected })
	}
	if r.wall.count() != 0 || before != 1 {
		t.Errorf("%d doors were opened after the restart", r.wall.count())
	}
	if p, _, err := r.store.Parcel(t.Context(), "p1"); err != nil || p.State != parcel.Collected {
		t.Errorf("parcel %s, %v", p.State, err)
	}
	r.stop()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if b, err := os.ReadFile(file); err != nil || bytes.Contains(b, []byte(text[10:60])) {
			t.Errorf("%s holds the token; %v", file, err)
		}
	}
}

func TestATokenIsTakenAtTheCounter(t *testing.T) {
	r := start(t, t.TempDir())
	r.closed()
	text := join(t, r).token(t, r, "L-p1")
	r.deposit("p1")
	if _, err := r.TakeToCounter(t.Context(), people.Tools, "p1", "too large", "staff"); err != nil {
		t.Fatal(err)
	}
	wrong := []byte(text)
	wrong[20]++
	_, err := r.HandOver(t.Context(), people.Tools, "", string(wrong), "", "", "staff")
	if ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("an altered token: %v", err)
	}
	p, err := r.HandOver(t.Context(), people.Tools, "", text, "", "", "staff")
	if err != nil || p.State != parcel.Collected {
		t.Errorf("the parcel is %s, %v", p.State, err)
	}
}

// A parcel that nobody has announced keeps its code when it is announced after all.
func TestAParcelIsAnnouncedAfterItCame(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	takes := policy()
	takes.Rooms = map[string]any{"parcel": parcel.Settings{Unannounced: true}}
	r.Station.policy.Store(&takes)
	r.closed()
	c, err := r.AddCourier(t.Context(), people.Tools, "North", nil, "staff")
	if err != nil {
		t.Fatal(err)
	}
	r.Scanned("", []byte(c.Badge))
	r.until(view.StepCourierReady)
	r.Scanned("", []byte("1Z999"))
	o := r.opens()
	r.until(view.StepCourierOpen)
	r.closes(o)
	r.until(view.StepCourierReady)
	was := r.View("").OfCourier().Last
	told := parcel.Announcement{Label: "1Z999", OrderID: "SO-9"}
	p, _, err := r.Announce(t.Context(), "P-9", told, ledger.Condition{}, "key:test")
	if err != nil || p.State != parcel.Stored || p.Was == "" || was == "" {
		t.Fatalf("%+v, %v", p, err)
	}
	r.act(view.ActReceipt, "")
	code := r.until(view.StepCourierReceipt).OfCourier().Code
	r.stop()

	r = start(t, dir) // which holds doors, parcels and codes against each other
	r.closed()
	if _, _, err := r.store.Parcel(t.Context(), p.Was); err == nil {
		t.Error("the old id is known still")
	}
	page, err := r.store.Feed(t.Context(), 0, 100, true)
	if told := string(page.Events); err != nil || !strings.Contains(told, code) {
		t.Errorf("the code is not told any more: %v", err)
	}
	r.Scanned("", []byte(code))
	o = r.opens()
	r.until(view.StepPickupOpen)
	r.closes(o)
	r.until(view.StepPickupDone)
	if r.store.CodesWaiting() != 0 {
		t.Error("the code outlives its parcel")
	}
}
