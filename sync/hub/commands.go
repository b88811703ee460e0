package hub

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/secret/token"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// commandLife is for how long the hub's commands are good.
const commandLife = 5 * time.Minute

// commandLag is for how long a command that is over may still be answered for: a station's
// clock may be behind. Then it is expired, whatever comes.
const commandLag = 5 * time.Minute

// States of a command.
const (
	CommandSent    = "sent" // the station has not answered
	CommandObeyed  = "obeyed"
	CommandRefused = "refused" // why, only the station's staff are told
	CommandExpired = "expired"
)

// A Command is an order to a station that was signed. What became of a door that it opened:
// opened, closed, not_opened, unknown; empty: it is not known yet.
type Command struct {
	ID, Station, What string
	Door, Parcel      string // empty: none
	By                string // user:NAME, key:NAME
	Reason            string
	State, Became     string
	Issued, Expires   time.Time
	Answered          time.Time // zero: not yet
}

// commandsSchema are the commands of the hub.
var commandsSchema = db.Schema{Part: "commands", Steps: []string{
	`CREATE TABLE commands (
		id TEXT PRIMARY KEY,
		station TEXT NOT NULL,
		what TEXT NOT NULL,
		door TEXT NOT NULL,
		parcel TEXT NOT NULL,
		by_whom TEXT NOT NULL,
		reason TEXT NOT NULL,
		issued BIGINT NOT NULL,
		expires BIGINT NOT NULL,
		state TEXT NOT NULL,
		opening TEXT NOT NULL DEFAULT '',
		became TEXT NOT NULL DEFAULT '',
		answered BIGINT NOT NULL DEFAULT 0)`,
	"CREATE INDEX commands_by_station ON commands (station, issued)",
	"CREATE INDEX commands_by_opening ON commands (station, opening)",
	"CREATE INDEX commands_sent ON commands (expires) WHERE state = 'sent'",
}}

const commandColumns = "id, station, what, door, parcel, by_whom, reason, state, became, issued, expires, " +
	"answered"

func (h *Hub) scanCommand(row interface{ Scan(...any) error }) (c Command, err error) {
	var issued, expires, answered int64
	err = row.Scan(&c.ID, &c.Station, &c.What, &c.Door, &c.Parcel, &c.By, &c.Reason, &c.State, &c.Became,
		&issued, &expires, &answered)
	c.Issued, c.Expires, c.Answered = moment(issued), moment(expires), moment(answered)
	if c.State == CommandSent && h.now().After(c.Expires.Add(commandLag)) {
		c.State = CommandExpired
	}
	return c, err
}

// CommandOrder is what a station is to do, as Command wants it.
type CommandOrder struct {
	What   string // of package token: open, disable, enable, restart
	Door   string // none for restart
	Parcel string // id of what whoever orders believes behind a door to open; empty: nothing is
	Reason string

	// ID is the one-time number of an order that may come again: the second finds the first.
	// Zero: it gets one.
	ID [token.IDBytes]byte
}

// Command signs an order to a station and tells it. What the station allows, it decides; here
// is refused what it would refuse by what the hub knows.
func (h *Hub) Command(ctx context.Context, by, station string, o CommandOrder) (c Command, err error) {
	_, name, _ := strings.Cut(by, ":")
	now := h.now().Truncate(time.Second)
	id := o.ID
	if id == ([token.IDBytes]byte{}) {
		rand.Read(id[:])
	} else if was, err := h.OneCommand(ctx, station,
		hex.EncodeToString(id[:])); ledger.CodeOf(err) != ledger.NotFound {
		return was, err
	}
	order := token.Order{
		ID: id, Station: station, What: o.What, Door: o.Door, Parcel: o.Parcel, By: cmp.Or(name, by),
		Reason: o.Reason, Issued: now, Expires: now.Add(commandLife),
	}
	c = Command{
		ID: hex.EncodeToString(id[:]), Station: station, What: o.What, Door: o.Door, Parcel: o.Parcel, By: by,
		Reason: o.Reason, State: CommandSent, Issued: order.Issued, Expires: order.Expires,
	}
	subject := "stations/" + station
	if o.Door != "" {
		subject += "/doors/" + o.Door
	}
	err = h.act(ctx, by, "command."+o.What, subject, c.ID, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		if err := h.mayCommand(tx, station, o); err != nil {
			return err
		}
		keyID, key, err := h.signing(tx, token.Command)
		if err != nil {
			return err
		}
		signed, err := token.SignOrder(order, keyID, key)
		if err != nil {
			return ledger.Refuse(ledger.Invalid, "bad-command", "%s", err)
		}
		if _, err := tx.Exec("INSERT INTO commands (id, station, what, door, parcel, by_whom, reason, issued, "+
			"expires, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", c.ID, station, c.What, c.Door, c.Parcel,
			by, c.Reason, millis(c.Issued), millis(c.Expires), c.State); err != nil {
			return err
		}
		_, err = h.Tell(tx, station, protocol.Commands, c.ID, protocol.CommandDoc{Signed: signed})
		return err
	})
	if err != nil {
		return Command{}, err
	}
	return c, h.toldIf(nil)
}

