package parcel

import (
	"errors"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/people"
)

func TestAnAccountIsMadeOnceAndEndsForGood(t *testing.T) {
	s := twoBoxes()
	refused := func(c people.AddEmployee, slug string) {
		t.Helper()
		var r *ledger.Refusal
		if _, err := s.try(c); !errors.As(err, &r) || r.Slug != slug {
			t.Errorf("%+v: %v, want %s", c.Record, err, slug)
		}
	}
	made := func(id, name string, role people.Role, card string) people.AddEmployee {
		e := people.Employee{ID: id, Name: name, Role: role}
		return people.AddEmployee{By: people.Tools, Record: people.EmployeeRecord{
			Employee: e, BadgeHash: "badge-" + id, PINHash: "pin-" + id, CardHash: card,
		}}
	}
	refused(made("s0", "A\u202eB", people.Manager, ""), "staff-name")
	refused(made("s0", "4111 1111 1111 1111", people.Manager, ""), "card-number")
	refused(made("s0", "Ada", "owner", ""), "role")
	refused(made("s0", "Ada", people.Associate, "card-k1"), "card-in-use") // a courier's
	s.do(t, made("s1", "Ada", people.Manager, "card-s1"))
	refused(made("s2", "Ben", people.Associate, "card-s1"), "card-in-use")
	_, err := s.try(people.AddCourier{Record: people.CourierRecord{
		Courier: people.Courier{ID: "k2", Name: "South"}, CardHash: "card-s1",
	}})
	if err == nil {
		t.Error("a courier gets the card of somebody of the staff")
	}
	state := ledger.NewState(s)
	for _, hash := range []string{"badge-s1", "pin-s1", "card-s1"} {
		if e, ok := people.EmployeeWith(state, hash); !ok || e.ID != "s1" || e.Role != people.Manager {
			t.Errorf("%s is of %+v", hash, e)
		}
	}
	if _, ok := people.EmployeeWith(state, ""); ok {
		t.Error("no badge is somebody's")
	}
	for range 2 {
		s.do(t, people.RemoveEmployee{By: people.Tools, ID: "s1"})
	}
	if n := s.told("staff.removed"); n != 1 {
		t.Errorf("the end was told %d times", n)
	}
	if _, ok := people.EmployeeWith(ledger.NewState(s), "badge-s1"); ok {
		t.Error("a removed account is found")
	}
	if _, err := s.try(people.RemoveEmployee{ID: "s9"}); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("%v", err)
	}
}
