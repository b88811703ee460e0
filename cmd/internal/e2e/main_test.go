// Package e2e plays whole stories with the real programs: cubbyd, cubby,
// cubbysim and cubbyctl as processes of their own, joined by pseudo-terminals,
// sockets, HTTP and a real window on a virtual display.
//
// Every test has a station of its own in a folder of its own and ends what it
// has started, by process id. Nothing is replaced by a stand-in but the wall:
// its boards, doors, reader and people are simulated behind serial lines.
//
// CUBBY_BIN names the folder of the programs; without it they are built once.
// Pictures of the window are kept in build/e2e.
package e2e

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a state may take to come about on a busy machine.
const patience = 2 * time.Minute

// repository is the root of the source tree; tests run in their own folder.
const repository = "../../.."

var programs string // the folder of the programs under test

func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	if err := needTools(); err != nil {
		return 1, err
	}
	if programs = os.Getenv("CUBBY_BIN"); programs == "" {
		if programs, err = os.MkdirTemp("", "cubby-bin-"); err != nil {
			return 1, err
		}
		defer os.RemoveAll(programs)
		if err := build(programs); err != nil {
			return 1, err
		}
	}
	if programs, err = filepath.Abs(programs); err != nil {
		return 1, err
	}
	for _, name := range []string{"cubbyd", "cubby", "cubbysim", "cubbyctl", "cubbyhub"} {
		if _, err := os.Stat(filepath.Join(programs, name)); err != nil {
			return 1, fmt.Errorf("%w: build the programs, or unset CUBBY_BIN to have them built here", err)
		}
	}
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given { // stories mostly wait for doors and clocks, not for the processor
		if err := flag.Set("test.parallel", "4"); err != nil {
			return 1, err
		}
	}
	return m.Run(), nil
}

// needTools fails rather than skips: a story that was not played proves nothing.
func needTools() error {
	packages := map[string]string{
		"Xvfb": "xvfb", "xdotool": "xdotool", "zbarimg": "zbar-tools", "curl": "curl",
	}
	var missing []string
	for tool, pack := range packages {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, pack)
		}
	}
	if len(missing) > 0 {
		return errors.New("install what the stories need: apt-get install " + strings.Join(missing, " ") +
			" (or packaging/install-deps.sh test)")
	}
	return nil
}

func build(into string) error {
	for _, b := range []struct {
		cgo, tags string
		names     []string
	}{
		{"CGO_ENABLED=0", "", []string{"cubbyd", "cubbysim", "cubbyctl", "cubbyhub"}},
		{"CGO_ENABLED=1", "x11,migrated_fynedo", []string{"cubby"}},
	} {
		args := []string{"build", "-tags", b.tags, "-o", into + "/"}
		for _, name := range b.names {
			args = append(args, "./cmd/"+name)
		}
		compiler := os.Getenv("GO")
		if compiler == "" {
			compiler = "go"
		}
		c := exec.Command(compiler, args...)
		c.Dir = repository
		c.Env = append(os.Environ(), b.cgo)
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return nil
}
