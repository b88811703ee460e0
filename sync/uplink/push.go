package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/sync/protocol"
)

// mostTurns is how often the two ends may find each other elsewhere before there is a pause.
const mostTurns = 6

// rememberEvery is how often the place is written that a start without a line shows.
const rememberEvery = time.Minute

// pushing pushes what there is, and then what comes.
func (u *Uplink) pushing(ctx context.Context) {
	tries := 0
	for ctx.Err() == nil {
		changed := u.cfg.Log.FeedChanged()
		more, err := u.pushOne(ctx)
		if err != nil {
			u.failed(ctx, "facts cannot be pushed", err)
			if !u.pause(ctx, tries, err) {
				return
			}
			tries++
			continue
		}
		tries = 0
		if more {
			continue
		}
		u.remember(ctx, false)
		u.drained()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// batch reads what is pushed next: no more than the centre takes at once.
func (u *Uplink) batch(ctx context.Context) (page ledger.FeedPage, err error) {
	for limit := protocol.MaxBatch; ; limit = page.Count / 2 {
		page, err = u.cfg.Log.Feed(ctx, u.at, limit, true)
		if err != nil || page.Count <= 1 || len(page.Events)+len("[]") <= protocol.MaxBody {
			return page, err
		}
	}
}

// drained has the centre told that nothing waits any more.
func (u *Uplink) drained() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.waits && u.status.Waiting == 0 {
		u.waits = false
		select {
		case u.empty <- struct{}{}:
		default:
		}
	}
}

// pushOne pushes the next batch, if there is one.
func (u *Uplink) pushOne(ctx context.Context) (more bool, err error) {
	line := u.cfg.Station.Line()
	if !u.placed {
		if u.turns++; u.turns > mostTurns {
			u.turns = 0
			return false, errors.New("the centre and this station do not agree where to go on")
		}
		if err := u.place(ctx, line); err != nil {
			return true, err
		}
		u.measure(ctx) // less may wait than was written down before the last crash
		return true, nil
	}
	page, err := u.batch(ctx)
	if err != nil || page.Count == 0 {
		return false, err
	}
	body := make([]byte, 0, len(page.Events)+2)
	body = append(append(append(body, '['), page.Events...), ']')
	said, err := u.cfg.Centre.Push(ctx, line.Epoch, u.at, body)
	if a, ok := errors.AsType[*Answer](err); ok && a.Status == 409 {
		u.placed = false // it is ahead or behind, or this log has gone on from a copy
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if said.Epoch != line.Epoch || said.Through < u.at || said.Through > page.Last {
		u.placed = false
		return false, fmt.Errorf("the centre says that it has the facts up to %d of %q, and was told "+
			"those from "+
			"%d to %d of %q", said.Through, said.Epoch, u.at, page.Last, line.Epoch)
	}
	if err := u.setAside(ctx, said.Results); err != nil {
		return false, err
	}
	if said.Through == u.at {
		return false, errors.New("the centre has taken nothing of what it was told")
	}
	u.at, u.turns = said.Through, 0
	u.heard(func(s *Status) {
		s.Through = u.at
		s.Pushed += int64(page.Count)
		if s.Waiting -= page.Count; s.Waiting <= 0 {
			s.Waiting, s.Oldest = 0, nil
		}
	})
	return true, u.cfg.Station.Acknowledge(ctx, Client, u.at)
}

// setAside keeps which facts the centre could not take in.
func (u *Uplink) setAside(ctx context.Context, results []protocol.Result) error {
	var c centre.SetAside
	for _, r := range results {
		if r.Status != protocol.Quarantined {
			continue
		}
		var p struct{ Title, Detail string }
		_ = json.Unmarshal(r.Problem, &p) // of what it does not say nothing is shown
		reason := []rune(p.Title + ": " + p.Detail)
		c.Facts = append(c.Facts, centre.FactSetAside{
			Sequence: r.Sequence, ID: r.ID, Reason: string(reason[:min(len(reason), 300)]),
		})
	}
	if c.Facts == nil {
		return nil
	}
	u.cfg.Slog.Error("the centre has put facts aside that it cannot take in", "facts", len(c.Facts),
		"first", c.Facts[0].ID, "reason", c.Facts[0].Reason)
	u.mu.Lock()
	u.status.Set += int64(len(c.Facts))
	u.mu.Unlock()
	return u.cfg.Station.OfCentre(ctx, c, centre.Actor)
}

// place finds out where to go on. The centre says what the last fact is that it has. When
// this log has another one there, or does not reach as far, it goes on from a copy of
// itself: another epoch begins behind what was surely the same in both.
func (u *Uplink) place(ctx context.Context, line centre.Line) error {
	m, err := u.cfg.Centre.Mark(ctx)
	if err != nil {
		return err
	}
	if m.Epoch == line.Epoch && m.Epoch != "" {
		id := m.LastID
		if m.Through > line.Begun {
			if id, err = u.idAt(ctx, m.Through); err != nil {
				return err
			}
		}
		if m.Through >= line.Begun && id == m.LastID {
			u.standAt(m.Through)
			return nil
		}
	}
	if m.Epoch != line.Epoch {
		e := protocol.Epoch{Epoch: line.Epoch, After: line.Begun}
		err := u.begin(ctx, e)
		if a, ok := errors.AsType[*Answer](err); !ok || a.Status != 409 {
			return err
		} // the centre has seen the end of this epoch
	}
	kept, err := u.cfg.Log.Acknowledged(ctx, Client)
	if err != nil {
		return err
	}
	e := protocol.Epoch{Epoch: u.cfg.NewID(), After: min(kept, m.Through)} // the centre may be a copy, too
	u.cfg.Slog.Warn("this log has gone on from a copy of itself; the centre is told of another epoch",
		"epoch", e.Epoch, "after", e.After)
	begin := centre.BeginEpoch{EpochBegun: centre.EpochBegun{Epoch: e.Epoch, After: e.After}}
	if err := u.cfg.Station.OfCentre(ctx, begin, centre.Actor); err != nil {
		return err
	}
	return u.begin(ctx, e)
}

// begin tells the centre of an epoch.
func (u *Uplink) begin(ctx context.Context, e protocol.Epoch) error {
	m, err := u.cfg.Centre.BeginEpoch(ctx, e)
	if err != nil {
		return err
	}
	switch {
	case m.Epoch != e.Epoch || m.Through < e.After:
		return fmt.Errorf("the centre was told that epoch %q begins behind %d, and says %q, %d",
			e.Epoch, e.After, m.Epoch, m.Through)
	case m.Through == e.After:
		u.standAt(m.Through)
	} // else it had been told before, and has facts of it: they are looked at first
	return nil
}

func (u *Uplink) standAt(through int64) {
	u.at, u.placed = through, true
	u.heard(func(s *Status) { s.Through = through })
}

// idAt is the id of the published fact with a sequence; empty: there is none.
func (u *Uplink) idAt(ctx context.Context, seq int64) (string, error) {
	page, err := u.cfg.Log.Feed(ctx, seq-1, 1, false)
	if err != nil || page.Count == 0 || page.Last != seq {
		return "", err
	}
	var e struct{ ID, Sequence string }
	if err := json.Unmarshal(page.Events, &e); err != nil {
		return "", err
	}
	if n, err := strconv.ParseInt(e.Sequence, 10, 64); err != nil || n != seq {
		return "", err
	}
	return e.ID, nil
}

// remember writes the place now and then, and when the line ends.
func (u *Uplink) remember(ctx context.Context, last bool) {
	u.mu.Lock()
	through, due := u.status.Through, last || time.Since(u.remembered) >= rememberEvery
	if through == u.kept {
		due = false
	}
	u.mu.Unlock()
	if !due {
		return
	}
	if err := u.cfg.Station.Remember(ctx, Client, through); err != nil {
		if ctx.Err() == nil {
			u.cfg.Slog.Warn("how far the centre has the facts cannot be written", "error", err)
		}
		return
	}
	u.mu.Lock()
	u.kept, u.remembered = through, time.Now()
	u.mu.Unlock()
}
