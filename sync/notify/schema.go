package notify

import "cubby/sync/db"

// Schema are the tables of this package, for db.Open. Times are milliseconds since 1970.
var Schema = db.Schema{Part: "notify", Steps: []string{
	// One row for each fact, kind and person. Rows with the same letter went, or go, to
	// the person in one message.
	`CREATE TABLE messages (
		n BIGINT PRIMARY KEY,
		fact TEXT NOT NULL,
		kind TEXT NOT NULL,
		person TEXT NOT NULL,
		channel TEXT NOT NULL,
		station TEXT NOT NULL,
		subject TEXT NOT NULL,
		state TEXT NOT NULL,
		reason TEXT NOT NULL,
		letter TEXT NOT NULL,
		attempts BIGINT NOT NULL,
		queued BIGINT NOT NULL,
		due BIGINT NOT NULL,
		stale BIGINT NOT NULL,
		deadline BIGINT NOT NULL,
		done BIGINT NOT NULL,
		sealed {blob})`,
	"CREATE UNIQUE INDEX messages_once ON messages (fact, kind, person)",
	"CREATE INDEX messages_due ON messages (state, due)",
	"CREATE INDEX messages_by_subject ON messages (station, subject, state)",
	"CREATE INDEX messages_by_person ON messages (person, state, done)",
	// Whom to write to about a parcel, and about what comes back of its order.
	`CREATE TABLE contacts (
		station TEXT NOT NULL,
		parcel TEXT NOT NULL,
		order_id TEXT NOT NULL,
		until BIGINT NOT NULL,
		sealed {blob} NOT NULL,
		PRIMARY KEY (station, parcel))`,
	"CREATE INDEX contacts_by_order ON contacts (order_id)",
	"CREATE INDEX contacts_by_end ON contacts (until)",
	// the code of the parcel opens nothing for now
	"ALTER TABLE contacts ADD COLUMN held BIGINT NOT NULL DEFAULT 0",
}}

// State is what has become of a message.
type State string

// The states.
const (
	Waiting State = "waiting" // for its time, or for another attempt
	Sending State = "sending" // an attempt is being made; how it ended is not known yet
	Sent    State = "sent"    // the mail server or the gateway has taken it
	Failed  State = "failed"  // it was refused, or tried for too long
	Dropped State = "dropped" // it came to say nothing any more
)
