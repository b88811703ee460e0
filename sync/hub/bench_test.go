package hub

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
)

// facts of a day: parcels come and go through one of 40 doors.
func aDay(from, count int64) (batch []json.RawMessage) {
	for n := from; n < from+count; n++ {
		id, door := fmt.Sprint("P-", n/6), fmt.Sprint(1+n/6%40)
		switch n % 6 {
		case 0:
			batch = append(batch, ofParcel(n, "announced", id, "order_id", "SO-"+id, "pickup_hours", 72))
		case 1:
			batch = append(batch, ofParcel(n, "booked", id, "compartment", door))
		case 2:
			batch = append(batch, fact(n, "door.opened", "compartments/"+door,
				map[string]any{"compartment": door, "at": "2026-03-01T09:00:00Z"}))
		case 3:
			batch = append(batch, ofParcel(n, "stored", id, "compartment", door, "size", "M", "deadline",
				"2026-03-04T09:00:00Z", "evidence", "human", "code", "CODE", "pin", "12345678"))
		case 4:
			batch = append(batch, fact(n, "door.closed", "compartments/"+door,
				map[string]any{"compartment": door, "at": "2026-03-01T09:00:00Z", "presence": "unknown"}))
		default:
			batch = append(batch, ofParcel(n, "collected", id, "compartment", door, "evidence", "inferred"))
		}
	}
	return batch
}

func each(b *testing.B, run func(b *testing.B, w *world)) {
	b.Run("SQLite", func(b *testing.B) { run(b, open(b, dbtest.SQLite(b))) })
	b.Run("PostgreSQL", func(b *testing.B) { run(b, open(b, dbtest.Postgres(b))) })
}

// rawRows commits so many rows of a fact's size in one transaction, and nothing else.
func (w *world) rawRows(from, count int64) {
	w.must(w.db.Write(w.t.Context(), func(tx *db.Tx) error {
		for n := from; n < from+count; n++ {
			if _, err := tx.Exec("INSERT INTO raw (n, event) VALUES (?, ?)", n, make([]byte, 450)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkPush compares pushes with commits of the same number of bare rows on the same
// database in the same run: raw/push is how much of the speed of the disk is left.
func BenchmarkPush(b *testing.B) {
	each(b, func(b *testing.B, w *world) {
		w.must(w.db.Write(b.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("CREATE TABLE raw (n BIGINT PRIMARY KEY, event {blob} NOT NULL)")
			return err
		}))
		var raw int64
		for _, size := range []int64{1, 20, 100} {
			s, through := w.join(fmt.Sprint("batches of ", size)), int64(0)
			b.Run(fmt.Sprint(size), func(b *testing.B) {
				var pushing, committing time.Duration
				for b.Loop() {
					batch := aDay(through+1, size)
					begun := time.Now()
					w.push(s, "one", through, batch...)
					pushed := time.Now()
					w.rawRows(raw, size)
					pushing, committing = pushing+pushed.Sub(begun), committing+time.Since(pushed)
					through, raw = through+size, raw+size
				}
				n := float64(b.N) * float64(size)
				b.ReportMetric(n/pushing.Seconds(), "facts/s")
				b.ReportMetric(n/committing.Seconds(), "raw-rows/s")
				b.ReportMetric(pushing.Seconds()/committing.Seconds(), "push/raw")
			})
		}
	})
}

// Benchmark200Stations has 200 stations push at once, and compares with one that pushes
// alone: how much of the hub's speed is left to all of them together.
func Benchmark200Stations(b *testing.B) {
	const stations, size = 200, 20
	each(b, func(b *testing.B, w *world) {
		alone := w.join("alone")
		var ids [stations]string
		for i := range ids {
			ids[i] = w.join(fmt.Sprint("station ", i))
		}
		var one, all time.Duration
		var slowest atomic.Int64
		round := int64(0)
		for b.Loop() {
			after := round * size
			batch := aDay(after+1, size)
			begun := time.Now()
			for i := range int64(10) {
				w.push(alone, "one", (round*10+i)*size, aDay((round*10+i)*size+1, size)...)
			}
			one += time.Since(begun)
			begun = time.Now()
			var wg sync.WaitGroup
			for _, id := range ids {
				wg.Go(func() {
					asked := time.Now()
					if _, err := w.Push(b.Context(), id, "one", after, batch); err != nil {
						b.Error(err)
					}
					took := int64(time.Since(asked))
					for was := slowest.Load(); took > was && !slowest.CompareAndSwap(was, took); was = slowest.Load() {
					}
				})
			}
			wg.Wait()
			all += time.Since(begun)
			round++
		}
		n := float64(round) * size
		b.ReportMetric(n*stations/all.Seconds(), "facts/s")
		b.ReportMetric(n*10/one.Seconds(), "alone-facts/s")
		b.ReportMetric(n*stations/all.Seconds()/(n*10/one.Seconds()), "all/alone")
		b.ReportMetric(float64(slowest.Load())/1e6, "slowest-ms")
	})
}
