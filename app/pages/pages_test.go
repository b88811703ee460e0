package pages_test

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"sync"
	"testing"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/rooms"
	"cubby/app/sample"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

var sizes = []fyne.Size{fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800)}

// heard passes sentences on and keeps what was asked for.
type heard struct {
	words.Speaker
	asked   map[string]bool
	unknown map[string]bool
}

func (h heard) Say(id string, data words.Data) string {
	h.asked[id] = true
	text := h.Speaker.Say(id, data)
	if strings.HasPrefix(text, id) || strings.Contains(text, "<no value>") {
		h.unknown[id] = true
	}
	return text
}

// drawn is one page laid out for a panel.
type drawn struct {
	sample sample.Sample
	sheet  pages.Sheet
	page   pages.Page
	sent   *[]view.Action
	size   fyne.Size
}

func draw(s sample.Sample, size fyne.Size, speaker words.Speaker, book *words.Book) drawn {
	s.View.Language = speaker.Tag()
	digits := kit.NewDigits(s.View.PINDigits())
	for _, d := range s.Typed {
		digits.Add(byte(d))
	}
	sent := &[]view.Action{}
	sheet := pages.Sheet{
		Set: known(), View: s.View, Look: kit.NewLook(size), Words: speaker, Names: book.Name, Digits: digits,
		Picks: s.Picks(), Draft: s.Draft(), Now: sample.Now,
		Do: func(name view.ActionName, value string) {
			*sent = append(*sent, view.Action{Visit: s.View.Visit, Name: name, Value: value})
		},
	}
	d := drawn{sample: s, sheet: sheet, page: pages.Build(sheet), sent: sent, size: size}
	show(d.page.Object, size)
	return d
}

// known are all pages there are.
var known = sync.OnceValue(func() *pages.Set {
	set, err := rooms.All(sample.Room())
	if err != nil {
		panic(err)
	}
	return set
})

// show lays an object out as a window would.
func show(o fyne.CanvasObject, size fyne.Size) {
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(o)
	c.Resize(size)
}

// dressed begins a test that draws pages and says their words.
func dressed(t testing.TB) *words.Book {
	t.Helper()
	if err := kit.Dress(test.NewTempApp(t)); err != nil {
		t.Fatal(err)
	}
	book, err := words.Open(sample.Words())
	if err != nil {
		t.Fatal(err)
	}
	return book
}

// eachPage draws every sample in every language, and in a made-up language with
// long words, on both panels.
func eachPage(t *testing.T, look func(t *testing.T, d drawn)) map[string]bool {
	t.Helper()
	book := dressed(t)
	speakers := map[string]words.Speaker{"long": words.Pseudo(book.For("en"))}
	for _, tag := range book.Tags() {
		speakers[tag] = book.For(tag)
	}
	asked := map[string]bool{}
	for name, speaker := range speakers {
		for _, size := range sizes {
			for _, s := range sample.All() {
				t.Run(fmt.Sprintf("%s/%gx%g/%s", name, size.Width, size.Height, s.Name), func(t *testing.T) {
					h := heard{speaker, asked, map[string]bool{}}
					look(t, draw(s, size, h, book))
					for id := range h.unknown {
						t.Errorf("the page says %q, for which there is no sentence or not all its data", id)
					}
				})
			}
		}
	}
	return asked
}

// placed is an object with its place on the panel.
type placed struct {
	o          fyne.CanvasObject
	x, y, w, h float32
}

// walk visits everything that is visible, parents before children.
func walk(t *testing.T, o fyne.CanvasObject, x, y float32, visit func(placed)) {
	t.Helper()
	if !o.Visible() {
		return
	}
	x, y = x+o.Position().X, y+o.Position().Y
	visit(placed{o, x, y, o.Size().Width, o.Size().Height})
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(t, child, x, y, visit)
		}
	case fyne.Widget:
		for _, child := range test.TempWidgetRenderer(t, o).Objects() {
			walk(t, child, x, y, visit)
		}
	}
}

func TestEveryPageIsMadeOfTouchKitPartsThatFitThePanel(t *testing.T) {
	eachPage(t, func(t *testing.T, d drawn) {
		inspect(t, d.page.Object, d.size)
	})
}

