package app

import (
	"reflect"
	"slices"
	"time"

	"cubby/app/kit"
	"cubby/locker/view"
)

// forget throws away what has been typed and picked, so that nothing of it is
// left for the next page or person. Only a page that refuses a scan is not the
// next page: what was half typed before it is there again behind it.
func (s *screen) forget(v view.View) {
	same := s.some && v.Visit == s.shown.Visit && (v.PINDigits() == 0 || v.PINDigits() == s.digits.Max())
	if !same || v.Step != s.shown.Step || !sameAbout(s.shown, v) {
		other := func() { // another part of the wall, or of a list, under the finger
			s.gate.Shut()
			s.await(s.gate)
			s.draw()
		}
		s.picks, s.draft = kit.NewPicks(other), kit.NewDraft(other)
	}
	refused := s.set.Behind(v.Step) != "" || s.some && s.set.Behind(s.shown.Step) == v.Step
	// the same page, which says what was wrong with what was typed
	answered := (v.Kind == view.KindStaff || v.Step == view.StepPickupSecond) && s.pinSent
	if same && (v.Step == s.shown.Step && !answered || refused && !s.pinSent) {
		if v.Step != s.shown.Step {
			s.shuffle(v)
		}
		return
	}
	order := s.digits
	s.digits, s.pinSent = kit.NewDigits(v.PINDigits()), false
	if same && v.Step == s.shown.Step {
		s.digits.Like(order) // the keys stay put while the page stands
		s.redraw = true
		return
	}
	s.shuffle(v)
}

// shuffle gives the pad of staff another order each time its page comes.
func (s *screen) shuffle(v view.View) {
	if s.set.Shuffled(v.Step) {
		s.digits.Shuffle()
	}
}

// guard has a page that has just appeared take no touch for a while, and a
// button that has just appeared on it. A redraw of the same page is no new one.
func (s *screen) guard(v view.View) {
	if s.some && v.Step == view.StepIdle && s.shown.Step != view.StepIdle {
		s.keys.otherPage(true)
	}
	if !s.some || !samePlace(s.shown, v) {
		s.shut()
		return
	}
	late := map[view.ActionName]*kit.Gate{}
	for _, name := range v.Actions {
		if gate, ok := s.late[name]; ok {
			late[name] = gate
		} else if !s.shown.Allows(name) {
			late[name] = kit.NewGate()
			s.await(late[name])
		}
	}
	s.late = late
}

// shut begins the time in which what is shown from now on takes no touch.
func (s *screen) shut() {
	s.keys.otherPage(false)
	s.gate, s.late = kit.NewGate(), nil
	s.await(s.gate)
}

// await tells a gate when its page has been painted.
func (s *screen) await(g *kit.Gate) {
	if !s.paints {
		g.Seen()
		return
	}
	life := g.Life()
	s.surface.whenPainted(func() {
		if g.Life() == life {
			g.Painting()
			// After this picture: the toolkit paints and runs functions by turns.
			go s.later(func() { s.settle(g, life) })
		}
	})
}

// settle lets a gate open when its time has passed and the toolkit has taken in
// what people touched meanwhile: it looks at touches by turns with running
// functions, and after a pause of the machine they are older than they seem.
func (s *screen) settle(g *kit.Gate, life int) {
	if g.Life() != life {
		return
	}
	g.Hold()
	g.Seen()
	time.AfterFunc(kit.Settle, func() {
		s.later(func() {
			go s.later(func() {
				if g.Life() == life {
					g.Free()
				}
			})
		})
	})
}

// later runs a function on the drawing goroutine, unless the screen is closed.
func (s *screen) later(f func()) {
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if !closed {
		s.do(f)
	}
}

