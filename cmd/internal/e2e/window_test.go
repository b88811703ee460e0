package e2e

import (
	"bytes"
	"fmt"
	"image"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cubby/app/pages"
	"cubby/locker/view"
)

// A window is the touchscreen of a station on a virtual display.
type window struct {
	*station
	on      *virtual
	program *program
	name    string   // what the kept pictures begin with
	env     []string // of the program, besides what it always has
	shots   int
}

// openWindow starts the touchscreen on a display of its own.
func (s *station) openWindow(name string) *window {
	s.t.Helper()
	return s.openWindowOn(newDisplay(s.t, panelWidth, panelHeight), name)
}

// openWindowOn is openWindow on another display.
func (s *station) openWindowOn(on *virtual, name string) *window {
	s.t.Helper()
	w := &window{station: s, on: on, name: name}
	w.start()
	return w
}

func (w *window) start() {
	w.t.Helper()
	args := []string{"--core", "unix:" + filepath.Join(w.dir, "run", "core.sock")}
	if w.terminal != "" {
		args = append(args, "--terminal", w.terminal)
	}
	w.startWith(args...)
}

func (w *window) startWith(args ...string) {
	w.t.Helper()
	w.park()
	env := append([]string{
		"DISPLAY=" + w.on.name, "LIBGL_ALWAYS_SOFTWARE=1", "HOME=" + w.dir, "WAYLAND_DISPLAY=",
	}, w.env...)
	w.program = start(w.t, w.dir, "screen"+w.terminal+".log", env,
		filepath.Join(programs, "cubby"), append(args, "--size", fmt.Sprintf("%dx%d", w.on.width, w.on.height))...)
}

// kill ends the touchscreen the hard way and waits until its picture is gone.
func (w *window) kill() {
	w.t.Helper()
	w.program.kill()
	eventually(w.t, "the display is empty", func() (bool, string) {
		p := w.on.capture(w.t)
		lit := 0
		for i := 0; i < len(p.Pix); i += 4 {
			if p.Pix[i] != 0 || p.Pix[i+1] != 0 || p.Pix[i+2] != 0 {
				lit++
			}
		}
		return lit < 1000, fmt.Sprintf("%d pixels are lit, the pointer's included", lit)
	})
}

// close ends the touchscreen; the display is empty then.
func (w *window) close() { w.program.stop(w.t) }

// similar is how far apart two pictures of the same page may be that were drawn
// by the toolkit's two renderers. Pages of one step come to 16 to 36; one digit
// more on the pad makes 52, another page at least 150.
const similar = 44

// shows waits until the window shows the page of a view, with what has been
// typed, and returns the picture, which is kept. The screen may ask louder to
// close a door meanwhile, on a machine that is slow enough.
func (w *window) shows(what string, v view.View, typed string, done ...func(*pages.Sheet)) *image.RGBA {
	w.t.Helper()
	want := w.on.drawn(w.t, v, typed, done...)
	var got *image.RGBA
	defer func() {
		if w.t.Failed() {
			keep(w.t, w.name+"-wanted", want.picture)
			keep(w.t, w.name+"-got", got)
		}
	}()
	eventually(w.t, "the window shows "+what, func() (bool, string) {
		if !w.program.runs() {
			w.t.Fatalf("the touchscreen has ended: %s", w.program.tail())
		}
		if n, _ := w.now(); n.Visit == v.Visit && n.Step == v.Step && n.Door() == v.Door() &&
			n.LeftOpen() > v.LeftOpen() {
			v, want = n, w.on.drawn(w.t, n, typed, done...)
		}
		if n, _ := w.now(); v.Heard != "" && n.Heard == "" {
			v.Heard = ""
			want = w.on.drawn(w.t, v, typed, done...)
		}
		got = w.on.capture(w.t)
		distance := apart(got, want.picture)
		if distance > similar {
			return false, fmt.Sprintf("it is %d from it; see %s-wanted.png and %s-got.png in build/e2e", distance,
				w.name, w.name)
		}
		// The server answers between two pictures that it is given: half of one, and
		// the same half again, is not taken for the page.
		w.pointer("getmouselocation")
		return bytes.Equal(got.Pix, w.on.capture(w.t).Pix), "it is still changing"
	})
	w.shots++
	keep(w.t, fmt.Sprintf("%s-%02d-%s", w.name, w.shots, strings.ReplaceAll(what, " ", "-")), got)
	return got
}

// page waits for a step and until the window shows it.
func (w *window) page(step view.Step, why ...view.Reason) *image.RGBA {
	w.t.Helper()
	v := w.step(step, why...)
	return w.shows(string(step), v, "")
}

// press puts a finger on the button of an action, where the page of the present
// view has it.
func (w *window) press(name view.ActionName, value string) {
	w.t.Helper()
	w.pressOn("", name, value)
}

// pressOn is press on a page on which some digits have been typed. A page takes
// no touch at first, so the finger comes down again until something follows; what
// it does once too often falls on the next page, which takes no touch either.
func (w *window) pressOn(typed string, name view.ActionName, value string) {
	w.t.Helper()
	v, _ := w.now()
	w.touchOn(v, w.button(v, typed, name, value))
}

// touchOn touches a place until the page of this view has changed.
func (w *window) touchOn(v view.View, at image.Point) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		w.finger(at)
		for again := time.Now().Add(400 * time.Millisecond); time.Now().Before(again); {
			if n, _ := w.now(); n.Rev != v.Rev { // another core counts from elsewhere
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("nothing follows from touching %v on the page %s", at, describe(v))
		}
	}
}

