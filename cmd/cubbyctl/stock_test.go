package main

import (
	"strings"
	"testing"

	"cubby/locker/stock"
)

func TestGoodsAreKeptFromTheCommandLine(t *testing.T) {
	call, socket := served(t)
	says := func(want string, words ...string) {
		t.Helper()
		out, err := call(words...)
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%s says %s, %v; want %s", strings.Join(words, " "), out, err, want)
		}
	}
	fails := func(want string, words ...string) {
		t.Helper()
		if out, err := call(words...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s says %s, %v; want %s", strings.Join(words, " "), out, err, want)
		}
	}
	says("A-1: 4 on hand, 4 may be promised", "stock", "move", "A-1", "4", "outside", "warehouse", "received")
	says("A-1: 6 on hand, 6 may be promised", "stock", "put", "A-1", "2", "2")
	says("door 2: 2, of them 0 promised", "stock", "show", "A-1")
	fails("is nothing of B-1", "stock", "move", "B-1", "1", "door:2", "shelf", "tidied")
	says("A-1: 1 are kept, ask to order at 5, to refill at 2", "stock", "plan", "A-1", "--safety", "1", "--low",
		"5",
		"--refill", "2")
	says("refill  A-1", "stock", "work")
	says("2 were known to be there, -1; not posted yet", "stock", "count", "A-1", "door:2", "1", "--later")
	_, counts, err := socket.StockWork(t.Context())
	if err != nil || len(counts) != 1 || counts[0].Place != stock.Door || counts[0].Difference != -1 {
		t.Fatalf("the counts are %+v, %v", counts, err)
	}
	says("is posted", "stock", "post", counts[0].Count)
	fails("was posted", "stock", "post", counts[0].Count)
	says("4 were known to be there, +1; posted", "stock", "count", "A-1", "warehouse", "5")
	says("A-1: 6 on hand, 5 may be promised", "stock", "expect", "A-1", "D-1", "3", "2036-03-02T10:00:00Z")
	says("expected D-1: +3", "stock", "show", "A-1")
	says("A-1  5", "stock", "list")
	fails("is no number of units", "stock", "put", "A-1", "2", "some")
	fails("is no time", "stock", "expect", "A-1", "D-2", "1", "tomorrow")
	fails("usage:", "stock", "lost")
	fails("nobody has told of an article", "stock", "show", "Z-9")
}
