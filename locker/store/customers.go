package store

import (
	"context"
	"database/sql"
	"encoding/json"

	"cubby/locker/customers"
	"cubby/locker/parcel"
)

// Customer reads a committed record. Safe for concurrent use, like all readers of this file.
func (s *Store) Customer(ctx context.Context, id string) (r customers.Record, err error) {
	all, err := docs[customers.Customer](ctx, s, "customers", "SELECT id, doc, sum FROM customers WHERE id = ?",
		id)
	if err != nil {
		return r, err
	}
	if len(all) == 0 {
		return r, customers.NoSuchCustomer()
	}
	r.Customer = all[0]
	persons, err := docs[customers.Person](ctx, s, "customer_persons",
		"SELECT id, doc, sum FROM customer_persons WHERE id = ?", id)
	if len(persons) > 0 {
		r.Person = persons[0]
	}
	return r, err
}

// CustomerBy reads the record with one of the keys of a contact. It reads all rows, of
// which a station has some thousands.
func (s *Store) CustomerBy(ctx context.Context, k customers.Keys) (customers.Record, error) {
	persons, err := docs[customers.Person](ctx, s,
		"customer_persons", "SELECT id, doc, sum FROM customer_persons "+
			"WHERE doc->>'email_key' = nullif(?, '') OR doc->>'phone_key' = nullif(?, '') LIMIT 1", k.Email, k.Phone)
	if err != nil {
		return customers.Record{}, err
	}
	if len(persons) == 0 {
		return customers.Record{}, customers.NoSuchCustomer()
	}
	return s.Customer(ctx, persons[0].ID)
}

// RecipientsWho reads the ids of the parcels whose recipients are somebody, at most a
// thousand of them. It reads all recipients that are kept.
func (s *Store) RecipientsWho(ctx context.Context, is func(parcel.Recipient) bool) (ids []string, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT parcel, doc, sum FROM recipients ORDER BY parcel")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() && len(ids) < 1000 {
		var id string
		var doc, sum sql.RawBytes
		var r parcel.Recipient
		if err := rows.Scan(&id, &doc, &sum); err != nil {
			return nil, err
		}
		if err := s.sound("recipients", sum, id, string(doc)); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			return nil, err
		}
		if is(r) {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

// Neighbours reads the agreements that a customer is part of. One who is not here is refused.
func (s *Store) Neighbours(ctx context.Context, id string) ([]customers.Neighbour, error) {
	if _, err := s.Customer(ctx, id); err != nil {
		return nil, err
	}
	return docs[customers.Neighbour](ctx, s, "neighbours", "SELECT id, doc, sum FROM neighbours "+
		"WHERE ?1 IN (doc->>'of', doc->>'by') ORDER BY doc->>'since', id", id)
}
