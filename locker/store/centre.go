package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"cubby/locker/centre"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

// Outstanding counts the published events behind a sequence, up to most, and says when the
// first of them happened.
func (s *Store) Outstanding(ctx context.Context, after int64, most int) (count int,
	oldest time.Time, err error) {
	if after >= s.published.Load() {
		return 0, oldest, nil
	}
	if err = s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM events "+
		"WHERE seq > ? AND published = 1 LIMIT ?)", after, most).Scan(&count); err != nil || count == 0 {
		return 0, oldest, err
	}
	var at string
	if err = s.read.QueryRowContext(ctx, "SELECT ce->>'time' FROM events WHERE seq > ? AND published = 1 "+
		"ORDER BY seq LIMIT 1", after).Scan(&at); err != nil {
		return 0, oldest, err
	}
	oldest, err = time.Parse(time.RFC3339, at)
	return count, oldest, err
}

// Acknowledged is the sequence a consumer has everything up to, 0 for one that is none.
func (s *Store) Acknowledged(ctx context.Context, consumer string) (seq int64, err error) {
	var doc string
	var sum []byte
	err = s.read.QueryRowContext(ctx, "SELECT doc, sum FROM consumers WHERE name = ?",
		consumer).Scan(&doc, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err == nil {
		err = s.sound("consumers", sum, consumer, doc)
	}
	var c people.Consumer
	if err == nil {
		err = json.Unmarshal([]byte(doc), &c)
	}
	return c.Acknowledged, err
}

// Revisions lists what is taken in of the centre.
func (s *Store) Revisions(ctx context.Context) ([]centre.Revision, error) {
	return docs[centre.Revision](ctx, s, "centre_revisions",
		"SELECT thing, doc, sum FROM centre_revisions ORDER BY thing")
}

// Held lists the parcels that are behind doors or at the counter, and the sequence of the
// newest published event they follow from.
func (s *Store) Held(ctx context.Context) (all []parcel.Parcel, through int64, err error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if err = tx.QueryRowContext(ctx,
		"SELECT coalesce((SELECT seq FROM events WHERE published = 1 ORDER BY seq DESC LIMIT 1), 0)").
		Scan(&through); err != nil {
		return nil, 0, err
	}
	rows, err := tx.QueryContext(ctx, "SELECT id, doc, sum FROM parcels "+
		"WHERE state <> 'collected' AND (coalesce(doc->>'compartment', '') <> '' OR state = 'counter_held')")
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, doc string
		var sum []byte
		var p parcel.Parcel
		if err = rows.Scan(&id, &doc, &sum); err == nil {
			err = s.sound("parcels", sum, id, doc)
		}
		if err == nil {
			err = json.Unmarshal([]byte(doc), &p)
		}
		if err != nil {
			return nil, 0, err
		}
		all = append(all, p)
	}
	return all, through, rows.Err()
}
