package station

import (
	"context"

	"cubby/locker/parcel"
	"cubby/locker/visit"
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

// needsSecret is a command that may give a parcel a code.
type needsSecret interface{ NeedsSecret() bool }

// secretFor provides the code a deposit would need, for the commands that can
// complete one, and for those that say so. A PIN that is known already is thrown away.
func (s *Station) secretFor(ctx context.Context, c visit.Command) (*visit.Secret, error) {
	switch c := c.(type) {
	case visit.SeeDoor, visit.EndOpening, visit.Do, visit.Tick, visit.Start:
	case needsSecret:
		if !c.NeedsSecret() {
			return nil, nil
		}
	default:
		return nil, nil
	}
	for s.next == nil {
		select {
		case s.next = <-s.fresh:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if _, taken := parcel.Credentials.Get(s.mem.state(), s.next.PINHash); taken {
			s.next = nil
		}
	}
	return s.next, nil
}
