package station

import (
	"context"

	"cubby/locker/visit"
)

// OfReturns decides a command of returns or refunds: what it leads to is put where the
// command says.
func (s *Station) OfReturns(ctx context.Context, c visit.Command, actor string) error {
	return s.ask(ctx, c, actor, causeReturn, false)
}
