package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/view"
)

// A code is made far away, before there is a parcel. The centre goes away, a courier brings
// the parcel, of which the station never heard, and the code opens its door: once, and after
// a restart still once. When the centre is back and announces the parcel, there is one.
func TestACodeMadeFarAwayOpensTheDoorOnce(t *testing.T) {
	t.Parallel()
	const label = "340123450000000017"
	s := newStation(t, change{"[policy]\n", "[parcels]\nunannounced = \"accept\"\n\n[policy]\n"}, onceOnly)
	c := newHub(t)
	c.token = lastWord(c.ctl("key", "add", "desk", "tokens:write", "tokens:read", "stations:read",
		"parcels:read",
		"parcels:write"))
	id := c.joins(s, "Proof")
	at := "/v1/stations/" + id
	ask := func(want int, method, path, body string, into any) {
		t.Helper()
		status, answer, err := c.call(t.Context(), method, path, body)
		if err != nil || status != want || into != nil && json.Unmarshal(answer, into) != nil {
			t.Fatalf("%s %s: %d %s %v", method, path, status, answer, err)
		}
	}
	var made struct{ ID, Token, State string }
	ask(http.StatusCreated, "POST", at+"/tokens", `{"label":"`+label+`"}`, &made)
	ask(http.StatusCreated, "PUT", at+"/parcels/p-1", `{"label":"P-1"}`, nil) // told behind the keys
	eventually(t, "the station has heard", func() (bool, string) {
		status, answer, _ := s.call("GET", "/v1/parcels/p-1", "")
		return status == http.StatusOK, string(answer)
	})
	s.scan(made.Token) // too early
	s.step(view.StepPickupRefused, view.ReasonNotHere)
	s.leave()
	c.runs.stop(t)

	s.courier = s.newCourier("Ada")
	s.scan(s.courier.badge)
	s.step(view.StepCourierReady)
	s.scan(label)
	v := s.step(view.StepCourierOpen)
	if !v.OfCourier().Unannounced {
		t.Error("the courier is not told that nobody has announced it")
	}
	s.put(v.Door())
	s.step(view.StepCourierReady)
	s.leave()

	frames := len(s.unlocks())
	altered := []byte(made.Token)
	altered[40] ^= 1
	s.scan(string(altered))
	s.step(view.StepPickupRefused, view.ReasonNotValid)
	s.scan(made.Token)
	if is := s.step(view.StepPickupOpen); is.Door() != v.Door() {
		t.Fatalf("door %s opens, the parcel is behind %s", is.Door(), v.Door())
	}
	s.take(v.Door())
	s.step(view.StepPickupDone)
	s.leave()
	dead := func() {
		t.Helper()
		s.scan(made.Token)
		s.step(view.StepPickupRefused, view.ReasonCollected)
		if got := s.unlocks(); len(got) != frames+1 {
			t.Errorf("unlock frames %v", got)
		}
		s.leave()
	}
	dead()
	s.core.kill()
	s.startCore()
	s.until("it is back", func(v view.View) bool { return v.Step == view.StepIdle })
	dead()

	c.start()
	ask(http.StatusCreated, "PUT", at+"/parcels/p-9", `{"label":"`+label+`","order_id":"SO-9"}`, nil)
	eventually(t, "the hub has one parcel with this label", func() (bool, string) {
		_, answer, err := c.call(t.Context(), "GET", at+"/parcels?text="+label, "")
		var page struct{ Parcels []struct{ ID, State string } }
		if err != nil || json.Unmarshal(answer, &page) != nil {
			return false, string(answer)
		}
		return len(page.Parcels) == 1 && page.Parcels[0].ID == "p-9" && page.Parcels[0].State == "collected",
			string(answer)
	})
	ask(http.StatusOK, "GET", at+"/tokens/"+made.ID, "", &made)
	if made.State != "used" {
		t.Errorf("at the hub the code is %s", made.State)
	}
	dead()

	// Its text stays nowhere.
	s.core.stop(t)
	part := made.Token[len(made.Token)/2:]
	files, err := filepath.Glob(filepath.Join(s.dir, "data", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range append(files, s.core.log) {
		all, err := os.ReadFile(name)
		if err == nil && strings.Contains(string(all), part) {
			t.Errorf("%s holds the code", name)
		}
	}
}
