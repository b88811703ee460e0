package station

import (
	"context"

	"cubby/locker"
)

// makeSecrets keeps codes and PINs ready, because making one is slow.
func (s *Station) makeSecrets(ctx context.Context) {
	for {
		next := s.cfg.Keys.NewPickup()
		select {
		case s.fresh <- next:
		case <-ctx.Done():
			return
		}
	}
}

// secretFor provides the code a deposit would need, for the commands that can
// complete one. A PIN that is known already is thrown away.
func (s *Station) secretFor(ctx context.Context, c locker.Command) (*locker.Secret, error) {
	switch c.(type) {
	case locker.SeeDoor, locker.EndOpening, locker.Do, locker.Tick, locker.Start:
	default:
		return nil, nil
	}
	for s.next == nil {
		select {
		case s.next = <-s.fresh:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if _, taken := s.mem.world().Credential(s.next.PINHash); taken {
			s.next = nil
		}
	}
	return s.next, nil
}
