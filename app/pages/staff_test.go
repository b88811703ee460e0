package pages_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"cubby/app/kit"
	"cubby/app/sample"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// said are the paragraphs of a page and the labels of its buttons.
func said(t *testing.T, o fyne.CanvasObject) (all []string) {
	t.Helper()
	walk(t, o, 0, 0, func(p placed) {
		if text, ok := p.o.(*kit.Text); ok {
			all = append(all, text.Words())
		}
	})
	return all
}

// staffPages draws all samples of staff on both panels.
func staffPages(t *testing.T, look func(t *testing.T, d drawn)) {
	t.Helper()
	book, seen := dressed(t), 0
	for _, size := range sizes {
		for _, s := range sample.All() {
			if s.View.Kind != view.KindStaff {
				continue
			}
			seen++
			t.Run(fmt.Sprintf("%gx%g/%s", size.Width, size.Height, s.Name), func(t *testing.T) {
				look(t, draw(s, size, book.For("en"), book))
			})
		}
	}
	if seen == 0 {
		t.Error("staff have no pages")
	}
}

func TestSigningOutIsAlwaysAtTheSamePlace(t *testing.T) {
	places := map[fyne.Size]placed{}
	staffPages(t, func(t *testing.T, d drawn) {
		found := 0
		walk(t, d.page.Object, 0, 0, func(p placed) {
			if b, ok := p.o.(*kit.TouchButton); ok && b.Label() == "Sign out" {
				found++
				if was, seen := places[d.size]; seen && (was.x != p.x || was.y != p.y) {
					t.Errorf("the button is at %g, %g, on another page at %g, %g", p.x, p.y, was.x, was.y)
				}
				places[d.size] = p
			}
		})
		if want := map[bool]int{true: 1}[d.sheet.View.Allows(view.ActLeave)]; found != want {
			t.Errorf("%d buttons sign out, want %d", found, want)
		}
		if name := d.sheet.View.OfStaff().Name; name != "" &&
			!strings.Contains(strings.Join(said(t, d.page.Object), "|"), name+", ") {
			t.Error("the page does not say who is signed in")
		}
	})
}

func TestEveryPageOfPracticeSaysSoAndNoOther(t *testing.T) {
	staffPages(t, func(t *testing.T, d drawn) {
		band := slices.Contains(said(t, d.page.Object), "Practice – nothing here is real")
		framed := false
		walk(t, d.page.Object, 0, 0, func(p placed) {
			if g, ok := p.o.(*kit.Ground); ok && p.w == d.size.Width && p.h == d.size.Height {
				_, edge := g.Colours()
				framed = framed || edge == kit.Practice
			}
		})
		if practice := d.sheet.View.OfStaff().Practice; band != practice || framed != practice {
			t.Errorf("band %v, frame %v, practice %v", band, framed, practice)
		}
	})
}

// What cannot be taken back easily never lies where the main button or Back of another
// page of staff is.
func TestGraveOperationsLieWhereNoHabitLeads(t *testing.T) {
	habits := map[fyne.Size][]placed{}
	grave := map[fyne.Size][]placed{}
	staffPages(t, func(t *testing.T, d drawn) {
		walk(t, d.page.Object, 0, 0, func(p placed) {
			switch b, ok := p.o.(*kit.TouchButton); {
			case !ok:
			case b.Kind() == kit.Grave:
				grave[d.size] = append(grave[d.size], p)
			case b.Kind() == kit.Primary && d.sheet.View.Step != view.StepStaffConfirm, b.Label() == "Back",
				b.Label() == "Sign out":
				habits[d.size] = append(habits[d.size], p)
			case slices.Contains([]string{"Write it off", "Remove", "Out of service"}, b.Label()) &&
				d.sheet.View.Step != view.StepStaffConfirm:
				t.Errorf("%q looks like any other button", b.Label())
			}
		})
	})
	for _, size := range sizes {
		if len(grave[size]) == 0 || len(habits[size]) == 0 {
			t.Fatal("nothing was looked at")
		}
		for _, g := range grave[size] {
			for _, h := range habits[size] {
				if overlap(g, h) {
					t.Errorf("%v: %s lies where %s is on another page", size, describe(g.o), describe(h.o))
				}
			}
		}
	}
}

