package core

import (
	"context"
	"errors"
	"time"

	"cubby/hardware/printer"
	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/returns"
	"cubby/locker/station"
	"cubby/locker/view"
)

// recall has a member's page show all that is known of them. It is kept nowhere.
func (w *deskWork) recall(e ledger.Effect) {
	r := e.(members.Recall)
	w.begin(func(ctx context.Context) {
		if w.everything == nil { // of a practice, where nobody is kept
			return
		}
		all, err := w.everything(ctx, r.Customer)
		if err != nil && ctx.Err() == nil {
			w.log.Error("what is known of a customer cannot be read", "error", err)
		}
		lines := linesOf(all)
		w.station.AttachView(station.Page{Visit: r.Visit, Step: view.StepMemberHistory}, func(v *view.View) {
			v.Member.Loading = false
			v.Member.Lines = append(v.Member.Lines, lines...)
		})
	})
}

// printAll has it put on paper. The paper is nobody's to print again.
func (w *deskWork) printAll(e ledger.Effect) {
	p := e.(members.Print)
	if w.known == nil { // in a practice
		w.station.Tell(p.Terminal, returns.Printed{Job: p.Job, Result: view.PrintDone})
		return
	}
	w.begin(func(ctx context.Context) { w.known(ctx, p) })
}

// printKnown prints all that is known of a customer.
func (c *Core) printKnown(ctx context.Context, p members.Print) {
	c.back.jobs.Store(p.Job, p.Terminal)
	all, err := c.desk.everything(ctx, p.Customer)
	if err == nil {
		err = c.papers.known(p, all)
	}
	if err != nil {
		c.log.Warn("what is known of a customer is not printed", "error", err)
		c.back.printed(p.Job, view.PrintFailed)
	}
}

// known prints a record with everything that belongs to it, where a terminal prints.
func (p *papers) known(e members.Print, all customers.Everything) error {
	at, _ := p.cfg.TerminalNamed(e.Terminal)
	to := p.receipts.Load()
	if to == nil || p.cfg.PrinterDevice(at) == "" {
		return errors.New("the terminal has no printer for this")
	}
	say := p.speaker(p.language(e.Language))
	page := append(p.head(say, "print.known.title", false),
		printer.Text{Words: say("print.known.at", "{{.Time}}", p.cfg.Station.Written(time.Now()))}, printer.Rule{})
	add := func(what, value string) {
		if value != "" && len(page) < mostPaperLines {
			page = append(page, printer.Pair{Left: say("print.known." + what), Right: value})
		}
	}
	who := all.Person
	add("name", who.Name)
	add("email", who.Email)
	add("phone", who.Phone)
	add("language", who.Language)
	add("channel", string(who.Channel))
	for _, wish := range who.Wishes {
		add("wish", wish)
	}
	if who.Receipt {
		add("receipt", "+")
	}
	if all.QR != nil {
		add("qr", p.cfg.Station.Written(all.QR.Made))
	}
	add("kept", p.cfg.Station.Written(all.Created))
	for _, said := range all.Consents {
		what := "withdrawn"
		if said.Given {
			what = "given"
		}
		add(what, said.Purpose+" ("+said.Through+"), "+p.cfg.Station.Written(said.At))
	}
	for _, l := range linesOf(all) {
		add(l.Kind, l.Text+", "+l.Name+", "+p.cfg.Station.Written(*l.At))
	}
	data, err := printer.Encode(p.cfg.Printer.Paper(), append(page, printer.Rule{},
		printer.Text{Words: say("print.known.end")})...)
	if err != nil {
		return err
	}
	return to.Print(printer.Job{
		ID: e.Job, Title: "what is known of a customer", Data: data, Copy: data, Secret: true,
	})
}

// linesOf are the lines of what is kept beside the record.
func linesOf(all customers.Everything) (lines []view.MemberLine) {
	for _, p := range all.Parcels {
		at := p.Announced
		if p.Ended != nil {
			at = *p.Ended
		} else if p.Stored != nil {
			at = *p.Stored
		}
		lines = append(lines, view.MemberLine{Kind: "parcel", Text: p.ID, Name: p.State, At: &at})
	}
	for _, o := range all.Orders {
		lines = append(lines, view.MemberLine{Kind: "order", Text: o.ID, Name: o.Shop, At: &o.Ordered})
	}
	for _, r := range all.Returns {
		lines = append(lines, view.MemberLine{Kind: "return", Text: r.ID, Name: r.State, At: &r.Requested})
	}
	for _, m := range all.Messages {
		lines = append(lines, view.MemberLine{Kind: "message", Text: m.Kind + " (" + m.Channel + ")", Name: m.State,
			At: &m.Queued})
	}
	return lines
}
