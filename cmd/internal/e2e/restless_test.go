package e2e

import (
	"fmt"
	"os"
	"testing"

	"cubby/locker/view"
)

// A child who plays with the panel fills no memory: what was drawn of a page goes
// with it. The toolkit alone would keep it for a minute, 2 MB and more each time.
func TestAChildPlayingWithThePanelFillsNoMemory(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	w := s.openWindow("restless")
	idle := w.page(view.StepIdle)
	w.press(view.ActStartPickup, "")
	pad := w.page(view.StepPickupEnter)
	const changes, most = 80, 80 << 20 // pages, bytes
	before := w.program.resident(t)
	for i := range changes {
		touch, on, want := view.ActBack, view.StepPickupEnter, idle
		if i%2 == 1 {
			touch, on, want = view.ActStartPickup, view.StepIdle, pad
		}
		w.step(on) // the window may show it before we are told
		w.touch(touch, "")
		eventually(t, "the page changes", func() (bool, string) {
			distance := apart(want, w.on.capture(t))
			return distance <= similar, fmt.Sprintf("it is %d from the page wanted", distance)
		})
	}
	more := w.program.resident(t) - before
	t.Logf("%d changes of page have taken %d kB more", changes, more>>10)
	if more > most {
		t.Errorf("%d changes of page have taken %d MB more", changes, more>>20)
	}
	w.close()
}

// resident is how much memory a program has, in bytes.
func (p *program) resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
