package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"

	"modernc.org/sqlite"
)

// A conn is the writer's connection. It speaks to the driver without
// database/sql in between: with one goroutine and one connection there is
// nothing to pool, and a commit of small statements takes a tenth less.
//
// It may be closed while the writer still runs: every call after that fails.
type conn struct {
	mu     sync.Mutex // held by whoever is in the driver
	driver driver.Conn
	closed bool
}

var errClosed = errors.New("the store is closed")

func openConn(dsn string, sealer Sealer) (*conn, error) {
	var d sqlite.Driver
	if err := registerLabels(&d); err != nil {
		return nil, err
	}
	if err := d.RegisterDeterministicScalarFunction("row_sum", -1, rowSum(sealer)); err != nil {
		return nil, err
	}
	c, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &conn{driver: c}, nil
}

// rowSum is Store.sum for migrations.
func rowSum(sealer Sealer) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		var parts []string
		for _, a := range args {
			text, ok := a.(string)
			if !ok {
				return nil, fmt.Errorf("a column of a row is stored as %T", a)
			}
			parts = append(parts, text)
		}
		return sealer.Sum(parts...), nil
	}
}

// A stmt is one prepared statement. It is used by one goroutine; its arguments
// are strings, integers, booleans and byte slices.
type stmt struct {
	conn *conn
	run  runner
	args []driver.NamedValue
	// columns of its rows; 0: not known yet
	columns int
}

// A runner is what the driver's prepared statements can do.
type runner interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func (c *conn) prepare(query string) (*stmt, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, errClosed
	}
	prepared, err := c.driver.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	run, ok := prepared.(runner)
	if !ok {
		return nil,
			errors.New("this SQLite driver runs no prepared statements: rebuild with the pinned modernc.org/sqlite")
	}
	return &stmt{conn: c, run: run}, nil
}

// close gives the statement back.
func (s *stmt) close() error {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	return s.run.Close()
}

// close closes the connection and the statements prepared on it.
func (c *conn) close(prepared []*stmt) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	var errs []error
	for _, s := range prepared {
		errs = append(errs, s.run.Close())
	}
	return errors.Join(append(errs, c.driver.Close())...)
}

func (s *stmt) bind(args []any) []driver.NamedValue {
	s.args = s.args[:0]
	for i, a := range args {
		if n, ok := a.(int); ok {
			a = int64(n)
		}
		s.args = append(s.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return s.args
}

// exec runs the statement and returns how many rows it changed.
func (s *stmt) exec(args ...any) (int64, error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.conn.closed {
		return 0, errClosed
	}
	res, err := s.run.ExecContext(context.Background(), s.bind(args))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// query hands every row to each, which must not keep it, until each fails.
func (s *stmt) query(each func(row []driver.Value) error, args ...any) (err error) {
	s.conn.mu.Lock()
	defer s.conn.mu.Unlock()
	if s.conn.closed {
		return errClosed
	}
	rows, err := s.run.QueryContext(context.Background(), s.bind(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if s.columns == 0 {
		s.columns = len(rows.Columns())
	}
	row := make([]driver.Value, s.columns)
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// once prepares a statement, runs it and returns its first row, nil without one.
func (c *conn) once(query string, args ...any) (first []driver.Value, err error) {
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	err = s.query(func(row []driver.Value) error {
		if first == nil {
			first = append(first, row...)
		}
		return nil
	}, args...)
	return first, err
}

// text reads one value as text; empty without a row.
func (c *conn) text(query string) (string, error) {
	row, err := c.once(query)
	if err != nil || row == nil {
		return "", err
	}
	return fmt.Sprint(row[0]), nil
}

// number reads one whole number.
func (c *conn) number(query string) (int64, error) {
	row, err := c.once(query)
	if err != nil {
		return 0, err
	}
	if len(row) == 1 {
		if n, ok := row[0].(int64); ok {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%q gave %v, not a number", query, row)
}

// script runs statements that give no rows, one after the other.
func (c *conn) script(statements string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return errClosed
	}
	_, err := c.driver.(driver.ExecerContext).ExecContext(context.Background(), statements, nil)
	return err
}
