package parcel

import (
	"errors"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// hired is a stage with somebody of each role, whose id is its name.
func hired(t *testing.T) *stage {
	t.Helper()
	s := twoBoxes()
	for _, role := range []people.Role{
		people.Associate, people.Technician, people.Supervisor, people.Manager,
	} {
		s.do(t, people.AddEmployee{By: people.Tools, Record: people.EmployeeRecord{
			Employee: people.Employee{ID: string(role), Name: "Ada", Role: role},
		}})
	}
	return s
}

func by(role people.Role) people.Doer { return people.Doer{ID: string(role)} }

// pinOf is the hash of a parcel's PIN.
func (s *stage) pinOf(parcel string) string {
	for _, c := range s.CredentialsOf(parcel) {
		if c.Kind == ByPIN {
			return c.Hash
		}
	}
	return ""
}

func (s *stage) expire(t *testing.T) {
	t.Helper()
	s.now = s.now.Add(49 * time.Hour)
	s.do(t, visit.Tick{})
}

// The whole way of a parcel that nobody collects: to the counter, and to its customer.
func TestAParcelAtTheCounterKeepsItsCodeAndOpensNoDoor(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	pin := s.pinOf("p")
	s.expire(t)
	orders := len(s.orders)
	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: code}, "not-at-counter")
	var now Parcel
	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "nobody came", Now: &now})
	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p"}) // is there already
	if now.State != CounterHeld || now.Compartment != "" || !now.CounterAt.Equal(s.now) {
		t.Fatalf("it is %+v", now)
	}
	f := last[*ParcelCounterHeld](t, s)
	if !f.KeepsCode || f.By != "associate" || f.Compartment != number || s.told("parcel.counter_held") != 1 {
		t.Errorf("told as %+v", f)
	}
	if c := s.compartments[number]; !c.Offerable() || last[*wall.DoorRestored](t, s).By != "associate" {
		t.Errorf("its door is %+v", c)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
	if f := last[*PickupRefused](t, s); f.Why != "at_counter" || f.Parcel != "p" || f.Presented != "code" {
		t.Errorf("told as %+v", f)
	}
	s.act(t, view.ActStartPickup)
	s.do(t, visit.TypePIN{Visit: s.visit.ID, PINHash: pin, CourierHash: "x"})
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
	if s.guard != (people.Guards{}) {
		t.Errorf("a right PIN counts as a wrong one: %+v", s.guard)
	}
	s.act(t, view.ActBack)
	s.scan(t, "wrong")
	s.at(t, view.StepPickupRefused, view.ReasonNotValid) // a stranger learns nothing
	s.act(t, view.ActBack)
	if len(s.orders) != orders {
		t.Fatalf("a door was ordered open: %+v", s.orders[orders:])
	}

	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: "wrong"}, "no-such-code")
	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: pin}, "no-such-code") // a PIN is no code
	s.refusedAs(t, HandOver{By: by(people.Associate), Parcel: "q", CodeHash: code}, "code-of-another")
	s.refusedAs(t, HandOver{By: by(people.Associate), Parcel: "p", Reason: "x"}, "not-permitted")
	s.refusedAs(t, HandOver{By: by(people.Technician), CodeHash: code}, "not-permitted")
	s.do(t, HandOver{By: by(people.Associate), CodeHash: code, Now: &now})
	if now.State != Collected || !now.EndedAt.Equal(s.now) {
		t.Errorf("it is %+v", now)
	}
	if f := last[*ParcelHandedOver](t, s); f.Credential != ByCode || f.By != "associate" || f.Reason != "" {
		t.Errorf("told as %+v", f)
	}
	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: code}, "collected-already")
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonCollected)
}

func TestAParcelIsHandedOverByItsPINOrForAReason(t *testing.T) {
	for name, hand := range map[string]func(s *stage) HandOver{
		"PIN": func(s *stage) HandOver { return HandOver{By: by(people.Associate), PINHash: s.pinOf("p")} },
		"reason": func(*stage) HandOver {
			return HandOver{By: by(people.Supervisor), Parcel: "p", Reason: "showed the order"}
		},
		"tools": func(*stage) HandOver {
			return HandOver{By: people.Tools, Parcel: "p", Reason: "showed the order"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := hired(t)
			s.announce(t, "p", small())
			_, _ = s.deposit(t, "p")
			s.refusedAs(
				t,
				HandOver{By: by(people.Manager), Parcel: "p", Reason: "asked for it"},
				"not-at-counter",
			)
			s.do(t, TakeToCounter{By: by(people.Supervisor), Parcel: "p", Reason: "its door does not open"})
			s.refusedAs(t, HandOver{By: by(people.Manager), Parcel: "p"}, "reason")
			s.refusedAs(t, HandOver{By: by(people.Manager), Parcel: "q", Reason: "x"}, "no-such-parcel")
			s.do(t, HandOver{By: by(people.Manager), Parcel: "p", Reason: "showed the order"})
			s = hired(t)
			s.announce(t, "p", small())
			s.deposit(t, "p")
			s.do(t, TakeToCounter{By: by(people.Supervisor), Parcel: "p", Reason: "its door does not open"})
			s.do(t, hand(s))
			if p := s.parcels["p"]; p.State != Collected || s.told("parcel.handed_over") != 1 {
				t.Errorf("it is %+v", p)
			}
		})
	}
}

