package core

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"cubby/hardware/printer"
	"cubby/locker/money/format"
	"cubby/locker/paper"
)

// document prints a document of returns where a terminal prints.
func (p *papers) document(terminal, job string, d paper.Document) error {
	at, ok := p.cfg.TerminalNamed(terminal)
	if !ok {
		return fmt.Errorf("there is no terminal %q", terminal)
	}
	to, device := p.receipts.Load(), p.cfg.PrinterDevice(at)
	if d.OnLabels() {
		to, device = p.labels.Load(), p.cfg.LabelPrinterDevice(at)
	}
	if to == nil || device == "" {
		return errors.New("the terminal has no printer for this")
	}
	first, err := p.written(d, false)
	if err != nil {
		return err
	}
	again, err := p.written(d, true)
	if err != nil {
		return err
	}
	return to.Print(printer.Job{ID: job, Title: d.Title(), Data: first, Copy: again})
}

func (p *papers) written(d paper.Document, again bool) ([]byte, error) {
	switch {
	case d.Receipt != nil:
		return p.returnReceipt(*d.Receipt, again)
	case d.Label != nil:
		return p.bagLabel(*d.Label, again)
	case d.Manifest != nil:
		return p.manifest(*d.Manifest, again)
	}
	return nil, errors.New("there is nothing on the paper")
}

// language is that of a document, or the station's first.
func (p *papers) language(tag string) string {
	if p.words[tag] == nil {
		return p.cfg.Station.Languages[0]
	}
	return tag
}

// head begins each paper of a return.
func (p *papers) head(
	say func(id string, gaps ...string) string,
	title string,
	again bool,
) []printer.Element {
	page := []printer.Element{
		printer.Text{Words: p.cfg.Station.Name, Centre: true},
		printer.Text{Words: say(title), Centre: true, Bold: true, Large: true},
	}
	if again {
		page = append(page, printer.Text{Words: say("print.copy"), Centre: true, Bold: true})
	}
	return append(page, printer.Rule{})
}

// mostPaperLines bounds what a receipt lists; a roll has an end.
const mostPaperLines = 200

func (p *papers) returnReceipt(r paper.Receipt, again bool) ([]byte, error) {
	tag := p.language(r.Language)
	say := p.speaker(tag)
	amount := func(minor int64) string { return format.Text(minor, r.Currency, tag) }
	page := p.head(say, "print.return.title", again)
	page = append(page, printer.Text{Words: say("print.return.case", "{{.Case}}", r.Case), Bold: true})
	if r.Order != "" {
		page = append(page, printer.Text{Words: say("print.return.order", "{{.Order}}", r.Order)})
	}
	page = append(page, printer.Text{Words: p.cfg.Station.Written(r.Date)}, printer.Rule{})
	for i, l := range r.Lines {
		if i == mostPaperLines {
			page = append(page, printer.Text{Words: "..."})
			break
		}
		worth := ""
		if l.Amount > 0 {
			worth = amount(l.Amount)
		}
		page = append(page, printer.Pair{Left: fmt.Sprintf("%d x %s", l.Quantity, l.Title), Right: worth})
		if l.Keep {
			page = append(page, printer.Text{Words: "  " + say("print.return.keep")})
		}
	}
	page = append(page, moneyOf(r, say, amount)...)
	page = append(page, printer.Rule{})
	for _, b := range r.Bags {
		text := say("print.return.bag", "{{.Bag}}", b.Code)
		if b.Door != "" {
			text = say("print.return.bag_door", "{{.Bag}}", b.Code, "{{.Door}}", b.Door)
		}
		page = append(page, printer.Text{Words: text})
	}
	page = append(
		page,
		printer.QR{Words: r.Case},
		printer.Text{Words: r.Case, Centre: true, Bold: true},
		printer.Space(1),
	)
	for _, what := range next(r) {
		page = append(page, printer.Text{Words: say(what, "{{.Item}}", r.Swap)})
	}
	page = append(page, printer.Text{Words: say("print.return.keep_paper")})
	return printer.Encode(p.cfg.Printer.Paper(), page...)
}

// moneyOf is the part of a receipt that adds up.
func moneyOf(r paper.Receipt, say func(id string, gaps ...string) string,
	amount func(int64) string) (page []printer.Element) {
	if r.Fee > 0 {
		page = append(page, printer.Pair{Left: say("print.return.fee"), Right: amount(-r.Fee)})
	}
	if r.Shipping > 0 {
		page = append(page, printer.Pair{Left: say("print.return.shipping"), Right: amount(r.Shipping)})
	}
	if r.Total <= 0 {
		return page
	}
	page = append(page, printer.Rule{},
		printer.Pair{Left: say("print.return.total"), Right: amount(r.Total), Bold: true})
	for _, t := range r.Tenders {
		page = append(page, printer.Pair{Left: say("print.return.tender." + t.Kind), Right: amount(t.Amount)})
	}
	for _, t := range r.Taxes {
		page = append(page, printer.Pair{
			Left: say(
				"print.return.tax",
				"{{.Rate}}",
				percent(t.Rate),
				"{{.Net}}",
				amount(t.Net()),
				"{{.Gross}}",
				amount(t.Gross),
			),
			Right: amount(t.Tax),
		})
	}
	return page
}

// percent writes millionths as a rate: 19, 5.5.
func percent(rate int64) string {
	whole, rest := rate/10_000, rate%10_000
	text := strconv.FormatInt(whole, 10)
	if rest != 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%04d", rest), "0")
	}
	return text
}

// next are the sentences about what happens next.
func next(r paper.Receipt) (all []string) {
	if r.Home {
		all = append(all, "print.return.next.home")
	}
	if r.Conditional {
		return append(all, "print.return.next.conditional")
	}
	if r.Swap != "" || r.Way == "exchange" {
		all = append(all, "print.return.next.exchange")
	}
	switch r.When {
	case "at_drop", "after_grading", "after_centre":
		all = append(all, "print.return.next."+r.When)
	}
	return all
}

func (p *papers) manifest(m paper.Manifest, again bool) ([]byte, error) {
	say := p.speaker(p.language(m.Language))
	page := p.head(say, "print.manifest.title", again)
	page = append(page, printer.QR{Words: m.Tote}, printer.Text{Words: m.Tote, Centre: true, Bold: true})
	if m.To != "" {
		page = append(page, printer.Text{Words: say("print.label.goes." + m.To)})
	}
	page = append(page, printer.Text{Words: p.cfg.Station.Written(m.Date)})
	if m.By != "" {
		page = append(page, printer.Text{Words: say("print.manifest.by", "{{.Name}}", m.By)})
	}
	page = append(page, printer.Rule{})
	units := 0
	for i, c := range m.Contents {
		units += c.Quantity
		if i >= mostPaperLines {
			continue
		}
		page = append(page, printer.Pair{Left: c.Bag, Right: c.Case, Bold: true},
			printer.Text{Words: fmt.Sprintf("  %d x %s", c.Quantity, c.Title)})
	}
	if len(m.Contents) > mostPaperLines {
		page = append(page, printer.Text{Words: "..."})
	}
	return printer.Encode(p.cfg.Printer.Paper(), append(page, printer.Rule{}, printer.Pair{
		Left: say("print.manifest.sum"), Right: strconv.Itoa(units), Bold: true,
	}, printer.Space(1), printer.Text{Words: say("print.manifest.sign")}, printer.Space(2), printer.Rule{})...)
}
