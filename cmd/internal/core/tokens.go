package core

import (
	"slices"
	"time"

	"cubby/locker/health"
	"cubby/locker/secret/token"
)

// noteKeys tells whether the centre's newest key for pickup codes is past its dates; nothing
// of a station whose centre has told no key.
func (c *Core) noteKeys(now time.Time) {
	until := lastKey(c.station.CentreKeys())
	told := sink{c.station, c.health, c.log}
	switch {
	case until.IsZero():
		if slices.ContainsFunc(c.health.Devices(), func(d health.Device) bool { return d.Name == health.Tokens }) {
			told.note(health.Tokens, "working", "", now) // the station has left that centre
		}
	case c.station.Clock().Calendar.Before(until):
		told.note(health.Tokens, "working", "", now)
	default:
		told.note(health.Tokens, "keys_over", "since "+until.Format(time.RFC3339), now)
	}
}

// lastKey is when the last key for pickup codes ends; zero when there is none.
func lastKey(l token.List) (until time.Time) {
	for _, k := range l.Keys {
		if k.Purpose == token.Pickup && k.Until.After(until) {
			until = k.Until
		}
	}
	return until
}
