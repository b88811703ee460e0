package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/app/kit"
	"cubby/app/sample"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// key presses a key and lets it go, as the toolkit tells it.
func (b *bench) key(names ...fyne.KeyName) {
	b.t.Helper()
	for _, name := range names {
		e := &fyne.KeyEvent{Name: name}
		s := b.screen.surface
		s.KeyDown(e)
		s.TypedKey(e)
		if name == fyne.KeySpace {
			s.TypedRune(' ')
		}
		s.KeyUp(e)
		b.run()
	}
}

// types types a text.
func (b *bench) types(text string) {
	b.t.Helper()
	for _, r := range text {
		e := &fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(r)))}
		s := b.screen.surface
		s.KeyDown(e)
		s.TypedKey(e)
		s.TypedRune(r)
		s.KeyUp(e)
	}
	b.run()
}

// has is the label of the button in the ring; false: no ring is drawn.
func (b *bench) has() (label string, ring bool) {
	at, ok := b.screen.keys.focused(b.screen.keys.spots())
	if !ok || !b.screen.keys.ring {
		return "", false
	}
	return at.button.Label(), true
}

func sampled(t testing.TB, name string) sample.Sample {
	t.Helper()
	for _, s := range sample.All() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("there is no sample %q", name)
	return sample.Sample{}
}

// settled shows a page and waits until it takes touches.
func (b *bench) settled(v view.View) {
	b.show(v)
	b.pass(kit.Settle)
	b.sent = nil
}

// Tab leads to everything that can be touched, on every page, and back.
func TestTheKeyboardReachesAllThatCanBeTouched(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		for _, size := range []fyne.Size{fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800)} {
			b.canvas.Resize(size)
			for _, v := range nodes() {
				b.show(view.View{Step: view.StepUnavailable})
				b.show(sampled(t, "idle").View) // nobody is here, and no ring
				b.settled(v)
				touched := b.buttons()
				if _, ring := b.has(); ring {
					t.Fatalf("%s shows a ring before a key was used", v.Step)
				}
				seen := map[int]bool{}
				for range touched {
					b.key(fyne.KeyTab)
					seen[b.screen.keys.at.index] = true
				}
				if len(seen) != len(touched) {
					t.Errorf("%v, %s: Tab leads to %d of %d buttons", size, v.Step, len(seen), len(touched))
				}
				if len(touched) > 1 {
					was := b.screen.keys.at.index
					b.screen.surface.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
					b.key(fyne.KeyTab)
					b.screen.surface.KeyUp(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
					b.key(fyne.KeyTab)
					if at := b.screen.keys.at.index; at != was {
						t.Errorf("%s: back and on again leads from %d to %d", v.Step, was, at)
					}
				}
			}
		}
	})
}

// From every button of every page the arrows lead to every other one.
func TestTheArrowsReachAllThatCanBeTouched(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		arrows := []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyLeft, fyne.KeyRight}
		for _, size := range []fyne.Size{fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800)} {
			b.canvas.Resize(size)
			for _, v := range nodes() {
				b.show(view.View{Step: view.StepUnavailable})
				b.settled(v)
				k := b.screen.keys
				k.show()
				all := k.spots()
				if len(all) == 0 {
					continue
				}
				reached, todo := map[int]bool{k.at.index: true}, []int{k.at.index}
				for len(todo) > 0 {
					from := todo[0]
					todo = todo[1:]
					for _, arrow := range arrows {
						k.focus(all, from)
						k.move(arrow)
						if !reached[k.at.index] {
							reached[k.at.index] = true
							todo = append(todo, k.at.index)
						}
					}
				}
				if len(reached) != len(all) {
					t.Errorf("%v, %s: the arrows lead to %d of %d buttons", size, v.Step, len(reached),
						len(all))
				}
			}
		}
	})
}

func TestEnterAndSpaceDoWhatIsInTheRing(t *testing.T) {
	for _, name := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace} {
		inBubble(t, func(t *testing.T, b *bench) {
			b.settled(sampled(t, "staff_menu").View)
			b.key(name)
			if got := b.sentNames(); len(got) > 0 {
				t.Fatalf("%s: %v was sent before anything was in a ring", name, got)
			}
			if _, ring := b.has(); !ring {
				t.Fatalf("%s shows no ring", name)
			}
			b.key(fyne.KeyRight, name)
			if len(b.sent) != 1 || b.sent[0].Name != view.ActPick || b.sent[0].Value != "find" {
				t.Errorf("%s: sent %v, want the second tile", name, b.sent)
			}
		})
	}
}

