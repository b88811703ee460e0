package e2e

import (
	"io"
	"log/slog"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/cmd/internal/config"
	"cubby/cmd/internal/core"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	writer "cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// An employee of the store, with what identifies one.
type employee struct{ id, name, badge, pin string }

// hire has the operator make an account.
func (s *station) hire(name string, role people.Role) employee {
	s.t.Helper()
	out := s.ctl("", "staff", "add", name, string(role))
	m := regexp.MustCompile(`\(([0-9a-f]+)\)\nbadge (\S+)\nPIN +(\d{4}) (\d{4})`).FindStringSubmatch(out)
	if m == nil {
		s.t.Fatalf("cubbyctl staff add said %q", out)
	}
	return employee{m[1], name, m[2], m[3] + m[4]}
}

// expire has the time of a parcel run out while no core runs.
func (s *station) expire(id string) {
	s.t.Helper()
	s.meanwhile(overdue{id})
}

// meanwhile stops the core, and decides commands on its files.
func (s *station) meanwhile(all ...visit.Command) {
	s.t.Helper()
	s.core.stop(s.t)
	cfg, err := config.Load(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	keys, db, err := core.OpenData(s.t.Context(), cfg, store.Opening{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	var boxes []wall.Compartment
	for _, c := range cfg.Compartments() {
		boxes = append(boxes, wall.Compartment{Number: c.Number, Size: c.Size, Bank: c.Bus})
	}
	st, err := writer.New(s.t.Context(), writer.Config{
		Store: db, Keys: keys, Compartments: boxes, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Policy: visit.Policy{Languages: []string{"en"}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range all {
		if err := st.Note(s.t.Context(), c, "test"); err != nil {
			s.t.Fatal(err)
		}
	}
}

// noRescue has an expired parcel be taken out at once.
var noRescue = change{"[policy]\n", "[pickup]\nrescue_hours = 0\n\n[policy]\n"}

// overdue moves the deadline of a parcel into the past.
type overdue struct{ id string }

func (c overdue) Decide(t *visit.Turn) error {
	p, _ := parcel.Parcels.Get(t.State, c.id)
	t.Emit(&parcel.DeadlineMoved{
		OfParcel: parcel.OfParcel{ParcelID: p.ID, OrderID: p.OrderID, Label: p.Label},
		Deadline: t.Now.Add(-time.Hour), Reason: parcel.ClockCorrected,
	})
	return nil
}

// goes touches one thing of the page, and waits for what it leads to. Something may
// happen at the other terminal meanwhile, which makes another view of the same page.
func (w *window) goes(to view.Step, name view.ActionName, value string) view.View {
	w.t.Helper()
	from, _ := w.now()
	for v := from; v.Step == from.Step && v.Door() == from.Door(); v, _ = w.now() {
		w.press(name, value)
	}
	v := w.until("the page is there", func(n view.View) bool { return n.Step == to && !n.OfStaff().Loading })
	w.shows(string(to), v, "")
	return v
}

// looks opens a door from its page and closes it again: whoever vouches shows a badge.
func (w *window) looks(number, reason string, second *employee) {
	w.t.Helper()
	w.goes(view.StepStaffReason, view.ActOp, view.OpOpen)
	w.press(view.ActPick, reason)
	if second != nil {
		w.step(view.StepStaffSecond) // the keys of its pad are in an order of their own
		w.scan(second.badge)
	}
	w.page(view.StepStaffOpen)
	w.opens(number)
	w.sim("door", number, "close")
	w.page(view.StepStaffLooked)
}

// says fails unless the story of something, as cubbyctl tells it, has these sentences in
// this order.
func (s *station) says(what, which string, want ...string) {
	s.t.Helper()
	told := s.ctl("", "story", what, which)
	rest := told
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			s.t.Errorf("the story of %s %s does not go on with %q:\n%s", what, which, w, told)
			return
		}
		rest = after
	}
}

// A day at the desk, beside the kiosk: an occupied door is opened by two people, a
// forced one is looked into, one parcel goes over the counter and one is gone.
func TestADayAtTheDesk(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk, noRescue)
	ada, ben := s.hire("Ada Quill", people.Supervisor), s.hire("Ben Moor", people.Associate)
	first, second, third := s.store("p-1"), s.store("p-2"), s.store("p-3")
	s.announce("p-4")
	s.expire("p-2")
	s.startCore()
	s.allDoorsKnown()
	other := s.at("desk")
	kiosk, desk := s.openWindow("day-kiosk"), other.openWindowOn(newDisplay(t, 1280, 800), "day-desk")
	kiosk.page(view.StepIdle)
	desk.page(view.StepIdle)

	// A courier deposits at the kiosk while a parcel is looked up at the desk.
	other.scan(ada.badge)
	desk.page(view.StepStaffMenu)
	s.scan(s.courier.badge)
	kiosk.page(view.StepCourierReady)
	s.scan("P-4")
	fourth := s.step(view.StepCourierOpen).Door()
	other.scan("P-1")
	desk.page(view.StepStaffParcel)
	s.put(fourth)
	s.deposited(fourth)
	desk.goes(view.StepStaffStory, view.ActOp, view.OpStory)
	desk.goes(view.StepStaffParcel, view.ActBack, "")
	kiosk.press(view.ActFinish, "")
	kiosk.page(view.StepCourierDone)

	// An occupied door takes two people, both named in its story.
	desk.goes(view.StepStaffDoor, view.ActOp, view.OpDoor)
	desk.looks(first.Data.Compartment, "customer_asks", &ben)
	desk.goes(view.StepStaffDoor, view.ActOp, view.OpStillThere)
	s.isParcel("p-1", parcel.Stored, first.Data.Compartment)
	s.says("door", first.Data.Compartment, "Ada Quill", "Ben Moor")

	// The parcel that expired is found in the queue, and goes over the counter.
	for v, _ := other.now(); v.Step != view.StepStaffMenu; v, _ = other.now() {
		other.touch(view.ActBack, "")
		other.changes(v)
	}
	desk.goes(view.StepStaffQueue, view.ActPick, "queue")
	desk.goes(view.StepStaffLeaving, view.ActPick, "leaving")
	desk.goes(view.StepStaffDoor, view.ActPick, second.Data.Compartment)
	desk.looks(second.Data.Compartment, "expired", &ben)
	desk.goes(view.StepStaffDoor, view.ActOp, view.OpToCounter)
	s.isParcel("p-2", parcel.CounterHeld, "")
	unlocks := s.unlocks()
	s.scan(second.Data.Code)
	kiosk.page(view.StepPickupRefused, view.ReasonAtCounter)
	s.unlocked(unlocks...)
	desk.press(view.ActLeave, "")
	desk.page(view.StepIdle)
	other.scan(ben.badge)
	desk.page(view.StepStaffMenu)
	desk.goes(view.StepStaffCounter, view.ActPick, "counter")
	other.scan(second.Data.Code)
	desk.page(view.StepStaffParcel)
	s.isParcel("p-2", parcel.Collected, "")
	s.says("parcel", "p-2", "Ada Quill", "Ben Moor")
	s.unlocked(unlocks...)

	// A door is forced. It stands first in the queue; somebody looks, and its parcel is gone.
	gone := third.Data.Compartment
	s.sim("door", gone, "open-by-force")
	s.becomes(gone, "forced", func(b box) bool { return b.Forced })
	s.sim("take", gone)
	s.sim("door", gone, "close")
	other.scan(ada.badge)
	desk.page(view.StepStaffMenu)
	v := desk.goes(view.StepStaffQueue, view.ActPick, "queue")
	if i := v.Staff.Items[0]; i.Kind != "forced" || i.Value != gone {
		t.Errorf("the queue begins with %+v", i)
	}
	desk.goes(view.StepStaffDoor, view.ActPick, gone)
	desk.looks(gone, "to_check", &ben)
	desk.goes(view.StepStaffConfirm, view.ActOp, view.OpWriteOff)
	desk.goes(view.StepStaffDoor, view.ActYes, "")
	s.isParcel("p-3", parcel.Missing, "")
	desk.goes(view.StepStaffReason, view.ActOp, view.OpRestore)
	desk.goes(view.StepStaffDoor, view.ActPick, "looked_empty")
	s.becomes(gone, "free again", func(b box) bool { return !b.Forced && b.Allocation == string(wall.Free) })
	s.says("parcel", "p-3", "Ada Quill")
	for _, one := range other.queue() {
		if one == gone {
			t.Errorf("door %s is in the queue still", gone)
		}
	}
	desk.press(view.ActLeave, "")
	desk.page(view.StepIdle)
	kiosk.close()
	desk.close()
	s.sound()
}

// queue are the doors that wait in the queue of whoever is signed in at the desk.
func (s *station) queue() (doors []string) {
	s.t.Helper()
	for v, _ := s.now(); v.Step != view.StepStaffMenu; v, _ = s.now() {
		s.touch(view.ActBack, "")
		s.changes(v)
	}
	s.touch(view.ActPick, "queue")
	for _, i := range s.step(view.StepStaffQueue).Staff.Items {
		doors = append(doors, i.Value)
	}
	return doors
}

// The core is killed at every step of somebody at the desk: nobody is signed in
// afterwards, no door opens by itself, and a parcel that may have been reached is to be
// looked after.
func TestNobodyStaysSignedInWhereTheCoreDies(t *testing.T) {
	t.Parallel()
	s := newStation(t, withDesk)
	ada, ben := s.hire("Ada Quill", people.Manager), s.hire("Ben Moor", people.Associate)
	e := s.store("p-1")
	number := e.Data.Compartment
	other := s.at("desk")
	signIn := func() {
		other.scan(ada.badge)
		other.step(view.StepStaffMenu)
	}
	pick := func(value string) func() { return func() { other.touch(view.ActPick, value) } }
	op := func(name string) func() { return func() { other.touch(view.ActOp, name) } }
	door1 := []func(){pick("wall"), pick(number)}
	opened := slices.Concat(door1, []func(){
		op(view.OpOpen), pick("customer_asks"), func() { other.scan(ben.badge) },
	})
	for _, c := range []struct {
		step  view.Step
		does  []func()
		after func() // of a restart
	}{
		{view.StepStaffMenu, nil, nil},
		{view.StepStaffQueue, []func(){pick("queue")}, nil},
		{view.StepStaffDoor, door1, nil},
		{view.StepStaffStory, append(door1[:2:2], op(view.OpStory)), nil},
		{view.StepStaffReason, append(door1[:2:2], op(view.OpOpen)), nil},
		{view.StepStaffSecond, append(door1[:2:2], op(view.OpOpen), pick("customer_asks")), nil},
		{view.StepStaffWhy, append(door1[:2:2], op(view.OpOpen), pick("other")), nil},
		{view.StepStaffAccounts, []func(){pick("accounts")}, nil},
		{view.StepStaffNew, []func(){pick("accounts"), op(view.OpAdd)}, nil},
		{view.StepStaffCounter, []func(){pick("counter")}, nil},
		{view.StepStaffPractice, []func(){pick("practice")}, nil},
		{view.StepStaffOpen, opened, func() { s.sim("door", number, "close") }},
		{view.StepStaffLooked, append(opened[:len(opened):len(opened)], func() {
			other.step(view.StepStaffOpen)
			s.sim("door", number, "close")
		}), nil},
	} {
		signIn()
		for _, do := range c.does {
			v, _ := other.now()
			do()
			other.until("the page changes", func(n view.View) bool { return n.Rev > v.Rev })
		}
		other.until("the page "+string(c.step), func(v view.View) bool {
			return v.Step == c.step || c.step == view.StepStaffPractice && v.OfStaff().Practice
		})
		told := s.told()
		s.crash()
		other.until("the desk notices", func(v view.View) bool { return v.Reason == view.ReasonCoreMissing })
		s.restart(told)
		if v := other.step(view.StepIdle); v.Staff != nil {
			t.Errorf("after %s the desk shows %s", c.step, describe(v))
		}
		if c.after != nil {
			c.after()
			s.becomes(number, "closed", func(b box) bool { return b.Door == door.Closed.String() })
			if !s.parcel("p-1").ToCheck {
				t.Errorf("after %s nobody is to look after the parcel", c.step)
			}
		}
	}
	s.isParcel("p-1", parcel.Stored, number)
	if left, err := filepath.Glob(filepath.Join(s.dir, "data", "practice", "*")); len(left) > 0 {
		t.Errorf("practice has left %v, %v", left, err)
	}
	s.sound()
}
