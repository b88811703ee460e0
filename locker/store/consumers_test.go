package store

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

func keyAdded(name string) *people.KeyAdded {
	scopes := []string{"events:read", "codes:read"}
	return &people.KeyAdded{Name: name, Scopes: scopes, At: at.At, Hash: people.KeyHash{SHA256: "h-" + name}}
}

// apply applies facts that are in no log.
func apply(tx *Tx, facts ...ledger.Fact) {
	state := ledger.NewState(tx.s.Rows())
	for _, f := range facts {
		f.Apply(state, at.At)
	}
	tx.Save(state.Changes())
}

func consumers(t testing.TB, s *Store, names ...string) {
	t.Helper()
	inOne(t, s, func(tx *Tx) {
		for _, name := range names {
			apply(tx, keyAdded(name))
		}
	})
}

func acknowledge(tx *Tx, consumer string, through int64) {
	tx.Save(people.Acknowledge(tx.s.Rows(), consumer, through))
}

func inOne(t rapid.TB, s *Store, do func(*Tx)) {
	t.Helper()
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	do(tx)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// What a consumer is owed: the codes of the parcels that are there and that it has
// not acknowledged. A plain model says which codes wait, whatever happens in between.
func TestACodeWaitsForAllConsumersAndForNobodyElse(t *testing.T) {
	dir, fresh, sealer := t.TempDir(), t.TempDir(), testKeys(t)
	open(t, fresh).Close()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		place := filepath.Join(dir, fmt.Sprint(run))
		if err := os.CopyFS(place, os.DirFS(fresh)); err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(place)
		start := func() *Store {
			s, err := Open(t.Context(), place, "test", sealer)
			if err == nil {
				_, err = s.conn.once("PRAGMA synchronous=OFF") // no power is cut here
			}
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := start()
		defer func() { s.Close() }()
		waiting := map[int64]string{} // parcels, by the sequence of their deposits
		through := map[string]int64{} // what each consumer has acknowledged
		keys := map[string]bool{}     // true: it reads only
		parcels := 0
		settle := func() {
			if len(through) == 0 {
				return
			}
			all := slices.Min(slices.Collect(maps.Values(through)))
			maps.DeleteFunc(waiting, func(seq int64, _ string) bool { return seq <= all })
		}
		names := rapid.SampledFrom([]string{"shop", "mail", "till"})
		t.Repeat(map[string]func(*rapid.T){
			"a parcel comes": func(t *rapid.T) {
				parcels++
				id := fmt.Sprint("p", parcels)
				inOne(t, s, func(tx *Tx) { tx.Append([]ledger.Fact{announced(id), stored(id)}, at) })
				waiting[s.Head()] = id
			},
			"a parcel goes": func(t *rapid.T) {
				if len(waiting) == 0 {
					t.Skip("none is there")
				}
				seq := rapid.SampledFrom(slices.Sorted(maps.Keys(waiting))).Draw(t, "deposit")
				of := parcel.OfParcel{ParcelID: waiting[seq]}
				end := rapid.SampledFrom([]ledger.Fact{
					&parcel.ParcelCollected{OfParcel: of}, &parcel.ParcelExpired{OfParcel: of},
					&parcel.DepositFailure{OfParcel: of},
					&parcel.ParcelHandedOver{OfParcel: of}, &parcel.ParcelWrittenOff{OfParcel: of},
				}).Draw(t, "end")
				inOne(t, s, func(tx *Tx) { tx.Append([]ledger.Fact{end}, at) })
				delete(waiting, seq)
			},
			"a key comes": func(t *rapid.T) {
				key := keyAdded(names.Draw(t, "name"))
				if _, taken := keys[key.Name]; taken {
					t.Skip("it is there")
				}
				key.ReadsOnly = rapid.Bool().Draw(t, "reads only")
				inOne(t, s, func(tx *Tx) { tx.Append([]ledger.Fact{key}, at); apply(tx, key) })
				if keys[key.Name] = key.ReadsOnly; !key.ReadsOnly {
					through[key.Name] = 0
				}
			},
			"a key is revoked": func(t *rapid.T) {
				gone := &people.KeyRevoked{Name: names.Draw(t, "name")}
				if _, there := keys[gone.Name]; !there {
					t.Skip("it is not there")
				}
				inOne(t, s, func(tx *Tx) { tx.Append([]ledger.Fact{gone}, at); apply(tx, gone) })
				delete(keys, gone.Name)
				delete(through, gone.Name)
				settle()
			},
			"a client acknowledges": func(t *rapid.T) {
				name, seq := names.Draw(t, "name"), rapid.Int64Range(0, s.Head()).Draw(t, "through")
				old, consumes := through[name]
				owed := false
				for at := range waiting {
					owed = owed || at > old && at <= seq
				}
				if waits, err := s.CodeWaits(t.Context(), name, seq); err != nil || waits != (consumes && owed) {
					t.Fatalf("a code up to %d waits for %s: %t, %v; it has %d, %v wait", seq, name, waits, err,
						old, waiting)
				}
				inOne(t, s, func(tx *Tx) { acknowledge(tx, name, seq) })
				if consumes {
					through[name] = max(old, seq)
					settle()
				}
			},
			"the core is started": func(t *rapid.T) {
				if rapid.IntRange(0, 3).Draw(t, "skip") > 0 {
					t.Skip("seldom")
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = start()
			},
			"": func(t *rapid.T) {
				if n := s.CodesWaiting(); n != int64(len(waiting)) {
					t.Fatalf("%d codes wait, want those of %v; acknowledged %v", n, waiting, through)
				}
				page, err := s.Feed(t.Context(), 0, 100, true)
				if err != nil {
					t.Fatal(err)
				}
				for _, id := range waiting {
					if !strings.Contains(string(page.Events), `"code":"CODE`+id+`"`) && page.Count < 100 {
						t.Fatalf("the code of %s is not told", id)
					}
				}
				told, err := s.Waiting(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got := map[string]int64{}
				for _, w := range told {
					if got[w.Consumer] = w.Codes; !w.Oldest.Equal(at.At) {
						t.Fatalf("the oldest for %s is of %v", w.Consumer, w.Oldest)
					}
				}
				want := map[string]int64{}
				for seq := range waiting {
					for name, has := range through {
						if seq > has {
							want[name]++
						}
					}
					if len(through) == 0 {
						want[""]++
					}
				}
				if !maps.Equal(got, want) {
					t.Fatalf("codes wait for %v, want %v", got, want)
				}
			},
		})
	})
}

// A database of the program before has keys and no consumers.
func TestKeysOfBeforeBecomeConsumersOfWhatStillWaits(t *testing.T) {
	for name, c := range map[string]struct {
		codes []int64
		want  int64
	}{"a code waits": {[]int64{3, 5}, 2}, "none waits": {nil, 6}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			reader, revoked := keyAdded("screen"), keyAdded("old")
			reader.Scopes = []string{"events:read"}
			blind := keyAdded("blind")
			blind.Scopes = []string{"codes:read"} // for which the feed is closed
			added := []ledger.Fact{keyAdded("shop"), reader, blind, revoked, &people.KeyRevoked{Name: "old"}}
			inOne(t, s, func(tx *Tx) {
				tx.Append(append(slices.Clone(added), announced("a")), at)
				apply(tx, added...)
				for _, seq := range c.codes {
					tx.exec(tx.s.statements.putCode, seq, "a", tx.s.sealer.Seal("a", "CODE 12345678"))
				}
			})
			for _, query := range []string{"DROP TABLE consumers", "PRAGMA user_version = 7",
				"DROP TABLE story_keys", "DROP TABLE story_index", "DROP TABLE orders", "DROP TABLE order_keys",
				"ALTER TABLE events RENAME COLUMN published TO told", "ALTER TABLE incarnations RENAME TO lives",
				"ALTER TABLE lives RENAME COLUMN id TO mark"} {
				if _, err := s.conn.once(query); err != nil {
					t.Fatal(err)
				}
			}
			s.Close()
			s = open(t, dir)
			all, err := All(t.Context(), s, people.Consumers)
			if err != nil || len(all) != 1 || all[0] != (people.Consumer{Name: "shop", Acknowledged: c.want}) {
				t.Errorf("consumers are %+v, %v; want shop, with all up to %d", all, err, c.want)
			}
			if err := compareAgain(t, s, people.Consumers.Spec); err != nil {
				t.Error(err)
			}
		})
	}
}