// touchUntil touches a place until the window shows something else.
func (w *window) touchUntil(what string, at image.Point, before *image.RGBA) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); apart(w.on.capture(w.t), before) <= similar; {
		w.finger(at)
		time.Sleep(300 * time.Millisecond)
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: nothing changes when %v is touched", what, at)
		}
	}
}

// button is where the page of a view has the button of an action.
func (w *window) button(v view.View, typed string, name view.ActionName, value string) image.Point {
	w.t.Helper()
	at, ok := w.on.drawn(w.t, v, typed).actions[view.Action{Name: name, Value: value}]
	if !ok {
		w.t.Fatalf("there is no button for %s %s on the page %s", name, value, describe(v))
	}
	return at
}

// enter types digits on the pad and sends them.
func (w *window) enter(digits string) {
	w.t.Helper()
	v, _ := w.now()
	w.typeOn(v, fmt.Sprintf("%s with all digits", v.Step), digits)
	w.pressOn(digits, view.ActPIN, "")
}

// typeOn types digits on the pad of a view. The first one is typed until it is
// taken, and taken away again as often as it was; see pressOn.
func (w *window) typeOn(v view.View, what, digits string) {
	w.t.Helper()
	page := w.on.drawn(w.t, v, "")
	w.touchUntil(what, page.keys[digits[0]], page.picture)
	w.finger(page.clear)
	w.shows(fmt.Sprintf("%s cleared", v.Step), v, "")
	for i := range len(digits) {
		at, ok := page.keys[digits[i]]
		if !ok {
			w.t.Fatalf("there is no key %c on the page %s", digits[i], describe(v))
		}
		w.finger(at)
	}
	w.shows(what, v, digits)
}

// finger comes down on a point and is lifted; the pointer leaves afterwards.
func (w *window) finger(at image.Point) {
	w.t.Helper()
	w.pointer("mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "mousedown", "1", "mouseup", "1")
	w.park()
}

// park takes the pointer away from everything that minds it.
func (w *window) park() {
	w.t.Helper()
	w.pointer("mousemove", strconv.Itoa(w.on.width-1), strconv.Itoa(w.on.height-1))
}

func (w *window) pointer(args ...string) {
	w.t.Helper()
	do(w.t, "", "env", append([]string{"DISPLAY=" + w.on.name, "xdotool"}, args...)...)
}

// same fails unless two pictures are equal in every pixel.
func (w *window) same(what string, a, b *image.RGBA) {
	w.t.Helper()
	if bytes.Equal(a.Pix, b.Pix) {
		return
	}
	var differ image.Rectangle
	for i := 0; i < len(a.Pix); i += 4 {
		if !bytes.Equal(a.Pix[i:i+4], b.Pix[i:i+4]) {
			x, y := i/4%a.Bounds().Dx(), i/4/a.Bounds().Dx()
			differ = differ.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	w.t.Errorf("%s: the pictures differ within %v, see %s and %s", what, differ, keep(w.t, w.name+"-before", a),
		keep(w.t, w.name+"-after", b))
}

// The whole way of a parcel at the touchscreen: every button is touched where it
// is, the PINs are typed on our own pad.
func TestAParcelComesAndGoesAtTheTouchscreen(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	s.courier = s.newCourier("Ada")
	s.announce("p-1")
	w := s.openWindow("parcel")
	idle := w.page(view.StepIdle)

	w.press(view.ActLanguage, "zh-Hans")
	v := s.until("the language changes", func(v view.View) bool { return v.Language == "zh-Hans" })
	w.shows("idle in Chinese", v, "")
	w.press(view.ActStartCourier, "")
	w.page(view.StepCourierEnter)
	w.press(view.ActLanguage, "en")
	v = s.until("the language changes back", func(v view.View) bool { return v.Language == "en" })
	w.shows("courier enter in English", v, "")
	w.enter(s.courier.pin)
	w.page(view.StepCourierReady)
	s.scan("P-1")
	left := s.step(view.StepCourierOpen).Door()
	w.page(view.StepCourierOpen)
	w.press(view.ActTooBig, "")
	w.page(view.StepCourierRetake)
	s.opens(left)
	s.sim("door", left, "close")
	v = s.until("another door opens", func(v view.View) bool {
		return v.Step == view.StepCourierOpen && v.Door() != left
	})
	w.shows("the other door", v, "")
	s.put(v.Door())
	e := s.stored("p-1")
	w.page(view.StepCourierReady)

	w.press(view.ActReceipt, "")
	slip := keep(t, "receipt", w.page(view.StepCourierReceipt))
	if read := strings.TrimSpace(do(t, "", "zbarimg", "--quiet", "--raw", slip)); read != e.Data.Code {
		t.Errorf("the code on the screen reads %q, not the parcel's", read)
	}
	w.press(view.ActBack, "")
	w.page(view.StepCourierReady)
	w.press(view.ActFinish, "")
	w.page(view.StepCourierDone)
	w.press(view.ActFinish, "")
	w.same("the idle page after a courier", idle, w.page(view.StepIdle))

	w.press(view.ActStartPickup, "")
	w.page(view.StepPickupEnter)
	w.enter(e.Data.PIN)
	w.page(view.StepPickupOpen)
	if open := s.openDoors(); len(open) != 1 || open[0] != e.Data.Compartment {
		t.Errorf("doors %v stand open, want only %s", open, e.Data.Compartment)
	}
	s.take(e.Data.Compartment)
	w.page(view.StepPickupDone)
	w.press(view.ActFinish, "")
	w.same("the idle page after a customer", idle, w.page(view.StepIdle))
	s.unlocked(left, e.Data.Compartment, e.Data.Compartment)
	w.close()
}
