package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/people"
)

// A table is what the writer's connection can do with the rows of one table.
type table struct {
	get, put, remove *stmt
	find             map[string]*stmt // by the index's name
	enter, leave     *stmt            // entries of its side table; nil without one
}

// prepareTable prepares the statements of a table.
func (s *Store) prepareTable(spec *ledger.Spec) (*table, error) {
	var err error
	prepare := func(query string) (st *stmt) {
		if err == nil {
			st, err = s.conn.prepare(query)
			s.statements.all = append(s.statements.all, st)
		}
		return st
	}
	name, columns := tableName(spec), slices.Concat([]string{spec.Key()}, spec.Columns(), []string{"sum"})
	var set []string
	for _, c := range columns[1:] {
		set = append(set, c+"=excluded."+c)
	}
	t := &table{
		get: prepare(selectFrom(spec) + " WHERE " + spec.Key() + "=?1"),
		put: prepare(insert(name, columns) + fmt.Sprintf(" ON CONFLICT(%s) DO UPDATE SET %s", spec.Key(),
			strings.Join(set, ", "))),
		remove: prepare(fmt.Sprintf("DELETE FROM %s WHERE %s=?1", name, spec.Key())),
		find:   map[string]*stmt{},
	}
	for index := range spec.Indexes() {
		t.find[index] = prepare(findIn(spec, index))
	}
	if side := spec.Side(); side != nil {
		t.enter = prepare(insert(side.Table, append([]string{side.Owner}, side.Columns...)))
		t.leave = prepare(fmt.Sprintf("DELETE FROM %s WHERE %s=?1", side.Table, side.Owner))
	}
	return t, err
}

// makeTables makes the tables that no migration has made, as they are declared. An
// index, and a table beside it, need a migration.
func (s *Store) makeTables() error {
	for _, spec := range s.ledger.Tables() {
		if spec.Single() {
			continue
		}
		columns := []string{spec.Key() + " TEXT PRIMARY KEY"}
		for _, c := range spec.Columns() {
			columns = append(columns, c+" ANY")
		}
		made := fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s, sum BLOB) STRICT, WITHOUT ROWID",
			tableName(spec), strings.Join(columns, ", "))
		if _, err := s.conn.once(made); err != nil {
			return fmt.Errorf("make table %s: %w", spec.Name(), err)
		}
	}
	return nil
}

// tableName is where the rows of a table are. Values of which there is one share
// a table.
func tableName(spec *ledger.Spec) string {
	if spec.Single() {
		return "singles"
	}
	return spec.Name()
}

func insert(table string, columns []string) string {
	marks := strings.Repeat(",?", len(columns))[1:]
	return fmt.Sprintf("INSERT INTO %s(%s) VALUES (%s)", table, strings.Join(columns, ", "), marks)
}

// selectFrom asks for all rows of a table: the key first, the sum last.
func selectFrom(spec *ledger.Spec) string {
	return fmt.Sprintf("SELECT %s, %s, sum FROM %s", spec.Key(), strings.Join(spec.Columns(), ", "), tableName(spec))
}

// selectValue is selectFrom without the columns that only repeat what the document says.
func selectValue(spec *ledger.Spec) string {
	return fmt.Sprintf("SELECT %s, %s, sum FROM %s", spec.Key(), strings.Join(valueColumns(spec), ", "),
		tableName(spec))
}

// valueColumns are the columns that make the value of a row: its document, or all.
func valueColumns(spec *ledger.Spec) []string {
	if hasDocument(spec) {
		return []string{"doc"}
	}
	return spec.Columns()
}

// hasDocument reports whether the value of a row is its last column, a document.
func hasDocument(spec *ledger.Spec) bool {
	columns := spec.Columns()
	return columns[len(columns)-1] == "doc"
}

// findIn asks for the rows that an index finds.
func findIn(spec *ledger.Spec, index string) string {
	var parts []string
	for _, where := range spec.Indexes()[index] {
		parts = append(parts, selectValue(spec)+" WHERE "+where)
	}
	return strings.Join(parts, " UNION ALL ")
}

// summed are the columns by which the sum of a row is made: its key and its
// document, or all where there is none. The others follow from the document.
func summed(spec *ledger.Spec, key string, columns []any) []string {
	if hasDocument(spec) {
		columns = columns[len(columns)-1:]
	}
	of := make([]string, 1, len(columns)+1)
	of[0] = key
	for _, c := range columns {
		text, ok := c.(string)
		if !ok {
			text = fmt.Sprint(c)
		}
		of = append(of, text)
	}
	return of
}

