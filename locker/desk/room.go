package desk

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Room is what staff do on a page.
var Room visit.Room

// The rows of pages show what can be done, and what can be done shows pages.
func init() {
	pages()
	returnPages()
	Room = visit.Room{
		Module: ledger.Module{
			Name:   "desk",
			Facts:  []ledger.Fact{&SignedIn{}, &SignedOut{}, &Refused{}, &OpeningAllowed{}},
			Tables: []*ledger.Spec{sightings.Spec},
		},
		Steps: entrance(),
		Purposes: map[wall.Purpose]visit.DoorPurpose{
			wall.ForInspection: looking{}, wall.ForRound: taking{},
		},
		Arrive: arrive,
		Start:  restarted,
		After: func(t *visit.Turn) {
			t.EveryVisit(func() { dismiss(t) })
			watch(t)
		},
		Adds: addPayload,
	}
	for name, row := range steps {
		Room.Steps[name] = row
	}
}

// entrance are the buttons that lead in, on pages of other rooms.
func entrance() map[view.Step]visit.Step {
	start := visit.Step{Acts: []visit.Act{{Name: view.ActStartStaff, Do: startSigning}}}
	atDesk := visit.Step{Acts: []visit.Act{{
		Name: view.ActStartStaff, Do: startSigning, When: func(_ *ledger.State, _ visit.Visit,
			env visit.Env) bool {
			return env.AtDesk()
		},
	}}}
	return map[view.Step]visit.Step{view.StepIdle: atDesk, view.StepCourierEnter: start}
}

// page is a page of somebody who is signed in.
func page(row visit.Step) visit.Step {
	row.Acts = append(row.Acts,
		visit.Act{Name: view.ActBack, Do: back, When: func(_ *ledger.State, v visit.Visit, _ visit.Env) bool {
			return v.Step != view.StepStaffMenu
		}},
		visit.Act{Name: view.ActLeave, Do: leave})
	row.TimeOut = func(t *visit.Turn) { signOut(t, "timed_out") }
	if row.Clock == visit.WaitPerson {
		row.Clock = visit.WaitStaff
	}
	if row.Scan == nil {
		row.Scan = scanned
	}
	return row
}

// withOps has a page offer what can be done there by the policy.
func withOps(row visit.Step) visit.Step {
	if !slices.ContainsFunc(row.Acts, func(a visit.Act) bool { return a.Name == view.ActOp }) {
		return row
	}
	draws := row.Draws
	row.Draws = func(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
		out.Staff.Ops = opsOf(s, v, env.Policy)
		if draws != nil {
			draws(s, v, env, out)
		}
	}
	return row
}

var (
	picks    = visit.Act{Name: view.ActPick, With: pick}
	operates = visit.Act{Name: view.ActOp, With: operate}
)

func types(do func(*visit.Turn, string) error) visit.Act {
	return visit.Act{Name: view.ActType, With: do}
}

func lookedOps(s *ledger.State, v visit.Visit, out *view.View) {
	out.Staff.Door = v.Compartment
	showAbout(s, v, out)
}

var steps = map[view.Step]visit.Step{}

