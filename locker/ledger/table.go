package ledger

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Spec is what is generic about a table: its name, the columns it is stored
// in, its indexes, and which of its rows are kept in memory.
type Spec struct {
	name    string
	key     string   // name of the column of the key
	columns []string // behind the key, as encode writes them
	encode  func(v any) ([]any, error)
	decode  func(key string, columns []any) (any, error)
	indexes []*indexSpec
	keep    func(v any) bool // nil: no row is kept in memory
	whole   bool             // all rows are
	open    string           // the index by which a start finds the rows that are kept
	single  bool             // one row in the table "singles", its key the table's name
	logged  func(v any) (any, bool)
	side    *Side
	due     func(v any) time.Time // zero: never; nil: no row ever is
}

// A Side is a table of its own with more than one entry for a row: what the row
// is found by besides its columns. It is written with the row.
type Side struct {
	Table   string
	Owner   string   // the column of the row's key
	Columns []string // the others
	Of      func(v any) [][]any
	None    func(v any) bool // no earlier form of this row has entries
}

type indexSpec struct {
	name  string
	of    func(key string, v any) []string
	where []string // how SQL finds the rows, each by its own condition; empty: only memory is asked
}

// Name is the table's name, in the database too unless it is a Single.
func (s *Spec) Name() string { return s.name }

// Single reports whether the table has one row, kept in the table "singles".
func (s *Spec) Single() bool { return s.single }

// Key is the name of the key's column.
func (s *Spec) Key() string { return s.key }

// Columns are the names of the columns behind the key.
func (s *Spec) Columns() []string { return s.columns }

// Indexes are the conditions by which SQL finds rows, by the index's name; "?1"
// stands for the text looked for. No row meets two of them.
func (s *Spec) Indexes() map[string][]string {
	all := map[string][]string{}
	for _, i := range s.indexes {
		if len(i.where) > 0 {
			all[i.name] = i.where
		}
	}
	return all
}

// Finds reports whether an index finds a row by a text, or by any of several (Texts).
func (s *Spec) Finds(index, text string, r Row) bool {
	return slices.ContainsFunc(s.indexes, func(i *indexSpec) bool {
		return i.name == index && i.finds(r.Key, r.Value, Texts(text))
	})
}

// DueAt is when something becomes due in a row; the zero time is never.
func (s *Spec) DueAt(v any) time.Time {
	if s.due == nil {
		return time.Time{}
	}
	return s.due(v)
}

// Encode writes a row's value into the columns behind the key: strings,
// integers, booleans and bytes.
func (s *Spec) Encode(v any) ([]any, error) { return s.encode(v) }

// Decode reads a row back.
func (s *Spec) Decode(key string, columns []any) (any, error) { return s.decode(key, columns) }

// Side is the table of further entries; nil when there is none.
func (s *Spec) Side() *Side { return s.side }

// Whole reports whether all rows are kept in memory.
func (s *Spec) Whole() bool { return s.whole }

// Keeps reports whether this row is kept in memory.
func (s *Spec) Keeps(v any) bool { return s.whole || s.keep != nil && s.keep(v) }

// Logged is the part of a row that follows from the log alone; false: the row
// need not be there after the log was replayed.
func (s *Spec) Logged(v any) (any, bool) {
	if s.logged == nil {
		return v, true
	}
	return s.logged(v)
}

// A Table holds values of one type by their keys.
type Table[V any] struct{ *Spec }

// An Option says more of a table than its name.
type Option[V any] func(*Spec)

// NewTable declares a table. Its rows are stored as JSON documents in a column
// "doc" unless StoredAs says otherwise.
func NewTable[V any](name, key string, options ...Option[V]) Table[V] {
	s := &Spec{name: name, key: key}
	Document[V](func(v V) ([]byte, error) { return json.Marshal(v) })(s)
	for _, o := range options {
		o(s)
	}
	return Table[V]{s}
}

// Document stores rows as documents written by hand, with columns before them.
func Document[V any](write func(v V) ([]byte, error), columns ...Column[V]) Option[V] {
	return func(s *Spec) {
		s.columns = nil
		for _, c := range columns {
			s.columns = append(s.columns, c.Name)
		}
		s.columns = append(s.columns, "doc")
		s.encode = func(v any) ([]any, error) {
			doc, err := write(v.(V))
			row := make([]any, 0, len(columns)+1)
			for _, c := range columns {
				row = append(row, c.Of(v.(V)))
			}
			return append(row, string(doc)), err
		}
		s.decode = func(_ string, columns []any) (any, error) {
			var v V
			text, ok := columns[len(columns)-1].(string)
			if !ok {
				return v, fmt.Errorf("a document is stored as %T", columns[len(columns)-1])
			}
			err := json.Unmarshal([]byte(text), &v)
			return v, err
		}
	}
}

