package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/wall"
)

// Parcel reads a committed parcel and its recipient (nil when none is kept).
// Safe for concurrent use, like all readers of this file.
func (s *Store) Parcel(ctx context.Context, id string) (p parcel.Parcel, r *parcel.Recipient, err error) {
	var doc string
	var sum, personalSum []byte
	var personal sql.NullString
	err = s.read.QueryRowContext(ctx,
		"SELECT p.doc, p.sum, r.doc, r.sum FROM parcels p LEFT JOIN recipients r ON r.parcel=p.id "+
			"WHERE p.id=?", id).
		Scan(&doc, &sum, &personal, &personalSum)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil, ledger.Refuse(ledger.NotFound, "no-such-parcel",
			"there is no parcel with this id here")
	}
	if err == nil {
		err = s.sound("parcels", sum, id, doc)
	}
	if err == nil {
		err = json.Unmarshal([]byte(doc), &p)
	}
	if err == nil && personal.Valid {
		err = s.sound("recipients", personalSum, id, personal.String)
	}
	if err == nil && personal.Valid {
		r = new(parcel.Recipient)
		err = json.Unmarshal([]byte(personal.String), r)
	}
	return p, r, err
}

// Parcels reads a page of parcels in the order of their ids. next is empty on
// the last page.
func (s *Store) Parcels(ctx context.Context, f parcel.Filter) (page []parcel.Parcel, next string, err error) {
	limit := min(max(f.Limit, 1), 100)
	query, args := parcelList(f, limit+1)
	page, err = docs[parcel.Parcel](ctx, s, "parcels", query, args...)
	if len(page) > limit {
		page = page[:limit]
		next = page[limit-1].ID
	}
	return page, next, err
}

// parcelList asks for at most n parcels that pass the filter.
func parcelList(f parcel.Filter, n int) (query string, args []any) {
	where, args := []string{"id > ?"}, []any{f.After}
	for _, c := range []struct{ column, value string }{{"state", string(f.State)}, {"order_id", f.OrderID}} {
		if c.value != "" {
			where, args = append(where, c.column+" = ?"), append(args, c.value)
		}
	}
	if f.Label != "" {
		one, keys := whereLabel(f.Label)
		where, args = append(where, one), append(args, keys...)
	}
	if f.State != "" && f.State != parcel.Collected {
		where = append(where, "state <> 'collected'") // lets the partial index serve
	}
	if f.OrderID != "" {
		where = append(where, "order_id <> ''") // likewise
	}
	return fmt.Sprintf("SELECT id, doc, sum FROM parcels WHERE %s ORDER BY id LIMIT %d",
		strings.Join(where, " AND "), n), args
}

// docs reads rows that are a key, a document and their sum.
func docs[T any](ctx context.Context, s *Store, table, query string, args ...any) (all []T, err error) {
	err = eachDoc(ctx, s, table, query, func(v T) { all = append(all, v) }, args...)
	return all, err
}

// eachDoc reads rows of a table one after the other.
func eachDoc[T any](ctx context.Context, s *Store, table, query string, use func(T), args ...any) error {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var doc, sum sql.RawBytes
		var v T
		if err := rows.Scan(&key, &doc, &sum); err != nil {
			return err
		}
		if err := s.sound(table, sum, key, string(doc)); err != nil {
			return err
		}
		if err := json.Unmarshal(doc, &v); err != nil {
			return err
		}
		use(v)
	}
	return rows.Err()
}

// queryPage gives a whole page of the feed as one row: the joining is done
// inside SQLite, which spares a crossing of the driver for each event. The rows
// come in the order of the subquery.
const queryPage = `SELECT count(*), coalesce(max(seq), 0), group_concat(ce, ',')
	FROM (SELECT seq, ce FROM events WHERE seq > ? AND seq <= ? AND published = 1 ORDER BY seq LIMIT ?)`

const queryPageWithCodes = `SELECT e.seq, e.ce, c.parcel, c.sealed FROM events e LEFT JOIN codes c ON c.seq = e.seq
	WHERE e.seq > ? AND e.seq <= ? AND e.published = 1 ORDER BY e.seq LIMIT ?`

