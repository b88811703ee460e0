-- The log is the truth; every other table is a projection of it, except
-- recipients (personal data, erasable) and codes (clear codes, erased once told).

CREATE TABLE events (
  seq      INTEGER PRIMARY KEY,           -- gap-free, begins at 1
  told     INTEGER NOT NULL,              -- 1: appears in the change feed
  ce       TEXT    NOT NULL,              -- the event as CloudEvents JSON
  private  TEXT    NOT NULL DEFAULT '',   -- the part of it that is not told
  mono     INTEGER NOT NULL,              -- nanoseconds since the machine's boot
  hash     BLOB    NOT NULL               -- SHA-256 over the hash before it and this row
) STRICT;

CREATE TABLE parcels (
  id       TEXT PRIMARY KEY,
  state    TEXT NOT NULL,
  label    TEXT NOT NULL,
  order_id TEXT NOT NULL,
  doc      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX parcels_label ON parcels(label) WHERE label <> id; -- most carriers' labels are not our ids
CREATE INDEX parcels_order ON parcels(order_id, id) WHERE order_id <> '';
CREATE INDEX parcels_state ON parcels(state, id) WHERE state <> 'collected';

CREATE TABLE recipients (
  parcel TEXT PRIMARY KEY,
  doc    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credentials (
  hash   TEXT PRIMARY KEY,
  kind   TEXT NOT NULL,
  parcel TEXT NOT NULL,
  state  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX credentials_parcel ON credentials(parcel);

CREATE TABLE codes (
  seq    INTEGER PRIMARY KEY,   -- of the event that tells the code
  parcel TEXT NOT NULL,
  sealed BLOB NOT NULL          -- sealed with the station's key
) STRICT;

CREATE TABLE compartments (number TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE openings (
  id          TEXT PRIMARY KEY,
  compartment TEXT NOT NULL,
  under_way   INTEGER NOT NULL,
  since       INTEGER NOT NULL,  -- Unix nanoseconds
  doc         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX openings_compartment ON openings(compartment, since);

CREATE TABLE couriers (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE keys (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- One-of-a-kind values: epoch, station, visit, guard.
CREATE TABLE singles (name TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT, WITHOUT ROWID;
