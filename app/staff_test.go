package app

import (
	"testing"
	"time"

	"cubby/app/kit"
	"cubby/app/sample"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// order is the order of the digits on the pad that is shown.
func (b *bench) order() (keys string) {
	b.places(func(o fyne.CanvasObject, _ fyne.Position) {
		if k, ok := o.(*kit.TouchButton); ok && k.Kind() == kit.Key {
			keys += k.Label()
		}
	})
	return keys
}

// The keys of the pads of staff stay put while their page stands, and are in another
// order each time it comes. Those of everybody else are where they always were.
func TestTheDigitsOfStaffAreInAnotherOrderEachTime(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		for _, name := range []string{"staff_enter", "staff_second"} {
			v, orders := sampled(t, name).View, map[string]bool{}
			for range 6 {
				b.show(sampled(t, "staff_menu").View)
				b.show(v)
				order := b.order()
				orders[order] = true
				again := sample.Copy(v)
				again.Rev, again.Language = 2, "zh-Hans"
				b.show(again)
				again.Staff.Facts, again.Reason = nil, view.ReasonMayNot
				b.show(again)
				if now := b.order(); now != order || len(order) != 10 {
					t.Errorf("%s: the keys are %s, and then %s", name, order, now)
				}
			}
			if len(orders) < 3 {
				t.Errorf("%s: six pads have the orders %v", name, orders)
			}
		}
		for _, name := range []string{"pickup_enter", "courier_enter", "staff_counter"} {
			b.show(sampled(t, "idle").View)
			b.show(sampled(t, name).View)
			if order := b.order(); order != "1234567890" {
				t.Errorf("%s: the keys are %s", name, order)
			}
		}
	})
}

// A PIN of a second person that was refused is not typed on, and the keys stay put.
func TestARefusedPINOfASecondPersonIsGone(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := sampled(t, "staff_second").View
		b.settled(v)
		order := b.order()
		b.types("48213907")
		b.key(fyne.KeyReturn)
		refused := sample.Copy(v)
		refused.Rev, refused.Reason = 2, view.ReasonNotValid
		b.show(refused)
		if got := b.screen.digits.String(); got != "" {
			t.Errorf("%q is typed still", got)
		}
		b.says("This badge or PIN is not known.", true)
		if now := b.order(); now != order {
			t.Errorf("the keys were %s and are %s", order, now)
		}
		b.types("4821") // the page stands: nobody has to wait
		if got := b.screen.digits.String(); got != "4821" {
			t.Errorf("typed %q", got)
		}
		refused.Rev, refused.TimeoutInMs = 3, 30_000
		b.show(refused)
		if got := b.screen.digits.String(); got != "4821" {
			t.Errorf("after a redraw %q is left", got)
		}
	})
}

// A finger on its way to a line, or to an operation, does not land on another that has
// come to its place meanwhile; a page that only tells other times takes touches on.
func TestWhatMovesUnderAFingerTakesNoTouch(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			name   string
			change func(s *view.Staff)
			counts bool
		}{
			{"staff_queue", func(s *view.Staff) { s.Items = s.Items[1:] }, false},
			{"staff_door", func(s *view.Staff) { s.Ops = s.Ops[1:] }, false},
			{"staff_door", func(s *view.Staff) { s.Door = "15" }, false},
			{"staff_story", func(s *view.Staff) { s.Doing = "door" }, false},
			{"staff_door", func(s *view.Staff) {
				s.Facts = append([]view.StaffFact{}, s.Facts...)
				s.Facts[1].At = nil
			}, true},
			{"staff_wall-small", func(s *view.Staff) {
				s.Doors = append([]view.StaffDoor{}, s.Doors...)
				s.Doors[0].Kind = "ajar"
			}, true},
		} {
			v := sampled(t, c.name).View
			b.show(sampled(t, "idle").View)
			b.settled(v)
			next := sample.Copy(v)
			next.Rev++
			c.change(next.Staff)
			b.show(next)
			b.finger(b.at("Back"))
			if counts := len(b.sent) > 0; counts != c.counts {
				t.Errorf("%s: a touch counts: %v, want %v", c.name, counts, c.counts)
			}
			b.pass(kit.Settle + 100*time.Millisecond)
			b.sent = nil
			b.finger(b.at("Back"))
			if len(b.sent) != 1 {
				t.Errorf("%s: after %s sent %v", c.name, kit.Settle, b.sent)
			}
		}
	})
}
