package people

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The whole table, role by role, so that a change is made twice and on purpose.
func TestWhatEachRoleMayDo(t *testing.T) {
	everybody := "be_second open_empty practise restore_door see_wall settle_cases withdraw_door"
	serving := " find_parcel hand_over see_customer take_to_counter take_returns grade_returns decide_returns"
	shift := " override_returns unverified_returns settle_refunds see_figures end_alarm hand_over_known " +
		"hold_parcels manage_couriers open_occupied renew_codes write_off"
	for role, want := range map[Role]string{
		Associate:  everybody + serving,
		Technician: everybody + " end_alarm",
		Supervisor: everybody + serving + shift,
		Manager:    everybody + serving + shift + " manage_staff",
		"courier":  "",
		"":         "",
	} {
		may := strings.Fields(want)
		for _, a := range Actions() {
			if got := role.May(a); got != slices.Contains(may, string(a)) {
				t.Errorf("%q may %s: %t", role, a, got)
			}
		}
		for _, a := range may {
			if len(Permissions[Action(a)]) == 0 {
				t.Errorf("there is no action %s", a)
			}
		}
		if role.May("everything") || role.Valid() != (want != "") {
			t.Errorf("%q: valid %t", role, role.Valid())
		}
	}
}

// The table that staff read says the same.
func TestTheTableOfTheGuideIsThatOfTheProgram(t *testing.T) {
	guide, err := os.ReadFile("../../docs/staff.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(guide)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		rows++
		action := Action(strings.Trim(cells[1], " `"))
		for i, role := range []Role{Associate, Technician, Supervisor, Manager} {
			if says := strings.TrimSpace(cells[2+i]) == "yes"; says != role.May(action) {
				t.Errorf("docs/staff.md says %t of %s by a %s", says, action, role)
			}
		}
	}
	if rows != len(Permissions) {
		t.Errorf("docs/staff.md has %d rows for %d actions", rows, len(Permissions))
	}
}
