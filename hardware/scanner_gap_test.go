package hardware

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// suffixWait is how long a suffix is waited for that every code should have.
const suffixWait = time.Second

// stoppedGap is long enough for a test to send two halves well within it.
const stoppedGap = time.Second

// A process that is not run for a while reads late what came in time. It is
// played by this test binary, which runs a scanner, says when it has bytes and
// is then stopped by a signal until long after the gap.
func TestAProcessThatIsNotRunCutsNoScanInTwo(t *testing.T) {
	if port := os.Getenv("CUBBY_SCANNER_PORT"); port != "" {
		playScanner(t, port)
		return
	}
	t.Parallel()
	r := newReader(t)
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), "CUBBY_SCANNER_PORT="+r.path)
	child.Stderr = os.Stderr
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(stdout)
	defer func() {
		stdin.Close() // the child ends with it
		for said.Scan() {
		}
		if err := child.Wait(); err != nil {
			t.Error(err)
		}
	}()
	limit := time.AfterFunc(patience, func() { child.Process.Kill() })
	defer limit.Stop()
	hears := func(want string) {
		t.Helper()
		for said.Scan() {
			if said.Text() == want {
				return
			}
		}
		t.Fatalf("the scanner did not say %q; it was killed or is wrong", want)
	}
	hears("listening")
	first := time.Now()
	r.send("FIRST-")
	hears("bytes")
	if err := child.Process.Signal(unix.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.send("SECOND")
	onTheWire := time.Since(first)
	<-time.After(stoppedGap + stoppedGap/2)
	if err := child.Process.Signal(unix.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if onTheWire >= stoppedGap {
		t.Skipf("this machine took %v between two writes: there was a gap on the wire", onTheWire)
	}
	if !said.Scan() || said.Text() != `scan "FIRST-SECOND"` {
		t.Errorf("after a stop: %s", said.Text())
	}
}

// playScanner runs a scanner until its standard input ends.
func playScanner(t *testing.T, port string) {
	site, w := startWith(t, Config{Scanner: Scanner{Port: port, IdleGap: stoppedGap}}, usualCoil)
	w.hears("scanner", Working)
	fmt.Println("listening")
	w.until("bytes", func() bool { return site.ScannerStats()[0].Bytes > 0 })
	fmt.Println("bytes")
	w.until("a scan", func() bool { return len(w.scans) > 0 })
	fmt.Printf("scan %q\n", w.scans[0].Data)
	bufio.NewReader(os.Stdin).ReadByte()
}

func TestACodeThatShouldHaveItsSuffixIsWaitedForLonger(t *testing.T) {
	t.Parallel()
	for _, suffix := range []string{"cr", "lf", "crlf", "tab"} {
		t.Run(suffix, func(t *testing.T) {
			t.Parallel()
			r := newReader(t)
			site, w := startWith(t, Config{Scanner: Scanner{
				Port: r.path, Suffix: suffix, IdleGap: 50 * time.Millisecond,
			}}, usualCoil)
			w.hears("scanner", Working)
			end := map[string]string{"cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t"}[suffix]
			first := time.Now()
			r.send("FIRST-")
			w.until("bytes", func() bool { return site.ScannerStats()[0].Bytes > 0 })
			<-time.After(200 * time.Millisecond)
			r.send("SECOND" + end)
			if took := time.Since(first); took >= suffixWait {
				t.Skipf("this machine took %v between two writes", took)
			}
			w.scanned(1, "FIRST-SECOND")
			r.send("WITHOUT")
			w.scanned(2, "WITHOUT") // in the end it passes all the same
			if strings.Contains(string(w.scans[0].Data), end) {
				t.Error("the suffix is part of the scan")
			}
		})
	}
}
