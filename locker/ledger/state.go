package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Row is a value with its key.
type Row struct {
	Key   string
	Value any // nil: the row is gone
}

// A Source is where a State reads rows that it has not changed itself.
type Source interface {
	// Row reads one row.
	Row(s *Spec, key string) (any, bool)
	// Rows reads all rows that an index finds, or with an empty index the whole
	// table, in the order of their keys unless the source has a better one.
	Rows(s *Spec, index, text string) []Row
	// Due reads the rows in which something becomes due, the first ones first.
	Due(s *Spec) []Row
}

// Changes are the rows that a State has changed, in their new form.
type Changes map[*Spec]map[string]any // nil: the row is gone

// Each calls do for every changed row.
func (c Changes) Each(do func(s *Spec, r Row)) {
	for s, rows := range c {
		for key, v := range rows {
			do(s, Row{key, v})
		}
	}
}

// A State is the tables as a decision sees them: a source, and above it what
// the decision has changed.
type State struct {
	source  Source
	changes Changes
}

// NewState begins with nothing changed.
func NewState(source Source) *State { return &State{source: source} }

// Row makes a State a Source: another may be begun above it.
func (s *State) Row(t *Spec, key string) (any, bool) { return s.row(t, key) }

// Rows makes a State a Source; see Row.
func (s *State) Rows(t *Spec, index, text string) []Row {
	for _, i := range t.indexes {
		if i.name == index {
			return s.rows(t, i, text)
		}
	}
	return s.rows(t, nil, "")
}

// Due makes a State a Source; see Row.
func (s *State) Due(t *Spec) []Row {
	rows := s.source.Due(t)
	changed := s.changes[t]
	if len(changed) == 0 {
		return rows
	}
	all := make([]Row, 0, len(rows)+len(changed))
	for _, r := range rows {
		if _, is := changed[r.Key]; !is {
			all = append(all, r)
		}
	}
	for key, v := range changed {
		if v != nil && !t.DueAt(v).IsZero() {
			all = append(all, Row{key, v})
		}
	}
	slices.SortFunc(all, t.sooner)
	return all
}

// sooner orders rows by what becomes due in them.
func (s *Spec) sooner(a, b Row) int {
	return cmp.Or(s.DueAt(a.Value).Compare(s.DueAt(b.Value)), cmp.Compare(a.Key, b.Key))
}

// Until reads the rows in which something has become due at a time, the oldest first.
func (d Due[V]) Until(s *State, now time.Time) (all []V) {
	for _, r := range s.Due(d.table.Spec) {
		if d.table.DueAt(r.Value).After(now) {
			break
		}
		all = append(all, r.Value.(V))
	}
	return all
}

// Next is when something becomes due; the zero time when nothing will.
func (d Due[V]) Next(s *State) time.Time {
	rows := s.Due(d.table.Spec)
	if len(rows) == 0 {
		return time.Time{}
	}
	return d.table.DueAt(rows[0].Value)
}

// Changes are all rows changed so far. They belong to the State.
func (s *State) Changes() Changes { return s.changes }

func (s *State) row(t *Spec, key string) (any, bool) {
	if v, changed := s.changes[t][key]; changed {
		return v, v != nil
	}
	return s.source.Row(t, key)
}

func (s *State) set(t *Spec, key string, v any) {
	if s.changes == nil {
		s.changes = Changes{}
	}
	rows := s.changes[t]
	if rows == nil {
		rows = map[string]any{}
		s.changes[t] = rows
	}
	rows[key] = v
}

// rows joins what the source has with what was changed above it. Rows the source
// does not have come last, in the order of their keys.
func (s *State) rows(t *Spec, i *indexSpec, text string) []Row {
	index := ""
	if i != nil {
		index = i.name
	}
	below := s.source.Rows(t, index, text)
	changed := s.changes[t]
	if len(changed) == 0 {
		return below
	}
	texts := Texts(text)
	found := func(key string, v any) bool {
		return v != nil && (i == nil || i.finds(key, v, texts))
	}
	all := make([]Row, 0, len(below)+len(changed))
	seen := make(map[string]bool, len(changed))
	for _, r := range below {
		if v, is := changed[r.Key]; is {
			seen[r.Key] = true
			if !found(r.Key, v) {
				continue
			}
			r.Value = v
		}
		all = append(all, r)
	}
	old := len(all)
	for key, v := range changed {
		if !seen[key] && found(key, v) {
			all = append(all, Row{key, v})
		}
	}
	slices.SortFunc(all[old:], func(a, b Row) int { return cmp.Compare(a.Key, b.Key) })
	return all
}

// Get reads a row.
func (t Table[V]) Get(s *State, key string) (v V, ok bool) {
	found, ok := s.row(t.Spec, key)
	if !ok {
		return v, false
	}
	return found.(V), true
}

// Put writes a row.
func (t Table[V]) Put(s *State, key string, v V) { s.set(t.Spec, key, v) }

// Delete removes a row; it is no mistake when there is none.
func (t Table[V]) Delete(s *State, key string) { s.set(t.Spec, key, nil) }

// Change reads a row, has it changed and writes it. It does nothing where there
// is no such row.
func (t Table[V]) Change(s *State, key string, change func(*V)) {
	if v, ok := t.Get(s, key); ok {
		change(&v)
		t.Put(s, key, v)
	}
}

// All reads the whole table. Only tables that are kept in memory are read so.
func (t Table[V]) All(s *State) []V { return values[V](s.rows(t.Spec, nil, "")) }

// Keys reads the keys of the whole table.
func (t Table[V]) Keys(s *State) []string {
	rows := s.rows(t.Spec, nil, "")
	all := make([]string, len(rows))
	for i, r := range rows {
		all[i] = r.Key
	}
	return all
}

// Find reads the rows an index finds by a text; none for the empty text, nor for one
// with a NUL in it.
func (i Index[V]) Find(s *State, text string) []V {
	if text == "" || strings.Contains(text, anyOf) {
		return nil
	}
	return values[V](s.rows(i.table.Spec, i.spec, text))
}

// FindAny reads the rows an index finds by any of some texts, in one question to the
// source: "?1" of the index's conditions is the first of them. A row may come twice.
func (i Index[V]) FindAny(s *State, texts ...string) []V {
	return values[V](s.rows(i.table.Spec, i.spec, strings.Join(texts, anyOf)))
}

// anyOf stands between the texts of FindAny on their way to a source.
const anyOf = "\x00"

// Texts are those that a source is asked for.
func Texts(text string) []string { return strings.Split(text, anyOf) }

// finds reports whether a row is found by any of some texts.
func (i *indexSpec) finds(key string, v any, texts []string) bool {
	return slices.ContainsFunc(i.of(key, v), func(is string) bool { return slices.Contains(texts, is) })
}

func values[V any](rows []Row) []V {
	if len(rows) == 0 {
		return nil
	}
	all := make([]V, len(rows))
	for i, r := range rows {
		all[i] = r.Value.(V)
	}
	return all
}

// Read reads the value; the zero value when there is none.
func (t Single[V]) Read(s *State) V { v, _ := t.Get(s, t.name); return v }

// Write replaces the value.
func (t Single[V]) Write(s *State, v V) { t.Put(s, t.name, v) }

// Clear removes the value.
func (t Single[V]) Clear(s *State) { t.Delete(s, t.name) }
