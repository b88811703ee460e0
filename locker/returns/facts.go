package returns

import (
	"slices"
	"time"

	"cubby/locker/ledger"
)

// OfCase names the case of a fact.
type OfCase struct {
	Case  string `json:"case_id"`
	Order string `json:"order_id,omitempty"`
	Shop  string `json:"shop"`
}

// Subject is what the fact is about.
func (o OfCase) Subject() string { return "returns/" + o.Case }

// Published: the centre is told.
func (OfCase) Published() bool { return true }

func (c Case) of() OfCase { return OfCase{c.ID, c.Order, c.Shop} }

func changeCase(s *ledger.State, id string, change func(*Case)) {
	Cases.Change(s, id, func(c *Case) {
		c.Items, c.Bags = slices.Clone(c.Items), slices.Clone(c.Bags)
		if c.Swap != nil {
			swap := *c.Swap
			c.Swap = &swap
		}
		change(c)
		c.Rev++
	})
}

func (c *Case) item(n int) *Item {
	for i := range c.Items {
		if c.Items[i].N == n {
			return &c.Items[i]
		}
	}
	return &Item{}
}

// Facts about cases. By is the account of who of the staff it was; empty: the customer,
// the centre, or the station itself.
type (
	// CaseRequested: somebody brings something back, or wants to. State says whether the
	// shop has to agree first.
	CaseRequested struct {
		OfCase
		Channel     Channel    `json:"channel"`
		State       State      `json:"state"`
		Conditional bool       `json:"conditional,omitempty"`
		Unverified  bool       `json:"unverified,omitempty"`
		Gift        bool       `json:"gift,omitempty"`
		Currency    string     `json:"currency"`
		Prefer      string     `json:"prefer,omitempty"`
		Language    string     `json:"language,omitempty"`
		Items       []Item     `json:"items"`
		Swap        *Swap      `json:"exchange,omitempty"`
		Signals     []string   `json:"signals,omitempty"`
		Shipping    int64      `json:"shipping,omitempty"`
		Lapses      *time.Time `json:"lapses,omitempty"`
		By          string     `json:"by,omitempty"`
		Customer    Mark       `json:"-"`
		Texts       []string   `json:"-"` // by item; in a row of their own
	}
	// CaseAuthorised: the shop agrees, or the centre does after a conditional acceptance.
	CaseAuthorised struct {
		OfCase
		By string `json:"by,omitempty"`
	}
	// CaseDeclined: it does not. What is here already is given back.
	CaseDeclined struct {
		OfCase
		Reason string `json:"reason"`
		By     string `json:"by,omitempty"`
	}
	// RuleOverridden: somebody of the staff lets a line come back that the rules refuse.
	RuleOverridden struct {
		OfCase
		Line   string `json:"line"`
		Amount int64  `json:"amount"`
		Reason string `json:"reason"`
		By     string `json:"by"`
	}
	// BagDropped: something of it is here now, behind a door or at the counter.
	BagDropped struct {
		OfCase
		Bag Bag    `json:"bag,omitzero"`
		By  string `json:"by,omitempty"`
	}
	// AllDropped: the customer has said, or it is plain, that nothing more follows.
	AllDropped struct {
		OfCase
		// Signals are why nobody knows what is in before somebody has looked.
		Signals []string `json:"signals,omitempty"`
		By      string   `json:"by,omitempty"`
	}
	// ItemAdded: something was found that nobody had said.
	ItemAdded struct {
		OfCase
		Item Item   `json:"item"`
		By   string `json:"by,omitempty"`
	}
	// ItemGraded: somebody has looked at some units of an item. Where they are fewer than
	// it has, the rest become an item of their own (Rest).
	ItemGraded struct {
		OfCase
		Item     int      `json:"item"`
		Quantity int      `json:"quantity"`
		Rest     int      `json:"rest,omitempty"` // number of the item that the other units become
		Result   Grade    `json:"result"`
		Note     string   `json:"note,omitempty"`
		Serial   string   `json:"serial,omitempty"`
		Refund   int64    `json:"refund"` // what comes back at most, by the rules, as it was found
		Signals  []string `json:"signals,omitempty"`
		By       string   `json:"by,omitempty"`
	}
	// PhotoKept: there is a picture of an item.
	PhotoKept struct {
		OfCase
		Item  int    `json:"item"`
		Photo string `json:"photo"`
	}
	// ItemDecided: what the customer gets for an item is settled.
	ItemDecided struct {
		OfCase
		Item        int         `json:"item"`
		Decision    Decision    `json:"decision"`
		Amount      int64       `json:"amount"`
		Disposition Disposition `json:"disposition,omitempty"`
		Reason      string      `json:"reason,omitempty"` // where it differs from the rules
		Instant     bool        `json:"instant,omitempty"`
		By          string      `json:"by,omitempty"`
	}
	// ItemDisposed: it goes somewhere else than was said.
	ItemDisposed struct {
		OfCase
		Item        int         `json:"item"`
		Disposition Disposition `json:"disposition"`
		By          string      `json:"by,omitempty"`
	}
	// SwapSet: what the customer gets in exchange, or that the difference is settled.
	SwapSet struct {
		OfCase
		Swap Swap   `json:"exchange"`
		By   string `json:"by,omitempty"`
	}
	// CaseEnded: closed, cancelled or expired.
	CaseEnded struct {
		OfCase
		State  State  `json:"state"`
		Reason string `json:"reason,omitempty"`
		By     string `json:"by,omitempty"`
	}
	// PackagingTaken: boxes, bags or totes have come back. Points are for the centre to book.
	PackagingTaken struct {
		ID       string  `json:"id"`
		Packing  string  `json:"kind"` // box, bag, tote
		Code     string  `json:"code,omitempty"`
		Quantity int     `json:"quantity"`
		Points   int     `json:"points"`
		Channel  Channel `json:"channel"`
		Door     string  `json:"door,omitempty"`
		Customer string  `json:"customer_ref,omitempty"`
	}
)

