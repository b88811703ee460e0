package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cubby/app/kit"
	"cubby/app/sample"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// finger presses and lifts at a place, as the toolkit would tell it.
func (b *bench) finger(at fyne.Position) {
	b.t.Helper()
	if o, in := b.under(at); o != nil {
		e := &desktop.MouseEvent{
			PointEvent: fyne.PointEvent{Position: in},
			Button:     desktop.MouseButtonPrimary,
		}
		o.MouseDown(e)
		o.MouseUp(e)
	}
	b.run()
}

// under is what lies uppermost at a place and takes touches.
func (b *bench) under(at fyne.Position) (top desktop.Mouseable, in fyne.Position) {
	b.places(func(o fyne.CanvasObject, from fyne.Position) {
		to := from.AddXY(o.Size().Width, o.Size().Height)
		if m, ok := o.(desktop.Mouseable); ok && at.X >= from.X && at.Y >= from.Y && at.X < to.X &&
			at.Y < to.Y {
			top, in = m, at.Subtract(from)
		}
	})
	return top, in
}

// buttons are the middles of all buttons that can be touched.
func (b *bench) buttons() (all []fyne.Position) {
	b.places(func(o fyne.CanvasObject, from fyne.Position) {
		if btn, ok := o.(*kit.TouchButton); ok && !btn.Disabled() {
			all = append(all, from.AddXY(o.Size().Width/2, o.Size().Height/2))
		}
	})
	return all
}

// at is the middle of a button.
func (b *bench) at(label string) (middle fyne.Position) {
	b.t.Helper()
	want := b.button(label)
	b.places(func(o fyne.CanvasObject, from fyne.Position) {
		if o == fyne.CanvasObject(want) {
			middle = from.AddXY(o.Size().Width/2, o.Size().Height/2)
		}
	})
	return middle
}

// places visits what is visible with its place on the panel.
func (b *bench) places(visit func(fyne.CanvasObject, fyne.Position)) {
	var walk func(fyne.CanvasObject, fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		visit(o, at)
		switch o := o.(type) {
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at)
			}
		case *surface:
			if o.page != nil {
				walk(o.page, at)
			}
		}
	}
	walk(b.screen.Surface(true), fyne.Position{})
}

// another puts another door and parcel on a page.
func another(v *view.View, door, parcel string) {
	switch {
	case v.Pickup != nil:
		v.Pickup.Door, v.Pickup.Parcel = door, parcel
	case v.Courier != nil:
		v.Courier.Door, v.Courier.Parcel = door, parcel
	case v.Commission != nil:
		v.Commission.Door = door
	case v.Return != nil:
		v.Return.Door, v.Return.About = door, parcel
	case v.Staff != nil:
		v.Staff.Door, v.Staff.Parcel = door, parcel
	case v.Bearer != nil:
		v.Bearer.Door, v.Bearer.Parcel = door, parcel
	case v.Shop != nil:
		v.Shop.Door, v.Shop.About = door, parcel
	}
}

// nodes are the pages of the graph: one for every step, and for each the same
// about another door or parcel. Any of them may follow any other: doors move,
// time passes, the core starts again.
func nodes() (all []view.View) {
	steps := map[view.Step]bool{}
	for _, s := range sample.All() {
		if steps[s.View.Step] {
			continue
		}
		steps[s.View.Step] = true
		all = append(all, s.View)
		if s.View.Door() != "" {
			other := sample.Copy(s.View)
			another(&other, "33", "…9999")
			all = append(all, other)
		}
	}
	return all
}

// The graph of pages: from each to each, no touch counts until 0.6 s after the
// page has appeared, wherever it comes down; then all of them do.
func TestNoPageTakesATouchThatWasMeantForTheOneBefore(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		all := nodes()
		for i, from := range all {
			for j, to := range all {
				if i == j {
					continue
				}
				b.show(from)
				b.pass(2 * time.Second)
				b.sent = nil
				b.show(to)
				for _, at := range []time.Duration{100, 200, 200} { // after 100, 300 and 500 ms
					b.pass(at * time.Millisecond)
					for _, place := range b.buttons() {
						b.finger(place)
					}
				}
				if names := b.sentNames(); len(names) > 0 || b.screen.digits.Len() > 0 {
					t.Fatalf("%s %s, and then %s %s: %v was sent, %d digits typed",
						from.Step, from.Door(), to.Step, to.Door(), names, b.screen.digits.Len())
				}
			}
		}
		for _, v := range all {
			b.show(view.View{Step: view.StepUnavailable})
			b.show(v)
			b.pass(kit.Settle)
			b.sent = nil
			for _, place := range b.buttons() {
				b.finger(place)
			}
			if acts := len(v.Actions) > 1; acts && len(b.sent) == 0 {
				t.Errorf("%s takes no touch after %s", v.Step, kit.Settle)
			}
		}
	})
}

