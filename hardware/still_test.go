package hardware

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/door"
)

// stuck is a Sink that does not come back from what it is told until it is let go.
type stuck struct{ let chan struct{} }

func (s stuck) DoorSeen(door.Seen)         { <-s.let }
func (s stuck) OpeningEnded(door.Ended)    { <-s.let }
func (s stuck) Scanned(Scan)               { <-s.let }
func (s stuck) DeviceChanged(DeviceReport) { <-s.let }

func TestALineThatStandsStillIsSeen(t *testing.T) {
	dir := t.TempDir()
	sink := stuck{make(chan struct{})}
	synctest.Test(t, func(t *testing.T) {
		sink.let = make(chan struct{})
		site := &Site{sink: sink, conditions: map[string]DeviceReport{}}
		b := &bus{site: site, device: "bus main"}
		site.buses = []*bus{b}
		if still := site.Still(time.Minute); still != nil {
			t.Errorf("before it began: %q", still)
		}
		go func() {
			b.begins()
			site.report(b.device, Gone, filepath.Join(dir, "nothing"))
			b.busy.Store(nil)
		}()
		time.Sleep(59 * time.Second)
		if still := site.Still(time.Minute); still != nil {
			t.Errorf("after 59 s: %q", still)
		}
		time.Sleep(2 * time.Second)
		if still := site.Still(time.Minute); len(still) != 1 || still[0] != "bus main" {
			t.Errorf("after 61 s: %q", still)
		}
		close(sink.let)
		synctest.Wait()
		if still := site.Still(time.Minute); still != nil {
			t.Errorf("when it moves again: %q", still)
		}
	})
}

// The line itself marks what it does: a port that is not there, told to somebody who
// does not come back.
func TestALineThatWaitsForItsSinkStandsStill(t *testing.T) {
	sink := stuck{make(chan struct{})}
	site, err := Open(Config{Buses: []Bus{{
		Name: "main", Port: filepath.Join(t.TempDir(), "nothing"), Dialect: "kerong-cu16", Baud: 19200,
		Boards: []Board{{Address: 1, Locks: map[int]string{1: "1"}}},
	}}}, sink)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); len(site.Still(time.Millisecond)) == 0; <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody sees that the line stands still")
		}
	}
	close(sink.let)
	if err := site.Close(); err != nil {
		t.Error(err)
	}
}
