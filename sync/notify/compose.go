package notify

import (
	"fmt"
	html "html/template"
	"slices"
	"strings"
	"time"

	"cubby/locker/money/format"
)

// item is one parcel, return or refund in a message.
type item struct {
	Number   string   // the order's, else the parcel's
	Until    string   // when it has to be collected, in the station's zone
	When     string   // when it happened
	PIN      string   // in two halves
	Phone    bool     // the last digits of the recipient's phone go with it
	QR       html.URL // where the inline image is; empty: a picture of its code opens nothing
	Live     bool     // its QR code changes all the time: the shop's app shows it, or the PIN is typed
	Shut     bool     // its door is known to have stayed shut
	Decision string   // what was decided, as the station's word
	Reason   string
	By       string // who has collected it: "delegate", "neighbour"; empty: whoever has its code
	Amount   string // with its currency
	Shelf    string // the place at the counter where it lies
	To       string // where it is to be collected instead; empty: at the counter of the station
}

// section is what a message says of one kind at one station.
type section struct {
	Kind                   Kind
	Station, Address, Help string
	Items                  []item
}

// One reports whether it is about a single thing.
func (s section) One() bool { return len(s.Items) == 1 }

// letterFrame is what the frame's text is filled with; its sections are written already.
type letterFrame struct {
	Subject, Name, Help string
	Sections            []any // strings, in HTML html.HTML
}

// a letter is one message to one person.
type letter struct {
	id      string // of which the Message-ID and the idempotency key are made
	kind    Kind   // the most important one
	to      Person
	address string // where it goes
	subject string
	text    string
	html    string
	sms     string
	codes   []code // the images of html
}

// code is a QR code and the Content-ID of its image.
type code struct{ cid, text string }

// compose writes what rows say in one message.
func (n *Notifier) compose(id string, contents []told) (*letter, error) {
	slices.SortStableFunc(contents, func(a, b told) int { return order(a.kind, b.kind) })
	first := contents[0]
	s := n.words.in(first.Who.Language)
	l := &letter{id: id, to: first.Who, kind: first.kind}
	var sections []section
	for i, c := range contents {
		zone := c.zone()
		it := item{
			Number: oneLine(orElse(c.Facts.Order, c.Facts.Parcel)), When: s.moment(c.Queued.In(zone)),
			Shut: c.shut(), Decision: c.Facts.Decision,
		}
		if c.Facts.Parcel != "" {
			it.Number = oneLine(c.Facts.Parcel)
		}
		if !c.deadline.IsZero() {
			it.Until = s.moment(c.deadline.In(zone))
		}
		if slices.Contains(bears, c.kind) && c.PIN != "" {
			it.PIN, it.Live = spaced(c.PIN), c.Facts.Rotating
			it.Phone = c.Facts.Valuable || c.Facts.PINForm != ""
			if c.Code != "" && !it.Live {
				cid := fmt.Sprintf("qr%d.%s", i+1, id)
				it.QR = html.URL("cid:" + cid)
				l.codes = append(l.codes, code{cid, c.Code})
			}
		}
		s.tells(&it, c, zone)
		at := slices.IndexFunc(sections, func(o section) bool {
			return o.Kind == c.kind && o.Station == oneLine(c.Place.Name) && o.Address == oneLine(c.Place.Address)
		})
		if at < 0 {
			at = len(sections)
			sections = append(sections, section{Kind: c.kind, Station: oneLine(c.Place.Name),
				Address: oneLine(c.Place.Address), Help: oneLine(c.Place.Help)})
		}
		sections[at].Items = append(sections[at].Items, it)
	}
	return l, s.fill(l, sections)
}

// tells puts into an item what only its kind says.
func (s *set) tells(it *item, c told, zone *time.Location) {
	f := c.Facts
	switch c.kind {
	case Decision:
		if f.Decision == "" {
			it.Decision, it.Reason = "declined", oneLine(f.Reason)
		}
	case Collect:
		it.By = f.collector()
	case Longer, Paused:
		it.Reason = oneLine(f.Reason)
	case Expired:
		it.Until = ""
		if !f.Rescue.IsZero() {
			it.Until = s.moment(f.Rescue.In(zone))
		}
	case Shelved:
		it.Shelf, it.Live = oneLine(f.Place), f.Rotating
	case Redirect:
		if f.To != toCounter {
			it.To = oneLine(orElse(f.ToName, f.To))
		}
	case Extended:
		if f.Amount > 0 {
			it.Amount = format.Text(f.Amount, f.Currency, s.tag.String())
		}
	case Refunded:
		it.Amount = format.Text(f.Amount, f.Currency, s.tag.String())
	}
}

// fill writes the parts of a letter.
func (s *set) fill(l *letter, sections []section) (err error) {
	write := func(name string, data any) string {
		written, failed := s.write(name, data)
		if err == nil {
			err = failed
		}
		return written
	}
	plain := letterFrame{Name: oneLine(l.to.Name), Help: sections[0].Help}
	rich := plain
	var short []string
	for _, one := range sections {
		kind := string(one.Kind)
		plain.Sections = append(plain.Sections, write(kind+"/text", one))
		rich.Sections = append(rich.Sections, html.HTML(write(kind+"/html", one))) // written by html/template
		short = append(short, oneLine(write(kind+"/sms", one)))
	}
	l.subject = oneLine(write(string(sections[0].Kind)+"/subject", sections[0]))
	if len(sections) > 1 {
		l.subject = oneLine(write(frame+"/several", plain))
	}
	plain.Subject, rich.Subject = l.subject, l.subject
	l.text, l.html = write(frame+"/text", plain), write(frame+"/html", rich)
	l.sms = strings.Join(short, " ")
	return err
}

// moment writes a point in time for people.
func (s *set) moment(t time.Time) string {
	base, _ := s.tag.Base()
	switch base.String() {
	case "en":
		return t.Format("Mon 2 Jan, 15:04")
	case "zh":
		days := []string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
		return t.Format("1月2日") + days[t.Weekday()] + t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
}

// spaced writes a PIN in two halves: 12345678 as "1234 5678".
func spaced(pin string) string {
	if len(pin) < 6 {
		return pin
	}
	half := len(pin) / 2
	return pin[:half] + " " + pin[half:]
}

// told is a row with its content read.
type told struct {
	content
	row
}

// shut reports whether the door was driven and has been read closed since.
func (c content) shut() bool { return c.Facts.Reason == "stuck" }

func (c content) zone() *time.Location {
	if c.Zone != "" {
		if zone, err := time.LoadLocation(c.Zone); err == nil {
			return zone
		}
	}
	return time.UTC
}

// Samples, by which templates are tried at start.
var sampleFrame = letterFrame{Subject: "S", Name: "N", Help: "H", Sections: []any{"one", "two"}}

func sampleSections(k Kind) (all []section) {
	i := item{
		Number: "P-1", Until: "Mon 1 Jan, 10:00", When: "Mon 1 Jan, 10:00", PIN: "1234 5678", QR: "cid:qr1.sample",
		Decision: "refund_original", Reason: "R", By: "delegate", Amount: "EUR 1.00", Shelf: "A1",
	}
	other := i
	other.Number, other.PIN, other.QR = "P-2", "8765 4321", "cid:qr2.sample"
	other.By = "neighbour"
	other.Decision, other.Shut, other.Phone, other.To = "declined", true, true, "Station 2"
	for _, items := range [][]item{{i}, {i, other}} {
		all = append(all, section{Kind: k, Station: "Station", Address: "Street 1", Help: "H", Items: items})
	}
	return all
}
