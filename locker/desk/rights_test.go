package desk

import (
	"maps"
	"slices"
	"testing"
	"time"

	"cubby/locker/care"
	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// at puts whoever is at the desk on a page, whether the menu leads there or not.
func (b *bench) at(t testing.TB, p place) view.View {
	t.Helper()
	b.do(t, atDesk, happens{func(t *visit.Turn) { goTo(t, p) }})
	return b.view(atDesk)
}

// The whole table at the desk: what a role may do the page offers, and what it may not
// do is neither offered nor done when a screen sends it all the same.
func TestThePageOffersWhatTheRoleMay(t *testing.T) {
	menuHas := func(value string) func(*bench) bool {
		return func(b *bench) bool {
			offered := slices.ContainsFunc(b.view(atDesk).Staff.Items, func(i view.StaffItem) bool {
				return i.Value == value
			})
			went := b.act(atDesk, view.ActPick, value) == nil
			if offered != went {
				t.Errorf("%s is offered %t, and leads there %t", value, offered, went)
			}
			return offered
		}
	}
	pageHas := func(p place, op string) func(*bench) bool {
		return func(b *bench) bool {
			v := b.at(t, p)
			offered := slices.Contains(v.Staff.Ops, op)
			facts := len(b.facts)
			err := b.act(atDesk, view.ActOp, op)
			if offered != (err == nil) || err != nil && len(b.facts) != facts {
				t.Errorf("%s is offered %t, and done: %v", op, offered, err)
			}
			return offered
		}
	}
	door3, door1 := place{Step: view.StepStaffDoor, Door: "3"}, place{Step: view.StepStaffDoor, Door: "1"}
	p1, p2 := place{Step: view.StepStaffParcel, Parcel: "p1"}, place{Step: view.StepStaffParcel, Parcel: "p2"}
	shown := map[people.Action]func(*bench) bool{
		people.SeeWall:      menuHas("wall"),
		people.FindParcel:   menuHas("find"),
		people.SeeCustomer:  pageHas(p1, view.OpCustomer),
		people.OpenEmpty:    pageHas(door3, view.OpOpen),
		people.OpenOccupied: pageHas(door1, view.OpOpen),
		people.BeSecond: func(b *bench) bool {
			role := b.view(atDesk).Staff.Role
			b.must(t, atDesk, view.ActLeave, "")
			b.hire(t, "boss", people.Manager)
			b.badge(t, atDesk, "boss")
			b.at(t, door1)
			b.must(t, atDesk, view.ActOp, view.OpOpen)
			b.must(t, atDesk, view.ActPick, "cleaning")
			b.badge(t, atDesk, role)
			return b.view(atDesk).Step == view.StepStaffOpening
		},
		people.RestoreDoor: func(b *bench) bool {
			b.see(t, "4", door.Open) // forced
			b.see(t, "4", door.Closed)
			return pageHas(place{Step: view.StepStaffDoor, Door: "4"}, view.OpRestore)(b)
		},
		people.WithdrawDoor: pageHas(door3, view.OpOutOfService),
		people.EndAlarm: func(b *bench) bool {
			b.see(t, "1", door.Open)
			return pageHas(door1, view.OpEndAlarm)(b)
		},
		people.WriteOff:      pageHas(door1, view.OpWriteOff),
		people.TakeToCounter: pageHas(p2, view.OpToCounter),
		people.HandOver:      menuHas("counter"),
		people.HandOverKnown: func(b *bench) bool {
			b.toCounter(t, "p2")
			return pageHas(p2, view.OpHandKnown)(b)
		},
		people.HoldParcels:   pageHas(p1, view.OpHold),
		people.RenewCodes:    pageHas(p1, view.OpNewCode),
		people.ManageCourier: menuHas("couriers"),
		people.ManageStaff:   menuHas("accounts"),
		people.Practise:      menuHas("practice"),
		people.SettleCases: func(b *bench) bool {
			b.do(t, atDesk, openCase{})
			return pageHas(place{Step: view.StepStaffCase, Case: "C-0000-0001"}, view.OpCloseCase)(b)
		},
	}
	maps.Copy(shown, rightsOfReturns(t, pageHas))
	for _, action := range people.Actions() {
		try, ok := shown[action]
		if !ok {
			t.Errorf("nothing shows %s", action)
			continue
		}
		for _, role := range []people.Role{
			people.Associate, people.Technician, people.Supervisor, people.Manager,
		} {
			b := newBench(t)
			b.badge(t, atDesk, string(role))
			if got := try(b); got != role.May(action) {
				t.Errorf("%s %s: %t", role, action, got)
			}
		}
	}
}

// toCounter has a parcel of the bench taken to the counter by the manager's rights.
func (b *bench) toCounter(t testing.TB, id string) {
	t.Helper()
	b.do(t, "", takeToCounter(id))
}

func TestADoorIsOpenedForReasonsThatFitIt(t *testing.T) {
	for door, want := range map[string][]string{
		"1": {"to_check", "customer_asks", "expired", "door_stuck", "other"},
		"3": {"door_stuck", "cleaning", "other"},
	} {
		b := newBench(t)
		b.badge(t, atDesk, "supervisor")
		b.at(t, place{Step: view.StepStaffDoor, Door: door})
		b.must(t, atDesk, view.ActOp, view.OpOpen)
		var offered []string
		for _, i := range b.wants(t, atDesk, view.StepStaffReason).Staff.Items {
			offered = append(offered, i.Value)
		}
		if !slices.Equal(offered, want) {
			t.Errorf("door %s is opened for %v, want %v", door, offered, want)
		}
	}
}

func TestADoorThatDoesNotOpenIsTriedAgainByTheSamePeople(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, "supervisor")
	b.at(t, place{Step: view.StepStaffDoor, Door: "1"})
	b.must(t, atDesk, view.ActOp, view.OpOpen)
	b.must(t, atDesk, view.ActPick, "to_check")
	b.badge(t, atDesk, "manager")
	for range 2 { // the one automatic repeat
		b.ends(t, door.Stuck)
	}
	v := b.wants(t, atDesk, view.StepStaffNoOpen)
	if v.Reason != view.ReasonStuck || b.door("1").Parcel != "p1" || b.parcel("p1").ToCheck {
		t.Errorf("%s, %+v", v.Reason, b.door("1"))
	}
	b.must(t, atDesk, view.ActTryAgain, "")
	if n := b.told("desk.opened"); n != 2 {
		t.Errorf("%d openings were allowed", n)
	}
	b.opens(t)
	b.wants(t, atDesk, view.StepStaffOpen)
	b.pass(3 * time.Second)
	b.see(t, "1", door.Closed)
	b.must(t, atDesk, view.ActOp, view.OpNothing)
	if !b.parcel("p1").ToCheck {
		t.Error("nobody is to look after the parcel")
	}
}

