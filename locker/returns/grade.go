package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

type (
	// Grading says how some units of an item were found.
	Grading struct {
		By        people.Doer
		Case      string
		Item      int
		Quantity  int // 0: all of it
		Result    Grade
		Note      string // forced for what is used or worse
		Serial    string // as read from the thing
		Loss      int    // percent of the value that use beyond trying has cost, 0 to 100
		WeightG   int    // of all units; 0: not weighed
		Condition ledger.Condition
		Now       *Case
	}
	// AddItem notes something that was found and that nobody had said.
	AddItem struct {
		By          people.Doer
		Case        string
		Title, Note string
		SKU, GTIN   string
		Quantity    int
		Now         *Case
	}
	// Dispose says where an item goes.
	Dispose struct {
		By          people.Doer
		Case        string
		Item        int
		Disposition Disposition
		Now         *Case
	}
)

// open reads a case that somebody does something with.
func open(t *visit.Turn, by people.Doer, does people.Action, id string, is ledger.Condition) (Case, error) {
	if err := by.Must(t.State, does); err != nil {
		return Case{}, err
	}
	c, ok := Cases.Get(t.State, id)
	if !ok {
		return c, noSuchCase()
	}
	return c, is.Check("return", c.Rev, true)
}

// atDoorNow refuses what would take a return from under somebody's hands.
func atDoorNow() error {
	return ledger.Refuse(ledger.Conflict, "at-the-door",
		"the customer has a door open for it; try again in a minute")
}

func noSuchCase() error {
	return ledger.Refuse(ledger.NotFound, "no-such-return", "there is no return with this number here")
}

func wrongState(c Case, says string) error {
	return ledger.Refuse(ledger.Conflict, "wrong-state", "the return is %s: %s", c.State, says)
}

// Decide grades.
func (c Grading) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.GradeReturns, c.Case, c.Condition)
	if err != nil {
		return err
	}
	i, ok := r.Item(c.Item)
	n := c.Quantity
	if n == 0 {
		n = i.Quantity
	}
	switch {
	case !r.Here():
		return wrongState(r, "there is nothing to grade")
	case !ok:
		return noSuchItem()
	case n < 1 || n > i.Quantity:
		return ledger.Refuse(ledger.Invalid, "quantity",
			"must be 1 to %d: the item has no more", i.Quantity).At("/quantity")
	case i.atOnce() && n != i.Quantity:
		return wrongState(r, "its money was decided at once; it is graded whole")
	case i.Decision != "" && !i.atOnce():
		return wrongState(r, "this item is decided already")
	case !slices.Contains(Grades, c.Result):
		return ledger.Refuse(ledger.Invalid, "result", "must be one of %v", Grades).At("/result")
	case c.Loss < 0 || c.Loss > 100:
		return ledger.Refuse(ledger.Invalid, "loss", "must be 0 to 100 percent").At("/loss_percent")
	case c.Result.NeedsNote() && c.Note == "":
		return ledger.Refuse(ledger.Invalid, "note",
			"say what is wrong with it: this grade needs a note").At("/note")
	}
	if c.Note != "" {
		if err := plain.Check(c.Note, mostNote, "note", "/note"); err != nil {
			return err
		}
	}
	if err := takenOut(t, r); err != nil {
		return err
	}
	f := &ItemGraded{OfCase: r.of(), Item: i.N, Quantity: n, Result: c.Result, Note: c.Note, Serial: c.Serial,
		By: c.By.ID}
	if n < i.Quantity {
		f.Rest = len(r.Items) + 1
	}
	f.Refund, f.Signals = c.found(t, r, i, n)
	if c.Serial != "" && slices.Contains(f.Signals, "serial_differs") {
		f.Result, f.Refund = WrongItem, 0
		f.Note = orText(f.Note, "another serial number than was sold: "+c.Serial)
	}
	after := i
	after.Result, after.Quantity = f.Result, n
	if err := reclaims(t, r, i, after); err != nil {
		return err
	}
	t.Emit(f)
	if i.Decision != "" { // its money came at once; what is left is where it goes
		i.Result = f.Result
		to := BackTo
		if !i.Keep {
			to = defaultPlace(t.Env, t.State, r, i)
		}
		if err := move(t, r, i, to); err != nil {
			return err
		}
		t.Emit(&ItemDisposed{r.of(), i.N, to, c.By.ID})
	}
	setNow(t, c.Case, c.Now)
	return nil
}

// reclaims refuses to count units as come back after all that have come back another way
// meanwhile.
func reclaims(t *visit.Turn, r Case, before, after Item) error {
	if r.Claims(before) || !r.Claims(after) {
		return nil
	}
	o, _ := orders.Get(t.State, r.Order)
	l, _ := o.Line(after.Line)
	if left := Left(t.State, o, l); after.Quantity > left {
		return ledger.Refuse(ledger.Conflict, "back-already",
			"of %d bought %d can still come back; the others have meanwhile", l.Quantity, left)
	}
	if !r.Conditional && StandingOf(t.Env, l) != Firm {
		return ledger.Refuse(ledger.Conflict, "given-back",
			"this was to be given back, and may have come back elsewhere since; begin a new return of it")
	}
	return nil
}

