package hub

import "cubby/sync/db"

// signingSchema are the keys with which the hub signs for stations, the list by which they
// know them, and the pickup codes that were signed. A code itself is not kept.
var signingSchema = db.Schema{Part: "signing", Steps: []string{
	// begins, ends: when it signs
	`CREATE TABLE signing_keys (
		id TEXT PRIMARY KEY,
		purpose TEXT NOT NULL,
		sealed {blob} NOT NULL,
		begins BIGINT NOT NULL,
		ends BIGINT NOT NULL)`,
	"CREATE TABLE key_list (n BIGINT PRIMARY KEY, number BIGINT NOT NULL, issued BIGINT NOT NULL)",
	`CREATE TABLE tokens (
		id TEXT PRIMARY KEY,
		station TEXT NOT NULL,
		parcel TEXT NOT NULL,
		label TEXT NOT NULL,
		made BIGINT NOT NULL,
		by_whom TEXT NOT NULL,
		expires BIGINT NOT NULL,
		denied BIGINT NOT NULL DEFAULT 0,
		used BIGINT NOT NULL DEFAULT 0,
		used_for TEXT NOT NULL DEFAULT '')`,
	"CREATE INDEX tokens_by_station ON tokens (station, made)",
	"CREATE INDEX tokens_denied ON tokens (expires) WHERE denied > 0",
}}
