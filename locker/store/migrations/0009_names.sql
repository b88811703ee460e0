-- Plain names: what the change feed shows is published, and what one opening of the
-- database has appended is an incarnation of the log.
ALTER TABLE events RENAME COLUMN told TO published;
ALTER TABLE lives RENAME COLUMN mark TO id;
ALTER TABLE lives RENAME TO incarnations;
