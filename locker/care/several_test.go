package care

import (
	"testing"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// another puts a second parcel of the same order behind door 15.
func (s *site) another() {
	state := ledger.NewState(s.Memory)
	p, _ := parcel.Parcels.Get(state, id)
	p.OrderID, p.AnnouncedBy = "O-1", "key:a"
	parcel.Parcels.Put(state, id, p)
	p.ID, p.Label, p.Compartment = "P-2", "L-2", "15"
	parcel.Parcels.Put(state, p.ID, p)
	wall.Change(state, "15", func(c *wall.Compartment) {
		c.Allocation, c.Parcel, c.Contents = wall.Occupied, p.ID, wall.ContentsPresent
	})
	s.Merge(state.Changes())
}

func (s *site) does(name view.ActionName, value string) {
	s.Helper()
	s.do(visit.Do{Action: view.Action{Visit: s.view().Visit, Name: name, Value: value}})
}

func TestACaseOfOneOfSeveralParcelsLeadsBackToTheOthers(t *testing.T) {
	for name, says := range map[string]func(s *site){
		"at the open door": func(s *site) {
			s.touch(view.ActReport)
			s.touch(view.ActEmpty)
			s.sees(door.Closed)
		},
		"from the list": func(s *site) {
			s.sees(door.Closed)
			v := s.at(view.StepPickupChoose, "")
			if !v.Allows(view.ActReport) {
				s.Fatalf("the list offers %v", v.Actions)
			}
			s.does(view.ActReport, id)
			s.at(view.StepCareAsk, "")
			s.touch(view.ActBack) // nothing is wrong, after all
			s.at(view.StepPickupChoose, "")
			s.does(view.ActReport, id)
			s.touch(view.ActEmpty)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			s.another()
			s.scan()
			if v := s.at(view.StepPickupChoose, ""); v.Allows(view.ActReport) {
				t.Errorf("before one was taken the list offers %v", v.Actions)
			}
			s.does(view.ActPick, id)
			s.ends(door.ConfirmedOpen)
			says(s)
			if v := s.at(view.StepCareCase, ""); !v.Allows(view.ActBack) {
				t.Fatalf("the case offers %v", v.Actions)
			}
			if p := s.parcel(); p.State != parcel.Stored || p.Disputed == nil || s.box().Parcel != id {
				t.Errorf("it is %+v", p)
			}
			s.touch(view.ActBack)
			v := s.at(view.StepPickupChoose, "")
			if l := v.Pickup.List; len(l) != 2 || l[0].Why != view.ReasonDisputed || l[1].Why != "" {
				t.Errorf("listed as %+v", l)
			}
			s.does(view.ActPick, "P-2")
			s.at(view.StepPickupOpening, "")
		})
	}
}

func TestOnlyWhatWasTakenInThisVisitCanBeSaidToBeWrong(t *testing.T) {
	s := newSite(t)
	s.another()
	s.scan()
	s.does(view.ActPick, id)
	s.ends(door.ConfirmedOpen)
	s.sees(door.Closed)
	for _, other := range []string{"P-2", "P-9", ""} {
		c := visit.Do{Action: view.Action{Visit: s.view().Visit, Name: view.ActReport, Value: other}}
		if _, err := s.rules.Decide(s.Memory, c, s.env()); err == nil {
			t.Errorf("%q is taken", other)
		}
	}
}

func TestTheNumberOfACaseIsPrintedWhereThereIsAPrinter(t *testing.T) {
	s := newSite(t)
	s.open()
	s.touch(view.ActReport)
	s.touch(view.ActEmpty)
	s.sees(door.Closed)
	if v := s.at(view.StepCareCase, ""); v.Allows(view.ActPrint) {
		t.Fatalf("without a printer it offers %v", v.Actions)
	}
	with := s.env()
	with.Prints = true
	if v := s.rules.ViewOf(s.Memory, with); !v.Allows(view.ActPrint) {
		t.Fatalf("with a printer it offers %v", v.Actions)
	}
	d, err := s.rules.Decide(s.Memory, visit.Do{Action: view.Action{
		Visit: s.view().Visit, Name: view.ActPrint,
	}}, with)
	if err != nil {
		t.Fatal(err)
	}
	s.Merge(d.Changes)
	all := visit.EffectsOf[Print](d)
	c, _ := OpenOf(ledger.NewState(s.Memory), id)
	if len(all) != 1 || all[0].Case != c || all[0].Terminal != visit.Kiosk || all[0].Job == "" {
		t.Fatalf("ordered are %+v", all)
	}
	if v := s.rules.ViewOf(s.Memory, with); v.Pickup.Print != view.PrintBusy || v.Allows(view.ActPrint) {
		t.Errorf("while it prints the page is %+v, %v", v.Pickup, v.Actions)
	}
}
