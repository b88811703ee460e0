package returns

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// Kind is what a visit of somebody is called who brings something back.
const Kind visit.Kind = "return"

// A note is what such a visit keeps.
type note struct {
	Order string `json:"order,omitempty"`
	Gift  bool   `json:"gift,omitempty"` // by the gift receipt
	// Case is a return that was asked for; Own: in this visit.
	Case string `json:"case,omitempty"`
	Own  bool   `json:"own,omitempty"`

	// Thing is the code of an item that was scanned, also before its order was known.
	Thing string `json:"thing,omitempty"`
	Asks  []Ask  `json:"asks,omitempty"` // picked so far
	Ask   Ask    `json:"ask,omitzero"`   // being picked
	Low   bool   `json:"low,omitempty"`
	Way   string `json:"way,omitempty"`

	Tried   []string `json:"tried,omitempty"` // doors not to offer again
	Above   int64    `json:"above,omitempty"` // the next door must be larger, mm³
	Again   bool     `json:"again,omitempty"` // another door follows when this one closes
	Packing string   `json:"packing,omitempty"`
	home    bool     // the page asks whether it is collected at home, which may cost something
	Code    string   `json:"code,omitempty"` // of a tote that was scanned
	Points  int      `json:"points,omitempty"`
	// Photo is the picture for the item that is being picked.
	Photo  string    `json:"photo,omitempty"`
	Photos []string  `json:"photos,omitempty"` // by ask
	Camera string    `json:"camera,omitempty"`
	Asked  time.Time `json:"asked,omitzero"` // the centre is waited for until then
}

func noteOf(v visit.Visit) note { return visit.DataOf[note](v) }

// show moves to a page, and keeps the note.
func show(t *visit.Turn, n note, s view.Step, why view.Reason) {
	t.Keep(n)
	t.Show(s, why)
}

// taken reports whether this station takes returns.
func taken(_ *ledger.State, _ visit.Visit, env visit.Env) bool {
	return SettingsOf(env).Taken && !env.AtDesk()
}

func start(t *visit.Turn) {
	t.Begin(Kind)
	show(t, note{}, view.StepReturnEnter, view.ReasonNone)
}

// arrive answers a scan on a page on which somebody may come: what names a return or a
// receipt begins one.
func arrive(t *visit.Turn, c visit.Present) (known bool, err error) {
	if !taken(t.State, t.Visit, t.Env) || c.Text == "" || t.Visit.Kind != visit.Arrived &&
		t.Visit.Kind != "pickup" &&
		t.Visit.Kind != Kind {
		return false, nil
	}
	if id, is := IsNumber(c.Text); is {
		if _, ok := Cases.Get(t.State, id); ok {
			begin(t)
			return true, openCase(t, id)
		}
		return false, nil
	}
	found, by := lookFor(t.State, c.Text)
	if by == byThing || by == byNothing && !guess(t.State, c.Text) {
		return false, nil
	}
	// Numbers are guessed here as on the page that asks for them. While they have to wait, a
	// right one is no more than a wrong one: nothing is to be learnt here.
	err = people.OfOrders.Try(t, func() (bool, error) {
		if known = by != byNothing; !known {
			return false, nil
		}
		begin(t)
		return true, opened(t, found, by, c.Text)
	}, func(time.Time, bool) {})
	return known, err
}

// guess reports whether a text that is of no order may be the number of one, or of a receipt.
func guess(s *ledger.State, text string) bool {
	if len(parcel.ByLabel(s, label.Keys(text))) > 0 {
		return false
	}
	_, is := orders.OrderIn(text)
	return is || len(text) <= longestNumber && !strings.Contains(text, ":")
}

// longestNumber is how long the number of a receipt may be, in bytes.
const longestNumber = 64

// begin begins a visit anew unless somebody is at the beginning of one.
func begin(t *visit.Turn) {
	if t.Visit.Kind == Kind {
		t.BeginAnew(Kind)
	}
	t.Begin(Kind)
}

// What an order was found by.
type foundBy int

const (
	byNothing foundBy = iota
	byNumber          // the order's own number, which others may know
	byReceipt         // a receipt, or a thing with its serial number
	byGift            // a gift receipt
	byThing           // an article, which names no order
)

// lookFor finds the order that a text names.
func lookFor(s *ledger.State, text string) (orders.Order, foundBy) {
	same := func(a, b string) bool {
		return a != "" && strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
	}
	all := orders.Find(s, text)
	for _, o := range all {
		if same(o.GiftReceipt, text) {
			return o, byGift
		}
		if same(o.Receipt, text) {
			return o, byReceipt
		}
	}
	id, _ := orders.OrderIn(text)
	for _, o := range all {
		if same(o.ID, text) || same(o.ID, id) {
			return o, byNumber
		}
	}
	for _, o := range all {
		if slices.ContainsFunc(o.Lines, func(l orders.Line) bool {
			return slices.ContainsFunc(l.Serials, func(serial string) bool { return same(serial, text) })
		}) {
			return o, byReceipt
		}
	}
	if len(all) > 0 {
		return orders.Order{}, byThing
	}
	return orders.Order{}, byNothing
}

// opened goes on with an order that was found.
func opened(t *visit.Turn, o orders.Order, by foundBy, text string) error {
	n := note{Order: o.ID, Gift: by == byGift, Thing: noteOf(t.Visit).Thing}
	if _, is := lineWith(o, text); is {
		n.Thing = text
	}
	if by == byNumber && (o.PostcodeHash != "" || o.PhoneHash != "") {
		show(t, n, view.StepReturnSecond, view.ReasonNone)
		return nil
	}
	return toLines(t, n, o)
}