func TestAHeldParcelIsNotHandedOver(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	_, code := s.deposit(t, "p")
	s.do(t, HoldParcel{By: by(people.Supervisor), ID: "p", Reason: "refunded"})
	s.do(t, TakeToCounter{By: by(people.Supervisor), Parcel: "p", Reason: "the shop asks for it"})
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
	s.refusedAs(t, HandOver{By: by(people.Manager), CodeHash: code}, "on-hold")
	s.refusedAs(t, HandOver{By: by(people.Manager), Parcel: "p", Reason: "x"}, "on-hold")
	s.do(t, ReleaseParcel{By: by(people.Supervisor), ID: "p"})
	s.do(t, HandOver{By: by(people.Manager), CodeHash: code})
	if f := last[*ParcelReleased](t, s); f.By != "supervisor" || last[*ParcelHeld](t, s).By != "supervisor" {
		t.Errorf("told as %+v", f)
	}
}

// A log from before parcels kept their codes at the counter.
func TestAParcelHeldBeforeIsHandedOverForAReasonOnly(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.expire(t)
	state := ledger.NewState(s)
	f, err := station.Ledger.Read(
		"parcel.counter_held",
		[]byte(
			`{"parcel_id":"p","label":"L-p","compartment":"`+number+`","reason":"taken to the counter"}`,
		),
		nil,
	)
	if err != nil {
		t.Fatal(err)
	}
	f.Apply(state, s.now)
	s.merge(state.Changes())
	if p := s.parcels["p"]; p.State != CounterHeld || p.CounterAt != nil {
		t.Fatalf("it is %+v", p)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonReplaced)
	s.refusedAs(t, HandOver{By: by(people.Supervisor), CodeHash: code}, "no-such-code")
	s.refusedAs(t, HandOver{By: by(people.Associate), Parcel: "p", Reason: "x"}, "not-permitted")
	s.do(t, HandOver{By: by(people.Supervisor), Parcel: "p", Reason: "showed the order"})
}

// What a door is after its parcel was taken to the counter.
func TestADoorIsFreeOnlyWhenItIsSurelyWell(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, s *stage, number string)
		want  wall.Allocation
	}{
		"well": {func(*testing.T, *stage, string) {}, wall.Free},
		"silent": {func(t *testing.T, s *stage, n string) {
			s.see(t, n, door.Unknown, door.PresenceUnknown)
		}, wall.Quarantine},
		"jammed": {func(_ *testing.T, s *stage, n string) {
			c := s.compartments[n]
			c.Lock = wall.LockJammed
			s.compartments[n] = c
		}, wall.Quarantine},
		"forced": {func(t *testing.T, s *stage, n string) {
			s.see(t, n, door.Open, door.PresenceUnknown)
			s.refusedAs(t, TakeToCounter{By: by(people.Manager), Parcel: "p", Reason: "x"}, "door-in-use")
			s.refusedAs(t, WriteOff{By: by(people.Manager), Parcel: "p", Reason: "x"}, "door-in-use")
			s.see(t, n, door.Closed, door.PresenceUnknown)
		}, wall.Quarantine},
	} {
		t.Run(name, func(t *testing.T) {
			s := hired(t)
			s.announce(t, "p", small())
			number, _ := s.deposit(t, "p")
			c.spoil(t, s, number)
			s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "taken out"})
			if box := s.compartments[number]; box.Allocation != c.want || box.Parcel != "" ||
				box.Forced != (name == "forced") {
				t.Errorf("it is %+v", box)
			}
		})
	}
}

