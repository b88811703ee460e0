package core

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// rehearse is a core at whose kiosk somebody can practise.
type rehearse struct {
	*testing.T
	core  *Core
	views <-chan view.View
	staff staff
	last  view.View
}

func (r *rehearse) until(what string, ok func(view.View) bool) view.View {
	r.Helper()
	deadline := time.After(2 * time.Minute)
	for !ok(r.last) {
		select {
		case r.last = <-r.views:
		case <-deadline:
			r.Fatalf("%s: the last page was %s %+v", what, r.last.Step, r.last.Staff)
		}
	}
	return r.last
}

func (r *rehearse) step(step view.Step, practice bool) view.View {
	r.Helper()
	return r.until(string(step), func(v view.View) bool {
		return v.Step == step && v.OfStaff().Practice == practice && !v.OfStaff().Loading
	})
}

func (r *rehearse) act(name view.ActionName, value string) {
	r.Helper()
	v := r.last
	if err := r.staff.Act(r.Context(), view.Action{
		Visit: v.Visit, Name: name, Value: value, Step: v.Step, Door: v.Door(), Parcel: v.Parcel(),
	}); err != nil {
		r.Fatalf("%s %q on %s: %v", name, value, v.Step, err)
	}
}

// What is practised happens on a made-up station: the real one learns nothing of it but
// that somebody was signed in.
func TestWhatIsPractisedIsNotReal(t *testing.T) {
	cfg := demo(t)
	c, err := Open(t.Context(), cfg, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := os.ReadDir(c.desk.like.dir); len(left) > 0 {
			t.Errorf("practice has left %v", left)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ada, err := c.station.AddEmployee(ctx, people.Tools, "Ada Quill", people.Supervisor, nil, "test")
	if err != nil {
		t.Fatal(err)
	}
	s := staff{Station: c.station, practices: &c.desk.practices}
	r := &rehearse{T: t, core: c, views: s.Views(ctx, ""), staff: s}
	r.step(view.StepIdle, false)
	signIn := func() {
		c.station.Scanned("", []byte(ada.Badge))
		r.step(view.StepStaffMenu, false)
	}
	for { // whoever pays refunds is a device, and told of a moment after the start
		changed := c.store.FeedChanged()
		if page, err := c.store.Feed(ctx, 0, 100, false); err != nil ||
			strings.Contains(string(page.Events), "devices/refunds") {
			break
		}
		<-changed
	}
	signIn()
	doors, head := c.station.Compartments(), c.store.FeedHead()
	r.act(view.ActPick, "practice")
	menu := r.step(view.StepStaffMenu, true)
	if menu.Staff.Name != "Ada Quill" || menu.Staff.Role != "supervisor" {
		t.Errorf("who practises is %+v", menu.Staff)
	}
	r.act(view.ActPick, "queue")
	queue := r.step(view.StepStaffQueue, true).Staff.Items
	var kinds []string
	for _, m := range queue {
		kinds = append(kinds, m.Kind)
	}
	for _, kind := range []string{"forced", "to_check", "leave", "quarantine"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("there is no door to practise %s with: %v", kind, kinds)
		}
	}
	r.act(view.ActPick, queue[slices.Index(kinds, "leave")].Value)
	r.act(view.ActPick, r.step(view.StepStaffLeaving, true).Staff.Items[0].Value)
	r.step(view.StepStaffDoor, true)
	r.act(view.ActOp, view.OpToCounter)
	r.step(view.StepStaffReason, true)
	r.act(view.ActPick, "expired")
	if said := r.step(view.StepStaffDoor, true).Staff.Said; said == nil || said.ID != view.OpToCounter {
		t.Errorf("said %+v", said)
	}
	for _, at := range []view.Step{view.StepStaffDoor, view.StepStaffLeaving, view.StepStaffQueue} {
		r.act(view.ActBack, "")
		r.until("back", func(v view.View) bool { return v.Step != at })
		r.last = s.View("")
	}
	r.step(view.StepStaffMenu, true)
	r.act(view.ActPick, "counter")
	pin := r.step(view.StepStaffCounter, true).Staff.Facts[0].Value.Text
	r.act(view.ActPIN, pin)
	r.step(view.StepStaffParcel, true)
	if now := c.station.Compartments(); !slices.EqualFunc(doors, now, func(a, b wall.Compartment) bool {
		return a.Allocation == b.Allocation && a.Parcel == b.Parcel && a.Forced == b.Forced &&
			a.Openings == b.Openings
	}) {
		t.Error("a door of the real station has changed")
	}
	if page, err := c.store.Feed(ctx, head, 100, false); err != nil || page.Count > 0 {
		t.Errorf("the feed has %d events more: %s, %v", page.Count, page.Events, err)
	}
	r.act(view.ActLeave, "") // which signs out of both
	for v := range c.station.Views(ctx, "") {
		if v.Step == view.StepIdle { // the made-up station is idle before the real one is
			break
		}
	}
	r.step(view.StepIdle, false)

	signIn()
	r.act(view.ActPick, "practice")
	r.step(view.StepStaffMenu, true)
	r.act(view.ActPick, "practice") // ends it
	r.step(view.StepStaffMenu, false)
	r.act(view.ActPick, "practice")
	r.step(view.StepStaffMenu, true)
	if err := c.station.RemoveEmployee(ctx, people.Tools, ada.ID, "test"); err != nil {
		t.Fatal(err)
	}
	r.step(view.StepIdle, false)
}