// Signalled: something about a case is a reason to look closer, after it was asked for.
type Signalled struct {
	OfCase
	Signal string `json:"signal"`
}

// Type is the fact's name.
func (Signalled) Type() string { return "return.signalled" }

// Apply adds it once.
func (f *Signalled) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		if !slices.Contains(c.Signals, f.Signal) {
			c.Signals = append(slices.Clone(c.Signals), f.Signal)
		}
	})
}

// TurnedAway: somebody wanted to bring something back and no door could take it. What
// the rules count in days stands still from then on, until it is in.
type TurnedAway struct {
	Order  string `json:"order_id"`
	Shop   string `json:"shop"`
	Reason string `json:"reason"`
}

// Type is the fact's name.
func (TurnedAway) Type() string { return "return.turned_away" }

// Subject is the order.
func (f TurnedAway) Subject() string { return "orders/" + f.Order }

// Published: the shop may want to help.
func (TurnedAway) Published() bool { return true }

// Apply remembers the first time.
func (f *TurnedAway) Apply(s *ledger.State, at time.Time) {
	if _, known := turned.Get(s, f.Order); !known {
		turned.Put(s, f.Order, at)
	}
}

// Mark is the private part of a request: whose orders these are, as a keyed hash.
type Mark struct {
	Customer string `json:"customer,omitempty"`
}

// Private is kept apart from what is told.
func (f *CaseRequested) Private() any { return &f.Customer }

// Types of the facts.
func (CaseRequested) Type() string  { return "return.requested" }
func (CaseAuthorised) Type() string { return "return.authorised" }
func (CaseDeclined) Type() string   { return "return.declined" }
func (RuleOverridden) Type() string { return "return.overridden" }
func (BagDropped) Type() string     { return "return.bag_dropped" }
func (AllDropped) Type() string     { return "return.dropped_off" }
func (ItemAdded) Type() string      { return "return.item_added" }
func (ItemGraded) Type() string     { return "return.item_graded" }
func (PhotoKept) Type() string      { return "return.photo_kept" }
func (ItemDecided) Type() string    { return "return.decided" }
func (ItemDisposed) Type() string   { return "return.disposed" }
func (SwapSet) Type() string        { return "return.exchange_set" }
func (CaseEnded) Type() string      { return "return.ended" }
func (PackagingTaken) Type() string { return "return.packaging" }

func (f *CaseRequested) Apply(s *ledger.State, at time.Time) {
	Cases.Put(s, f.Case, Case{
		ID: f.Case, Order: f.Order, Shop: f.Shop, Currency: f.Currency, Channel: f.Channel, State: f.State,
		Conditional: f.Conditional, Unverified: f.Unverified, Gift: f.Gift, Prefer: f.Prefer,
		Language: f.Language, Customer: f.Customer.Customer, Items: f.Items, Swap: f.Swap,
		Signals: f.Signals, Shipping: f.Shipping, Requested: at, Lapses: f.Lapses, Rev: 1,
	})
	if slices.ContainsFunc(f.Texts, func(text string) bool { return text != "" }) {
		texts.Put(s, f.Case, f.Texts)
	}
}

func (f *CaseAuthorised) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		c.Conditional = false
		if c.State == Requested {
			c.State = Authorised
		}
	})
}

