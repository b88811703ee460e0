package ledger

import (
	"encoding/json"
	"time"
)

// Condition is what a writer knows of the thing it wants to change.
type Condition struct {
	IfMatch        *int64 // the revision it must have
	IfNoneMatchAny bool   // it must not exist yet
}

// Check refuses when the condition does not hold for a thing, named as in "parcel",
// that is at a revision, or does not exist.
func (c Condition) Check(what string, rev int64, exists bool) error {
	if c.IfNoneMatchAny && exists {
		return Refuse(Precondition, "exists-already", "the %s exists already, at revision %d", what, rev)
	}
	if c.IfMatch == nil {
		return nil
	}
	if !exists {
		return Refuse(Precondition, "does-not-exist",
			"the %s does not exist; leave If-Match away to announce it", what)
	}
	if *c.IfMatch != rev {
		return Refuse(Precondition, "changed-meanwhile",
			"the %s is at revision %d now; read it again and decide anew",
			what, rev)
	}
	return nil
}

// A FeedPage is a run of committed events in their order.
type FeedPage struct {
	Events []byte // CloudEvents as JSON objects with commas between, no brackets
	Count  int
	Last   int64 // sequence of the last event; the position asked from when empty
}

// An Entry is one fact as the log keeps it, without its private part.
type Entry struct {
	Seq  int64
	At   time.Time
	Type string
	// who caused it: "bearer", "courier:ID", "staff:ID", "key:NAME", "hardware", "clock" ...
	Actor string
	Visit string          // empty when nobody was here
	Data  json.RawMessage // its public data
}
