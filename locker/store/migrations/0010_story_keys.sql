-- Where the log tells of a parcel or a door. It follows from the log, decides nothing and
-- may be emptied at any time: it is filled again beside the service (see Store.Index).
CREATE TABLE story_keys (key TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (key, seq)) STRICT, WITHOUT ROWID;
CREATE TABLE story_index (through INTEGER NOT NULL) STRICT; -- one row: the last event that is in it
