package staff

import (
	"cmp"
	"strconv"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// A list is a page of lines that can be picked.
type list struct{ words, mark string }

// Draw makes the page.
func (l list) Draw(s pages.Sheet) pages.Page {
	staff := s.View.OfStaff()
	p := begin(s, l.words, l.mark)
	p.Wide = true
	if s.View.Step == view.StepStaffReason {
		p.Title, p.Lead = asked(s, l.words, staff.Doing), about(s)
		if p.Title == s.Say(l.words+".title") && staff.Doing != "" {
			p.Lead = strings.Join([]string{pages.Word(s, "staff.op.", staff.Doing), p.Lead}, " · ")
		}
	}
	if id := l.words + ".lead"; p.Lead == "" && s.Words.Has(id) {
		p.Lead = s.Say(id)
	}
	operations(s, &p, staff.Ops)
	if empty(s, &p, l.words, len(staff.Items) == 0) {
		return pages.Compose(s, p)
	}
	pages.Parts(s, &p, s.Look.U(1.5), 0, len(staff.Items), func(i int, _ bool) fyne.CanvasObject {
		return line(s, staff.Items[i])
	})
	return pages.Compose(s, p)
}

// empty says that nothing is there, or not yet.
func empty(s pages.Sheet, p *pages.Plan, words string, none bool) bool {
	switch {
	case s.View.OfStaff().Loading:
		p.Lead, p.Figure = s.Say("staff.loading"), pages.Scene("pause", kit.Accent)
	case none:
		p.Lead, p.Figure = s.Say("staff.none"), pages.Scene("pause", kit.Accent)
		if id := words + ".none"; s.Words.Has(id) {
			p.Lead, p.Figure = s.Say(id), pages.Scene("done", kit.Good)
		}
	default:
		return false
	}
	return true
}

// asked is the title of a page that asks about an operation.
func asked(s pages.Sheet, words, op string) string {
	if id := words + "." + op; op != "" && s.Words.Has(id) {
		return s.Say(id)
	}
	return s.Say(words + ".title")
}

// title says what an item is, and never nothing.
func title(s pages.Sheet, item view.StaffItem) string {
	text := pages.Told(s, item.Title, "staff.item.", "staff.", "")
	if name := item.Title.Data["Device"]; name != "" {
		return s.Words.Say("staff.about", words.Data{"Fact": name, "Value": text})
	}
	if text != "" {
		return pages.Clean(text)
	}
	return pages.Word(s, "staff.kind.", item.Kind)
}

// line is one item, and a button all over it.
func line(s pages.Sheet, item view.StaffItem) fyne.CanvasObject {
	l := s.Look
	text := []fyne.CanvasObject{kit.NewText(title(s, item), l.Body(), true, kit.Ink).Cut()}
	if item.Detail != nil {
		detail := pages.Told(s, *item.Detail, "staff.item.", "staff.", "")
		more := kit.NewText(detail, l.Small(), false, kit.InkSoft).Cut()
		if item.Kind == "line" {
			more.First(2) // the rules that it names are many
		}
		text = append(text, more)
	}
	side := l.U(7)
	row := []fyne.CanvasObject{kit.Fill(kit.Middle(kit.Column(0, text...)))}
	if s.View.Step != view.StepStaffReturnReason { // there they would all be alike
		row = append([]fyne.CanvasObject{kit.Middle(kit.Sized(sign(item), side, side))}, row...)
	}
	h := harms[item.Harm]
	var end []fyne.CanvasObject
	if item.Harm != "" {
		end = append(end, kit.Hug(kit.NewLine(pages.Word(s, "staff.harm.", item.Harm), l.Small(), true,
			h.ink()), 1))
	}
	if item.At != nil {
		end = append(end, kit.Hug(kit.NewLine(pages.Since(s, *item.At), l.Small(), false, kit.InkSoft), 1))
	}
	if item.Count > 0 {
		end = append(end, kit.Hug(kit.NewLine(strconv.Itoa(item.Count), l.Small(), true, kit.Ink), 1))
	}
	if len(end) > 0 {
		row = append(row, kit.Middle(kit.Column(0, end...)))
	}
	card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2.5), l.U(1), kit.Row(l.U(2.5), row...))
	return picked(s, card, l.Target(11), item.Value)
}

// picked lays a button over what can be picked.
func picked(s pages.Sheet, card fyne.CanvasObject, least float32, value string) fyne.CanvasObject {
	if !s.View.Allows(view.ActPick) {
		return kit.Tall(least, card)
	}
	touch := kit.NewButton(s.Look, kit.Area, "", "", func() { s.Do(view.ActPick, value) })
	return kit.Tall(least, card, touch)
}

