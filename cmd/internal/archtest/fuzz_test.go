package archtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Go's fuzzer takes the end of its own time for a failure now and then. Anything
// else that it fails with is a finding, whatever the target is called.
func TestOnlyTheEndOfTheFuzzersTimeIsNoFinding(t *testing.T) {
	const late = "fuzz: elapsed: 3s, execs: 71269 (0/sec), new interesting: 0 (total: 48)\n--- FAIL: " +
		"FuzzParseNeverPanics (3.10s)\n    context deadline exceeded\n"
	for _, c := range []struct {
		name, said string
		late       bool
	}{
		{"its time is over", late + "FAIL\nexit status 1\nFAIL\tcubby/sync/feed\t3.106s\n", true},
		{"an input fails", "--- FAIL: FuzzCursor (0.10s)\n    --- FAIL: FuzzCursor (0.00s)\n        " +
			"cursor_test.go:9: context deadline exceeded\n    \n    Failing input written to " +
			"testdata/fuzz/FuzzCursor/1\nFAIL\nexit status 1\n", false},
		{"an input fails as its time is over", late + "    --- FAIL: FuzzParseNeverPanics (0.00s)\nFAIL\n", false},
		{"it panics as its time is over", late + "panic: boom\nFAIL\n", false},
		{"a seed fails",
			"failure while testing seed corpus entry: FuzzCursor/seed#0\n--- FAIL: FuzzCursor (0.10s)\nFAIL\n", false},
		{"it does not compile", "cursor_test.go:3:1: syntax error\nFAIL\tcubby/sync/feed [build failed]\n", false},
		{"it says nothing", "", false},
	} {
		said := filepath.Join(t.TempDir(), "said")
		if err := os.WriteFile(said, []byte(c.said), 0o600); err != nil {
			t.Fatal(err)
		}
		judge := exec.Command("bash", "-euo", "pipefail", "-c",
			`eval "$(sed -n '/^only_late()/,/^}/p' packaging/fuzz.sh)"; declare -F only_late >/dev/null || exit 2; `+
				`only_late "$1"`, "judge", said)
		judge.Dir = root
		out, err := judge.CombinedOutput()
		if code := judge.ProcessState.ExitCode(); code != 0 && code != 1 || len(out) > 0 {
			t.Fatalf("%s: %v: %s", c.name, err, out)
		}
		if got := err == nil; got != c.late {
			t.Errorf("%s: taken for no finding: %t, want %t", c.name, got, c.late)
		}
	}
}
