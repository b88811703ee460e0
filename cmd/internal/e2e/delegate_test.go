package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// asks calls the endpoint and reads its answer.
func (s *station) asks(method, path, body string, want int, into any) {
	s.t.Helper()
	status, answer, _ := s.call(method, path, body)
	if status != want {
		s.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, answer)
		}
	}
}

// Of three parcels of one person one is collected by somebody whom the bearer has given a
// code at the kiosk, and the two others by a neighbour.
func TestADelegateCollectsOneOfThreeParcelsAndANeighbourTheRest(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	doors, codes := map[string]string{}, map[string]string{}
	for _, id := range []string{"p-1", "p-2", "p-3"} {
		s.asks("PUT", "/v1/parcels/"+id, fmt.Sprintf(
			`{"label":%q,"recipient":{"email":"ada@example.org"}}`, strings.ToUpper(id)), http.StatusCreated, nil)
		e := s.deposit(id)
		s.leave()
		doors[id], codes[id] = e.Data.Compartment, e.Data.Code
	}
	frames := s.unlocks()
	s.touch(view.ActStartBearer, "")
	s.step(view.StepBearerEnter)
	s.scan(codes["p-1"])
	s.step(view.StepBearerList)
	s.touch(view.ActPick, "p-2")
	s.step(view.StepBearerParcel)
	s.touch(view.ActDelegate, "")
	made := s.step(view.StepBearerDelegate).OfBearer()
	if len(made.Code) != 26 || len(made.PIN) != 8 || made.Code == codes["p-2"] {
		t.Fatalf("shown is %+v", made)
	}
	s.leave()
	s.unlocked(frames...)
	for _, file := range []string{"station.db", "station.db-wal"} {
		text, err := os.ReadFile(filepath.Join(s.dir, "data", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), made.Code) {
			t.Errorf("%s has the code in clear", file)
		}
	}
	if strings.Contains(s.core.said(), made.Code) {
		t.Error("the log has it")
	}
	s.touch(view.ActStartBearer, "")
	s.step(view.StepBearerEnter)
	s.scan(made.Code) // which is good for collecting, and for nothing else
	if v := s.step(view.StepBearerParcel); v.Allows(view.ActDelegate) || v.Allows(view.ActKnown) {
		t.Errorf("a delegate may do %v", v.Actions)
	}
	s.leave()
	s.scan(made.Code)
	if v := s.step(view.StepPickupOpen); v.Door() != doors["p-2"] {
		t.Fatalf("door %s is open, want %s", v.Door(), doors["p-2"])
	}
	s.take(doors["p-2"])
	s.step(view.StepPickupDone)
	s.isParcel("p-2", parcel.Collected, "")
	s.hears("who has collected", func(e event) bool {
		return e.Type == "parcel.collected" && e.Data.Parcel == "p-2" && e.Data.By == parcel.Delegate
	})
	s.leave()

	var shop struct{ ID, Code, QR string }
	s.asks("POST", "/v1/parcels/p-3/delegates", "", http.StatusCreated, &shop)
	s.asks("DELETE", "/v1/parcels/p-3/delegates/"+shop.ID, "", http.StatusNoContent, nil)
	s.scan(shop.Code)
	s.step(view.StepPickupRefused, view.ReasonReplaced)
	s.leave()

	own := s.token
	s.token = lastWord(s.ctl("", "key", "add", "people", "customers:read,customers:write"))
	people := map[string]string{}
	for _, name := range []string{"ada", "bob"} {
		s.asks("POST", "/v1/customers", fmt.Sprintf(
			`{"contact":{"email":"%s@example.org"},"channel":"email","asked":{"through":"shop","text":"v1"}}`, name),
			http.StatusCreated, &shop)
		people[name] = shop.ID
	}
	const said = `{"through":"shop","text":"v1"}`
	s.asks("POST", "/v1/customers/"+people["ada"]+"/neighbours",
		fmt.Sprintf(`{"by":%q,"asked":%s,"by_asked":%s}`, people["bob"], said, said), http.StatusOK, nil)
	s.asks("POST", "/v1/customers/"+people["bob"]+"/qr", "", http.StatusCreated, &shop)
	s.token = own
	s.scan(shop.QR)
	list := s.step(view.StepPickupChoose).OfPickup().List
	if len(list) != 2 || !list[0].Neighbour || !list[1].Neighbour {
		t.Fatalf("listed are %+v", list)
	}
	s.touch(view.ActOpenAll, "")
	for _, one := range list {
		s.until("the next door is open", func(v view.View) bool {
			return v.Step == view.StepPickupOpen && v.Door() == one.Door
		})
		s.take(one.Door)
	}
	s.step(view.StepPickupDone)
	for _, id := range []string{"p-1", "p-3"} {
		s.isParcel(id, parcel.Collected, "")
		s.hears("that it was a neighbour", func(e event) bool {
			return e.Type == "parcel.collected" && e.Data.Parcel == id && e.Data.By == parcel.Neighbour
		})
	}
	s.sound()
}
