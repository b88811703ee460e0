package hardware

import (
	"strings"
	"time"

	"cubby/hardware/wire"
)

// Dialects names the protocols of lock boards this program can speak.
func Dialects() []string { return wire.Names() }

// FactoryBaud is the speed at which boards of the dialect are delivered, in
// bits per second; 0 for a dialect that is not known.
func FactoryBaud(dialect string) int {
	d, err := wire.Named(dialect)
	if err != nil {
		return 0
	}
	return d.Baud()
}

// UsualReplyTimeout is how long a board may take to answer where nothing else
// is known: 150 ms on a serial line, 500 ms through a bridge in the network.
func UsualReplyTimeout(port string) time.Duration {
	if strings.HasPrefix(port, "tcp://") {
		return 500 * time.Millisecond
	}
	return 150 * time.Millisecond
}

// CheckBoard says what is impossible about a board of a dialect: its address,
// its options, a pulse it cannot be told, a lock it does not have.
func CheckBoard(dialect string, board Board, pulse time.Duration) error {
	d, err := wire.Named(dialect)
	if err != nil {
		return err
	}
	if _, err := d.Greet(board.wire(), pulse); err != nil {
		return err
	}
	for lock := range board.Locks {
		if _, err := d.Unlock(board.wire(), lock, pulse); err != nil {
			return err
		}
	}
	return nil
}

// wire is the board as its dialect has to know it.
func (b Board) wire() wire.Board {
	return wire.Board{
		Address: b.Address, Channels: b.Channels, LowFirst: b.LowFirst,
		LockByte: b.LockByte, FromZero: b.FromZero, Each: b.Each,
	}
}
