-- Every row that decides something bears a sum that is keyed with the station's key:
-- a row that was altered by anything but this program is found when it is read. The
-- events have their chain, the codes are sealed, the lives bear marks.
ALTER TABLE parcels      ADD COLUMN sum BLOB;
ALTER TABLE recipients   ADD COLUMN sum BLOB;
ALTER TABLE credentials  ADD COLUMN sum BLOB;
ALTER TABLE compartments ADD COLUMN sum BLOB;
ALTER TABLE openings     ADD COLUMN sum BLOB;
ALTER TABLE couriers     ADD COLUMN sum BLOB;
ALTER TABLE keys         ADD COLUMN sum BLOB;
ALTER TABLE singles      ADD COLUMN sum BLOB;
UPDATE parcels      SET sum = row_sum('parcels', id, doc);
UPDATE recipients   SET sum = row_sum('recipients', parcel, doc);
UPDATE credentials  SET sum = row_sum('credentials', hash, kind, parcel, state);
UPDATE compartments SET sum = row_sum('compartments', number, doc);
UPDATE openings     SET sum = row_sum('openings', id, doc);
UPDATE couriers     SET sum = row_sum('couriers', id, doc);
UPDATE keys         SET sum = row_sum('keys', name, doc);
UPDATE singles      SET sum = row_sum('singles', name, doc);
