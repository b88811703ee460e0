package line

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// bridged opens a line over TCP and returns the other end.
func bridged(t *testing.T, mode Mode) (*Line, *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			t.Error(err)
		}
		accepted <- conn
	}()
	l, err := OpenMode("tcp://"+listener.Addr().String(), mode)
	if err != nil {
		t.Fatal(err)
	}
	far := (<-accepted).(*net.TCPConn)
	t.Cleanup(func() { l.Close(); far.Close() })
	return l, far
}

func TestABridgeCarriesBytesBothWays(t *testing.T) {
	l, far := bridged(t, Mode{Pause: 30 * time.Millisecond})
	if err := l.Write([]byte{2, 0, 0x30, 3, 0x35}, patience); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(far, got); err != nil || got[4] != 0x35 {
		t.Fatalf("out: % X, %v", got, err)
	}
	if _, err := far.Write([]byte("ABC")); err != nil {
		t.Fatal(err)
	}
	var in string
	for limit := time.After(patience); ; {
		select {
		case c := <-l.Chunks():
			if in += string(c.Bytes); len(c.Bytes) == 0 {
				if in != "ABC" {
					t.Errorf("in before the pause: %q", in)
				}
				return
			}
		case <-limit:
			t.Fatalf("no pause was told after %q", in)
		}
	}
}

func TestABridgeThatHangsUpEndsItsLine(t *testing.T) {
	l, far := bridged(t, Mode{})
	far.Close()
	select {
	case _, ok := <-l.Chunks():
		if ok {
			t.Error("bytes came from nowhere")
		}
	case <-time.After(patience):
		t.Fatal("the line did not notice")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestABridgeThatTakesNoBytesIsGivenBack(t *testing.T) {
	l, far := bridged(t, Mode{})
	if err := far.SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	var err error
	for block := make([]byte, 1<<20); err == nil; {
		err = l.Write(block, 300*time.Millisecond)
	}
	if !errors.Is(err, ErrWedged) {
		t.Fatalf("writing to a bridge that does not read: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Errorf("the connection was not given back: %v", err)
	}
}

func TestEveryParityReachesThePort(t *testing.T) {
	// A pseudo-terminal keeps INPCK and PARODD, but not PARENB.
	for _, tc := range []struct {
		name   string
		parity Parity
		check  uint32 // INPCK
		odd    uint32 // PARODD
	}{
		{"none", NoParity, 0, 0},
		{"even", EvenParity, unix.INPCK, 0},
		{"odd", OddParity, unix.INPCK, unix.PARODD},
	} {
		t.Run(tc.name, func(t *testing.T) {
			master, slave, err := pty.Open()
			if err != nil {
				t.Fatal(err)
			}
			defer master.Close()
			defer slave.Close()
			l, err := OpenMode(slave.Name(), Mode{Baud: 9600, Parity: tc.parity, Lowered: true})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			set, err := unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			if check, odd := set.Iflag&unix.INPCK, set.Cflag&unix.PARODD; check != tc.check || odd != tc.odd {
				t.Errorf("INPCK %#x, PARODD %#x; want %#x, %#x", check, odd, tc.check, tc.odd)
			}
		})
	}
	if _, err := OpenMode("/dev/null", Mode{Baud: 9600, Parity: 9}); err == nil {
		t.Error("a parity that does not exist was taken")
	}
}

func TestAPortThatCannotBeOpenedSaysWhy(t *testing.T) {
	_, _, slave := open(t)
	second := slave // the first is held with TIOCEXCL, which root may ignore
	if _, err := OpenMode(second.Name(), Mode{Baud: 9600}); err != nil && !errors.Is(err, ErrBusy) {
		t.Errorf("a port in use: %v", err)
	}
	missing := filepath.Join(t.TempDir(), "none")
	if _, err := Open(missing, 9600, 0); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a port that is not there: %v", err)
	}
	if _, err := Open("tcp://127.0.0.1:1", 9600, 0); err == nil {
		t.Error("a bridge that is not there was opened")
	}
}
