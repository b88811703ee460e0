package hub

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/sync/db"
	"cubby/sync/protocol"
	"cubby/sync/rest"
)

// letters of ids and codes: none is taken for another.
var letters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// newInvitation is 60 random bits as ABCD-EFGH-JKLM.
func newInvitation() string {
	var b [10]byte
	rand.Read(b[:])
	code := letters.EncodeToString(b[:])
	return code[:4] + "-" + code[4:8] + "-" + code[8:12]
}

// plainCode is a code as it is compared, however it was typed.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(code)))
}

// invitation is the text by which a station joins.
func (h *Hub) invitation(code string) string {
	text := strings.TrimSuffix(h.publicURL, "/") + "/#code=" + code
	if h.pin != "" {
		text += "&pin=" + h.pin
	}
	return text
}

// notInvited is the one answer to every code that lets nobody in.
var notInvited = ledger.Refuse(ledger.NotAllowed, "no-invitation",
	"this invitation is not known, was used, or is too old; make another one at the console")

// wrongInvitation counts a code that lets nobody in.
func (h *Hub) wrongInvitation() error {
	if wait := h.enrols.wait("", h.now()); wait > 0 {
		return ledger.Refuse(ledger.Unavailable, "too-many-tries",
			"too many invitations were tried that are none; try again in %d s", int(wait/time.Second)+1)
	}
	h.enrols.failed("", h.now())
	return notInvited
}

// Enrol lets a station in that has an invitation. The key it had before ends.
func (h *Hub) Enrol(ctx context.Context, e protocol.Enrol) (in protocol.Enrolled, err error) {
	// Looked up before it is written, and before anybody waits: whoever guesses holds up neither
	// the writer nor those who were invited.
	invitation, until := h.vault.hash("invitation", plainCode(e.Code)), int64(0)
	err = h.db.QueryRow(ctx, "SELECT invited_until FROM stations WHERE invitation = ? AND removed = 0",
		invitation).
		Scan(&until)
	if isNone(err) || err == nil && h.now().UnixMilli() >= until {
		return in, h.wrongInvitation()
	}
	if err != nil {
		return in, err
	}
	token, hash := secret.NewToken()
	err = h.db.Write(ctx, func(tx *db.Tx) error {
		var until, joined int64
		err := tx.QueryRow("SELECT id, name, invited_until, joined FROM stations WHERE invitation = ? AND "+
			"removed = 0",
			invitation).
			Scan(&in.Station, &in.Name, &until, &joined)
		anothers := e.Station != "" && e.Station != in.Station
		if isNone(err) || err == nil && (anothers || h.now().UnixMilli() >= until) {
			return notInvited
		}
		if err != nil {
			return err
		}
		now := millis(h.now())
		for _, do := range []struct {
			query string
			args  []any
		}{
			{"UPDATE keys SET revoked = ? WHERE station = ? AND revoked = 0", []any{now, in.Station}},
			{"INSERT INTO keys (hash, name, station, scopes, created) VALUES (?, ?, ?, ?, ?)",
				[]any{hash, "station:" + in.Station, in.Station, LineScope, now}},
			{"UPDATE stations SET invitation = '', invited_until = 0, joined = ?, seen = ?, site = ? WHERE id = ?",
				[]any{now, now, short(e.About.ID), in.Station}},
		} {
			if _, err := tx.Exec(do.query, do.args...); err != nil {
				return err
			}
		}
		r, err := tx.Query("SELECT public FROM root_keys WHERE retired = 0 ORDER BY n")
		in.RootKeys, err = rows(
			r,
			err,
			func(r *sql.Rows) (k string, err error) { err = r.Scan(&k); return k, err },
		)
		if err != nil {
			return err
		}
		_, err = h.Tell(tx, in.Station, protocol.Settings, "station", protocol.SettingsDoc{Name: in.Name})
		if err != nil {
			return err
		}
		return h.note(tx, "station:"+in.Station, "station.joined", "stations/"+in.Station, "")
	})
	if err != nil {
		if errors.Is(err, notInvited) { // somebody else was quicker
			err = h.wrongInvitation()
		}
		return protocol.Enrolled{}, err
	}
	h.told.happen()
	in.Centre, in.Key = h.name, token
	return in, nil
}

// makeRootKey makes the key with which the centre signs; stations get its public part
// when they join.
func (h *Hub) makeRootKey(tx *db.Tx) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	n, err := tx.Next("root_keys")
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO root_keys (n, public, sealed, created, retired) VALUES (?, ?, ?, ?, 0)",
		n, base64.StdEncoding.EncodeToString(public), h.vault.seal(private.Seed()), millis(h.now()))
	return err
}

// Holder finds whose a key is: a person's client, or a station.
func (h *Hub) Holder(ctx context.Context, hash [sha256.Size]byte) (rest.Holder, bool, error) {
	var name, station, scopes string
	var revoked, perMinute, oldUntil int64
	err := h.db.QueryRow(ctx,
		"SELECT name, station, scopes, revoked, per_minute, old_until FROM keys WHERE hash = ?",
		hex.EncodeToString(hash[:])).Scan(&name, &station, &scopes, &revoked, &perMinute, &oldUntil)
	if isNone(err) {
		return rest.Holder{}, false, nil
	}
	if station == "" {
		name = "key:" + name
	} else {
		perMinute = linePerMinute
	}
	return rest.Holder{Name: name, Scopes: strings.Split(scopes, ","), Revoked: revoked != 0,
		PerMinute: int(perMinute), Old: oldUntil > 0, Ends: moment(oldUntil)}, err == nil, err
}

// linePerMinute is how many requests a station may send in a minute: one that was away for
// long pushes what it has gathered, batch after batch.
const linePerMinute = 60_000

// seen is when it was last written down that a station was heard of.
type seen struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (s *seen) due(station string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil {
		s.last = map[string]time.Time{}
	}
	if last, ok := s.last[station]; ok && now.Sub(last) < seenEvery && !now.Before(last) {
		return false
	}
	s.last[station] = now
	return true
}
