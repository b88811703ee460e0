package line

import (
	"errors"
	"os"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/creack/pty"
)

const patience = 2 * time.Minute

func open(t *testing.T) (*Line, *os.File, *os.File) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	l, err := Open(slave.Name(), 19200, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, master, slave
}

func TestBytesPassBothWaysUnchanged(t *testing.T) {
	l, master, _ := open(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	if err := l.Write(all, patience); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for len(got) < len(all) {
		b := make([]byte, 300)
		n, err := master.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, b[:n]...)
	}
	if !slices.Equal(got, all) {
		t.Errorf("out: % X", got)
	}
	if _, err := master.Write(all); err != nil {
		t.Fatal(err)
	}
	got = nil
	for limit := time.After(patience); len(got) < len(all); {
		select {
		case c := <-l.Chunks():
			got = append(got, c.Bytes...)
		case <-limit:
			t.Fatalf("in: % X", got)
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("in: % X", got)
	}
}

func TestWhatCameBeforeOpeningIsNotRead(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	if _, err := master.WriteString("STALE\n"); err != nil {
		t.Fatal(err)
	}
	l, err := Open(slave.Name(), 9600, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := master.WriteString("FRESH"); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for limit := time.After(patience); len(got) < 5; {
		select {
		case c := <-l.Chunks():
			got = append(got, c.Bytes...)
		case <-limit:
			t.Fatalf("got %q", got)
		}
	}
	if string(got) != "FRESH" {
		t.Errorf("got %q", got)
	}
}

func TestALineThatGoesEndsItsChunks(t *testing.T) {
	l, master, slave := open(t)
	slave.Close()
	master.Close()
	select {
	case _, ok := <-l.Chunks():
		if ok {
			t.Error("bytes came from nowhere")
		}
	case <-time.After(patience):
		t.Fatal("the line did not notice")
	}
	if l.Err() == nil {
		t.Error("no reason was given")
	}
	if err := l.Write([]byte{1}, patience); err == nil {
		t.Error("a line that has gone was written to")
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestAWedgedPortDoesNotHoldItsUser(t *testing.T) {
	l, master, slave := open(t)
	block := make([]byte, 4096)
	var err error
	for range 1000 { // until the kernel's buffers are full
		if err = l.Write(block, 300*time.Millisecond); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrWedged) {
		t.Fatalf("writing to a port nobody reads: %v", err)
	}
	l.Stop()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		b := make([]byte, 1<<16)
		for {
			if _, err := master.Read(b); err != nil {
				return
			}
		}
	}()
	select {
	case <-l.Done():
	case <-time.After(patience):
		t.Error("the port was not given back after the write had come through")
	}
	slave.Close() // the last one: the reader sees the end
	<-drained
}

// hung is a port that takes its bytes when it is let.
type hung struct {
	port
	let, got chan []byte
}

func (h hung) Write(b []byte) (int, error) {
	<-h.let
	h.got <- slices.Clone(b)
	return len(b), nil
}

// A receipt that was taken back is wiped while its bytes may still go out.
func TestWhatGoesOutLateIsWhatWasGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hung{let: make(chan []byte), got: make(chan []byte, 1)}
		l := &Line{port: h, writes: make(chan []byte, 1), written: make(chan error, 1), stop: make(chan struct{})}
		go l.write()
		given := []byte("RECEIPT")
		if err := l.Write(given, time.Second); !errors.Is(err, ErrWedged) {
			t.Error(err)
		}
		clear(given)
		close(h.let)
		if got := <-h.got; string(got) != "RECEIPT" {
			t.Errorf("%q went out", got)
		}
	})
}

func TestAPathThatIsNoPortIsNamed(t *testing.T) {
	if _, err := Open("/dev/null", 9600, 0); err == nil {
		t.Error("opened")
	}
}

func TestAPauseIsToldOnceAfterBytes(t *testing.T) {
	master, slave, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	defer slave.Close()
	l, err := Open(slave.Name(), 9600, 150*time.Millisecond) // longer than one look
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	limit := time.After(patience)
	for round := range 2 {
		if _, err := master.WriteString("ABC"); err != nil {
			t.Fatal(err)
		}
		var got string
		for told := false; !told; {
			select {
			case c := <-l.Chunks():
				got += string(c.Bytes)
				told = len(c.Bytes) == 0
			case <-limit:
				t.Fatalf("round %d: no pause was told after %q", round, got)
			}
		}
		if got != "ABC" {
			t.Errorf("round %d: %q came before the pause; a pause was told twice, or without bytes", round, got)
		}
		if round == 0 {
			<-time.After(400 * time.Millisecond) // in which a second pause would be told
		}
	}
}
