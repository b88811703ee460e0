package commission

import (
	"fmt"

	"cubby/hardware/wire"
)

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
	return wire.Board{Address: b.Address, Channels: b.Channels, LowFirst: b.LowFirst, LockByte: b.LockByte, FromZero: b.FromZero, Each: b.Each}
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
	lock  int    // the lock that the door hangs on, counted as the board now is
	learn string // what to tell; empty when nothing is to be said
	clear bool   // the board is understood
}

// deduce says what follows when lock asked of board b was driven, a person saw
// a door open, and these contacts changed.
func deduce(dialect string, b Board, asked int, changed []Move) lesson {
	not := func(format string, args ...any) lesson { return lesson{board: b, learn: fmt.Sprintf(format, args...)} }
	switch {
	case len(changed) == 0:
		return not("The door moved and no contact changed: the sensor cable is off, the lock has none, or the board was taken for one with fewer locks.")
	case len(changed) > 1:
		return not("%d contacts changed at once: the supply may be too weak for the lock, or another door was moved. Close all doors and try again.", len(changed))
	case dialect == "kerong-cu48" && changed[0].Address != b.Address && changed[0].Address == asked-1 && changed[0].Lock == b.Address+1:
		b.LockByte = otherByte(b.LockByte)
		return not("Lock %d of board %d opened instead: the boards have the lock in byte %d of a request (lock_byte). Close the door; the lock is driven again to prove it.", changed[0].Lock, changed[0].Address, b.LockByte)
	case changed[0].Address != b.Address:
		return not("The contact that changed is on board %d: either the locks of the two boards are mixed up, or the number of the lock has another place in the request.", changed[0].Address)
	}
	m := changed[0]
	b.InvertHook = m.Made // an open door reads closed in the usual wiring
	l := lesson{board: b, lock: asked, clear: true}
	polarity := "the contacts are wired as usual"
	if b.InvertHook {
		polarity = "the contacts are wired the other way round (invert_hook)"
	}
	switch mirrored := mirror(b.Channels, asked); {
	case m.Lock == asked:
	case dialect == "xor-8a80" && m.Lock == mirrored:
		l.board.LowFirst = !b.LowFirst
		polarity += fmt.Sprintf("; a summary begins with the %s locks (bitmap_order)", order(l.board.LowFirst))
	case dialect == "wkly" && !b.FromZero && m.Lock == asked+1, dialect == "wkly" && b.FromZero && m.Lock == asked-1:
		l.board.FromZero = !b.FromZero
		l.lock = m.Lock
		first := 1
		if l.board.FromZero {
			first = 0
		}
		polarity += fmt.Sprintf("; the board numbers its locks from %d (first_lock)", first)
	default:
		return not("Lock %d was driven and contact %d changed: the cable of the contacts is plugged in at another place than that of the lock. Put it right and try again.", asked, m.Lock)
	}
	l.learn = "Learned: " + polarity + "."
	return l
}

// otherByte is the other place for the lock in a request to a CU48.
func otherByte(now int) int {
	if now == 1 {
		return 2
	}
	return 1
}

func order(lowFirst bool) string {
	if lowFirst {
		return "first"
	}
	return "last"
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
