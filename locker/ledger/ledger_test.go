package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
)

// A shelf is what the tests keep: found by its colour, in memory while it is full.
type shelf struct {
	ID     string
	Colour string
	Full   bool
}

var (
	shelves = ledger.NewTable("shelves", "id", ledger.InMemoryWhile(func(s shelf) bool { return s.Full }))
	colours = ledger.NewIndex(shelves, "colour", func(_ string, s shelf) []string { return []string{s.Colour} },
		"colour = ?1")
	boxes = ledger.NewTable("boxes", "id", ledger.InMemory[shelf]())
	opens = ledger.NewDue(boxes, func(s shelf) (at time.Time) {
		if s.Full {
			at = time.Unix(int64(len(s.Colour)), 0)
		}
		return at
	})
	lids  = ledger.NewIndex(boxes, "colour", func(_ string, s shelf) []string { return []string{s.Colour} })
	owner = ledger.NewSingle[string]("owner")
)

type painted struct {
	ID     string `json:"id"`
	Again  bool   `json:"-"`
	Secret struct{ By string }
}

func (f painted) Type() string {
	if f.Again {
		return "shelf.repainted"
	}
	return "shelf.painted"
}
func (f painted) Subject() string                     { return "shelves/" + f.ID }
func (painted) Published() bool                       { return true }
func (f *painted) Private() any                       { return &f.Secret }
func (f *painted) Apply(s *ledger.State, _ time.Time) { shelves.Put(s, f.ID, shelf{ID: f.ID}) }

func TestAFactIsReadBackAsWhatItWas(t *testing.T) {
	c := ledger.NewCatalogue(ledger.Module{
		Name: "test", Facts: []ledger.Fact{&painted{}, &painted{Again: true}}, Tables: []*ledger.Spec{shelves.Spec},
	})
	f, err := c.Read("shelf.repainted", []byte(`{"id":"a"}`), []byte(`{"By":"K"}`))
	if got, ok := f.(*painted); err != nil || !ok || !got.Again || got.ID != "a" || got.Secret.By != "K" {
		t.Errorf("%+v, %v", f, err)
	}
	for _, bad := range [][3]string{
		{"shelf.eaten", "{}", ""}, {"shelf.painted", "{", ""}, {"shelf.painted", "{}", "{"},
	} {
		if f, err := c.Read(bad[0], []byte(bad[1]), []byte(bad[2])); err == nil {
			t.Errorf("%v is read as %+v", bad, f)
		}
	}
	if !c.Published("shelf.painted") || c.Published("shelf.eaten") {
		t.Error("what is published")
	}
}

func TestTwoFactsOrTablesOfOneNameAreAMistakeOfTheProgram(t *testing.T) {
	for name, m := range map[string]ledger.Module{
		"facts":  {Facts: []ledger.Fact{&painted{}, &painted{}}},
		"tables": {Tables: []*ledger.Spec{shelves.Spec, shelves.Spec}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("two %s of one name were taken", name)
				}
			}()
			ledger.NewCatalogue(m)
		}()
	}
}

// A decision sees what it has changed above what memory has above what the store
// has, whichever of the three has a row. A plain map says what is right.
func TestAStateReadsAsOneMapWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		store := ledger.NewMemory(nil)
		memory := ledger.NewMemory(store)
		all := map[*ledger.Spec]map[string]shelf{shelves.Spec: {}, boxes.Spec: {}}
		keys, tints := rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.SampledFrom([]string{"", "red", "blue"})
		for range rapid.IntRange(1, 6).Draw(t, "decisions") {
			state := ledger.NewState(memory)
			wants := map[*ledger.Spec]map[string]shelf{
				shelves.Spec: maps.Clone(all[shelves.Spec]), boxes.Spec: maps.Clone(all[boxes.Spec]),
			}
			for range rapid.IntRange(0, 5).Draw(t, "changes") {
				table := rapid.SampledFrom([]ledger.Table[shelf]{shelves, boxes}).Draw(t, "table")
				key := keys.Draw(t, "key")
				if rapid.IntRange(0, 3).Draw(t, "delete") == 0 {
					table.Delete(state, key)
					delete(wants[table.Spec], key)
					continue
				}
				v := shelf{key, tints.Draw(t, "colour"), rapid.Bool().Draw(t, "full")}
				table.Put(state, key, v)
				wants[table.Spec][key] = v
			}
			reads(t, state, wants)
			if rapid.Bool().Draw(t, "dropped") {
				reads(t, ledger.NewState(memory), all)
				continue
			}
			all = wants
			store.Merge(state.Changes())
			memory.Merge(state.Changes())
			reads(t, ledger.NewState(memory), all)
		}
	})
}