func orText(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

// found judges units anew as they were found: what comes back at most, and what there is to
// look at.
func (c Grading) found(t *visit.Turn, r Case, i Item, n int) (refund int64, signals []string) {
	share := part(i.Share, n, i.Quantity)
	switch c.Result {
	case WrongItem, NotThere, Undeclared:
		return 0, nil
	}
	if r.Unverified || i.Override != "" {
		return part(i.Refund, n, i.Quantity), nil
	}
	o, ok := orders.Get(t.State, r.Order)
	if !ok {
		return part(i.Refund, n, i.Quantity), nil
	}
	serial := i.Serial
	if c.Serial != "" {
		serial = c.Serial
	}
	ask := Ask{Line: i.Line, Quantity: n, Reason: i.Reason, Serial: serial, Loss: c.Loss, paid: &share,
		Condition: map[Grade]string{
			LikeNew: i.Condition, Opened: "opened", Used: "worn", Damaged: "damaged",
		}[c.Result]}
	b := Basis{Order: o, Channel: r.Channel, Gift: r.Gift, At: r.Requested, Own: r.ID}
	v := Judge(t.State, t.Env, b, []Ask{ask})[0]
	signals = signalsOf(t.State, b, []Ask{ask}, 0)
	l, _ := o.Line(i.Line)
	if should := l.WeightG * n; c.WeightG > 0 && should > 0 &&
		(c.WeightG*10 < should*8 || c.WeightG*10 > should*12) {
		signals = append(signals, "weight_differs")
	}
	if v.Eligible {
		refund = v.Refund
	}
	return min(share, refund+c.changed(t, b, ask, i, part(i.Refund, n, i.Quantity))), signals
}

// changed is what the rules of now take from what was promised when it was asked for, and
// not because of how it was found: they have changed meanwhile, and the promise stands.
func (c Grading) changed(t *visit.Turn, b Basis, ask Ask, i Item, promised int64) int64 {
	ask.Condition, ask.Serial, ask.Loss = i.Condition, i.Serial, 0
	as := Judge(t.State, t.Env, b, []Ask{ask})[0]
	if !as.Eligible {
		as.Refund = 0
	}
	return max(0, promised-as.Refund)
}

// takenOut notes that the bags are opened; it refuses while one of them is behind a door.
func takenOut(t *visit.Turn, r Case) error {
	for _, b := range r.Bags {
		p, ok := parcel.Parcels.Get(t.State, b.Parcel)
		if ok && p.Compartment != "" {
			return ledger.Refuse(ledger.Conflict, "behind-door",
				"bag %s is behind door %s; take it out first", b.Parcel, p.Compartment)
		}
	}
	for _, b := range r.Bags {
		if p, ok := parcel.Parcels.Get(t.State, b.Parcel); ok && p.State == parcel.CounterHeld {
			t.Emit(&parcel.BagReceived{OfParcel: parcel.Of(p), Case: r.ID})
		}
	}
	return nil
}

func noSuchItem() error {
	return ledger.Refuse(ledger.NotFound, "no-such-item", "the return has no item of this number")
}

// Decide adds it: there is no money in it, and it goes into quarantine.
func (c AddItem) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.GradeReturns, c.Case, ledger.Condition{})
	if err != nil {
		return err
	}
	if !r.Here() {
		return wrongState(r, "nothing can be added")
	}
	if err := takenOut(t, r); err != nil {
		return err
	}
	if len(r.Items) >= 2*mostItems {
		return ledger.Refuse(ledger.Conflict, "items", "a return has at most %d items", 2*mostItems)
	}
	if err := plain.Check(c.Title, 200, "title", "/title"); err != nil {
		return err
	}
	if err := plain.Check(c.Note, mostNote, "note", "/note"); err != nil {
		return err
	}
	if c.Quantity < 1 || c.Quantity > 100_000 {
		return ledger.Refuse(ledger.Invalid, "quantity", "must be 1 to 100000").At("/quantity")
	}
	t.Emit(&ItemAdded{r.of(), Item{
		N: len(r.Items) + 1, SKU: c.SKU, GTIN: c.GTIN, Title: c.Title, Quantity: c.Quantity,
		Result: Undeclared, Note: c.Note, Money: NoMoney,
	}, c.By.ID})
	setNow(t, c.Case, c.Now)
	return nil
}

// Decide moves an item somewhere else.
func (c Dispose) Decide(t *visit.Turn) error {
	r, err := open(t, c.By, people.GradeReturns, c.Case, ledger.Condition{})
	if err != nil {
		return err
	}
	i, ok := r.Item(c.Item)
	switch {
	case !ok:
		return noSuchItem()
	case i.Decision == "":
		return wrongState(r, "first decide what the customer gets for this item")
	case i.Tote != "" && c.Disposition != i.Disposition:
		return wrongState(r, "the item lies in tote "+i.Tote+"; take it out of it first")
	case !slices.Contains(Dispositions, c.Disposition):
		return ledger.Refuse(ledger.Invalid, "disposition",
			"must be one of %v", Dispositions).At("/disposition")
	case (c.Disposition == BackTo) != (i.Decision == GiveBack || i.Decision == KeepItem):
		return wrongState(r, "what the customer gets back does not stay, and what is paid does not go back")
	}
	if i.Disposition != c.Disposition {
		if err := move(t, r, i, c.Disposition); err != nil {
			return err
		}
		t.Emit(&ItemDisposed{r.of(), i.N, c.Disposition, c.By.ID})
	}
	setNow(t, c.Case, c.Now)
	return nil
}