// compareAgain holds a table against what follows from the log.
func compareAgain(t *testing.T, s *Store, spec *ledger.Spec) error {
	again := open(t, t.TempDir())
	if err := again.takeLog(t.Context(), s); err != nil {
		return err
	}
	return compare(t.Context(), spec, s, again)
}

// Without its row nothing would wait for a consumer; with one too many, codes would
// wait for nobody.
func TestAStartRefusesConsumersThatAreNotThoseOfTheKeys(t *testing.T) {
	for name, c := range map[string]struct{ harm, told string }{
		"one is missing":       {"DELETE FROM consumers WHERE name='shop'", `key "shop"`},
		"one has no key":       {"DELETE FROM keys WHERE name='shop'", `consumer "shop"`},
		"it has read further":  {"UPDATE consumers SET doc=json_set(doc, '$.acknowledged', 100)", "consumers"},
		"it was made a reader": {"UPDATE keys SET doc=json_set(doc, '$.reads_only', json('true'))", "keys"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			consumers(t, s, "shop", "mail")
			if _, err := s.conn.once(c.harm); err != nil {
				t.Fatal(err)
			}
			s.Close()
			s, err := Open(t.Context(), dir, "test", testKeys(t))
			if err == nil {
				s.Close()
				t.Fatal("it opens")
			}
			if !IsDamage(err) || !strings.Contains(err.Error(), c.told) {
				t.Errorf("it says %v", err)
			}
		})
	}
}

func TestWhatWaitsLongestIsTold(t *testing.T) {
	s := open(t, t.TempDir())
	consumers(t, s, "shop", "mail")
	later := at
	later.At = at.At.Add(time.Hour)
	inOne(t, s, func(tx *Tx) {
		tx.Append([]ledger.Fact{stored("a")}, at)
		tx.Append([]ledger.Fact{stored("b")}, later)
		acknowledge(tx, "shop", tx.head-1)
	})
	got, err := s.Waiting(t.Context())
	if want := []Waiting{{"mail", 2, at.At}, {"shop", 1, later.At}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}
