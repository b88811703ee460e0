package pages_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/rooms"
	"cubby/app/sample"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// page draws the sample of a name.
func page(t *testing.T, name string, change func(*sample.Sample)) drawn {
	t.Helper()
	book := dressed(t)
	for _, s := range sample.All() {
		if s.Name == name {
			if change != nil {
				change(&s)
			}
			return draw(s, sizes[0], book.For("en"), book)
		}
	}
	t.Fatalf("no sample %q", name)
	return drawn{}
}

// buttonsOf are the buttons of a page from top to bottom.
func buttonsOf(t *testing.T, o fyne.CanvasObject) (all []*kit.TouchButton) {
	walk(t, o, 0, 0, func(p placed) {
		if b, ok := p.o.(*kit.TouchButton); ok {
			all = append(all, b)
		}
	})
	return all
}

func labelled(t *testing.T, d drawn, label string) *kit.TouchButton {
	t.Helper()
	for _, b := range buttonsOf(t, d.page.Object) {
		if b.Label() == label {
			return b
		}
	}
	t.Fatalf("no button %q", label)
	return nil
}

func TestALineOfAListSendsItsValue(t *testing.T) {
	for name, want := range map[string]string{"sample_list": "abcdefgh", "sample_list-middle": "ijklmnop"} {
		d := page(t, name, nil)
		for _, b := range buttonsOf(t, d.page.Object) {
			if b.Kind() == kit.Area {
				b.Tap()
			}
		}
		got := ""
		for _, a := range *d.sent {
			got += a.Value
		}
		if got != want {
			t.Errorf("%s sends %q, want %q", name, got, want)
		}
	}
}

// A desk may have a small upright screen.
func TestTheTemplatesFitASmallUprightScreen(t *testing.T) {
	book, seen := dressed(t), 0
	speakers := []words.Speaker{words.Pseudo(book.For("en"))}
	for _, tag := range book.Tags() {
		speakers = append(speakers, book.For(tag))
	}
	for _, s := range sample.All() {
		if !strings.HasPrefix(s.Name, "sample_") && s.View.Kind != view.KindStaff {
			continue
		}
		for i, speaker := range speakers {
			seen++
			t.Run(fmt.Sprintf("%s/%d", s.Name, i), func(t *testing.T) {
				d := draw(s, fyne.NewSize(800, 1280), speaker, book)
				inspect(t, d.page.Object, d.size)
			})
		}
	}
	if seen == 0 {
		t.Error("no template has a sample")
	}
}

func TestAListIsTurnedAndEndsAtItsEnds(t *testing.T) {
	for part, c := range map[string]struct{ back, next bool }{
		"": {false, true}, "1": {true, true}, "2": {true, false}, "99": {true, false}, "-1": {false, true},
		"x": {false, true},
	} {
		d := page(t, "sample_list", func(s *sample.Sample) { s.Chosen = map[string]string{"part": part} })
		back, next := labelled(t, d, "Previous"), labelled(t, d, "Next")
		if back.Disabled() == c.back || next.Disabled() == c.next {
			t.Errorf("part %q: back %v, next %v; want %v", part, !back.Disabled(), !next.Disabled(), c)
		}
	}
	d := page(t, "sample_list", nil)
	labelled(t, d, "Next").Tap()
	if got := d.sheet.Draft.Get("part"); got != "1" {
		t.Errorf("after Next the part is %q", got)
	}
}

func TestAFormSendsItsFieldsWhenNoneThatMustBeFilledIsEmpty(t *testing.T) {
	d := page(t, "sample_form", func(s *sample.Sample) { s.Chosen = map[string]string{"=number": "48"} })
	for _, key := range []string{"Space", "B", "Y", "R", "O", "N"} {
		labelled(t, d, key).Tap()
	}
	labelled(t, d, "Add").Tap()
	want := "name=Ada+Lovelace+Byron&note=&number=48"
	if len(*d.sent) != 1 || (*d.sent)[0].Value != want {
		t.Fatalf("sent %v, want %q", *d.sent, want)
	}
	empty := page(t, "sample_form", nil)
	if add := labelled(t, empty, "Add"); !add.Disabled() {
		t.Error("a form with an empty field can be sent")
	}
	full := page(t, "sample_form", func(s *sample.Sample) {
		s.Chosen = map[string]string{"=number": "48", "=name": strings.Repeat("é", 40)}
	})
	labelled(t, full, "B").Tap()
	if got := full.sheet.Draft.Get("=name"); got != strings.Repeat("é", 40) {
		t.Errorf("a field of 40 characters holds %q", got)
	}
	for _, b := range buttonsOf(t, full.page.Object) {
		if b.Drawing() == "backspace" {
			b.Tap()
		}
	}
	if got := full.sheet.Draft.Get("=name"); got != strings.Repeat("é", 39) {
		t.Errorf("after a backspace it holds %q", got)
	}
}

