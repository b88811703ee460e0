// Package db is where a hub keeps what it knows: a SQLite file, or PostgreSQL. Statements
// are written once, with "?" for values, and run on both. Whoever wants PostgreSQL imports
// github.com/jackc/pgx/v5/stdlib; a station does not, and keeps its messages in a file.
//
// A Database is safe for concurrent use. One writer works at a time, also with several
// hubs at one PostgreSQL: numbers that Next gives out are therefore committed in their
// order, and a reader that has seen one has seen all before it.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"

	_ "modernc.org/sqlite"
)

// A Database is open until Close.
type Database struct {
	postgres bool
	read     *sql.DB
	write    *sql.DB
	writer   sync.Mutex

	// What follows is the writer's, of SQLite: statements that come again are read once.
	kept   map[string]*sql.Stmt
	uses   map[string]int
	wanted []string
}

// mostKept bounds the statements that are kept ready.
const mostKept = 256

// A Schema is the tables of one part of the hub, as steps that are taken once each, in
// their order. "{blob}" stands for the type of bytes. A step is never changed once it was
// released; another one is added behind it.
type Schema struct {
	Part  string
	Steps []string
}

// Open opens "postgres://..." or the path of a SQLite file, which is made when it is not
// there, and brings its tables up to date.
func Open(ctx context.Context, at string, parts ...Schema) (d *Database, err error) {
	d = &Database{postgres: strings.HasPrefix(at, "postgres://") || strings.HasPrefix(at, "postgresql://")}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open the hub's database: %w", err), d.Close())
			d = nil
		}
	}()
	if d.postgres {
		if d.read, err = sql.Open("pgx", at); err != nil {
			return d, err
		}
		d.read.SetMaxOpenConns(12)
		d.write = d.read
	} else {
		if err := ownFile(at); err != nil {
			return d, err
		}
		path := "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(at) +
			"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)" +
			"&_pragma=foreign_keys(1)&_pragma=trusted_schema(0)&_pragma=secure_delete(1)"
		if d.write, err = sql.Open("sqlite", path+"&_txlock=immediate"); err != nil {
			return d, err
		}
		d.write.SetMaxOpenConns(1)
		if err := d.write.PingContext(ctx); err != nil { // before anybody reads
			return d, err
		}
		if d.read, err = sql.Open("sqlite", path+"&_pragma=query_only(1)"); err != nil {
			return d, err
		}
		d.read.SetMaxOpenConns(8)
	}
	return d, d.migrate(ctx, append([]Schema{kernel}, parts...))
}

// ownFile makes the file readable by its owner only: there are customers in it. SQLite gives
// the files beside it the same mode.
func ownFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// kernel are the tables of this package.
var kernel = Schema{Part: "db", Steps: []string{
	"CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)",
}}

