package archtest

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A test that fails runs again alone, up to twice, and is listed. Nothing is
// hidden: more than three such tests, a test that goes on failing and a data
// race make the run red.
func TestAFailingTestRunsAgainAloneAndIsListed(t *testing.T) {
	for _, c := range []struct {
		name     string
		subtests string // each begins with the number of runs that fail
		race     bool
		green    bool
		says     []string
		silent   []string
	}{
		{
			name: "all pass", subtests: "0a:0b", green: true,
			says: []string{" 0 failed, ", " 0 unsteady"}, silent: []string{"unsteady:"},
		},
		{
			name: "three pass alone", subtests: "0a:1b:2c:1d", green: true,
			says:   []string{" 0 failed, ", " 3 unsteady", "TestSome/2c, runs: fail, fail, pass", "1b: run 1 fails"},
			silent: []string{"TestSome, runs", "TestSome/0a, runs"},
		},
		{
			name: "four pass alone", subtests: "1a:1b:1c:1d",
			says: []string{" 0 failed, ", " 4 unsteady", "more than 3"},
		},
		{
			name: "one fails every time", subtests: "0a:3b:1c",
			says: []string{" 1 failed, ", "failed:\n  cubby/cmd/internal/archtest/testdata/unsteady TestSome/3b",
				" 1 unsteady"},
		},
		{name: "a data race", subtests: "0a", race: true, says: []string{"data race", " 1 failed, "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			logs, runs := t.TempDir(), t.TempDir()
			env := append(os.Environ(), "TEST_LOGS="+logs, "UNSTEADY="+c.subtests, "UNSTEADY_RUNS="+runs)
			arguments := []string{"count", "./cmd/internal/archtest/testdata/unsteady", "-count=1"}
			if c.race {
				env = append(env, "UNSTEADY_RACE=1")
				arguments = append(arguments, "-race")
			}
			ran, green := goTest(env, arguments...)
			summary, few := goTest(env, "--summary")
			if (green && few) != c.green {
				t.Errorf("green %v, want %v", green && few, c.green)
			}
			for _, s := range c.says {
				if !strings.Contains(ran+summary, s) {
					t.Errorf("does not say %q", s)
				}
			}
			for _, s := range c.silent {
				if strings.Contains(summary, s) {
					t.Errorf("says %q", s)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", ran, summary)
			}
		})
	}
}

// goTest runs packaging/go-test.sh and reports whether it was content.
func goTest(env []string, arguments ...string) (string, bool) {
	c := exec.Command("packaging/go-test.sh", arguments...)
	c.Dir, c.Env = root, env
	out, err := c.CombinedOutput()
	return string(out), err == nil
}
