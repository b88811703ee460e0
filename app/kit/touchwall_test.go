package kit_test

import (
	"strings"
	"testing"

	"cubby/app/kit"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// grid is a wall of columns with doors of one height each, numbered "COLUMN-ROW".
func grid(columns, rows int) view.Wall {
	w := view.Wall{WidthMM: columns * 400, HeightMM: 2000}
	for c := range columns {
		for r := range rows {
			w.Doors = append(w.Doors, view.Door{
				Number: string(rune('A'+c)) + "-" + string(rune('1'+r)), Column: c,
				LeftMM: c * 400, TopMM: r * 2000 / rows, WidthMM: 400, HeightMM: 2000 / rows,
			})
		}
	}
	return w
}

// reachable are the visible buttons of an object of a size.
func reachable(o fyne.CanvasObject, size fyne.Size) (all []*kit.TouchButton) {
	o.Resize(size)
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *kit.TouchButton:
			if o.Visible() {
				all = append(all, o)
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		}
	}
	walk(o)
	return all
}

func TestEveryDoorOfAnyWallIsReachedWithAFinger(t *testing.T) {
	dressed(t)
	for _, tc := range []struct {
		name          string
		columns, rows int
		room          fyne.Size
		touches       int  // at most, for one door
		states        bool // the wall shows how its doors are doing
	}{
		{"large doors are touched at once", 3, 4, fyne.NewSize(900, 700), 1, false},
		{"small doors after their column", 9, 18, fyne.NewSize(960, 600), 2, false},
		{"narrow columns a few at a time", 26, 9, fyne.NewSize(560, 400), 3, false},
		{"large doors of a live wall", 3, 4, fyne.NewSize(900, 700), 1, true},
		{"small doors of a live wall", 9, 18, fyne.NewSize(960, 600), 2, true},
		{"narrow columns of a live wall", 26, 9, fyne.NewSize(560, 400), 3, true},
		{"a live wall of 512 doors, folded", 64, 8, fyne.NewSize(960, 900), 3, true},
		{"the same in a small room", 64, 8, fyne.NewSize(500, 500), 4, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			wall := grid(tc.columns, tc.rows)
			reached := map[string]bool{}
			var look func(picks kit.Picks, touches int)
			look = func(picks kit.Picks, touches int) {
				if touches > tc.touches {
					t.Fatalf("a door needs more than %d touches", tc.touches)
				}
				now := picks
				draw := func() []*kit.TouchButton {
					now = picks
					if tc.states {
						faces := map[string]kit.DoorFace{"A-1": {Ground: kit.Card, Ink: kit.Ink,
							Shape: "shape-square"}}
						live := kit.NewStateWall(panel, wall, &now, faces, "here",
							func(n string) { reached[n] = true })
						return reachable(live, tc.room)
					}
					return reachable(
						kit.NewDoorPicker(
							panel,
							wall,
							&now,
							"",
							kit.Accent,
							"here",
							func(n string) { reached[n] = true },
						),
						tc.room,
					)
				}
				for i, b := range draw() {
					if s := b.Size(); s.Width < kit.MinTarget || s.Height < kit.MinTarget {
						t.Fatalf("a target is %v", s)
					}
					before := len(reached)
					draw()[i].Tap()
					if len(reached) == before && now.Near() {
						look(now, touches+1)
					}
				}
			}
			look(*kit.NewPicks(nil), 1)
			if len(reached) != len(wall.Doors) {
				t.Errorf("%d of %d doors can be reached", len(reached), len(wall.Doors))
			}
		})
	}
}

func TestAColumnIsTouchedUnlessItIsTooNarrow(t *testing.T) {
	dressed(t)
	touched := -1
	for columns, want := range map[int]int{9: 9, 26: 0} {
		all := reachable(
			kit.NewColumnPicker(panel, grid(columns, 5), 2, "", func(c int) { touched = c }),
			fyne.NewSize(900, 400),
		)
		if len(all) != want {
			t.Errorf("of %d columns %d can be touched, want %d", columns, len(all), want)
		}
		if want > 0 {
			if all[4].Tap(); touched != 4 {
				t.Errorf("the fifth column is number %d", touched)
			}
		}
	}
}

func TestPicksForgetNothingButWhatWasLookedAt(t *testing.T) {
	told := 0
	p := kit.NewPicks(func() { told++ })
	p.Look(2, 3)
	if !p.Near() || p.Typing() {
		t.Error("it does not look at the third column")
	}
	p.Type(true)
	if p.Near() || !p.Typing() {
		t.Error("it does not type")
	}
	p.Whole()
	if p.Near() || p.Typing() || told != 3 {
		t.Errorf("it does not look at the whole wall, or told of %d changes", told)
	}
}

func TestAListThatIsTooLongShowsItsLatestRows(t *testing.T) {
	dressed(t)
	var rows []fyne.CanvasObject
	for range 9 {
		rows = append(rows, kit.Space(10, 30))
	}
	kit.NewLatest(10, rows...).Resize(fyne.NewSize(100, 120))
	for i, r := range rows {
		if r.Visible() != (i >= 6) {
			t.Errorf("row %d is visible: %v", i, r.Visible())
		}
	}
}

func TestPathsOfDevicesAreCutWhereTheyDoNotFit(t *testing.T) {
	dressed(t)
	path := "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0: no lock board answers"
	text := kit.NewText(path, 28, false, kit.Ink)
	text.Resize(fyne.NewSize(300, text.HeightFor(300)))
	said := ""
	for _, o := range canvasTexts(t, text) {
		if w := o.MinSize().Width; w > 301 {
			t.Errorf("%q is %.0f wide", o.Text, w)
		}
		said += o.Text
	}
	if strings.ReplaceAll(said, " ", "") != strings.ReplaceAll(path, " ", "") {
		t.Errorf("it says %q", said)
	}
}

func canvasTexts(t *testing.T, w fyne.Widget) (all []*canvas.Text) {
	t.Helper()
	r := w.CreateRenderer()
	r.Layout(w.Size())
	for _, o := range r.Objects() {
		if text, ok := o.(*canvas.Text); ok {
			all = append(all, text)
		}
	}
	return all
}
