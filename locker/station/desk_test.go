package station

import (
	"testing"

	"cubby/locker/view"
)

// A story that comes late is not told on the page about another door.
func TestWhatIsAttachedBelongsToOnePage(t *testing.T) {
	story := func(what string) func(*view.View) {
		return func(v *view.View) {
			v.Staff.Loading, v.Staff.Story = false, append(v.Staff.Story, view.StoryLine{What: what})
		}
	}
	page := func(door string) Page { return Page{Visit: "v", Step: view.StepStaffStory, Door: door} }
	shows := func(a *attached, step view.Step, door string) *view.Staff {
		v := view.View{Visit: "v", Step: step, Staff: &view.Staff{Loading: true, AtDoor: view.AtDoor{Door: door}}}
		a.show(&v)
		return v.Staff
	}
	a := attached{all: map[Page]func(*view.View){page("1"): story("of 1"), page("2"): story("of 2")}}
	if p := shows(&a, view.StepStaffStory, "2"); p.Loading || len(p.Story) != 1 || p.Story[0].What != "of 2" {
		t.Errorf("door 2: %+v", p)
	}
	if p := shows(&a, view.StepStaffStory, "1"); !p.Loading || len(p.Story) != 0 {
		t.Errorf("door 1, which was left: %+v", p)
	}
	a.all[page("1")] = story("of 1")
	shows(&a, view.StepStaffDoor, "1")
	if len(a.all) > 0 {
		t.Errorf("%d are kept after their page", len(a.all))
	}
	here := func(visit string) bool { return visit == "v" }
	a.all[page("1")], a.all[Page{Visit: "gone", Step: view.StepStaffSecret}] = story("of 1"), story("a PIN")
	if a.keep(here); len(a.all) != 1 || a.all[page("1")] == nil {
		t.Errorf("%d are kept, of visits that are over", len(a.all))
	}
}