func TestAParcelThatIsGoneIsWrittenOffAndMayBeFound(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.refusedAs(t, WriteOff{By: by(people.Associate), Parcel: "p", Reason: "x"}, "not-permitted")
	s.refusedAs(t, WriteOff{By: by(people.Supervisor), Parcel: "p"}, "reason")
	s.do(t, WriteOff{By: by(people.Supervisor), Parcel: "p", Reason: "the compartment is empty"})
	s.do(t, WriteOff{By: by(people.Supervisor), Parcel: "p"}) // is gone already
	p, box := s.parcels["p"], s.compartments[number]
	if p.State != Missing || p.Compartment != "" || p.EndedAt == nil || s.told("parcel.written_off") != 1 {
		t.Errorf("it is %+v", p)
	}
	if box.Allocation != wall.Quarantine || box.Parcel != "" || box.Reason != "its parcel was written off" {
		t.Errorf("its door is %+v", box)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupRefused, view.ReasonMissing)
	s.act(t, view.ActBack)
	for _, c := range []visit.Command{
		HoldParcel{ID: "p"}, Cancel{ID: "p"}, SayStillThere{Parcel: "p"}, HandOver{Parcel: "p", Reason: "x"},
	} {
		s.refusedAs(t, c, "written-off")
	}
	s.refusedAs(
		t,
		Announce{ID: "p", Announcement: Announcement{Label: "L-p", PickupHours: 9}},
		"too-late-to-change",
	)
	s.refusedAs(t, Announce{ID: "q", Announcement: Announcement{Label: "L-p"}}, "label-in-use")
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.at(t, view.StepCourierReady, view.ReasonEnded)
	s.act(t, view.ActFinish)

	s.do(t, TakeToCounter{By: by(people.Associate), Parcel: "p", Reason: "it was behind the counter"})
	if f, p := last[*ParcelCounterHeld](t, s), s.parcels["p"]; f.KeepsCode || p.EndedAt != nil ||
		p.CounterAt == nil {
		t.Errorf("found as %+v, told as %+v", p, f)
	}
	s.refusedAs(t, HandOver{By: by(people.Associate), CodeHash: code}, "no-such-code") // stays dead
	s.do(t, WriteOff{By: by(people.Manager), Parcel: "p", Reason: "gone again"})
	if f := last[*ParcelWrittenOff](t, s); f.Compartment != "" || s.parcels["p"].State != Missing {
		t.Errorf("told as %+v", f)
	}
}

// What staff do with a parcel that is somewhere else.
func TestStaffAreToldWhereAParcelIs(t *testing.T) {
	for name, c := range map[string]struct {
		bring func(t *testing.T, s *stage)
		slug  string
	}{
		"announced": {func(*testing.T, *stage) {}, "not-here"},
		"cancelled": {func(t *testing.T, s *stage) { s.do(t, Cancel{ID: "p"}) }, "not-here"},
		"booked": {func(t *testing.T, s *stage) {
			s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
			s.do(t, visit.Present{Label: "L-p", Presented: "label"})
		}, "door-in-use"},
		"depositing": {func(t *testing.T, s *stage) {
			s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
			s.do(t, visit.Present{Label: "L-p", Presented: "label"})
			s.ended(t, door.ConfirmedOpen)
		}, "door-in-use"},
		"collecting": {func(t *testing.T, s *stage) {
			_, code := s.deposit(t, "p")
			s.scan(t, code)
		}, "door-in-use"},
		"collected": {func(t *testing.T, s *stage) {
			number, code := s.deposit(t, "p")
			s.scan(t, code)
			s.ended(t, door.ConfirmedOpen)
			s.see(t, number, door.Closed, door.PresenceUnknown)
		}, "collected-already"},
	} {
		t.Run(name, func(t *testing.T) {
			s := hired(t)
			s.announce(t, "p", small())
			c.bring(t, s)
			for _, does := range []visit.Command{
				TakeToCounter{By: by(people.Manager), Parcel: "p", Reason: "x"},
				WriteOff{By: by(people.Manager), Parcel: "p", Reason: "x"},
				SayStillThere{By: by(people.Manager), Parcel: "p"},
			} {
				s.refusedAs(t, does, c.slug)
			}
		})
	}
}

