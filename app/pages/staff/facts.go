package staff

import (
	"slices"
	"strconv"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// facts is a page about one thing: what is known of it, and what can be done.
type facts struct{ words, mark string }

// Draw makes the page.
func (f facts) Draw(s pages.Sheet) pages.Page {
	staff := s.View.OfStaff()
	p := begin(s, f.words, f.mark)
	switch s.View.Step {
	case view.StepStaffDoor:
		p.Plate, p.Small = s.Door(), !s.Look.Portrait && len(s.Door()) > 4
	case view.StepStaffPerson:
		p.Title = asked(s, f.words, staff.Doing)
	case view.StepStaffCustomer, view.StepStaffMember:
		p.More = s.Say("staff_customer.look")
	}
	operations(s, &p, staff.Ops)
	if p.Alert == "" && slices.ContainsFunc(staff.Facts, conditional) {
		p.Alert = s.Say("staff.conditional")
	}
	if id := f.words + ".lead"; s.Words.Has(id) {
		p.Lead = s.Say(id)
	}
	if !empty(s, &p, f.words, len(staff.Facts)+len(staff.Items)+len(staff.Charts) == 0) {
		table(s, &p)
	}
	return pages.Compose(s, p)
}

// conditional reports whether a fact says that the shop has to agree first.
func conditional(f view.StaffFact) bool { return f.Value != nil && f.Value.ID == "conditional" }

// grave are the operations that are not taken back easily: they never lie where
// the main button or the one to leave is.
var grave = []string{view.OpWriteOff, view.OpRemove, view.OpOutOfService, view.OpReturnCancel}

// seldom are exceptions, which are never what the page is for.
var seldom = []string{view.OpReturnOverride, view.OpReturnUnverified, view.OpEraseRecord}

// operations are the buttons of what can be done: the first is the main one.
func operations(s pages.Sheet, p *pages.Plan, ops []string) {
	if !s.View.Allows(view.ActOp) {
		return
	}
	var others []*kit.TouchButton
	for i, op := range ops {
		switch {
		case slices.Contains(grave, op):
		case i == 0 && p.Submit == nil:
			kind := kit.Primary
			if slices.Contains(seldom, op) {
				kind = kit.Secondary
			}
			p.Submit = operation(s, op, kind)
		default:
			others = append(others, operation(s, op, kit.Secondary))
		}
	}
	others = some(s, others)
	if s.Look.Portrait || p.Wide {
		p.Extra = append(p.Extra, others...)
		return
	}
	dangers := dangerous(s, ops)
	rows, apart := pairs(s.Look, others), s.Look.U(1)
	if len(others) > 4 {
		apart = 0 // there is room for no more than the gap
	}
	if len(dangers) > 0 {
		rows = append(append(rows, kit.Space(0, apart)), pairs(s.Look, dangers)...)
	}
	if len(rows) > 0 {
		p.Notes = kit.Column(s.Look.U(1.25), rows...)
	}
}

// mostOps is how many buttons there are beside the main one.
const mostOps = 5

// some are as many of the operations as there is room for, and a button to go on to the
// others.
func some(s pages.Sheet, others []*kit.TouchButton) []*kit.TouchButton {
	if len(others) <= mostOps {
		return others
	}
	each := mostOps - 1
	if !s.Look.Portrait {
		each-- // there are those above, too, that are not taken back easily
	}
	groups := (len(others) + each - 1) / each
	at, _ := strconv.Atoi(s.Draft.Get(whichOps))
	at = max(0, min(at, groups-1))
	next := kit.NewButton(s.Look, kit.Secondary, "", s.Say("staff.more"), func() {
		if s.Draft != nil {
			s.Draft.Turn(whichOps, strconv.Itoa((at+1)%groups))
		}
	})
	return append(slices.Clone(others[at*each:min((at+1)*each, len(others))]), next)
}

// whichOps is where the draft keeps which group of operations is shown, from 0.
const whichOps = "ops"

func dangerous(s pages.Sheet, ops []string) (all []*kit.TouchButton) {
	for _, op := range ops {
		if slices.Contains(grave, op) && s.View.Allows(view.ActOp) {
			all = append(all, operation(s, op, kit.Grave))
		}
	}
	return all
}

// calm is how much of the height of an upright panel lies above all buttons that
// hands know: those that are not taken back easily are there.
const calm = 0.7

// below puts the operations that are not taken back easily above the figure, on an
// upright panel.
func below(s pages.Sheet, p *pages.Plan, ops []string) {
	dangers := dangerous(s, ops)
	if !s.Look.Portrait || len(dangers) == 0 {
		return
	}
	figure := p.Figure
	p.Figure = func(s pages.Sheet) fyne.CanvasObject {
		return kit.Column(s.Look.U(3), append(pairs(s.Look, dangers), kit.Fill(figure(s)))...)
	}
}

func operation(s pages.Sheet, op string, kind kit.Kind) *kit.TouchButton {
	icon := opDrawings[op]
	if !s.Look.Portrait && kind != kit.Primary {
		icon = "" // two of them share half of the width
	}
	return kit.NewButton(s.Look, kind, icon, pages.Word(s, "staff.op.", op), func() { s.Do(view.ActOp, op) })
}

// pairs puts buttons beside each other.
func pairs(l kit.Look, buttons []*kit.TouchButton) (rows []fyne.CanvasObject) {
	for i := 0; i < len(buttons); i += 2 {
		if i+1 < len(buttons) {
			rows = append(rows, kit.Split(l.U(1.5), 0.5, buttons[i], buttons[i+1]))
		} else {
			rows = append(rows, buttons[i])
		}
	}
	return rows
}

var opDrawings = map[string]string{
	view.OpOpen: "door-open", view.OpRestore: "tick", view.OpOutOfService: "clear", view.OpEndAlarm: "bell",
	view.OpToCounter: "counter", view.OpStillThere: "parcel", view.OpWriteOff: "clear",
	view.OpHandOver: "hand", view.OpHandKnown: "hand", view.OpNewCode: "receipt", view.OpHold: "clock",
	view.OpRelease: "undo", view.OpCloseCase: "tick", view.OpNothing: "next",
	view.OpStory: "story", view.OpParcel: "parcel", view.OpDoor: "door", view.OpCustomer: "person",
	view.OpReturnOverride: "hand", view.OpReturnUnverified: "help", view.OpReturnGrade: "find",
	view.OpReturnDecide: "receipt", view.OpReturnDispose: "parcel", view.OpReturnClose: "tick",
	view.OpReturnCancel: "clear", view.OpReturnLabel: "printer", view.OpReturnReceipt: "printer",
	view.OpReturnExplain: "help", view.OpReturnNext: "door-open", view.OpReturnTote: "plus",
	view.OpReturnMore: "plus", view.OpReturnAdd: "plus", view.OpReturnPhoto: "camera", view.OpReturnType: "plus",
	view.OpReturnRound: "door-open", view.OpGiveAway: "courier", view.OpShelve: "counter",
	view.OpLeavingNext: "door-open", view.OpSaleCash: "tick", view.OpSaleAge: "hand", view.OpSaleShort: "clear",
	view.OpSalePaidBack: "undo", view.OpSaleBackOnce: "again",
	view.OpReturnSeal: "tick", view.OpReturnRetry: "again",
	view.OpAdd: "plus", view.OpRemove: "clear", view.OpPractise: "practice",
}

// fact is one thing of a table: a name, a value, a time, on so many lines; 0: all it needs.
func fact(s pages.Sheet, f view.StaffFact, share float32, lines int) fyne.CanvasObject {
	l := s.Look
	size := l.Small()
	if l.Portrait {
		size = l.Body()
	}
	text := value(s, f.Value)
	if f.Name == "reason" || f.Name == "on_hold" || f.Name == "paused" {
		text = words.Why(s.Words, text)
	}
	if f.At != nil && text == "" {
		text = pages.When(s, *f.At)
	} else if f.At != nil {
		text += " · " + pages.Since(s, *f.At)
	}
	return kit.Inset(kit.Split(l.U(2), share,
		kit.NewText(factName(s, f.Name), size, false, kit.InkSoft).Cut().First(lines),
		kit.NewText(text, size, true, kit.Ink).Cut().First(lines)), l.U(3), l.U(0.5), l.U(3), l.U(0.5))
}

// mostBeside is how many facts have room beside a list.
const mostBeside = 9

// beside puts what is known to the left of a list, where that is all there is.
func beside(s pages.Sheet, p *pages.Plan) bool {
	staff, l := s.View.OfStaff(), s.Look
	if l.Portrait || len(staff.Ops) > 1 || len(staff.Items) == 0 || len(staff.Facts) == 0 ||
		len(staff.Facts) > mostBeside || (p.Alert != "" || p.News != "") && len(staff.Facts) > mostBeside-2 {
		return false
	}
	var known []fyne.CanvasObject
	for _, f := range staff.Facts {
		if !conditional(f) { // that is said above
			known = append(known, fact(s, f, 0.3, 1))
		}
	}
	if p.Alert != "" || p.News != "" {
		p.Lead = "" // there is no room for it
	}
	p.Share = 0.44
	p.Notes = kit.Column(l.U(0.5), known...)
	pages.Parts(s, p, l.U(1), 0, len(staff.Items), func(i int, _ bool) fyne.CanvasObject {
		return line(s, staff.Items[i])
	})
	return true
}

// table shows what is known, and below it what can be picked.
func table(s pages.Sheet, p *pages.Plan) {
	all, l := s.View.OfStaff().Facts, s.Look
	if beside(s, p) {
		return
	}
	row := func(i int, _ bool) fyne.CanvasObject { return fact(s, all[i], 0.36, 0) }
	less := 2 * l.U(1.5) // the edge of the card
	var dangers []fyne.CanvasObject
	if l.Portrait {
		dangers = pairs(l, dangerous(s, s.View.OfStaff().Ops))
	}
	if len(dangers) > 0 {
		less += kit.HeightFor(kit.Column(l.U(3), dangers...), l.Size.Width-2*l.U(7)) + l.U(3)
		less += max(0, pages.Foot(s, *p)-calm*l.Size.Height)
	}
	staff, n := s.View.OfStaff(), len(all)
	gap := l.U(0.5)
	if len(staff.Items)+len(staff.Charts) > 0 {
		gap = l.U(1)
	}
	rows, from := pages.Parts(s, p, gap, less, n+len(staff.Items)+len(staff.Charts),
		func(i int, first bool) fyne.CanvasObject {
			switch {
			case i < n:
				return row(i, first)
			case i < n+len(staff.Items):
				return line(s, staff.Items[i-n])
			}
			return chart(s, staff.Charts[i-n-len(staff.Items)])
		})
	known := max(0, min(n-from, len(rows)))
	var column []fyne.CanvasObject
	if known > 0 {
		column = append(column, kit.Edged(kit.Card, kit.Stone, l.Radius(), 0, l.U(1.5),
			kit.Column(l.U(0.5), rows[:known]...)))
	}
	column = append(column, dangers...)
	if len(rows) > known {
		column = append(column, kit.Column(l.U(1), rows[known:]...))
	}
	p.Figure = func(pages.Sheet) fyne.CanvasObject {
		return kit.Column(l.U(3),
			append(column, kit.Spring())...)
	}
}
