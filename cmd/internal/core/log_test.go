package core

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A test of a log that held anybody up would never end.
func TestALogThatNobodyReadsHoldsNobodyUp(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	log := NewLog(write)
	const lines = 100_000 // some 10 MB; a pipe holds 64 KiB
	for i := range lines {
		log.Info("device", "device", "bus main", "state", "gone", "number", i)
	}
	dropped := log.Dropped()
	if dropped == 0 || dropped >= lines {
		t.Fatalf("%d of %d lines were dropped", dropped, lines)
	}
	closed := make(chan struct{})
	go func() {
		log.Info("the last")
		log.Close()
		write.Close()
		close(closed)
	}()
	var told, got uint64
	last := ""
	for scan := bufio.NewScanner(read); scan.Scan(); {
		var line struct {
			Msg     string
			Dropped uint64
		}
		if err := json.Unmarshal(scan.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", scan.Bytes(), err)
		}
		if line.Dropped > 0 {
			told += line.Dropped
		} else {
			got++
		}
		last = line.Msg
	}
	<-closed
	dropped = log.Dropped()
	if told != dropped {
		t.Errorf("%d lines are said to be missing, and %d were dropped", told, dropped)
	}
	if got+dropped != lines+1 {
		t.Errorf("%d lines came and %d were dropped of %d", got, dropped, lines+1)
	}
	if last == "" {
		t.Error("nothing came")
	}
}

// deaf takes nothing and fails nothing.
type deaf struct{}

func (deaf) Write([]byte) (int, error) { select {} }

func TestTheEndOfAProgramWaitsAMomentForItsLog(t *testing.T) {
	log := NewLog(deaf{})
	log.Info("a line")
	log.Close() // or the test never ends
	log.Info("another")
	if log.Dropped() != 1 {
		t.Errorf("%d lines dropped after the end", log.Dropped())
	}
}

func TestALogWhoseReaderHasGoneCountsAllAsDropped(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Close()
	log := NewLog(write)
	for range 10 {
		log.Info("a line")
	}
	log.Close()
	if log.Dropped() != 10 {
		t.Errorf("%d of 10 lines dropped", log.Dropped())
	}
}

// TestMain lets a test run this program again as one whose standard error nobody reads.
// Most of the tests' time is spent waiting for boards and for the disk.
func TestMain(m *testing.M) {
	switch os.Getenv("CUBBY_TEST_STDERR") {
	case "panic":
		log := NewLog(StandardError())
		for i := range 20_000 {
			log.Info("a line", "number", i)
		}
		panic(strings.Repeat("what went wrong ", 10_000))
	case "print":
		StandardError()
		for range 10_000 {
			fmt.Fprintln(os.Stderr, "somebody writes to standard error directly")
		}
		os.Exit(0)
	}
	flag.Parse()
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// A process whose last words nobody reads must end all the same: only then is it
// started again.
func TestStandardErrorHoldsUpNoPanicAndNoPrint(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		how    string
		code   int
		stderr func(t *testing.T) (mine io.Closer, its *os.File)
	}{
		{"panic", 2, pipe}, {"print", 0, pipe}, {"panic", 2, socket}, {"print", 0, socket}, {"print", 0, gone},
	} {
		t.Run(c.how, func(t *testing.T) {
			mine, its := c.stderr(t)
			cmd := exec.CommandContext(t.Context(), program)
			cmd.Env = append(os.Environ(), "CUBBY_TEST_STDERR="+c.how)
			cmd.Stderr = its
			cmd.WaitDelay = time.Minute
			cmd.Run() // never ends where it is held up
			mine.Close()
			its.Close()
			if got := cmd.ProcessState.ExitCode(); got != c.code {
				t.Errorf("it ended with %d, want %d: %v", got, c.code, cmd.ProcessState)
			}
		})
	}
}

func pipe(t *testing.T) (io.Closer, *os.File) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return read, write
}

func gone(t *testing.T) (io.Closer, *os.File) {
	read, write := pipe(t)
	read.Close()
	return write, write
}

func socket(t *testing.T) (io.Closer, *os.File) {
	both, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(both[0]), "mine"), os.NewFile(uintptr(both[1]), "its")
}
