package notify

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/sync/db"
)

// content is the sealed part of a row.
type content struct {
	Who    Person    `json:"who"`
	Place  Place     `json:"place"`
	Zone   string    `json:"zone,omitempty"`
	Facts  facts     `json:"facts"`
	Code   string    `json:"code,omitempty"`
	PIN    string    `json:"pin,omitempty"`
	Queued time.Time `json:"happened"`
}

// ErrUnreadable is why Hear takes nothing from a fact whose data has other types than it
// should have.
var ErrUnreadable = errors.New("the data of the fact cannot be read")

// Hear puts the messages that follow from a fact into the tables, and drops those that
// came to say nothing. Of facts that nobody is told of it does nothing. A person of whom
// nothing is known is looked up among the contacts that Keep has kept. Call Wake after
// the commit. Hearing a fact twice changes nothing.
func (n *Notifier) Hear(tx *db.Tx, e Event, who Person, at Place) error {
	if !Tells(e.Type) {
		return nil
	}
	f, err := read(e.Data)
	if err != nil {
		return fmt.Errorf("%w: %s, %w", ErrUnreadable, e.ID, err)
	}
	now := n.cfg.Now()
	o := n.cfg.follows(e, f, now)
	if who == (Person{}) && e.Type == "parcel.delegated" {
		o.plans = nil // it is for somebody else than the recipient
	}
	if who == (Person{}) && len(o.plans) > 0 {
		if who, err = n.who(tx, e.Station, f.Parcel, f.Order); err != nil {
			return err
		}
	}
	if e.Type == "parcel.recipient_erased" && f.Reason == "request" { // not: because it has ended
		return n.Forget(tx, e.Station, f.Parcel)
	}
	if who.Language == "" {
		who.Language = f.Language
	}
	if err := n.change(tx, e, f, o, now); err != nil {
		return err
	}
	if e.Type == "parcel.stored" && len(o.plans) > 0 {
		var held bool
		if held, err = n.isHeld(tx, e.Station, f.Parcel); err != nil {
			return err
		}
		if held { // since before it was here, as the new item of an exchange
			o.plans = append(o.plans, plan{Held, e.ID, o.plans[0].due, o.plans[0].stale})
		}
	}
	for _, p := range o.plans {
		if err := n.queue(tx, e, f, p, who, at, now); err != nil {
			return err
		}
	}
	if o.ended {
		return n.Ended(tx, e.Station, f.Parcel)
	}
	return nil
}

// change does to messages that wait what an event says.
func (n *Notifier) change(tx *db.Tx, e Event, f facts, o outcome, now time.Time) error {
	if len(o.drop) > 0 {
		if _, err := tx.Exec("UPDATE messages SET state = 'dropped', reason = ?, done = ?, sealed = NULL "+
			"WHERE station = ? AND subject = ? AND state IN ('waiting', 'held') AND fact <> ? AND kind IN ("+
			quoted(o.drop)+")", o.moot, now.UnixMilli(), e.Station, e.Subject, e.ID); err != nil {
			return err
		}
	}
	if o.moved {
		if _, err := tx.Exec("UPDATE messages SET deadline = ?, stale = ? WHERE station = ? AND subject = ? "+
			"AND deadline > 0 AND kind IN ("+quoted(own)+") AND state = 'waiting'",
			f.Deadline.UnixMilli(), f.Deadline.UnixMilli(), e.Station, e.Subject); err != nil {
			return err
		}
	}
	from, to, held := "waiting", "held", 1
	switch {
	case o.hold:
	case o.free:
		from, to, held = "held", "waiting", 0
	default:
		return nil
	}
	if _, err := tx.Exec("UPDATE contacts SET held = ? WHERE station = ? AND parcel = ?", held, e.Station,
		f.Parcel); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE messages SET state = ? WHERE station = ? AND subject = ? AND state = ? "+
		"AND kind IN ('reminder', 'expiring')", to, e.Station, e.Subject, from)
	return err
}

// queue puts one message into the table, unless it is there.
func (n *Notifier) queue(tx *db.Tx, e Event, f facts, p plan, who Person, at Place, now time.Time) error {
	channel, address, problem := n.reach(who, p.kind)
	if channel == "" && problem == "" {
		return nil // nobody can be written to, and nobody wanted to be
	}
	state, done := Waiting, int64(0)
	switch {
	case problem != "":
		state, done = Failed, now.UnixMilli()
	case now.After(p.stale):
		state, done, problem = Dropped, now.UnixMilli(), "it was heard of too late"
	}
	var sealed []byte
	if state == Waiting {
		c := content{Who: who, Place: at, Facts: f, Queued: e.Happened}
		if at.Zone != nil {
			c.Zone = at.Zone.String()
		}
		if slices.Contains(bears, p.kind) {
			c.Code, c.PIN = e.Code, e.PIN
		}
		var err error
		if sealed, err = n.vault.seal(c); err != nil {
			return err
		}
	}
	deadline := int64(0)
	if !f.Deadline.IsZero() {
		deadline = f.Deadline.UnixMilli()
	}
	id, err := tx.Next("notify")
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO messages (n, fact, kind, person, channel, station, subject, state, reason, "+
		"letter, attempts, queued, due, stale, deadline, done, sealed) "+
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, ?, ?, ?, ?, ?, ?) ON CONFLICT (fact, kind, person) DO NOTHING",
		id, p.key, string(p.kind), n.vault.person(channel, address), channel, e.Station, e.Subject, string(state),
		problem, now.UnixMilli(), p.due.UnixMilli(), p.stale.UnixMilli(), deadline, done, sealed)
	return err
}

// reach chooses how a person is written to: by e-mail, else by SMS. Without a way there
// is a problem, or none when the person has left no contact at all.
func (n *Notifier) reach(who Person, k Kind) (channel, address, problem string) {
	if who.Email != "" && n.send[byEmail] != nil {
		if CheckEmail(who.Email) == nil {
			return byEmail, sameEmail(who.Email), ""
		}
		channel, address, problem = byEmail, who.Email, "the e-mail address is not one"
	}
	if who.Phone != "" && n.send[bySMS] != nil && k != Collect {
		number, err := phoneNumber(who.Phone, n.cfg.SMS.Country)
		if err == nil {
			return bySMS, number, ""
		}
		if channel == "" {
			channel, address, problem = bySMS, who.Phone, err.Error()
		}
	}
	return channel, address, problem
}

func closing(rows *sql.Rows, err error) error {
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return err
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// quoted is a list of kinds for a statement.
func quoted(kinds []Kind) string {
	var all []string
	for _, k := range kinds {
		all = append(all, "'"+string(k)+"'")
	}
	return strings.Join(all, ", ")
}

// order puts kinds as Kinds has them.
func order(a, b Kind) int { return slices.Index(Kinds, a) - slices.Index(Kinds, b) }

// oneLine is a text without what would begin another line or hide in it.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7f || r == ' ' || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029
	}), " ")
}
