package care

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

var dawn = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// A site is a station of one door with a parcel behind it.
type site struct {
	*testing.T
	rules *visit.Rules
	*ledger.Memory
	now    time.Time
	ids    int
	facts  []ledger.Fact
	orders []door.Order
	grace  time.Duration
}

const number, id = "14", "P-1"

func newSite(t *testing.T) *site {
	s := &site{T: t, rules: visit.NewRules(people.Room, parcel.Room, Room), Memory: ledger.NewMemory(nil), now: dawn,
		grace: 2 * time.Minute}
	state := ledger.NewState(s.Memory)
	deadline, stored := dawn.Add(48*time.Hour), dawn
	parcel.Parcels.Put(state, id, parcel.Parcel{
		ID: id, Label: "L-1", State: parcel.Stored, Compartment: number, Deadline: &deadline, StoredAt: &stored,
		AnnouncedAt: dawn, PickupHours: 48, Rev: 3,
	})
	for hash, kind := range map[string]parcel.CredentialKind{"code": parcel.ByCode, "pin": parcel.ByPIN} {
		parcel.Credentials.Put(state, hash, parcel.Credential{Hash: hash, Kind: kind, Parcel: id, State: parcel.Live})
	}
	for n, of := range map[string]string{number: id, "15": ""} {
		box := wall.Compartment{
			Number: n, Bank: "b", Door: door.Closed, LastKnown: door.Closed, Lock: wall.LockIdle,
			Allocation: wall.Free, Contents: wall.ContentsEmpty,
		}
		if of != "" {
			box.Allocation, box.Parcel, box.Contents = wall.Occupied, of, wall.ContentsPresent
		}
		wall.Compartments.Put(state, n, box)
	}
	s.Merge(state.Changes())
	return s
}

func (s *site) env() visit.Env {
	return visit.Env{
		Now: s.now, Clock: calendar.Reading{Wall: s.now, Boot: "b", Uptime: s.now.Sub(dawn), Synced: true},
		NewID: func() string { s.ids++; return fmt.Sprint("id", s.ids) },
		Policy: visit.Policy{
			PageTimeout: time.Minute, DoorTimeout: 2 * time.Minute, Thanks: 10 * time.Second, FreePINTries: 5,
			Languages: []string{"en"}, MaxExtensions: 3, Rooms: map[string]any{"parcel": parcel.Settings{
				PauseAfter: 15 * time.Minute, ResumeGrace: time.Hour, ReopenGrace: s.grace,
			}},
		},
	}
}

func (s *site) do(c visit.Command) {
	s.Helper()
	d, err := s.rules.Decide(s.Memory, c, s.env())
	if err != nil {
		s.Fatalf("%T: %v", c, err)
	}
	s.Merge(d.Changes)
	s.facts = append(s.facts, d.Facts...)
	s.orders = append(s.orders, visit.EffectsOf[door.Order](d)...)
}

func (s *site) view() view.View { return s.rules.ViewOf(s.Memory, s.env()) }

func (s *site) touch(name view.ActionName) {
	s.Helper()
	s.do(visit.Do{Action: view.Action{Visit: s.view().Visit, Name: name}})
}

func (s *site) scan() { s.Helper(); s.do(visit.Present{CodeHash: "code", Presented: "code"}) }

// ends is the end of the last order.
func (s *site) ends(r door.Result) {
	s.Helper()
	o := s.orders[len(s.orders)-1]
	s.now = s.now.Add(2550 * time.Millisecond) // a pulse, and as long as a door may take
	if r == door.ConfirmedOpen {
		s.sees(door.Open)
	}
	s.do(visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: r, Pulsed: r != door.Unanswered, At: s.now,
	}})
	if r == door.ConfirmedOpen {
		s.now = s.now.Add(2 * time.Second) // somebody reaches inside
	}
}

func (s *site) sees(state door.State) {
	s.Helper()
	s.do(visit.SeeDoor{Seen: door.Seen{Compartment: number, State: state, At: s.now}})
}

// later lets the time of the page pass by.
func (s *site) later() {
	s.Helper()
	s.now = s.now.Add(time.Duration(s.view().GoesOnInMs) * time.Millisecond)
	s.do(visit.Tick{})
}

func (s *site) at(step view.Step, why view.Reason) view.View {
	s.Helper()
	v := s.view()
	if v.Step != step || v.Reason != why {
		s.Fatalf("the page is %s %q, want %s %q", v.Step, v.Reason, step, why)
	}
	return v
}

func (s *site) parcel() parcel.Parcel {
	p, _ := parcel.Parcels.Get(ledger.NewState(s.Memory), id)
	return p
}

