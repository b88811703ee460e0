package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"cubby/locker/people"
	"cubby/locker/view"
)

// Somebody stands before the wrong station with a right code: they are told which one is the
// right one, and staff are called from the help; everybody else is told nothing of that.
func TestWhoeverIsAtTheWrongStationIsSentToTheRightOne(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	c := newHub(t)
	c.token = lastWord(c.ctl("key", "add", "desk", "tokens:write", "tokens:read", "stations:read"))
	c.joins(s, "North")
	c.ctl("station", "invite", "South")
	var list struct{ Stations []struct{ ID, Name string } }
	if _, body, err := c.call(t.Context(), "GET", "/v1/stations", ""); err != nil ||
		json.Unmarshal(body, &list) != nil {
		t.Fatalf("%s %v", body, err)
	}
	south := list.Stations[0].ID
	if list.Stations[0].Name != "South" {
		south = list.Stations[1].ID
	}
	status, answer, err := c.call(t.Context(), "POST", "/v1/stations/"+south+"/tokens", `{"label":"L-1"}`)
	var made struct{ Token string }
	if err != nil || status != http.StatusCreated || json.Unmarshal(answer, &made) != nil {
		t.Fatalf("%d %s %v", status, answer, err)
	}
	frames := s.unlocks()
	var v view.View
	eventually(t, "the station knows the keys and the other station's name", func() (bool, string) {
		s.scan(made.Token, "--fast")
		v = s.step(view.StepPickupRefused)
		if v.Reason == view.ReasonElsewhere && v.Pickup.Told != nil && v.Pickup.Told.Station == "South" {
			return true, ""
		}
		s.leave()
		return false, string(v.Reason)
	})
	altered := []byte(made.Token)
	altered[40] ^= 1
	s.touch(view.ActHelp, "")
	v = s.until("help lies over the page", func(v view.View) bool { return v.Helping != nil })
	if v.Step != view.StepPickupRefused || v.Helping.Number == "" || v.Allows(view.ActBack) {
		t.Errorf("help over %s", describe(v))
	}
	s.touch(view.ActCallStaff, "")
	s.until("staff are called", func(v view.View) bool { return v.Helping != nil && v.Helping.Called })
	s.touch(view.ActHelpClose, "")
	v = s.until("the page is as it was", func(v view.View) bool { return v.Helping == nil })
	if v.Reason != view.ReasonElsewhere || v.Pickup.Told == nil || v.Pickup.Told.Station != "South" {
		t.Errorf("behind the help is %s", describe(v))
	}
	s.scan(string(altered), "--fast")
	if v := s.step(view.StepPickupRefused, view.ReasonNotValid); v.Pickup.Told != nil {
		t.Errorf("a stranger is told %+v", v.Pickup.Told)
	}
	s.leave()
	s.hears("that somebody asks for staff", func(e event) bool { return e.Type == "help.asked" })
	if out := s.ctl("", "queue"); !strings.Contains(out, "at the screen kiosk") {
		t.Errorf("the queue says\n%s", out)
	}
	sue := s.hire("Sue", people.Associate)
	s.scan(sue.badge)
	s.step(view.StepStaffMenu)
	s.touch(view.ActPick, "queue")
	s.step(view.StepStaffQueue)
	s.touch(view.ActPick, "help kiosk")
	s.hears("that somebody goes there", func(e event) bool { return e.Type == "help.answered" })
	if out := s.ctl("", "queue"); strings.Contains(out, "at the screen kiosk") {
		t.Errorf("the queue says\n%s", out)
	}
	s.unlocked(frames...)
	s.sound()
}
