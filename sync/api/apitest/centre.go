package apitest

import (
	"context"
	"strings"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
)

// CentreLine is a line that is joined by an invitation to hub.example, and by no other.
func (c *Core) CentreLine(context.Context) (centre.Told, error) {
	if !c.joined {
		return centre.Told{}, nil
	}
	at := time.Date(2026, 11, 30, 14, 2, 0, 0, time.UTC)
	return centre.Told{
		Joined: true, Station: "st_1", Centre: "Hub", URL: "https://hub.example:8480", Since: &at, State: "working",
		SeenTo: &at,
	}, nil
}

// JoinCentre joins.
func (c *Core) JoinCentre(_ context.Context, invitation string) error {
	if c.joined {
		return ledger.Refuse(ledger.Conflict, "joined-already", "this station belongs to Hub already")
	}
	if !strings.HasPrefix(invitation, "https://hub.example:8480/#") {
		return ledger.Refuse(ledger.Invalid, "invitation", "this is not an invitation").At("/invitation")
	}
	c.joined = true
	return nil
}

// LeaveCentre leaves.
func (c *Core) LeaveCentre(context.Context) error {
	c.joined = false
	return nil
}

// HurryCentre is refused without a line.
func (c *Core) HurryCentre(context.Context) error {
	if !c.joined {
		return ledger.Refuse(ledger.Conflict, "no-centre", "the station has joined no centre")
	}
	return nil
}