func (s *site) box() wall.Compartment {
	c, _ := wall.Compartments.Get(ledger.NewState(s.Memory), number)
	return c
}

func (s *site) told(kind string) (n int) {
	for _, f := range s.facts {
		if f.Type() == kind {
			n++
		}
	}
	return n
}

// open opens the door for the bearer.
func (s *site) open() {
	s.Helper()
	s.scan()
	s.ends(door.ConfirmedOpen)
	s.at(view.StepPickupOpen, "")
}

func TestTheLadderOfAStuckDoorEndsWithACaseWithinAMinute(t *testing.T) {
	s := newSite(t)
	s.scan()
	s.ends(door.Stuck)
	s.ends(door.Stuck) // the automatic repeat
	for _, step := range []view.Reason{view.ReasonStuck, view.ReasonStuckPause, view.ReasonStuckPull} {
		v := s.at(view.StepNoOpen, step)
		if s.parcel().State != parcel.Stored || v.GoesOnInMs == 0 || !v.Allows(view.ActTryAgain) {
			t.Errorf("at %s it is %s, goes on in %d ms, offers %v", step, s.parcel().State, v.GoesOnInMs, v.Actions)
		}
		s.later()
		s.at(view.StepPickupOpening, "")
		s.ends(door.Stuck)
	}
	v := s.at(view.StepNoOpen, view.ReasonHandedOver)
	c, ok := OpenOf(ledger.NewState(s.Memory), id)
	if !ok || v.Pickup.Case != c.Number || c.Kind != Stuck || c.Door != number {
		t.Errorf("the page names %q, the case is %+v", v.Pickup.Case, c)
	}
	if took := s.now.Sub(dawn); took > time.Minute {
		t.Errorf("it took %v", took)
	}
	if p := s.parcel(); p.State != parcel.Stored || p.Paused == nil || s.told("parcel.collected") != 0 {
		t.Errorf("it is %s, paused %v", p.State, p.Paused)
	}
	if n := len(s.orders); n != 5 || s.orders[2].Firm || !s.orders[3].Firm || s.told("parcel.door_stuck") != 4 {
		t.Errorf("%d pulses, %+v; %d steps told", n, s.orders, s.told("parcel.door_stuck"))
	}
	if first, fourth := s.orders[0].NotAfter, s.orders[3].NotAfter; fourth.Sub(first) < 30*time.Second {
		t.Errorf("the fourth pulse is %v after the first: a lock gets three in 30 s", fourth.Sub(first))
	}
	s.touch(view.ActBack)
	s.open() // the same code, later
	s.sees(door.Closed)
	c, _ = Cases.Get(ledger.NewState(s.Memory), c.Number)
	if c.State != Closed || s.parcel().State != parcel.Collected {
		t.Errorf("after all it is %s and the case %s", s.parcel().State, c.State)
	}
}

func TestTheLadderOpensNoDoorForNobody(t *testing.T) {
	for name, gone := range map[string]func(s *site){
		"gone back":         func(s *site) { s.touch(view.ActBack) },
		"a restart":         func(s *site) { s.do(visit.Start{Boot: "b", Version: "1"}) },
		"the machine slept": func(s *site) { s.now = s.now.Add(30 * time.Second) },
		"held meanwhile":    func(s *site) { s.do(parcel.HoldParcel{ID: id}) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.scan()
			s.ends(door.Stuck)
			s.ends(door.Stuck)
			s.at(view.StepNoOpen, view.ReasonStuck)
			before := len(s.orders)
			gone(s)
			for range 20 {
				s.now = s.now.Add(time.Second)
				s.do(visit.Tick{})
			}
			if len(s.orders) != before {
				t.Errorf("%d pulses more", len(s.orders)-before)
			}
		})
	}
}

func TestABoardThatDoesNotAnswerIsAskedOnceMore(t *testing.T) {
	s := newSite(t)
	s.scan()
	s.ends(door.Unanswered)
	s.at(view.StepNoOpen, view.ReasonUnanswered)
	s.later()
	s.ends(door.Unanswered)
	s.at(view.StepNoOpen, view.ReasonHandedOver)
}