func TestEveryWarningIsMadeOfTouchKitPartsThatFitThePanel(t *testing.T) {
	eachPage(t, func(t *testing.T, d drawn) {
		for _, more := range []bool{true, false} {
			if more {
				d.sheet.View.Actions = append(d.sheet.View.Actions, view.ActMoreTime)
			}
			d.sheet.View.Extensions = map[bool]int{true: 10}[more]
			w := pages.NewWarning(d.sheet, 20)
			show(w.Object, d.size)
			inspect(t, w.Object, d.size)
			if !more {
				coversNoButton(t, w.Object, d.page.Object)
			}
			w.Set(7)
			found := false
			walk(t, w.Object, 0, 0, func(p placed) {
				if text, ok := p.o.(*canvas.Text); ok && strings.Contains(text.Text, "7") {
					found = true
				}
			})
			if !found {
				t.Errorf("after Set(7) the warning does not say 7 (more time: %v)", more)
			}
		}
	})
}

// The answer to a scan lies over the page's foot and hides nothing that can be
// touched.
func TestTheAnswerToAScanFitsInThePagesFoot(t *testing.T) {
	seen := 0
	eachPage(t, func(t *testing.T, d drawn) {
		if d.sheet.View.Heard == "" {
			return
		}
		seen++
		answer := pages.NewHeard(d.sheet)
		show(answer, d.size)
		inspect(t, answer, d.size)
		coversNoButton(t, answer, d.page.Object)
	})
	if seen == 0 {
		t.Error("no sample has an answer")
	}
}

// coversNoButton proves that a page can be used while something lies over it.
func coversNoButton(t *testing.T, over, page fyne.CanvasObject) {
	t.Helper()
	var grounds []placed
	walk(t, over, 0, 0, func(p placed) {
		if _, ok := p.o.(*kit.Ground); ok {
			grounds = append(grounds, p)
		}
	})
	if len(grounds) == 0 {
		t.Error("the strip has no ground to be seen on")
	}
	walk(t, page, 0, 0, func(p placed) {
		for _, g := range grounds {
			if _, ok := p.o.(*kit.TouchButton); ok && overlap(g, p) {
				t.Errorf("the strip covers %s", describe(p.o))
			}
		}
	})
}

// inspect finds parts that do not belong on a public screen, targets too small
// for a finger, and text that is cut off or lies upon other text.
func inspect(t *testing.T, page fyne.CanvasObject, size fyne.Size) {
	t.Helper()
	var texts, buttons, grounds []placed
	walk(t, page, 0, 0, func(p placed) {
		if _, ok := p.o.(*canvas.Text); ok { // its letters, without the font's room above and below
			p.y, p.h = p.y+p.h*0.2, p.h*0.6
		}
		if p.x < -1 || p.y < -1 || p.x+p.w > size.Width+1 || p.y+p.h > size.Height+1 {
			t.Errorf("%s sticks out of the panel: %v", describe(p.o), p)
		}
		switch o := p.o.(type) {
		case *kit.TouchButton:
			if least := o.LeastTarget(); p.w < least || p.h < least {
				t.Errorf("%s is %.0f x %.0f pixels, a finger needs %.0f", describe(o), p.w, p.h, least)
			}
			buttons = append(buttons, p)
		case *kit.Text, *kit.Slots, *kit.Ring, *kit.Scrim:
			if o, ok := p.o.(*kit.Text); ok && o.HeightFor(p.w) > p.h+1 {
				t.Errorf("%q needs %.0f pixels of height and has %.0f", o.Words(), o.HeightFor(p.w), p.h)
			}
		case *kit.Ground:
			if fill, _ := o.Colours(); fill.A == 0xFF {
				grounds = append(grounds, p)
			}
		case fyne.Widget:
			t.Errorf("%T does not belong on a public screen", o)
		case *canvas.Text:
			needs := o.MinSize().Width
			if p.w+1 < needs {
				t.Errorf("%q needs %.0f pixels and has %.0f", o.Text, needs, p.w)
			}
			ink, ground := o.Color.(color.NRGBA), kit.Paper
			for _, g := range grounds { // in the order of painting: the last one is on top
				if inside(placed{o, p.x + p.w/2, p.y + p.h/2, 0, 0}, g) {
					ground, _ = g.o.(*kit.Ground).Colours()
				}
			}
			if c := kit.Contrast(ink, ground); o.Text != "" && c < 4.5 {
				t.Errorf("%q is written in %v on %v, a contrast of %.2f", o.Text, ink, ground, c)
			}
			if o.TextSize < 14 {
				t.Errorf("%q is written in %.0f pixels", o.Text, o.TextSize)
			}
			if o.Text != "" {
				texts = append(texts, placed{o, p.x + (p.w-needs)/2, p.y, needs, p.h})
			}
		case *fyne.Container, *canvas.Image, *canvas.Raster, *canvas.Arc:
		default:
			t.Errorf("%T is not known to be safe on a public screen", o)
		}
	})
	for i, a := range texts {
		for _, b := range texts[i+1:] {
			if overlap(a, b) {
				t.Errorf("%s lies upon %s", describe(a.o), describe(b.o))
			}
		}
		for _, b := range buttons {
			if overlap(a, b) && !inside(a, b) {
				t.Errorf("%s runs over the edge of %s", describe(a.o), describe(b.o))
			}
		}
	}
	for i, a := range buttons {
		for _, b := range buttons[i+1:] {
			if overlap(a, b) {
				t.Errorf("%s lies upon %s", describe(a.o), describe(b.o))
			}
		}
	}
}

