package commission

import "cubby/hardware/wire"

// A Board is a lock board with what is known of it. Its options are the ones
// package hardware and the configuration know.
type Board struct {
	Address        int
	Channels       int // 0: the usual number of its dialect
	InvertHook     bool
	Presence       bool
	InvertPresence bool
	LowFirst       bool // xor-8a80
	LockByte       int  // kerong-cu48; 0 counts as 2
	FromZero       bool // wkly
	Each           bool // xor-8a80, wkly

	Proven bool // a door was seen to open, so the options are facts
}

// Wire is the board as its dialect has to know it.
func (b Board) Wire() wire.Board {
	return wire.Board{
		Address: b.Address, Channels: b.Channels, LowFirst: b.LowFirst, LockByte: b.LockByte, FromZero: b.FromZero,
		Each: b.Each,
	}
}

// A Move is one contact that changed after a pulse.
type Move struct {
	Address int
	Lock    int  // from 1, as the board's options were taken to be
	Made    bool // it reads "closed" now, in the dialect's usual wiring
}

// moves compares two readings of the same board.
func moves(address int, before, after wire.Frame) (all []Move) {
	changed := (before.Closed ^ after.Closed) & before.Locks & after.Locks
	for lock := 1; lock <= 64; lock++ {
		if bit := uint64(1) << (lock - 1); changed&bit != 0 {
			all = append(all, Move{address, lock, after.Closed&bit != 0})
		}
	}
	return all
}

// A lesson is what one pulse on a closed door has taught.
type lesson struct {
	board Board
	lock  int // the lock that the door hangs on, counted as the board now is
	learn []sentence
	clear bool // the board is understood
}

// deduce says what follows when lock asked of board b was driven, a person saw
// a door open, and these contacts changed.
func deduce(dialect string, b Board, asked int, changed []Move) lesson {
	not := func(id string, pairs ...any) lesson { return lesson{board: b, learn: []sentence{say(id, pairs...)}} }
	switch {
	case len(changed) == 0:
		return not("no_sensor_cable")
	case len(changed) > 1:
		return not("many_changed", "Count", len(changed))
	case dialect == "kerong-cu48" && changed[0].Address != b.Address && changed[0].Address == asked-1 &&
		changed[0].Lock == b.Address+1:
		b.LockByte = otherByte(b.LockByte)
		return not("byte_learned", "Lock", changed[0].Lock, "Board", changed[0].Address, "Byte", b.LockByte)
	case changed[0].Address != b.Address:
		return not("other_board", "Board", changed[0].Address)
	}
	m := changed[0]
	b.InvertHook = m.Made // an open door reads closed in the usual wiring
	l := lesson{board: b, lock: asked, clear: true}
	l.learn = []sentence{say("usual")}
	if b.InvertHook {
		l.learn = []sentence{say("inverted")}
	}
	switch mirrored := mirror(b.Channels, asked); {
	case m.Lock == asked:
	case dialect == "xor-8a80" && m.Lock == mirrored:
		l.board.LowFirst = !b.LowFirst
		l.learn = append(l.learn, say(map[bool]string{false: "last_locks", true: "first_locks"}[l.board.LowFirst]))
	case dialect == "wkly" && !b.FromZero && m.Lock == asked+1, dialect == "wkly" && b.FromZero && m.Lock == asked-1:
		l.board.FromZero = !b.FromZero
		l.lock = m.Lock
		first := 1
		if l.board.FromZero {
			first = 0
		}
		l.learn = append(l.learn, say("first_number", "Number", first))
	default:
		return not("other_contact", "Lock", asked, "Contact", m.Lock)
	}
	return l
}

// otherByte is the other place for the lock in a request to a CU48.
func otherByte(now int) int {
	if now == 1 {
		return 2
	}
	return 1
}

// mirror is where a lock appears when a summary's bytes come in the other order.
func mirror(channels, lock int) int {
	if channels == 0 {
		channels = 24
	}
	bytes := (channels + 7) / 8
	at := (lock - 1) / 8
	return lock + 8*(bytes-1-2*at)
}
