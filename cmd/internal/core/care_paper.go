package core

import (
	"errors"

	"cubby/hardware/printer"
	"cubby/locker/care"
	"cubby/locker/view"
)

// printCase prints the receipt of a case where its customer stands.
func (r *returning) printCase(e care.Print) {
	r.jobs.Store(e.Job, e.Terminal)
	if err := r.papers.caseReceipt(e); err != nil {
		r.log.Warn("the receipt of a case is not printed", "case", e.Case.Number, "error", err)
		r.printed(e.Job, view.PrintFailed)
	}
}

// caseReceipt says what was noted, and its number, which staff scan. It opens nothing.
func (p *papers) caseReceipt(e care.Print) error {
	at, _ := p.cfg.TerminalNamed(e.Terminal)
	to := p.receipts.Load()
	if to == nil || p.cfg.PrinterDevice(at) == "" {
		return errors.New("the terminal has no printer for this")
	}
	first, err := p.caseWritten(e, false)
	if err != nil {
		return err
	}
	again, err := p.caseWritten(e, true)
	if err != nil {
		return err
	}
	return to.Print(printer.Job{ID: e.Job, Title: "receipt of case " + e.Case.Number, Data: first, Copy: again})
}

func (p *papers) caseWritten(e care.Print, again bool) ([]byte, error) {
	say := p.speaker(p.language(e.Language))
	page := append(p.head(say, "print.case.title", again),
		printer.Text{Words: say("print.case." + string(e.Case.Kind)), Bold: true})
	if e.Ref != "" {
		page = append(page, printer.Text{Words: say("print.parcel", "{{.Parcel}}", e.Ref)})
	}
	page = append(page,
		printer.Text{Words: say("print.door", "{{.Door}}", e.Case.Door)},
		printer.Text{Words: p.cfg.Station.Written(e.Case.Opened)},
		printer.Rule{},
		printer.QR{Words: e.Case.Number},
		printer.Text{Words: e.Case.Number, Centre: true, Bold: true},
		printer.Space(1),
		printer.Text{Words: say("print.case.next")},
	)
	if phone := p.cfg.Station.Phone; phone != "" {
		page = append(page, printer.Text{Words: say("print.case.phone", "{{.Phone}}", phone)})
	}
	return printer.Encode(p.cfg.Printer.Paper(), page...)
}
