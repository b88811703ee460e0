-- Consumers of the feed: keys whose clients pass the clear codes on. A code is erased
-- when all of them have acknowledged it. Until now the first of them erased it for all,
-- so that each has every code that does not wait any more.
CREATE TABLE consumers (name TEXT PRIMARY KEY, doc TEXT NOT NULL, sum BLOB) STRICT, WITHOUT ROWID;
INSERT INTO consumers(name, doc)
  SELECT name, json_object('name', name, 'acknowledged',
    coalesce((SELECT min(seq) - 1 FROM codes), (SELECT max(seq) FROM events), 0))
  FROM keys WHERE NOT doc->>'revoked'
    AND EXISTS (SELECT 1 FROM json_each(keys.doc, '$.scopes') WHERE value = 'events:read')
    AND EXISTS (SELECT 1 FROM json_each(keys.doc, '$.scopes') WHERE value = 'codes:read');
UPDATE consumers SET sum = row_sum('consumers', name, doc);
