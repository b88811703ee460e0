package hub

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/notify"
)

// Messaging is how the hub writes to the customers of its stations.
type Messaging struct {
	notify.Config
	Help string // where customers get help, as messages say
}

// A Message is what readers get of a message to a customer: nothing personal.
type Message = notify.Message

// MessageFilter selects messages; empty members do not restrict. After is what the page
// before gave as next.
type MessageFilter struct {
	Station, Parcel, State, After string
	Limit                         int
}

// contactsKept is how long the hub knows whom to write to after a parcel has ended: what
// comes back of its order is told within that time.
const contactsKept = 30 * 24 * time.Hour

// openMessages makes the part that writes to customers; nil: the hub writes to nobody.
func (h *Hub) openMessages(ctx context.Context, key []byte, m *Messaging) (err error) {
	if m == nil {
		return nil
	}
	c := m.Config
	if c.Key, err = hkdf.Key(sha256.New, key, nil, "cubbyhub messages", 32); err != nil {
		return err
	}
	if c.Log == nil {
		c.Log = h.log
	}
	c.Now, c.Contacts = h.now, contactsKept
	h.help = m.Help
	if h.notifier, err = notify.New(h.db, c); err != nil {
		return err
	}
	return h.findContacts(ctx)
}

// findContacts keeps whom to write to about parcels that were announced while the hub wrote
// to nobody.
func (h *Hub) findContacts(ctx context.Context) error {
	type key struct{ station, id string }
	return h.db.Write(ctx, func(tx *db.Tx) error {
		r, err := tx.Query("SELECT p.station, p.id FROM parcels p WHERE p.contact = 1 AND p.ended = 0 AND NOT EXISTS " +
			"(SELECT 1 FROM contacts c WHERE c.station = p.station AND c.parcel = p.id)")
		found, err := rows(r, err, func(r *sql.Rows) (k key, err error) { return k, r.Scan(&k.station, &k.id) })
		if err != nil {
			return err
		}
		for _, k := range found {
			a, err := h.announcementOf(tx, k.station, k.id)
			if err == nil && a != nil {
				err = h.keepContact(tx, k.station, k.id, *a)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// RunMessages sends what is due until ctx ends. It returns at once when the hub writes to
// nobody.
func (h *Hub) RunMessages(ctx context.Context) error {
	if h.notifier == nil {
		return nil
	}
	go func() { // facts come in, and messages with them
		for {
			heard := h.Heard()
			h.notifier.Wake()
			select {
			case <-ctx.Done():
				return
			case <-heard:
			}
		}
	}()
	return h.notifier.Run(ctx)
}

// projectMessages puts what customers are told of a fact into the table.
func projectMessages(h *Hub, tx *db.Tx, e Event) error {
	if h.notifier == nil || !notify.Tells(e.Type) {
		return nil
	}
	at := notify.Place{Help: h.help, Zone: time.UTC}
	var zone string
	if err := tx.QueryRow("SELECT name, address, zone FROM stations WHERE id = ?", e.Station).
		Scan(&at.Name, &at.Address, &zone); err != nil {
		return err
	}
	if known, err := time.LoadLocation(zone); err == nil {
		at.Zone = known
	}
	err := h.notifier.Hear(tx, notify.Event{
		ID: e.ID, Type: e.Type, Subject: e.Subject, Station: e.Station, Happened: e.Happened, Data: e.Data,
		Code: e.Code, PIN: e.PIN,
	}, notify.Person{}, at)
	if errors.Is(err, notify.ErrUnreadable) {
		return ledger.Refuse(ledger.Invalid, "unreadable-data", "the data of %s cannot be read", e.Type)
	}
	return err
}

// keepContact remembers whom to write to about a parcel.
func (h *Hub) keepContact(tx *db.Tx, station, id string, a parcel.Announcement) error {
	if h.notifier == nil {
		return nil
	}
	who := notify.Person{}
	if r := a.Recipient; r != nil {
		who = notify.Person{Name: r.Name, Email: r.Email, Phone: r.Phone, Language: r.Language}
	}
	return h.notifier.Keep(tx, station, id, a.OrderID, who)
}

// endContact lets it go, in its time, when a parcel is called off: the station may have it
// already, and no fact may follow.
func (h *Hub) endContact(tx *db.Tx, station, id string) error {
	if h.notifier == nil {
		return nil
	}
	return h.notifier.Ended(tx, station, id)
}

// Messages reads a page of messages, the newest first.
func (h *Hub) Messages(ctx context.Context, f MessageFilter) (all []Message, next string, err error) {
	q := notify.Filter{Station: f.Station, State: notify.State(f.State), Limit: page(f.Limit) + 1}
	if f.Parcel != "" {
		q.Subject = "parcels/" + f.Parcel
	}
	if !clean(f.Station) || !clean(f.Parcel) || !clean(f.State) {
		return nil, "", nil
	}
	if f.After != "" {
		if q.Before, err = strconv.ParseInt(f.After, 10, 64); err != nil || q.Before < 1 {
			return nil, "", ledger.Refuse(ledger.Invalid, "after", "go on behind what a page before gave as next")
		}
	}
	all, err = notify.Read(ctx, h.db, q)
	if err == nil && len(all) == q.Limit {
		all = all[:len(all)-1]
		next = strconv.FormatInt(all[len(all)-1].N, 10)
	}
	return all, next, err
}

// messageTroubles are parcels whose customers do not know of them, and messages that do
// not go out.
func messageTroubles(h *Hub, ctx context.Context, station string) (all []Trouble, err error) {
	where, args := of("m.station", station)
	r, err := h.db.Query(ctx, "SELECT m.station, p.id, m.kind, m.reason, m.done FROM messages m "+
		"JOIN parcels p ON p.station = m.station AND m.subject = 'parcels/' || p.id WHERE m.state = 'failed' "+
		"AND m.kind IN ('stored', 'new_code', 'expiring', 'released') AND p.state = 'stored' AND m.done > ?"+where+
		" ORDER BY m.n DESC LIMIT "+strconv.Itoa(mostPage),
		append([]any{millis(h.now().Add(-contactsKept))}, args...)...)
	all, err = rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var id, kind, why string
		var at int64
		err = r.Scan(&t.Station, &id, &kind, &why, &at)
		t.Kind, t.Harm, t.Subject, t.Since = "message_failed", harmService, "parcels/"+id, moment(at)
		t.Title = "The customer of parcel " + id + " could not be told (" + kind + "): " + why
		t.WhatToDo = "Have the shop find another way to reach the customer; the code can be shown at the parcel."
		return t, err
	})
	if err != nil {
		return nil, err
	}
	r, err = h.db.Query(ctx, "SELECT m.station, count(*), min(m.queued), max(m.reason) FROM messages m "+
		"WHERE m.state = 'waiting' AND m.attempts > 2"+where+" GROUP BY m.station", args...)
	waiting, err := rows(r, err, func(r *sql.Rows) (t Trouble, err error) {
		var why string
		var n, since int64
		err = r.Scan(&t.Station, &n, &since, &why)
		t.Kind, t.Harm, t.Subject, t.Since = "messages_wait", harmService, "stations/"+t.Station, moment(since)
		t.Title = fmt.Sprintf("%d messages to customers do not go out: %s", n, why)
		if n == 1 {
			t.Title = "A message to a customer does not go out: " + why
		}
		t.WhatToDo = "Look at the mail server, the SMS gateway and their keys under [messages] of the hub's file."
		return t, err
	})
	return append(all, waiting...), err
}
