package store

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
)

// written is a database as the first schema had it, with these parcels.
func written(t *testing.T, parcels ...parcel.Parcel) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db, err := sql.Open("sqlite", filepath.Join(dir, "station.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	schema, err := migrations.ReadFile("migrations/0001_station.sql")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA journal_mode = WAL;" + string(schema) +
		"PRAGMA user_version = 1"); err != nil {
		t.Fatal(err)
	}
	for _, p := range parcels {
		doc, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("INSERT INTO parcels(id, state, label, order_id, doc) VALUES (?,?,?,?,?)",
			p.ID, p.State,
			p.Label, p.OrderID, string(doc)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What several spellings, ids among them, find: the same in a database that has
// just been written as in one of the first schema.
func TestLabelsAreFoundInEverySpelling(t *testing.T) {
	parcels := []parcel.Parcel{
		{ID: "a", State: parcel.Announced, Label: "00340123450000000017"},
		{ID: "b", State: parcel.Announced, Label: "rr123456785gb"},
		{ID: "c", State: parcel.Collected, Label: "(00)340123450000000024"},
		{ID: "d", State: parcel.Announced, Label: "340123450000000024"},
		{ID: "00340123450000000031", State: parcel.Announced, Label: "00340123450000000031"},
		{ID: "340123450000000048", State: parcel.Announced, Label: "340123450000000048"},
		{ID: "340123450000000055", State: parcel.Announced, Label: "X"},
		{ID: "shop-1", State: parcel.Announced, Label: "shop-1"},
	}
	for name, dir := range map[string]string{
		"now": t.TempDir(), "by the first schema": written(t, parcels...),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, dir)
			if name == "now" {
				commit(t, s, nil, parcels...)
			}
			s.Close()
			s = open(t, dir) // a second time there is nothing to do
			for _, c := range []struct {
				label string
				want  []string // ids in their order
			}{
				{"340123450000000017", []string{"a"}},
				{"(00)340123450000000017", []string{"a"}},
				{"RR 123 456 785 GB", []string{"b"}},
				{"00340123450000000024", []string{"c", "d"}},
				{"340123450000000031", []string{"00340123450000000031"}},
				{"00340123450000000031", []string{"00340123450000000031"}},
				{"(00)340123450000000048", []string{"340123450000000048"}},
				{"340123450000000055", nil},
				{"X", []string{"340123450000000055"}},
				{"shop-1", []string{"shop-1"}},
				{"Shop-1", nil},
			} {
				list, _, err := s.Parcels(t.Context(), parcel.Filter{Label: c.label, Limit: 10})
				if got := ids(list); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%s lists %q, %v, want %q", c.label, got, err, c.want)
				}
				found := parcel.ByLabel(ledger.NewState(s.Rows()), label.Keys(c.label))
				_, others := parcel.KnownAs(ledger.NewState(s.Rows()), "new", label.Keys(c.label))
				if got := ids(found); !slices.Equal(got, c.want) {
					t.Errorf("%s finds %q, want %q", c.label, got, c.want)
				}
				if got := ids(others); !slices.Equal(got, c.want) {
					t.Errorf("an announcement of %s meets %q, want %q", c.label, got, c.want)
				}
			}
			for _, p := range parcels {
				if kept, _, err := s.Parcel(t.Context(), p.ID); err != nil || kept.Label != p.Label {
					t.Errorf("the label of %s is %q, %v, want %q", p.ID, kept.Label, err, p.Label)
				}
			}
		})
	}
}

func ids(parcels []parcel.Parcel) (all []string) {
	for _, p := range parcels {
		all = append(all, p.ID)
	}
	slices.Sort(all)
	return slices.Compact(all) // a parcel may come twice
}

func TestAnAnnouncementMeetsItsOwnParcelAndTheOthersOfItsLabel(t *testing.T) {
	s := open(t, t.TempDir())
	commit(t, s, nil, parcel.Parcel{
		ID: "340123450000000017", State: parcel.Cancelled, Label: "340123450000000017",
	},
		parcel.Parcel{ID: "00340123450000000017", State: parcel.Announced, Label: "00340123450000000017"})
	for _, c := range []struct{ id, other string }{
		{"340123450000000017", "00340123450000000017"}, {"00340123450000000017", "340123450000000017"},
	} {
		known, others := parcel.KnownAs(ledger.NewState(s.Rows()), c.id, label.Keys(c.id))
		if known == nil || known.ID != c.id || len(others) != 1 || others[0].ID != c.other {
			t.Errorf("%s meets %+v and %+v", c.id, known, others)
		}
	}
}

// plan is how SQLite goes about a query, a line for each step.
func plan(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	rows, err := s.read.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	return strings.Join(steps, "\n")
}

// However long the history, the writer and a courier look a label up.
func TestNoLookForALabelReadsTheWholeTable(t *testing.T) {
	s := open(t, t.TempDir())
	list, _ := parcelList(parcel.Filter{Label: "]C101040123451234569" + "1ABC12345"}, 10)
	for _, query := range []string{
		findIn(parcel.Parcels.Spec, "key"), findIn(parcel.Parcels.Spec, "own key"), list,
		"DELETE FROM spellings WHERE parcel=?",
	} {
		args := make([]any, strings.Count(query, " = ?")+strings.Count(query, " > ?")+
			strings.Count(query, "=?"))
		if strings.Contains(query, "?1") {
			args = []any{"a"}
		}
		p := plan(t, s, query, args...)
		if strings.Contains(p, "SCAN parcels") || strings.Contains(p, "SCAN spellings") ||
			!strings.Contains(p, "SEARCH ") {
			t.Errorf("%s:\n%s", query, p)
		}
	}
}

