package hardware

import (
	"io"
	"testing"
	"time"

	"cubby/locker/door"
)

// A board tells of a door while the line drips: the next question must not cut
// its frame in two. The line's other end is written by hand: a WKLY board 1 with
// two locks that pushes after every answer, in two pieces.
func TestAPushThatComesInPiecesIsNotCutByTheNextQuestion(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.unplug()
	master := r.bare()
	status := []byte{'W', 'K', 'L', 'Y', 0x0B, 1, 0x84, 0, 1, 1, 0}
	push := []byte{'W', 'K', 'L', 'Y', 0x0A, 1, 0x85, 2, 0, 0}
	for _, frame := range [][]byte{status, push} {
		last := len(frame) - 1
		frame[last] = 0
		for _, x := range frame[:last] {
			frame[last] ^= x
		}
	}
	r.readers.Go(func() {
		for question := make([]byte, 8); ; {
			if _, err := io.ReadFull(master, question); err != nil {
				return
			}
			master.Write(status)
			master.Write(push[:7])
			<-time.After(25 * time.Millisecond) // the pace of a slow line
			master.Write(push[7:])
		}
	})
	site, w := start(t, Bus{
		Name: "main", Port: r.path, Dialect: "wkly", Baud: 115200, IdlePoll: 10 * time.Millisecond, ActivePoll: 5 * time.Millisecond,
		Boards: []Board{{Address: 1, Channels: 2, Locks: map[int]string{1: "A", 2: "B"}}},
	})
	w.sees("A", door.Closed)
	w.until("a push heard whole", func() bool { return site.BusStats()[0].Pushes > 0 })
}
