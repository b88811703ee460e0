package app

import (
	"testing"

	fyneapp "fyne.io/fyne/v2/app"
)

// A function that the toolkit hands to its own loop at the end races with it.
func TestTheToolkitHasNothingToDoAtItsEnd(t *testing.T) {
	l := fyneapp.NewWithID("cubby.test").Lifecycle()
	hooks, ok := l.(interface{ OnStopped() func() })
	if !ok {
		t.Fatalf("the toolkit has changed: a %T does not tell what is run at its end", l)
	}
	if hooks.OnStopped() == nil {
		t.Error("the toolkit has nothing to do at its end by itself: endSafely is not needed any more")
	}
	endSafely(l)
	if hooks.OnStopped() != nil {
		t.Error("the toolkit still runs something at its end")
	}
}
