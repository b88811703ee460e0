package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program is a process that a test has started.
type program struct {
	name  string
	cmd   *exec.Cmd
	log   string // file with all it said
	ended chan struct{}
}

// starter runs functions on one thread that lives as long as the tests, so that
// the kernel ends the processes started there should the tests be killed.
var starter = func() chan func() {
	c := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range c {
			f()
		}
	}()
	return c
}()

// start runs a program in the background until the test ends. What it says is
// appended to LOG in dir.
func start(t *testing.T, dir, log string, env []string, path string, args ...string) *program {
	t.Helper()
	p := &program{name: filepath.Base(path), log: filepath.Join(dir, log), ended: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	p.launch(t, out, env, dir, path, args...)
	return p
}

// launch runs the program; all it says goes to a file.
func (p *program) launch(t *testing.T, out *os.File, env []string, dir, path string, args ...string) {
	t.Helper()
	p.cmd = exec.Command(path, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, out, out
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	starter <- func() { started <- p.cmd.Start() }
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in cmd.ProcessState
		close(p.ended)
	}()
	t.Cleanup(func() { p.stop(t) })
}

func (p *program) runs() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// kill ends the program the hard way, as a fault or a power cut would.
func (p *program) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}

// halt has the program stand still for a while, as a machine that sleeps does.
func (p *program) halt(t *testing.T, d time.Duration) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	<-time.After(d)
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
}

// stop ends the program in order.
func (p *program) stop(t *testing.T) {
	if !p.runs() {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may be ending by itself
	select {
	case <-p.ended:
		if !p.cmd.ProcessState.Success() {
			t.Errorf("%s was asked to end and ended with %v; it said at last:\n%s", p.name,
				p.cmd.ProcessState, p.tail())
		}
	case <-time.After(patience):
		t.Errorf("%s does not end when it is asked to; it said at last:\n%s", p.name, p.tail())
		p.kill()
	}
}

func (p *program) said() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// tail is the end of what it said, without its refusals while it started.
func (p *program) tail() string {
	var lines []string
	for line := range strings.Lines(p.said()) {
		if !strings.Contains(line, `"not-ready"`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-20):], "")
}

// do runs a command to its end and gives what it printed.
func do(t *testing.T, input, path string, args ...string) string {
	t.Helper()
	out, err := try(input, path, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(path), strings.Join(args, " "), err, out)
	}
	return out
}

func try(input, path string, args ...string) (string, error) {
	c := exec.Command(path, args...)
	c.Stdin = strings.NewReader(input)
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	err := c.Run()
	if err != nil {
		return out.String() + complaint.String(), err
	}
	return out.String(), nil
}

// eventually asks again and again until a state has come about. look tells the
// state in words for the case that it never does.
func eventually(t *testing.T, what string, look func() (bool, string)) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		ok, state := look()
		if ok {
			return
		}
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: not within %s; now: %s", what, patience, state)
		}
	}
}