func TestWhatIsSaidToBeWrongMakesACaseAndNeverACollectedParcel(t *testing.T) {
	said := map[view.ActionName]Kind{view.ActNotMine: NotMine, view.ActDamaged: Damaged, view.ActEmpty: Empty}
	for name, kind := range said {
		for where, says := range map[string]func(s *site){
			"at the open door": func(s *site) {
				s.touch(view.ActReport)
				s.at(view.StepCareReport, "")
				s.touch(name)
				s.at(view.StepCareClose, "")
				s.sees(door.Closed)
			},
			"closed before it was said": func(s *site) {
				s.touch(view.ActReport)
				s.sees(door.Closed)
				s.at(view.StepCareAsk, "")
				s.touch(name)
			},
			"afterwards": func(s *site) {
				s.sees(door.Closed)
				s.at(view.StepPickupDone, "")
				s.touch(view.ActReport)
				s.touch(name)
			},
			"at the door opened once more": func(s *site) {
				s.sees(door.Closed)
				s.scan()
				s.ends(door.ConfirmedOpen)
				s.touch(view.ActReport)
				s.touch(name)
				s.sees(door.Closed)
			},
		} {
			t.Run(string(name)+" "+where, func(t *testing.T) {
				s := newSite(t)
				s.open()
				says(s)
				if s.view().Step != view.StepCareCase { // it is laid back
					s.at(view.StepPickupOpening, "")
					s.ends(door.ConfirmedOpen)
					s.at(view.StepCareClose, "")
					s.sees(door.Closed)
				}
				v := s.at(view.StepCareCase, "")
				c, ok := OpenOf(ledger.NewState(s.Memory), id)
				if !ok || c.Kind != kind || v.Pickup.Case != c.Number {
					t.Fatalf("the page names %q, the case is %+v", v.Pickup.Case, c)
				}
				p, box := s.parcel(), s.box()
				if p.State != parcel.Stored || !p.ToCheck || p.Disputed == nil || p.Disputed.Case != c.Number ||
					p.EndedAt != nil || box.Parcel != id || box.Allocation != wall.Occupied || p.Paused == nil {
					t.Errorf("it is %+v behind %+v", p, box)
				}
				s.touch(view.ActFinish)
				s.scan()
				if v := s.at(view.StepPickupRefused, view.ReasonDisputed); v.Pickup.Case != c.Number {
					t.Errorf("its bearer is told of %q", v.Pickup.Case)
				}
				s.do(CloseCase{Number: c.Number, Note: "looked into"})
				s.touch(view.ActBack)
				if p := s.parcel(); p.Disputed != nil || p.Paused != nil {
					t.Errorf("after the case it is %+v", p)
				}
				s.open() // its code opens again
				s.sees(door.Closed)
				if s.parcel().State != parcel.Collected {
					t.Errorf("after the case it is %s", s.parcel().State)
				}
			})
		}
	}
}

func TestWhoGoesFromTheQuestionHasSaidNothing(t *testing.T) {
	s := newSite(t)
	s.open()
	s.touch(view.ActReport)
	s.sees(door.Closed)
	s.now = s.now.Add(2 * time.Minute)
	s.do(visit.Tick{})
	if p := s.parcel(); p.State != parcel.Stored || !p.ToCheck || p.Disputed != nil || s.told("case.opened") != 0 {
		t.Errorf("it is %+v", p)
	}
}

func TestACodeOpensItsDoorOnceMoreWhileNothingElseWasPutThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		then  func(s *site)
		opens bool
	}{
		{"at once", func(*site) {}, true},
		{"just in time", func(s *site) { s.now = s.now.Add(110 * time.Second) }, true},
		{"too late", func(s *site) { s.now = s.now.Add(2 * time.Minute) }, false},
		{"a clock that was set back", func(s *site) { s.now = s.now.Add(-time.Hour) }, false},
		{"switched off", func(s *site) { s.grace = 0 }, false},
		{"something else lies there", func(s *site) { s.puts(wall.Occupied, "P-2") }, false},
		{"staff are to look", func(s *site) { s.puts(wall.Quarantine, "") }, false},
		{"another has had it open", func(s *site) {
			s.now = s.now.Add(time.Second)
			s.other("P-2")
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t)
			s.open()
			s.sees(door.Closed)
			s.touch(view.ActFinish)
			c.then(s)
			before := len(s.orders)
			s.scan()
			if opens := len(s.orders) > before; opens != c.opens || opens != (s.told("parcel.reopened") > 0) {
				t.Fatalf("it opens %t", opens)
			}
			if !c.opens {
				s.at(view.StepPickupRefused, view.ReasonCollected)
				return
			}
			s.ends(door.ConfirmedOpen)
			s.sees(door.Closed)
			s.at(view.StepPickupDone, "")
			if s.told("parcel.collected") != 1 || s.box().Allocation != wall.Free {
				t.Errorf("collected %d times; the door is %s", s.told("parcel.collected"), s.box().Allocation)
			}
		})
	}
}