func TestAnEmptyDoorThatWasLookedBehindIsFreeAgain(t *testing.T) {
	for answer, want := range map[string]wall.Allocation{
		view.OpRestore: wall.Free, view.OpOutOfService: wall.OutOfService, view.OpNothing: wall.Quarantine,
	} {
		b := newBench(t)
		b.badge(t, atDesk, "technician")
		b.at(t, place{Step: view.StepStaffDoor, Door: "3"})
		b.must(t, atDesk, view.ActOp, view.OpOpen)
		b.must(t, atDesk, view.ActPick, "cleaning")
		b.opens(t)
		b.pass(3 * time.Second)
		b.see(t, "3", door.Closed)
		b.must(t, atDesk, view.ActOp, answer)
		b.wants(t, atDesk, view.StepStaffDoor)
		if c := b.door("3"); c.Allocation != want {
			t.Errorf("after %s it is %s", answer, c.Allocation)
		}
	}
	b := newBench(t)
	b.badge(t, atDesk, "technician")
	b.at(t, place{Step: view.StepStaffDoor, Door: "3"})
	b.must(t, atDesk, view.ActOp, view.OpOpen)
	b.must(t, atDesk, view.ActPick, "cleaning")
	b.ends(t, door.Unanswered)
	b.wants(t, atDesk, view.StepStaffNoOpen)
	if c := b.door("3"); c.Allocation != wall.Free {
		t.Errorf("a door that was not driven is %s", c.Allocation)
	}
}

