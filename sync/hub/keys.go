package hub

import (
	"context"
	"database/sql"
	"regexp"
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
}

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

// Keys reads the keys of clients, not those of stations.
func (h *Hub) Keys(ctx context.Context) ([]Key, error) {
	r, err := h.db.Query(ctx, "SELECT name, scopes, created, revoked FROM keys WHERE station = '' "+
		"ORDER BY CASE WHEN revoked = 0 THEN 0 ELSE 1 END, name, created")
	return rows(r, err, func(r *sql.Rows) (k Key, err error) {
		var scopes string
		var created, revoked int64
		err = r.Scan(&k.Name, &scopes, &created, &revoked)
		k.Scopes, k.Created, k.Revoked = strings.Split(scopes, ","), moment(created), revoked != 0
		return k, err
	})
}
