package parcel

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// printing decides commands with a printer that works, or not.
func (s *stage) printing(t *testing.T, can bool, c visit.Command) (visit.Decision, error) {
	t.Helper()
	env := s.env()
	env.CanPrint = can
	d, err := station.Decide(s, c, env)
	if err == nil {
		s.merge(d.Changes)
		s.facts = append(s.facts, d.Facts...)
	}
	return d, err
}

func offers(s *stage, can bool, a view.ActionName) bool {
	env := s.env()
	env.CanPrint = can
	return station.ViewOf(s, env).Allows(a)
}

// onReceipt brings a courier to the receipt of parcel p.
func onReceipt(t *testing.T) *stage {
	s := twoBoxes()
	s.announce(t, "p", small())
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, "1", door.Closed, door.PresenceUnknown)
	s.act(t, view.ActReceipt)
	s.at(t, view.StepCourierReceipt, "")
	return s
}

func TestAReceiptIsOfferedOnPaperOnlyWhereItCanBePrinted(t *testing.T) {
	s := onReceipt(t)
	if offers(s, false, view.ActPrint) {
		t.Error("it is offered without a printer")
	}
	if _, err := s.printing(t, false, visit.Do{Action: view.Action{
		Visit: s.visit.ID, Name: view.ActPrint,
	}}); ledger.CodeOf(err) != ledger.Stale {
		t.Errorf("a late touch is answered with %v", err)
	}
	if !offers(s, true, view.ActPrint) {
		t.Error("it is not offered with a printer")
	}
}

func TestPrintingAReceiptIsOrderedOnceAndTold(t *testing.T) {
	for _, c := range []struct {
		result PrintResult
		want   view.Printing
	}{
		{PrintedReceipt, view.PrintDone}, {SentReceipt, view.PrintDone}, {LostReceipt, view.PrintFailed},
		{RefusedReceipt, view.PrintFailed},
	} {
		t.Run(string(c.result), func(t *testing.T) {
			s := onReceipt(t)
			d, err := s.printing(t, true, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPrint}})
			if err != nil || len(visit.EffectsOf[PrintOrder](d)) != 1 ||
				visit.EffectsOf[PrintOrder](d)[0].Parcel.ID != "p" || visit.EffectsOf[PrintOrder](d)[0].Door != "1" ||
				visit.EffectsOf[PrintOrder](d)[0].Copy {
				t.Fatalf("ordered %+v, %v", visit.EffectsOf[PrintOrder](d), err)
			}
			if _, told := d.Facts[0].(*ReceiptOrdered); !told {
				t.Errorf("the first fact is %s", d.Facts[0].Type())
			}
			if offers(s, true, view.ActPrint) {
				t.Error("it is offered again while it is being printed")
			}
			if v := station.ViewOf(s, s.env()); v.OfCourier().Print != view.PrintBusy {
				t.Errorf("the page says %q", v.OfCourier().Print)
			}
			job := visit.EffectsOf[PrintOrder](d)[0].Job
			s.do(t, EndPrint{Job: "another", Parcel: "p", Result: PrintedReceipt})
			if v := station.ViewOf(s, s.env()); v.OfCourier().Print != view.PrintBusy {
				t.Error("the end of another job is taken for its own")
			}
			s.do(t, EndPrint{Job: job, Parcel: "p", Result: c.result})
			if v := station.ViewOf(s, s.env()); v.OfCourier().Print != c.want {
				t.Errorf("the page says %q, want %q", v.OfCourier().Print, c.want)
			}
			d, err = s.printing(t, true, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPrint}})
			if err != nil || len(visit.EffectsOf[PrintOrder](d)) != 1 || !visit.EffectsOf[PrintOrder](d)[0].Copy {
				t.Errorf("the second one is %+v, %v: it must be a copy", visit.EffectsOf[PrintOrder](d), err)
			}
			s.act(t, view.ActBack)
			if s.visit.Print != "" || s.visit.PrintJob != "" {
				t.Error("another page remembers how printing went")
			}
		})
	}
}

func TestTheEndOfAReceiptIsToldAfterItsCourierHasGone(t *testing.T) {
	s := onReceipt(t)
	d, _ := s.printing(t, true, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPrint}})
	s.now = s.now.Add(time.Hour)
	s.do(t, visit.Tick{})
	s.at(t, view.StepIdle, "")
	s.do(t, EndPrint{Job: visit.EffectsOf[PrintOrder](d)[0].Job, Parcel: "p", Result: LostReceipt})
	last, ok := s.facts[len(s.facts)-1].(*ReceiptEnded)
	if !ok || last.Result != LostReceipt || last.ParcelID != "p" {
		t.Errorf("the last fact is %+v", s.facts[len(s.facts)-1])
	}
	s.at(t, view.StepIdle, "")
}

func TestAReceiptThatWasBeingPrintedWhenTheCoreDiedHasFailed(t *testing.T) {
	s := onReceipt(t)
	if _, err := s.printing(t, true, visit.Do{Action: view.Action{
		Visit: s.visit.ID, Name: view.ActPrint,
	}}); err != nil {
		t.Fatal(err)
	}
	s.do(t, visit.Start{Boot: "b", Version: "v"})
	s.at(t, view.StepCourierReceipt, "")
	if s.visit.Print != view.PrintFailed {
		t.Errorf("it is %q", s.visit.Print)
	}
}

func TestFactsAboutReceiptsNameNoCode(t *testing.T) {
	s := onReceipt(t)
	d, _ := s.printing(t, true, visit.Do{Action: view.Action{Visit: s.visit.ID, Name: view.ActPrint}})
	if !slices.ContainsFunc(d.Facts, func(f ledger.Fact) bool {
		return f.Type() == "parcel.receipt_ordered" && station.Ledger.Published(f.Type())
	}) {
		t.Error("that a code was put on paper is not told")
	}
}