func (f *CaseDeclined) Apply(s *ledger.State, at time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		c.Why, c.Conditional = f.Reason, false
		if c.State == Requested || c.State == Authorised {
			c.State, c.Ended = Declined, &at
			return
		}
		for i := range c.Items {
			c.Items[i].Decision, c.Items[i].Amount, c.Items[i].Money = GiveBack, 0, NoMoney
			c.Items[i].Disposition = BackTo
		}
		c.State, c.DecidedAt = Decided, &at
	})
}

// Apply keeps nothing: the item says it.
func (*RuleOverridden) Apply(*ledger.State, time.Time) {}

func (f *BagDropped) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) { c.Bags = append(c.Bags, f.Bag) })
}

func (f *AllDropped) Apply(s *ledger.State, at time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		c.State, c.Dropped, c.Lapses = DroppedOff, &at, nil
		c.Signals = append(c.Signals, f.Signals...)
	})
	turned.Delete(s, f.Order)
	for _, i := range itemsOf(s, f.Case) {
		if i.Serial != "" {
			serials.Put(s, i.Serial, Serial{Case: f.Case, At: at})
		}
	}
}

func itemsOf(s *ledger.State, id string) []Item {
	c, _ := Cases.Get(s, id)
	return c.Items
}

func (f *ItemAdded) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		c.Items = append(c.Items, f.Item)
		if c.State == DroppedOff {
			c.State = Inspecting
		}
	})
}

func (f *ItemGraded) Apply(s *ledger.State, at time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		i := c.item(f.Item)
		if f.Rest > 0 {
			rest := *i
			rest.N, rest.Quantity, rest.From = f.Rest, i.Quantity-f.Quantity, i.From+f.Quantity
			rest.Share, rest.Refund, rest.Fee = i.Share-part(i.Share, f.Quantity, i.Quantity),
				i.Refund-part(i.Refund, f.Quantity, i.Quantity), i.Fee-part(i.Fee, f.Quantity, i.Quantity)
			i.Share, i.Fee = i.Share-rest.Share, i.Fee-rest.Fee
			i.Quantity = f.Quantity
			c.Items = append(c.Items, rest)
			i = c.item(f.Item)
		}
		i.Result, i.Note, i.Refund = f.Result, f.Note, f.Refund
		if f.Serial != "" {
			i.Serial = f.Serial
		}
		for _, signal := range f.Signals {
			if !slices.Contains(c.Signals, signal) {
				c.Signals = append(c.Signals, signal)
			}
		}
		if c.State == DroppedOff {
			c.State = Inspecting
		}
	})
	if f.Serial != "" {
		serials.Put(s, f.Serial, Serial{Case: f.Case, At: at})
	}
	decided(s, f.Case, at)
}

func (f *PhotoKept) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		i := c.item(f.Item)
		i.Photos = append(slices.Clone(i.Photos), f.Photo)
	})
}

func (f *ItemDecided) Apply(s *ledger.State, at time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		i := c.item(f.Item)
		i.Decision, i.Amount, i.DecidedBy = f.Decision, f.Amount, f.By
		if f.Disposition != "" {
			i.Disposition = f.Disposition
		}
		if c.State == DroppedOff && !f.Instant {
			c.State = Inspecting
		}
	})
	decided(s, f.Case, at)
}

// decided moves a case on when all of its items are settled.
func decided(s *ledger.State, id string, at time.Time) {
	c, _ := Cases.Get(s, id)
	if !c.Here() || c.Conditional || slices.ContainsFunc(c.Items, func(i Item) bool {
		return i.Decision == "" || i.Result == "" && !i.Keep
	}) {
		return
	}
	changeCase(s, id, func(c *Case) { c.State, c.DecidedAt = Decided, &at })
	settle(s, id)
}

func (f *ItemDisposed) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) { c.item(f.Item).Disposition = f.Disposition })
}

func (f *SwapSet) Apply(s *ledger.State, _ time.Time) {
	changeCase(s, f.Case, func(c *Case) { swap := f.Swap; c.Swap = &swap })
}

func (f *CaseEnded) Apply(s *ledger.State, at time.Time) {
	changeCase(s, f.Case, func(c *Case) {
		c.State, c.Why, c.Ended, c.Lapses = f.State, f.Reason, &at, nil
	})
	texts.Delete(s, f.Case)
}

// Subject is the return of packaging.
func (f PackagingTaken) Subject() string { return "packaging/" + f.ID }

// Published: the centre books the points.
func (PackagingTaken) Published() bool { return true }

// Apply keeps nothing.
func (*PackagingTaken) Apply(*ledger.State, time.Time) {}