func overlap(a, b placed) bool {
	return a.x+1 < b.x+b.w && b.x+1 < a.x+a.w && a.y+1 < b.y+b.h && b.y+1 < a.y+a.h
}

func inside(a, b placed) bool {
	return a.x >= b.x-1 && a.y >= b.y-1 && a.x+a.w <= b.x+b.w+1 && a.y+a.h <= b.y+b.h+1
}

func describe(o fyne.CanvasObject) string {
	switch o := o.(type) {
	case *canvas.Text:
		return fmt.Sprintf("the text %q", o.Text)
	case *kit.TouchButton:
		return fmt.Sprintf("the button %q", o.Label())
	case *kit.Text:
		return fmt.Sprintf("the paragraph %q", o.Words())
	}
	return fmt.Sprintf("a %T", o)
}

// only says why the action of a sample's page is not on it.
var only = map[view.Step]string{
	"sample_none": "the list is empty", "sample_form": "a field is empty",
}

// nothingToPick reports whether the list of a page is empty, or a column of its wall
// is touched first.
func nothingToPick(d drawn) bool {
	staff, one := d.sheet.View.OfStaff(), d.sample.To == d.sample.From+1
	return len(staff.Items) == 0 && (len(staff.Doors) == 0 || len(d.sheet.View.Wall.Doors) > 6 && !one)
}

func TestEveryAllowedActionCanBeTouchedAndNoOther(t *testing.T) {
	eachPage(t, func(t *testing.T, d drawn) {
		walk(t, d.page.Object, 0, 0, func(p placed) {
			if b, ok := p.o.(*kit.TouchButton); ok {
				b.Tap()
			}
		})
		got := map[view.ActionName]bool{}
		for _, a := range *d.sent {
			got[a.Name] = true
			if !d.sheet.View.Allows(a.Name) {
				t.Errorf("the page sends %q, which the view does not allow", a.Name)
			}
			if a.Visit != d.sheet.View.Visit {
				t.Errorf("%q is sent for visit %q", a.Name, a.Visit)
			}
		}
		for _, name := range d.sheet.View.Actions {
			switch {
			case name == view.ActMoreTime: // on the warning
			case name == "sample_pick" && only[d.sheet.View.Step] != "": // see there
			case name == view.ActPick && nothingToPick(d): // see there
			case name == view.ActOp && len(d.sheet.View.OfStaff().Ops) == 0:
			case name == view.ActType && d.sheet.Draft.Get("=text") == "":
			case name == view.ActPIN && d.sheet.Digits.Len() < d.sheet.Digits.Max():
			case !got[name]:
				t.Errorf("the view allows %q and no button sends it", name)
			}
		}
	})
}

