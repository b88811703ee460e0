package policy

import (
	"testing"
	"time"
)

// Small items that are worth much together are looked at first.
func TestTheLimitForMoneyAtTheDropIsForTheWholeReturn(t *testing.T) {
	at := time.Date(2026, 12, 4, 9, 0, 0, 0, time.UTC)
	q := Question{
		Zone: time.UTC, Asked: at, Currency: "EUR", Country: "DE", Contract: "distance", Channel: "online",
		Back: "locker", Ordered: at.AddDate(0, 0, -5), Delivered: at.AddDate(0, 0, -2), Informed: true,
		Quantity: 1, Left: 1, Paid: 3000, Value: 3000, Reason: "changed_mind", Receipt: true, Risk: Low,
	}
	for n, want := range map[int]string{1: "at_drop", 2: "after_grading"} {
		all := make([]Question, n)
		for i := range all {
			all[i] = q
		}
		for i, v := range Together(Default(), all) { // up to 50.00
			if v.Moment != want {
				t.Errorf("item %d of %d at 30.00: %s, want %s", i+1, n, v.Moment, want)
			}
		}
	}
}
