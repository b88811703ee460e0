package staff

import (
	"slices"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// Lengths of what is typed on the pages of returns, in characters.
const (
	longestNote  = 200
	longestPrice = 12
)

// ofReturns are the pages of returns. Most show a table of what is known, and below it
// what can be picked.
var ofReturns = map[view.Step]pages.Drawer{
	view.StepStaffReturns:     tiles{"staff_returns", "undo"},
	view.StepStaffReturnFind:  typing{"staff_return_find", "find", longestQuery, 2},
	view.StepStaffReturnFound: list{"staff_return_found", "find"},
	view.StepStaffReturnOrder: facts{"staff_return_order", "receipt"},
	view.StepStaffReturnLine:  facts{"staff_return_line", "help"},

	view.StepStaffReturnQuantity: pages.Func(howMany),
	view.StepStaffReturnReason:   choices{"staff_return_reason", "help"},
	view.StepStaffReturnGrade:    choices{"staff_return_grade", "find"},
	view.StepStaffReturnNote:     typing{"staff_return_note", "story", longestNote, 5},
	view.StepStaffReturnPhoto:    pages.Func(photo),
	view.StepStaffReturnDecide:   pages.By(decide),
	view.StepStaffReturnDispose:  choices{"staff_return_dispose", "parcel"},
	view.StepStaffReturnNew:      typing{"staff_return_new", "plus", longestQuery, 2},
	view.StepStaffReturnPrice:    typing{"staff_return_price", "receipt", longestPrice, 1},
	view.StepStaffReturnPay:      pages.Func(pay),

	view.StepStaffReturnCase:    facts{"staff_return_case", "receipt"},
	view.StepStaffReturnCases:   list{"staff_return_cases", "queue"},
	view.StepStaffReturnRound:   facts{"staff_return_round", "door"},
	view.StepStaffReturnTotes:   list{"staff_return_totes", "parcel"},
	view.StepStaffReturnTote:    facts{"staff_return_tote", "scan"},
	view.StepStaffReturnMoney:   facts{"staff_return_money", "receipt"},
	view.StepStaffReturnFigures: pages.Func(figures),
}

// A typing is a page on which one text is typed.
type typing struct {
	words, mark string
	most, lines int
}

// Draw makes the page.
func (t typing) Draw(s pages.Sheet) pages.Page {
	if s.View.OfStaff().Loading {
		p := begin(s, t.words, t.mark)
		empty(s, &p, "", true)
		return pages.Compose(s, p)
	}
	return form(s, t.words, t.mark, t.most, t.lines)
}

// A tiles page has a tile for each place to go to.
type tiles struct{ words, mark string }

// Draw makes the page.
func (t tiles) Draw(s pages.Sheet) pages.Page { return places(s, t.words, t.mark) }

// A choices page is a list of words of which one is picked, in two columns where there
// is the width. What it is about stands above.
type choices struct{ words, mark string }

// Draw makes the page.
func (c choices) Draw(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, c.words, c.mark)
	p.Wide, p.Lead, p.More = true, about(s), toLookAt(s)
	operations(s, &p, staff.Ops)
	if empty(s, &p, c.words, len(staff.Items) == 0) {
		return pages.Compose(s, p)
	}
	across := 2
	if l.Portrait {
		across = 1
	}
	pages.Parts(s, &p, l.U(1.5), 0, (len(staff.Items)+across-1)/across, func(i int, _ bool) fyne.CanvasObject {
		var row []fyne.CanvasObject
		for j := i * across; j < (i+1)*across; j++ {
			if j < len(staff.Items) {
				row = append(row, kit.Fill(line(s, staff.Items[j])))
			} else {
				row = append(row, kit.Spring())
			}
		}
		return kit.Row(l.U(2), row...)
	})
	return pages.Compose(s, p)
}

// decide shows all that is known where there is the height for it.
func decide(s pages.Sheet) pages.Drawer {
	if s.Look.Portrait {
		return facts{"staff_return_decide", "receipt"}
	}
	return choices{"staff_return_decide", "receipt"}
}

// toLookAt are the reasons to look twice, in whole sentences.
func toLookAt(s pages.Sheet) string {
	var all []string
	for _, f := range s.View.OfStaff().Facts {
		if f.Name == "signal" {
			all = append(all, value(s, f.Value))
		}
	}
	return strings.Join(all, "\n")
}

// howMany is a key for each number.
func howMany(s pages.Sheet) pages.Page {
	staff, l := s.View.OfStaff(), s.Look
	p := begin(s, "staff_return_quantity", "parcel")
	p.Lead, p.Wide = about(s), true
	operations(s, &p, staff.Ops)
	if empty(s, &p, "staff_return_quantity", len(staff.Items) == 0) {
		return pages.Compose(s, p)
	}
	across := 4
	if !l.Portrait {
		across = 8
	}
	pages.Parts(s, &p, l.U(2), 0, (len(staff.Items)+across-1)/across, func(i int, _ bool) fyne.CanvasObject {
		var row []fyne.CanvasObject
		for j := i * across; j < (i+1)*across; j++ {
			if j >= len(staff.Items) {
				row = append(row, kit.Spring())
				continue
			}
			item := staff.Items[j]
			key := kit.NewButton(l, kit.Key, "", pages.Brief(item.Value, 6), func() { s.Do(view.ActPick, item.Value) })
			key.Enable(s.View.Allows(view.ActPick))
			row = append(row, kit.Fill(kit.Tall(l.Main(13), key)))
		}
		return kit.Row(l.U(2), row...)
	})
	return pages.Compose(s, p)
}

// photo has a picture taken of what came back.
func photo(s pages.Sheet) pages.Page {
	p := begin(s, "staff_return_photo", "camera")
	p.Lead, p.More = s.Say("staff_return_photo.lead"), about(s)
	p.Buttons = []pages.Button{
		{Action: view.ActYes, Label: "return_photo.use", Kind: kit.Primary},
		{Action: view.ActPhoto, Label: "return_photo.take", Kind: kit.Primary},
		{Action: view.ActSkip, Label: "return_photo.skip", Kind: kit.Secondary}, pages.Back,
	}
	if s.View.Allows(view.ActYes) {
		p.Buttons[1] = pages.Button{Action: view.ActPhoto, Label: "return_photo.again", Kind: kit.Secondary}
	}
	operations(s, &p, s.View.OfStaff().Ops)
	p.Figure = pages.Scene("photo", kit.Accent)
	return pages.Compose(s, p)
}

// pay asks whether the difference of an exchange has been paid at the till.
func pay(s pages.Sheet) pages.Page {
	p := begin(s, "staff_return_pay", "receipt")
	p.Lead = s.Say("staff_return_pay.lead")
	p.Buttons = []pages.Button{
		{Action: view.ActYes, Label: "staff_return_pay.yes", Kind: kit.Primary}, pages.Back,
	}
	confirmed(s, &p)
	return pages.Compose(s, p)
}

// ofReturn are facts that have another name on the pages of returns than elsewhere.
var ofReturn = []string{"state", "id"}

// factName is the name of a fact, as the page calls it.
func factName(s pages.Sheet, name string) string {
	if strings.HasPrefix(string(s.View.Step), "staff_return") && slices.Contains(ofReturn, name) {
		name = "return_" + name
	}
	switch {
	case s.View.Step == view.StepStaffReturnCase && name == "channel":
		name = "came_by" // not how it was bought
	case s.View.Step == view.StepStaffReturnFigures && name == "count":
		name = "returns_counted"
	}
	return pages.Word(s, "staff.fact.", name)
}
