package pickup

import (
	"slices"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
)

// report is the quiet button by which something is said to be wrong.
var report = pages.Button{Action: view.ActReport, Label: "care.report", Kind: kit.Quiet}

// careSteps are the pages on which somebody says that something is wrong.
var careSteps = map[view.Step]pages.Drawer{
	view.StepCareReport: wrong("care_report"),
	view.StepCareAsk:    wrong("care_ask"),
	view.StepCareClose: pages.By(func(s pages.Sheet) pages.Drawer {
		d := pages.Door{Says: pages.Says{
			Words: "care_close", More: "care.number", Mark: "door-open", Data: number,
		}, Big: true}
		if s.View.LeftOpen() > 0 {
			d.Tone = pages.Warn
		}
		return d
	}),
	view.StepCareCase: drawn(casePage),
}

// drawn is a page of its own making.
type drawn func(s pages.Sheet) pages.Page

// Draw draws it.
func (d drawn) Draw(s pages.Sheet) pages.Page { return d(s) }

func wrong(page string) pages.Drawer {
	return pages.Door{Says: pages.Says{
		Words: page, Mark: "help", Tone: pages.Warn, Buttons: []pages.Button{
			{Action: view.ActEmpty, Label: "care.empty", Kind: kit.Secondary},
			{Action: view.ActNotMine, Label: "care.not_mine", Kind: kit.Secondary},
			{Action: view.ActDamaged, Label: "care.damaged", Kind: kit.Secondary},
			pages.Back,
		},
	}}
}

func number(s pages.Sheet) words.Data { return words.Data{"Case": s.View.OfPickup().Case} }

// casePage shows the number of the case, to be taken along as a picture.
func casePage(s pages.Sheet) pages.Page {
	p := pages.Plan{
		Mark: "receipt", Title: s.Words.Say("care_case.title", number(s)), Lead: s.Say("care_case.lead"),
		More: s.Say("care_case.more"), Buttons: []pages.Button{
			{Action: view.ActBack, Label: "care_case.others", Kind: kit.Primary},
			{Action: view.ActFinish, Kind: kit.Primary}, printNumber,
		},
	}
	if s.View.Allows(view.ActBack) {
		p.Buttons[1].Kind = kit.Secondary
	}
	if s.View.OfPickup().Print == view.PrintBusy { // it keeps its place
		b := kit.NewButton(s.Look, kit.Secondary, "printer", s.Say("care_case.print"), nil)
		b.Enable(false)
		p.Extra = append(p.Extra, b)
	}
	if line, alert := printing(s); line != "" || alert != "" {
		p.More, p.Alert = line, alert
	}
	p.Figure = caseSlip
	return pages.Compose(s, p)
}

// caseSlip is the number as a code and as it is read out.
func caseSlip(s pages.Sheet) fyne.CanvasObject {
	l, of := s.Look, s.View.OfPickup().Case
	if of == "" {
		return kit.Space(0, 0)
	}
	side := l.U(70)
	if !l.Portrait {
		side = l.U(44)
	}
	slip := []fyne.CanvasObject{kit.NewText(of, l.U(7), true, kit.Ink).Centred()}
	if qr, err := kit.NewQR(of, side); err == nil {
		slip = append([]fyne.CanvasObject{qr}, slip...)
	}
	return kit.Column(0, kit.Edged(kit.Card, kit.Stone, l.Radius(), l.U(4), l.U(4), kit.Column(l.U(2), slip...)),
		kit.Spring())
}

var printNumber = pages.Button{Action: view.ActPrint, Label: "care_case.print", Kind: kit.Secondary}

// printing says how printing the number goes: a line, or what must be seen.
func printing(s pages.Sheet) (line, alert string) {
	well := !slices.Contains(s.View.Notices, view.NoticeNoPrinter)
	switch how := s.View.OfPickup().Print; {
	case how == view.PrintBusy && !well:
		return "", s.Say("courier_receipt.waiting")
	case how == view.PrintBusy:
		return s.Say("courier_receipt.printing"), ""
	case how == view.PrintDone:
		return s.Say("courier_receipt.printed"), ""
	case how == view.PrintFailed:
		return "", s.Say("care_case.not_printed")
	}
	return "", ""
}

// stuck is one step with a door that stays closed: what the person does, as a drawing.
func stuck(lead, scene string) pages.Drawer {
	return pages.Message{Says: pages.Says{
		Title: "no_open.title", Lead: lead, More: "no_open.safe", Tone: pages.Warn, Mark: "hand", Retry: true,
		Buttons: []pages.Button{
			{Action: view.ActTryAgain, Label: "no_open.try_now", Kind: kit.Primary}, pages.Back,
		},
	}, Scene: scene, Shade: pages.Warn}
}

// handedOver says that no more is tried, and with which number help is got.
func handedOver(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Title: "no_open.title", Lead: "no_open.handed_over", More: "no_open.handed_over_more", Alert: "care.number",
		Tone: pages.Warn, Mark: "help", Buttons: []pages.Button{{Action: view.ActBack, Kind: kit.Primary},
			printNumber},
		Data: number,
	}, Scene: "counter", Shade: pages.Warn}
	switch s.View.OfPickup().Print {
	case view.PrintBusy:
		m.More = "courier_receipt.printing"
	case view.PrintDone:
		m.More = "courier_receipt.printed"
	case view.PrintFailed:
		m.More = "care_case.not_printed"
	}
	return m
}
