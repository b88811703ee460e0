package station

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

func TestTheLogIsIndexedPartByPartWhileNobodyAsksOrIsHere(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		synctest.Wait()
		r.act(view.ActStartPickup, "")
		for i := range 1100 {
			if _, _, err := r.Announce(context.Background(), fmt.Sprint("p", i), parcel.Announcement{},
				ledger.Condition{}, "key:test"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(10 * tidyWhen)
		synctest.Wait()
		if !r.store.Unindexed() {
			t.Error("the log was indexed while somebody may be about to scan a code")
		}
		r.act(view.ActBack, "")
		time.Sleep(tidyWhen)
		synctest.Wait()
		if !r.store.Unindexed() {
			t.Error("all was indexed at once; nobody who came meanwhile was asked")
		}
		time.Sleep(indexPause)
		synctest.Wait()
		if r.store.Unindexed() {
			t.Error("the log lies there unindexed, and nobody is here")
		}
		r.stop()
	})
}