// toLines shows what was bought; one thing alone is picked already.
func toLines(t *visit.Turn, n note, o orders.Order) error {
	t.Visit.Actor = "customer"
	show(t, n, view.StepReturnLines, view.ReasonNone)
	if l, is := lineWith(o, n.Thing); is {
		return pickThing(t, l, n.Thing)
	}
	if lines := linesOf(t.State, t.Env, n, o); len(lines) == 1 && lines[0].Left == 1 && lines[0].Eligible {
		return pickLine(t, lines[0].Value)
	}
	return nil
}

// lineWith finds the line that the code of an item is of.
func lineWith(o orders.Order, code string) (orders.Line, bool) {
	for _, l := range o.Lines {
		if code != "" && (code == l.GTIN || code == l.SKU || slices.Contains(l.Serials, code)) {
			return l, true
		}
	}
	return orders.Line{}, false
}

// pickThing picks the line of an item that was scanned, with its serial number.
func pickThing(t *visit.Turn, l orders.Line, code string) error {
	if err := pickLine(t, l.ID); err != nil {
		return err
	}
	n := noteOf(t.Visit)
	if n.Thing = ""; slices.Contains(l.Serials, code) {
		n.Ask.Serial = code
	}
	t.Keep(n)
	return nil
}

// openCase goes on with a return that was asked for before.
func openCase(t *visit.Turn, id string) error {
	c, _ := Cases.Get(t.State, id)
	switch {
	case c.State == Authorised, c.State == Requested && c.Conditional:
	case c.State == Declined:
		t.Refused(view.StepReturnRefused, view.ReasonDeclined)
		return nil
	case c.State == Requested:
		show(t, note{Case: id}, view.StepReturnCounter, view.ReasonUndecided)
		return nil
	default:
		if c.Dropped != nil && !slices.Contains(c.Signals, "label_again") {
			t.Emit(&Signalled{c.of(), "label_again"})
		}
		t.Refused(view.StepReturnRefused, view.ReasonOver)
		return nil
	}
	t.Visit.Actor = "customer"
	show(t, note{Case: id, Order: c.Order}, view.StepReturnOffer, view.ReasonNone)
	return nil
}

// scannedEntry answers a scan on the page that asks for one.
func scannedEntry(c visit.Present, t *visit.Turn) error {
	if c.CardNumber {
		show(t, noteOf(t.Visit), view.StepReturnEnter, view.ReasonCardNumber)
		return nil
	}
	if t.Ease(c) {
		t.Heard = view.HeardRead
		return nil
	}
	if c.CodeHash != "" || c.BadgeHash != "" {
		return t.Pass(c)
	}
	if c.Text == "" {
		t.Heard = view.HeardNotValid
		return nil
	}
	return named(t, c.Text)
}

// named looks for what was scanned or typed.
func named(t *visit.Turn, text string) error {
	if id, is := IsNumber(text); is {
		return guarded(t, func() (bool, error) {
			if _, ok := Cases.Get(t.State, id); ok {
				return true, openCase(t, id)
			}
			t.Refused(view.StepReturnRefused, view.ReasonNotValid)
			return false, nil
		})
	}
	return guarded(t, func() (bool, error) {
		o, by := lookFor(t.State, text)
		switch by {
		case byNothing:
			t.Refused(view.StepReturnRefused, view.ReasonNotValid)
			return false, nil
		case byThing: // a thing says nothing of who has bought it: the number follows
			n := noteOf(t.Visit)
			n.Thing = text
			show(t, n, view.StepReturnEnter, view.ReasonNone)
			t.Heard = view.HeardRead
			return true, nil
		}
		return true, opened(t, o, by, text)
	})
}

// guarded slows down whoever guesses numbers.
func guarded(t *visit.Turn, try func() (bool, error)) error {
	return people.OfOrders.Try(t, try, func(until time.Time, _ bool) {
		t.Show(view.StepReturnRefused, view.ReasonWait)
		t.Visit.RetryAt = until
	})
}

// typed reads the text of a form.
func typed(value string, most int) (string, error) {
	fields, err := url.ParseQuery(value)
	text := strings.TrimSpace(fields.Get("text"))
	if err != nil || !plain.Text(text, 1, most) {
		return "", ledger.Refuse(ledger.Invalid, "text",
			"write 1 to %d characters of text "+plain.Says, most).At("/value")
	}
	return text, nil
}

func typedNumber(t *visit.Turn, value string) error {
	text, err := typed(value, 80)
	if err != nil {
		return err
	}
	if plain.HasPrintedCard(text) {
		show(t, noteOf(t.Visit), view.StepReturnEnter, view.ReasonCardNumber)
		return nil
	}
	if _, by := lookFor(t.State, text); by == byNothing && orders.ValidID(text) {
		if _, is := IsNumber(text); !is {
			// Whether there is an order of this number is nobody's to learn who cannot prove it.
			show(t, note{}, view.StepReturnSecond, view.ReasonNone)
			return nil
		}
	}
	return named(t, text)
}

// typedProof takes the postcode, or the last digits of the phone.
func typedProof(t *visit.Turn, value string) error {
	text, err := typed(value, 20)
	if err != nil {
		return err
	}
	n := noteOf(t.Visit)
	return guarded(t, func() (bool, error) {
		o, ok := orders.Get(t.State, n.Order)
		if ok && o.ProvedBy(t.Mark, text) {
			return true, toLines(t, n, o)
		}
		t.Refused(view.StepReturnRefused, view.ReasonNotValid)
		return false, nil
	})
}
