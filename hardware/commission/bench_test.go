package commission

import (
	"io"
	"net"
	"testing"
	"time"

	"cubby/hardware/wire"
)

// byHand opens a bench on a line whose other end the test writes by hand.
func byHand(t *testing.T, dialect string) (*Bench, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	b, err := OpenBench("tcp://"+listener.Addr().String(), dialect, 19200)
	if err != nil {
		t.Fatal(err)
	}
	board, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	return b, board
}

// A board answers so late that the next question is asked in the middle of its
// reply. That is no noise: nobody has to look for a terminator.
func TestALateReplyIsNotCutByTheNextQuestion(t *testing.T) {
	t.Parallel()
	b, board := byHand(t, "kerong-cu16")
	defer b.Close()
	defer board.Close()
	b.wait = 200 * time.Millisecond
	reply := []byte{2, 0x10, 0x35, 0xFF, 0xFF, 0, 0, 3, 0x48}
	write := func(part []byte) {
		if _, err := board.Write(part); err != nil {
			t.Error(err)
		}
	}
	for end := time.Now().Add(2 * time.Minute); ; { // a busy machine may be late itself
		if time.Now().After(end) {
			t.Fatal("the late reply is taken for junk again and again")
		}
		write(reply[:5])
		for len(b.line.Chunks()) == 0 && time.Now().Before(end) {
			<-time.After(time.Millisecond) // until the first half is there
		}
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			for len(b.line.Chunks()) > 0 && time.Now().Before(end) {
				<-time.After(time.Millisecond) // until the first half has been taken
			}
			<-time.After(10 * time.Millisecond)
			write(reply[5:])
			if _, err := io.ReadFull(board, make([]byte, 5)); err != nil {
				t.Error(err)
			}
			write(reply)
		}()
		before := b.parser.Noise().Junk
		_, answered, _, err := b.Read(wire.Board{Address: 1})
		<-asked
		if err != nil {
			t.Fatal(err)
		}
		if answered && b.parser.Noise().Junk == before {
			return
		}
	}
}

// A reply stops in its middle for longer than is waited for, and goes on when
// the board is asked again: the next question waits for what is left of it.
func TestTheRestOfAReplyThatWasGivenUpIsLetEnd(t *testing.T) {
	t.Parallel()
	b, board := byHand(t, "kerong-cu48")
	defer b.Close()
	b.wait = 40 * time.Millisecond
	questions := make(chan struct{}, 64)
	go func() {
		defer close(questions)
		for question := make([]byte, 6); ; {
			if _, err := io.ReadFull(board, question); err != nil {
				return
			}
			questions <- struct{}{}
		}
	}()
	letEnd := make(chan struct{})
	served := make(chan struct{})
	go func() {
		defer close(served)
		reply := []byte{2, 1, 0, 0x75, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 3, 0x75}
		for range questions {
			board.Write(reply[:5])
			<-questions
			cut := false
			for _, x := range reply[5:] {
				select {
				case <-questions:
					cut = true
				case <-time.After(20 * time.Millisecond): // the pace of a slow line
				}
				board.Write([]byte{x})
			}
			if !cut {
				close(letEnd)
				return
			}
		}
	}()
	defer func() { board.Close(); <-served }()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); { // a busy machine may be late itself
		if _, _, _, err := b.Read(wire.Board{Address: 1}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-letEnd:
			return
		default:
		}
	}
	t.Fatal("what is left of a reply is cut again and again")
}

// While the coil holds its latch a contact says open, whatever the door does. A
// board that falls silent after that has said nothing about the door.
func TestAContactThatWasReadDuringThePulseOnlyIsNotTakenForMoved(t *testing.T) {
	t.Parallel()
	b, board := byHand(t, "kerong-cu16")
	defer b.Close()
	b.wait = 100 * time.Millisecond
	open := []byte{2, 0x10, 0x35, 0xFE, 0xFF, 0, 0, 3, 0x47}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for first := true; ; first = false {
			if _, err := io.ReadFull(board, make([]byte, 5)); err != nil {
				return
			}
			if first {
				board.Write(open)
			}
		}
	}()
	defer func() { board.Close(); <-served }()
	closed := map[int]wire.Frame{1: {Board: 1, Locks: 0xFFFF, Closed: 0xFFFF}}
	after, err := b.Watch(t.Context(), []wire.Board{{Address: 1}}, closed)
	if why, _ := Named(err); why.ID != "none_since" {
		t.Errorf("it reads %+v, %v", after, err)
	}
}
