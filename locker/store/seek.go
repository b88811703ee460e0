package store

import (
	"context"
	"strings"

	"cubby/locker/parcel"
)

// Seek finds parcels by an order, or by the last characters of an id, of any of its labels or
// of an order, written in either case: those that are not over yet first, the newest first.
// Parcels that were collected are found by their whole order only: there may be a
// million of them. most bounds how many there are.
func (s *Store) Seek(ctx context.Context, text string, most int) ([]parcel.Parcel, error) {
	text = strings.TrimSpace(text)
	if len(text) < 3 { // it would mean anything
		return nil, nil
	}
	end := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
	return docs[parcel.Parcel](ctx, s, "parcels", `SELECT id, doc, sum FROM (
		SELECT id, doc, sum, state FROM parcels WHERE state <> 'collected' AND (id LIKE ?1 ESCAPE '\' OR
			label_key LIKE ?1 ESCAPE '\' OR doc->>'label' LIKE ?1 ESCAPE '\' OR order_id LIKE ?1 ESCAPE '\' OR
			EXISTS (SELECT 1 FROM json_each(doc, '$.labels') WHERE value LIKE ?1 ESCAPE '\'))
		UNION SELECT id, doc, sum, state FROM parcels WHERE order_id = ?2 AND order_id <> '')
		ORDER BY state IN ('collected', 'cancelled'), doc->>'announced_at' DESC LIMIT ?3`, end, text, most)
}
