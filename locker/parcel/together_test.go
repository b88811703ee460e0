package parcel

import (
	"slices"
	"testing"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// house is a wall of four doors, of which 3 is the nearest to the screen.
func house() *stage {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 190, 500), box("3", 400, 390, 500),
		box("4", 400, 400, 500))
	s.policy.Rooms = map[string]any{"parcel": Settings{Nearest: []string{"3", "2", "4", "1"}}}
	return s
}

// forWhom is who a parcel is for, and who says so.
type forWhom struct{ client, email, phone, order string }

// stands announces a parcel and has it brought; it returns its code.
func (s *stage) stands(t *testing.T, id string, w forWhom) string {
	t.Helper()
	s.do(t, Announce{ID: id, Client: w.client, Announcement: Announcement{
		Label: "L-" + id, OrderID: w.order, Recipient: &Recipient{Email: w.email, Phone: w.phone},
	}})
	_, code := s.deposit(t, id)
	return code
}

// takesOut opens the door that was ordered last, and closes it.
func (s *stage) takesOut(t *testing.T) (number string) {
	t.Helper()
	s.ended(t, door.ConfirmedOpen)
	s.at(t, view.StepPickupOpen, view.ReasonNone)
	number = s.order(t).Compartment
	s.see(t, number, door.Closed, door.PresenceUnknown)
	return number
}

func (s *stage) pick(t *testing.T, id string) {
	t.Helper()
	s.do(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPick, Value: id}})
}

func (s *stage) listed() (refs []string) {
	for _, one := range station.ViewOf(s, s.env()).OfPickup().List {
		what := one.Value
		if one.Done {
			what += " done"
		}
		if one.Why != "" {
			what += " " + string(one.Why)
		}
		refs = append(refs, what)
	}
	return refs
}

func TestWhichParcelsBelongTogether(t *testing.T) {
	const phone = "+49 30 123456"
	ada := forWhom{"key:a", "ada@example.org", phone, "O-1"}
	for name, c := range map[string]struct {
		other forWhom
		how   Together
		want  bool
	}{
		"same address, spelled otherwise": {forWhom{"key:a", " ADA@example.org", "", ""}, OfPerson, true},
		"same number, spelled otherwise":  {forWhom{"key:a", "", "0049-30-123456", "O-9"}, OfPerson, true},
		"same order":                      {forWhom{"key:a", "", "", "O-1"}, OfPerson, true},
		"same order, by order":            {forWhom{"key:a", "", "", "O-1"}, OfOrder, true},
		"same address, by order":          {forWhom{"key:a", "ada@example.org", "", ""}, OfOrder, false},
		"not at all":                      {ada, Never, false},
		"another person":                  {forWhom{"key:a", "bob@example.org", "", "O-2"}, OfPerson, false},
		"nobody is known":                 {forWhom{"key:a", "", "", ""}, OfPerson, false},
		"all the same, another shop":      {forWhom{"key:b", "ada@example.org", phone, "O-1"}, OfPerson, false},
		"all the same, no shop known":     {forWhom{"", "ada@example.org", phone, "O-1"}, OfPerson, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := house()
			s.policy.Rooms["parcel"] = Settings{Together: c.how}
			code := s.stands(t, "p", ada)
			s.stands(t, "q", c.other)
			s.scan(t, code)
			if c.want {
				s.at(t, view.StepPickupChoose, view.ReasonNone)
			} else {
				s.at(t, view.StepPickupOpening, view.ReasonNone)
			}
		})
	}
}

