package hub

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// A Policy is the rules of returns of a shop, as the centre has them.
type Policy struct {
	Shop, TOML string
	Rev        int64
	Changed    time.Time
}

var (
	shopName     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	textName     = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	textLanguage = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$`)
)

// Longest documents.
const (
	maxPolicy = 256 << 10 // bytes
	maxText   = 2000      // characters of a text in one language
)

// PutPolicy replaces the rules of a shop at all stations.
func (h *Hub) PutPolicy(ctx context.Context, by, shop, toml string) error {
	if !shopName.MatchString(shop) {
		return ledger.Refuse(
			ledger.Invalid,
			"bad-shop",
			"a shop's name has 1 to 40 lower-case letters, digits and hyphens",
		)
	}
	if toml == "" || len(toml) > maxPolicy || strings.ContainsRune(toml, 0) {
		return ledger.Refuse(
			ledger.Invalid,
			"bad-policy",
			"the rules are a text of at most %d bytes",
			maxPolicy,
		)
	}
	if h.checkPolicy != nil {
		if err := h.checkPolicy(shop, toml); err != nil {
			return ledger.Refuse(ledger.Invalid, "bad-policy", "%v", err)
		}
	}
	return h.toldIf(h.act(ctx, by, "policy.put", "policies/"+shop, "", func(tx *db.Tx) error {
		rev, err := h.Tell(tx, Everywhere, protocol.Policies, shop, protocol.PolicyDoc{TOML: toml})
		if err != nil {
			return err
		}
		_, err = tx.Exec(
			"INSERT INTO policies (shop, toml, rev, changed) VALUES (?, ?, ?, ?) ON CONFLICT (shop) "+
				"DO UPDATE SET toml = excluded.toml, rev = excluded.rev, changed = excluded.changed",
			shop,
			toml,
			rev,
			millis(h.now()),
		)
		return err
	}))
}

// DropPolicy has each station's own file count again.
func (h *Hub) DropPolicy(ctx context.Context, by, shop string) error {
	return h.drop(ctx, by, "policy", protocol.Policies, "DELETE FROM policies WHERE shop = ?", shop)
}

func (h *Hub) drop(ctx context.Context, by, what, collection, query, id string) error {
	if !clean(id) {
		return refuseUnknown(what)
	}
	return h.toldIf(h.act(ctx, by, what+".dropped", collection+"/"+id, "", func(tx *db.Tx) error {
		done, err := tx.Exec(query, id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = refuseUnknown(what)
			}
			return err
		}
		_, err = h.Tell(tx, Everywhere, collection, id, nil)
		return err
	}))
}

// Policies reads the rules that the centre has.
func (h *Hub) Policies(ctx context.Context) ([]Policy, error) {
	r, err := h.db.Query(ctx, "SELECT shop, toml, rev, changed FROM policies ORDER BY shop")
	return rows(r, err, func(r *sql.Rows) (p Policy, err error) {
		var changed int64
		err = r.Scan(&p.Shop, &p.TOML, &p.Rev, &changed)
		p.Changed = moment(changed)
		return p, err
	})
}

// A Text is a text that all stations have from the centre, by language tag.
type Text struct {
	Name    string
	Text    map[string]string
	Rev     int64
	Changed time.Time
}

// PutText gives a text to all stations.
func (h *Hub) PutText(ctx context.Context, by, name string, text map[string]string) error {
	if !textName.MatchString(name) {
		return ledger.Refuse(ledger.Invalid, "bad-name",
			"a text's name has 1 to 64 lower-case letters, digits, dots, hyphens and underscores")
	}
	if len(text) == 0 {
		return ledger.Refuse(ledger.Invalid, "no-text", "give the text in at least one language").At("/text")
	}
	for _, tag := range slices.Sorted(maps.Keys(text)) {
		if !textLanguage.MatchString(tag) {
			return ledger.Refuse(ledger.Invalid, "no-language", "%q is not a language tag such as en", short(tag)).
				At("/text")
		}
		if n := len([]rune(text[tag])); n == 0 || n > maxText || strings.ContainsRune(text[tag], 0) {
			return ledger.Refuse(ledger.Invalid, "bad-text", "a text has 1 to %d characters", maxText).
				At("/text/" + tag)
		}
	}
	if err := centre.CheckText(name, text); err != nil { // as the stations will
		return err
	}
	kept, err := json.Marshal(text)
	if err != nil {
		return err
	}
	return h.toldIf(h.act(ctx, by, "text.put", "texts/"+name, "", func(tx *db.Tx) error {
		rev, err := h.Tell(tx, Everywhere, protocol.Texts, name, protocol.TextDoc{Text: text})
		if err != nil {
			return err
		}
		_, err = tx.Exec(
			"INSERT INTO texts (name, text, rev, changed) VALUES (?, ?, ?, ?) ON CONFLICT (name) "+
				"DO UPDATE SET text = excluded.text, rev = excluded.rev, changed = excluded.changed",
			name,
			string(kept),
			rev,
			millis(h.now()),
		)
		return err
	}))
}

// DropText takes a text from all stations.
func (h *Hub) DropText(ctx context.Context, by, name string) error {
	return h.drop(ctx, by, "text", protocol.Texts, "DELETE FROM texts WHERE name = ?", name)
}

// Texts reads the texts that the centre has.
func (h *Hub) Texts(ctx context.Context) ([]Text, error) {
	r, err := h.db.Query(ctx, "SELECT name, text, rev, changed FROM texts ORDER BY name")
	return rows(r, err, func(r *sql.Rows) (t Text, err error) {
		var kept string
		var changed int64
		if err := r.Scan(&t.Name, &kept, &t.Rev, &changed); err != nil {
			return t, err
		}
		t.Changed = moment(changed)
		return t, json.Unmarshal([]byte(kept), &t.Text)
	})
}
