package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/sync/client"
)

// by sends a request with the station's key and names somebody.
func (s *station) by(who employee, method, path, body string) (int, string) {
	s.t.Helper()
	status, answer, _ := s.callAs(s.token, method, path, body, "Cubby-Staff", who.badge)
	return status, string(answer)
}

// A parcel that nobody collects goes to the counter, and from there to its customer by
// its code; another for a reason.
func TestAnExpiredParcelGoesToTheCounterAndToItsCustomerByItsCode(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	ada, sue := s.hire("Ada", people.Associate), s.hire("Sue", people.Supervisor)
	one, two := s.store("p-1"), s.store("p-2")
	s.expire("p-1")
	s.startCore()
	s.step(view.StepIdle)
	s.allDoorsKnown()
	eventually(t, "parcel p-1 expires", func() (bool, string) {
		p := s.parcel("p-1")
		return p.State == parcel.Expired, string(p.State)
	})

	// by curl, so to speak
	said := `{"reason":"nobody came for it"}`
	if status, answer := s.by(ada, "POST", "/v1/parcels/p-1/counter", said); status != http.StatusOK {
		t.Fatalf("to the counter: %d %s", status, answer)
	}
	s.isParcel("p-1", parcel.CounterHeld, "")
	s.becomes(one.Data.Compartment, "free", func(b box) bool { return b.Allocation == "free" && b.Offerable })
	frames := s.unlocks()
	s.scan(one.Data.Code, "--fast")
	s.step(view.StepPickupRefused, view.ReasonAtCounter)
	s.leave()
	s.unlocked(frames...)
	code := `{"code":"` + one.Data.Code + `"}`
	if status, answer := s.by(ada, "POST", "/v1/hand-over", code); status != http.StatusOK {
		t.Fatalf("handed over: %d %s", status, answer)
	}
	s.isParcel("p-1", parcel.Collected, "")
	if status, _ := s.by(ada, "POST", "/v1/hand-over", code); status != http.StatusConflict {
		t.Errorf("handed over twice: %d", status)
	}

	// by the command line
	s.ctl("", "--badge", ada.badge, "counter", "p-2", "--reason", "its door does not open")
	args := []string{"--config", s.config, "--badge", ada.badge, "hand-over", "p-2", "--reason", "knows it"}
	out, err := try("", filepath.Join(programs, "cubbyctl"), args...)
	if err == nil || !strings.Contains(out, "hand_over_known") {
		t.Errorf("an associate hands over without a code: %s", out)
	}
	out = s.ctl(two.Data.Code, "--badge", sue.badge, "hand-over", "--code", "-")
	if !strings.Contains(out, "p-2 is collected") {
		t.Errorf("handed over: %s", out)
	}
	for id, who := range map[string]employee{"p-1": ada, "p-2": sue} {
		e := s.hears("that "+id+" is handed over", func(e event) bool {
			return e.Type == "parcel.handed_over" && e.Data.Parcel == id
		})
		if e.Actor != "staff:"+who.id {
			t.Errorf("%s was handed over by %s, want %s", id, e.Actor, who.id)
		}
	}

	// What is gone is written off, and may be found.
	three := s.store("p-3")
	s.ctl("", "--badge", sue.badge, "write-off", "p-3", "--reason", "the compartment is empty")
	s.isParcel("p-3", parcel.Missing, "")
	s.becomes(three.Data.Compartment, "in quarantine", func(b box) bool {
		return b.Allocation == "quarantine"
	})
	if out := s.ctl("", "queue"); !strings.Contains(out, "its parcel was written off") {
		t.Errorf("the queue says\n%s", out)
	}
	s.scan(three.Data.Code, "--fast")
	s.step(view.StepPickupRefused, view.ReasonMissing)
	s.leave()
	s.ctl("", "counter", "p-3", "--reason", "it was behind the counter")
	s.ctl("", "hand-over", "p-3", "--reason", "showed the order")
	s.isParcel("p-3", parcel.Collected, "")
}

// asked is how one action of staff is tried: at the endpoint, and by the command line.
// What it is about does not exist, or cannot be done now: whoever may is told that,
// whoever may not is told so before.
type asked struct {
	method, path, body string
	line               []string
}

