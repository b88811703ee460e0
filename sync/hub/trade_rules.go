package hub

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"cubby/locker/returns"
)

// How leases last, unless somebody says otherwise, and how far the clock of a station that
// was removed may be wrong: only then its leases count as over although nobody has said so.
const (
	leaseLasts  = 30 * 24 * time.Hour
	leaseMargin = 24 * time.Hour
)

// A deal is what is bought with an order, who may take it back, and what every station
// that has the order is known to know of it. It is kept as JSON.
type deal struct {
	Cancelled bool              `json:"cancelled,omitempty"`
	Lines     []*dealLine       `json:"lines"`
	Places    map[string]*place `json:"places"` // by station
}

// dealLine is a line of an order.
type dealLine struct {
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	Title    string `json:"title"`
	Quantity int    `json:"quantity"`
	// Past: came back past all stations, as whoever put the order says.
	Past int `json:"past,omitempty"`
	// Holder may take it back without asking, or may think so still: empty, nobody.
	Holder string    `json:"holder,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	// Ending: its holder was told that it is over, and has not said that it knows.
	Ending bool `json:"ending,omitempty"`
	// Ended is what the last lease was ended with, in milliseconds since 1970: a moment long
	// ago, and never the same twice, so that the holder's word is about this end and no other.
	Ended int64  `json:"ended,omitempty"`
	Next  string `json:"next,omitempty"` // the station that is to have it
}

// place is a station that has an order.
type place struct {
	Taken   time.Time       `json:"taken,omitzero"` // when it took the order's newest form
	Refused string          `json:"refused,omitempty"`
	Again   bool            `json:"again,omitempty"` // told anew when nothing of the order is open there
	Came    map[string]came `json:"came,omitempty"`  // by line
}

// came is what a station knows of what came back at other places.
type came struct {
	Told  int  `json:"told"`
	Knows int  `json:"knows"`           // as it has said itself
	Again bool `json:"again,omitempty"` // it has refused what it was told
	Older bool `json:"older,omitempty"` // because its form of the order is older
}

// claim is a return as the rule sees it.
type claim struct {
	station, id string
	asked       time.Time
	units       map[string]int // that it holds, by line
	conditional bool
	state       returns.State
	answer      string // agreed, declined; empty: none
	reason      string
	again       bool // the station has refused the answer, and is told again

	why, waitsFor string // see Return.Why
	told          bool   // the answer was given now
}

// The answers.
const (
	agreed   = "agreed"
	declined = "declined"
)

// firm reports whether what it holds counts as come back, or about to.
func (c *claim) firm() bool { return !c.conditional || c.answer == agreed }

// waits reports whether somebody has to answer it.
func (c *claim) waits() bool { return c.conditional && !c.state.Over() && c.answer == "" }

// tell is something that stations are to be told.
type tell struct {
	station string // empty: all that have the order
	what    string // lease, came, order
	line    string
	again   bool // although it was said before
}

// What stations are told of an order.
const (
	tellLease = "lease"
	tellCame  = "came"
	tellOrder = "order"
)

func (d *deal) line(id string) *dealLine {
	for _, l := range d.Lines {
		if l.ID == id {
			return l
		}
	}
	return nil
}

func (d *deal) place(station string) *place {
	p := d.Places[station]
	if p == nil {
		p = new(place)
		if d.Places == nil {
			d.Places = map[string]*place{}
		}
		d.Places[station] = p
	}
	if p.Came == nil {
		p.Came = map[string]came{}
	}
	return p
}

// decide answers what can be answered, moves leases, and finds out what stations are to be
// told. It changes the deal and the claims. Deciding again without anything new decides
// nothing. here says which stations there are: all others are removed.
func (d *deal) decide(all []*claim, here map[string]bool, now time.Time) (todo []tell) {
	waiting := slices.DeleteFunc(slices.Clone(all), func(c *claim) bool { return !c.conditional || c.state.Over() })
	slices.SortFunc(waiting, func(a, b *claim) int { // the oldest first
		return cmp.Or(a.asked.Compare(b.asked), strings.Compare(a.station, b.station), strings.Compare(a.id, b.id))
	})
	for _, l := range d.Lines {
		if l.Holder != "" && !here[l.Holder] && now.After(l.Until.Add(leaseMargin)) {
			l.free()
		}
	}
	ended := map[string]bool{}
	for _, c := range waiting {
		for _, line := range d.answer(c, all, here) {
			ended[line] = true
		}
	}
	for _, l := range d.Lines {
		if d.move(l, all, here, now, ended[l.ID]) {
			todo = append(todo, tell{what: tellLease, line: l.ID})
		}
	}
	for _, station := range slices.Sorted(maps.Keys(d.Places)) {
		if here[station] {
			todo = append(todo, d.inform(station, all)...)
		}
	}
	return todo
}

// answer answers a return that was taken on condition, or says why it waits. It gives the
// lines whose leases have to end first.
func (d *deal) answer(c *claim, all []*claim, here map[string]bool) (ending []string) {
	if !here[c.station] {
		c.why, c.waitsFor = WaitsForPerson, c.station // nobody can tell it any more
		return nil
	}
	if c.answer != "" {
		c.why, c.waitsFor = WaitsForStation, c.station
		c.told, c.again = c.told || c.again, false
		return nil
	}
	say := func(answer, reason string) {
		c.answer, c.reason, c.told = answer, reason, true
		c.why, c.waitsFor = WaitsForStation, c.station
	}
	if d.Cancelled {
		say(declined, "the order is cancelled")
		return nil
	}
	c.why, c.waitsFor = "", ""
	for _, id := range slices.Sorted(maps.Keys(c.units)) {
		l := d.line(id)
		switch {
		case l == nil:
			c.why = WaitsForPerson
			return nil
		case d.firm(l, all, c)+c.units[id] > l.Quantity:
			say(declined, "line "+id+" has come back at another place")
			return nil
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.units)) {
		if l := d.line(id); l.Holder != "" && l.Holder != c.station {
			c.why, c.waitsFor = WaitsForLease, l.Holder
			ending = append(ending, id)
		}
	}
	if c.why == "" {
		say(agreed, "")
	}
	return ending
}

// firm is how many units of a line have come back, or are about to without being asked
// any more, without those of one return.
func (d *deal) firm(l *dealLine, all []*claim, without *claim) int {
	n := l.Past
	for _, c := range all {
		if c != without && c.firm() {
			n += c.units[l.ID]
		}
	}
	return n
}

// at is how many units of a line the returns at a station hold.
func at(station, line string, all []*claim) (n int) {
	for _, c := range all {
		if c.station == station {
			n += c.units[line]
		}
	}
	return n
}

// elsewhere is how many units of a line have come back for good at other places than a
// station.
func (d *deal) elsewhere(station string, l *dealLine, all []*claim) int {
	n := l.Past
	for _, c := range all {
		if c.station != station && c.state == returns.Closed {
			n += c.units[l.ID]
		}
	}
	return n
}

func (l *dealLine) free() { l.Holder, l.Until, l.Ending = "", time.Time{}, false }

// end notes that a lease is being taken away, with what its holder is told: a moment early
// in 2001, as many milliseconds from its beginning as it is seconds since 1970 now.
func (l *dealLine) end(now time.Time) {
	l.Ending, l.Ended = true, max(longAgo.UnixMilli()+now.Unix(), l.Ended+1)
}

var longAgo = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// move ends a lease or grants one, and reports whether stations have to be told. needed: a
// return at another station waits for its end.
func (d *deal) move(l *dealLine, all []*claim, here map[string]bool, now time.Time, needed bool) bool {
	if l.Next != "" && !here[l.Next] {
		l.Next = ""
	}
	leaves := needed || l.Next != "" && l.Next != l.Holder
	switch {
	case l.Holder != "" && l.Ending && (needed || l.Next != l.Holder):
		return false // until its holder has said that it knows
	case l.Holder != "" && leaves:
		l.end(now)
		return true
	case l.Next == "" || needed || !d.mayHave(l, all):
		return false
	}
	l.Holder, l.Until, l.Ending, l.Next = l.Next, now.Add(leaseLasts).UTC().Truncate(time.Millisecond), false, ""
	return true
}

// mayHave reports whether the station that is to have a lease knows of all that is not its
// own: without having to ask, it takes back what it thinks is left. What is agreed to at
// other places and has not come back for good it cannot know of.
func (d *deal) mayHave(l *dealLine, all []*claim) bool {
	others := l.Past
	for _, c := range all {
		if c.station == l.Next {
			continue
		}
		if c.waits() && c.units[l.ID] > 0 {
			return false
		}
		if c.firm() {
			others += c.units[l.ID]
		}
	}
	return d.place(l.Next).Came[l.ID].Knows >= others
}

// inform finds out what a station has to be told of what came back at others, as soon as
// it can take it: what its own returns hold cannot have come back elsewhere as well.
func (d *deal) inform(station string, all []*claim) (todo []tell) {
	p := d.place(station)
	for _, l := range d.Lines {
		knows := p.Came[l.ID]
		n := min(d.elsewhere(station, l, all), l.Quantity)
		if n < knows.Told || n == knows.Told && !knows.Again || n == 0 || at(station, l.ID, all)+n > l.Quantity {
			continue
		}
		again := knows.Again
		knows.Told, knows.Again = n, false
		p.Came[l.ID] = knows
		todo = append(todo, tell{station, tellCame, l.ID, again})
	}
	if p.Again && !openAt(station, all) {
		p.Again = false
		todo = append(todo, tell{station, tellOrder, "", true})
	}
	return todo
}

func openAt(station string, all []*claim) bool {
	return slices.ContainsFunc(all, func(c *claim) bool { return c.station == station && !c.state.Over() })
}
