package sim

import (
	"fmt"

	"cubby/hardware/sim/paper"
)

// A Printer is one printer for receipts (ESC/POS) or for labels (ZPL).
type Printer struct {
	Link    string
	Adapter Adapter
	Baud    int
	Paper   paper.Config // of a receipt printer
}

func (p Printer) fitted() bool { return p.Link != "" || p.Adapter != (Adapter{}) }

// The names of the two printers, as devices and as targets of faults.
const (
	receiptPrinter = "printer"
	labelPrinter   = "label"
)

var printerFaults = []FaultKind{
	{"mute", receiptPrinter, "switch", nil, "answers no question about its status"},
	{"cover", receiptPrinter, "switch", nil, "its cover is open"},
	{"paper-out", receiptPrinter, "switch", nil, "there is no paper in it"},
	{"near-end", receiptPrinter, "switch", nil, "its sensor sees the end of the roll coming"},
	{"paper-left", receiptPrinter, "count", nil, "the roll has so many millimetres left (off: a new roll)"},
	{"offline", receiptPrinter, "switch", nil, "is offline, as while it starts"},
	{"cutter", receiptPrinter, "switch", nil, "its cutter is stuck"},
	{"forgets", receiptPrinter, "switch", nil, "loses what it was sent while it could not print"},
	{"print-late", receiptPrinter, "duration", nil, "its answers come this long after, as behind a full buffer"},
	{"label-out", labelPrinter, "switch", nil, "there are no labels in it"},
	{"ribbon-out", labelPrinter, "switch", nil, "there is no ribbon in it"},
	{"head-open", labelPrinter, "switch", nil, "its head is open"},
	{"too-hot", labelPrinter, "switch", nil, "its head is too hot"},
	{"paused", labelPrinter, "switch", nil, "somebody has pressed its pause button"},
	{"label-mute", labelPrinter, "switch", nil, "answers nothing at all"},
	{"label-talks", labelPrinter, "switch", nil, "tells its status even while it cannot print, as older ones do"},
}

// furnishPrinters makes the printers' lines, not yet plugged in.
func (s *Site) furnishPrinters() (names []string) {
	if p := s.plan.Printer; p.fitted() {
		s.printer = paper.NewPrinter(p.Paper)
		s.device(receiptPrinter, p.Link, p.Adapter, p.Baud).hear = func(c chunk, tx *sender) {
			answers := s.printer.Feed(c.data)
			s.mu.Lock()
			late, isLate := s.span("print-late", receiptPrinter)
			s.announcePaper(receiptPrinter, s.printer.Pieces())
			if isLate {
				s.later(late, func() { tx.queue(sending{data: answers}) })
			}
			s.mu.Unlock()
			if !isLate && len(answers) > 0 {
				_ = tx.put(sending{data: answers}) // unplugged: the reader notices as well
			}
		}
		names = append(names, receiptPrinter)
	}
	if p := s.plan.Label; p.fitted() {
		s.labeller = paper.NewLabeller(p.Paper.Font)
		s.device(labelPrinter, p.Link, p.Adapter, p.Baud).hear = func(c chunk, tx *sender) {
			answers := s.labeller.Feed(c.data)
			s.mu.Lock()
			s.announcePaper(labelPrinter, s.labeller.Pieces())
			s.mu.Unlock()
			if len(answers) > 0 {
				_ = tx.put(sending{data: answers})
			}
		}
		names = append(names, labelPrinter)
	}
	return names
}

// announcePaper tells that something has come out of a printer. Callers hold mu.
func (s *Site) announcePaper(name string, pieces []paper.Piece) {
	done := 0
	for _, p := range pieces {
		if p.Cut != "" {
			done++
		}
	}
	if done != s.cut[name] {
		if done > s.cut[name] {
			s.record(Entry{Kind: "print", Device: name})
			s.tell("%s: a piece of paper has come out", name)
			s.event(Event{Kind: "paper"})
		}
		s.cut[name] = done
	}
}

// suffer tells the printers their status. Callers hold mu; the answers are sent
// by themselves.
func (s *Site) suffer(f Fault) {
	is := func(kind, target string) bool { return s.troubles[faultKey{kind, target}] != nil }
	if s.labeller != nil {
		s.labeller.Set(paper.LabelCondition{
			PaperOut: is("label-out", labelPrinter), RibbonOut: is("ribbon-out", labelPrinter),
			HeadOpen: is("head-open", labelPrinter),
			TooHot:   is("too-hot", labelPrinter), Paused: is("paused", labelPrinter),
			Mute: is("label-mute", labelPrinter), Talks: is("label-talks", labelPrinter),
		})
		s.announcePaper(labelPrinter, s.labeller.Pieces())
	}
	if s.printer == nil {
		return
	}
	answers := s.printer.Set(paper.Condition{
		CoverOpen: is("cover", receiptPrinter), PaperOut: is("paper-out", receiptPrinter),
		NearEnd: is("near-end", receiptPrinter),
		Offline: is("offline", receiptPrinter), Cutter: is("cutter", receiptPrinter), Mute: is("mute", receiptPrinter),
		Forgets: is("forgets", receiptPrinter),
	})
	if f.Kind == "paper-left" {
		left := newRoll
		if t := s.troubles[f.key()]; t != nil {
			left = t.count
		}
		answers = append(answers, s.printer.Load(left)...)
	}
	s.announcePaper(receiptPrinter, s.printer.Pieces())
	if tx, err := s.lines[receiptPrinter].sender(); err == nil && len(answers) > 0 {
		tx.queue(sending{data: answers})
	}
}

// newRoll is the length of a new roll of paper, millimetres.
const newRoll = 80_000

// A Roll is what has come out of a printer.
type Roll interface {
	Pieces() []paper.Piece
	Text() string
	PNG() ([]byte, error)
	TearOff()
}

// Paper is what has come out of the printer "printer" or "label".
func (s *Site) Paper(name string) (Roll, error) {
	switch {
	case name == receiptPrinter && s.printer != nil:
		return s.printer, nil
	case name == labelPrinter && s.labeller != nil:
		return s.labeller, nil
	}
	return nil, fmt.Errorf("printer %q: %w", name, ErrUnknown)
}
