-- The lives of the log, but for the first: each begins with the first event that
-- was appended after the database had been opened.
CREATE TABLE lives (
  seq  INTEGER PRIMARY KEY CHECK (seq > 0),      -- of the event it begins with
  mark BLOB NOT NULL CHECK (length(mark) = 8)    -- the first bytes of that event's hash
) STRICT;
