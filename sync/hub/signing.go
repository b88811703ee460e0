package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/secret/token"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// How long the hub's keys sign for stations, and when the next one is made. A station that
// was away for keyTold knows the key by which a pickup code is signed that it has not seen.
const (
	keySigns   = 90 * 24 * time.Hour
	keyOverlap = 7 * 24 * time.Hour  // the next one signs so long before the end of the one before
	keyTold    = 30 * 24 * time.Hour // and stations have it so long before it signs
	keySoon    = 24 * time.Hour      // the least of that, when it is made by hand or late
)

const (
	listAge = 24 * time.Hour // a list that is older is signed anew
	// clocks of stations may be so far behind: what has ended is in the list for so much longer
	listMargin = 24 * time.Hour
	mostSigns  = 16 // keys a list holds, see package token
	mostDenied = 4000
)

// A SigningKey is a key with which the hub signs for stations.
type SigningKey struct {
	ID          string // hexadecimal
	Purpose     token.Purpose
	From, Until time.Time // when it signs
	Signs       bool      // it is the one that signs now
	seed        []byte    // sealed
}

// purposes of keys, each with how long what one has signed is taken after its end.
var purposes = []struct {
	token.Purpose
	lag time.Duration
}{{token.Pickup, token.Lag}, {token.Command, 0}}