func TestEverySentenceIsUsedAndEveryUsedSentenceExists(t *testing.T) {
	asked := eachPage(t, func(t *testing.T, d drawn) {
		for _, more := range []int{0, 10} {
			v := d.sheet
			v.View.Extensions = more
			v.View.Actions = append([]view.ActionName{view.ActMoreTime}, v.View.Actions...)
			pages.NewWarning(v, 20).Set(3)
		}
		if d.page.Retry != nil {
			d.page.Retry(0)
		}
		if d.sheet.View.Heard != "" {
			pages.NewHeard(d.sheet)
		}
		// An action the page did not expect gets its plain label. Those of staff are named
		// by the core.
		if d.sheet.View.Kind == view.KindStaff {
			d.sheet.View.Actions = nil
			pages.Build(d.sheet)
			return
		}
		for _, name := range actions {
			v := d.sheet
			v.View.Actions = []view.ActionName{name}
			pages.Build(v)
		}
	})
	book, err := words.Open(sample.Words())
	if err != nil {
		t.Fatal(err)
	}
	ids, err := book.Messages("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if !asked[id] && id != "language.name" &&
			!strings.HasPrefix(id, "print.") && // those are said on paper
			!strings.HasPrefix(id, "policy.") && // those are of the rules of shops
			!strings.HasPrefix(id, "story.") && // and those of what a log holds; see words.Tell
			!ofDevice(id) { // and of all that devices can have
			t.Errorf("no page says %q", id)
		}
	}
}

// ofDevice reports whether a sentence is one of health.Problems.
func ofDevice(id string) bool {
	return strings.Count(id, ".") == 3 &&
		(strings.HasPrefix(id, "staff.device.") || strings.HasPrefix(id, "staff.todo."))
}

var actions = []view.ActionName{
	view.ActStartPickup, view.ActStartCourier, view.ActPIN, view.ActBack, view.ActFinish, view.ActMoreTime,
	view.ActLanguage,
	view.ActTryAgain, view.ActTaken, view.ActOpenAgain, view.ActTooBig, view.ActBroken, view.ActOccupied,
	view.ActUndo,
	view.ActOtherDoor, view.ActReceipt, view.ActPrint, view.ActStartReturn, view.ActStartPackaging, view.ActMore,
	view.ActChangeMind, view.ActLowDoor, view.ActHome, view.ActPhoto, view.ActSkip,
}

func TestTypingAPINLightsTheButtonAndSendsTheDigits(t *testing.T) {
	book := dressed(t)
	for name, c := range map[string]struct{ page, keys, sent string }{
		"a customer's PIN has eight digits":         {"pickup_enter", "48213907", "48213907"},
		"seven digits are not a customer's PIN":     {"pickup_enter", "4821390", ""},
		"a ninth digit is ignored":                  {"pickup_enter", "482139071", "48213907"},
		"backspace takes one digit back":            {"pickup_enter", "4821390<07", "48213907"},
		"clear takes all digits back":               {"pickup_enter", "48x48213907", "48213907"},
		"a courier's PIN may have six digits":       {"courier_enter-no-scanner", "904117", "904117"},
		"five digits are not a courier's PIN":       {"courier_enter-no-scanner", "90411", ""},
		"a courier's PIN may have eight digits too": {"courier_enter-no-scanner", "90411722", "90411722"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range sample.All() {
				if s.Name != c.page {
					continue
				}
				d := draw(s, sizes[0], book.For("en"), book)
				buttons := map[string]*kit.TouchButton{}
				var icons []*kit.TouchButton
				walk(t, d.page.Object, 0, 0, func(p placed) {
					if b, ok := p.o.(*kit.TouchButton); ok {
						buttons[b.Label()] = b
						if b.Label() == "" {
							icons = append(icons, b)
						}
					}
				})
				for _, k := range c.keys {
					switch k {
					case 'x':
						icons[0].Tap()
					case '<':
						icons[1].Tap()
					default:
						buttons[string(k)].Tap()
					}
				}
				send := buttons["Open the door"]
				if send == nil {
					send = buttons["Sign in"]
				}
				send.Tap()
				got := ""
				for _, a := range *d.sent {
					got += a.Value
				}
				if got != c.sent {
					t.Errorf("keys %q sent %q, want %q", c.keys, got, c.sent)
				}
				return
			}
			t.Fatalf("no sample %q", c.page)
		})
	}
}