// A Column is stored beside the document, so that SQL can find rows by it.
type Column[V any] struct {
	Name string
	Of   func(v V) any // a string, an integer or a boolean
}

// WithColumns stores columns before the JSON document.
func WithColumns[V any](columns ...Column[V]) Option[V] {
	return Document(func(v V) ([]byte, error) { return json.Marshal(v) }, columns...)
}

// StoredAs stores rows in columns of text only, without a document.
func StoredAs[V any](columns []string, write func(v V) []string, read func(key string, columns []string) V) Option[V] {
	return func(s *Spec) {
		s.columns = columns
		s.encode = func(v any) ([]any, error) {
			var row []any
			for _, text := range write(v.(V)) {
				row = append(row, text)
			}
			return row, nil
		}
		s.decode = func(key string, columns []any) (any, error) {
			texts := make([]string, len(columns))
			for i := range columns {
				var ok bool
				if texts[i], ok = columns[i].(string); !ok {
					return nil, fmt.Errorf("column %s is stored as %T", s.columns[i], columns[i])
				}
			}
			return read(key, texts), nil
		}
	}
}

// WithSide writes entries of another table with each row: of gives their columns,
// owner is the column with the row's key. none reports that no earlier form of
// the row has any.
func WithSide[V any](table, owner string, columns []string, of func(v V) [][]any, none func(v V) bool) Option[V] {
	return func(s *Spec) {
		s.side = &Side{Table: table, Owner: owner, Columns: columns,
			Of: func(v any) [][]any { return of(v.(V)) }, None: func(v any) bool { return none(v.(V)) }}
	}
}

// InMemory keeps all rows in memory, where the tables of one station are small.
func InMemory[V any]() Option[V] { return func(s *Spec) { s.whole = true } }

// InMemoryWhile keeps those rows in memory that are needed with every decision;
// the others are read from the store when they are asked for.
func InMemoryWhile[V any](keep func(v V) bool) Option[V] {
	return func(s *Spec) { s.keep = func(v any) bool { return keep(v.(V)) } }
}

// TakenUp has a start find the rows that are kept in memory: by an index, with the text
// Open. Without it those with something due in them would be forgotten by a restart.
func TakenUp[V any](index string) Option[V] { return func(s *Spec) { s.open = index } }

// Open is the text by which an index finds the rows that a start takes up.
const Open = "open"

// TakenUp is the index by which a start finds the rows that are kept; empty: none.
func (s *Spec) TakenUp() string { return s.open }

// Logged says which part of a row follows from the log alone; false: the whole
// row need not be there after the log was replayed. Without it all does.
func Logged[V any](part func(v V) (V, bool)) Option[V] {
	return func(s *Spec) { s.logged = func(v any) (any, bool) { return part(v.(V)) } }
}

// An Index finds the rows of a table by something else than their key.
type Index[V any] struct {
	table Table[V]
	spec  *indexSpec
}

// NewIndex declares an index. A row is found by each of the texts that of gives
// for it; empty ones are left out. where are the conditions by which SQL finds
// the rows, with "?1" for the text; there may be none where all rows are in memory.
func NewIndex[V any](t Table[V], name string, of func(key string, v V) []string, where ...string) Index[V] {
	i := &indexSpec{name: name, where: where, of: func(key string, v any) []string { return of(key, v.(V)) }}
	t.indexes = append(t.indexes, i)
	return Index[V]{t, i}
}

// Due finds the rows of a table in which something becomes due. A row that has a
// time is kept in memory.
type Due[V any] struct{ table Table[V] }

// NewDue declares when something becomes due in a row; the zero time is never.
// By which clock is for the room to say. A table has at most one.
func NewDue[V any](t Table[V], at func(v V) time.Time) Due[V] {
	t.due = func(v any) time.Time { return at(v.(V)) }
	return Due[V]{t}
}

// A Single is a value of which there is one; the zero value stands for none.
type Single[V any] struct{ Table[V] }

// NewSingle declares a value of which there is one.
func NewSingle[V any](name string) Single[V] {
	t := NewTable(name, "name", InMemory[V]())
	t.single = true
	return Single[V]{t}
}
