package station

import (
	"context"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/locker/people"
)

// CloseCase ends a case with a note; repeating it changes nothing.
func (s *Station) CloseCase(ctx context.Context, by people.Doer, number, note string, cond ledger.Condition,
	actor string) (care.Case, error) {
	c := care.CloseCase{By: by, Number: number, Note: note, Condition: cond, Now: new(care.Case)}
	if err := s.ask(ctx, c, actor, causeStaff, false); err != nil {
		return care.Case{}, err
	}
	return *c.Now, nil
}
