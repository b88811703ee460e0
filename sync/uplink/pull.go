package uplink

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/sync/protocol"
)

// pollFor is how long the centre is asked to wait for a change.
const pollFor = 30 * time.Second

// pulling takes in what the centre changes.
func (u *Uplink) pulling(ctx context.Context) {
	tries, wait := 0, time.Duration(0)
	for ctx.Err() == nil {
		more, err := u.pullOne(ctx, wait)
		u.took(err)
		if err != nil {
			u.failed(ctx, "changes cannot be taken in", err)
			if !u.pause(ctx, tries, err) {
				return
			}
			tries, wait = tries+1, 0
			continue
		}
		if tries, wait = 0, pollFor; more {
			wait = 0
		}
	}
}

// pullOne takes in the next page.
func (u *Uplink) pullOne(ctx context.Context, wait time.Duration) (more bool, err error) {
	line := u.cfg.Station.Line()
	page, err := u.cfg.Centre.Changes(ctx, line.Cursor, protocol.MaxChanges, wait)
	if a, ok := errors.AsType[*Answer](err); ok && a.Status == 410 {
		u.heard(nil)
		return true, u.takeSnapshot(ctx, line)
	}
	if err != nil {
		return false, err
	}
	u.heard(nil)
	if len(page.Changes) == 0 && page.Next == line.Cursor {
		return page.More, nil
	}
	if page.Next == "" || page.More && page.Next == line.Cursor {
		return false, errors.New("the centre's page of changes does not say where to go on")
	}
	return page.More, u.take(ctx, line, page.Next, page.Changes, false)
}

// take has changes decided, all in one transaction with the cursor behind them.
func (u *Uplink) take(ctx context.Context, line centre.Line, next string, changes []protocol.Change,
	gone bool) error {
	took := centre.Took{Station: line.Station, Cursor: next}
	var commands []visit.Command
	for _, c := range changes {
		known := centre.Change{
			Collection: nameable(c.Collection, mostCollection), ID: nameable(c.ID, mostID), Rev: c.Rev,
		}
		took.Changes = append(took.Changes, known)
		commands = append(commands, centre.Newer{Change: known, Command: u.command(c), Gone: gone})
	}
	if err := u.cfg.Station.Together(ctx, commands, func(errs []error) visit.Command {
		took.Errs = errs
		return took
	}); err != nil {
		return err
	}
	u.mu.Lock()
	u.status.Taken += int64(len(changes))
	u.mu.Unlock()
	return nil
}

// took notes whether what the centre says can be taken in. It may answer to all else.
func (u *Uplink) took(err error) {
	_, refused := errors.AsType[*Answer](err)
	_, lost := errors.AsType[*url.Error](err)
	u.mu.Lock()
	was := u.untaken
	switch {
	case err == nil:
		u.untaken = ""
	case !refused && !lost:
		u.untaken = err.Error()
	}
	u.mu.Unlock()
	if err == nil && was != "" {
		u.heard(nil)
	}
}

// Bounds of what a change is about, in bytes: it is part of a fact when it is refused.
const (
	mostCollection = 64
	mostID         = 200
)

// nameable is a name as a fact can have it: bounded, and without control characters. One
// that had to be changed ends in "…", which no id has.
func nameable(name string, most int) string {
	fits := strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, name[:min(len(name), most)]), "")
	if fits != name {
		fits += "…"
	}
	return fits
}

// command makes a change's command; one that cannot be made refuses when it is decided.
func (u *Uplink) command(c protocol.Change) visit.Command {
	if c.Collection == "" || c.ID == "" || c.Collection != nameable(c.Collection, mostCollection) ||
		c.ID != nameable(c.ID, mostID) {
		return unreadable{errors.New("it does not say what it is about")}
	}
	command, err := u.cfg.Taker.Command(c)
	if err != nil {
		return unreadable{err}
	}
	return command
}

// unreadable stands for a change nobody can make a command of.
type unreadable struct{ why error }

// Decide refuses.
func (c unreadable) Decide(*visit.Turn) error {
	if r, ok := errors.AsType[*ledger.Refusal](c.why); ok {
		return r
	}
	return ledger.Refuse(ledger.Invalid, "unreadable", "%s", c.why)
}

// Bounds of a snapshot when it is unpacked, in bytes: few packed ones can become any number.
const (
	mostLine     = 16 << 20
	mostUnpacked = 1 << 30
)

// takeSnapshot takes in everything the centre has for this station. The cursor moves with
// the last part; until then a repeated part changes nothing.
func (u *Uplink) takeSnapshot(ctx context.Context, line centre.Line) error {
	u.cfg.Slog.Info("the centre has forgotten where this station was; everything is fetched anew")
	s, err := u.fetch(ctx)
	if err != nil {
		return err
	}
	defer s.done()
	packed, err := gzip.NewReader(s.file)
	if err != nil {
		return fmt.Errorf("the centre's snapshot: %w", err)
	}
	lines := bufio.NewScanner(packed)
	lines.Buffer(make([]byte, 0, 1<<16), mostLine)
	there := map[[2]string]bool{}
	var part []protocol.Change
	size := 0 // of its documents
	flush := func() error {
		if len(part) == 0 {
			return nil
		}
		err := u.take(ctx, line, "", part, false)
		part, size = nil, 0
		return err
	}
	unpacked := 0
	for lines.Scan() {
		if unpacked += len(lines.Bytes()); unpacked > mostUnpacked {
			return fmt.Errorf("the centre's snapshot is longer than %d bytes", mostUnpacked)
		}
		var c protocol.Change
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return fmt.Errorf("the centre's snapshot: %w", err)
		}
		if c.Collection == "" || c.ID == "" { // what it is about would be taken for gone
			return errors.New("the centre's snapshot has a line that does not say what it is about")
		}
		there[[2]string{c.Collection, c.ID}] = true
		size += len(c.Doc)
		if part = append(part, c); len(part) == protocol.MaxChanges || size > mostLine {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("the centre's snapshot: %w", err)
	}
	if err := flush(); err != nil {
		return err
	}
	known, err := u.cfg.Log.Revisions(ctx)
	if err != nil {
		return err
	}
	for _, r := range known {
		if r.Station == line.Station && !there[[2]string{r.Collection, r.ID}] {
			part = append(part, protocol.Change{
				Collection: r.Collection, ID: r.ID, Rev: r.Rev, Deleted: true,
			})
		}
	}
	for len(part) > protocol.MaxChanges {
		if err := u.take(ctx, line, "", part[:protocol.MaxChanges], true); err != nil {
			return err
		}
		part = part[protocol.MaxChanges:]
	}
	return u.take(ctx, line, s.cursor, part, true)
}