// menu is where to go: a tile for each place.
func menu(s pages.Sheet) pages.Page { return places(s, "staff_menu", "") }

func places(s pages.Sheet, words, mark string) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, words, mark)
	p.Wide = true
	if staff.Line != nil {
		p.Lead = pages.Told(s, *staff.Line, "staff.line.")
	}
	operations(s, &p, staff.Ops)
	p.Buttons = append(p.Buttons, pages.Button{Action: view.ActGoodsIn, Kind: kit.Secondary})
	if empty(s, &p, "", len(staff.Items) == 0) {
		return pages.Compose(s, p)
	}
	across := 3
	if l.Portrait {
		across = 2
	}
	down := (len(staff.Items) + across - 1) / across
	pages.Parts(s, &p, l.U(2), 0, down, func(i int, _ bool) fyne.CanvasObject {
		var row []fyne.CanvasObject
		for j := i * across; j < (i+1)*across; j++ {
			if j < len(staff.Items) {
				row = append(row, kit.Fill(tile(s, staff.Items[j])))
			} else {
				row = append(row, kit.Spring())
			}
		}
		return kit.Row(l.U(2), row...)
	})
	return pages.Compose(s, p)
}

// tile is one place of the menu.
func tile(s pages.Sheet, item view.StaffItem) fyne.CanvasObject {
	l := s.Look
	side := l.U(9)
	text := []fyne.CanvasObject{kit.NewText(title(s, item), l.Body(), true, kit.Ink).Cut()}
	if item.Count > 0 {
		wait := s.Words.Say("staff.wait", words.Data{"Count": item.Count})
		ground := kit.Accent
		if h, ok := harms[item.Harm]; ok {
			ground = h.ink()
		}
		badge := kit.Panel(ground, l.U(4), l.U(2), l.U(0.25),
			kit.NewLine(wait, l.Small(), true, kit.OnAccent))
		text = append(text, kit.Hug(badge, 0))
	} else if item.Detail != nil {
		detail := pages.Told(s, *item.Detail, "staff.item.", "staff.", "")
		text = append(text, kit.NewText(detail, l.Small(), false, kit.InkSoft).Cut())
	}
	icon := kit.Panel(kit.AccentWash, side/2, l.U(2), l.U(2), kit.Icon(drawing(item.Kind), kit.Accent))
	row := kit.Row(l.U(2.5), kit.Middle(kit.Sized(icon, side, side)),
		kit.Fill(kit.Middle(kit.Column(l.U(0.5), text...))))
	card := kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(2.5), l.U(2), kit.Middle(row))
	height := l.U(19)
	if l.Portrait {
		height = l.U(24)
	}
	return picked(s, card, height, item.Value)
}

// drawing is the icon of a kind; a neutral one where a newer core has another kind.
func drawing(kind string) string {
	if name := cmp.Or(drawings[kind], drawingsOfReturns[kind]); name != "" {
		return name
	}
	if look, ok := looks[kind]; ok && look.shape != "" {
		return look.shape
	}
	if name, _, ok := strings.Cut(kind, "_"); ok && drawings[name] != "" {
		return drawings[name]
	}
	return "shape-ring"
}

var drawings = map[string]string{
	"queue": "queue", "wall": "wall", "find": "find", "counter": "counter", "devices": "device",
	"device": "device", "help": "bell",
	"couriers": "courier", "courier": "courier", "accounts": "people", "account": "person", "staff": "people",
	"practice": "practice", "practise": "practice", "parcel": "parcel", "door": "door", "person": "person",
	"customer": "person", "role": "people", "reason": "help", "other": "help",
	"picking": "queue", "bay": "courier", "sale": "receipt", "sale_money": "receipt",
	"on_hand": "counter", "warehouse": "parcel",
	"leave": "courier", "leaving": "courier", "shelf": "counter",
	"associate": "person", "supervisor": "person", "technician": "wrench", "manager": "person",
	"scanner": "scan", "badge": "badge", "printer": "printer", "label_printer": "printer", "bus": "device",
	"board": "device", "clock": "clock", "climate": "device", "consumer": "device", "core": "device",
	"tokens": "device",
	"camera": "device", "refunds": "device",
	"announced": "parcel", "booked": "parcel", "depositing": "courier", "stored": "door",
	"collecting": "door-open",
	"collected":  "tick", "deposit_failed": "courier", "counter_held": "counter", "cancelled": "clear",
	"missing": "help",
}
