package hub

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	labels "cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/secret/token"
	"cubby/sync/db"
)

// How long a pickup code that is made ahead is good. The longest is shorter than token.Lag, for
// which stations know a key that signs no more.
const (
	TokenUsual   = 14 * 24 * time.Hour
	TokenLongest = token.Life
	tokensKept   = 90 * 24 * time.Hour // after its end, to be looked up
)

// A Token is a pickup code that was made before its parcel arrives. Its text is not kept.
type Token struct {
	ID, Station   string // ID: hexadecimal
	Parcel        string // for which it was made; empty: for whatever has the label
	Label, By     string
	Made, Expires time.Time
	TakenBack     *time.Time
	Used          *time.Time // by the station's clock, the first time
	UsedFor       string     // the parcel
	State         string     // one of TokenStates
	Over          bool       // it opens nothing any more: taken back, or expired
}

// TokenStates are what a token can be. One that is used opens the door again while the parcel
// is there.
var TokenStates = []string{"waits", "used", "taken_back", "expired"}

// NewToken is what a token is made for: a label, or a parcel that is known here. A zero Until
// is the usual time.
type NewToken struct {
	Parcel, Label string
	Until         time.Time
}

// TokenFilter selects tokens of a station; of a parcel also those that were made for its label.
// After is what the page before gave as next.
type TokenFilter struct {
	Station, Parcel, After string
	Limit                  int
}

// MakeToken makes a pickup code. Its text is given here and never again.
func (h *Hub) MakeToken(ctx context.Context, by, station string, n NewToken) (
	t Token, text string, err error) {
	now := h.now().UTC().Truncate(time.Second)
	if n.Until.IsZero() {
		n.Until = now.Add(TokenUsual)
	}
	t = Token{Station: station, Parcel: n.Parcel, By: by, Made: now}
	t.Expires = n.Until.UTC().Truncate(time.Second)
	if t.Expires.Sub(now) < time.Minute || t.Expires.Sub(now) > TokenLongest {
		return Token{}, "", ledger.Refuse(ledger.Invalid, "until",
			"a code is good for at least a minute from now, and at most %d days", TokenLongest/(24*time.Hour)).
			At("/valid_until")
	}
	var id [token.IDBytes]byte
	rand.Read(id[:])
	t.ID = hex.EncodeToString(id[:])
	err = h.act(ctx, by, "token.made", "stations/"+station+"/tokens/"+t.ID, n.Parcel, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		if t.Label, err = labelFor(tx, station, n); err != nil {
			return err
		}
		keyID, key, err := h.signing(tx, token.Pickup)
		if err != nil {
			return err
		}
		if text, err = token.Sign(token.Claims{ID: id, Station: station, Purpose: token.Pickup, Label: t.Label,
			NotBefore: now, Expires: t.Expires}, keyID, key); err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO tokens (id, station, parcel, label, made, by_whom, expires) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?)", t.ID, station, t.Parcel, t.Label, millis(now), by, millis(t.Expires))
		if err != nil {
			return err
		}
		return h.tellName(tx, station, true)
	})
	if err = h.toldIf(err); err != nil {
		return Token{}, "", err
	}
	t.judge(now)
	return t, text, nil
}

// labelFor is the label a token is bound to.
func labelFor(tx *db.Tx, station string, n NewToken) (string, error) {
	if n.Label != "" {
		if wrong := (parcel.Announcement{Label: n.Label}).Mistakes(); len(wrong) > 0 {
			return "", wrong[0].And(wrong[1:]...)
		}
	}
	if n.Parcel == "" {
		if n.Label == "" {
			return "", ledger.Refuse(ledger.Invalid, "label", "say the label that the parcel will have, or its id").
				At("/label")
		}
		return n.Label, nil
	}
	c, err := custodyOf(tx, station, n.Parcel)
	if isNone(err) || !clean(n.Parcel) {
		return "", refuseUnknown("parcel")
	}
	if err != nil {
		return "", err
	}
	p := c.parcel()
	if c.ended != 0 || parcel.State(p.State).Final() {
		return "", ledger.Refuse(ledger.Conflict, p.State+"-already", "the parcel is %s already", p.State)
	}
	if n.Label == "" {
		if len(p.Labels) == 0 {
			return "", ledger.Refuse(ledger.Conflict, "no-label", "no label of this parcel is known here; say it").
				At("/label")
		}
		return p.Labels[0], nil
	}
	if !slices.ContainsFunc(p.Labels, func(l string) bool { return labels.Key(l) == labels.Key(n.Label) }) {
		return "", ledger.Refuse(ledger.Conflict, "another-label", "the parcel has other labels").At("/label")
	}
	return n.Label, nil
}

// DenyToken takes a token back: the station is told, and opens nothing for it any more. Until it
// has heard, it may still open.
func (h *Hub) DenyToken(ctx context.Context, by, station, id string) error {
	subject := "stations/" + station + "/tokens/" + id
	return h.toldIf(h.act(ctx, by, "token.taken_back", subject, "", func(tx *db.Tx) error {
		t, err := tokenOf(tx.QueryRow, station, id)
		if err != nil {
			return err
		}
		now := h.now()
		t.judge(now)
		switch {
		case t.TakenBack != nil:
			return nil
		case t.Over:
			return ledger.Refuse(ledger.Conflict, "expired-already", "the code has expired, and opens nothing")
		}
		n, err := denials(tx, now)
		if err != nil {
			return err
		}
		if n >= mostDenied {
			return ledger.Refuse(ledger.Conflict, "too-many-taken-back", "%d codes are taken back and have not "+
				"expired, which is the most that stations remember; hold the parcel instead", n)
		}
		if _, err := tx.Exec("UPDATE tokens SET denied = ? WHERE id = ?", millis(now), id); err != nil {
			return err
		}
		return h.keepKeys(tx, true)
	}))
}