func TestSeveralParcelsAreCollectedOneAfterTheOther(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	codes := map[string]string{}
	for _, id := range []string{"p", "q", "r"} {
		codes[id] = s.stands(t, id, ada)
	}
	s.stands(t, "else", forWhom{"key:a", "bob@example.org", "", ""})
	orders := len(s.orders)
	s.scan(t, codes["p"])
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"r", "q", "p"}) {
		t.Fatalf("listed as %v, the doors are %v", got, s.parcels)
	}
	if len(s.orders) != orders {
		t.Fatal("a door opened before one was chosen")
	}
	s.scan(t, "of nobody")
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	s.pick(t, "q")
	if f := last[*PickupAuthorised](t, s); f.ParcelID != "q" || f.Shown != "p" || f.Credential != ByCode {
		t.Errorf("told as %+v", f)
	}
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if got := s.listed(); !slices.Equal(got, []string{"r", "q done", "p"}) {
		t.Fatalf("listed as %v", got)
	}
	if p := station.ViewOf(s, s.env()).OfPickup(); p.Taken != 1 || p.Total != 3 || p.Door != "" ||
		p.Parcel != "" {
		t.Errorf("shown as %+v", p)
	}
	s.refusedAs(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPick, Value: "q"}},
		"stale-page")
	s.refusedAs(t, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPick, Value: "else"}},
		"stale-page")
	s.act(t, view.ActFinish) // later
	if s.visit.ID != "" || s.parcels["p"].State != Stored || s.parcels["r"].State != Stored {
		t.Fatalf("left behind: %+v", s.parcels)
	}
	s.scan(t, codes["q"]) // its code is used, and gives no right to the others
	s.at(t, view.StepPickupRefused, view.ReasonCollected)
	s.scan(t, codes["r"])
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	s.act(t, view.ActOpenAll)
	if next := station.ViewOf(s, s.env()).OfPickup().Next; next != "" {
		t.Errorf("the next door is told while the first is opening: %s", next)
	}
	if first, second := s.takesOut(t), s.takesOut(t); first != "3" || second != "1" {
		t.Errorf("opened were %s and %s", first, second)
	}
	s.at(t, view.StepPickupDone, view.ReasonNone)
	if n := s.told("parcel.collected"); n != 3 {
		t.Errorf("%d were collected", n)
	}
}

func TestOneParcelAloneOpensAtOnce(t *testing.T) {
	s := house()
	code := s.stands(t, "p", forWhom{"key:a", "ada@example.org", "", ""})
	s.scan(t, code)
	s.at(t, view.StepPickupOpening, view.ReasonNone)
	s.takesOut(t)
	s.at(t, view.StepPickupDone, view.ReasonNone)
}

func TestWhatCannotBeOpenedStandsInTheListWithWhy(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	code := s.stands(t, "p", ada)
	held, counter := s.stands(t, "q", ada), s.stands(t, "r", ada)
	s.do(t, HoldParcel{ID: "q"})
	s.staff["s1"] = people.EmployeeRecord{Employee: people.Employee{ID: "s1", Role: people.Supervisor}}
	s.do(t, TakeToCounter{By: people.Doer{ID: "s1"}, Parcel: "r", Reason: "asked for"})
	for _, c := range []string{code, held, counter} {
		s.scan(t, c)
		s.at(t, view.StepPickupChoose, view.ReasonNone)
		if got := s.listed(); !slices.Equal(got, []string{"q on_hold", "p", "r at_counter"}) {
			t.Fatalf("listed as %v", got)
		}
	}
	s.pick(t, "p")
	s.takesOut(t)
	s.at(t, view.StepPickupDone, view.ReasonNone) // nothing is left to open
	s.scan(t, held)
	s.at(t, view.StepPickupRefused, view.ReasonOnHold)
}

func TestAShownCodeOfTheListOpensItsDoor(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	code, other := s.stands(t, "p", ada), s.stands(t, "q", ada)
	s.scan(t, code)
	visitID := s.visit.ID
	s.scan(t, other)
	s.at(t, view.StepPickupOpening, view.ReasonNone)
	if f := last[*PickupAuthorised](t, s); f.ParcelID != "q" || f.Shown != "" || s.visit.ID != visitID {
		t.Errorf("told as %+v in %s", f, s.visit.ID)
	}
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
}

