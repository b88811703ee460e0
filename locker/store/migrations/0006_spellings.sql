-- Parcels may have several labels, and a label may stand for more than one number.
-- The key of a parcel's first label is in its own row; this table has the others.
CREATE TABLE spellings (
  key    TEXT NOT NULL,
  parcel TEXT NOT NULL,
  own    INTEGER NOT NULL,  -- 1: the key of a further label; 0: of what a label may stand for
  PRIMARY KEY (key, parcel)
) STRICT, WITHOUT ROWID;
CREATE INDEX spellings_parcel ON spellings(parcel);
-- Carriers' forms are known now that were not when these keys were made.
UPDATE parcels SET label_key = label_key(doc->>'label') WHERE label_key <> label_key(doc->>'label');
INSERT INTO spellings(key, parcel, own)
  SELECT DISTINCT n.value, p.id, 0 FROM parcels p, json_each(label_numbers(p.doc->>'label')) n;
