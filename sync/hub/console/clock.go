package console

import (
	"errors"
	"fmt"
	"html/template"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money/format"
)

// momentOf takes a time or a pointer to one; nil is the zero time.
func momentOf(t any) time.Time {
	switch t := t.(type) {
	case time.Time:
		return t
	case *time.Time:
		if t != nil {
			return *t
		}
	}
	return time.Time{}
}

// zoneOf finds a station's zone; the hub's own where it is unknown.
func zoneOf(name string) *time.Location {
	if name == "" {
		return time.Local
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.Local
	}
	return zone
}

// clock writes a time: today's as 15:04, others with their date. Its title has the rest.
func (c *Console) clock(b book, t any, zone *time.Location) template.HTML {
	when := momentOf(t)
	if when.IsZero() {
		return "–"
	}
	here, now := when.In(zone), c.o.Now().In(zone)
	form := "2006-01-02 15:04"
	if here.Year() == now.Year() && here.YearDay() == now.YearDay() {
		form = "15:04"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		when.UTC().Format(time.RFC3339), template.HTMLEscapeString(here.Format("2006-01-02 15:04:05 MST")),
		here.Format(form)))
}

// age says how long ago something was.
func (b book) age(now, then time.Time) string {
	if then.IsZero() {
		return b.say("ago.never")
	}
	switch d := now.Sub(then); {
	case d < 5*time.Second:
		return b.say("ago.now")
	case d < time.Minute:
		return b.say("ago.seconds", "n", int(d.Seconds()))
	case d < time.Hour:
		return b.say("ago.minutes", "n", int(d.Minutes()))
	case d < 48*time.Hour:
		return b.say("ago.hours", "n", int(d.Hours()))
	default:
		return b.say("ago.days", "n", int(d.Hours()/24))
	}
}

// moneyIn writes an amount of minor units as the language does.
func moneyIn(tag string, amount int64, currency string) string {
	return format.Text(amount, currency, tag)
}

func asRefusal(err error, r **ledger.Refusal) bool { return errors.As(err, r) }