func (d *Database) migrate(ctx context.Context, parts []Schema) error {
	if _, err := d.write.ExecContext(ctx,
		"CREATE TABLE IF NOT EXISTS steps (part TEXT NOT NULL, step BIGINT NOT NULL, PRIMARY KEY (part, step))",
	); err != nil {
		return err
	}
	return d.Write(ctx, func(tx *Tx) error {
		for _, p := range parts {
			var done int
			if err := tx.QueryRow("SELECT count(*) FROM steps WHERE part = ?", p.Part).Scan(&done); err != nil {
				return err
			}
			if done > len(p.Steps) {
				return fmt.Errorf("its tables of %s are of a later version of this program", p.Part)
			}
			for i, step := range p.Steps[done:] {
				if _, err := tx.Exec(step); err != nil {
					return fmt.Errorf("step %d of %s: %w", done+i+1, p.Part, err)
				}
				if _, err := tx.Exec("INSERT INTO steps (part, step) VALUES (?, ?)", p.Part, done+i+1); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Close closes it.
func (d *Database) Close() error {
	var errs []error
	if d.read != nil {
		errs = append(errs, d.read.Close())
	}
	if d.write != nil && d.write != d.read {
		errs = append(errs, d.write.Close())
	}
	return errors.Join(errs...)
}

// Postgres reports whether it is PostgreSQL.
func (d *Database) Postgres() bool { return d.postgres }

// A Tx is one transaction of the writer.
type Tx struct {
	ctx context.Context
	d   *Database
	tx  *sql.Tx
}

// lockKey is what writers of one PostgreSQL take turns by: "cubbyhub" in ASCII.
const lockKey = 0x6375626279687562

// Write runs do in a transaction, and commits it when do returns nil. Nothing of it is
// kept otherwise. It waits for other writers.
func (d *Database) Write(ctx context.Context, do func(tx *Tx) error) (err error) {
	d.writer.Lock()
	defer d.writer.Unlock()
	d.keep(ctx)
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done { // also when do panics
			if left := tx.Rollback(); left != nil {
				err = errors.Join(err, left)
			}
		}
	}()
	if d.postgres {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(lockKey)); err != nil {
			return err
		}
	}
	if err := do(&Tx{ctx, d, tx}); err != nil {
		return err
	}
	done = true
	return tx.Commit()
}

// keep makes statements ready that came for the second time. PostgreSQL's driver does so
// by itself. One that cannot be made ready is read each time it comes, as before.
func (d *Database) keep(ctx context.Context) {
	for _, query := range d.wanted {
		if s, err := d.write.PrepareContext(ctx, d.spoken(query)); err == nil {
			d.kept[query] = s
		}
	}
	d.wanted = d.wanted[:0]
}

// ready is a statement that is kept, nil when it is not.
func (t *Tx) ready(query string) *sql.Stmt {
	d := t.d
	if d.postgres {
		return nil
	}
	if s, ok := d.kept[query]; ok {
		return t.tx.StmtContext(t.ctx, s)
	}
	if d.uses == nil {
		d.kept, d.uses = map[string]*sql.Stmt{}, map[string]int{}
	}
	if len(d.uses) < mostKept || d.uses[query] > 0 {
		if d.uses[query]++; d.uses[query] == 2 {
			d.wanted = append(d.wanted, query)
		}
	}
	return nil
}

// Exec runs a statement.
func (t *Tx) Exec(query string, args ...any) (sql.Result, error) {
	if s := t.ready(query); s != nil {
		return s.ExecContext(t.ctx, args...)
	}
	return t.tx.ExecContext(t.ctx, t.d.spoken(query), args...)
}

// Query reads rows. They must be closed before the next statement.
func (t *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	if s := t.ready(query); s != nil {
		return s.QueryContext(t.ctx, args...)
	}
	return t.tx.QueryContext(t.ctx, t.d.spoken(query), args...)
}

// QueryRow reads one row.
func (t *Tx) QueryRow(query string, args ...any) *sql.Row {
	if s := t.ready(query); s != nil {
		return s.QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, t.d.spoken(query), args...)
}

// Next counts a name up and gives the number, 1 the first time.
func (t *Tx) Next(name string) (n int64, err error) {
	err = t.QueryRow("INSERT INTO counters (name, value) VALUES (?, 1) "+
		"ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value", name).Scan(&n)
	return n, err
}

// Take counts a name up by so many, and gives the first number of them.
func (t *Tx) Take(name string, count int64) (first int64, err error) {
	err = t.QueryRow("INSERT INTO counters (name, value) VALUES (?, ?) "+
		"ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value", name, count).
		Scan(&first)
	return first - count + 1, err
}

// Query reads rows of what is committed.
func (d *Database) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.read.QueryContext(ctx, d.spoken(query), args...)
}

// QueryRow reads one row of what is committed.
func (d *Database) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return d.read.QueryRowContext(ctx, d.spoken(query), args...)
}

// spoken writes a statement as the database wants it. There is no "?" inside texts of
// statements: values are always given beside them.
func (d *Database) spoken(query string) string {
	blob := "BLOB"
	if d.postgres {
		blob = "BYTEA"
	}
	query = strings.ReplaceAll(query, "{blob}", blob)
	if !d.postgres {
		return query
	}
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(query, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}
