package station

import (
	"context"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/store"
)

// commit decides a batch, makes it durable, and then lets it happen.
func (s *Station) commit(ctx context.Context, batch []*request) error {
	tx, err := s.cfg.Store.Begin()
	if err != nil {
		return answerAll(batch, err)
	}
	w := &work{tx: tx, now: time.Now()}
	for _, r := range batch {
		if r.page == nil {
			err = s.decide(ctx, w, r)
		} else {
			err = s.decidePage(ctx, w, r)
		}
		if err != nil {
			tx.Rollback()
			return answerAll(batch, err)
		}
	}
	switch {
	case tx.Err() != nil:
		err := tx.Err()
		tx.Rollback()
		return answerAll(batch, err)
	case !w.wrote:
		tx.Rollback()
	default:
		if err := tx.Commit(); err != nil {
			return answerAll(batch, err)
		}
	}
	for _, id := range w.wishes {
		if s.cfg.Wishes != nil {
			s.cfg.Wishes(id)
		}
	}
	for _, e := range w.effects {
		s.handlers[e.Kind()](e)
	}
	if w.line {
		s.keepLine()
	}
	if w.policies {
		s.exchange()
	}
	if w.moved {
		s.mem.timesMoved = true
		s.show(w.now)
		s.tellClock()
	}
	for _, r := range batch {
		r.answer()
	}
	return nil
}

// work is what a commit is made of.
type work struct {
	tx      *store.Tx
	now     time.Time
	effects []ledger.Effect
	wrote   bool
	moved   bool // views or due times may be others
	line    bool // what is known of the centre is another

	wishes []string // ids of customers who want something else than before

	policies bool // the centre has told others
}

// decide decides one request. The error is one of the store or of making codes: nothing of
// the batch may be committed then. What the rules refuse is the request's own.
func (s *Station) decide(ctx context.Context, w *work, r *request) (err error) {
	if r.refresh {
		w.moved = true
		return nil
	}
	if a := r.acknowledged; a != nil {
		if changed := people.Acknowledge(s.mem, a.consumer, a.through); len(changed) > 0 {
			w.tx.Save(changed)
			s.mem.merge(changed)
			w.wrote = true
		}
		return nil
	}
	env := s.envAt(r.terminal, w.now)
	env.NewID = newID
	switch r.cause {
	case causeAnnouncement, causeCancellation, causeErasure, causeOrder, causeRefund, causeReturn:
	default:
		env.Clock = s.cfg.Clocks() // asks the kernel, which an announcement has no need of
	}
	if env.Fresh, err = s.secretFor(ctx, r); err != nil {
		return err
	}
	d, err := s.cfg.Rules.Decide(s.mem, r.command, env)
	if err == nil {
		err = s.canCarryOut(d.Effects)
	}
	if err != nil {
		r.err = err
		return nil
	}
	if s.noteDevice(r.command) || r.cause == "time" {
		w.moved = true
	}
	w.moved = s.at(r.terminal).heard.note(d.Heard, w.now) || w.moved
	if len(d.Facts) == 0 {
		return nil
	}
	visit := s.mem.visit(r.terminal).ID
	if !r.ofVisit() {
		visit = ""
	} else if d.VisitID != "" {
		visit = d.VisitID
	}
	w.tx.Append(d.Facts, s.circumstances(r, visit, d.Actor, w.now))
	w.tx.Save(d.Changes)
	w.policies = w.policies || len(d.Changes[centre.Policies.Spec]) > 0
	w.line = w.line || len(d.Changes[centre.Now.Spec]) > 0 || len(d.Changes[centre.Keys.Spec]) > 0
	if s.mem.merge(d.Changes) {
		w.moved = true
	}
	s.keepReceipts(d)
	w.wishes = append(w.wishes, wishes(d.Facts)...)
	s.erased = s.erased || erases(d.Facts)
	w.effects = append(w.effects, d.Effects...)
	w.wrote = true
	return nil
}

// circumstances are those of a command. What somebody who is signed in does at a
// terminal is done by name.
func (s *Station) circumstances(r *request, visit, named string, now time.Time) store.Circumstances {
	c := store.Circumstances{At: now, Mono: s.clock.mono(now), Actor: r.actor, Visit: visit, Cause: r.cause}
	if named != "" && r.atTerminal() {
		c.Actor = named
	}
	return c
}

// answerAll answers a batch whose commit may or may not be there.
func answerAll(batch []*request, err error) error {
	for _, r := range batch {
		r.err = unavailable("it is not known whether this was saved; ask again in a moment")
		r.answer()
	}
	return err
}