func pages() {
	for name, row := range map[view.Step]visit.Step{
		view.StepStaffMenu:    {Acts: []visit.Act{picks}, Draws: showMenu},
		view.StepStaffQueue:   {Acts: []visit.Act{picks}, Draws: showQueue},
		view.StepStaffLeaving: {Acts: []visit.Act{picks, operates}, Draws: showLeaving},
		view.StepStaffShelf: {
			Acts: []visit.Act{{Name: view.ActPick, With: pickShelf}}, Draws: showShelf,
		},
		view.StepStaffWall:     {Acts: []visit.Act{picks}, Draws: showWall},
		view.StepStaffDoor:     {Acts: []visit.Act{operates}, Draws: showDoor},
		view.StepStaffFind:     {Acts: []visit.Act{types(find)}, Shows: showFind},
		view.StepStaffFound:    {Acts: []visit.Act{picks}, Shows: showFound},
		view.StepStaffParcel:   {Acts: []visit.Act{operates}, Shows: showParcel},
		view.StepStaffCase:     {Acts: []visit.Act{operates}, Shows: showCareCase},
		view.StepStaffCustomer: {Acts: []visit.Act{operates}, Shows: showCustomer},
		view.StepStaffMember: {
			Acts: []visit.Act{{Name: view.ActPick, With: withdrawHere}, operates}, Shows: showMember,
		},
		view.StepStaffStory:    {Shows: showLoading},
		view.StepStaffDevices:  {Acts: []visit.Act{picks}, Shows: showLoading},
		view.StepStaffDevice:   {Shows: showLoading},
		view.StepStaffCouriers: {Acts: []visit.Act{picks, operates}, Shows: showCouriers},
		view.StepStaffAccounts: {Acts: []visit.Act{picks, operates}, Shows: showAccounts},
		view.StepStaffPerson:   {Acts: []visit.Act{operates}, Shows: showPerson},
		view.StepStaffNew:      {Acts: []visit.Act{types(typedName)}, Shows: showNew},
		view.StepStaffRole:     {Acts: []visit.Act{{Name: view.ActPick, With: pickRole}}, Shows: showRoles},
		view.StepStaffSecret:   {Shows: showLoading},
		view.StepStaffCounter: {
			Acts: []visit.Act{{Name: view.ActPIN}}, Scan: codeShown, PIN: pinTyped, Draws: showCounterPad,
		},
		view.StepStaffPractice: {Shows: showLoading, Scan: practising, Clock: visit.WaitElsewhere},
		view.StepStaffReason: {
			Acts: []visit.Act{{Name: view.ActPick, With: pickReason}}, Shows: showReasons,
		},
		view.StepStaffWhy: {Acts: []visit.Act{types(func(t *visit.Turn, value string) error {
			text, err := typed(value, 200)
			if err == nil {
				err = plain.Check(text, 200, "reason", "/value")
			}
			if err != nil {
				return err
			}
			return withReason(t, noteOf(t.Visit), text)
		})}, Shows: showAbout},
		view.StepStaffSecond: {
			Acts: []visit.Act{{Name: view.ActPIN}}, Scan: vouching, PIN: vouchPIN,
			Shows: func(s *ledger.State, v visit.Visit, out *view.View) {
				showAbout(s, v, out)
				showPad(s, v, out)
			},
		},
		view.StepStaffConfirm: {Acts: []visit.Act{{Name: view.ActYes, Do: confirmed}}, Shows: showAbout},
		view.StepStaffNoOpen: {
			Acts: []visit.Act{{Name: view.ActTryAgain, Do: openAgain, When: mayOpenAgain}}, NotOpened: true,
			Shows: showAbout,
		},
		view.StepStaffLooked: {Acts: []visit.Act{operates}, Scan: atDoor, Shows: lookedOps},
	} {
		steps[name] = page(withOps(row))
	}
	for name, row := range map[view.Step]visit.Step{
		view.StepStaffPicking: {Acts: []visit.Act{picksWith(pickSale)}, Scan: scanSale, Draws: showPicking},
		view.StepStaffSale: {
			Acts: []visit.Act{picksWith(pickSaleLine), operatesWith(operateSale)}, Scan: scanSale, Draws: showSale,
		},
		view.StepStaffSaleLine: {
			Acts: []visit.Act{picksWith(pickPlace), operatesWith(operateSaleLine)}, Scan: scanSale,
			Draws: showSaleLine,
		},
	} {
		steps[name] = page(row)
	}
	signOutOnly := []visit.Act{{Name: view.ActLeave, Do: leave}}
	steps[view.StepStaffOpening] = visit.Step{Acts: signOutOnly, Scan: atDoor, Clock: visit.WaitDoor}
	steps[view.StepStaffOpen] = visit.Step{Acts: signOutOnly, Scan: atDoor, Clock: visit.WaitDoor,
		Reminds:   true,
		Abandoned: func(t *visit.Turn) { signedOut(t, "timed_out") }}
	again := []visit.Act{
		{Name: view.ActStartStaff, Do: startSigning}, {Name: view.ActBack, Do: (*visit.Turn).Finish},
	}
	steps[view.StepStaffEnter] = visit.Step{
		Acts: []visit.Act{{Name: view.ActPIN}, {Name: view.ActBack, Do: (*visit.Turn).Finish}},
		PIN:  enterPIN, Shows: showPad,
	}
	steps[view.StepStaffRefused] = visit.Step{Acts: again}
}