// Feed reads the published events after a position. With codes, clear codes that
// still wait are joined into the data of their events.
//
// SQLite shows a commit before the writer has counted its codes. The end of the
// feed is therefore read first and bounds the page: the codes of all up to there
// have been counted.
func (s *Store) Feed(ctx context.Context, after int64, limit int, withCodes bool) (ledger.FeedPage, error) {
	page := ledger.FeedPage{Last: after}
	end := s.published.Load()
	if after >= end {
		return page, nil
	}
	if withCodes && s.codes.Load() > 0 {
		return s.feedWithCodes(ctx, after, end, limit)
	}
	rows, err := s.pageOf.QueryContext(ctx, after, end, limit)
	if err != nil {
		return page, err
	}
	var events sql.RawBytes
	defer rows.Close()
	if !rows.Next() {
		return page, rows.Err()
	}
	var last int64
	if err := rows.Scan(&page.Count, &last, &events); err != nil {
		return page, err
	}
	if page.Count > 0 {
		page.Last = last
		page.Events = append(make([]byte, 0, len(events)), events...)
	}
	// Raw bytes hold a lock of the rows until they are closed, for which Err would
	// wait for ever if the caller left in this moment (database/sql of Go 1.26).
	if err := rows.Close(); err != nil {
		return page, err
	}
	return page, rows.Err()
}

func (s *Store) feedWithCodes(ctx context.Context, after, end int64, limit int) (ledger.FeedPage, error) {
	page := ledger.FeedPage{Last: after}
	rows, err := s.pageWithCodes.QueryContext(ctx, after, end, limit)
	if err != nil {
		return page, err
	}
	defer rows.Close()
	for rows.Next() {
		var ce string
		var parcel sql.NullString
		var sealed []byte
		if err := rows.Scan(&page.Last, &ce, &parcel, &sealed); err != nil {
			return page, err
		}
		if parcel.Valid {
			if ce, err = s.joinCode(ce, parcel.String, sealed); err != nil {
				return page, err
			}
		}
		if page.Count > 0 {
			page.Events = append(page.Events, ',')
		}
		page.Events = append(page.Events, ce...)
		page.Count++
	}
	return page, rows.Err()
}

// joinCode puts code and PIN into the data of an event. Inside JSON strings a
// quote is escaped, so the text below cannot occur before the real one.
func (s *Store) joinCode(ce, parcel string, sealed []byte) (string, error) {
	clear, err := s.sealer.Unseal(parcel, sealed)
	if err != nil {
		return "", fmt.Errorf("unseal the code of parcel %s: %w (is this the station's own key file?)",
			parcel, err)
	}
	code, pin, _ := strings.Cut(clear, " ")
	pin, rotating, _ := strings.Cut(pin, " ")
	const from = `,"data":{`
	before, after, ok := strings.Cut(ce, from)
	if !ok {
		return "", fmt.Errorf("the event of parcel %s has no data", parcel)
	}
	if rotating != "" {
		rotating = `"rotating_secret":"` + rotating + `",`
	}
	return fmt.Sprintf(`%s%s"code":"%s","pin":"%s",%s%s`, before, from, code, pin, rotating, after), nil
}

// FeedHead is the position after the last published event.
func (s *Store) FeedHead() int64 { return s.published.Load() }

// FeedChanged returns a channel that is closed when the feed grows.
func (s *Store) FeedChanged() <-chan struct{} { return s.feed.wait() }

// CodesWaiting is the number of clear codes nobody has acknowledged.
func (s *Store) CodesWaiting() int64 { return s.codes.Load() }

// EndedWithRecipient lists parcels that are not behind a door any more and of whose
// recipients something is kept; where there are many, those that were longest ago.
func (s *Store) EndedWithRecipient(ctx context.Context) (ids []string, err error) {
	return s.texts(ctx, `SELECT * FROM (
			SELECT p.id FROM recipients r JOIN parcels p ON p.id = r.parcel
			WHERE p.state IN ('collected', 'cancelled', 'missing', 'redirected', 'returned')
			ORDER BY julianday(p.doc->>'ended_at') LIMIT 1000)
		UNION ALL SELECT * FROM (
			SELECT p.id FROM recipients r JOIN parcels p ON p.id = r.parcel
			WHERE p.state = 'counter_held'
			ORDER BY julianday(coalesce(p.doc->>'counter_at', p.doc->>'deadline')) LIMIT 1000)`)
}

// EndedWithCodes lists parcels that had ended here at a time and of which codes are kept
// that open nothing any more, at most 1000.
func (s *Store) EndedWithCodes(ctx context.Context, before time.Time) (ids []string, err error) {
	return s.texts(ctx, `SELECT DISTINCT p.id FROM credentials c CROSS JOIN parcels p ON p.id = c.parcel
		WHERE c.state <> 'live' AND c.kind <> 'token'
			AND p.state IN ('collected', 'cancelled', 'missing', 'redirected', 'returned')
			AND julianday(p.doc->>'ended_at') < julianday(?1) LIMIT 1000`, before.UTC().Format(time.RFC3339))
}