func TestAValuableParcelOfTheListAsksForItsOwnPhone(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "+49 30 1234567", ""}
	code := s.stands(t, "p", ada)
	s.do(t, Announce{ID: "q", Client: "key:a", Announcement: Announcement{
		Label: "L-q", Valuable: true, Recipient: &Recipient{Email: ada.email, Phone: ada.phone},
	}})
	s.deposit(t, "q")
	s.scan(t, code)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	orders := len(s.orders)
	s.act(t, view.ActOpenAll)
	if s.parcels["q"].Compartment != "2" { // the nearer one
		t.Fatalf("it is behind door %s", s.parcels["q"].Compartment)
	}
	s.at(t, view.StepPickupSecond, view.ReasonNone)
	s.do(t, visit.TypePIN{Visit: s.visit.ID, Tail: "9999"})
	s.at(t, view.StepPickupSecond, view.ReasonNotValid)
	if len(s.orders) != orders {
		t.Fatal("a door opened without the phone's digits")
	}
	s.do(t, visit.TypePIN{Visit: s.visit.ID, Tail: "4567"})
	if first, second := s.takesOut(t), s.takesOut(t); first != "2" || second != "1" {
		t.Errorf("opened were %s and %s", first, second)
	}
	s.at(t, view.StepPickupDone, view.ReasonNone)
}

func TestTheListEndsWithTheCodeThatWasShown(t *testing.T) {
	for name, ends := range map[string]visit.Command{
		"taken back": RevokeCode{By: people.Centre, ID: "p"}, "made anew": ReissueCode{By: people.Centre, ID: "p"},
	} {
		t.Run(name, func(t *testing.T) {
			s := house()
			ada := forWhom{"key:a", "ada@example.org", "", ""}
			code := s.stands(t, "p", ada)
			s.stands(t, "q", ada)
			s.scan(t, code)
			s.do(t, RevokeCode{By: people.Centre, ID: "q"}) // it was not shown
			s.at(t, view.StepPickupChoose, view.ReasonNone)
			s.do(t, ends)
			s.at(t, view.StepPickupRefused, view.ReasonNotValid)
			if v := station.ViewOf(s, s.env()); len(v.OfPickup().List) > 0 {
				t.Errorf("still listed: %+v", v.OfPickup())
			}
		})
	}
}

func TestTheListOfOneIsNotForTheNext(t *testing.T) {
	for name, scan := range map[string]func(s *stage, codes map[string]string) string{
		"somebody with one parcel": func(_ *stage, codes map[string]string) string { return codes["other"] },
		"a delegate for one of the list": func(s *stage, _ map[string]string) string {
			s.policy.Rooms["parcel"] = Settings{Delegates: true}
			code, _ := s.send(t, "q")
			return code
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := house()
			ada := forWhom{"key:a", "ada@example.org", "", ""}
			codes := map[string]string{
				"p": s.stands(t, "p", ada), "q": s.stands(t, "q", ada), "r": s.stands(t, "r", ada),
			}
			codes["other"] = s.stands(t, "other", forWhom{"key:a", "bob@example.org", "", ""})
			next := scan(s, codes)
			s.scan(t, codes["p"])
			s.at(t, view.StepPickupChoose, view.ReasonNone)
			s.scan(t, next)
			s.takesOut(t)
			s.at(t, view.StepPickupDone, view.ReasonNone)
			if got := s.listed(); len(got) > 0 {
				t.Errorf("the next one sees %v", got)
			}
		})
	}
}

func TestATokenIsOfItsOwnParcelAlone(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	s.stands(t, "p", ada)
	s.stands(t, "q", ada)
	token := aToken("aa", "L-p")
	s.do(t, token)
	s.pick(t, "q")
	s.takesOut(t)
	if f := last[*TokenUsed](t, s); f.ParcelID != "p" || s.told("parcel.token_used") != 1 {
		t.Errorf("it was used for %+v", f)
	}
	s.act(t, view.ActFinish)
	s.do(t, token)
	s.takesOut(t)
	s.at(t, view.StepPickupDone, view.ReasonNone)
	if r := (Right{Parcel: "p", Token: token.Token, Second: true}).For("q"); r.Token != nil || r.Second ||
		r.Shown != "p" || r.Parcel != "q" {
		t.Errorf("the right to another is %+v", r)
	}
}

