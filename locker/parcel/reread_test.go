package parcel

import (
	"reflect"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
)

// Killed after each step in which a parcel goes another way, the core reads from its log what
// it knew, and the start that follows opens no door.
func TestAfterEachStepOfAnotherWayTheLogSaysWhatWasKnown(t *testing.T) {
	who := by(people.Associate)
	for name, steps := range map[string][]visit.Command{
		"more time": {Extend{ID: "p", Through: "rest"}, Extend{ID: "p", Through: "rest"}},
		"recall": {Recall{ID: "p"}, Stay{ID: "p", Why: ToSender}, Recall{ID: "p"}, Remove{By: who,
			Parcel: "p"}},
		"redirected": {Redirect{ID: "p", To: "there"}, Remove{By: who, Parcel: "p"}},
		"shelf": {
			Redirect{ID: "p", To: Counter}, TakeToCounter{By: who, Parcel: "p", Reason: "redirected"},
			Shelve{By: who, Parcel: "p", Place: "B1"}, Shelve{By: who, Parcel: "p", Place: "B2"},
		},
		"delegate": {DelegateParcel{Parcel: "p", Fresh: &visit.Secret{CodeHash: "c", PINHash: "n"}},
			ReissueCode{ID: "p", Fresh: &visit.Secret{CodeHash: "d", PINHash: "m"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := withShelf(t)
			s.settle(Settings{
				Station: "here", Shelf: []string{"B1", "B2"}, Delegates: true,
				Extensions: Extensions{Most: 2, Hours: 24, While: Always}, PauseAfter: 10 * time.Minute,
			})
			s.announce(t, "p", nil)
			s.deposit(t, "p")
			for _, c := range steps {
				s.do(t, c)
				before, orders := len(s.facts), len(s.orders)
				s.do(t, visit.Start{Boot: "b"})
				again := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
				for i, f := range s.facts {
					state := ledger.NewState(again)
					logged(t, f).Apply(state, s.times[i])
					again.merge(state.Changes())
				}
				if !reflect.DeepEqual(s.parcels, again.parcels) || !reflect.DeepEqual(s.shelf, again.shelf) ||
					!reflect.DeepEqual(s.credentials, again.credentials) ||
					!reflect.DeepEqual(s.delegations, again.delegations) {
					t.Errorf("after %T the log says %+v, known was %+v", c, again.parcels["p"], s.parcels["p"])
				}
				if len(s.orders) != orders || len(s.facts) == before {
					t.Errorf("a start after %T ordered %d doors open", c, len(s.orders)-orders)
				}
			}
		})
	}
}