// mayCommand refuses what the hub knows to be wrong.
func (h *Hub) mayCommand(tx *db.Tx, station string, o CommandOrder) error {
	switch o.What {
	case token.Open, token.Disable, token.Enable, token.Restart:
	default:
		return ledger.Refuse(ledger.Invalid, "what",
			"what is ordered is open, disable, enable or restart").At("/what")
	}
	if strings.TrimSpace(o.Reason) == "" || len(o.Reason) > token.MaxReason || !clean(o.Reason) {
		return ledger.Refuse(ledger.Invalid, "reason",
			"say why, in at most %d bytes: staff at the station read it", token.MaxReason).At("/reason")
	}
	if o.Door == "" && o.What == token.Restart {
		return nil
	}
	if !usable(o.Door, token.MaxDoor) || o.What == token.Restart {
		return ledger.Refuse(ledger.Invalid, "door",
			"an order is about one door, and a restart about none").At("/door")
	}
	var behind string
	err := tx.QueryRow("SELECT parcel FROM doors WHERE station = ? AND number = ?", station, o.Door).
		Scan(&behind)
	switch {
	case isNone(err):
		return refuseUnknown("door")
	case err != nil:
		return err
	case o.What != token.Open && o.Parcel != "":
		return ledger.Refuse(ledger.Invalid, "parcel", "only an order to open names a parcel").At("/parcel_id")
	case o.What == token.Open && behind != o.Parcel:
		return ledger.Refuse(ledger.Conflict, "other-parcel",
			"behind this door is another parcel than you believe, or none; look again, then decide").
			At("/parcel_id")
	case o.What != token.Open:
		return nil
	}
	var open int
	if err := tx.QueryRow("SELECT count(*) FROM commands WHERE station = ? AND what = ? AND state = ? AND "+
		"expires > ?", station, token.Open, CommandSent, millis(h.now())).Scan(&open); err != nil {
		return err
	}
	if open > 0 {
		return ledger.Refuse(ledger.Conflict, "one-at-a-time",
			"the station has not answered the order before yet; wait until it has, or %s", commandLife)
	}
	return nil
}

// A CommandFilter selects commands of a station; an empty door is all.
type CommandFilter struct {
	Station, Door string
	Limit         int
}

// Commands reads the newest commands to a station, the newest first.
func (h *Hub) Commands(ctx context.Context, f CommandFilter) ([]Command, error) {
	if _, err := h.Station(ctx, f.Station); err != nil {
		return nil, err
	}
	where, args := "station = ?", []any{f.Station}
	if f.Door != "" {
		if !clean(f.Door) {
			return nil, nil
		}
		where, args = where+" AND door = ?", append(args, f.Door)
	}
	r, err := h.db.Query(ctx, "SELECT "+commandColumns+" FROM commands WHERE "+where+
		" ORDER BY issued DESC, id LIMIT ?", append(args, page(f.Limit))...)
	return rows(r, err, func(r *sql.Rows) (Command, error) { return h.scanCommand(r) })
}

// OneCommand reads one.
func (h *Hub) OneCommand(ctx context.Context, station, id string) (Command, error) {
	if !clean(station) || !clean(id) {
		return Command{}, refuseUnknown("command")
	}
	c, err := h.scanCommand(h.db.QueryRow(ctx, "SELECT "+commandColumns+
		" FROM commands WHERE station = ? AND id = ?", station, id))
	if isNone(err) {
		return Command{}, refuseUnknown("command")
	}
	return c, err
}

// keptCommands is for how long commands are listed.
const keptCommands = 90 * 24 * time.Hour

// expireCommands ends those that no station has answered: it is not told of them any more.
func (h *Hub) expireCommands(tx *db.Tx) error {
	r, err := tx.Query("SELECT station, id FROM commands WHERE state = ? AND expires < ?", CommandSent,
		millis(h.now().Add(-commandLag)))
	over, err := rows(r, err, func(r *sql.Rows) (c Command, err error) {
		err = r.Scan(&c.Station, &c.ID)
		return c, err
	})
	for _, c := range over {
		if err == nil {
			err = h.answerCommand(tx, c.Station, c.ID, CommandExpired, "", time.Time{})
		}
	}
	if err == nil {
		_, err = tx.Exec("DELETE FROM commands WHERE state <> ? AND expires < ?", CommandSent,
			millis(h.now().Add(-keptCommands)))
	}
	return err
}

// answerCommand notes what became of a command; the first answer counts.
func (h *Hub) answerCommand(tx *db.Tx, station, id, state, opening string, at time.Time) error {
	if _, err := tx.Exec("UPDATE commands SET state = ?, opening = ?, answered = ? WHERE station = ? AND "+
		"id = ? AND state IN (?, ?)", state, opening, millis(at), station, id, CommandSent,
		CommandExpired); err != nil {
		return err
	}
	_, err := h.Tell(tx, station, protocol.Commands, id, nil)
	return err
}

// became are the facts that say what became of a door that a command opened.
var became = map[string]string{
	"door.opened": "opened", "opening.adopted": "opened", "door.closed": "closed", "opening.to_check": "unknown",
}

// projectCommands follows what stations do with commands.
func projectCommands(h *Hub, tx *db.Tx, e Event) error {
	word := became[e.Type]
	var d struct {
		Command string `json:"command_id"`
		Opening string `json:"opening"`
		Result  string `json:"result"`
	}
	switch {
	case e.Type == "remote.command_obeyed", e.Type == "remote.command_refused":
		if err := readData(e, &d); err != nil {
			return err
		}
		if !usable(d.Command, maxName) {
			return badData(e, "command")
		}
		state := CommandRefused
		if e.Type == "remote.command_obeyed" {
			state = CommandObeyed
		}
		return h.answerCommand(tx, e.Station, d.Command, state, short(d.Opening), e.Happened)
	case word == "" && e.Type != "opening.ended":
		return nil
	}
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.Opening, maxName) {
		return nil // a door that nobody ordered to open
	}
	if e.Type == "opening.ended" {
		if word = "not_opened"; d.Result == "confirmed_open" {
			word = "opened"
		}
	}
	_, err := tx.Exec("UPDATE commands SET became = ? WHERE station = ? AND opening = ? AND "+
		"NOT (became = 'closed' OR became = 'opened' AND ? = 'not_opened')", word, e.Station, d.Opening, word)
	return err
}