func TestAStuckDoorStopsTheTurnAndLeadsBackToTheList(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	code := s.stands(t, "p", ada)
	s.stands(t, "q", ada)
	s.scan(t, code)
	s.act(t, view.ActOpenAll)
	s.ended(t, door.Stuck)
	s.ended(t, door.Stuck) // it is tried once more by itself
	s.at(t, view.StepNoOpen, view.ReasonStuck)
	s.act(t, view.ActBack)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	s.pick(t, "p")
	s.takesOut(t)
	s.at(t, view.StepPickupChoose, view.ReasonNone) // not by itself any more
}

func TestNoDoorOpensByItselfAfterAStart(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	code := s.stands(t, "p", ada)
	s.stands(t, "q", ada)
	s.scan(t, code)
	s.act(t, view.ActOpenAll)
	s.ended(t, door.ConfirmedOpen)
	number, orders := s.order(t).Compartment, len(s.orders)
	for _, n := range s.numbers {
		c := s.compartments[n]
		c.Door = door.Unknown
		s.compartments[n] = c
	}
	s.do(t, visit.Start{Boot: "b"})
	s.see(t, number, door.Closed, door.PresenceUnknown)
	s.at(t, view.StepPickupChoose, view.ReasonNone)
	if len(s.orders) != orders {
		t.Error("a door opened by itself")
	}
}

func TestTheListEndsByItself(t *testing.T) {
	s := house()
	ada := forWhom{"key:a", "ada@example.org", "", ""}
	code := s.stands(t, "p", ada)
	s.stands(t, "q", ada)
	s.scan(t, code)
	s.now = s.now.Add(s.policy.PageTimeout)
	s.do(t, visit.Tick{})
	if s.visit.ID != "" {
		t.Fatalf("somebody is still on %s", s.visit.Step)
	}
	if v := station.ViewOf(s, s.env()); v.Pickup != nil {
		t.Errorf("shown is %+v", v.Pickup)
	}
}

func TestAParcelThatAnotherClientSpeaksOfBelongsToNobody(t *testing.T) {
	s := house()
	mallory := forWhom{"key:b", "eve@example.org", "", ""}
	code := s.stands(t, "bait", mallory)
	s.stands(t, "p", forWhom{"key:a", "ada@example.org", "", ""})
	say := func(client, email string, hours int) {
		s.do(t, Announce{ID: "p", Client: client, Announcement: Announcement{
			Label: "L-p", PickupHours: hours, Recipient: &Recipient{Email: email}}})
	}
	say("key:b", "ada@example.org", 50) // nothing of whom it is for
	if by := s.parcels["p"].AnnouncedBy; by != "key:a" {
		t.Fatalf("it is of %q", by)
	}
	for i := range 2 {
		say("key:b", "eve@example.org", 51+4*i)
		say("key:b", "eve@example.org", 52+4*i)
		if by := s.parcels["p"].AnnouncedBy; by != "" {
			t.Fatalf("it is of %q", by)
		}
		say("key:a", "ada@example.org", 53+4*i)
		say("key:b", "eve@example.org", 54+4*i)
	}
	s.scan(t, code)
	s.at(t, view.StepPickupOpening, view.ReasonNone)
	if box := s.order(t).Compartment; box != s.parcels["bait"].Compartment {
		t.Errorf("door %s opened", box)
	}
}

func TestParcelsOfAContactAreFoundByItsKeys(t *testing.T) {
	s := house()
	s.stands(t, "p", forWhom{"key:a", "ada@example.org", "", ""})
	s.stands(t, "q", forWhom{"key:b", "Ada@Example.org", "", ""})
	s.stands(t, "r", forWhom{"key:b", "bob@example.org", "", ""})
	mark := func(kind, text string) string { return kind + "|" + text }
	keys := keysOf(ledger.NewState(s), s.policy, s.parcels["p"], mark)
	if got := ForContact(ledger.NewState(s), s.policy, mark, keys); !slices.Equal(got, []string{"q", "p"}) {
		t.Errorf("found are %v", got)
	}
}
