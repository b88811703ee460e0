package orders

import "time"

// A Filter selects orders; empty members do not restrict.
type Filter struct {
	Shop  string
	Scan  string // what was scanned, see Find
	After string // the last id of the page before
	Limit int    // 1 to 100
}

// An Outline is an order in a list.
type Outline struct {
	ID        string     `json:"id"`
	Shop      string     `json:"shop"`
	Channel   Channel    `json:"channel"`
	Currency  string     `json:"currency"`
	Total     int64      `json:"total"` // minor units
	Lines     int        `json:"lines"`
	Ordered   time.Time  `json:"ordered"`
	Delivered *time.Time `json:"delivered,omitempty"`
	Cancelled bool       `json:"cancelled,omitempty"`
	Rev       int64      `json:"rev"`
}

// Outline is the order as lists have it.
func (o Order) Outline() Outline {
	return Outline{
		o.ID, o.Shop, o.Channel, o.Currency, o.Total(), len(o.Lines), o.Ordered, o.Delivered, o.Cancelled, o.Rev,
	}
}