func TestADoorOfTheWallSendsItsNumber(t *testing.T) {
	d := page(t, "staff_wall-near", nil)
	labelled(t, d, "14").Tap() // a key of its column
	if len(*d.sent) != 1 || (*d.sent)[0].Value != "14" {
		t.Errorf("sent %v, want 14", *d.sent)
	}
}

// A page of a visit needs its step in the rules, a row here, and its words. This
// room has one that is nothing but data.
func TestAPageIsAddedAsData(t *testing.T) {
	room := pages.Room{
		Name: "lost",
		Steps: map[view.Step]pages.Drawer{
			"lost_ask": pages.Message{
				Says: pages.Says{Words: "lost_ask", Mark: "help", Buttons: []pages.Button{
					{Action: "lost_call", Label: "lost_ask.call", Kind: kit.Primary}, pages.Back,
				}},
				Scene: "pause",
			},
		},
		Icons: map[view.ActionName]string{"lost_call": "hand"},
	}
	own := func(title, lead, call string) *fstest.MapFile {
		return &fstest.MapFile{
			Data: []byte(
				`{"lost_ask.title": "` + title + `", "lost_ask.lead": "` + lead + `", "lost_ask.call": "` + call + `"}`,
			),
		}
	}
	dressed(t)
	book, err := words.Open(fstest.MapFS{
		"en/lost.json":      own("Lost something?", "We look behind door {{.Door}} for you.", "Call us"),
		"zh-Hans/lost.json": own("丢了东西？", "我们为您查看 {{.Door}} 号柜门。", "联系我们"),
	})
	if err != nil {
		t.Fatal(err)
	}
	set, err := rooms.All(room)
	if err != nil {
		t.Fatal(err)
	}
	v := view.View{
		Step:    "lost_ask",
		Visit:   "v1",
		Station: "S",
		Actions: []view.ActionName{"lost_call", view.ActBack},
		Pickup:  &view.Pickup{AtDoor: view.AtDoor{Door: "14"}},
	}
	for tag, want := range map[string][]string{
		"en":      {"Lost something?", "We look behind door 14 for you.", "Call us"},
		"zh-Hans": {"丢了东西？", "我们为您查看 14 号柜门。", "联系我们"},
	} {
		for _, size := range sizes {
			var sent []view.ActionName
			object := pages.Build(pages.Sheet{
				Set: set, View: v, Look: kit.NewLook(size), Words: book.For(tag), Names: book.Name,
				Do: func(name view.ActionName, _ string) { sent = append(sent, name) },
			}).Object
			show(object, size)
			inspect(t, object, size)
			var said []string
			walk(t, object, 0, 0, func(p placed) {
				if text, ok := p.o.(*kit.Text); ok {
					said = append(said, text.Words())
				}
			})
			for _, sentence := range want {
				if !slices.Contains(said, sentence) {
					t.Errorf("%s: the page says %q, not %q", tag, said, sentence)
				}
			}
			for _, b := range buttonsOf(t, object) {
				b.Tap()
			}
			if !slices.Equal(sent, []view.ActionName{view.ActBack, "lost_call"}) &&
				!slices.Equal(sent, []view.ActionName{"lost_call", view.ActBack}) {
				t.Errorf("%s: the buttons send %v", tag, sent)
			}
		}
	}
}

func TestTwoRoomsDoNotShareAStepOrDrawOneActionInTwoWays(t *testing.T) {
	step := pages.Room{
		Name:  "x",
		Steps: map[view.Step]pages.Drawer{view.StepPickupDone: pages.Func(pages.Unavailable)},
	}
	icon := pages.Room{Name: "y", Icons: map[view.ActionName]string{view.ActUndo: "hand"}}
	own := pages.Room{
		Name:  "z",
		Steps: map[view.Step]pages.Drawer{view.StepIdle: pages.Func(pages.Unavailable)},
	}
	for _, room := range []pages.Room{step, icon, own} {
		if _, err := rooms.All(room); err == nil || !strings.Contains(err.Error(), room.Name) {
			t.Errorf("%s: the error is %v", room.Name, err)
		}
	}
}
