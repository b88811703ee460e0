package upkeep

import (
	"errors"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// What staff may do with a door depends on what it is for now. One room here has
// something behind door "taken".
func TestADoorIsWithdrawnAndGivenBack(t *testing.T) {
	rules := visit.NewRules(visit.Room{
		Restore: func(_ *visit.Turn, c wall.Compartment, _, _ string) (bool, error) {
			if c.Number == "taken" {
				return false, ledger.Refuse(ledger.Conflict, "parcel-inside", "it has to leave first")
			}
			return false, nil
		},
	})
	withdraw := func(door string) visit.Command { return TakeOutOfService{Compartment: door, Reason: "hinge"} }
	restore := func(door string) visit.Command { return RestoreDoor{Compartment: door, Reason: "looked"} }
	end := func(door string) visit.Command { return EndAlarm{Compartment: door, Reason: "looked"} }
	for name, c := range map[string]struct {
		door    string
		is      wall.Allocation
		forced  bool
		command visit.Command
		refused string
		then    wall.Allocation
		facts   int
	}{
		"a free door": {"1", wall.Free, false, withdraw("1"), "", wall.OutOfService, 1},
		"withdrawn already": {"1", wall.OutOfService, false, withdraw("1"), "",
			wall.OutOfService, 0},
		"something is in it": {"1", wall.Occupied, false, withdraw("1"), "door-in-use",
			wall.Occupied, 0},
		"no such door": {"1", wall.Free, false, withdraw("9"), "no-such-compartment",
			wall.Free, 0},
		"given back":           {"1", wall.Quarantine, false, restore("1"), "", wall.Free, 1},
		"nothing to give back": {"1", wall.Free, false, restore("1"), "", wall.Free, 0},
		"it was forced":        {"1", wall.Free, true, restore("1"), "", wall.Free, 1},
		"a room has it": {"taken", wall.Occupied, false, restore("taken"), "parcel-inside",
			wall.Occupied, 0},
		"its alarm is ended":     {"1", wall.Quarantine, true, end("1"), "", wall.Quarantine, 1},
		"there is no alarm":      {"1", wall.Free, false, end("1"), "", wall.Free, 0},
		"no such door with one":  {"1", wall.Free, false, end("9"), "no-such-compartment", wall.Free, 0},
		"no such door, either":   {"1", wall.Free, false, restore("9"), "no-such-compartment", wall.Free, 0},
		"all are looked into":    {"1", wall.Free, false, LookInside{"restored"}, "", wall.Quarantine, 2},
		"its lock is driven":     {"1", wall.Free, false, DriveLock{"main", 0, 1, "1"}, "", wall.Free, 1},
		"somebody saw it open":   {"1", wall.Free, false, SayOpened{"1"}, "", wall.Free, 1},
		"a door that is no more": {"1", wall.Free, false, SayOpened{"9"}, "", wall.Free, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := ledger.NewMemory(nil)
			m.Set(wall.Compartments.Spec, ledger.Row{Key: c.door, Value: wall.Compartment{
				Number: c.door, Allocation: c.is, Forced: c.forced, Lock: wall.LockIdle, Door: door.Closed,
			}})
			d, err := rules.Decide(m, c.command, visit.Env{Now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)})
			var r *ledger.Refusal
			if errors.As(err, &r) != (c.refused != "") || r != nil && r.Slug != c.refused {
				t.Fatalf("%v, want %q", err, c.refused)
			}
			m.Merge(d.Changes)
			box, _ := wall.Compartments.Get(ledger.NewState(m), c.door)
			if box.Allocation != c.then || len(d.Facts) != c.facts || c.facts > 0 && box.Forced {
				t.Errorf("it is %s, forced %t, after %d facts; want %s after %d", box.Allocation, box.Forced,
					len(d.Facts),
					c.then, c.facts)
			}
		})
	}
}
