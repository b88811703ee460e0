package hub

import (
	"cmp"
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/sync/db"
)

// A Key is an API key without its token.
type Key struct {
	Name    string
	Scopes  []string
	Created time.Time
	Revoked bool

	PerMinute int       // requests of its own limit; 0: as many as all
	Rotated   time.Time // when its token was last made anew; zero: never
	LastUsed  time.Time // exact to a minute over a restart; zero: never
	OldUntil  time.Time // until when the token before counts too; zero: there is none
	OldUsed   time.Time // when that one was used last, since the rotation
}

// Bounds of what keys may be given.
const (
	MostOverlap   = 168 * time.Hour
	MostPerMinute = 10_000_000
)

var (
	keyName  = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)
	keyScope = regexp.MustCompile(`^[a-z]+:[a-z]+$`)
)

// AddKey lets a client of the endpoint in. The token is given here and never again.
func (h *Hub) AddKey(ctx context.Context, by, name string, scopes []string) (token string, err error) {
	if !keyName.MatchString(name) {
		return "", ledger.Refuse(ledger.Invalid, "bad-name",
			"a key's name has 1 to 40 lower-case letters, digits, dots, hyphens and underscores").At("/name")
	}
	for _, scope := range scopes {
		if !keyScope.MatchString(scope) {
			return "", ledger.Refuse(ledger.Invalid, "no-such-scope", "%q is not a scope such as parcels:write",
				short(scope)).
				At("/scopes")
		}
	}
	if len(scopes) == 0 {
		return "", ledger.Refuse(ledger.Invalid, "no-scope", "say what the key is for: at least one scope").
			At("/scopes")
	}
	token, hash := secret.NewToken()
	err = h.act(ctx, by, "key.added", "keys/"+name, strings.Join(scopes, " "), func(tx *db.Tx) error {
		var there int
		if err := tx.QueryRow("SELECT count(*) FROM keys WHERE name = ? AND station = '' AND revoked = 0", name).
			Scan(&there); err != nil {
			return err
		}
		if there > 0 {
			return ledger.Refuse(ledger.Conflict, "name-taken", "there is a key of this name already").
				At("/name")
		}
		_, err := tx.Exec("INSERT INTO keys (hash, name, scopes, created) VALUES (?, ?, ?, ?)", hash, name,
			strings.Join(scopes, ","), millis(h.now()))
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// RevokeKey ends a key.
func (h *Hub) RevokeKey(ctx context.Context, by, name string) error {
	if !keyName.MatchString(name) {
		return refuseUnknown("key")
	}
	return h.act(ctx, by, "key.revoked", "keys/"+name, "", func(tx *db.Tx) error {
		done, err := tx.Exec("UPDATE keys SET revoked = ? WHERE name = ? AND station = '' AND revoked = 0",
			millis(h.now()), name)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return refuseUnknown("key")
	})
}

// RotateKey gives a key another token, which is told here and never again. The one before
// counts on for overlap; what a rotation before that one left ends at once.
func (h *Hub) RotateKey(ctx context.Context, by, name string,
	overlap time.Duration) (token string, err error) {
	if !keyName.MatchString(name) {
		return "", refuseUnknown("key")
	}
	if overlap < 0 || overlap > MostOverlap {
		return "", ledger.Refuse(ledger.Invalid, "overlap", "the old token may count for 0 to %d hours more",
			int(MostOverlap.Hours())).At("/overlap_hours")
	}
	token, hash := secret.NewToken()
	now := h.now()
	err = h.act(ctx, by, "key.rotated", "keys/"+name, "", func(tx *db.Tx) error {
		var old string
		err := tx.QueryRow("SELECT hash FROM keys WHERE name = ? AND station = '' AND revoked = 0 "+
			"AND old_until = 0", name).Scan(&old)
		if isNone(err) {
			return refuseUnknown("key")
		}
		if err != nil {
			return err
		}
		for _, do := range []struct {
			query string
			args  []any
		}{
			{"DELETE FROM keys WHERE name = ? AND station = '' AND old_until > 0", []any{name}},
			{"INSERT INTO keys (hash, name, scopes, created, per_minute, rotated) " +
				"SELECT ?, name, scopes, created, per_minute, ? FROM keys WHERE hash = ?",
				[]any{hash, millis(now), old}},
			{"UPDATE keys SET old_until = ? WHERE hash = ?", []any{millis(now.Add(overlap)), old}},
		} {
			if _, err := tx.Exec(do.query, do.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// LimitKey sets how many requests the client of a key may send in a minute, on average; 0:
// as many as all.
func (h *Hub) LimitKey(ctx context.Context, by, name string, perMinute int) error {
	if !keyName.MatchString(name) {
		return refuseUnknown("key")
	}
	if perMinute < 0 || perMinute > MostPerMinute {
		return ledger.Refuse(ledger.Invalid, "per-minute", "a key's limit is from 1 to %d requests in a minute, "+
			"or 0 for that of all", MostPerMinute).At("/per_minute")
	}
	return h.act(ctx, by, "key.limited", "keys/"+name, strconv.Itoa(perMinute), func(tx *db.Tx) error {
		done, err := tx.Exec("UPDATE keys SET per_minute = ? WHERE name = ? AND station = '' AND revoked = 0",
			perMinute, name)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return refuseUnknown("key")
	})
}

// Keys reads the keys of clients, not those of stations: those used last first, those never
// used behind, and revoked ones at the end.
func (h *Hub) Keys(ctx context.Context) ([]Key, error) {
	r, err := h.db.Query(ctx, "SELECT k.name, k.scopes, k.created, k.revoked, k.per_minute, k.rotated, "+
		"coalesce(u.at, 0), coalesce(o.at, 0), coalesce(b.old_until, 0) FROM keys k "+
		"LEFT JOIN key_uses u ON u.name = 'key:' || k.name AND u.old = 0 AND u.at >= k.created "+
		"LEFT JOIN key_uses o ON o.name = 'key:' || k.name AND o.old = 1 AND o.at >= k.created "+
		"LEFT JOIN keys b ON b.name = k.name AND b.station = '' AND b.revoked = 0 AND b.old_until > ? "+
		"WHERE k.station = '' AND k.old_until = 0", millis(h.now()))
	all, err := rows(r, err, func(r *sql.Rows) (k Key, err error) {
		var scopes string
		var created, revoked, rotated, used, oldUsed, oldUntil int64
		err = r.Scan(&k.Name, &scopes, &created, &revoked, &k.PerMinute, &rotated, &used, &oldUsed, &oldUntil)
		k.Scopes, k.Created, k.Revoked = strings.Split(scopes, ","), moment(created), revoked != 0
		k.Rotated, k.LastUsed = moment(rotated), moment(max(used, oldUsed))
		if oldUntil > 0 {
			k.OldUntil = moment(oldUntil)
			if oldUsed >= rotated {
				k.OldUsed = moment(oldUsed)
			}
		}
		return k, err
	})
	slices.SortStableFunc(all, func(a, b Key) int {
		return cmp.Or(int(flag(a.Revoked)-flag(b.Revoked)), b.LastUsed.Compare(a.LastUsed),
			cmp.Compare(a.Name, b.Name), a.Created.Compare(b.Created))
	})
	return all, err
}