func reads(t *rapid.T, s *ledger.State, wants map[*ledger.Spec]map[string]shelf) {
	for _, c := range []struct {
		table ledger.Table[shelf]
		index ledger.Index[shelf]
	}{{shelves, colours}, {boxes, lids}} {
		want := wants[c.table.Spec]
		for _, key := range []string{"a", "b", "c", "d"} {
			v, ok := c.table.Get(s, key)
			if w, is := want[key]; ok != is || v != w {
				t.Fatalf("%s of %s is %+v, %t; want %+v, %t", key, c.table.Name(), v, ok, w, is)
			}
		}
		for _, colour := range []string{"red", "blue"} {
			var right []string
			for _, key := range slices.Sorted(maps.Keys(want)) {
				if want[key].Colour == colour {
					right = append(right, fmt.Sprint(want[key]))
				}
			}
			var got []string
			for _, v := range c.index.Find(s, colour) {
				got = append(got, fmt.Sprint(v))
			}
			slices.Sort(got)
			if !slices.Equal(got, right) {
				t.Fatalf("%s ones of %s: %v, want %v", colour, c.table.Name(), got, right)
			}
		}
	}
	var due []string
	for key, v := range wants[boxes.Spec] {
		if v.Full {
			due = append(due, fmt.Sprintf("%d%s", len(v.Colour), key))
		}
	}
	slices.Sort(due)
	for now := range int64(6) {
		var got, want []string
		for _, v := range opens.Until(s, time.Unix(now, 0)) {
			got = append(got, fmt.Sprintf("%d%s", len(v.Colour), v.ID))
		}
		for _, d := range due {
			if int64(d[0]-'0') <= now {
				want = append(want, d)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("due at %d: %v, want %v", now, got, want)
		}
	}
	if next := opens.Next(s); next.IsZero() != (len(due) == 0) || len(due) > 0 && next.Unix() != int64(due[0][0]-'0') {
		t.Fatalf("next at %v, due are %v", next, due)
	}
	if all := boxes.Keys(s); len(all) != len(wants[boxes.Spec]) {
		t.Fatalf("all boxes: %v, want %v", all, wants[boxes.Spec])
	}
	if none := colours.Find(s, ""); none != nil {
		t.Fatalf("the empty text finds %v", none)
	}
}

func TestASingleIsWrittenReadAndCleared(t *testing.T) {
	m := ledger.NewMemory(nil)
	for _, want := range []string{"", "K", ""} {
		s := ledger.NewState(m)
		if want == "" {
			owner.Clear(s)
		} else {
			owner.Write(s, want)
		}
		m.Merge(s.Changes())
		if got := owner.Read(ledger.NewState(m)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Rows keep the order in which they came, also when they change: the wall is
// drawn in it.
func TestAChangedRowKeepsItsPlace(t *testing.T) {
	m := ledger.NewMemory(nil)
	for _, key := range []string{"z", "a", "m", "a", "z"} {
		m.Set(boxes.Spec, ledger.Row{Key: key, Value: shelf{ID: key, Colour: "red"}})
	}
	s := ledger.NewState(m)
	boxes.Change(s, "a", func(v *shelf) { v.Full = true })
	boxes.Change(s, "nobody", func(*shelf) { t.Error("there is no such row") })
	if got := boxes.Keys(s); !slices.Equal(got, []string{"z", "a", "m"}) {
		t.Errorf("all: %v", got)
	}
	if got := lids.Find(s, "red"); len(got) != 3 || got[0].ID != "z" || !got[1].Full {
		t.Errorf("red: %v", got)
	}
}

func TestSeveralTextsFindWhatEachOfThemFinds(t *testing.T) {
	below := ledger.NewMemory(nil)
	s := ledger.NewState(below)
	for id, colour := range map[string]string{"a": "red", "b": "blue", "c": "green"} {
		boxes.Put(s, id, shelf{ID: id, Colour: colour})
	}
	names := func(all []shelf) (found []string) {
		for _, b := range all {
			found = append(found, b.Colour)
		}
		slices.Sort(found)
		return found
	}
	if got := names(lids.FindAny(s, "red", "green", "none")); !slices.Equal(got, []string{"green", "red"}) {
		t.Errorf("found %v", got)
	}
	if got := lids.Find(s, "red\x00green"); got != nil {
		t.Errorf("a text with a NUL in it finds %v", got)
	}
	if !boxes.Finds("colour", "blue\x00red", ledger.Row{Key: "a", Value: shelf{Colour: "red"}}) {
		t.Error("a row is not found by the second text")
	}
}
