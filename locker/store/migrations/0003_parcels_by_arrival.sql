-- Parcels are kept in the order of their arrival. In a table without row ids a
-- new parcel goes between others and splits pages of whole documents; now only
-- the small entries of the indexes are put in order.
CREATE TABLE parcels_by_arrival (
  id        TEXT PRIMARY KEY,
  state     TEXT NOT NULL,
  label_key TEXT NOT NULL,
  order_id  TEXT NOT NULL,
  doc       TEXT NOT NULL
) STRICT;
INSERT INTO parcels_by_arrival(id, state, label_key, order_id, doc)
  SELECT id, state, label_key, order_id, doc FROM parcels ORDER BY id;
DROP TABLE parcels;
ALTER TABLE parcels_by_arrival RENAME TO parcels;
CREATE INDEX parcels_label ON parcels(label_key) WHERE label_key <> id;
CREATE INDEX parcels_order ON parcels(order_id, id) WHERE order_id <> '';
CREATE INDEX parcels_state ON parcels(state, id) WHERE state <> 'collected';