func (s *site) puts(a wall.Allocation, of string) {
	state := ledger.NewState(s.Memory)
	wall.Change(state, number, func(c *wall.Compartment) { c.Allocation, c.Parcel = a, of })
	s.Merge(state.Changes())
}

func (s *site) other(of string) {
	state := ledger.NewState(s.Memory)
	wall.Openings.Put(state, "other", wall.Opening{
		ID: "other", Compartment: number, Parcel: of, Purpose: wall.ForDeposit, State: wall.Done,
		At: s.now, Since: s.now,
	})
	s.Merge(state.Changes())
}

func TestClosingACase(t *testing.T) {
	s := newSite(t)
	s.open()
	s.touch(view.ActReport)
	s.touch(view.ActEmpty)
	c, _ := OpenOf(ledger.NewState(s.Memory), id)
	for slug, one := range map[string]CloseCase{
		"no-such-case": {Number: "C-0000-0000", Note: "x"},
		"note":         {Number: c.Number},
		"signed-out":   {Number: c.Number, Note: "x", By: people.Doer{ID: "nobody"}},
	} {
		_, err := s.rules.Decide(s.Memory, one, s.env())
		if r, ok := err.(*ledger.Refusal); !ok || r.Slug != slug {
			t.Errorf("%s is refused with %v", slug, err)
		}
	}
	s.do(CloseCase{Number: c.Number, Note: "done"})
	before := len(s.facts)
	s.do(CloseCase{Number: c.Number, Note: "done"})
	if len(s.facts) != before {
		t.Error("closing it again is told again")
	}
	if _, err := s.rules.Decide(s.Memory, CloseCase{Number: c.Number, Note: "other"}, s.env()); err == nil {
		t.Error("another note is taken for a closed case")
	}
	s.now = s.now.Add(keptClosed + time.Hour)
	s.do(visit.Tick{})
	if len(Cases.All(ledger.NewState(s.Memory))) != 0 {
		t.Error("it is kept for ever")
	}
}

// A parcel that a courier brought unannounced gets another id: its case goes with it, and ends
// with its dispute.
func TestACaseGoesOnWithAParcelThatIsRenamed(t *testing.T) {
	s := newSite(t)
	state := ledger.NewState(s.Memory)
	p := s.parcel()
	p.Unannounced = true
	parcel.Parcels.Put(state, id, p)
	s.Merge(state.Changes())
	s.open()
	s.touch(view.ActReport)
	s.touch(view.ActDamaged)
	s.sees(door.Closed)
	s.do(parcel.Announce{ID: "NEW", Announcement: parcel.Announcement{Label: "L-1"}})
	c, ok := OpenOf(ledger.NewState(s.Memory), "NEW")
	if !ok {
		t.Fatalf("the cases are %+v", Cases.All(ledger.NewState(s.Memory)))
	}
	s.do(CloseCase{Number: c.Number, Note: "repaired"})
	if p, _ := parcel.Parcels.Get(ledger.NewState(s.Memory), "NEW"); p.Disputed != nil || p.Paused != nil {
		t.Errorf("after the case it is %+v", p)
	}
}

// Where the door was given to another parcel meanwhile, the one in dispute is missing: no code
// of it is good.
func TestADisputedParcelWhoseDoorIsAnothersIsMissing(t *testing.T) {
	s := newSite(t)
	s.open()
	s.sees(door.Closed)
	s.puts(wall.OutOfService, "")
	s.touch(view.ActReport)
	s.touch(view.ActEmpty)
	if s.parcel().State != parcel.Missing {
		t.Fatalf("it is %s", s.parcel().State)
	}
	s.touch(view.ActFinish)
	s.scan()
	if v := s.view(); v.Step != view.StepPickupRefused || v.Reason == view.ReasonNotValid {
		t.Errorf("its bearer is told %s %q", v.Step, v.Reason)
	}
	for _, hash := range []string{"code", "pin"} {
		if c, _ := parcel.Credentials.Get(ledger.NewState(s.Memory), hash); c.State != parcel.Revoked {
			t.Errorf("its %s is %s", c.Kind, c.State)
		}
	}
}

func TestNumbersAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"c-7k3m-90qx": "C-7K3M-90QX", "C-OIL0-0000": "C-0110-0000", "R-7K3M-90QX": "", "C-7K3M90QX": "", "": "",
		"C-7K3M-90Q": "", "C-7K3M-90QÜ": "",
	} {
		if got, ok := IsNumber(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %t", text, got, ok)
		}
	}
	if !slices.Contains(Kinds(), Stuck) {
		t.Error("kinds lack one")
	}
}