// Yes is not where the button was that led to the question: a second tap means no.
func TestYesLiesWhereNoOperationLies(t *testing.T) {
	for _, size := range sizes {
		book := dressed(t)
		var yes placed
		walk(t, draw(sampled(t, "staff_confirm-write_off"), size, book.For("en"), book).page.Object, 0, 0,
			func(p placed) {
				if b, ok := p.o.(*kit.TouchButton); ok && b.Kind() == kit.Primary {
					yes = p
				}
			})
		if yes.w == 0 {
			t.Fatal("there is no Yes")
		}
		// What is asked for a reason first leads to the question from the page of reasons.
		for _, name := range []string{
			"staff_person", "staff_person-courier", "staff_looked", "staff_why", "staff_reason-open",
			"staff_reason-write_off", "staff_parcel-counter",
		} {
			walk(t, draw(sampled(t, name), size, book.For("en"), book).page.Object, 0, 0, func(p placed) {
				if b, ok := p.o.(*kit.TouchButton); ok && b.Label() != "Back" && b.Kind() != kit.Key &&
					overlap(yes, p) {
					t.Errorf("%v: Yes lies where %s of %s was", size, describe(p.o), name)
				}
			})
		}
	}
}

func sampled(t *testing.T, name string) sample.Sample {
	t.Helper()
	for _, s := range sample.All() {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no sample %q", name)
	return sample.Sample{}
}

// Kinds of doors are told apart by their forms alone.
func TestEveryKindOfDoorHasAFormAndAWordOfItsOwn(t *testing.T) {
	book := dressed(t)
	for _, tag := range book.Tags() {
		seen := map[string]string{}
		for _, kind := range view.DoorKinds {
			id := "staff.kind." + kind
			if !book.For(tag).Has(id) {
				t.Errorf("%s: there is no word for %s", tag, kind)
			}
			word := book.For(tag).Say(id, nil)
			if other := seen[word]; other != "" {
				t.Errorf("%s: %s and %s are both called %q", tag, kind, other, word)
			}
			seen[word] = kind
		}
	}
	s := sampled(t, "staff_wall-near")
	for i := range s.View.Staff.Doors {
		s.View.Staff.Doors[i].Kind = "free"
	}
	var near []int // the doors of the column that is looked at
	for i, d := range s.View.Wall.Doors {
		if d.Column == s.From {
			near = append(near, i)
		}
	}
	forms := map[string]string{}
	for i, kind := range append(slices.Clone(view.DoorKinds), "of_a_newer_core") {
		door := near[i%len(near)]
		one := s
		one.View = sample.Copy(s.View)
		one.View.Staff.Doors = slices.Clone(s.View.Staff.Doors)
		one.View.Staff.Doors[door].Kind = kind
		d := draw(one, sizes[0], book.For("en"), book)
		key := labelled(t, d, s.View.Wall.Doors[door].Number)
		if other, twice := forms[key.Drawing()]; twice && kind != "of_a_newer_core" {
			t.Errorf("%s and %s are both drawn as %q", kind, other, key.Drawing())
		}
		if key.Drawing() == "" {
			t.Errorf("%s has no form", kind)
		}
		forms[key.Drawing()] = kind
	}
}

func TestTheLegendCountsTheKindsThatAreThereAndNoOther(t *testing.T) {
	book := dressed(t)
	s := sampled(t, "staff_wall-small") // six doors
	for i := range s.View.Staff.Doors {
		s.View.Staff.Doors[i].Kind = []string{"free", "forced", "free", "ajar", "free", "haunted"}[i]
	}
	var legend []string
	for _, text := range said(t, draw(s, sizes[0], book.For("en"), book).page.Object) {
		if strings.Contains(text, ": ") {
			legend = append(legend, text)
		}
	}
	if want := []string{"Forced: 1", "Left open: 1", "Free: 3", "haunted: 1"}; !slices.Equal(legend, want) {
		t.Errorf("the legend says %q, want %q", legend, want)
	}
}

// A finger on a wall of small doors touches a column; a mouse points at a door.
func TestAMousePointsAtAnyDoor(t *testing.T) {
	book := dressed(t)
	for _, name := range []string{"staff_wall", "staff_wall-512"} {
		s := sampled(t, name)
		d := draw(s, sizes[1], book.For("en"), book)
		var area *kit.TouchButton
		for _, b := range buttonsOf(t, d.page.Object) {
			if b.Kind() == kit.Area {
				area = b
			}
		}
		at := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
		at.Position = fyne.NewPos(area.Size().Width/2, area.Size().Height-3)
		press := func(moves int) {
			area.MouseIn(at)
			for range moves {
				area.MouseMoved(at)
			}
			area.MouseDown(at)
			area.MouseUp(at)
		}
		press(1)
		if len(*d.sent) > 0 || !d.sheet.Picks.Near() {
			t.Fatalf("%s: a finger sent %v", name, *d.sent)
		}
		d.sheet.Picks.Whole()
		press(12)
		if len(*d.sent) != 1 || d.sheet.Picks.Near() {
			t.Fatalf("%s: a mouse sent %v", name, *d.sent)
		}
		number := (*d.sent)[0].Value
		lowest := slices.IndexFunc(s.View.Wall.Doors, func(w view.Door) bool { return w.Number == number })
		if w := s.View.Wall.Doors[lowest]; w.TopMM+w.HeightMM < s.View.Wall.HeightMM-10 {
			t.Errorf("%s: at the foot of a column it points at %q", name, number)
		}
	}
}

// What a newer core says is shown, kindly, in its own words: never its names of messages.
func TestWhatANewerCoreSaysIsShownInItsWords(t *testing.T) {
	for name, want := range map[string][]string{
		"staff_door-newer": {"It has sung.", "sing a song", "it revolves", "grumpy",
			"Ada Lovelace, janitor"},
		"staff_queue-next": {"A newer core tells of this", "uncanny"},
	} {
		all := said(t, page(t, name, nil).page.Object)
		for _, w := range want {
			if name == "staff_queue-next" {
				all = append(all, said(t, page(t, "staff_queue", nil).page.Object)...)
			}
			if !slices.Contains(all, w) {
				t.Errorf("%s says %q, not %q", name, all, w)
			}
		}
	}
}

func TestAReasonIsNoLongerThanTheCoreTakes(t *testing.T) {
	for letter, most := range map[rune]int{'a': 200, 'é': 84, '李': 56} {
		d := page(t, "staff_why", nil)
		for range 300 {
			d.page.Input.Rune(letter)
		}
		text := d.sheet.Draft.Get("=text")
		if n := len([]rune(text)); n != most || len("text="+url.QueryEscape(text)) > 512 {
			t.Errorf("%d of %q can be typed, want %d", n, letter, most)
		}
		d.page.Submit.Tap()
		if len(*d.sent) != 1 || len((*d.sent)[0].Value) > 512 {
			t.Errorf("%q: sent %d bytes", letter, len((*d.sent)[0].Value))
		}
		d.page.Input.Back()
		if n := len([]rune(d.sheet.Draft.Get("=text"))); n != most-1 {
			t.Errorf("%d are left", n)
		}
	}
	spaces := page(t, "staff_why", nil)
	spaces.page.Input.Rune(' ')
	if !spaces.page.Submit.Disabled() {
		t.Error("a reason of spaces can be sent")
	}
}

// A story is read from its end, and a new day has a heading.
func TestAStoryIsToldTheNewestFirstWithADayForEach(t *testing.T) {
	all := said(t, page(t, "staff_story", nil).page.Object)
	var order []int
	for _, text := range []string{
		"Today", "Handed over at the counter by Grace Hopper against its code", "29 Nov", "28 Nov", "27 Nov",
		"Announced by the shop's system (web)",
	} {
		order = append(order, slices.Index(all, text))
	}
	if !slices.IsSorted(order) || order[0] < 0 {
		t.Errorf("the story reads %q: %v", all, order)
	}
}

func TestAShuffledPadTypesWhatItsKeysSay(t *testing.T) {
	dressed(t)
	orders := map[string]bool{}
	for range 5 {
		digits := kit.NewDigits(10)
		digits.Shuffle()
		pad := kit.NewPad(kit.NewLook(sizes[0]), digits)
		show(pad, sizes[0])
		order := ""
		for _, b := range buttonsOf(t, pad) {
			order += b.Label()
			if b.Label() != "" {
				b.Tap()
			}
		}
		if typed := digits.String(); typed != order || len(order) != 10 {
			t.Errorf("the keys are %s and type %s", order, typed)
		}
		orders[order] = true
	}
	if len(orders) < 2 {
		t.Errorf("five pads are alike: %v", orders)
	}
}
