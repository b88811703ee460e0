package app

import (
	"testing"

	"cubby/locker/view"
)

// What is typed into a form, or where in a list somebody is, stays while the page
// is drawn anew, and is nobody else's.
func TestADraftStaysWithItsPage(t *testing.T) {
	for name, c := range map[string]struct {
		next func(v *view.View)
		kept bool
	}{
		"another language": {func(v *view.View) { v.Language = "zh-Hans" }, true},
		"another time":     {func(v *view.View) { v.TimeoutInMs = 9000 }, true},
		"another step":     {func(v *view.View) { v.Step = view.StepPickupRefused }, false},
		"another visit":    {func(v *view.View) { v.Visit = "b" }, false},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bench) {
				v := enter("a")
				b.show(v)
				b.screen.draft.Type("=name", "Ada")
				c.next(&v)
				b.show(v)
				if kept := b.screen.draft.Has("=name"); kept != c.kept {
					t.Errorf("what was typed is there: %v, want %v", kept, c.kept)
				}
			})
		})
	}
}
