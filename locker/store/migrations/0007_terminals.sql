-- Each terminal has a visit of its own. Until now there was one, at the kiosk.
CREATE TABLE visits (terminal TEXT PRIMARY KEY, doc TEXT NOT NULL, sum BLOB) STRICT, WITHOUT ROWID;
INSERT INTO visits(terminal, doc, sum) SELECT 'kiosk', doc, row_sum('visits', 'kiosk', doc) FROM singles WHERE name = 'visit';
DELETE FROM singles WHERE name = 'visit';
