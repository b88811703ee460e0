package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/cmd/internal/config"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/sync/db"
	"cubby/sync/notify"
)

// messagesClient names the consumer of codes that writes to customers. Nobody has a token
// of its key.
const messagesClient = "cubby-messages"

// messages writes to customers. It reads the log like a client of the feed. How far it has
// read is kept in the transaction that puts messages into the table, so that a crash
// neither loses nor doubles one.
type messages struct {
	cfg     *config.Config
	store   *store.Store
	station *station.Station
	log     *slog.Logger
	note    func(device, state, detail string, at time.Time)

	db       *db.Database // nil: this station sends none
	notifier *notify.Notifier
	place    notify.Place
}

var readerSchema = db.Schema{Part: "reader", Steps: []string{
	"CREATE TABLE reader (name TEXT PRIMARY KEY, seq BIGINT NOT NULL, incarnation TEXT NOT NULL)",
}}

// open checks what the operator has written about messages and opens their tables.
func (m *messages) open(ctx context.Context, keys *secret.Keys) (err error) {
	said := m.cfg.Messages
	if !said.Send {
		return nil
	}
	if is := m.station.Line(); is.Station != "" && !m.cfg.Centre.MessagesToo {
		return fmt.Errorf("[messages] in %s: %s writes to customers for this station; set send = false, or "+
			"messages_too = true under [centre] where both are to write", m.cfg.Path, is.Centre)
	}
	zone := m.cfg.Station.Zone()
	m.place = notify.Place{Name: m.cfg.Station.Name, Address: m.cfg.Station.Address, Help: said.Help, Zone: zone}
	m.db, err = db.Open(ctx, filepath.Join(m.cfg.Station.DataDir, "messages.db"), notify.Schema, readerSchema)
	if err != nil {
		return fmt.Errorf("messages.db: %w (it may be moved away: then nobody knows what was sent)", err)
	}
	how := said.Notify(m.cfg.Station.Languages)
	how.Key, how.Log = keys.Messages(), m.log
	how.Contacts = time.Duration(m.cfg.Policy.RecipientDays) * 24 * time.Hour
	if m.notifier, err = notify.New(m.db, how); err != nil {
		return fmt.Errorf("[messages] in %s: %w", m.cfg.Path, err)
	}
	return nil
}

func (m *messages) close() error {
	if m == nil || m.db == nil {
		return nil
	}
	return m.db.Close()
}

// run reads the log and sends until ctx ends.
func (m *messages) run(ctx context.Context) error {
	m.register(ctx)
	if m.notifier == nil {
		return nil
	}
	var working sync.WaitGroup
	defer working.Wait()
	working.Go(func() { m.watch(ctx) })
	working.Go(func() {
		if err := m.notifier.Run(ctx); err != nil {
			m.log.Error("messages are not sent any more", "error", err)
		}
	})
	pause := firstPause
	for ctx.Err() == nil {
		changed := m.store.FeedChanged()
		more, err := m.read(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			m.log.Error("the log cannot be read for messages; it is tried again", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, 30*time.Second)
		case !more:
			pause = firstPause
			select {
			case <-ctx.Done():
			case <-changed:
			}
		}
	}
	return nil
}

// register makes the consumer that codes wait for, or ends it where none are sent.
func (m *messages) register(ctx context.Context) {
	var err error
	if m.notifier != nil {
		_, err = m.station.AddKey(ctx, people.Key{
			Name: messagesClient, Scopes: []string{"events:read", "codes:read"},
		}, people.Tools.Actor())
		if ledger.CodeOf(err) == ledger.Conflict { // it is there
			err = nil
		}
	} else if m.registered(ctx) {
		err = m.station.RevokeKey(ctx, messagesClient, people.Tools.Actor())
	}
	if err != nil && ctx.Err() == nil {
		m.log.Error("the client of the feed that writes to customers is not as it should be", "error", err)
	}
}

func (m *messages) registered(ctx context.Context) bool {
	all, err := m.store.Keys(ctx)
	if err != nil {
		m.log.Error("the keys cannot be read", "error", err)
	}
	for _, k := range all {
		if k.Name == messagesClient && !k.Revoked {
			return true
		}
	}
	return false
}

// readAtOnce is how many events are read in one transaction.
const readAtOnce = 100

