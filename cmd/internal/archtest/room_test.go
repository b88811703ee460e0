package archtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// "make test ROOM=store" runs the packages that have the room in their path, and
// no other. Whoever names a room that is not there is told which are.
func TestARoomIsThePackagesThatHaveItInTheirPath(t *testing.T) {
	for _, c := range []struct {
		room     string
		packages []string
	}{
		{"store", []string{"cubby/locker/store"}},
		{"picture", []string{"cubby/hardware/scan/picture"}},
		{"scan", []string{"cubby/hardware/scan", "cubby/hardware/scan/picture"}},
		{"archtest", []string{"cubby/cmd/internal/archtest"}},
	} {
		out, said, code := room(t, c.room)
		if got := strings.Fields(out); code != 0 || !slices.Equal(got, c.packages) {
			t.Errorf("room %s: %v (status %d, %s), want %v", c.room, got, code, said, c.packages)
		}
	}
	for _, name := range []string{"sto", "internal", "", "store ledger", "../store", ".", "-v"} {
		out, said, code := room(t, name)
		if out != "" || code != 2 {
			t.Errorf("room %q: status %d, packages %q; there is no such room", name, code, out)
		}
		words := strings.Fields(said)
		if !strings.Contains(said, "there is no room") || !slices.Contains(words, "store") ||
			slices.Contains(words, "internal") {
			t.Errorf("room %q: nobody is told which rooms there are: %s", name, said)
		}
	}
}

func room(t *testing.T, name string) (out, said string, code int) {
	t.Helper()
	var stdout, stderr strings.Builder
	c := exec.Command("packaging/test-room.sh", "--packages", name)
	c.Dir, c.Stdout, c.Stderr = root, &stdout, &stderr
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), c.ProcessState.ExitCode()
}
