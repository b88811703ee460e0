package returns_test

import (
	"testing"

	"cubby/locker/paper"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// asksFor is a command that prints something, as pages do.
type asksFor returns.Print

func (c asksFor) Decide(t *visit.Turn) error {
	t.Order(returns.Print(c))
	return nil
}

func (s *site) prints(t *testing.T, p returns.Print) paper.Document {
	t.Helper()
	d, err := s.rules.Decide(s.Memory, asksFor(p), s.env())
	if err != nil {
		t.Fatal(err)
	}
	return visit.EffectsOf[returns.Print](d)[0].Paper
}

// What is on paper adds up: lines less fee are the total, tenders and taxed amounts too.
func TestAReceiptAddsUp(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"}, returns.Ask{Line: "B"})
	for _, settled := range []bool{false, true} {
		if settled {
			s.settled(t, c, 1, returns.LikeNew, returns.RefundOriginal)
			s.settled(t, c, 2, returns.LikeNew, returns.RefundOriginal)
		}
		r := s.prints(t, returns.Print{Document: "receipt", Case: c.ID, Language: "de"}).Receipt
		if r == nil || r.Case != c.ID || r.Order != "O-1" || r.Language != "de" || r.Total != 9000 {
			t.Fatalf("the receipt is %+v", r)
		}
		lines, tenders, taxed, tax := int64(0), int64(0), int64(0), int64(0)
		for _, l := range r.Lines {
			lines += l.Amount
		}
		for _, p := range r.Tenders {
			tenders += p.Amount
		}
		for _, one := range r.Taxes {
			taxed, tax = taxed+one.Gross, tax+one.Tax
		}
		if lines-r.Fee+r.Shipping != r.Total || tenders != r.Total || taxed != r.Total-r.Shipping {
			t.Errorf(
				"lines %d, fee %d, tenders %d, taxed %d: they are not %d",
				lines,
				r.Fee,
				tenders,
				taxed,
				r.Total,
			)
		}
		if tax != 862+575 { // 19 % in 54.00 and in 36.00, each rounded as the order does
			t.Errorf("the tax is %d", tax)
		}
		if want := map[bool]string{false: "after_grading", true: "at_drop"}[settled]; r.When != want {
			t.Errorf("the money comes %s, want %s", r.When, want)
		}
	}
}

func TestTheReceiptOfAnExchangePromisesNoMoney(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	var c returns.Case
	s.do(t, returns.Request{By: ann, Channel: returns.AtCounter, Order: "O-1", Prefer: "exchange",
		Items: []returns.Ask{{Line: "A", Quantity: 1, Reason: "changed_mind"}}, Now: &c})
	r := s.prints(t, returns.Print{Document: "receipt", Case: c.ID}).Receipt
	if r.Total != 0 || len(r.Tenders) != 0 || r.When != "none" || r.Way != "exchange" {
		t.Errorf("%+v", r)
	}
}

func TestALabelNamesItsBagAndWhatIsInIt(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"})
	l := s.prints(t, returns.Print{Document: "label", Case: c.ID}).Label
	if l == nil || l.Bag != c.ID || l.Case != c.ID || len(l.Contents) != 1 || l.Contents[0].Title != "Shirt" {
		t.Errorf("%+v", l)
	}
	if d := s.prints(t, returns.Print{Document: "label", Case: "R-0000-0000"}); d != (paper.Document{}) {
		t.Errorf("of a return that is not there: %+v", d)
	}
}

// Whoever waits for the paper sees how it went; nobody else does.
func TestAPrintJobEndsOnThePageThatOrderedIt(t *testing.T) {
	s := newSite("s1")
	s.do(t, returns.Printed{Job: "another", Result: view.PrintDone})
	if v := s.view(); v.Step != view.StepIdle {
		t.Errorf("%s", v.Step)
	}
}

func TestASurveyTellsWhatWaitsAndWhichPicturesAreInUse(t *testing.T) {
	s := newSite("s1")
	s.put(t, "O-1", orderR("s1"))
	c := s.brought(t, "O-1", returns.Ask{Line: "A"})
	s.do(t, returns.KeepPhoto{Case: c.ID, Item: 1, Photo: "ph1"})
	s.settled(t, c, 1, returns.LikeNew, returns.RefundOriginal)
	found, has, hasNot := new(returns.Surveyed), false, false
	s.do(t, returns.Survey{Found: found})
	s.do(t, returns.Shows{Case: c.ID, Photo: "ph1", Found: &has})
	s.do(t, returns.Shows{Case: c.ID, Photo: "ph2", Found: &hasNot})
	if len(found.Waiting) != 2 || !found.Photos["ph1"] || !has || hasNot {
		t.Errorf("%+v, %t, %t", found, has, hasNot)
	}
	s.pays(t)
	d, err := s.rules.Decide(s.Memory, returns.Survey{Found: found}, s.env())
	if err != nil || len(d.Facts) != 0 || len(found.Waiting) != 0 || found.Photos["ph1"] {
		t.Errorf("after the end: %+v, %v", found, err)
	}
}
