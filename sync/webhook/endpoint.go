package webhook

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"cubby/locker/ledger"
	"cubby/sync/db"
)

// Limits of endpoints.
const (
	MostEndpoints = 50
	mostFilters   = 50
	mostURL       = 500
)

// Overlap is for how long an event is signed with the secret before as well, after a
// secret was exchanged: the receiver takes over the new one within that time.
const Overlap = 24 * time.Hour

// An Endpoint is where events are posted.
type Endpoint struct {
	ID  string
	URL string
	// Filters are types of events: "parcel.stored", or "parcel.*" for all that begin so.
	// Empty: all events.
	Filters  []string
	Created  time.Time
	Disabled string // why nothing is posted any more; empty: it is
}

// Wants reports whether an endpoint gets events of a type.
func (e Endpoint) Wants(kind string) bool {
	return len(e.Filters) == 0 || slices.ContainsFunc(e.Filters, func(f string) bool {
		before, all := strings.CutSuffix(f, "*")
		return f == kind || all && strings.HasPrefix(kind, before)
	})
}

// secrets are those an endpoint's events are signed with, the newest first.
type secrets struct {
	Now    string    `json:"now"`
	Before string    `json:"before,omitempty"`
	Until  time.Time `json:"until,omitzero"` // of Before
}

func (s secrets) at(now time.Time) []string {
	if s.Before != "" && now.Before(s.Until) {
		return []string{s.Now, s.Before}
	}
	return []string{s.Now}
}

// Schema are the tables.
var Schema = db.Schema{Part: "webhook", Steps: []string{
	`CREATE TABLE webhook_endpoints (
		id TEXT PRIMARY KEY,
		url TEXT NOT NULL,
		filters TEXT NOT NULL,
		sealed {blob} NOT NULL,
		created BIGINT NOT NULL,
		disabled TEXT NOT NULL DEFAULT '')`,
	`CREATE TABLE webhook_deliveries (
		n BIGINT PRIMARY KEY,
		endpoint TEXT NOT NULL,
		event TEXT NOT NULL,
		type TEXT NOT NULL,
		subject TEXT NOT NULL,
		sealed {blob},
		state TEXT NOT NULL,
		attempts BIGINT NOT NULL DEFAULT 0,
		due BIGINT NOT NULL,
		created BIGINT NOT NULL,
		ended BIGINT NOT NULL DEFAULT 0,
		status BIGINT NOT NULL DEFAULT 0,
		detail TEXT NOT NULL DEFAULT '')`,
	"CREATE UNIQUE INDEX webhook_deliveries_once ON webhook_deliveries (endpoint, event)",
	"CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, due)",
	"CREATE INDEX webhook_deliveries_order ON webhook_deliveries (endpoint, subject, state, n)",
	"CREATE INDEX webhook_deliveries_turn ON webhook_deliveries (endpoint, state, due)",
}}

// A Vault seals what is kept of secrets and bodies.
type Vault interface {
	Seal(text []byte) []byte
	Unseal(sealed []byte) ([]byte, error)
}

func refuse(code ledger.Code, slug, member, format string, args ...any) error {
	return ledger.Refuse(code, slug, format, args...).At(member)
}

// right refuses what is no endpoint.
func (s *Sender) right(address string, filters []string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > mostURL || u.Host == "" || u.User != nil || u.Fragment != "" ||
		u.Scheme != "https" && (u.Scheme != "http" || !s.cfg.AllowPrivate) {
		return refuse(ledger.Invalid, "url", "/url",
			"give an https:// address of at most %d characters, without a password; http:// and private "+
				"networks are only for where the configuration allows them", mostURL)
	}
	if len(filters) > mostFilters {
		return refuse(ledger.Invalid, "filters", "/filters", "at most %d filters", mostFilters)
	}
	for i, f := range filters {
		if f == "" || len(f) > 64 || strings.Trim(f, "abcdefghijklmnopqrstuvwxyz_.*") != "" ||
			strings.Contains(strings.TrimSuffix(f, "*"), "*") {
			return refuse(ledger.Invalid, "filters", fmt.Sprintf("/filters/%d", i),
				"a filter is a type of event, or the beginning of some with * behind it: parcel.*")
		}
		one := Endpoint{Filters: filters[i : i+1]}
		if len(s.cfg.Types) > 0 && !slices.ContainsFunc(s.cfg.Types, one.Wants) {
			return refuse(ledger.Invalid, "filters", fmt.Sprintf("/filters/%d", i),
				"no event has a type like %s; the types are in the contract, such as parcel.stored", f)
		}
	}
	return nil
}

