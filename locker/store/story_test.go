package store

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// indexAll indexes whatever is not, however little.
func indexAll(t rapid.TB, s *Store) {
	for s.indexed.Load() < s.head.Load() {
		if err := s.index(); err != nil {
			t.Fatal(err)
		}
	}
}

// storyOf is a story as its sequences and types.
func storyOf(t rapid.TB, s *Store, key string, most int) (all []string) {
	story, err := s.Story(context.Background(), key, most)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range story {
		all = append(all, fmt.Sprint(e.Seq, " ", e.Type))
	}
	return all
}

// TestAStoryIsTheSameHoweverFarTheIndexHasCome writes random histories, indexes some of
// them, opens the database again, and reads stories against a list of what was written.
func TestAStoryIsTheSameHoweverFarTheIndexHasCome(t *testing.T) {
	parcels, doors := []string{"p1", "p11", "1"}, []string{"1", "11", "p1"} // whose names end in others
	keys := []string{ParcelKey("p1"), ParcelKey("p11"), ParcelKey("1"), DoorKey("1"), DoorKey("11")}
	below, sealer := t.TempDir(), testKeys(t)
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(below, "")
		if err != nil {
			t.Fatal(err)
		}
		var s *Store
		reopen := func() {
			if s, err = Open(t.Context(), dir, "test", sealer); err != nil {
				t.Fatal(err)
			}
		}
		reopen()
		defer func() { s.Close() }()
		written, seq := map[string][]string{}, 0
		note := func(f ledger.Fact, keys ...string) ledger.Fact {
			seq++
			for _, k := range keys {
				written[k] = append(written[k], fmt.Sprint(seq, " ", f.Type()))
			}
			return f
		}
		some := func() ledger.Fact {
			p, d := rapid.SampledFrom(parcels).Draw(t, "parcel"), rapid.SampledFrom(doors).Draw(t, "door")
			switch rapid.IntRange(0, 3).Draw(t, "fact") {
			case 0:
				return note(announced(p), ParcelKey(p))
			case 1:
				f := stored(p)
				f.Compartment, f.Clear = d, nil
				return note(f, ParcelKey(p), DoorKey(d))
			case 2:
				return note(&wall.OpeningIntended{
					OfDoor: wall.OfDoor{Compartment: d, Opening: "o-" + p}, Parcel: p, Actor: p,
				}, ParcelKey(p), DoorKey(d))
			}
			return note(&visit.DeviceChanged{Device: "door " + d, Detail: "parcels/" + p})
		}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0, 1:
				tx, err := s.Begin()
				if err != nil {
					t.Fatal(err)
				}
				for range rapid.IntRange(1, 40).Draw(t, "facts") {
					tx.Append([]ledger.Fact{some()}, at)
				}
				if err := tx.Commit(); err != nil {
					t.Fatal(err)
				}
			case 2:
				indexAll(t, s)
			case 3:
				s.Close()
				reopen()
			case 4: // killed while it was written
				tx, err := s.Begin()
				if err != nil {
					t.Fatal(err)
				}
				tx.exec(s.statements.putStoryKey, ParcelKey("p1"), 1)
				tx.exec(s.statements.storyThrough, s.head.Load())
				s.Close()
				reopen()
			}
			for _, key := range keys {
				all := written[key]
				if got := storyOf(t, s, key, StoryMost); !slices.Equal(got, all) {
					t.Fatalf("the story of %s is\n%v\nand should be\n%v", key, got, all)
				}
				if got, want := storyOf(t, s, key, 3), all[max(0, len(all)-3):]; !slices.Equal(got, want) {
					t.Fatalf("the end of the story of %s is\n%v\nand should be\n%v", key, got, want)
				}
			}
		}
	})
}

func TestTheIndexIsFilledInPartsAndDecidesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if s.Unindexed() || s.Index() != nil {
		t.Error("an empty log is to be indexed")
	}
	for i := range 2*indexAtOnce + 10 {
		commit(t, s, []ledger.Fact{announced(fmt.Sprint("p", i%5))})
	}
	whole := storyOf(t, s, ParcelKey("p3"), StoryMost)
	for parts := 0; s.Unindexed(); parts++ {
		if parts == 2 {
			t.Fatal("what is not worth a commit is indexed")
		}
		if err := s.Index(); err != nil {
			t.Fatal(err)
		}
		if got := storyOf(t, s, ParcelKey("p3"), StoryMost); !slices.Equal(got, whole) {
			t.Fatalf("after %d parts: %v", parts+1, got)
		}
	}
	if s.indexed.Load() != 2*indexAtOnce {
		t.Errorf("indexed up to %d", s.indexed.Load())
	}

	// What somebody has put into it is not told, and what is lost comes back.
	for _, harm := range []string{
		"INSERT INTO story_keys(key, seq) VALUES ('parcels/p3', 1)", // which is of another parcel
		"DELETE FROM story_keys; UPDATE story_index SET through = 0",
		"DELETE FROM story_keys; DELETE FROM story_index",
	} {
		if err := s.conn.script(harm); err != nil {
			t.Fatal(err)
		}
		s.Close()
		s = open(t, dir)
		if got := storyOf(t, s, ParcelKey("p3"), StoryMost); !slices.Equal(got, whole) {
			t.Errorf("after %s: %v", harm, got)
		}
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnIndexThatCannotBeWrittenStopsNothing(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range indexWhen {
		commit(t, s, []ledger.Fact{announced(fmt.Sprint("p", i))})
	}
	const never = "CREATE TRIGGER never BEFORE INSERT ON story_keys BEGIN SELECT raise(ABORT, 'full'); END"
	if err := s.conn.script(never); err != nil {
		t.Fatal(err)
	}
	if err := s.Index(); err == nil {
		t.Error("it was written")
	}
	if s.Unindexed() || s.Index() != nil {
		t.Error("it is tried again")
	}
	commit(t, s, []ledger.Fact{announced("after")})
	if got := storyOf(t, s, ParcelKey("after"), 10); len(got) != 1 {
		t.Errorf("told %v", got)
	}
}

// What it takes to index a part of the log, for which somebody may have to wait, and to
// read a story of a log of 100,000 events, with its index and without.
func BenchmarkStory(b *testing.B) {
	s := open(b, b.TempDir())
	for range 100 {
		tx, err := s.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for range 1000 {
			seq := int(tx.head)
			tx.Append([]ledger.Fact{announced(fmt.Sprint("p", seq*7919%9973))}, at)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	read := func(b *testing.B) {
		for b.Loop() {
			if got := storyOf(b, s, ParcelKey("p17"), StoryMost); len(got) < 10 {
				b.Fatal(got)
			}
		}
	}
	b.Run("read without the index", read)
	b.Run("index a part", func(b *testing.B) {
		for b.Loop() {
			if s.indexed.Load() == s.head.Load() {
				s.indexed.Store(0)
			}
			if err := s.index(); err != nil {
				b.Fatal(err)
			}
		}
	})
	indexAll(b, s)
	b.Run("read with the index", read)
}
