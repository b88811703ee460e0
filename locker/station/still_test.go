package station

import (
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/door"
	"cubby/locker/view"
)

func TestAWriterThatStandsStillIsSeen(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		r.closed()
		code, _ := r.deposit("p")
		time.Sleep(time.Hour)
		synctest.Wait()
		if d := r.Still(); d != 0 {
			t.Errorf("a writer that waits for work stands still for %s", d)
		}
		for range cap(r.wall.given) { // the hardware takes no order any more
			r.wall.given <- door.Order{}
		}
		r.Scanned("", []byte(code))
		time.Sleep(time.Minute)
		synctest.Wait()
		if d := r.Still(); d < 59*time.Second || d > time.Minute {
			t.Errorf("after a minute the writer stands still for %s", d)
		}
		<-r.wall.given
		r.until(view.StepPickupOpening)
		synctest.Wait()
		if d := r.Still(); d != 0 {
			t.Errorf("when it moves again it stands still for %s", d)
		}
		r.stop()
	})
}
