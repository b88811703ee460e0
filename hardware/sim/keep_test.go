package sim

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"cubby/locker/view"
)

// hung draws the doors on the plan's wall as well.
func hung(plan Plan) Plan {
	for board := range 2 {
		for lock := 1; lock <= 16; lock++ {
			plan.Wall.Doors = append(plan.Wall.Doors, view.Door{Number: doorNumber(board, lock)})
		}
	}
	return plan
}

func TestDoorsAreFoundAsTheyWereLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "wall.json")
	synctest.Test(t, func(t *testing.T) {
		s := newSite(hung(twoBoards()))
		ended := make(chan error, 1)
		go func() { ended <- s.Keep(path) }()
		mustDo(t, s, "Aa", ActForce, ActPut, ActClose)
		mustDo(t, s, "Bc", ActForce)
		synctest.Wait()
		asLeft(t, path, map[string]Left{"Aa": {"Aa", StateClosed, true}, "Bc": {"Bc", StateOpen, false}})

		mustDo(t, s, "Bc", ActPut, ActPush) // the last change before the end counts too
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		asLeft(t, path, map[string]Left{"Aa": {"Aa", StateClosed, true}, "Bc": {"Bc", StateAjar, true}})
	})
	if left, _ := filepath.Glob(path + "?*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// asLeft begins a site with what the file says; doors not named are closed and empty.
func asLeft(t *testing.T, path string, want map[string]Left) {
	t.Helper()
	plan := hung(twoBoards())
	var err error
	if plan.Left, err = ReadKept(path); err != nil {
		t.Fatal(err)
	}
	for _, d := range newSite(plan).Doors() {
		w, named := want[d.Number]
		if !named {
			w = Left{d.Number, StateClosed, false}
		}
		if got := (Left{d.Number, d.State, d.Inside}); got != w {
			t.Errorf("found %+v, want %+v", got, w)
		}
	}
}

func TestADoorThatNoLongerExistsIsIgnored(t *testing.T) {
	plan := hung(twoBoards())
	plan.Left = []Left{{"gone", StateOpen, true}, {"Aa", StateOpen, false}}
	s := newSite(plan)
	if stateOf(t, s, "Aa") != StateOpen || slices.ContainsFunc(s.Doors(),
		func(d Door) bool { return d.Number == "gone" }) {
		t.Errorf("doors: %+v", s.Doors())
	}
}

func TestABrokenFileSaysToRemoveIt(t *testing.T) {
	for _, tc := range []struct{ name, text string }{
		{"empty", ""},
		{"cut short", `{"doors": [{"number": "1"`},
		{"something else", `{"parcels": []}`},
		{"a door in no state", `{"doors": [{"number": "1", "state": "gone"}]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "wall.json")
			if err := os.WriteFile(path, []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := ReadKept(path)
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "remove it") {
				t.Errorf("err = %v", err)
			}
		})
	}
	if left, err := ReadKept(filepath.Join(t.TempDir(), "none")); err != nil || left != nil {
		t.Errorf("no file: %v, %v", left, err)
	}
}

func TestKeepSaysWhereItCannotWrite(t *testing.T) {
	s := newSite(hung(twoBoards()))
	if err := s.Keep("/nowhere/wall.json"); err == nil || !strings.Contains(err.Error(), "/nowhere/wall.json") {
		t.Errorf("err = %v", err)
	}
}