func TestAKeyWaitsForThePageAndActsOnceHoweverLongItIsHeld(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.settled(sampled(t, "staff_menu").View)
		s, e := b.screen.surface, &fyne.KeyEvent{Name: fyne.KeyReturn}
		b.key(fyne.KeyTab)
		s.KeyDown(e)
		for range 20 {
			s.TypedKey(e)
			b.run()
		}
		if len(b.sent) != 1 {
			t.Fatalf("a key that is held sent %v", b.sent)
		}
		b.show(sampled(t, "staff_door").View)
		s.TypedKey(e)
		s.KeyUp(e)
		b.pass(500 * time.Millisecond)
		b.key(fyne.KeyReturn, fyne.KeyEscape, fyne.KeySpace)
		if len(b.sent) != 1 {
			t.Fatalf("on the page after it: %v", b.sent)
		}
		b.pass(100 * time.Millisecond)
		b.key(fyne.KeyReturn)
		if len(b.sent) != 2 || b.sent[1].Name != view.ActOp {
			t.Errorf("after %s: %v", kit.Settle, b.sent)
		}
		s.TypedKey(e) // held since before the window had the keyboard
		if b.run(); len(b.sent) != 2 {
			t.Errorf("a key nobody pressed here sent %v", b.sent)
		}
	})
}

func TestEscapeGoesBack(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.settled(sampled(t, "staff_door").View)
		b.key(fyne.KeyEscape)
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActBack}) {
			t.Errorf("sent %v", got)
		}
		b.settled(sampled(t, "staff_wall").View)
		b.screen.picks.Look(2, 3)
		b.pass(kit.Settle)
		b.key(fyne.KeyEscape)
		if b.screen.picks.Near() || len(b.sent) > 0 {
			t.Errorf("near %v, sent %v: first the whole wall", b.screen.picks.Near(), b.sent)
		}
		b.settled(sampled(t, "staff_menu").View)
		b.key(fyne.KeyEscape)
		if len(b.sent) > 0 {
			t.Errorf("a page without Back sent %v", b.sent)
		}
	})
}

func TestWhatIsTypedComesOnThePageAndEnterSendsIt(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.settled(sampled(t, "staff_find").View)
		b.types("Łódź 李 4x")
		b.key(fyne.KeyBackspace, fyne.KeyReturn)
		if len(b.sent) != 1 || b.sent[0].Value != "text=%C5%81%C3%B3d%C5%BA+%E6%9D%8E+4" {
			t.Errorf("sent %v", b.sent)
		}
		b.settled(enter("a"))
		b.types("48x213907")
		b.key(fyne.KeyEnter)
		if len(b.sent) != 1 || b.sent[0].Name != view.ActPIN || b.sent[0].Value != "48213907" {
			t.Errorf("sent %v", b.sent)
		}
	})
}

// The ring is on a key of the pad or keyboard while a person types with the other.
func TestALetterTakesTheRingAwaySoThatEnterSends(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		b.settled(sampled(t, "staff_find").View)
		b.key(fyne.KeyTab, fyne.KeySpace) // a key of the one on the screen, and no space
		b.key(fyne.KeySpace)
		if got := b.screen.draft.Get("=text"); len(got) != 2 || strings.Contains(got, " ") {
			t.Fatalf("typed %q", got)
		}
		b.types("x")
		if label, ring := b.has(); ring {
			t.Errorf("the ring is on %q still", label)
		}
		b.key(fyne.KeyReturn)
		if len(b.sent) != 1 || b.sent[0].Name != view.ActType {
			t.Errorf("sent %v", b.sent)
		}
	})
}

func TestNothingIsTypedThatCannotBeSeen(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := enter("a")
		b.show(v)
		b.types("12") // the page has just come
		if got := b.screen.digits.Len(); got > 0 {
			t.Errorf("%d digits were typed before the page was seen", got)
		}
		v.Actions = append(v.Actions, view.ActMoreTime)
		v.TimeoutInMs, v.WarnInMs, v.Extensions = 45_000, 25_000, 10
		b.show(v)
		b.pass(26 * time.Second)
		b.says("Are you still there?", true)
		b.types("34")
		if got := b.screen.digits.Len(); got > 0 {
			t.Errorf("%d digits were typed under the warning", got)
		}
		b.key(fyne.KeyTab)
		if label, _ := b.has(); label != "More time" {
			t.Errorf("the ring is on %q", label)
		}
		b.sent = nil
		b.key(fyne.KeyReturn)
		if got := b.sentNames(); !slices.Equal(got, []view.ActionName{view.ActMoreTime}) {
			t.Errorf("sent %v", got)
		}
	})
}

func TestTheRingStaysOnItsButtonAndGoesWithAFingerAndWithItsVisit(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bench) {
		v := sampled(t, "staff_door").View
		b.settled(v)
		b.key(fyne.KeyTab, fyne.KeyTab)
		label, _ := b.has()
		again := sample.Copy(v)
		again.Rev, again.Staff.Facts = 2, slices.Clone(again.Staff.Facts)
		again.Staff.Facts[0].At = nil
		b.show(again)
		if now, ring := b.has(); !ring || now != label {
			t.Errorf("after a redraw the ring is on %q (%v), it was on %q", now, ring, label)
		}
		b.finger(b.at("Back"))
		if _, ring := b.has(); ring {
			t.Error("a finger leaves the ring")
		}
		b.key(fyne.KeyTab)
		b.show(sampled(t, "idle").View)
		if _, ring := b.has(); ring {
			t.Error("the next person sees a ring")
		}
	})
}
