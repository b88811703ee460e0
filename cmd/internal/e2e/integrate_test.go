package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTheGuidesForIntegratorsRunAsTheyStand runs every command of docs/integrate.md and of
// docs/api.md, in their order and in one shell each, against the demo as "make run" starts
// it. Ports and folders are other ones, nothing else.
func TestTheGuidesForIntegratorsRunAsTheyStand(t *testing.T) {
	demo, err := os.MkdirTemp("", "cubby-demo-") // sockets need a short path
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(demo) })
	ports := map[string]string{}
	env := []string{"CUBBY_DEMO=" + demo, "CUBBY_BIN=" + programs, "DISPLAY="}
	for _, name := range []string{"REST_PORT", "PANEL_PORT", "VNC_PORT", "DESK_PORT", "HUB_PORT",
		"HUB_TLS_PORT", "PAY_PORT"} {
		ports[name] = unusedPort(t)
		env = append(env, name+"="+ports[name])
	}
	root, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	run := start(t, demo, "run.log", env, filepath.Join(root, "packaging/run-demo.sh"))
	eventually(t, "the demo runs", func() (bool, string) {
		if !run.runs() {
			t.Fatalf("the demo has ended: %s", run.said())
		}
		return strings.Contains(run.said(), "The demo station runs"), run.tail()
	})

	play := func(page string) (well, wrong string) {
		t.Helper()
		script := strings.NewReplacer(
			"127.0.0.1:8481", "127.0.0.1:"+ports["HUB_PORT"], "127.0.0.1:8470",
			"127.0.0.1:"+ports["REST_PORT"],
			".demo/", demo+"/", "bin/cubby", programs+"/cubby",
		).Replace(commands(t, filepath.Join(root, "docs", page)))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		bash := exec.CommandContext(ctx, "bash", "-c",
			"set -u; trap 'echo \"FAILED: $BASH_COMMAND\"' ERR\n"+script)
		bash.Dir, bash.Env = root, append(os.Environ(), "CUBBYSIM_HTTP=127.0.0.1:"+ports["PANEL_PORT"])
		said, err := bash.CombinedOutput()
		if err != nil {
			t.Fatalf("the commands of %s end with %v:\n%s", page, err, said)
		}
		well, wrong, found := strings.Cut(string(said), "When something is wrong")
		for _, word := range []string{"FAILED:", "urn:cubby:problem"} { // only the last section has problems
			if !found || strings.Contains(well, word) {
				t.Fatalf("a command of %s says %s, or there is no last section:\n%s", page, word, said)
			}
		}
		return well, wrong
	}

	well, wrong := play("integrate.md")
	for _, word := range []string{
		`"state":"sent"`, `"type":"parcel.announced"`, `"held":`, `"total":3998`, `"back":1`, `"waiting":`,
		`"state":"waits"`, `"state":"taken_back"`,
	} {
		if !strings.Contains(well, word) || strings.Contains(well, ":null") {
			t.Errorf("nothing says %s, or something is null:\n%s", word, well)
		}
	}
	if !strings.Contains(wrong, "urn:cubby:problem:unknown-member") ||
		!strings.Contains(wrong, "urn:cubby:problem:no-such-parcel") {
		t.Errorf("what is wrong is told as\n%s", wrong)
	}
	well, _ = play("api.md")
	if !strings.Contains(well, `"parcel.stored"`) || !strings.Contains(well, `"state": "collected"`) {
		t.Errorf("the parcel's story is\n%s", well)
	}
}

// commands are the shell commands of a page, each heading before those below it as a line
// "== HEADING".
func commands(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	inside := false
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```"):
			inside = strings.HasPrefix(line, "```sh")
		case inside:
			script.WriteString(line)
		case strings.HasPrefix(line, "## "):
			heading := strings.ReplaceAll(strings.TrimSpace(line[3:]), "'", `'\''`)
			fmt.Fprintf(&script, "echo '== %s'\n", heading)
		}
	}
	return script.String()
}

// unusedPort is a TCP port that nobody listens at now.
func unusedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}
