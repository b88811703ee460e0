package down

import (
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/view"
	"cubby/locker/visit"
)

const (
	badge = "B:ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	mira  = `{"name":"Mira","badge":"` + badge + `","pin":"20481632","colour":"red"}`
	jon   = `{"name":"Jon","role":"manager","badge":"` + badge + `","pin":"20481632"}`
)

func slugOf(err error) string {
	if r, ok := err.(*ledger.Refusal); ok {
		return r.Slug
	}
	return ""
}

func TestACourierOfTheCentreIsChangedThereOnly(t *testing.T) {
	w := newWorld(t)
	w.takes("couriers", "7", mira, "courier.added")
	w.takes("couriers", "7", mira)
	keys := w.down.cfg.Keys
	c, ok := people.CourierWith(w.state(), keys.Recognise([]byte(badge), secret.Centre{}).BadgeHash)
	if !ok || c.ID != "centre-7" || !c.Centre || !c.Created.Equal(today) ||
		c.PINHash != keys.HashPIN("20481632").Courier {
		t.Errorf("kept as %+v", c)
	}
	w.env.Now = today.AddDate(0, 0, 1)
	w.takes("couriers", "7", `{"name":"Mira B.","badge":"`+badge+`","pin":"20481632"}`, "courier.added")
	if c, _ := people.Couriers.Get(w.state(), "centre-7"); c.Name != "Mira B." || !c.Created.Equal(today) {
		t.Errorf("told anew as %+v", c)
	}
	if err := w.decide(people.RemoveCourier{By: people.Tools, ID: "centre-7"}); slugOf(err) != "account-of-centre" {
		t.Errorf("removed at the station: %v", err)
	}
	w.takes("couriers", "7", "", "courier.removed")
	w.takes("couriers", "7", "")
	w.takes("couriers", "8", "")
	if err := w.decide(people.RemoveCourier{By: people.Tools, ID: "centre-7"}); err != nil {
		t.Errorf("what is removed is removed: %v", err)
	}
	w.takes("couriers", "7", mira, "courier.added") // the centre lets them in again
}

func TestAccountsOfTheStationAreNoneOfTheCentres(t *testing.T) {
	w := newWorld(t)
	if err := w.decide(people.AddEmployee{By: people.Tools, Record: people.EmployeeRecord{
		Employee: people.Employee{ID: "1a2b3c4d", Name: "Ada", Role: people.Manager}, BadgeHash: "x", PINHash: "y",
	}}); err != nil {
		t.Fatal(err)
	}
	w.takes("staff", "1a2b3c4d", "") // is not the id of one here
	w.takes("staff", "1a2b3c4d", jon, "staff.added")
	if err := w.decide(people.RemoveEmployee{By: people.Centre, ID: "1a2b3c4d"}); slugOf(err) != "account-of-station" {
		t.Errorf("removed by the centre: %v", err)
	}
	for _, by := range []people.Doer{people.Tools, {ID: "1a2b3c4d"}, {ID: "centre-1a2b3c4d"}, {}} {
		if err := w.decide(people.RemoveEmployee{By: by, ID: "centre-1a2b3c4d"}); slugOf(err) != "account-of-centre" {
			t.Errorf("removed by %v: %v", by, err)
		}
	}
	if err := w.decide(people.LeaveCentre{}); err != nil || len(w.facts) != 1 {
		t.Errorf("the station has left the centre: %v, %v", w.facts, err)
	}
	if e, ok := people.Staff.Get(w.state(), "1a2b3c4d"); !ok || e.Removed || e.Centre {
		t.Errorf("of the station's own: %+v", e)
	}
}

// Whoever is signed in and removed by the centre is out at once.
func TestAnEmployeeTheCentreRemovesIsOutAtOnce(t *testing.T) {
	w := newWorld(t)
	w.env.Policy.Desks, w.env.Terminal = []string{"desk"}, "desk"
	w.takes("staff", "7", jon, "staff.added")
	if err := w.decide(w.down.cfg.Keys.Recognise([]byte(badge), secret.Centre{})); err != nil {
		t.Fatal(err)
	}
	at := func() (v visit.Visit) { v, _ = visit.Visits.Get(w.state(), "desk"); return v }
	if v := at(); v.Actor != "staff:centre-7" {
		t.Fatalf("signed in: %+v", v)
	}
	w.env.Terminal = ""
	if err := w.tell("staff", "7", ""); err != nil {
		t.Fatal(err)
	}
	if v := at(); v.Step != "" && v.Step != view.StepIdle || v.Actor == "staff:centre-7" {
		t.Errorf("after that the desk is at %+v", v)
	}
}

func TestAccountsThatCannotBeReadAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ collection, id, doc, slug, at string }{
		{"couriers", "a b", mira, "id", "/id"},
		{"couriers", "7", `{"name":"","badge":"` + badge + `","pin":"20481632"}`, "text", "/name"},
		{"couriers", "7", `{"name":"M","badge":"B:abc","pin":"20481632"}`, "badge", "/badge"},
		{"couriers", "7", `{"name":"M","badge":"` + badge + `","pin":"2048163x"}`, "pin", "/pin"},
		{"couriers", "7", `{"name":"M","badge":"` + badge + `"}`, "out-of-bounds", "/pin"},
		{"staff", "7", mira, "missing-member", "/role"},
		{"staff", "7", `{"name":"J","role":"king","badge":"` + badge + `","pin":"20481632"}`, "out-of-bounds", "/role"},
	} {
		w.refuses(c.collection, c.id, c.doc, c.slug, c.at)
	}
}
