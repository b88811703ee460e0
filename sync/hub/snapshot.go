package hub

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"sync"
	"time"

	"cubby/sync/db"
)

// A snapshot is everything a station is told, packed.
type snapshot struct {
	run    string
	newest int64
	cursor string
	gz     []byte
	sum    string
}

// snapshots are those of the stations that asked last, so that one that was cut goes on.
type snapshots struct {
	mu   sync.Mutex
	made map[string]snapshot
}

// mostSnapshots are kept in memory.
const mostSnapshots = 16

// Snapshot gives all that a station is told as one Change on each line, packed with gzip,
// the cursor behind it, and the SHA-256 of the packed bytes. The bytes are the same as
// long as nothing changes. What is gone is in it, too, as long as that is kept: whoever
// takes a snapshot may know it from before.
func (h *Hub) Snapshot(
	ctx context.Context,
	station string,
) (cursor string, gz []byte, sum string, err error) {
	if _, err := h.Mark(ctx, station); err != nil {
		return "", nil, "", err
	}
	at, err := h.head(ctx)
	if err != nil {
		return "", nil, "", err
	}
	h.shots.mu.Lock()
	s, ok := h.shots.made[station]
	h.shots.mu.Unlock()
	if ok && s.run == at.run && s.newest == at.newest {
		return s.cursor, s.gz, s.sum, nil
	}
	all, err := h.changesBehind(ctx, station, 0, math.MaxInt32)
	if err != nil {
		return "", nil, "", err
	}
	var b bytes.Buffer
	packed := gzip.NewWriter(&b) // its header has no time: the bytes follow from the changes
	lines := json.NewEncoder(packed)
	for _, c := range all {
		if err := lines.Encode(c.Change); err != nil {
			return "", nil, "", err
		}
	}
	if err := packed.Close(); err != nil {
		return "", nil, "", err
	}
	hash := sha256.Sum256(b.Bytes())
	s = snapshot{at.run, at.newest, h.cursor(at.run, at.newest), b.Bytes(), hex.EncodeToString(hash[:])}
	h.shots.mu.Lock()
	defer h.shots.mu.Unlock()
	if h.shots.made == nil || len(h.shots.made) >= mostSnapshots {
		h.shots.made = map[string]snapshot{}
	}
	h.shots.made[station] = s
	return s.cursor, s.gz, s.sum, nil
}

// Kept is how long it is told that a thing is gone.
const Kept = 30 * 24 * time.Hour

// TidyEvery is how often Tidy is worth its while.
const TidyEvery = time.Hour

// Tidy forgets what is kept for a time: tombstones, codes made ahead. A station that has not heard of one
// takes a snapshot. And it answers returns that have waited for the leases of stations that
// were removed, and takes back units that no station has answered for. The first one has the
// list of keys told anew: an older copy of the database may have been put back.
func (h *Hub) Tidy(ctx context.Context) error {
	if err := h.toldIf(h.db.Write(ctx, func(tx *db.Tx) error {
		if err := h.keepKeys(tx, !h.listed.Load()); err != nil {
			return err
		}
		if err := h.expireCommands(tx); err != nil {
			return err
		}
		if err := h.withdrawOffers(tx); err != nil {
			return err
		}
		if err := h.withdrawOffers(tx); err != nil {
			return err
		}
		if _, err := tx.Exec("DELETE FROM tokens WHERE expires < ?", millis(h.now().Add(-tokensKept))); err != nil {
			return err
		}
		return h.answerWaiting(tx)
	})); err != nil {
		return err
	}
	h.listed.Store(true)
	return h.db.Write(ctx, func(tx *db.Tx) error {
		before := millis(h.now().Add(-Kept))
		var newest int64
		if err := tx.QueryRow("SELECT coalesce(max(seq), 0) FROM changes WHERE deleted = 1 AND at < ?", before).
			Scan(&newest); err != nil ||
			newest == 0 {
			return err
		}
		if _, err := tx.Exec("DELETE FROM changes WHERE deleted = 1 AND at < ?", before); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE hub SET dropped = ? WHERE dropped < ?", newest, newest)
		return err
	})
}
