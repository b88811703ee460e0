package station

import (
	"context"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// makeSecrets keeps codes and PINs ready, because making one is slow.
func (s *Station) makeSecrets(ctx context.Context) {
	for {
		next := s.cfg.Keys.NewPickup()
		if parcel.SettingsOf(s.cfg.Policy).SixDigits {
			next = s.cfg.Keys.WithShort(next)
		}
		select {
		case s.fresh <- next:
		case <-ctx.Done():
			return
		}
	}
}

// secretFor provides the code a deposit would need, for the commands that can
// complete one, or have staff give a parcel another. A PIN that is known already is
// thrown away.
func (s *Station) secretFor(ctx context.Context, r *request) (*visit.Secret, error) {
	switch r.command.(type) {
	case visit.Present: // the badge that confirms a place at the counter
		if s.mem.visit(r.terminal).Step != view.StepCourierShelf {
			return nil, nil
		}
	case visit.SeeDoor, visit.EndOpening, visit.Do, visit.Tick, visit.Start:
	default:
		return nil, nil
	}
	for s.next == nil {
		select {
		case s.next = <-s.fresh:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		for _, hash := range []string{s.next.PINHash, s.next.ShortHash} {
			if _, taken := parcel.Credentials.Get(s.mem.state(), hash); taken && hash != "" {
				s.next = nil
				break
			}
		}
	}
	return s.next, nil
}

// anotherSecret provides a code for a command, outside of the writer: whoever asks for many
// waits for them, and nobody at a door does.
func (s *Station) anotherSecret(ctx context.Context) (*visit.Secret, error) {
	select {
	case next := <-s.fresh:
		return next, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
