package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/wall"
)

// replayed is how many events are applied in one commit of the copy.
const replayed = 2000

// Replay applies the whole log to empty tables and compares them with those of
// this database. It returns an error that names the first row that does not
// follow from the log. What the log does not hold is not compared: personal
// data, what the configuration says of the wall, and readings of the doors.
//
// It writes a copy of the tables into a folder for temporary files, and needs
// as much room there. Nobody else may write meanwhile.
func (s *Store) Replay(ctx context.Context) (err error) {
	folder, err := os.MkdirTemp("", "cubby-replay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	again, err := OpenAs(ctx, folder, s.station, s.sealer, Opening{Ledger: s.ledger, Create: true})
	if err != nil {
		return err
	}
	defer again.Close()
	if _, err := again.conn.once("PRAGMA synchronous=OFF"); err != nil { // it is thrown away
		return err
	}
	if err := again.takeLog(ctx, s); err != nil {
		return err
	}
	for _, spec := range s.ledger.Tables() {
		if err := compare(ctx, spec, s, again); err != nil {
			return err
		}
	}
	return nil
}

// takeLog applies the events of another store to the tables of this one.
func (s *Store) takeLog(ctx context.Context, from *Store) error {
	memory := ledger.NewMemory(s.Rows())
	all, err := All(ctx, from, wall.Compartments)
	if err != nil {
		return err
	}
	for _, c := range all {
		memory.Set(wall.Compartments.Spec, ledger.Row{Key: c.Number, Value: wall.NewCompartment(c)})
	}
	for after := int64(0); ; {
		state := ledger.NewState(memory)
		last, err := from.applyEvents(ctx, after, state)
		if err != nil {
			return err
		}
		if last == after {
			return nil
		}
		after = last
		tx, err := s.Begin()
		if err != nil {
			return err
		}
		tx.Save(state.Changes())
		if err := tx.Commit(); err != nil {
			return err
		}
		memory.Merge(state.Changes())
	}
}

// applyEvents applies a run of events, and returns the sequence of the last.
func (s *Store) applyEvents(ctx context.Context, after int64, to *ledger.State) (last int64, err error) {
	last = after
	found, err := s.read.QueryContext(ctx, "SELECT seq, ce, private FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
		after, replayed)
	if err != nil {
		return last, err
	}
	defer found.Close()
	for found.Next() {
		var ce, private []byte
		if err := found.Scan(&last, &ce, &private); err != nil {
			return last, err
		}
		var event struct {
			Type string          `json:"type"`
			Time time.Time       `json:"time"`
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(ce, &event); err != nil {
			return last, fmt.Errorf("event %d: %w", last, err)
		}
		f, err := s.ledger.Read(event.Type, event.Data, private)
		if err != nil {
			return last, fmt.Errorf("event %d: %w", last, err)
		}
		f.Apply(to, event.Time)
	}
	return last, found.Err()
}

// compare goes through a table and the same table after the log was replayed, in
// the order of their keys.
func compare(ctx context.Context, spec *ledger.Spec, kept, replayed *Store) error {
	is, err := kept.openTable(ctx, spec)
	if err != nil {
		return err
	}
	defer is.close()
	should, err := replayed.openTable(ctx, spec)
	if err != nil {
		return err
	}
	defer should.close()
	for {
		a, err := is.next()
		if err != nil {
			return err
		}
		b, err := should.next()
		if err != nil {
			return err
		}
		switch {
		case a == nil && b == nil:
			return nil
		case b == nil || a != nil && a.key < b.key:
			return fmt.Errorf("%s %q is in the database and does not follow from the log: it has been added",
				spec.Name(), a.key)
		case a == nil || b.key < a.key:
			return fmt.Errorf("%s %q follows from the log and is not in the database: it has been removed",
				spec.Name(), b.key)
		case !bytes.Equal(a.text, b.text):
			return fmt.Errorf("%s %q has been altered:\n  it is              %s\n  from the log it is %s", spec.Name(),
				a.key, a.text, b.text)
		}
	}
}

// A tableReader reads the rows that follow from the log.
type tableReader struct {
	store   *Store
	spec    *ledger.Spec
	rows    *sql.Rows
	columns []any
	into    []any
}

func (s *Store) openTable(ctx context.Context, spec *ledger.Spec) (*tableReader, error) {
	query := selectFrom(spec)
	if spec.Single() {
		query += " WHERE name='" + spec.Name() + "'"
	}
	rows, err := s.read.QueryContext(ctx, query+" ORDER BY "+spec.Key())
	if err != nil {
		return nil, err
	}
	r := &tableReader{store: s, spec: spec, rows: rows, columns: make([]any, len(spec.Columns())+2)}
	for i := range r.columns {
		r.into = append(r.into, &r.columns[i])
	}
	return r, nil
}

func (r *tableReader) close() { r.rows.Close() }

// read returns the next row; nil behind the last.
func (r *tableReader) read() (*ledger.Row, error) {
	if !r.rows.Next() {
		return nil, r.rows.Err()
	}
	if err := r.rows.Scan(r.into...); err != nil {
		return nil, err
	}
	row, err := r.store.readRow(r.spec, r.columns)
	return &row, err
}

// comparable is a row as two of them are compared.
type comparable struct {
	key  string
	text []byte
}

// next returns the next row that follows from the log; nil behind the last.
func (r *tableReader) next() (*comparable, error) {
	for {
		row, err := r.read()
		if row == nil || err != nil {
			return nil, err
		}
		if err := r.agrees(*row); err != nil {
			return nil, err
		}
		part, logged := r.spec.Logged(row.Value)
		if !logged {
			continue
		}
		columns, err := r.spec.Encode(part)
		if err != nil {
			return nil, err
		}
		text, err := json.Marshal(plainTimes(columns))
		return &comparable{row.Key, text}, err
	}
}

// agrees checks that the columns by which rows are found say what their document
// does.
func (r *tableReader) agrees(row ledger.Row) error {
	columns, err := r.spec.Encode(row.Value)
	if err != nil {
		return err
	}
	for i, name := range r.spec.Columns() {
		if yes, ok := columns[i].(bool); ok {
			columns[i] = 0
			if yes {
				columns[i] = 1
			}
		}
		if is, should := fmt.Sprint(r.columns[i+1]), fmt.Sprint(columns[i]); name != "doc" && is != should {
			return fmt.Errorf("%s %q has been altered: its %s is %q and should be %q", r.spec.Name(), row.Key,
				name, is, should)
		}
	}
	return nil
}

// plainTimes cuts times to what the log keeps of them, milliseconds in UTC, in
// columns and in the documents in them.
func plainTimes(v any) any {
	switch v := v.(type) {
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC().Truncate(time.Millisecond)
		}
		var text string // a document may be a time and nothing else
		if len(v) > 0 && v[0] == '"' && json.Unmarshal([]byte(v), &text) == nil {
			return plainTimes(text)
		}
		var doc map[string]any
		if len(v) > 0 && v[0] == '{' && json.Unmarshal([]byte(v), &doc) == nil {
			return plainTimes(doc)
		}
	case []any:
		for i := range v {
			v[i] = plainTimes(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = plainTimes(v[k])
		}
	}
	return v
}
