package station

import (
	"context"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
)

// A page is commands that are decided one after the other and kept in one transaction.
type page struct {
	commands []visit.Command
	last     func(errs []error) visit.Command
}

// Together decides commands one after the other. Each is refused alone; all that is
// decided is kept in one transaction, or nothing is. The last command is made of what the
// others were refused with. The error is that of the last, or says that it is not known
// whether anything was kept.
func (s *Station) Together(ctx context.Context, commands []visit.Command,
	last func(errs []error) visit.Command) error {
	return s.await(ctx, &request{
		page: &page{commands, last}, actor: centre.Actor, cause: causeCentre,
	}, false)
}

// decidePage decides a page. When its last command is refused, what the others decided is
// kept all the same: they are repeated with the page, and change nothing then.
func (s *Station) decidePage(ctx context.Context, w *work, r *request) error {
	one := func(c visit.Command) (error, error) {
		of := &request{command: c, actor: r.actor, cause: r.cause}
		err := s.decide(ctx, w, of)
		return of.err, err
	}
	errs := make([]error, len(r.page.commands))
	for i, c := range r.page.commands {
		refused, err := one(c)
		if err != nil {
			return err
		}
		errs[i] = refused
	}
	refused, err := one(r.page.last(errs))
	r.err = refused
	return err
}

// Line is what is known of the station's centre, as committed.
func (s *Station) Line() centre.Line { return *s.line.Load() }

// CentreKeys are the keys of the station's centre and the tokens it has taken back; none
// before it has told them.
func (s *Station) CentreKeys() token.List { return *s.centreKeys.Load() }

// recognise tells what was scanned; tokens are held against the station's centre.
func (s *Station) recognise(data []byte) visit.Present {
	return s.cfg.Keys.Recognise(data, secret.Centre{Station: s.Line().Station, Keys: s.CentreKeys()})
}

func (s *Station) keepLine() {
	l := centre.Now.Read(s.mem.state())
	s.line.Store(&l)
	keys, err := token.KeptList(centre.Keys.Read(s.mem.state()).Signed)
	if err != nil {
		keys = token.List{}
	}
	s.centreKeys.Store(&keys)
}

// OfCentre decides a command about the line to the centre.
func (s *Station) OfCentre(ctx context.Context, c visit.Command, actor string) error {
	return s.ask(ctx, c, actor, causeCentre, false)
}

// SetFull has deposits refused, or ends that: the outbox has no room for what they would
// lead to. What is behind doors already is handed out all the same.
func (s *Station) SetFull(full bool) { s.full.Store(full) }

// fromCentre is how decisions find out what the centre has told; nil without one.
func (s *Station) fromCentre() func(*ledger.State, string, string) bool {
	if s.Line().Station == "" {
		return nil
	}
	return centre.Knows
}
