package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// An ordered is a command as the hub tells it.
type ordered struct{ ID, State, Became string }

// A hub orders a door open behind which a parcel is: the lock is driven once, the parcel is to
// be looked after when the door has closed, both stories say who ordered it, and a second order
// finds the station's answer. A restart ends the core in order, and nothing is driven by it.
func TestTheHubOrdersADoorOpen(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	c := newHub(t)
	c.token = lastWord(c.ctl("key", "add", "desk", "commands:write", "commands:read", "stations:read",
		"parcels:read"))
	id := c.joins(s, "Proof")
	number := s.store("p-1").Data.Compartment
	at := "/v1/stations/" + id + "/commands"
	become := func(command ordered, what string, done func(state, became string) bool) {
		t.Helper()
		eventually(t, what, func() (bool, string) {
			_, body, err := c.call(t.Context(), "GET", at+"/"+command.ID, "")
			var is ordered
			if err != nil || json.Unmarshal(body, &is) != nil {
				return false, string(body)
			}
			return done(is.State, is.Became), string(body)
		})
	}
	order := func(want int, body string) (made ordered) {
		t.Helper()
		status, answer, err := c.call(t.Context(), "POST", at, body)
		if err != nil || status != want {
			t.Fatalf("%s: %d %s %v", body, status, answer, err)
		}
		_ = json.Unmarshal(answer, &made)
		return made
	}
	eventually(t, "the hub knows the parcel", func() (bool, string) {
		_, body, err := c.call(t.Context(), "GET", "/v1/stations/"+id+"/doors", "")
		return err == nil && strings.Contains(string(body), `"parcel":"p-1"`), string(body)
	})

	before := s.unlocks()
	open := `{"what":"open","door":"` + number + `","parcel_id":"p-1","reason":"the customer stands there"}`
	order(http.StatusConflict, `{"what":"open","door":"`+number+`","reason":"nothing is there"}`)
	made := order(http.StatusCreated, open)
	s.opens(number)
	become(made, "the hub hears that it opened", func(state, became string) bool {
		return state == "obeyed" && became == "opened"
	})
	again := order(http.StatusCreated, open) // while the door is open
	become(again, "the station refuses", func(state, _ string) bool { return state == "refused" })
	s.sim("door", number, "close")
	become(made, "it is closed", func(_, became string) bool { return became == "closed" })
	s.hears("that staff are to look", func(e event) bool { return e.Type == "parcel.to_check" })
	if got := s.unlocks(); len(got) != len(before)+1 || got[len(got)-1] != number {
		t.Errorf("unlock frames %v after %v", got, before)
	}
	story := s.ctl("", "story", "door", number)
	if !strings.Contains(story, "desk at the centre ordered door "+number+
		" to be opened: the customer stands there") ||
		!strings.Contains(story, "The station refused") {
		t.Errorf("the station's story:\n%s", story)
	}

	restart := order(http.StatusCreated, `{"what":"restart","reason":"it is slow"}`)
	eventually(t, "the core ends", func() (bool, string) { return !s.core.runs(), s.core.tail() })
	if code := s.core.cmd.ProcessState.ExitCode(); code != 75 {
		t.Errorf("the core ended with status %d", code)
	}
	s.startCore()
	become(restart, "it was obeyed", func(state, _ string) bool { return state == "obeyed" })
	twice := order(http.StatusCreated, `{"what":"restart","reason":"again"}`)
	become(twice, "not twice", func(state, _ string) bool { return state == "refused" })
	if got := s.unlocks(); len(got) != len(before)+1 {
		t.Errorf("unlock frames %v after a restart", got)
	}
}
