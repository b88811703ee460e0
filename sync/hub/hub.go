// Package hub is a central order system over many stations: it takes in what they push,
// tells them what changes, and keeps what follows from both (projections). It is the one
// truth of what was bought and what may come back; stations are the truth of what lies
// behind their doors.
//
// A Hub is safe for concurrent use. What a method has returned without an error is
// committed. After a crash nothing is lost that was acknowledged, and a station pushes
// again what was not.
package hub

import (
	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL

	"cubby/sync/db"
)

// A Hub serves until Close. Make it with Open.
type Hub struct {
	db    *db.Database
	vault *vault
	told  signal // changes for stations
	heard signal // facts of stations
}

// schema are the tables of this package.
var schema = db.Schema{Part: "hub", Steps: []string{
	`CREATE TABLE changes (
		seq BIGINT PRIMARY KEY,
		station TEXT NOT NULL,
		collection TEXT NOT NULL,
		id TEXT NOT NULL,
		rev BIGINT NOT NULL,
		deleted BIGINT NOT NULL,
		sealed {blob},
		at BIGINT NOT NULL)`,
	"CREATE UNIQUE INDEX changes_by_thing ON changes (station, collection, id)",
}}
