package station

import (
	"fmt"
	"maps"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
)

// handlersFor names who carries out each kind of effect: the station itself, and
// whoever the wiring names for further ones.
func (s *Station) handlersFor(further map[string]func(ledger.Effect)) map[string]func(ledger.Effect) {
	all := map[string]func(ledger.Effect){
		door.Order{}.Kind():        func(e ledger.Effect) { s.cfg.Doors.Order(e.(door.Order)) },
		parcel.PrintOrder{}.Kind(): func(e ledger.Effect) { s.print(e.(parcel.PrintOrder)) },
	}
	maps.Copy(all, further)
	return all
}

// canCarryOut refuses a decision with an effect that nobody would carry out.
func (s *Station) canCarryOut(effects []ledger.Effect) error {
	for _, e := range effects {
		if s.handlers[e.Kind()] == nil {
			return fmt.Errorf("no part of this program carries out %q: it is missing in the wiring", e.Kind())
		}
	}
	return nil
}
