package ledger

import (
	"slices"
)

// Memory keeps rows in memory, above a Source that has all of them. It holds
// the rows that their tables keep in memory: all of a table, or those that are
// needed with every decision. Without a source it holds everything.
type Memory struct {
	below  Source // nil: there is nothing but memory
	tables map[*Spec]*kept
}

type kept struct {
	rows    map[string]any
	order   []string // of the keys, as they came, where all rows are kept
	indexes map[string]found
	due     []Row // those in which something becomes due, the first ones first
}

// found is an index: the keys of the rows that each text finds.
type found map[string][]string

// NewMemory begins empty. below may be nil.
func NewMemory(below Source) *Memory { return &Memory{below: below, tables: map[*Spec]*kept{}} }

func (m *Memory) keeps(t *Spec, v any) bool { return m.below == nil || t.Keeps(v) }
func (m *Memory) whole(t *Spec) bool        { return m.below == nil || t.whole }

func (m *Memory) table(t *Spec) *kept {
	k := m.tables[t]
	if k == nil {
		k = &kept{rows: map[string]any{}, indexes: map[string]found{}}
		for _, i := range t.indexes {
			k.indexes[i.name] = found{}
		}
		m.tables[t] = k
	}
	return k
}

// Set puts a row into memory, or takes it out when it is gone or need not be kept.
func (m *Memory) Set(t *Spec, r Row) {
	k := m.table(t)
	old, had := k.rows[r.Key]
	keeps := r.Value != nil && m.keeps(t, r.Value)
	for _, i := range t.indexes {
		var before, after []string
		if had {
			before = i.of(r.Key, old)
		}
		if keeps {
			after = i.of(r.Key, r.Value)
		}
		k.indexes[i.name].move(r.Key, before, after)
	}
	k.schedule(t, old, r, keeps)
	switch {
	case keeps && !had:
		k.order = append(k.order, r.Key)
	case had && !keeps:
		k.order = slices.DeleteFunc(k.order, func(key string) bool { return key == r.Key })
	}
	if keeps {
		k.rows[r.Key] = r.Value
	} else {
		delete(k.rows, r.Key)
	}
}

// schedule puts a row where it belongs among those in which something becomes due.
func (k *kept) schedule(t *Spec, old any, r Row, keeps bool) {
	if old != nil && !t.DueAt(old).IsZero() {
		if i, ok := slices.BinarySearchFunc(k.due, Row{r.Key, old}, t.sooner); ok {
			k.due = slices.Delete(k.due, i, i+1)
		}
	}
	if keeps && !t.DueAt(r.Value).IsZero() {
		i, _ := slices.BinarySearchFunc(k.due, r, t.sooner)
		k.due = slices.Insert(k.due, i, r)
	}
}

// move has a row found by other texts than before. Where both have a text it
// keeps its place.
func (x found) move(key string, before, after []string) {
	for _, text := range before {
		if slices.Contains(after, text) {
			continue
		}
		if rest := slices.DeleteFunc(x[text], func(other string) bool { return other == key }); len(rest) > 0 {
			x[text] = rest
		} else {
			delete(x, text)
		}
	}
	for _, text := range after {
		if text != "" && !slices.Contains(x[text], key) {
			x[text] = append(x[text], key)
		}
	}
}

// Merge takes over what a decision changed.
func (m *Memory) Merge(c Changes) { c.Each(m.Set) }

// Row reads a row from memory, or from below.
func (m *Memory) Row(t *Spec, key string) (any, bool) {
	if v, ok := m.table(t).rows[key]; ok {
		return v, true
	}
	if m.whole(t) {
		return nil, false
	}
	return m.below.Row(t, key)
}

// Rows reads from memory where all rows are kept, in the order in which they
// came; else from below.
func (m *Memory) Rows(t *Spec, index, text string) []Row {
	k := m.table(t)
	if !m.whole(t) {
		rows := m.below.Rows(t, index, text)
		for i, r := range rows {
			if v, ok := k.rows[r.Key]; ok {
				rows[i].Value = v
			}
		}
		return rows
	}
	keys := k.order
	if index != "" {
		keys = nil
		for _, one := range Texts(text) {
			keys = append(keys, k.indexes[index][one]...)
		}
	}
	rows := make([]Row, len(keys))
	for i, key := range keys {
		rows[i] = Row{key, k.rows[key]}
	}
	return rows
}

// Due reads the rows in which something becomes due. They are all in memory.
func (m *Memory) Due(t *Spec) []Row { return slices.Clone(m.table(t).due) }
