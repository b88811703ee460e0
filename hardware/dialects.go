package hardware

import (
	"strings"
	"time"

	"cubby/hardware/wire"
)

// Dialects names the protocols of lock boards this program can speak.
func Dialects() []string { return wire.Names() }

// FactoryBaud is the speed at which boards of the dialect are delivered, in
// bits per second.
func FactoryBaud(dialect string) int {
	if strings.HasPrefix(dialect, "kerong-") {
		return 19200
	}
	return 9600
}

// UsualReplyTimeout is how long a board may take to answer where nothing else
// is known: 150 ms on a serial line, 500 ms through a bridge in the network.
func UsualReplyTimeout(port string) time.Duration {
	if strings.HasPrefix(port, "tcp://") {
		return 500 * time.Millisecond
	}
	return 150 * time.Millisecond
}