// samePlace reports whether a finger that was on its way to one page does what
// it was meant to on the other: they are about the same step, door, parcel and
// question.
func samePlace(a, b view.View) bool {
	if (a.Helping == nil) != (b.Helping == nil) {
		return false
	}
	last, lastNow := a.OfCourier(), b.OfCourier()
	if a.Step != b.Step || a.Door() != b.Door() || a.Parcel() != b.Parcel() || last.Last != lastNow.Last ||
		last.LastAt != lastNow.LastAt {
		return false
	}
	if a.OpenDoor() != b.OpenDoor() && a.Step != view.StepIdle { // there it is a notice
		return false
	}
	if !sameAbout(a, b) || !sameOffers(a.OfStaff(), b.OfStaff()) || !sameReturn(a.OfReturn(), b.OfReturn()) ||
		!sameBearer(a.OfBearer(), b.OfBearer()) || !sameShop(a.OfShop(), b.OfShop()) {
		return false
	}
	if a.Commission != nil && b.Commission != nil {
		return sameQuestion(*a.Commission, *b.Commission)
	}
	another := a.Visit != b.Visit && a.Visit != "" && b.Visit != "" // person
	return !another && a.Commission == nil && b.Commission == nil
}

// sameAbout reports whether two pages with one step are about the same thing.
func sameAbout(a, b view.View) bool {
	x, y := a.OfStaff(), b.OfStaff()
	return a.OfReturn().About == b.OfReturn().About && a.OfShop().About == b.OfShop().About &&
		x.Doing == y.Doing && x.Door == y.Door &&
		x.Parcel == y.Parcel && x.Practice == y.Practice && x.Name == y.Name
}

// sameOffers reports whether what can be touched on two pages of staff lies at the
// same places.
func sameOffers(a, b view.Staff) bool {
	return a.Loading == b.Loading && slices.Equal(a.Ops, b.Ops) && (a.Said == nil) == (b.Said == nil) &&
		len(a.Facts) == len(b.Facts) &&
		slices.EqualFunc(a.Items, b.Items, func(x, y view.StaffItem) bool { return x.Value == y.Value })
}

// sameReturn reports whether what can be touched on two pages of a return lies at the
// same places and means the same.
func sameReturn(a, b view.Return) bool {
	return a.Conditional == b.Conditional && a.Most == b.Most && len(a.Items) == len(b.Items) &&
		slices.EqualFunc(a.Lines, b.Lines, func(x, y view.ReturnLine) bool { return x.Value == y.Value }) &&
		slices.EqualFunc(a.Ways, b.Ways, func(x, y view.ReturnWay) bool {
			return x.Value == y.Value && x.Amount == y.Amount
		}) && slices.Equal(a.Reasons, b.Reasons)
}

// sameBearer reports whether what can be touched on two pages of a bearer means the same.
func sameBearer(a, b view.Bearer) bool {
	return reflect.DeepEqual(a.MoreTime, b.MoreTime) && (a.Chosen == nil) == (b.Chosen == nil) &&
		(a.Chosen == nil || a.Chosen.Value == b.Chosen.Value) &&
		reflect.DeepEqual(a.To, b.To) && slices.Equal(a.Places, b.Places) &&
		slices.EqualFunc(a.Parcels, b.Parcels, func(x, y view.BearerParcel) bool { return x.Value == y.Value })
}

// sameShop reports whether what can be touched on two pages of the shop lies at the same
// places and means the same.
func sameShop(a, b view.Shop) bool {
	values := func(v view.Shop) (all []string) {
		for _, one := range v.Categories {
			all = append(all, one.Value)
		}
		for _, one := range v.Products {
			all = append(all, one.Value)
		}
		for _, one := range v.Lines {
			all = append(all, one.Value)
		}
		for _, one := range v.Places {
			all = append(all, one.Value)
		}
		return append(all, v.Tenders...)
	}
	return a.About == b.About && a.At == b.At && a.Category == b.Category && slices.Equal(values(a), values(b))
}

// sameQuestion reports whether commissioning still asks what it asked. Drawing a
// wall is one question, however often a column grows.
func sameQuestion(a, b view.Commission) bool {
	draft := a.Free == "draft" && b.Free == "draft"
	return a.Step == b.Step && (draft || reflect.DeepEqual(a.Ask, b.Ask))
}