// KeyByHash finds the key whose token has this SHA-256.
func (s *Store) KeyByHash(ctx context.Context, hash [32]byte) (k people.Key, old, ok bool, err error) {
	text := hex.EncodeToString(hash[:])
	all, err := docs[people.KeyRecord](ctx, s, "keys",
		"SELECT name, doc, sum FROM keys WHERE sha256=?1 OR doc->>'old_sha256'=?1", text)
	if err != nil || len(all) == 0 {
		return k, false, false, err
	}
	if all[0].SHA256 != text && all[0].Old != text {
		return k, false, false, Damage{fmt.Sprintf("key %q is kept under another hash than its own",
			all[0].Name)}
	}
	return all[0].Key, all[0].SHA256 != text, true, nil
}

// Keys lists all API keys by name, revoked ones included.
func (s *Store) Keys(ctx context.Context) ([]people.Key, error) {
	records, err := docs[people.KeyRecord](ctx, s, "keys", "SELECT name, doc, sum FROM keys ORDER BY name")
	all := make([]people.Key, len(records))
	for i, r := range records {
		all[i] = r.Key
	}
	return all, err
}

// Couriers lists all couriers, removed ones included, oldest first.
func (s *Store) Couriers(ctx context.Context) ([]people.Courier, error) {
	records, err := docs[people.CourierRecord](ctx, s, "couriers",
		"SELECT id, doc, sum FROM couriers ORDER BY doc->>'created', id")
	all := make([]people.Courier, len(records))
	for i, r := range records {
		all[i] = r.Courier
	}
	return all, err
}

// Staff lists all accounts of the staff, removed ones included, oldest first.
func (s *Store) Staff(ctx context.Context) ([]people.Employee, error) {
	records, err := docs[people.EmployeeRecord](ctx, s, "staff",
		"SELECT id, doc, sum FROM staff ORDER BY doc->>'created', id")
	all := make([]people.Employee, len(records))
	for i, r := range records {
		all[i] = r.Employee
	}
	return all, err
}

// EmployeeWith finds whose badge, card or PIN this is; nobody's who was removed.
func (s *Store) EmployeeWith(ctx context.Context, hash string) (people.Employee, bool, error) {
	all, err := docs[people.EmployeeRecord](ctx, s, "staff", `SELECT id, doc, sum FROM staff
		WHERE NOT doc->>'removed' AND ? IN (doc->>'badge_hash', doc->>'pin_hash', doc->>'card_hash')`, hash)
	if err != nil || len(all) == 0 || hash == "" {
		return people.Employee{}, false, err
	}
	return all[0].Employee, true, nil
}

// Driven tells when doors were last ordered to open, by compartment, oldest
// first, since a time. An order whose pulse is not known counts.
func (s *Store) Driven(ctx context.Context, since time.Time) (map[string][]time.Time, error) {
	all, err := docs[wall.Opening](ctx, s, "openings",
		"SELECT id, doc, sum FROM openings WHERE since >= ? ORDER BY since", since.UnixNano())
	driven := map[string][]time.Time{}
	for _, o := range all {
		if !o.At.Before(since) {
			driven[o.Compartment] = append(driven[o.Compartment], o.At)
		}
	}
	if err == nil {
		err = s.commissioned(ctx, since, driven)
	}
	for _, times := range driven {
		slices.SortFunc(times, time.Time.Compare)
	}
	return driven, err
}

// commissioned adds the pulses given while the site was commissioned. They are
// at the end of the log when a station starts after that.
func (s *Store) commissioned(ctx context.Context, since time.Time, driven map[string][]time.Time) error {
	const lately = 200 // events
	rows, err := s.read.QueryContext(ctx, `SELECT ce->>'time', ce->'data'->>'compartment'
		FROM (SELECT ce FROM events ORDER BY seq DESC LIMIT ?)
		WHERE ce->>'type' = 'lock.driven' AND ce->'data'->>'compartment' <> ''`, lately)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at, number string
		if err := rows.Scan(&at, &number); err != nil {
			return err
		}
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return err
		}
		if !when.Before(since) {
			driven[number] = append(driven[number], when)
		}
	}
	return rows.Err()
}
