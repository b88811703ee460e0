package core

import (
	"bytes"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/sync/client"
)

// logged keeps what is logged from any goroutine.
type logged struct {
	mu   sync.Mutex // guards what follows
	text strings.Builder
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// device is a pseudo-terminal with a link in the station's folder, as the demo
// station's scanner is.
func device(t *testing.T, link string) *os.File {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	if err := os.MkdirAll(filepath.Dir(link), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(slave.Name(), link); err != nil {
		t.Fatal(err)
	}
	return master
}

func TestReadersReachTheStationInTheirSeveralSpellings(t *testing.T) {
	t.Parallel()
	cfg := demo(t, "[scanner]", "[badge]\nport = \"run/badge\"\n\n[scanner]")
	badge, scanner := device(t, cfg.Badge.Port), device(t, cfg.Scanner.Port)
	var log logged
	c, err := Open(t.Context(), cfg, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	screen, err := client.New("unix:"+cfg.Rest.Socket, "")
	if err != nil {
		t.Fatal(err)
	}
	for v := range screen.Views(t.Context()) {
		if v.Step == view.StepIdle {
			break // it serves
		}
	}
	if _, err := screen.AddCourier(t.Context(), "North", "142,27997"); err == nil {
		t.Error("a card of which a byte is not known was taken")
	}
	if _, err := screen.AddCourier(t.Context(), "North", "0006547886"); err != nil {
		t.Fatal(err)
	}
	if _, err := screen.AddCourier(t.Context(), "South", "01:00:63:E9:AE"); err == nil {
		t.Error("one card was given to two couriers")
	}
	if _, _, err := c.station.Announce(t.Context(), "p", parcel.Announcement{Label: "340123450000000017"},
		ledger.Condition{}, "key:test"); err != nil {
		t.Fatal(err)
	}
	page := func(step view.Step, why view.Reason) {
		t.Helper()
		for deadline := time.Now().Add(2 * time.Minute); ; <-time.After(10 * time.Millisecond) {
			if v := c.station.View(""); v.Step == step && v.Reason == why {
				return
			}
			if time.Now().After(deadline) {
				v := c.station.View("")
				t.Fatalf("the page is %s (%s), want %s (%s)", v.Step, v.Reason, step, why)
			}
		}
	}
	// Whoever writes before the port is open is not heard: repeat, as people do.
	for c.site.ScannerStats()[0].Opens == 0 {
		<-time.After(10 * time.Millisecond)
	}
	say := func(to *os.File, text string) {
		t.Helper()
		if _, err := to.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	say(scanner, "0006547886\r")
	page(view.StepPickupRefused, view.ReasonNotValid) // the number printed on a card opens nothing
	south, err := screen.AddCourier(t.Context(), "South", "")
	if err != nil {
		t.Fatal(err)
	}
	before := c.station.View("").Rev
	say(scanner, south.Badge+"\x00\r") // is not that badge
	for deadline := time.Now().Add(2 * time.Minute); c.station.View("").
		Rev == before; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was scanned")
		}
	}
	page(view.StepPickupRefused, view.ReasonNotValid)
	for deadline := time.Now().Add(2 * time.Minute); c.station.View("").
		Step != view.StepCourierReady; <-time.After(100 * time.Millisecond) {
		say(badge, "\x02010063E9AE25\x03")
		if time.Now().After(deadline) {
			t.Fatal("the card lets nobody in")
		}
	}
	say(scanner, "]C100340123450000000018\r")
	page(view.StepCourierReady, view.ReasonMisread)
	say(scanner, "]C100340123450000000024\r")
	page(view.StepCourierReady, view.ReasonUnknownLabel)
	say(scanner, "4111 1111 1111 1111\r") // a payment card held before the reader by mistake
	say(scanner, "]C10034012345000000001742110002\r")
	page(view.StepCourierReady, view.ReasonNoDoor) // it is found; no door of this wall is known to be well
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"63E9AE", "6547886", "0063e9ae", "34012345", "4111", south.Badge} {
		if strings.Contains(log.text.String(), secret) {
			t.Errorf("the log tells %s", secret)
		}
	}
	if err := filepath.WalkDir(cfg.Station.DataDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		kept, err := os.ReadFile(path)
		for _, card := range []string{"4111 1111 1111 1111", "4111111111111111"} {
			if bytes.Contains(kept, []byte(card)) {
				t.Errorf("the number of a payment card is kept in %s", path)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