func TestAForcedDoorIsLookedInto(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.refusedAs(
		t,
		upkeep.EndAlarm{By: by(people.Associate), Compartment: number, Reason: "x"},
		"not-permitted",
	)
	s.refusedAs(
		t,
		upkeep.RestoreDoor{By: by(people.Associate), Compartment: number, Reason: "x"},
		"not-permitted",
	)
	s.refusedAs(
		t,
		upkeep.EndAlarm{By: by(people.Manager), Compartment: "9", Reason: "x"},
		"no-such-compartment",
	)
	for range 2 { // the second ends nothing
		s.do(t, upkeep.EndAlarm{By: by(people.Technician), Compartment: number, Reason: "looked inside"})
	}
	box, p := s.compartments[number], s.parcels["p"]
	if box.Forced || box.BankAlarm || box.Allocation != wall.Occupied || p.State != Stored || !p.ToCheck {
		t.Errorf("door %+v, parcel %+v", box, p)
	}
	if f := last[*wall.DoorAlarmCleared](t, s); f.By != "technician" || s.told("door.alarm_cleared") != 1 {
		t.Errorf("told as %+v", f)
	}
	for range 2 {
		s.do(t, SayStillThere{By: by(people.Associate), Parcel: "p"})
	}
	if f := last[*ParcelStillThere](t, s); f.By != "associate" || s.parcels["p"].ToCheck ||
		s.told("parcel.still_there") != 1 {
		t.Errorf("told as %+v, it is %+v", f, s.parcels["p"])
	}
	s.scan(t, code)
	s.at(t, view.StepPickupOpening, view.ReasonNone)

	other := map[string]string{"1": "2", "2": "1"}[number]
	s = hired(t)
	s.see(t, other, door.Open, door.PresenceUnknown)
	s.see(t, other, door.Closed, door.PresenceUnknown)
	s.do(t, upkeep.EndAlarm{By: by(people.Technician), Compartment: other, Reason: "a child pulled at it"})
	if c := s.compartments[other]; c.Forced || c.Allocation != wall.Quarantine {
		t.Errorf("a free door that was forced is %+v", c)
	}
	s.do(t, upkeep.RestoreDoor{By: by(people.Associate), Compartment: other, Reason: "empty"})
	if c := s.compartments[other]; !c.Offerable() || last[*wall.DoorRestored](t, s).By != "associate" {
		t.Errorf("restored it is %+v", c)
	}
}

// Giving back a door with an expired parcel takes that to the counter: a technician
// serves no customers.
func TestATechnicianRestoresNoDoorWithAParcel(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, _ := s.deposit(t, "p")
	s.expire(t)
	restore := upkeep.RestoreDoor{By: by(people.Technician), Compartment: number, Reason: "taken out"}
	s.refusedAs(t, restore, "not-permitted")
	restore.By = by(people.Associate)
	s.do(t, restore)
	if f := last[*ParcelCounterHeld](t, s); !f.KeepsCode || f.By != "associate" {
		t.Errorf("told as %+v", f)
	}
}

func TestEveryLookAtARecipientIsAFact(t *testing.T) {
	s := hired(t)
	s.do(t, Announce{ID: "p", Announcement: Announcement{Recipient: &Recipient{Name: "Ana"}}})
	s.announce(t, "q", nil)
	var who *Recipient
	for n := range 2 {
		s.do(t, SeeRecipient{By: by(people.Associate), Parcel: "p", Who: &who})
		if who == nil || who.Name != "Ana" || s.told("parcel.recipient_seen") != n+1 {
			t.Fatalf("seen %+v, told %d times", who, s.told("parcel.recipient_seen"))
		}
	}
	if f := last[*RecipientSeen](t, s); f.By != "associate" || f.ParcelID != "p" || f.Published() {
		t.Errorf("told as %+v", f)
	}
	s.do(t, SeeRecipient{By: people.Tools, Parcel: "q", Who: &who})
	if who != nil || last[*RecipientSeen](t, s).By != "tools" {
		t.Errorf("of a parcel without a recipient: %+v", who)
	}
	s.refusedAs(t, SeeRecipient{By: by(people.Technician), Parcel: "p", Who: &who}, "not-permitted")
	s.refusedAs(t, SeeRecipient{Parcel: "p", Who: &who}, "name-a-person")
	s.refusedAs(t, SeeRecipient{By: by(people.Manager), Parcel: "r", Who: &who}, "no-such-parcel")
}

