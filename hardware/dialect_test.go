package hardware

import (
	"testing"
	"time"

	"cubby/hardware/wire"
	"cubby/locker/door"
)

// pushing is a CU16 whose boards acknowledge an unlock with the byte E1 and
// push E0 when a contact has changed, as boards of other families do.
type pushing struct{ wire.Dialect }

func init() {
	cu16, err := wire.Named("kerong-cu16")
	if err != nil {
		panic(err)
	}
	wire.Register("pushing", pushing{cu16})
}

func (p pushing) Unlock(board wire.Board, lock int, pulse time.Duration) (wire.Request, error) {
	r, err := p.Dialect.Unlock(board, lock, pulse)
	r.Expect = wire.Verdict
	return r, err
}

func (p pushing) NewParser(boards []wire.Board, echo wire.Echo) wire.Parser {
	return pushParser{p.Dialect.NewParser(boards, echo)}
}

type pushParser struct{ wire.Parser }

func (p pushParser) Feed(b []byte) (frames []wire.Frame) {
	for _, c := range b {
		switch c {
		case 0xE0:
			frames = append(frames, wire.Frame{Kind: wire.Event, Board: 1})
		case 0xE1:
			frames = append(frames, wire.Frame{Kind: wire.Verdict, Board: 1})
		case 0xE2:
			frames = append(frames, wire.Frame{Kind: wire.Verdict, Board: 1, Refused: true})
		case 0xE3:
			frames = append(frames, wire.Frame{Kind: wire.Verdict, Board: 1, Refused: true, Untried: true})
		default:
			frames = append(frames, p.Parser.Feed([]byte{c})...)
		}
	}
	return frames
}

func TestABoardThatPushesIsReadAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, 1)
	bus := quick(r, 1)
	bus.Dialect, bus.IdlePoll = "pushing", time.Minute
	_, w := start(t, bus)
	w.most = beforeAMinute
	w.sees("1-1", door.Closed)
	r.with(1, func(b *fakeBoard) { b.hooks = 0xFFFE })
	r.set(func(r *rig) {
		if _, err := r.master.Write([]byte{0xE0}); err != nil {
			t.Error(err)
		}
	})
	w.sees("1-1", door.Open)
}

func TestAnAcknowledgementConfirmsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		verdict []byte
		stuck   uint16
		result  door.Result
		pulsed  bool
	}{
		{"an acknowledged door that opens", []byte{0xE1}, 0, door.ConfirmedOpen, true},
		{"an acknowledged door that stays closed", []byte{0xE1}, 1, door.Stuck, true},
		{"a door that opens without the acknowledgement", nil, 0, door.ConfirmedOpen, true},
		{"an acknowledgement among events", []byte{0xE0, 0xE1, 0xE0}, 0, door.ConfirmedOpen, true},
		{"a refusal, perhaps after the pulse", []byte{0xE2}, 1, door.Refused, true},
		{"a refusal of what was not begun", []byte{0xE3}, 1, door.Refused, false},
		{"a refusal, and the door opens", []byte{0xE3}, 0, door.ConfirmedOpen, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, 1)
			r.set(func(r *rig) { r.verdict, r.boards[1].stuck = c.verdict, c.stuck })
			bus := quick(r, 1)
			bus.Dialect, bus.OpenWait = "pushing", 600*time.Millisecond
			site, w := start(t, bus)
			site.Order(soon("a", "1-1"))
			if e := w.outcome("a"); e.Result != c.result || e.Pulsed != c.pulsed {
				t.Errorf("ended %+v", e)
			}
			if p := r.pulses(); len(p) != 1 {
				t.Errorf("pulses %v", p)
			}
		})
	}
}
