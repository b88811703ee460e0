package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"cubby/assets"
	"cubby/cmd/internal/config"
	usb "cubby/hardware/device"
	"cubby/hardware/printer"
	"cubby/hardware/printer/zpl"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/station"
)

// papers are the station's printers, and what is put on them.
type papers struct {
	cfg   *config.Config
	words map[string]map[string]string // language -> message -> text

	receipts atomic.Pointer[printer.Printer] // nil: none, or not open yet
	labels   atomic.Pointer[printer.Printer]
}

func newPapers(cfg *config.Config) (*papers, error) {
	p := &papers{cfg: cfg, words: map[string]map[string]string{}}
	for _, tag := range assets.Languages() {
		file, err := assets.Language(tag)
		if err != nil {
			return nil, err
		}
		var all map[string]any
		if err := json.Unmarshal(file, &all); err != nil {
			return nil, fmt.Errorf("the translation %s cannot be read: %w", tag, err)
		}
		p.words[tag] = map[string]string{}
		for id, text := range all {
			if text, ok := text.(string); ok && strings.HasPrefix(id, "print.") {
				p.words[tag][id] = text
			}
		}
	}
	return p, nil
}

// open opens the printers that are fitted.
func (p *papers) open(vault printer.Vault, devices *usb.Watcher, s printer.Sink) error {
	for _, cfg := range p.cfg.Printers() {
		cfg.Vault, cfg.Devices = vault, devices
		opened, err := printer.Open(cfg, s)
		if err != nil {
			return err
		}
		if cfg.Kind == printer.Labels {
			p.labels.Store(opened)
		} else {
			p.receipts.Store(opened)
		}
	}
	return nil
}

func (p *papers) close() (err error) {
	for _, one := range p.all() {
		err = errors.Join(err, one.Close())
	}
	return err
}

func (p *papers) all() (all []*printer.Printer) {
	for _, at := range []*atomic.Pointer[printer.Printer]{&p.receipts, &p.labels} {
		if one := at.Load(); one != nil {
			all = append(all, one)
		}
	}
	return all
}

// fallback is the language of a printer that has not the letters of another.
const fallback = "en"

// speaker gives the texts of a language that can be printed.
func (p *papers) speaker(tag string) func(id string, gaps ...string) string {
	return p.speakerOf(tag, p.cfg.Printer.Paper().Letters.Chinese())
}

func (p *papers) speakerOf(tag string, chinese bool) func(id string, gaps ...string) string {
	words := p.words[tag]
	if words == nil || strings.HasPrefix(tag, "zh") && !chinese {
		words = p.words[fallback]
	}
	return func(id string, gaps ...string) string {
		return strings.NewReplacer(gaps...).Replace(words[id])
	}
}

// Print puts a receipt on paper. It is a secret: whoever has it can open the door.
func (p *papers) Print(r station.Receipt) error {
	to := p.receipts.Load()
	if to == nil {
		return errors.New("the receipt printer is not open yet")
	}
	first, err := p.receipt(r, r.Copy)
	if err != nil {
		return err
	}
	again, err := p.receipt(r, true)
	if err != nil {
		return err
	}
	return to.Print(printer.Job{ID: r.Job, Title: "receipt of " + r.Parcel, Data: first, Copy: again, Secret: true})
}

// Forget takes back receipts that have not been printed.
func (p *papers) Forget(jobs ...string) {
	if to := p.receipts.Load(); to != nil {
		to.Forget(jobs...)
	}
}

func (p *papers) receipt(r station.Receipt, again bool) ([]byte, error) {
	say := p.speaker(r.Language)
	page := []printer.Element{
		printer.Text{Words: r.Station, Centre: true},
		printer.Text{Words: say("print.title"), Centre: true, Bold: true, Large: true},
	}
	if again {
		page = append(page, printer.Text{Words: say("print.copy"), Centre: true, Bold: true})
	}
	page = append(page, printer.Rule{},
		printer.Text{Words: say("print.door", "{{.Door}}", r.Door), Large: true},
		printer.Text{Words: say("print.parcel", "{{.Parcel}}", r.Parcel)})
	if !r.Deadline.IsZero() {
		page = append(page, printer.Text{Words: say("print.until", "{{.Time}}", p.cfg.Station.Written(r.Deadline))})
	}
	page = append(page, printer.Rule{},
		printer.Text{Words: say("print.scan"), Centre: true}, printer.QR{Words: r.Code},
		printer.Text{Words: say("print.pin"), Centre: true},
		printer.Text{Words: grouped(r.PIN), Centre: true, Bold: true, Large: true},
		printer.Rule{},
		printer.Text{Words: say("print.keep")})
	return printer.Encode(p.cfg.Printer.Paper(), page...)
}