// Two taps on one place, as people tap who see nothing happen. The second one
// comes 120 to 500 ms after the first, on whatever is there then.
func TestASecondTapDoesNothingOnThePageThatFollows(t *testing.T) {
	named := func(name string) view.View {
		all := sample.All()
		i := slices.IndexFunc(all, func(s sample.Sample) bool { return s.Name == name })
		return all[i].View
	}
	for _, c := range []struct {
		name, from, label, to string
		want                  view.ActionName
	}{
		{"the door opens again", "pickup_check", "Yes, I have everything", "pickup_done", view.ActTaken},
		{"code and PIN are shown", "courier_check", "Yes, it is inside", "courier_ready", view.ActInside},
		{"the deposit is abandoned", "courier_open-0", "Door is broken", "courier_retake-broken", view.ActBroken},
		{"one is back at idle", "idle", "Courier sign-in", "courier_enter", view.ActStartCourier},
		{"a digit is typed", "idle", "Type your PIN", "pickup_enter", view.ActStartPickup},
		{
			"a second door opens", "courier_retake-broken", "It does not close: another door", "courier_leave",
			view.ActOtherDoor,
		},
		{"the open door is left", "pickup_open-1", "The door does not close", "pickup_left", view.ActFinish},
		{"the next visit begins", "pickup_done", "Close", "idle", view.ActFinish},
		{"the courier is signed in again", "courier_done-1", "Close", "idle", view.ActFinish},
		{"the receipt is left", "courier_ready", "Show receipt", "courier_receipt", view.ActReceipt},
	} {
		for _, after := range []time.Duration{120, 300, 500} {
			t.Run(fmt.Sprintf("%s after %d ms", c.name, after), func(t *testing.T) {
				inBubble(t, func(t *testing.T, b *bench) {
					b.show(named(c.from))
					b.pass(2 * time.Second)
					place := b.at(c.label)
					b.finger(place)
					time.Sleep(20 * time.Millisecond)
					b.show(named(c.to))
					time.Sleep((after - 20) * time.Millisecond)
					b.finger(place)
					if got := b.sentNames(); !slices.Equal(got, []view.ActionName{c.want}) {
						t.Errorf("sent %v", got)
					}
				})
			})
		}
	}
	t.Run("a late Close lands on the idle page", func(t *testing.T) {
		inBubble(t, func(t *testing.T, b *bench) {
			b.show(named("pickup_done"))
			b.pass(time.Second)
			place := b.at("Close")
			b.show(named("idle")) // its time was over
			b.pass(500 * time.Millisecond)
			b.finger(place)
			if got := b.sentNames(); len(got) > 0 {
				t.Errorf("sent %v", got)
			}
		})
	})
}

// Where harm lies under a harmless button, waiting alone is a weak guard: a slow
// second tap must not do it either.
func TestNoHarmLiesUnderAHarmlessButton(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		for _, c := range []struct {
			from, label, to string
			never           view.ActionName
		}{
			{"pickup_check", "Yes, I have everything", "pickup_done", view.ActOpenAgain},
			{"courier_open-0", "Door is broken", "courier_retake-broken", view.ActOtherDoor},
			{"courier_open-0", "Something is inside", "courier_retake-occupied", view.ActOtherDoor},
			{"courier_retake-broken", "It does not close: another door", "courier_leave", view.ActOtherDoor},
			{"pickup_open-1", "The door does not close", "pickup_left", view.ActFinish},
			{"courier_receipt-can-print", "Print", "courier_receipt-printing", view.ActBack},
		} {
			for _, size := range []fyne.Size{fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800)} {
				b.canvas.Resize(size)
				var from, to view.View
				for _, s := range sample.All() {
					switch s.Name {
					case c.from:
						from = s.View
					case c.to:
						to = s.View
					}
				}
				b.show(from)
				place := b.at(c.label)
				b.show(to)
				b.pass(5 * time.Second)
				b.sent = nil
				b.finger(place)
				if slices.Contains(b.sentNames(), c.never) {
					t.Errorf(
						"%gx%g: %q on %s, and a slow second tap does %s",
						size.Width,
						size.Height,
						c.label,
						c.from,
						c.never,
					)
				}
			}
		}
	})
}