// readRow makes a row of its columns, the key first and the sum last. It refuses
// a row that was altered.
func (s *Store) readRow(spec *ledger.Spec, columns []any) (r ledger.Row, err error) {
	key, ok := columns[0].(string)
	if !ok {
		return r, Damage{fmt.Sprintf("a key of table %s is stored as %T", spec.Name(), columns[0])}
	}
	last := len(columns) - 1
	sum, _ := columns[last].([]byte)
	if err := s.sound(tableName(spec), sum, summed(spec, key, columns[1:last])...); err != nil {
		return r, err
	}
	v, err := spec.Decode(key, columns[1:last])
	if err != nil {
		return r, Damage{fmt.Sprintf("row %q of table %s: %v", key, spec.Name(), err)}
	}
	return ledger.Row{Key: key, Value: v}, nil
}

// Rows reads what the writer sees: what is committed, and what the commit being
// made has written. Only the writer's goroutine may use it. What cannot be read
// is not there; the next Commit, or Begin, says why.
func (s *Store) Rows() ledger.Source { return rows{s} }

type rows struct{ s *Store }

func (r rows) query(spec *ledger.Spec, st *stmt, texts ...any) (all []ledger.Row) {
	if r.s.unread != nil {
		return nil
	}
	var values []any
	err := st.query(func(columns []driver.Value) error {
		values = values[:0]
		for _, c := range columns {
			values = append(values, c)
		}
		row, err := r.s.readRow(spec, values)
		all = append(all, row)
		return err
	}, texts...)
	if err != nil {
		r.s.unread = err
		return nil
	}
	return all
}

func (r rows) Row(spec *ledger.Spec, key string) (any, bool) {
	if key == "" {
		return nil, false
	}
	all := r.query(spec, r.s.statements.tables[spec].get, key)
	if len(all) == 0 {
		return nil, false
	}
	return all[0].Value, true
}

func (r rows) Rows(spec *ledger.Spec, index, text string) []ledger.Row {
	st, ok := r.s.statements.tables[spec].find[index]
	if !ok {
		r.s.unread = fmt.Errorf("table %s cannot be read by %q", spec.Name(), index)
		return nil
	}
	texts := ledger.Texts(text)
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
	}
	return r.query(spec, st, args...)
}

// Due reads nothing: whoever asks for what becomes due has those rows in memory.
func (r rows) Due(*ledger.Spec) []ledger.Row { return nil }

// Save writes the rows a decision changed.
func (tx *Tx) Save(ch ledger.Changes) {
	ch.Each(tx.save)
	if len(ch[people.Consumers.Spec]) > 0 {
		tx.delivered()
	}
}

func (tx *Tx) save(spec *ledger.Spec, r ledger.Row) {
	t, side := tx.s.statements.tables[spec], spec.Side()
	if side != nil && (r.Value == nil || !side.None(r.Value)) {
		tx.exec(t.leave, r.Key)
	}
	if r.Value == nil {
		tx.exec(t.remove, r.Key)
		return
	}
	columns, err := spec.Encode(r.Value)
	tx.fail(err)
	row := append(append(make([]any, 0, len(columns)+2), r.Key), columns...)
	tx.exec(t.put, append(row, tx.s.sum(tableName(spec), summed(spec, r.Key, columns)...))...)
	if side != nil {
		for _, entry := range side.Of(r.Value) {
			tx.exec(t.enter, append([]any{r.Key}, entry...)...)
		}
	}
}

// Load reads the committed rows of a whole table. Safe for concurrent use.
func (s *Store) Load(ctx context.Context, spec *ledger.Spec) (all []ledger.Row, err error) {
	r, err := s.openTable(ctx, spec)
	if err != nil {
		return nil, err
	}
	defer r.close()
	for {
		row, err := r.read()
		if row == nil || err != nil {
			return all, err
		}
		all = append(all, *row)
	}
}

// All reads the committed values of a whole table. Safe for concurrent use.
func All[V any](ctx context.Context, s *Store, t ledger.Table[V]) ([]V, error) {
	rows, err := s.Load(ctx, t.Spec)
	all := make([]V, len(rows))
	for i, r := range rows {
		all[i] = r.Value.(V)
	}
	return all, err
}
