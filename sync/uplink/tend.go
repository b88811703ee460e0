package uplink

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/sync/protocol"
)

// How often the line is tended.
const (
	tendEvery   = 15 * time.Second
	aboutEvery  = time.Minute
	digestEvery = 24 * time.Hour
	digestAgain = 10 * time.Minute // when it could not be compared
)

// tending measures the outbox, says how the station is, and compares once a day.
func (u *Uplink) tending(ctx context.Context) {
	tick := time.NewTicker(tendEvery)
	defer tick.Stop()
	var said time.Time
	compare := time.Now().Add(time.Duration(u.cfg.Random() * float64(digestAgain)))
	for {
		u.measure(ctx)
		if now := time.Now(); now.Sub(said) >= aboutEvery {
			if u.tell(ctx) == nil {
				said = now
			}
		}
		if now := time.Now(); !now.Before(compare) {
			compare = now.Add(digestAgain)
			if agrees, err := u.compare(ctx); err == nil {
				compare = now.Add(digestEvery)
				u.told(agrees)
			}
		}
		select {
		case <-tick.C:
		case <-u.look:
			compare = time.Now()
		case <-u.empty:
			said = time.Time{}
		case <-ctx.Done():
			return
		}
	}
}

// measure counts what waits, and has deposits refused when that is too much.
func (u *Uplink) measure(ctx context.Context) {
	through := u.Status().Through
	count, oldest, err := u.cfg.Log.Waiting(ctx, through, u.cfg.Most)
	if err != nil {
		if ctx.Err() == nil {
			u.cfg.Slog.Warn("what waits for the centre cannot be counted", "error", err)
		}
		return
	}
	why := ""
	if count >= u.cfg.Most {
		why = fmt.Sprintf("%d facts wait for the centre", count)
	} else if u.cfg.Room != nil {
		if err := u.cfg.Room(); err != nil {
			why = err.Error()
		}
	}
	u.mu.Lock()
	s := &u.status
	was := s.Full
	if s.Through == through { // it was not pushed meanwhile
		s.Waiting, s.Oldest = count, nil
		if count > 0 {
			s.Oldest, s.SeenTo = &oldest, oldest
		}
	}
	s.Full, u.full = why != "", why
	last := u.trouble
	u.mu.Unlock()
	u.cfg.Station.SetFull(why != "")
	if why != "" && !was {
		u.cfg.Slog.Error("deposits are refused: what the centre has not seen has no room for more", "why",
			why)
	}
	if last[0] != "" || why != "" {
		u.say(last[0], last[1])
	}
}

// tell says how the station is.
func (u *Uplink) tell(ctx context.Context) error {
	a := u.cfg.About()
	s := u.Status()
	a.Outbox = protocol.Outbox{Waiting: int64(s.Waiting), Oldest: s.Oldest}
	a.At = time.Now().UTC()
	u.mu.Lock()
	u.waits = s.Waiting > 0
	u.mu.Unlock()
	err := u.cfg.Centre.About(ctx, a)
	if err != nil && ctx.Err() == nil {
		u.cfg.Slog.Debug("the centre is not told how the station is", "error", err)
	}
	return err
}

var errNotYet = errors.New("not everything has arrived yet")

// compare holds what both ends believe to be behind the doors against each other.
func (u *Uplink) compare(ctx context.Context) (agrees bool, err error) {
	all, through, err := u.cfg.Log.Custody(ctx)
	if err != nil {
		return false, err
	}
	if s := u.Status(); s.Through != through {
		return false, errNotYet
	}
	count, sum := protocol.Sum(all)
	said, err := u.cfg.Centre.Digest(ctx, protocol.Digest{Through: through, Count: count, SHA256: sum})
	if err != nil {
		return false, err
	}
	if said.Agrees {
		return true, nil
	}
	for _, line := range drift(all, said.Custody) {
		u.cfg.Slog.Error("station and centre disagree about what is behind a door", "drift", line)
	}
	return false, nil
}

// told notes what comparing has shown.
func (u *Uplink) told(agrees bool) {
	u.mu.Lock()
	u.status.Drift = !agrees
	u.mu.Unlock()
	u.say("working", "")
}

func lines(all []protocol.Custody) []string {
	text := make([]string, 0, len(all))
	for _, c := range all {
		text = append(text, c.ID+" "+c.State+" "+c.Door+"\n")
	}
	slices.Sort(text)
	return text
}

// drift lists what only one end believes, at most 20 lines.
func drift(here, there []protocol.Custody) (all []string) {
	a, b := lines(here), lines(there)
	only := func(who string, these, those []string) {
		for _, l := range these {
			if _, found := slices.BinarySearch(those, l); !found && len(all) < 20 {
				all = append(all, who+": "+strings.TrimSpace(l))
			}
		}
	}
	only("station", a, b)
	only("centre", b, a)
	return all
}
