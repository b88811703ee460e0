package station

import (
	"context"
	"maps"
	"sync"

	"cubby/locker/desk"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// attached is what pages of visits show that is kept nowhere: a story that was read, a
// badge that was just made. It is forgotten with the page.
type attached struct {
	mu  sync.Mutex
	all map[Page]func(*view.View)
}

// A Page is one page of a visit, and what it is about where that is one of the staff.
type Page struct {
	Visit        string
	Step         view.Step
	Door, Parcel string
}

// show adds what belongs to the page, and forgets what belongs to others of the visit.
func (a *attached) show(v *view.View) {
	a.mu.Lock()
	defer a.mu.Unlock()
	here := Page{v.Visit, v.Step, v.OfStaff().Door, v.OfStaff().Parcel}
	maps.DeleteFunc(a.all, func(p Page, _ func(*view.View)) bool { return p.Visit == v.Visit && p != here })
	if add, ok := a.all[here]; ok {
		add(v)
	}
}

// keep forgets what belongs to visits that are over: a PIN must not outlive its page.
func (a *attached) keep(isHere func(visit string) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.all, func(p Page, _ func(*view.View)) bool { return !isHere(p.Visit) })
}

// Attach has a page of the staff show something until the visit leaves it. It is kept
// nowhere. add must not block, and may be called often.
func (s *Station) Attach(to Page, add func(*view.Staff)) {
	s.AttachView(to, func(v *view.View) {
		v.Staff.Loading = false
		add(v.Staff)
	})
}

// AttachView is Attach for a page of any kind.
func (s *Station) AttachView(to Page, add func(*view.View)) {
	s.attached.mu.Lock()
	if s.attached.all == nil {
		s.attached.all = map[Page]func(*view.View){}
	}
	s.attached.all[to] = add
	s.attached.mu.Unlock()
	s.Refresh()
}

// isHere reports whether a visit is under way.
func (s *Station) isHere(visit string) bool {
	for _, t := range s.terminals {
		if v, _ := t.shown.now(); v.Visit == visit {
			return true
		}
	}
	return false
}

// Refresh has the views made anew, because what others know has changed.
func (s *Station) Refresh() {
	_ = s.queue.add(&request{refresh: true, cause: "refresh"}, true) // a station that ends shows nothing
}

// Tell takes what was found out for whoever is at a terminal.
func (s *Station) Tell(terminal string, c visit.Command) { s.tellAt(terminal, c, "core", "answer") }

// Do carries out a command at a terminal, and waits for it.
func (s *Station) Do(ctx context.Context, terminal string, c visit.Command) error {
	return s.askAt(ctx, terminal, c, "core", "answer")
}

// Settle carries out a command about money that somebody far away has spoken of, and
// waits for it. It has nothing to do with whoever is at a terminal.
func (s *Station) Settle(ctx context.Context, c visit.Command) error {
	return s.ask(ctx, c, "core", causeRefund, false)
}

// Renew has the screen of a terminal take the view anew, after it was shown those of
// another station.
func (s *Station) Renew(terminal string) {
	s.at(terminal).shown.renumber()
	s.Refresh()
}

// OpenDoor opens a door for somebody of the staff who is at no terminal. A door with a
// parcel takes a second person, by the hash of a badge.
func (s *Station) OpenDoor(ctx context.Context, by people.Doer,
	second, compartment, reason string) (string, error) {
	opening := ""
	err := s.ask(ctx, desk.OpenDoor{
		By: by, Second: second, Compartment: compartment, Reason: reason, Opening: &opening,
	}, by.Actor(), causeStaff, true)
	return opening, err
}

// Queue lists what needs somebody at doors now, the most harmful and oldest first.
func (s *Station) Queue(ctx context.Context) (all []desk.Matter, err error) {
	err = s.ask(ctx, desk.ListQueue{Into: &all}, "endpoint", causeStaff, true)
	return all, err
}
