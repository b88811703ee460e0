package store

import (
	"fmt"
	"reflect"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/people"
)

// A table that a room has added is examined without being named anywhere else, and
// read at the start when it is one of the small ones.
func TestAnAlteredRowOfEachTableOfPeopleIsNoticed(t *testing.T) {
	rows := ledger.Changes{
		people.Staff.Spec: {"s1": people.EmployeeRecord{Employee: people.Employee{
			ID: "s1", Role: people.Associate,
		}}},
		people.Couriers.Spec: {"k1": people.CourierRecord{Courier: people.Courier{ID: "k1", Name: "North"}}},
	}
	for _, spec := range []*ledger.Spec{people.Staff.Spec, people.Couriers.Spec} {
		t.Run(spec.Name(), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			tx, err := s.Begin()
			if err != nil {
				t.Fatal(err)
			}
			tx.Save(rows)
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if err := s.Examine(t.Context()); err != nil {
				t.Fatalf("before: %v", err)
			}
			altered := fmt.Sprintf("UPDATE %s SET doc = replace(doc, 'associate', 'manager'), sum = x'00'", spec.Name())
			if err := s.conn.script(altered); err != nil {
				t.Fatal(err)
			}
			if err := s.Examine(t.Context()); !IsDamage(err) {
				t.Errorf("the whole file is read, and it says %v", err)
			}
			if err := s.checkDeciding(t.Context()); !IsDamage(err) {
				t.Errorf("a start says %v", err)
			}
		})
	}
}

// What a table holds to the nanosecond the log has to the millisecond, also where a time is
// all there is in a row.
func TestTimesAreComparedAsTheLogHasThem(t *testing.T) {
	for exact, logged := range map[string]string{
		"2026-11-30T14:35:24.148646785Z":               "2026-11-30T14:35:24.148Z",
		`"2026-11-30T14:35:24.148646785Z"`:             `"2026-11-30T14:35:24.148Z"`,
		`{"at":"2026-11-30T15:35:24.148646785+01:00"}`: `{"at":"2026-11-30T14:35:24.148Z"}`,
	} {
		if a, b := plainTimes(exact), plainTimes(logged); !reflect.DeepEqual(a, b) {
			t.Errorf("%s becomes %v, and %s %v", exact, a, logged, b)
		}
	}
	if a, b := plainTimes(`"one"`), plainTimes(`"other"`); reflect.DeepEqual(a, b) {
		t.Error("two texts are the same")
	}
}
