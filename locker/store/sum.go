package store

import (
	"bytes"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Damage is what is wrong with a database that cannot be trusted any more: something
// else than this program has altered it, or it lost what it had.
type Damage struct{ What string }

// Error says what is wrong and what to do.
func (d Damage) Error() string {
	return "the database is damaged: " + d.What +
		"; no door is opened by it. Put the newest copy of the data folder back; without " +
		"one, move station.db away, look into every door and run cubbyctl init --new"
}

// IsDamage reports whether an error says that the database is damaged.
func IsDamage(err error) bool {
	var d Damage
	return errors.As(err, &d)
}

// asDamage makes a Damage of what SQLite says of a file that is none, or not whole.
func asDamage(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && !IsDamage(err) {
		if code := e.Code() & 0xff; code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB {
			return Damage{err.Error()}
		}
	}
	return err
}

// sum is the keyed sum of a row: the table, and the columns it is made of.
func (s *Store) sum(table string, columns ...string) []byte {
	return s.sealer.Sum(append([]string{table}, columns...)...)
}

// sound refuses a row whose sum is not that of its columns.
func (s *Store) sound(table string, sum []byte, columns ...string) error {
	if bytes.Equal(sum, s.sum(table, columns...)) {
		return nil
	}
	return Damage{fmt.Sprintf("row %q of table %s was altered", columns[0], table)}
}
