// Package notify sends messages to the customers of a station: their parcel is here, it
// waits for a short time only, their return came in. A hub sends them, or a station that
// has joined none. Messages of this kind need a contact and nothing more; there is no
// advertising here.
//
// Hear puts what a fact says into the tables, in the caller's transaction: at most once
// for each fact, kind and person. Run sends what is due. An attempt is written down before
// it is made. When its end is not known (the program died, the line broke), it is made
// again under the same id: the Message-ID of an e-mail, the idempotency key of an SMS.
//
// Names, addresses, codes and PINs are sealed in the tables and erased when their message
// is done. None is ever in a log, a metric or an error of this package.
//
// A Notifier is safe for concurrent use, also of several programs on one database.
package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cubby/sync/db"
)

// A Person is whom a message goes to. What is not known is empty.
type Person struct {
	Name     string `json:"name,omitempty"`
	Email    string `json:"email,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Language string `json:"language,omitempty"` // BCP 47 tag
}

// An Event is a fact of a station, with the code and PIN of a parcel that was stored.
type Event struct {
	ID, Type, Subject string
	Station           string
	Happened          time.Time
	Data              json.RawMessage
	Code, PIN         string
}

// A Place is what messages say of a station. What is not known is empty.
type Place struct {
	Name    string         `json:"name"`
	Address string         `json:"address,omitempty"`
	Help    string         `json:"help,omitempty"` // where a customer gets help
	Zone    *time.Location `json:"-"`              // nil: UTC
}

// Config is how messages are sent. Usual has what an operator gets who says nothing.
type Config struct {
	Key   []byte // seals what is personal; 32 bytes
	Email *SMTP  // nil: no e-mail is sent
	SMS   *Gateway

	Templates string   // folder with an operator's own; empty: none
	Languages []string // of the station or the hub; the first is for whoever said none

	Quiet    Quiet         // when nobody is disturbed
	Remind   time.Duration // so long before the deadline comes a reminder; 0: none
	Expiring time.Duration // and the last one
	Merge    time.Duration // a message waits so long for others to the same person
	ADay     int           // messages that one person gets in 24 hours at most
	Contacts time.Duration // a contact is kept so long after its parcel has ended

	Now func() time.Time // nil: time.Now
	Log *slog.Logger
}

// Usual is what an operator gets who says nothing.
func Usual() Config {
	return Config{
		Quiet: Quiet{21, 8}, Remind: 24 * time.Hour, Expiring: 3 * time.Hour, Merge: 10 * time.Minute, ADay: 3,
	}
}

// A Notifier is made by New.
type Notifier struct {
	cfg   Config
	db    *db.Database
	words *templates
	vault *vault
	wake  chan struct{}
	log   *slog.Logger
	send  map[string]channel // by its name
}

// The channels, as the tables name them.
const (
	byEmail = "email"
	bySMS   = "sms"
)

// Check reports all that is wrong with the configuration, the templates and the key files.
func (c Config) Check() error {
	c.Key = make([]byte, 32)
	_, err := New(nil, c)
	return err
}

// New checks the configuration and the templates, and reports all that is wrong. The
// database has been opened with Schema.
func New(d *db.Database, cfg Config) (*Notifier, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	n := &Notifier{cfg: cfg, db: d, wake: make(chan struct{}, 1), log: cfg.Log, send: map[string]channel{}}
	var errs []error
	var err error
	if n.vault, err = newVault(cfg.Key); err != nil {
		errs = append(errs, err)
	}
	if n.words, err = loadTemplates(cfg.Templates, cfg.Languages); err != nil {
		errs = append(errs, err)
	}
	if cfg.Email != nil {
		mailer, err := newMailer(*cfg.Email, cfg.Now)
		if err != nil {
			errs = append(errs, fmt.Errorf("e-mail: %w", err))
		}
		n.send[byEmail] = mailer
	}
	if cfg.SMS != nil {
		texter, err := newTexter(*cfg.SMS)
		if err != nil {
			errs = append(errs, fmt.Errorf("SMS: %w", err))
		}
		n.send[bySMS] = texter
	}
	return n, errors.Join(errs...)
}

// Wake has Run look for what is due. Call it after a commit with Hear in it.
func (n *Notifier) Wake() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// Quiet are the hours of a day in which nobody is disturbed, in the station's zone: from
// From to To, over midnight when To is less. Both the same: there are none.
type Quiet struct{ From, To int }

// end is when the quiet hours end that t lies in; t itself outside of them.
func (q Quiet) end(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	h := local.Hour()
	inside := q.From <= h && h < q.To
	if q.From > q.To {
		inside = h >= q.From || h < q.To
	}
	if q.From == q.To || !inside {
		return t
	}
	day := local.Day()
	if h >= q.To {
		day++
	}
	return time.Date(local.Year(), local.Month(), day, q.To, 0, 0, 0, zone)
}
