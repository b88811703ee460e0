package core

import (
	"fmt"
	"time"

	"cubby/hardware/printer/zpl"
	"cubby/locker/paper"
)

// The smallest label that has room for both codes and what people read, millimetres.
const (
	leastLabelWidth  = 50
	leastLabelLength = 45
)

// A bar code of bag codes has 11 modules for each character, 35 for start, sum and stop,
// and 10 on each side that stay white.
func bars(text string) int { return 11*len(text) + 35 + 20 }

// bagLabel is a label with the bag code in two forms: bars for hand scanners that know
// nothing else, and a QR code that survives a torn edge.
func (p *papers) bagLabel(l paper.Label, again bool) ([]byte, error) {
	c := p.cfg.LabelPrinter
	if c.WidthMM < leastLabelWidth || c.LengthMM < leastLabelLength {
		return nil, fmt.Errorf(
			"labels of %d x %d mm are too small for a bag code: at least %d x %d",
			c.WidthMM,
			c.LengthMM,
			leastLabelWidth,
			leastLabelLength,
		)
	}
	say := p.labelSpeaker(p.language(l.Language))
	mm := func(n int) int { return n * c.DotsPerMM }
	title := say("print.label.title")
	if again {
		title += " (" + say("print.copy") + ")"
	}
	module := min(mm(c.WidthMM-4)/bars(l.Bag), 4)
	if module < 1 {
		return nil, fmt.Errorf("the bag code %s is too long for labels of %d mm", l.Bag, c.WidthMM)
	}
	const margin = 2
	qr := max(mm(14)/21, 2) // 14 mm of 21 modules
	out := zpl.New(mm(c.WidthMM), mm(c.LengthMM)).Font(c.Font).
		Text(mm(margin), mm(margin), mm(4), title).
		Code128(mm(margin)+10*module, mm(8), module, mm(10), l.Bag).
		QR(mm(margin), mm(24), min(qr, 10), l.Bag)
	beside, y := margin+20, 24
	text := func(words string) {
		out.Block(mm(beside), mm(y), mm(3), mm(c.WidthMM-beside-margin), 1, words)
		y += 4
	}
	text(say("print.return.case", "{{.Case}}", l.Case))
	text(p.cfg.Station.Name)
	text(p.cfg.Station.Written(l.Date)[:len(time.DateOnly)])
	if l.Shop != "" {
		text(l.Shop)
	}
	if l.Goes != "" {
		text(say("print.label.goes." + l.Goes))
	}
	y = max(y, 44)
	for i, one := range l.Contents {
		if y+4 > c.LengthMM-margin || i == 20 {
			break
		}
		out.Block(
			mm(margin),
			mm(y),
			mm(3),
			mm(c.WidthMM-2*margin),
			1,
			fmt.Sprintf("%d x %s", one.Quantity, one.Title),
		)
		y += 4
	}
	return out.Bytes()
}

// labelSpeaker gives texts that the label printer has letters for: the scalable font that
// each has knows no Chinese.
func (p *papers) labelSpeaker(tag string) func(id string, gaps ...string) string {
	return p.speakerOf(tag, p.cfg.LabelPrinter.Font != "")
}