// Every role, every action, at the endpoint and by the command line.
func TestWhoMayDoWhatAtTheEndpointAndByTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	occupied := s.store("p-1").Data.Compartment
	const why = `{"reason":"a test"}`
	actions := map[people.Action]asked{
		people.SeeWall:     {"GET", "/v1/queue", "", []string{"queue"}},
		people.FindParcel:  {"GET", "/v1/parcels/p-1", "", []string{"parcels"}},
		people.SeeCustomer: {"GET", "/v1/parcels/p-1/recipient", "", []string{"recipient", "p-1"}},
		people.OpenOccupied: {"POST", "/v1/compartments/" + occupied + "/open", why,
			[]string{"open", occupied, "--reason", "x"}},
		people.RestoreDoor: {"POST", "/v1/compartments/99/restore", why, []string{"restore", "99", "x"}},
		people.WithdrawDoor: {"POST", "/v1/compartments/99/out-of-service", why,
			[]string{"out-of-service", "99", "x"}},
		people.EndAlarm: {"POST", "/v1/compartments/99/end-alarm", why,
			[]string{"end-alarm", "99", "--reason", "x"}},
		people.WriteOff: {"POST", "/v1/parcels/none/write-off", why,
			[]string{"write-off", "none", "--reason", "x"}},
		people.TakeToCounter: {"POST", "/v1/parcels/none/counter", why,
			[]string{"counter", "none", "--reason", "x"}},
		people.HandOver: {"POST", "/v1/hand-over", `{"code":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`,
			[]string{"hand-over", "--code", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}},
		people.HandOverKnown: {"POST", "/v1/parcels/none/hand-over", why,
			[]string{"hand-over", "none", "--reason", "x"}},
		// Four times in all, of the five that a parcel may have in a day.
		people.RenewCodes:    {"POST", "/v1/parcels/p-1/code", why, []string{"new-code", "p-1"}},
		people.HoldParcels:   {"POST", "/v1/parcels/none/hold", why, []string{"hold", "none"}},
		people.ManageCourier: {"", "", "", []string{"courier", "remove", "none"}},
		people.ManageStaff:   {"", "", "", []string{"staff", "remove", "none"}},
		people.TakeReturns:   {"GET", "/v1/returns", "", []string{"return", "list"}},
		people.GradeReturns: {"POST", "/v1/returns/R-0000-0000/items/1/grade", `{"result":"opened"}`,
			[]string{"return", "grade", "R-0000-0000", "1", "opened"}},
		people.DecideReturns: {"POST", "/v1/returns/R-0000-0000/items/1/decide", `{"decision":"repair"}`,
			[]string{"return", "decide", "R-0000-0000", "1", "repair"}},
		people.OverrideReturns: {"POST", "/v1/returns", `{"order_id":"final","channel":"counter","items":` +
			`[{"line":"A","quantity":1,"reason":"changed_mind","override":"kind"}]}`, nil},
		people.UnverifiedReturns: {"POST", "/v1/returns", `{"shop":"acme","currency":"EUR","channel":"counter",` +
			`"items":[{"title":"Scarf","quantity":1,"reason":"other","text":"a gift","amount":100}]}`, nil},
		people.SettleRefunds: {"POST", "/v1/refunds/none/retry", "", []string{"refund", "retry", "none"}},
		people.SettleCases:   {"POST", "/v1/cases/C-0000-0000/close", `{"note":"x"}`, nil},
		people.SeeFigures:    {"GET", "/v1/returns/figures", "", []string{"return", "figures"}},
		// People who may be the second have nothing to show alone, and whoever practises is
		// at a screen.
		people.BeSecond: {}, people.Practise: {},
		people.OpenEmpty: {}, // below: it opens
	}
	s.final("final")
	// Accounts are managed through the socket only.
	onSocket := map[people.Action]func(*client.Client, context.Context, string) error{
		people.ManageCourier: (*client.Client).RemoveCourier,
		people.ManageStaff:   (*client.Client).RemoveEmployee,
	}
	if all := slices.Sorted(maps.Keys(actions)); !slices.Equal(all, people.Actions()) {
		t.Fatalf("the actions are %v, and these are tried: %v", people.Actions(), all)
	}
	staff := map[people.Role]employee{}
	for _, role := range []people.Role{
		people.Associate, people.Technician, people.Supervisor, people.Manager,
	} {
		staff[role] = s.hire("One "+string(role), role)
	}
	line := func(who employee, words []string) string {
		out, err := try("", filepath.Join(programs, "cubbyctl"),
			append([]string{"--config", s.config, "--badge", who.badge}, words...)...)
		if err == nil && out == "" {
			out = "done"
		}
		return out
	}
	for role, who := range staff {
		for action, ask := range actions {
			refused := !role.May(action)
			if ask.path != "" {
				status, answer := s.by(who, ask.method, ask.path, ask.body)
				var p struct{ Type string }
				_ = json.Unmarshal([]byte(answer), &p)
				is := p.Type == "urn:cubby:problem:not-permitted"
				if is != refused || is && status != http.StatusForbidden || status >= 500 || status == 401 {
					t.Errorf("%s %s at the endpoint: %d %s", role, action, status, answer)
				}
			}
			if remove := onSocket[action]; remove != nil {
				err := remove(s.screen.As(who.badge), t.Context(), "none")
				if err == nil || strings.Contains(err.Error(), "does not allow "+string(action)) != refused {
					t.Errorf("%s %s on the socket: %v", role, action, err)
				}
			}
			if ask.line != nil {
				if out := line(who, ask.line); strings.Contains(out,
					"does not allow "+string(action)) != refused {
					t.Errorf("%s %s by the command line: %s", role, action, out)
				}
			}
		}
	}

	// Two people open an occupied door, never one twice; whoever may not be the first may
	// be the second.
	sue, tom := staff[people.Supervisor], staff[people.Technician]
	open := func(who employee, number, body string, want int, says string) {
		t.Helper()
		status, answer := s.by(who, "POST", "/v1/compartments/"+number+"/open", body)
		if status != want || !strings.Contains(answer, says) {
			t.Errorf("%s opens door %s: %d %s", who.name, number, status, answer)
		}
	}
	open(sue, occupied, why, 403, "second-person")
	open(sue, occupied, `{"reason":"a test","second":"`+sue.badge+`"}`, 403, "same-person")
	open(sue, occupied, `{"reason":"a test","second":"B:AAAAAAAAAAAAAAAAAAAAAAAAAA"}`, 403, "unknown-badge")
	open(sue, occupied, `{"reason":"a test","second":"`+tom.badge+`"}`, 202, "opening")
	s.becomes(occupied, "open", func(b box) bool { return b.Door == "open" })
	s.sim("door", occupied, "close")
	eventually(t, "a parcel of which nobody said whether it is there is to be checked",
		func() (bool, string) {
			return s.parcel("p-1").ToCheck, ""
		})
	s.ctl("", "--badge", staff[people.Associate].badge, "still-there", "p-1")
	doors := []string{"20", "25", "30", "35"} // a lock rests after several openings
	for role, who := range staff {            // every role opens empty doors
		empty := doors[0]
		doors = doors[1:]
		if out := line(who, []string{
			"open", empty, "--reason", "a test",
		}); !strings.Contains(out, empty+" is open") {
			t.Fatalf("%s opens an empty door: %s", role, out)
		}
		s.sim("door", empty, "close")
		s.becomes(empty, "closed", func(b box) bool {
			return b.Door == "closed" && b.Allocation == "quarantine"
		})
		s.ctl("", "--badge", who.badge, "restore", empty, "empty")
	}

	// A removed account is out with the next request.
	s.ctl("", "--badge", staff[people.Manager].badge, "staff", "remove", sue.id)
	status, answer := s.by(sue, "GET", "/v1/queue", "")
	if status != 401 || !strings.Contains(answer, "unknown-badge") {
		t.Errorf("a removed account: %d %s", status, answer)
	}
	if out := line(sue, []string{"queue"}); !strings.Contains(out, "account was removed") {
		t.Errorf("a removed account by the command line: %s", out)
	}
	open(staff[people.Manager], occupied, `{"reason":"a test","second":"`+sue.badge+`"}`, 403,
		"unknown-badge")
	if status, answer, _ := s.call("POST", "/v1/parcels/p-1/still-there", ""); status != 403 {
		t.Errorf("a key alone acts for nobody: %d %s", status, answer)
	}
}
