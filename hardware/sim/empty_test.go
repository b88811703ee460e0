package sim

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// waitUntilEmpty waits until no unread byte is left in the terminal.
func waitUntilEmpty(t *testing.T, l *line) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for {
		var n int
		if err := l.port.(*port).ioctl(func(fd int) (err error) {
			n, err = unix.IoctlGetInt(fd, unix.TIOCINQ)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%d bytes are still waiting", n)
		}
	}
}
