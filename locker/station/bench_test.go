package station

import (
	"strconv"
	"sync/atomic"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/wall"
)

// What a durable announcement costs inside the station, eight callers at once.
func BenchmarkAnnounce(b *testing.B) {
	r := start(b, b.TempDir())
	var next atomic.Int64
	b.SetParallelism(4) // of two cores: eight callers
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id := "p" + strconv.FormatInt(next.Add(1), 10)
			a := parcel.Announcement{
				OrderID: "o" + id, Dimensions: &wall.Dimensions{Length: 200, Width: 100, Height: 50},
			}
			if _, _, err := r.Announce(b.Context(), id, a, ledger.Condition{}, "key:bench"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "announcements/s")
}
