package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cubby/locker/secret/token"
	"cubby/sync/hub"
)

// signingPurposes are what keys are for, as the command line says it.
var signingPurposes = map[string]token.Purpose{"pickup": token.Pickup, "command": token.Command}

func (p *program) signingKey(ctx context.Context, args []string) error {
	return p.with(ctx, func(h *hub.Hub) error {
		switch {
		case len(args) == 1 && args[0] == "list":
			all, err := h.SigningKeys(ctx)
			return errors.Join(err, p.table(func(line func(...string)) {
				for _, k := range all {
					line(k.ID, purposeWord(k.Purpose), k.From.Format(time.RFC3339), k.Until.Format(time.RFC3339),
						signingState(k, time.Now()))
				}
			}))
		case len(args) == 2 && args[0] == "rotate" && signingPurposes[args[1]] != "":
			from, err := h.RotateSigningKey(ctx, by(), signingPurposes[args[1]])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "another key signs from %s\n", from.Format(time.RFC3339))
			return err
		}
		return errArguments
	})
}

func purposeWord(purpose token.Purpose) string {
	for word, is := range signingPurposes {
		if is == purpose {
			return word
		}
	}
	return string(purpose)
}

func signingState(k hub.SigningKey, now time.Time) string {
	switch {
	case k.Signs:
		return "signs"
	case now.Before(k.From):
		return "is told"
	}
	return "has signed"
}
