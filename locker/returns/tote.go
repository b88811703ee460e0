package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// A Tote takes away what does not stay: to another store, to a vendor, to be refurbished or
// recycled. Its label may be used again once it was sealed.
type Tote struct {
	ID     string      `json:"id"`            // its label
	For    Disposition `json:"for,omitempty"` // of what is in it; empty: there is nothing yet
	Items  []ToteItem  `json:"items,omitempty"`
	Begun  time.Time   `json:"begun"`
	Sealed *time.Time  `json:"sealed,omitempty"`
	By     string      `json:"by,omitempty"` // account of who has sealed it
}

// A ToteItem is an item of a return that lies in a tote.
type ToteItem struct {
	Case     string `json:"case_id"`
	Item     int    `json:"item"`
	SKU      string `json:"sku,omitempty"`
	Title    string `json:"title"`
	Quantity int    `json:"quantity"`
}

// GoingAway are the dispositions that leave in totes.
var GoingAway = []Disposition{RestockOther, Refurbish, Recycle, ToVendor}

type (
	// BeginTote begins to fill a tote.
	BeginTote struct {
		By   people.Doer
		Tote string
	}
	// FillTote lays what goes away of a return into a tote: one item, or all that fit.
	FillTote struct {
		By         people.Doer
		Tote, Case string
		Item       int // 0: all
	}
	// TakeOut takes an item out of a tote again.
	TakeOut struct {
		By         people.Doer
		Tote, Case string
		Item       int
	}
	// SealTote ends the filling of a tote.
	SealTote struct {
		By   people.Doer
		Tote string
	}

	// OfTote names the tote of a fact.
	OfTote struct {
		Tote string `json:"tote"`
	}
	// ToteBegun: a tote is being filled.
	ToteBegun struct {
		OfTote
		By string `json:"by,omitempty"`
	}
	// ToteFilled: an item lies in it, or was taken out of it again.
	ToteFilled struct {
		OfTote
		ToteItem
		Disposition Disposition `json:"disposition"`
		Out         bool        `json:"out,omitempty"`
		By          string      `json:"by,omitempty"`
	}
	// ToteSealed: nothing more goes in; it waits for whoever fetches it.
	ToteSealed struct {
		OfTote
		Disposition Disposition `json:"disposition"`
		Items       []ToteItem  `json:"items"`
		By          string      `json:"by,omitempty"`
	}
)

// Subject is what the fact is about.
func (o OfTote) Subject() string { return "totes/" + o.Tote }

// Published: the centre is told.
func (OfTote) Published() bool { return true }

// Types of the facts.
func (ToteBegun) Type() string  { return "return.tote_begun" }
func (ToteFilled) Type() string { return "return.tote_filled" }
func (ToteSealed) Type() string { return "return.tote_sealed" }

// Apply begins it, whatever it held before.
func (f *ToteBegun) Apply(s *ledger.State, at time.Time) {
	Totes.Put(s, f.Tote, Tote{ID: f.Tote, Begun: at})
}

// Apply notes it at the tote and at the item.
func (f *ToteFilled) Apply(s *ledger.State, _ time.Time) {
	in := f.Tote
	Totes.Change(s, f.Tote, func(b *Tote) {
		b.Items = slices.DeleteFunc(slices.Clone(b.Items), func(i ToteItem) bool {
			return i.Case == f.Case && i.Item == f.Item
		})
		b.For = f.Disposition
		if !f.Out {
			b.Items = append(b.Items, f.ToteItem)
		} else if in = ""; len(b.Items) == 0 {
			b.For = ""
		}
	})
	changeCase(s, f.Case, func(c *Case) { c.item(f.Item).Tote = in })
}

// Apply seals it.
func (f *ToteSealed) Apply(s *ledger.State, at time.Time) {
	Totes.Change(s, f.Tote, func(b *Tote) { b.Sealed, b.By = &at, f.By })
}

// Decide begins it.
func (c BeginTote) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.GradeReturns); err != nil {
		return err
	}
	if !plain.Text(c.Tote, 1, 64) || plain.HasPrintedCard(c.Tote) {
		return ledger.Refuse(ledger.Invalid, "tote", "the label of a tote is 1 to 64 characters of text").
			At("/tote")
	}
	if b, ok := Totes.Get(t.State, c.Tote); ok && b.Sealed == nil {
		return nil // it is being filled
	}
	t.Emit(&ToteBegun{OfTote{c.Tote}, c.By.ID})
	return nil
}

// filling reads a tote that is being filled.
func filling(t *visit.Turn, by people.Doer, id string) (Tote, error) {
	if err := by.Must(t.State, people.GradeReturns); err != nil {
		return Tote{}, err
	}
	b, ok := Totes.Get(t.State, id)
	switch {
	case !ok:
		return b, ledger.Refuse(ledger.NotFound, "no-such-tote", "no tote with this label was begun")
	case b.Sealed != nil:
		return b, ledger.Refuse(ledger.Conflict, "tote-sealed", "tote %s is sealed; begin it anew first", id)
	}
	return b, nil
}

// mostInTote bounds a manifest.
const mostInTote = 500

// Decide lays it in.
func (c FillTote) Decide(t *visit.Turn) error {
	b, err := filling(t, c.By, c.Tote)
	if err != nil {
		return err
	}
	r, ok := Cases.Get(t.State, c.Case)
	if !ok {
		return noSuchCase()
	}
	laid, why := 0, "nothing of it goes away: first say where its items go"
	for _, i := range r.Items {
		switch {
		case c.Item != 0 && i.N != c.Item, !slices.Contains(GoingAway, i.Disposition):
			continue
		case i.Tote != "":
			why = "it lies in tote " + i.Tote + " already"
			continue
		case b.For != "" && b.For != i.Disposition:
			why = "what is in this tote goes another way; take another tote"
			continue
		case len(b.Items)+laid >= mostInTote:
			return ledger.Refuse(
				ledger.Conflict,
				"tote-full",
				"a tote takes at most %d items; seal it",
				mostInTote,
			)
		}
		t.Emit(&ToteFilled{
			OfTote: OfTote{b.ID}, ToteItem: ToteItem{r.ID, i.N, i.SKU, i.Title, i.Quantity},
			Disposition: i.Disposition, By: c.By.ID,
		})
		b.For = i.Disposition
		laid++
	}
	if laid == 0 {
		return ledger.Refuse(ledger.Conflict, "not-for-tote", "%s", why)
	}
	return nil
}

// Decide takes it out.
func (c TakeOut) Decide(t *visit.Turn) error {
	b, err := filling(t, c.By, c.Tote)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.Items, func(i ToteItem) bool { return i.Case == c.Case && i.Item == c.Item })
	if i < 0 {
		return ledger.Refuse(ledger.NotFound, "not-in-tote", "this does not lie in the tote")
	}
	t.Emit(&ToteFilled{
		OfTote: OfTote{b.ID}, ToteItem: b.Items[i], Disposition: b.For, Out: true, By: c.By.ID,
	})
	return nil
}

// Decide seals it.
func (c SealTote) Decide(t *visit.Turn) error {
	b, err := filling(t, c.By, c.Tote)
	if err != nil {
		return err
	}
	if len(b.Items) == 0 {
		return ledger.Refuse(ledger.Conflict, "tote-empty", "there is nothing in the tote")
	}
	t.Emit(&ToteSealed{OfTote: OfTote{b.ID}, Disposition: b.For, Items: b.Items, By: c.By.ID})
	return nil
}
