package station

import (
	"strings"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

type call struct{}

func (call) Kind() string { return "test.call" }

// A decision that nobody could carry out is not committed: a door that is told
// to be opening, and never opens, would be a promise broken.
func TestAnEffectWithoutAHandlerIsRefused(t *testing.T) {
	s := &Station{handlers: map[string]func(ledger.Effect){parcel.PrintOrder{}.Kind(): func(ledger.Effect) {}}}
	if err := s.canCarryOut([]ledger.Effect{parcel.PrintOrder{}}); err != nil {
		t.Error(err)
	}
	if err := s.canCarryOut([]ledger.Effect{parcel.PrintOrder{}, call{}}); err == nil ||
		!strings.Contains(err.Error(), "test.call") {
		t.Errorf("it is said %v", err)
	}
}