// Nor does a list of few parcels among many, and none is put in order after it
// was read.
func TestListsOfParcelsGoAlongAnIndex(t *testing.T) {
	for name, dir := range map[string]string{"now": t.TempDir(), "by the first schema": written(t)} {
		s := open(t, dir)
		for _, c := range []struct {
			filter parcel.Filter
			index  string
		}{
			{parcel.Filter{}, "autoindex"},
			{parcel.Filter{State: parcel.Announced}, "parcels_state (state=? AND id>?"},
			{parcel.Filter{State: parcel.Stored, After: "a"}, "parcels_state (state=? AND id>?"},
			{parcel.Filter{State: parcel.Collected}, "autoindex"},
			{parcel.Filter{OrderID: "o"}, "parcels_order (order_id=? AND id>?"},
		} {
			query, args := parcelList(c.filter, 10)
			if p := plan(t, s, query, args...); strings.Contains(p, "TEMP B-TREE") ||
				!strings.Contains(p, c.index) {
				t.Errorf("%s, %+v, wanted by %s:\n%s", name, c.filter, c.index, p)
			}
		}
	}
}

// A parcel with several labels, and labels that may stand for other numbers: found
// by each, also in a database of the schema before, and by none that it has no more.
func TestAParcelIsFoundByEachOfItsLabels(t *testing.T) {
	dir := written(t, parcel.Parcel{ID: "old", State: parcel.Announced, Label: "A435075176056A"},
		parcel.Parcel{ID: "ground", State: parcel.Announced, Label: "1071804952390002087800925989385163"},
		parcel.Parcel{ID: "brown", State: parcel.Announced, Label: "1z999aa10123456784"})
	s := open(t, dir)
	p := parcel.Parcel{
		ID: "p", State: parcel.Announced, Rev: 1, Label: "SHOP-1",
		Labels: []string{"00340123450000000017", "JJD012345678901234567"},
	}
	commit(t, s, nil, p)
	found := func(text string, want ...string) {
		t.Helper()
		list, _, err := s.Parcels(t.Context(), parcel.Filter{Label: text, Limit: 10})
		if got := ids(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s lists %q, %v, want %q", text, got, err, want)
		}
		tx, err := s.Begin()
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if got := ids(parcel.ByLabel(ledger.NewState(s.Rows()), label.Keys(text))); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
		if _, others := parcel.KnownAs(ledger.NewState(s.Rows()), "new",
			label.Keys(text)); !slices.Equal(ids(others), want) {
			t.Errorf("an announcement of %s meets %q, want %q", text, ids(others), want)
		}
	}
	found("SHOP-1", "p")
	found("]C10034012345000000001742110002", "p")
	found("JD012345678901234567", "p")
	found("JJD012345678901234567", "p")
	found("435075176056", "old")
	found("]F0A435075176056A", "old")
	found("925989385163", "ground")
	found("1Z999AA10123456784", "brown")
	found("A435075176056B")

	p.Rev, p.Labels = 2, []string{"X-2"}
	commit(t, s, nil, p)
	found("X-2", "p")
	found("340123450000000017")
	found("JD012345678901234567")
	if kept, _, err := s.Parcel(t.Context(), "p"); err != nil || !slices.Equal(kept.Labels, p.Labels) {
		t.Errorf("%+v, %v", kept, err)
	}
}

// What is on a parcel need not be its first label.
func TestAParcelIsSoughtByTheEndOfAnyOfItsLabels(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	commit(t, s, nil,
		parcel.Parcel{ID: "shop-17", State: parcel.Stored, Label: "CARRIER0421",
			Labels:  []string{"785458233610"},
			OrderID: "SO-7002"},
		parcel.Parcel{ID: "shop-18", State: parcel.Stored, Label: "CARRIER0422"})
	for text, want := range map[string]string{
		"p-17": "shop-17", "0421": "shop-17", "3610": "shop-17", "7002": "shop-17",
		"r0422": "shop-18", "4582": "",
	} {
		found, err := s.Seek(t.Context(), text, 5)
		got := ""
		for _, p := range found {
			got += p.ID
		}
		if err != nil || got != want {
			t.Errorf("%q finds %q, want %q; %v", text, got, want, err)
		}
	}
}

// Parcels of a person are looked for behind the doors and at the counter, wherever the store
// keeps them, and never among all that there ever were.
func TestParcelsForTheSamePersonAreFoundInTheFile(t *testing.T) {
	s := open(t, t.TempDir())
	of := func(id string, state parcel.State) parcel.Parcel {
		return parcel.Parcel{ID: id, Label: id, State: state, OrderID: "SO-1", AnnouncedBy: "key:a"}
	}
	commit(t, s, nil, of("p", parcel.CounterHeld), of("q", parcel.CounterHeld), of("r", parcel.Collected),
		of("s", parcel.Announced))
	got := parcel.Siblings(ledger.NewState(ledger.NewMemory(s.Rows())), visit.Policy{}, "p")
	if !slices.Equal(got, []string{"p", "q"}) {
		t.Errorf("together are %v", got)
	}
	if steps := plan(t, s, findIn(parcel.Parcels.Spec, "at counter"), "counter_held"); !strings.Contains(steps,
		"parcels_state") {
		t.Errorf("found by\n%s", steps)
	}
}