// read takes in the next events. more: there may be further ones.
func (m *messages) read(ctx context.Context) (more bool, err error) {
	after, err := m.readTo(ctx)
	if err != nil {
		return false, err
	}
	page, err := m.store.Feed(ctx, after, readAtOnce, true)
	if err != nil || page.Count == 0 {
		return false, err
	}
	var events []struct {
		ID      string          `json:"id"`
		Type    string          `json:"type"`
		Subject string          `json:"subject"`
		Time    time.Time       `json:"time"`
		Data    json.RawMessage `json:"data"`
	}
	body := append(append([]byte{'['}, page.Events...), ']')
	if err := json.Unmarshal(body, &events); err != nil {
		return false, fmt.Errorf("events after %d: %w", after, err)
	}
	heard := make([]hearing, len(events))
	for i, e := range events {
		heard[i].event = notify.Event{
			ID: e.ID, Type: e.Type, Subject: e.Subject, Station: m.cfg.Station.ID, Happened: e.Time, Data: e.Data,
		}
		if err := m.recipient(ctx, &heard[i]); err != nil {
			return false, err
		}
	}
	err = m.db.Write(ctx, func(tx *db.Tx) error {
		for _, h := range heard {
			if h.nobody {
				if err := m.notifier.Forget(tx, m.cfg.Station.ID, h.parcel); err != nil {
					return err
				}
			} else if h.who != (notify.Person{}) {
				if err := m.notifier.Keep(tx, m.cfg.Station.ID, h.parcel, h.order, h.who); err != nil {
					return err
				}
			}
			if err := m.notifier.Hear(tx, h.event, h.other, m.place); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO reader (name, seq, incarnation) VALUES ('log', ?, ?) ON CONFLICT (name) "+
			"DO UPDATE SET seq = excluded.seq, incarnation = excluded.incarnation", page.Last,
			fmt.Sprintf("%x", m.store.Incarnation(page.Last)))
		return err
	})
	if err != nil {
		return false, err
	}
	m.notifier.Wake()
	return true, m.station.Acknowledge(ctx, messagesClient, page.Last)
}

// hearing is an event and whom it is about, where that is asked for.
type hearing struct {
	event         notify.Event
	parcel, order string
	who           notify.Person
	nobody        bool          // who it is about wants no messages
	other         notify.Person // who is to be told instead of its recipient
}

// recipient adds code and PIN, and whom a parcel goes to. Who was collected from has no
// recipient any more; then the contact counts that was kept before.
func (m *messages) recipient(ctx context.Context, h *hearing) error {
	switch h.event.Type {
	case "parcel.announced", "parcel.changed", "parcel.stored", "parcel.shelved", "parcel.code_reissued",
		"parcel.delegated":
	default:
		return nil
	}
	var data struct {
		Parcel string `json:"parcel_id"`
		Code   string `json:"code"`
		PIN    string `json:"pin"`
	}
	if err := json.Unmarshal(h.event.Data, &data); err != nil {
		return err
	}
	h.event.Code, h.event.PIN, h.parcel = data.Code, data.PIN, data.Parcel
	if h.event.Type == "parcel.delegated" {
		return m.delegate(ctx, h)
	}
	p, r, err := m.store.Parcel(ctx, data.Parcel)
	if ledger.CodeOf(err) == ledger.NotFound {
		return nil
	}
	if err != nil || r == nil || p.State.Final() {
		return err
	}
	h.order = p.OrderID
	h.who, h.nobody, err = m.wanted(ctx, *r)
	return err
}

// delegate adds whom a parcel's delegate is reached by. One that has ended has nobody.
func (m *messages) delegate(ctx context.Context, h *hearing) error {
	d, err := m.store.Delegation(ctx, h.parcel)
	if ledger.CodeOf(err) == ledger.NotFound {
		return nil
	}
	if err == nil && d != nil && d.Contact != nil {
		c := d.Contact
		h.other = notify.Person{Name: c.Name, Email: c.Email, Phone: c.Phone, Language: c.Language}
	}
	return err
}

// readTo is up to where the log was read. A log that goes on from a copy is read from its
// beginning: what was told of it is known by the ids of its facts.
func (m *messages) readTo(ctx context.Context) (int64, error) {
	var seq int64
	var incarnation string
	rows, err := m.db.Query(ctx, "SELECT seq, incarnation FROM reader WHERE name = 'log'")
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		err = rows.Scan(&seq, &incarnation)
	}
	if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	if seq > m.store.FeedHead() || fmt.Sprintf("%x", m.store.Incarnation(seq)) != incarnation {
		return 0, nil
	}
	return seq, nil
}

// collect adds how many messages there are to the metrics.
func (m *messages) collect(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	if m.notifier == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), waitingWithin)
	defer cancel()
	all, err := m.notifier.Counts(ctx)
	if err != nil {
		m.log.Warn("messages cannot be counted", "error", err)
	}
	for _, c := range all {
		gauge(figMessages, float64(c.N), string(c.Kind), string(c.State))
	}
}

// watch tells staff when messages do not go out.
func (m *messages) watch(ctx context.Context) {
	look := time.NewTicker(time.Minute)
	defer look.Stop()
	for {
		detail, err := m.notifier.Trouble(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			m.note(health.Messages, "failing", "messages.db cannot be read", time.Now())
		case detail != "":
			m.note(health.Messages, "failing", detail, time.Now())
		default:
			m.note(health.Messages, "working", "", time.Now())
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}
