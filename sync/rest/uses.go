package rest

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// usesNoted is how often it is written down when keys were used last.
const usesNoted = time.Minute

// A Use is when a key was used last.
type Use struct {
	Name string // of its Holder
	Old  bool   // by the token before the one that counts from now on
	At   time.Time
}

type token struct {
	name string
	old  bool
}

// uses remember when keys were used, until that is written down.
type uses struct {
	mu   sync.Mutex              // guards what follows
	last map[token]*atomic.Int64 // milliseconds since 1970
	told map[token]int64
}

// of is where the uses of a key are noted.
func (u *uses) of(name string, old bool) *atomic.Int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.last == nil {
		u.last, u.told = map[token]*atomic.Int64{}, map[token]int64{}
	}
	at, ok := u.last[token{name, old}]
	if !ok {
		at = new(atomic.Int64)
		u.last[token{name, old}] = at
	}
	return at
}

// fresh are those that were not written down.
func (u *uses) fresh() (all []Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for t, at := range u.last {
		if ms := at.Load(); ms > u.told[t] {
			all = append(all, Use{t.name, t.old, time.UnixMilli(ms).UTC()})
		}
	}
	return all
}

// written says that they were.
func (u *uses) written(all []Use) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, one := range all {
		u.told[token{one.Name, one.Old}] = one.At.UnixMilli()
	}
}

// noteUses writes down when keys were used last, until done is closed and once more.
func (s *Server) noteUses(done <-chan struct{}) {
	if s.Kept == nil {
		return
	}
	every := time.NewTicker(usesNoted)
	defer every.Stop()
	for more := true; more; {
		select {
		case <-every.C:
		case <-done:
			more = false
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.Deadline)
		all := s.keys.uses.fresh()
		if err := s.Kept.Tick(ctx, all); err != nil {
			s.Log.Error("it is not written down when keys were used last; it is tried again", "error", err)
		} else {
			s.keys.uses.written(all)
		}
		cancel()
	}
}

// KeyUses are the last uses of all keys, those that are not written down yet included.
func (x *Exchange) KeyUses() ([]Use, error) {
	s := x.surface.server
	if s.Kept == nil {
		return s.keys.uses.fresh(), nil
	}
	kept, err := s.Kept.Uses(x.ctx)
	return append(kept, s.keys.uses.fresh()...), err // what is fresh comes last
}
