package staff

import (
	"slices"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// wallNow shows how every door is doing.
func wallNow(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, "staff_wall", "wall")
	p.Wide = true
	if staff.Loading && len(staff.Doors) == 0 {
		empty(s, &p, "", true)
		return pages.Compose(s, p)
	}
	picks := s.Picks
	if picks == nil {
		picks = kit.NewPicks(nil)
	}
	faces := map[string]kit.DoorFace{}
	counts := map[string]int{}
	for _, d := range staff.Doors {
		look := lookOf(d.Kind)
		faces[d.Number] = kit.DoorFace{Ground: look.ground, Ink: look.ink, Shape: look.shape,
			Open: d.Door == "open"}
		counts[d.Kind]++
	}
	p.Notes = legend(s, counts)
	if picks.Near() {
		p.Extra = append(p.Extra, kit.NewButton(l, kit.Secondary, "back", s.Say("live.whole"), picks.Whole))
	}
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		return kit.NewStateWall(l, s.View.Wall, picks, faces, s.Say("wall.here"), func(number string) {
			if s.View.Allows(view.ActPick) {
				s.Do(view.ActPick, number)
			}
		})
	}
	return pages.Compose(s, p)
}

// legend says what forms and colours mean, and how many doors there are of each kind
// that is there, the most urgent first.
func legend(s pages.Sheet, counts map[string]int) fyne.CanvasObject {
	l := s.Look
	kinds := slices.Clone(view.DoorKinds)
	for kind := range counts {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds[len(view.DoorKinds):])
	var cells []fyne.CanvasObject
	for _, kind := range kinds {
		if counts[kind] == 0 {
			continue
		}
		look := lookOf(kind)
		face := kit.DoorFace{Ground: look.ground, Ink: look.ink, Shape: look.shape, Open: kind == "open"}
		says := s.Words.Say("staff_wall.kind", words.Data{
			"Kind": pages.Word(s, "staff.kind.", kind), "Number": counts[kind],
		})
		cells = append(cells, kit.Fill(kit.Row(l.U(1),
			kit.Middle(kit.NewDoorSwatch(l, face)),
			kit.Fill(kit.Middle(kit.NewText(says, l.Small(), false, kit.Ink).Cut())))))
	}
	across := 5
	if l.Portrait {
		across = 4
	}
	var rows []fyne.CanvasObject
	for i := 0; i < len(cells); i += across {
		row := slices.Clone(cells[i:min(i+across, len(cells))])
		for len(row) < across {
			row = append(row, kit.Spring())
		}
		rows = append(rows, kit.Row(l.U(2), row...))
	}
	return kit.Column(l.U(1), rows...)
}
