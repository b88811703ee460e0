package app

import (
	"context"
	"time"
)

const (
	clockBeat = time.Second     // between two looks at the clock
	clockHop  = 5 * time.Second // more between two looks is no ordinary delay
)

// loaded is about when the toolkit first looked at the clock.
var loaded = time.Now()

// watchClock calls jumped when the wall clock does not go on as it should since
// that time: it was set, as it is on a panel without a battery as soon as the network tells the
// time, or the machine slept, or the program was halted for a while.
//
// The toolkit forgets by wall clock what it has not drawn for a minute (Fyne
// 2.8.1, internal/cache): after such a jump it may forget the page that is shown,
// and then neither draws it again nor hears that it has changed. jumped is called
// twice, a beat apart: the first page drawn anew may still bear the old time.
func watchClock(ctx context.Context, since time.Time, now func() time.Time, jumped func()) {
	beat := time.NewTicker(clockBeat)
	defer beat.Stop()
	last, calls := since.Round(0), 0 // Round takes off the monotonic reading
	for {
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		at := now().Round(0)
		if passed := at.Sub(last); passed < 0 || passed > clockHop {
			calls = 2
		}
		if last = at; calls > 0 {
			calls--
			jumped()
		}
	}
}