// signing is the key that signs now for a purpose. One is made, and told, when there is none:
// the hub was switched off for long, or its clock was wrong.
func (h *Hub) signing(tx *db.Tx, purpose token.Purpose) (id []byte, key ed25519.PrivateKey, err error) {
	for range 2 {
		all, err := h.signingKeys(tx.Query)
		if err != nil {
			return nil, nil, err
		}
		if i := slices.IndexFunc(all, func(k SigningKey) bool { return k.Signs && k.Purpose == purpose }); i >= 0 {
			seed, err := h.vault.unseal(all[i].seed)
			if err != nil {
				return nil, nil, err
			}
			id, err := hex.DecodeString(all[i].ID)
			return id, ed25519.NewKeyFromSeed(seed), err
		}
		if err := h.keepKeys(tx, false); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, ledger.Refuse(ledger.Unavailable, "no-signing-key", "the hub has no key that signs now")
}

// signingKeys reads the keys, those that begin last first.
func (h *Hub) signingKeys(query func(string, ...any) (*sql.Rows, error)) ([]SigningKey, error) {
	r, err := query("SELECT id, purpose, sealed, begins, ends FROM signing_keys ORDER BY begins DESC, id")
	signs := map[token.Purpose]bool{}
	return rows(r, err, func(r *sql.Rows) (k SigningKey, err error) {
		var from, until int64
		err = r.Scan(&k.ID, &k.Purpose, &k.seed, &from, &until)
		k.seed = slices.Clone(k.seed)
		k.From, k.Until = moment(from), moment(until)
		now := h.now()
		k.Signs = !signs[k.Purpose] && !now.Before(k.From) && now.Before(k.Until)
		signs[k.Purpose] = signs[k.Purpose] || k.Signs
		return k, err
	})
}

// SigningKeys lists the keys with which the hub signs for stations, those that begin last first.
func (h *Hub) SigningKeys(ctx context.Context) ([]SigningKey, error) {
	return h.signingKeys(func(query string, args ...any) (*sql.Rows, error) {
		return h.db.Query(ctx, query, args...)
	})
}

// keepKeys makes the keys that are due, forgets those that are over, and has stations know:
// when something changed, when the list is a day old, or when anew is set.
func (h *Hub) keepKeys(tx *db.Tx, anew bool) error {
	now := h.now().Truncate(time.Second)
	for _, p := range purposes {
		// One that begins later than any does that is made now is of a clock that was wrong.
		gone, err := tx.Exec("DELETE FROM signing_keys WHERE purpose = ? AND (ends < ? OR begins > ?)", p.Purpose,
			millis(now.Add(-p.lag-listMargin)), millis(now.Add(keySigns)))
		if err != nil {
			return err
		}
		n, err := gone.RowsAffected()
		if err != nil {
			return err
		}
		all, err := h.signingKeys(tx.Query)
		if err != nil {
			return err
		}
		var last time.Time // the end of the newest
		signs := false
		for _, k := range all {
			if k.Purpose == p.Purpose {
				signs = signs || k.Signs
				last = later(last, k.Until)
			}
		}
		from := now
		if signs {
			if now.Before(last.Add(-keyOverlap - keyTold)) {
				anew = anew || n > 0
				continue
			}
			from = later(last.Add(-keyOverlap), now.Add(keySoon))
			if from.After(last) {
				from = last
			}
		}
		if err := h.makeSigningKey(tx, p.Purpose, from); err != nil {
			return err
		}
		anew = true
	}
	var issued int64
	if err := tx.QueryRow("SELECT coalesce(max(issued), 0) FROM key_list").Scan(&issued); err != nil {
		return err
	}
	if old := now.Sub(moment(issued)); anew || old >= listAge || old < -listMargin {
		return h.tellKeys(tx)
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (h *Hub) makeSigningKey(tx *db.Tx, purpose token.Purpose, from time.Time) error {
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM signing_keys").Scan(&n); err != nil {
		return err
	}
	if n >= mostSigns {
		return ledger.Refuse(ledger.Conflict, "too-many-signing-keys",
			"stations know at most %d keys, and %d are in use: wait until the oldest has ended", mostSigns, n)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	var id [4]byte // short, for it is in every pickup code
	rand.Read(id[:])
	_, err = tx.Exec("INSERT INTO signing_keys (id, purpose, sealed, begins, ends) VALUES (?, ?, ?, ?, ?)",
		hex.EncodeToString(id[:]), purpose, h.vault.seal(key.Seed()), millis(from), millis(from.Add(keySigns)))
	return err
}

// tellKeys signs the list anew and tells it to all stations. Its number is at least the time,
// so that it is higher than any that was told before an older copy of the database was put back.
func (h *Hub) tellKeys(tx *db.Tx) error {
	now := h.now().Truncate(time.Second)
	var before int64
	if err := tx.QueryRow("SELECT coalesce(max(number), 0) FROM key_list").Scan(&before); err != nil {
		return err
	}
	l := token.List{Number: max(before+1, now.Unix()), Issued: now}
	all, err := h.signingKeys(tx.Query)
	if err != nil {
		return err
	}
	for _, k := range all {
		seed, err := h.vault.unseal(k.seed)
		if err != nil {
			return err
		}
		id, err := hex.DecodeString(k.ID)
		if err != nil {
			return err
		}
		public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		l.Keys = append(l.Keys, token.Key{ID: id, Purpose: k.Purpose, Public: public, From: k.From, Until: k.Until})
	}
	if l.Deny, err = deniedTokens(tx, now); err != nil {
		return err
	}
	root, err := h.rootKey(tx)
	if err != nil {
		return err
	}
	signed, err := token.SignList(l, root)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO key_list (n, number, issued) VALUES (1, ?, ?) ON CONFLICT (n) DO UPDATE "+
		"SET number = excluded.number, issued = excluded.issued", l.Number, millis(now)); err != nil {
		return err
	}
	_, err = h.Tell(tx, Everywhere, protocol.Keys, "list", protocol.KeysDoc{Signed: signed})
	return err
}

// rootKey is the key that signs the list: the oldest, for every station has its public part.
func (h *Hub) rootKey(tx *db.Tx) (ed25519.PrivateKey, error) {
	var sealed []byte
	err := tx.QueryRow("SELECT sealed FROM root_keys WHERE retired = 0 ORDER BY n LIMIT 1").Scan(&sealed)
	if err != nil {
		return nil, err
	}
	seed, err := h.vault.unseal(sealed)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// RotateSigningKey makes another key for a purpose. It signs in a day, when stations have heard
// of it, and that of today signs until then. Returned is when.
func (h *Hub) RotateSigningKey(
	ctx context.Context, by string, purpose token.Purpose,
) (from time.Time, err error) {
	from = h.now().Truncate(time.Second).Add(keySoon)
	err = h.act(ctx, by, "signing_key.rotated", "signing-keys/"+string(purpose), "", func(tx *db.Tx) error {
		if purpose != token.Pickup && purpose != token.Command {
			return refuseUnknown("purpose")
		}
		// What was to follow has signed nothing yet.
		if _, err := tx.Exec("DELETE FROM signing_keys WHERE purpose = ? AND begins > ?", purpose,
			millis(h.now())); err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE signing_keys SET ends = ? WHERE purpose = ? AND ends > ?", millis(from),
			purpose, millis(from)); err != nil {
			return err
		}
		if err := h.makeSigningKey(tx, purpose, from); err != nil {
			return err
		}
		return h.keepKeys(tx, true)
	})
	return from, h.toldIf(err)
}

// deniedTokens are the pickup codes that were taken back and are not over.
func deniedTokens(tx *db.Tx, now time.Time) ([]token.Denial, error) {
	r, err := tx.Query("SELECT id FROM tokens WHERE denied > 0 AND expires > ? "+
		"ORDER BY expires DESC LIMIT ?", millis(now.Add(-listMargin)), mostDenied)
	return rows(r, err, func(r *sql.Rows) (d token.Denial, err error) {
		var id string
		if err = r.Scan(&id); err == nil {
			_, err = hex.Decode(d.ID[:], []byte(id))
		}
		d.Reason = "taken back"
		return d, err
	})
}
