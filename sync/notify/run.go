package notify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"cubby/sync/db"
)

const (
	// lease is how long an attempt may take. A row that is "sending" for longer belongs to
	// a program that has died, and is tried again under the same id.
	lease = 5 * time.Minute
	// attemptWithin bounds one attempt; less than the lease.
	attemptWithin = 2 * time.Minute
	// workers send at the same time, so that one slow server delays few.
	workers = 4
	// maxAttempts is when a message has failed; with the pauses between them that is
	// more than a day.
	maxAttempts = 40
	// pauses between attempts: half a minute, doubled each time, an hour at most; a random
	// part of it is waited (full jitter).
	firstPause, longestPause = 30 * time.Second, time.Hour
	// longestAsked is the longest Retry-After that is honoured.
	longestAsked = 24 * time.Hour
	// idle is how often the tables are looked at when nothing is due.
	idle = time.Minute
	// keptFor is how long rows of messages that are done are kept; nothing personal is in them.
	keptFor = 90 * 24 * time.Hour
)

// A channel sends a letter. Its error is a *failure; nil: it was taken.
type channel interface {
	send(ctx context.Context, l *letter) error
}

// A failure is why an attempt was none. It names no address.
type failure struct {
	reason string
	final  bool          // trying again is of no use
	after  time.Duration // the other side asks to wait so long
}

func (f *failure) Error() string { return f.reason }

// Run sends what is due until ctx ends. It goes on after failures of the database.
func (n *Notifier) Run(ctx context.Context) error {
	pause := time.Second
	var tidied time.Time
	for ctx.Err() == nil {
		err := n.round(ctx)
		if now := n.cfg.Now(); err == nil && now.Sub(tidied) > time.Hour {
			err, tidied = n.tidy(ctx, now), now
		}
		wait := idle
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			n.log.Error("messages cannot be sent; it is tried again", "error", err, "pause", pause)
			wait, pause = pause, min(2*pause, 30*time.Second)
		default:
			pause = time.Second
			if due, err := n.next(ctx); err == nil {
				wait = min(wait, due)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-n.wake:
		}
		timer.Stop()
	}
	return nil
}

// round sends everything that is due.
func (n *Notifier) round(ctx context.Context) error {
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for i := range workers {
		wg.Go(func() {
			for ctx.Err() == nil && errs[i] == nil {
				var more bool
				if more, errs[i] = n.one(ctx); !more {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// one sends one letter. more: it is worth asking again at once.
func (n *Notifier) one(ctx context.Context) (more bool, err error) {
	var l *letter
	var rows []row
	err = n.db.Write(ctx, func(tx *db.Tx) error {
		l, rows, more, err = n.claim(tx, n.cfg.Now())
		return err
	})
	if err != nil || l == nil {
		return more, err
	}
	sending, cancel := context.WithTimeout(ctx, attemptWithin)
	failed := n.send[rows[0].channel].send(sending, l)
	cancel()
	if failed != nil && ctx.Err() != nil {
		return false, nil // how it ended is not known: the next run tries it again, with the same id
	}
	return true, n.db.Write(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		return n.settle(tx, l, rows, failed, n.cfg.Now())
	})
}

// settle writes down how an attempt has ended.
func (n *Notifier) settle(tx *db.Tx, l *letter, rows []row, err error, now time.Time) error {
	attempt := rows[0].attempts
	log := n.log.With("station", rows[0].station, "subject", rows[0].subject, "kind", l.kind, "of", len(rows),
		"channel", rows[0].channel, "attempt", attempt)
	if err == nil {
		log.Info("a message was sent")
		return n.done(tx, rows, Sent, "", now)
	}
	why := new(failure)
	if !errors.As(err, &why) {
		why.reason = "it could not be sent" // whatever it says may name an address
	}
	final := why.final || attempt >= maxAttempts
	log.Warn("a message was not sent", "final", final, "reason", why.reason)
	if final {
		if moved, err := n.otherChannel(tx, rows, l.to, now); moved || err != nil {
			return err
		}
		return n.done(tx, rows, Failed, why.reason, now)
	}
	due := now.Add(backoff(attempt, why.after))
	for _, r := range rows {
		if _, err := tx.Exec("UPDATE messages SET state = 'waiting', due = ?, reason = ? WHERE n = ? AND "+
			"state = 'sending' AND letter = ?", due.UnixMilli(), why.reason, r.n, l.id); err != nil {
			return err
		}
	}
	return nil
}

// done ends messages and erases what is personal in them.
func (n *Notifier) done(tx *db.Tx, rows []row, state State, reason string, now time.Time) error {
	for _, r := range rows {
		if _, err := tx.Exec("UPDATE messages SET state = ?, reason = ?, done = ?, sealed = NULL WHERE n = ?",
			string(state), reason, now.UnixMilli(), r.n); err != nil {
			return err
		}
	}
	return nil
}

// otherChannel sends by SMS what could not be sent by e-mail, if there is a number.
func (n *Notifier) otherChannel(tx *db.Tx, rows []row, who Person, now time.Time) (moved bool, err error) {
	if rows[0].channel != byEmail {
		return false, nil
	}
	who.Email = ""
	var left []row
	for _, r := range rows {
		channel, address, problem := n.reach(who, r.kind)
		if channel == "" || problem != "" {
			left = append(left, r)
			continue
		}
		if _, err := tx.Exec("UPDATE messages SET state = 'waiting', letter = '', attempts = 0, channel = ?, "+
			"person = ?, due = ?, reason = 'the e-mail was refused' WHERE n = ?", channel,
			n.vault.person(channel, address), now.UnixMilli(), r.n); err != nil {
			return false, err
		}
	}
	if len(left) == len(rows) {
		return false, nil
	}
	return true, n.done(tx, left, Failed, "the e-mail was refused", now)
}

// backoff is how long to wait after an attempt.
func backoff(attempt int64, asked time.Duration) time.Duration {
	ceiling := longestPause
	if attempt < 8 {
		ceiling = min(longestPause, firstPause<<(attempt-1))
	}
	return min(asked, longestAsked) + mathrand.N(ceiling)
}

// newLetter is the id of a message: 80 random bits. Nothing can be told from it.
func newLetter() string {
	b := make([]byte, 10)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// next is how long it is until something is due.
func (n *Notifier) next(ctx context.Context) (time.Duration, error) {
	var due *int64
	err := n.db.QueryRow(ctx, "SELECT min(due) FROM messages WHERE state IN ('waiting', 'sending')").Scan(&due)
	if err != nil || due == nil {
		return idle, err
	}
	return max(0, time.UnixMilli(*due).Sub(n.cfg.Now())), nil
}

// tidy lets go of contacts whose time is over and of rows of long ago.
func (n *Notifier) tidy(ctx context.Context, now time.Time) error {
	return n.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM contacts WHERE until > 0 AND until < ?", now.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.Exec("DELETE FROM messages WHERE done > 0 AND done < ?", now.Add(-keptFor).UnixMilli())
		return err
	})
}