// denials counts the tokens that were taken back and are in the list still.
func denials(tx *db.Tx, now time.Time) (n int, err error) {
	err = tx.QueryRow("SELECT count(*) FROM tokens WHERE denied > 0 AND expires > ?",
		millis(now.Add(-listMargin))).Scan(&n)
	return n, err
}

// denyTokensOf takes the tokens back that were made for a parcel, which will not come: its
// label may come again for somebody else. With a full list the parcel's own end has to do.
func (h *Hub) denyTokensOf(tx *db.Tx, station, parcel string) error {
	now := h.now()
	n, err := denials(tx, now)
	if err != nil || n >= mostDenied {
		return err
	}
	done, err := tx.Exec("UPDATE tokens SET denied = ? WHERE station = ? AND parcel = ? AND denied = 0 "+
		"AND expires > ?", millis(now), station, parcel, millis(now))
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return h.keepKeys(tx, true)
}

const tokenColumns = "id, station, parcel, label, made, by_whom, expires, denied, used, used_for"

func (t *Token) scan(row interface{ Scan(...any) error }) error {
	var made, expires, denied, used int64
	err := row.Scan(&t.ID, &t.Station, &t.Parcel, &t.Label, &made, &t.By, &expires, &denied, &used, &t.UsedFor)
	t.Made, t.Expires, t.TakenBack, t.Used = moment(made), moment(expires), maybe(denied), maybe(used)
	return err
}

// judge says what it is now.
func (t *Token) judge(now time.Time) {
	t.Over = t.TakenBack != nil || !now.Before(t.Expires)
	switch {
	case t.TakenBack != nil:
		t.State = "taken_back"
	case t.Used != nil:
		t.State = "used"
	case t.Over:
		t.State = "expired"
	default:
		t.State = "waits"
	}
}

func tokenOf(read func(string, ...any) *sql.Row, station, id string) (t Token, err error) {
	if !clean(station) || !clean(id) {
		return t, refuseUnknown("token")
	}
	err = t.scan(read("SELECT "+tokenColumns+" FROM tokens WHERE station = ? AND id = ?", station, id))
	if isNone(err) {
		err = refuseUnknown("token")
	}
	return t, err
}

// Token reads one.
func (h *Hub) Token(ctx context.Context, station, id string) (Token, error) {
	t, err := tokenOf(func(query string, args ...any) *sql.Row { return h.db.QueryRow(ctx, query, args...) },
		station, id)
	t.judge(h.now())
	return t, err
}

// Tokens reads a page of tokens, the newest first.
func (h *Hub) Tokens(ctx context.Context, f TokenFilter) (all []Token, next string, err error) {
	where, args := "station = ?", []any{f.Station}
	if !clean(f.Station) || !clean(f.Parcel) {
		return nil, "", nil
	}
	if f.Parcel != "" {
		p, err := h.Parcel(ctx, f.Station, f.Parcel)
		if err != nil && ledger.CodeOf(err) != ledger.NotFound {
			return nil, "", err
		}
		where += " AND (parcel = ? OR used_for = ?"
		args = append(args, f.Parcel, f.Parcel)
		for _, l := range p.Labels {
			where, args = where+" OR parcel = '' AND used = 0 AND label = ?", append(args, l)
		}
		where += ")"
	}
	if f.After != "" {
		at, id, _ := strings.Cut(f.After, " ")
		made, err := strconv.ParseInt(at, 10, 64)
		if err != nil || !clean(id) {
			return nil, "", ledger.Refuse(ledger.Invalid, "after", "go on behind what a page before gave as next")
		}
		where, args = where+" AND (made < ? OR made = ? AND id < ?)", append(args, made, made, id)
	}
	limit := page(f.Limit)
	r, err := h.db.Query(ctx, "SELECT "+tokenColumns+" FROM tokens WHERE "+where+
		" ORDER BY made DESC, id DESC LIMIT ?", append(args, limit+1)...)
	now := h.now()
	all, err = rows(r, err, func(r *sql.Rows) (t Token, err error) {
		err = t.scan(r)
		t.judge(now)
		return t, err
	})
	if err == nil && len(all) > limit {
		all = all[:limit]
		next = strconv.FormatInt(millis(all[limit-1].Made), 10) + " " + all[limit-1].ID
	}
	return all, next, err
}

// projectTokens follows which tokens stations have accepted. Whose they are not they pass over:
// another centre's, or of a database that was put back.
func projectTokens(h *Hub, tx *db.Tx, e Event) error {
	if e.Type != "parcel.token_used" {
		return nil
	}
	var d struct {
		Token  string `json:"token_id"`
		Parcel string `json:"parcel_id"`
	}
	if err := json.Unmarshal(e.Data, &d); err != nil || !usable(d.Token, maxID) || !usable(d.Parcel, maxID) {
		return badData(e, "token_id")
	}
	_, err := tx.Exec("UPDATE tokens SET used = ?, used_for = ? WHERE station = ? AND id = ? AND used = 0",
		millis(e.Happened), d.Parcel, e.Station, d.Token)
	return err
}
