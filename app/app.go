// Package app is the touchscreen: it draws the views it is given and sends back
// what people touch. It owns no truth; it may be killed at any moment and comes
// back on the same page, because the page comes from the core.
//
// Run owns the toolkit and must be called from the main goroutine. The Core is
// called from other goroutines, never from the one that draws.
package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"

	"cubby/app/kit"
	"cubby/app/rooms"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	fyneapp "fyne.io/fyne/v2/app"
)

// A Core is where views come from and actions go to.
type Core interface {
	// Views delivers what to show, the latest only: a slow reader misses views
	// but never the last one. The channel is closed when ctx ends. While the core
	// cannot be reached, a view with StepUnavailable and ReasonCoreMissing is
	// delivered.
	Views(ctx context.Context) <-chan view.View
	// Act sends what a person did. The screen ignores a refusal (a touch on a page
	// that has just changed): the next view tells.
	Act(ctx context.Context, a view.Action) error
}

// A Config says how the screen is shown. The zero value is a window of 1080 by
// 1920 pixels.
type Config struct {
	Core       Core
	Title      string  // of the window; default "Cubby"
	Fullscreen bool    // the whole monitor, no pointer, and the window cannot be closed by touch
	Monitor    int     // take the whole of this one, from 1; 0: none in particular. Full screen, too
	Width      int     // of the window in pixels, when not full screen; default 1080
	Height     int     // default 1920
	Scale      float64 // of everything; 0 is 1. Pages adapt to the panel by themselves
	// Pictures asks for a picture of something for sale, by its hash, of so many pixels at most;
	// nil: there are none.
	Pictures func(ctx context.Context, hash string, size int) ([]byte, error)
	Language string // of pages shown before the core has said one; default "en"
}

// actTimeout bounds how long one touch may wait for the core.
const actTimeout = 5 * time.Second

// Run shows the screen until ctx ends or the window is closed. It must be called
// from the main goroutine, once in a program's life.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Core == nil {
		return errors.New("app: Config.Core is missing: the screen needs a core to draw views from")
	}
	book, err := words.Open()
	if err != nil {
		return err
	}
	set, err := rooms.All()
	if err != nil {
		return err
	}
	if err := fixScale(cfg.Scale); err != nil {
		return err
	}
	var on *monitor
	if cfg.Monitor != 0 {
		all, err := monitors()
		if err != nil {
			return err
		}
		m, err := pick(all, cfg.Monitor)
		if err != nil {
			return err
		}
		on, cfg.Fullscreen = &m, true
	}
	fyneApp := fyneapp.NewWithID("cubby.screen")
	if err := kit.Dress(fyneApp); err != nil {
		return err
	}
	endSafely(fyneApp.Lifecycle())

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := newWindow(fyneApp, cfg, cancel)
	if on != nil {
		placeOn(w, *on, cfg.Scale)
	}
	screen := newScreen(book, set, cfg.Language, fyne.Do, func(a view.Action) error {
		actCtx, done := context.WithTimeout(ctx, actTimeout)
		defer done()
		return cfg.Core.Act(actCtx, a)
	})
	screen.paints = true
	screen.pictures = newPictures(cfg.Pictures, screen.drawAgain)
	show := func(o fyne.CanvasObject) {
		w.SetContent(o)
		if keys, ok := o.(fyne.Focusable); ok {
			w.Canvas().Focus(keys)
		}
	}
	show(screen.Surface(cfg.Fullscreen))

	// Not before the toolkit's loop runs and not after it ends: outside of it a
	// function handed over would be run on the wrong goroutine. The toolkit's own
	// call at its end is not used, see endSafely.
	defer context.AfterFunc(ctx, screen.Close)()
	var feeding sync.WaitGroup
	fyneApp.Lifecycle().SetOnStarted(func() {
		feeding.Go(func() {
			for v := range cfg.Core.Views(ctx) {
				screen.Show(v)
			}
			fyne.Do(fyneApp.Quit) // the stream ends when the program is told to stop
		})
		feeding.Go(func() {
			watchClock(ctx, loaded, time.Now, func() {
				fyne.Do(func() { screen.Renew(show) })
			})
		})
	})
	w.ShowAndRun()
	screen.Close()
	cancel()
	feeding.Wait()
	return nil
}

// endSafely takes back the only function that the toolkit runs at its end, which
// saves preferences nobody here has. The toolkit hands it to its loop while that
// is being closed: now and then the program never ended, or panicked (seen with
// Fyne 2.8.1 on a busy machine; https://github.com/fyne-io/fyne/issues/6021).
func endSafely(l fyne.Lifecycle) {
	if l, ok := l.(interface{ SetOnStoppedHookExecuted(func()) }); ok {
		l.SetOnStoppedHookExecuted(nil)
	}
}

// fixScale keeps the toolkit from guessing a scale from what the monitor says
// about itself, which is often wrong on panels.
func fixScale(scale float64) error {
	if scale == 0 {
		scale = 1
	}
	if scale < 0.25 || scale > 4 {
		return fmt.Errorf("app: a scale of %g cannot be drawn; use 0.25 to 4, or 0 for 1", scale)
	}
	if err := os.Setenv("FYNE_SCALE", strconv.FormatFloat(scale, 'f', -1, 64)); err != nil {
		return err
	}
	kit.SetDensity(float32(scale))
	return os.Setenv("FYNE_DISABLE_DPI_DETECTION", "1")
}

// newWindow makes the window; closing it calls closed, where that can be done.
func newWindow(a fyne.App, cfg Config, closed func()) fyne.Window {
	title := cfg.Title
	if title == "" {
		title = "Cubby"
	}
	w := a.NewWindow(title)
	w.SetMaster()
	w.SetPadded(false)
	width, height := cfg.Width, cfg.Height
	if width <= 0 || height <= 0 {
		width, height = 1080, 1920
	}
	w.Resize(fyne.NewSize(float32(width), float32(height)))
	w.SetCloseIntercept(closed)
	if cfg.Fullscreen {
		w.SetFullScreen(true)
		w.SetCloseIntercept(func() {}) // nobody closes a kiosk from its front
	}
	return w
}