// Add makes an endpoint. An empty secret has one made; it is told here and never again.
func (s *Sender) Add(tx *db.Tx, address string, filters []string, secret string) (e Endpoint,
	_ string, err error) {
	if err := s.right(address, filters); err != nil {
		return e, "", err
	}
	if secret == "" {
		secret = NewSecret()
	} else if _, err := readSecret(secret); err != nil {
		return e, "", refuse(ledger.Invalid, "secret", "/secret", "%s", err)
	}
	var count int
	if err := tx.QueryRow("SELECT count(*) FROM webhook_endpoints").Scan(&count); err != nil {
		return e, "", err
	}
	if count >= MostEndpoints {
		return e, "", refuse(ledger.Conflict, "too-many-endpoints", "",
			"there are %d endpoints; remove one first", count)
	}
	e = Endpoint{ID: uuid.NewString(), URL: address, Filters: filters, Created: time.Now().UTC()}
	text, err := json.Marshal(filters)
	if err != nil {
		return e, "", err
	}
	sealed, err := s.sealSecrets(secrets{Now: secret})
	if err != nil {
		return e, "", err
	}
	_, err = tx.Exec("INSERT INTO webhook_endpoints (id, url, filters, sealed, created) VALUES (?, "+
		"?, ?, ?, ?)",
		e.ID, e.URL, string(text), sealed, e.Created.UnixMilli())
	return e, secret, err
}

func (s *Sender) sealSecrets(of secrets) ([]byte, error) {
	text, err := json.Marshal(of)
	return s.cfg.Vault.Seal(text), err
}

// Rotate gives an endpoint another secret. That before signs beside it for Overlap.
func (s *Sender) Rotate(tx *db.Tx, id string) (secret string, err error) {
	e, sealed, err := s.endpoint(tx, id)
	if err != nil {
		return "", err
	}
	fresh := secrets{Now: NewSecret()}
	now, err := s.unsealSecrets(sealed)
	if err == nil {
		fresh.Before, fresh.Until = now.Now, time.Now().Add(Overlap).UTC()
	} else if !errors.Is(err, errSealed) { // of another key: nobody has that before any more
		return "", err
	}
	secret = fresh.Now
	sealed, err = s.sealSecrets(fresh)
	if err != nil {
		return "", err
	}
	_, err = tx.Exec("UPDATE webhook_endpoints SET sealed = ? WHERE id = ?", sealed, e.ID)
	return secret, err
}

// Remove ends an endpoint with all that waits for it.
func (s *Sender) Remove(tx *db.Tx, id string) error {
	if _, _, err := s.endpoint(tx, id); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM webhook_deliveries WHERE endpoint = ?", "DELETE FROM webhook_endpoints WHERE id = ?",
	} {
		if _, err := tx.Exec(query, id); err != nil {
			return err
		}
	}
	return nil
}

// A Change says what of an endpoint becomes different; nil stays.
type Change struct {
	URL     *string
	Filters *[]string
	Enabled *bool
}

// switchedOff is why an endpoint is disabled that somebody has disabled.
const switchedOff = "it was switched off"

// Change changes an endpoint. While it is disabled nothing is kept for it; what waited
// before is posted when it is enabled again.
func (s *Sender) Change(tx *db.Tx, id string, c Change) (e Endpoint, err error) {
	if e, _, err = s.endpoint(tx, id); err != nil {
		return e, err
	}
	if c.URL != nil {
		e.URL = *c.URL
	}
	if c.Filters != nil {
		e.Filters = *c.Filters
	}
	switch {
	case c.Enabled == nil:
	case *c.Enabled:
		e.Disabled = ""
	case e.Disabled == "":
		e.Disabled = switchedOff
	}
	if err := s.right(e.URL, e.Filters); err != nil {
		return e, err
	}
	filters, err := json.Marshal(e.Filters)
	if err != nil {
		return e, err
	}
	_, err = tx.Exec("UPDATE webhook_endpoints SET url = ?, filters = ?, disabled = ? WHERE id = ?", e.URL,
		string(filters), e.Disabled, id)
	return e, err
}

type queries interface {
	Query(query string, args ...any) (*sql.Rows, error)
	QueryRow(query string, args ...any) *sql.Row
}

var errSealed = errors.New("it was sealed with another key: is this the right key file?")

func (s *Sender) unsealSecrets(sealed []byte) (of secrets, err error) {
	text, err := s.cfg.Vault.Unseal(sealed)
	if err != nil {
		return of, errSealed
	}
	return of, json.Unmarshal(text, &of)
}

// endpoint reads one, with its sealed secrets.
func (s *Sender) endpoint(tx queries, id string) (e Endpoint, sealed []byte, err error) {
	var filters string
	var created int64
	err = tx.QueryRow("SELECT id, url, filters, sealed, created, disabled FROM webhook_endpoints "+
		"WHERE id = ?", id).
		Scan(&e.ID, &e.URL, &filters, &sealed, &created, &e.Disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return e, nil, ledger.Refuse(ledger.NotFound, "no-such-endpoint",
			"there is no endpoint with this id here")
	}
	if err == nil {
		err = json.Unmarshal([]byte(filters), &e.Filters)
	}
	e.Created = time.UnixMilli(created).UTC()
	return e, sealed, err
}

// endpoints lists all, the oldest first.
func endpoints(rows *sql.Rows, err error) (all []Endpoint, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Endpoint
		var filters string
		var created int64
		if err := rows.Scan(&e.ID, &e.URL, &filters, &created, &e.Disabled); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(filters), &e.Filters); err != nil {
			return nil, err
		}
		e.Created = time.UnixMilli(created).UTC()
		all = append(all, e)
	}
	return all, rows.Err()
}

const allEndpoints = "SELECT id, url, filters, created, disabled FROM webhook_endpoints ORDER BY created, id"