func TestAStepOfANewerCoreIsDrawnAsUnavailable(t *testing.T) {
	book := dressed(t)
	v := view.View{Step: "tomorrow", Reason: view.ReasonStarting, Station: "S", Language: "en"}
	d := draw(sample.Sample{View: v}, sizes[0], book.For("en"), book)
	var said []string
	walk(t, d.page.Object, 0, 0, func(p placed) {
		if text, ok := p.o.(*kit.Text); ok {
			said = append(said, text.Words())
		}
	})
	all := strings.Join(said, "|")
	for _, id := range []string{"unavailable.title", "unavailable.lead"} {
		if want := book.For("en").Say(id, nil); !strings.Contains(all, want) {
			t.Errorf("the page says %q, want %q", all, want)
		}
	}
}

// A courier reads the same about a door as a customer, and neither is told that
// it stayed closed when nobody could see it.
func TestADoorThatIsNotKnownToBeOpenHasOneTitleForAll(t *testing.T) {
	book := dressed(t)
	for reason, title := range map[view.Reason]string{
		view.ReasonNone: "no_open.title", view.ReasonStuck: "no_open.title", view.ReasonUnanswered: "no_open.title",
		view.ReasonUnknown: "no_open.unknown_title", view.ReasonRest: "no_open.rest_title",
	} {
		for _, step := range []view.Step{view.StepNoOpen, view.StepCourierNoOpen} {
			for _, tag := range book.Tags() {
				speaker := book.For(tag)
				at := view.AtDoor{Door: "22"}
				v := view.View{Step: step, Reason: reason, Station: "S", Pickup: &view.Pickup{AtDoor: at}}
				if step == view.StepCourierNoOpen {
					v.Pickup, v.Courier = nil, &view.Courier{AtDoor: at}
				}
				d := draw(sample.Sample{View: v}, sizes[0], speaker, book)
				var said []string
				walk(t, d.page.Object, 0, 0, func(p placed) {
					if text, ok := p.o.(*kit.Text); ok {
						said = append(said, text.Words())
					}
				})
				for _, id := range []string{"no_open.title", "no_open.unknown_title", "no_open.rest_title"} {
					if sentence := speaker.Say(id, words.Data{"Door": "22"}); slices.Contains(
						said,
						sentence,
					) != (id == title) {
						t.Errorf(
							"%s, %s, reason %q: the page says %q; %q belongs there: %v",
							tag,
							step,
							reason,
							said,
							sentence,
							id == title,
						)
					}
				}
			}
		}
	}
}

// BenchmarkPage measures what a change of page costs before it is painted:
// building, wrapping and laying out at 1080 x 1920.
func BenchmarkPage(b *testing.B) {
	book := dressed(b)
	for _, name := range []string{
		"idle", "pickup_enter", "pickup_open-0", "courier_ready", "staff_queue", "staff_door", "staff_story-long",
		"staff_wall", "staff_wall-512",
	} {
		for _, s := range sample.All() {
			if s.Name == name {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						draw(s, sizes[0], book.For("zh-Hans"), book)
					}
				})
			}
		}
	}
}

// A tick says that all is well. Who says that a door does not close says otherwise.
func TestAComplaintBearsNoTick(t *testing.T) {
	book := dressed(t)
	en := book.For("en")
	for _, s := range sample.All() {
		walk(t, draw(s, sizes[0], en, book).page.Object, 0, 0, func(p placed) {
			if b, ok := p.o.(*kit.TouchButton); ok &&
				b.Label() == en.Say("pickup_open.does_not_close", nil) &&
				b.Drawing() == "tick" {
				t.Errorf("%s: %q is drawn with a tick", s.Name, b.Label())
			}
		})
	}
}

func TestTheHeaderStandsStillFromPageToPage(t *testing.T) {
	book := dressed(t)
	for _, size := range sizes {
		places := map[float32]string{}
		for _, s := range sample.All() {
			walk(t, draw(s, size, book.For("en"), book).page.Object, 0, 0, func(p placed) {
				if text, ok := p.o.(*kit.Text); ok && text.Words() == s.View.Station {
					places[p.y] = s.Name
				}
			})
		}
		if len(places) != 1 {
			t.Errorf("on %v the station's name is at %v", size, places)
		}
	}
}
