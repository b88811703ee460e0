package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

// A short soak: "make soak" plays longer ones. Couriers, customers and strangers
// come to a wall of all families of boards, vandals are at every line, and the
// simulated site holds what the station says against what really happened.
func TestVisitsAtAWallOnWhichSomethingIsAlwaysWrong(t *testing.T) {
	t.Parallel()
	said := do(t, "", "env", "CUBBY_BIN="+programs, filepath.Join(repository, "packaging", "soak.sh"), "15")
	t.Log(said)
	for _, want := range []string{"15 visits in", "driven ", "nothing was wrong"} {
		if !strings.Contains(said, want) {
			t.Errorf("the soak does not say %q", want)
		}
	}
}