func TestAnAccountThatWasRemovedDoesNothingFromThenOn(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.do(t, TakeToCounter{By: by(people.Supervisor), Parcel: "p", Reason: "asked for it"})
	s.do(t, people.RemoveEmployee{By: by(people.Manager), ID: "supervisor"})
	if f := last[*people.EmployeeRemoved](t, s); f.By != "manager" {
		t.Errorf("told as %+v", f)
	}
	var who *Recipient
	gone := by(people.Supervisor)
	for _, c := range []visit.Command{
		upkeep.RestoreDoor{By: gone, Compartment: number}, upkeep.TakeOutOfService{
			By: gone, Compartment: number,
		},
		upkeep.EndAlarm{By: gone, Compartment: number}, TakeToCounter{By: gone, Parcel: "p"},
		HandOver{By: gone, CodeHash: code}, HandOver{By: gone, Parcel: "p", Reason: "x"},
		WriteOff{By: gone, Parcel: "p", Reason: "x"}, SayStillThere{By: gone, Parcel: "p"},
		SeeRecipient{By: gone, Parcel: "p", Who: &who}, HoldParcel{
			By: gone, ID: "p",
		}, ReleaseParcel{By: gone, ID: "p"},
		people.AddCourier{By: gone}, people.RemoveCourier{By: gone, ID: "k1"},
		people.AddEmployee{By: gone}, people.RemoveEmployee{By: gone, ID: "manager"},
	} {
		s.refusedAs(t, c, "signed-out")
	}
}

func TestWhoMakesAndEndsAccounts(t *testing.T) {
	s := twoBoxes()
	e := func(id string, role people.Role) people.EmployeeRecord {
		return people.EmployeeRecord{Employee: people.Employee{ID: id, Name: "Ada", Role: role}}
	}
	s.refusedAs(t, people.AddEmployee{Record: e("m1", people.Manager)}, "first-account")
	s.do(t, people.AddEmployee{By: people.Tools, Record: e("m1", people.Manager)})
	m1, m2, sup := people.Doer{ID: "m1"}, people.Doer{ID: "m2"}, people.Doer{ID: "s1"}
	s.do(t, people.AddEmployee{By: m1, Record: e("m2", people.Manager)})
	s.do(t, people.AddEmployee{By: m2, Record: e("s1", people.Supervisor)})
	if f := last[*people.EmployeeAdded](t, s); f.By != "m2" {
		t.Errorf("told as %+v", f)
	}
	s.refusedAs(t, people.AddEmployee{By: sup, Record: e("s2", people.Associate)}, "not-permitted")
	s.refusedAs(t, people.RemoveEmployee{By: sup, ID: "m1"}, "not-permitted")
	s.refusedAs(t, people.RemoveEmployee{By: m1, ID: "m1"}, "own-account")
	s.do(t, people.RemoveEmployee{By: m1, ID: "m2"})
	s.refusedAs(t, people.RemoveEmployee{ID: "m1"}, "last-manager")
	s.do(
		t,
		people.AddCourier{
			By:     sup,
			Record: people.CourierRecord{Courier: people.Courier{ID: "k2", Name: "South"}},
		},
	)
	s.do(t, people.RemoveCourier{By: sup, ID: "k2"})
	if f := last[*people.CourierRemoved](t, s); f.By != "s1" || last[*people.CourierAdded](t, s).By != "s1" {
		t.Errorf("told as %+v", f)
	}
	s.do(t, people.RemoveEmployee{By: people.Tools, ID: "m1"}) // the tools may remove the last one
	s.do(t, people.RemoveEmployee{By: people.Tools, ID: "s1"})
	_, err := s.try(people.AddEmployee{Record: e("m3", people.Manager)})
	var r *ledger.Refusal
	if !errors.As(err, &r) || r.Slug != "first-account" {
		t.Errorf("when all are gone: %v", err)
	}
}

// A door that springs open long after a pickup has failed is rejoined by the bearer of
// the parcel that lies behind it by then.
func TestALateDoorIsForTheParcelThatIsBehindItNow(t *testing.T) {
	s := hired(t)
	s.announce(t, "p", small())
	s.announce(t, "q", small())
	number, code := s.deposit(t, "p")
	s.scan(t, code)
	s.lost(t)
	s.act(t, view.ActBack)
	s.do(t, TakeToCounter{By: by(people.Manager), Parcel: "p", Reason: "taken out by its key"})
	if n, _ := s.deposit(t, "q"); n != number {
		t.Fatalf("parcel q went behind door %s", n)
	}
	code = last[*ParcelStored](t, s).Hashes.Code
	s.see(t, number, door.Open, door.PresenceUnknown)
	s.scan(t, code)
	s.at(t, view.StepPickupOpen, view.ReasonNone)
	s.see(t, number, door.Closed, door.Empty)
	s.at(t, view.StepPickupDone, view.ReasonNone)
	if p, q := s.parcels["p"], s.parcels["q"]; p.State != CounterHeld || q.State != Collected {
		t.Errorf("p is %s, q is %s", p.State, q.State)
	}
}
