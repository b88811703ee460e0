package core

import (
	"os"
	"slices"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/visit"
)

// A calendar that ended a year ago finds a clock that nobody believes, and staff
// say that it is right, over the socket.
func TestAClockThatIsDoubtedIsADeviceUntilStaffAcceptIt(t *testing.T) {
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
	old := ledger.NewState(ledger.NewMemory(nil))
	visit.CalendarNow.Write(old, calendar.Calendar{At: time.Now().UTC().AddDate(-1, 0, 0), Boot: "another"})
	tx.Save(old.Changes())
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	c := served(t, cfg)
	status := func(state string) {
		t.Helper()
		until(t, "the clock", func() bool {
			all, err := c.Devices(t.Context())
			return err == nil && slices.ContainsFunc(all,
				func(d health.Device) bool { return d.Name == "clock" && d.Kind == health.Clock && d.State == state })
		})
	}
	now, err := c.Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if now.Synced { // whoever runs this has a machine that vouches for its clock
		status("working")
		if _, err := c.AcceptClock(t.Context()); now.Doubted || !isProblem(err, "clock-not-doubted") {
			t.Errorf("%+v, %v", now, err)
		}
		return
	}
	status("suspect")
	if days := now.Ahead / 86400; !now.Doubted || days != 365 && days != 366 {
		t.Errorf("the clock stands at %+v", now)
	}
	if now, err = c.AcceptClock(t.Context()); err != nil || now.Doubted || now.Ahead != 0 ||
		time.Since(now.Calendar) > time.Minute {
		t.Errorf("accepted: %+v, %v", now, err)
	}
	status("working")
}