// A redraw of the same step is no new page; only what has come upon it waits.
func TestTypingIsAsFastAsEverAndARedrawIsNoNewPage(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		b.show(v)
		b.pass(kit.Settle)
		for i, k := range "48213907" {
			b.finger(b.at(string(k)))
			if i == 3 {
				v.Rev, v.Language, v.TimeoutInMs = v.Rev+1, "zh-Hans", 30_000
				b.show(v)
			}
		}
		if got := b.screen.digits.String(); got != "48213907" {
			t.Errorf("typed %q", got)
		}
		open := view.View{Visit: "a", Step: view.StepNoOpen, Reason: view.ReasonRest, Language: "en",
			Pickup:    &view.Pickup{AtDoor: view.AtDoor{Door: "14"}},
			RetryInMs: 900, Actions: []view.ActionName{view.ActBack}}
		b.show(open)
		b.pass(time.Second)
		again := open
		again.Actions = []view.ActionName{view.ActTryAgain, view.ActBack}
		b.show(again)
		b.finger(b.at("Try again"))
		b.finger(b.at("Back"))
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActBack}) {
			t.Errorf("sent %v: what was there counts, what has just come does not", got)
		}
		b.pass(kit.Settle)
		b.finger(b.at("Try again"))
		if got := b.sentNames(); len(got) != 2 || got[1] != view.ActTryAgain {
			t.Errorf("sent %v", got)
		}
	})
}

// The warning lies over the buttons of its page, and they lie under its own.
func TestTheWarningTakesNoTouchMeantForThePageNorThePageOneForTheWarning(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.Actions = append(v.Actions, view.ActMoreTime)
		v.TimeoutInMs, v.WarnInMs, v.Extensions = 45_000, 25_000, 10
		b.show(v)
		b.pass(25 * time.Second)
		b.says("Are you still there?", true)
		for _, place := range b.buttons() {
			b.finger(place)
		}
		if got := b.sentNames(); len(got) > 0 {
			t.Fatalf("sent %v", got)
		}
		b.pass(kit.Settle)
		more := b.at("More time")
		b.finger(more)
		v.Rev, v.Extensions = 2, 9
		b.show(v)
		b.pass(200 * time.Millisecond)
		b.finger(more)
		for _, place := range b.buttons() {
			b.finger(place)
		}
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActMoreTime}) ||
			b.screen.digits.Len() > 0 {
			t.Errorf("sent %v, typed %q", got, b.screen.digits)
		}
	})
}

// A strip in the page's foot covers nothing: a redraw under it is no new page.
func TestAStripKeepsNoFingersOff(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		v.TimeoutInMs, v.WarnInMs = 30_000, 10_000
		b.show(v)
		b.pass(12 * time.Second)
		b.says("This page closes in 18 s", true)
		v.Rev, v.Language = 2, "zh-Hans"
		b.show(v)
		b.finger(b.at("返回"))
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActBack}) {
			t.Errorf("sent %v", got)
		}
	})
}

// On a slow machine a page is seen long after it was handed to the toolkit.
func TestThePageWaitsFromWhenItIsPainted(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.screen.paints = true
		b.show(enter("a"))
		back := b.at("Back")
		b.pass(1500 * time.Millisecond) // not painted yet
		b.finger(back)
		b.canvas.Capture()
		b.finger(back) // the picture is made, the loop has not gone on
		b.run()
		b.pass(500 * time.Millisecond)
		b.finger(back)
		if got := b.sentNames(); len(got) > 0 {
			t.Errorf("sent %v", got)
		}
		b.pass(100 * time.Millisecond)
		b.finger(back)
		if got := b.sentNames(); len(got) != 1 {
			t.Errorf("sent %v", got)
		}
		b.show(enter("b")) // never painted: the window is hidden, or nobody tells
		b.pass(2 * time.Second)
		b.finger(back)
		if got := b.sentNames(); len(got) != 2 {
			t.Errorf("sent %v", got)
		}
	})
}

func TestATouchSaysWhichPageItWasMadeOn(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		another(&v, "14", "…4821")
		b.show(v)
		b.button("Back").Tap() // tactile keys never wait
		b.run()
		if a := b.sent[0]; !a.Meant(v) || a.Step != v.Step || a.Door != "14" || a.Parcel != "…4821" {
			t.Errorf("sent %+v", a)
		}
	})
}

// A code that is refused does not cost the digits that were typed before it; a
// PIN that was sent does.
func TestWhatIsTypedOutlivesAForeignScan(t *testing.T) {
	for name, c := range map[string]struct {
		sent bool
		want string
	}{"only half typed": {false, "4821"}, "sent, and refused": {true, ""}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				v := enter("a")
				b.show(v)
				for _, k := range "4821" {
					b.button(string(k)).Tap()
				}
				if c.sent {
					b.screen.send(view.ActPIN, "4821")
					b.run()
				}
				v.Heard, v.HeardInMs = view.HeardNotValid, 5000
				b.show(v)
				b.says("What was scanned opens no door here.", true)
				if got := b.screen.digits.String(); got != "4821" {
					t.Errorf("under the answer %q is left", got)
				}
				b.pass(5 * time.Second)
				b.says("What was scanned opens no door here.", false)
				refused := v
				refused.Step, refused.Reason = view.StepPickupRefused, view.ReasonNotValid
				refused.Pickup, refused.Heard = &view.Pickup{}, ""
				b.show(refused)
				b.show(v)
				if got := b.screen.digits.String(); got != c.want {
					t.Errorf("%q is left", got)
				}
			})
		})
	}
}
