package hardware

import (
	"io"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"cubby/hardware/line"
	"cubby/hardware/wire"
	"cubby/locker/door"
)

// wklySealed closes a WKLY frame with its check byte.
func wklySealed(frame ...byte) []byte {
	var check byte
	for _, x := range frame {
		check ^= x
	}
	return append(frame, check)
}

// wklyQuestions delivers the questions that the driver asks a WKLY board.
func (r *rig) wklyQuestions(master *os.File) <-chan struct{} {
	questions := make(chan struct{}, 64)
	r.readers.Go(func() {
		defer close(questions)
		for question := make([]byte, 8); ; {
			if _, err := io.ReadFull(master, question); err != nil {
				return
			}
			questions <- struct{}{}
		}
	})
	return questions
}

// A board tells of a door while the line drips: the next question must not cut
// its frame in two. The line's other end is written by hand: a WKLY board 1 with
// two locks that pushes after every answer, in two pieces.
func TestAPushThatComesInPiecesIsNotCutByTheNextQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.unplug()
	master := r.bare()
	questions := r.wklyQuestions(master)
	status := wklySealed('W', 'K', 'L', 'Y', 0x0B, 1, 0x84, 0, 1, 1)
	push := wklySealed('W', 'K', 'L', 'Y', 0x0A, 1, 0x85, 2, 0)
	r.readers.Go(func() {
		for range questions {
			master.Write(status)
			master.Write(push[:7])
			<-time.After(25 * time.Millisecond) // the pace of a slow line
			master.Write(push[7:])
		}
	})
	site, w := start(t, Bus{
		Name: "main", Port: r.path, Dialect: "wkly", Baud: 115200, IdlePoll: 10 * time.Millisecond,
		ActivePoll: 5 * time.Millisecond,
		Boards:     []Board{{Address: 1, Channels: 2, Locks: map[int]string{1: "A", 2: "B"}}},
	})
	w.sees("A", door.Closed)
	w.until("a push heard whole", func() bool { return site.BusStats()[0].Pushes > 0 })
}

// A reply stops halfway for longer than the driver waits, and goes on when it has
// been asked for again. A request sent into the rest of it would be lost or torn
// in turn, and so on for as long as the line is slow.
func TestTheRestOfAReplyThatWasGivenUpIsLetEnd(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.unplug()
	master := r.bare()
	questions := r.wklyQuestions(master)
	status := wklySealed(append([]byte{
		'W', 'K', 'L', 'Y', 0x19, 1, 0x84, 0,
	}, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)...)
	const first = 5 // bytes before it stops
	var letEnd atomic.Bool
	r.readers.Go(func() {
		for range questions {
			master.Write(status[:first])
			<-questions
			cut := false
			for _, x := range status[first:] {
				select {
				case <-questions:
					cut = true
				case <-time.After(15 * time.Millisecond): // the pace of a slow line
				}
				master.Write([]byte{x})
			}
			if !cut {
				letEnd.Store(true) // on a busy machine not at once
			}
			for range 3 { // readings that make the board well again
				<-questions
				master.Write(status)
			}
		}
	})
	_, w := start(t, Bus{
		Name: "main", Port: r.path, Dialect: "wkly", Baud: 115200, ReplyTimeout: 60 * time.Millisecond,
		IdlePoll: 10 * time.Millisecond, ActivePoll: 5 * time.Millisecond,
		Boards: []Board{{Address: 1, Locks: map[int]string{1: "A", 2: "B"}}},
	})
	w.until("a reply that was let end", letEnd.Load)
	w.sees("A", door.Closed)
}

func TestTheLineIsFreeAfterAFrameAndHeldWhileOneComes(t *testing.T) {
	whole := statusOf(1, 0xFFFF, 0)
	for _, c := range []struct {
		name   string
		owed   bool // the last question was not answered
		pieces [][]byte
		held   bool
	}{
		{"a whole frame", false, [][]byte{whole}, false},
		{"half a frame", false, [][]byte{whole[:5]}, true},
		{"a frame in two pieces", false, [][]byte{whole[:5], whole[5:]}, false},
		{"noise", false, [][]byte{{0xAA}}, false},
		{"what may be the rest of a reply that was given up", true, [][]byte{whole[5:]}, true},
		{"a late reply, after which another may come", true, [][]byte{whole}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := Bus{
				Name: "main", Dialect: "kerong-cu16", Port: "/nowhere",
				Boards: []Board{{Address: 1, Locks: map[int]string{1: "A"}}},
			}
			if err := completeBus(&cfg); err != nil {
				t.Fatal(err)
			}
			b, err := newBus(cfg, usualCoil, &Site{})
			if err != nil {
				t.Fatal(err)
			}
			at := time.Now()
			b.parser, b.owed = b.newParser(), c.owed
			b.waits = wire.NewPatience(at, b.parser)
			for _, piece := range c.pieces {
				at = at.Add(time.Millisecond)
				b.hear(line.Chunk{Bytes: piece, At: at})
			}
			want := b.wireTime(gapBytes)
			if c.held {
				want = wire.Gap
			}
			if got := b.still.Sub(at); got != want {
				t.Errorf("left alone for %v after the last byte, want %v", got, want)
			}
		})
	}
}
