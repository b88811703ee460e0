package staff

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// story tells what happened, the newest first. A new day has a heading.
func story(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, "staff_story", "story")
	p.Title = asked(s, "staff_story", staff.Doing)
	p.Wide = true
	operations(s, &p, staff.Ops)
	if empty(s, &p, "", len(staff.Story) == 0) {
		return pages.Compose(s, p)
	}
	lines := staff.Story
	at := func(i int) view.StoryLine { return lines[len(lines)-1-i] }
	pages.Parts(s, &p, l.U(1), 0, len(lines), func(i int, first bool) fyne.CanvasObject {
		this := at(i)
		row := kit.Row(l.U(3),
			kit.Column(0, kit.Sized(kit.NewLine(pages.Hour(this.At), l.Body(), false, kit.InkSoft), l.U(13),
				l.Body()*1.32),
				kit.Spring()),
			kit.Fill(kit.NewText(words.Tell(s.Words, this), l.Body(), false, kit.Ink).Cut()))
		if !first && pages.SameDay(this.At, at(i-1).At) {
			return row
		}
		date := pages.Day(s, this.At)
		if pages.SameDay(this.At, pages.Now(s)) {
			date = s.Say("staff.time.today")
		}
		return kit.Column(l.U(1), kit.NewText(date, l.Body(), true, kit.Ink), row)
	})
	return pages.Compose(s, p)
}