// grouped writes a PIN in two halves, as it is shown everywhere.
func grouped(pin string) string {
	half := len(pin) / 2
	return pin[:half] + " " + pin[half:]
}

// testPage prints a page that shows what a printer can.
func (p *papers) testPage(device string) (string, error) {
	for _, cfg := range p.cfg.Printers() {
		if cfg.Device != device {
			continue
		}
		to, page := p.receipts.Load(), p.receiptTest
		if cfg.Kind == printer.Labels {
			to, page = p.labels.Load(), p.labelTest
		}
		if to == nil {
			break
		}
		id := uuid.NewString()
		first, err := page(false)
		if err != nil {
			return "", err
		}
		again, err := page(true)
		if err != nil {
			return "", err
		}
		if err := to.Print(printer.Job{ID: id, Title: "test page", Data: first, Copy: again}); err != nil {
			return "", ledger.Refuse(ledger.Conflict, "printer-full", "%v", err)
		}
		return id, nil
	}
	return "", ledger.Refuse(ledger.NotFound, "no-such-printer",
		"there is no printer %q here; GET /v1/devices lists what there is", device)
}

const testCode = "CUBBY TEST 1234567890"

func (p *papers) receiptTest(again bool) ([]byte, error) {
	letters := "ÄÖÜäöüß éèçñø € Łódź"
	if p.cfg.Printer.Paper().Letters.Chinese() {
		letters = "取件码 柜门 打印测试"
	}
	page := []printer.Element{
		printer.Text{Words: p.cfg.Station.Name, Centre: true},
		printer.Text{Words: "Test page", Centre: true, Bold: true, Large: true},
	}
	if again {
		page = append(page, printer.Text{Words: "COPY", Centre: true, Bold: true})
	}
	return printer.Encode(p.cfg.Printer.Paper(), append(page, printer.Rule{},
		printer.Text{Words: "The quick brown fox jumps over the lazy dog, and this line is long enough to be broken."},
		printer.Text{Words: letters}, printer.Text{Words: "bold", Bold: true}, printer.Text{
			Words: "large", Large: true,
		},
		printer.QR{Words: testCode}, printer.Text{Words: testCode, Centre: true},
		printer.Rule{}, printer.Text{Words: p.cfg.Station.Written(time.Now())})...)
}

func (p *papers) labelTest(again bool) ([]byte, error) {
	c := p.cfg.LabelPrinter
	mm := func(n int) int { return n * c.DotsPerMM }
	title := "Test label"
	if again {
		title += " (copy)"
	}
	return zpl.New(mm(c.WidthMM), mm(c.LengthMM)).
		Text(mm(2), mm(2), mm(4), title).
		Block(mm(2), mm(8), mm(3), mm(c.WidthMM-4), 2, p.cfg.Station.Name+", ~ ^ _").
		QR(mm(2), mm(16), 4, testCode).
		Bytes()
}

func (p *papers) again(id string) error {
	var err error
	for _, one := range p.all() {
		if err = one.Again(id); err == nil {
			return nil
		}
		if slices.ContainsFunc(one.Jobs(), func(e printer.Entry) bool { return e.ID == id }) {
			return ledger.Refuse(ledger.Conflict, "job-waits", "%v", err)
		}
	}
	return ledger.Refuse(ledger.NotFound, "no-such-job",
		"there is no print job %q: jobs are kept for a day, receipts with a code not at all", id)
}

func (p *papers) jobs() (list []parcel.PrintJob) {
	for _, one := range p.all() {
		for _, e := range one.Jobs() {
			list = append(list, parcel.PrintJob{
				Printer: one.Device(), ID: e.ID, Title: e.Title, Since: e.Since, Tries: e.Tries, Waits: e.Waits,
				Secret: e.Secret,
			})
		}
	}
	return list
}

// The same for the staff's tools.

// TestPage prints a page on the printer named.
func (s staff) TestPage(device string) (string, error) { return s.papers.testPage(device) }

// PrintAgain prints a job again that is kept.
func (s staff) PrintAgain(id string) error { return s.papers.again(id) }

// PrintJobs lists the jobs kept.
func (s staff) PrintJobs() []parcel.PrintJob { return s.papers.jobs() }
