package station

import (
	"context"
	"runtime"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// A taken context ends when the writer has taken all that waited: in the middle of
// what it decides.
type taken struct {
	context.Context
	by *queue
}

func (c taken) Done() <-chan struct{} {
	for waits := true; waits; runtime.Gosched() {
		c.by.mu.Lock()
		waits = len(c.by.patient) > 0
		c.by.mu.Unlock()
	}
	over := make(chan struct{})
	close(over)
	return over
}

// A caller who does not wait for the commit leaves the writer what it writes its
// answer to, which only -race can see.
func TestACallerWhoLeavesIsInNobodysWay(t *testing.T) {
	r := start(t, t.TempDir())
	soon := taken{context.Background(), &r.queue}
	for _, id := range []string{"p0", "p1", "p2", "p3"} {
		p, outcome, err := r.Announce(soon, id, parcel.Announcement{}, ledger.Condition{}, "key:test")
		if err == nil && (p.ID != id || outcome != parcel.Created) ||
			err != nil && (ledger.CodeOf(err) != ledger.Unavailable || p.ID != "" || outcome != "") {
			t.Errorf("announced: %+v, %q, %v", p, outcome, err)
		}
		p, err = r.Cancel(soon, id, ledger.Condition{}, "key:test")
		if err == nil && p.State != parcel.Cancelled || err != nil &&
			(ledger.CodeOf(err) != ledger.Unavailable || p.ID != "") {
			t.Errorf("cancelled: %+v, %v", p, err)
		}
		if p, err := r.Cancel(context.Background(), id, ledger.Condition{}, "key:test"); err != nil ||
			p.State != parcel.Cancelled {
			t.Errorf("what nobody waited for was not done: %+v, %v", p, err)
		}
	}
}