// A door that is opened from elsewhere bothers nobody at the station, unless it is
// forgotten.
func TestADoorOpenedFromElsewhere(t *testing.T) {
	b := newBench(t)
	opening := ""
	open := func(door, second string) error {
		return b.try("", OpenDoor{
			By: people.Tools, Second: second, Compartment: door, Reason: "cleaning", Opening: &opening,
		})
	}
	for name, c := range map[string]struct{ door, second string }{
		"alone at a parcel":    {"1", ""},
		"with nobody":          {"1", "badge-nobody"},
		"a door that is not":   {"9", ""},
		"a door that is not, ": {"9", "badge-manager"},
	} {
		if open(c.door, c.second) == nil {
			t.Errorf("%s a door is opened", name)
		}
	}
	if err := open("1", "badge-associate"); err != nil {
		t.Fatal(err)
	}
	b.opens(t)
	if b.view("").Idle.OpenDoor != "" {
		t.Error("people at the kiosk are asked to close it")
	}
	// others are served, whatever the answer
	b.do(t, "", visit.Present{CodeHash: "code-p2", Presented: "code"})
	b.pass(wall.StandsOpen)
	for range 2 {
		b.do(t, "", visit.Tick{})
	}
	if !b.door("1").LeftOpen || b.told("door.left_open") != 1 {
		t.Errorf("left open %t, told %d times", b.door("1").LeftOpen, b.told("door.left_open"))
	}
	b.see(t, "1", door.Closed)
	if !b.parcel("p1").ToCheck {
		t.Error("nobody is to say what is behind it")
	}
	if err := open("3", ""); err != nil {
		t.Fatal(err)
	}
	b.opens(t)
	b.pass(3 * time.Second)
	b.see(t, "3", door.Closed)
	if c := b.door("3"); c.Allocation != wall.Quarantine {
		t.Errorf("door 3 is %s: nobody said what is behind it", c.Allocation)
	}
}

// openCase opens a case about the parcel behind door 1.
type openCase struct{}

func (openCase) Decide(t *visit.Turn) error {
	t.Emit(&care.CaseOpened{
		OfCase: care.OfCase{Case: "C-0000-0001"}, Kind: care.Empty, Parcel: "p1", Compartment: "1",
	})
	return nil
}

func TestACaseIsInTheQueueUntilItIsClosedAtTheDesk(t *testing.T) {
	b := newBench(t)
	b.badge(t, atDesk, string(people.Associate))
	b.do(t, atDesk, openCase{})
	b.at(t, place{Step: view.StepStaffQueue})
	b.must(t, atDesk, view.ActPick, "case C-0000-0001")
	b.must(t, atDesk, view.ActOp, view.OpCloseCase)
	b.must(t, atDesk, view.ActPick, "settled")
	c, _ := care.Cases.Get(b.state(), "C-0000-0001")
	if c.State != care.Closed || c.Note != "settled" || c.By == "" {
		t.Errorf("the case is %+v", c)
	}
	for _, m := range Queue(b.state(), b.env(atDesk).Policy, b.now) {
		if m.Case != "" {
			t.Errorf("the queue still has %+v", m)
		}
	}
}

func TestTheNumberOfACaseLeadsToItHoweverItComes(t *testing.T) {
	for name, looks := range map[string]func(b *bench, t *testing.T){
		"scanned from its receipt": func(b *bench, t *testing.T) {
			b.do(t, atDesk, visit.Present{Text: "C-0000-0001", Presented: "label"})
		},
		"typed as it was heard": func(b *bench, t *testing.T) {
			b.at(t, place{Step: view.StepStaffFind})
			b.must(t, atDesk, view.ActType, "text=c-oooo-OOOi")
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.badge(t, atDesk, string(people.Associate))
			b.do(t, atDesk, openCase{})
			looks(b, t)
			v := b.wants(t, atDesk, view.StepStaffCase)
			if v.Staff.Parcel != "p1" {
				t.Errorf("it is about %q", v.Staff.Parcel)
			}
		})
	}
	b := newBench(t)
	b.badge(t, atDesk, string(people.Associate))
	b.do(t, atDesk, openCase{})
	b.do(t, atDesk, visit.Present{Text: "C-0000-0002", Presented: "label"})
	if v := b.view(atDesk); v.Step == view.StepStaffCase {
		t.Errorf("a number of no case leads to %s, %+v", v.Step, v.Staff)
	}
}
