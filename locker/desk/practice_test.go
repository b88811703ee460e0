package desk

import (
	"testing"
	"time"

	"cubby/locker/view"
	"cubby/locker/visit"
)

// While a terminal shows a made-up station, that one's clock says whether somebody is
// there, and nothing that is real is shown.
func TestWhoPractisesIsNotSignedOutByTheRealClock(t *testing.T) {
	practises := func() *bench {
		b := newBench(t)
		b.badge(t, "", "associate")
		b.must(t, "", view.ActPick, "practice")
		b.pass(time.Hour)
		b.do(t, "", visit.Tick{})
		b.wants(t, "", view.StepStaffPractice)
		return b
	}
	end := func(b *bench, left bool) {
		b.do(t, "", EndPractice{Terminal: visit.Kiosk, Visit: b.view("").Visit, Left: left})
	}
	b := practises()
	b.do(t, "", visit.Present{CodeHash: "code-p1", Presented: "code"})
	b.do(t, "", visit.Present{Label: "p1", Presented: "label"})
	b.wants(t, "", view.StepStaffPractice)
	end(b, false)
	b.wants(t, "", view.StepStaffMenu)
	end(b, true) // means nothing any more
	b.wants(t, "", view.StepStaffMenu)

	b = practises()
	b.do(t, "", EndPractice{Terminal: visit.Kiosk, Visit: b.view("").Visit, Failed: true})
	if v := b.wants(t, "", view.StepStaffMenu); v.Staff.Said == nil || v.Staff.Said.ID != "refused_practice" {
		t.Errorf("said %+v", v.Staff.Said)
	}

	b = practises()
	end(b, true)
	b.wants(t, "", view.StepIdle)

	b = practises()
	b.badge(t, "", "associate")
	b.wants(t, "", view.StepIdle)

	b = practises()
	b.do(t, "", visit.Start{Boot: "2"})
	b.wants(t, "", view.StepIdle)
}
