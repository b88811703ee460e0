package stock

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/wall"
)

// OfArticle is part of each fact about one article.
type OfArticle struct {
	SKU string `json:"sku"`
}

// Subject is the article.
func (o OfArticle) Subject() string { return "stock/" + o.SKU }

// OfReservation is part of each fact about a reservation. The feed does not tell of them.
type OfReservation struct {
	Reservation string `json:"reservation"`
}

// Subject is the reservation.
func (o OfReservation) Subject() string { return "reservations/" + o.Reservation }

// Published: the station's own bookkeeping.
func (OfReservation) Published() bool { return false }

type (
	// Moved: goods have gone from one place to another.
	Moved struct {
		SKU      string `json:"sku"`
		From     Place  `json:"from,omitempty"` // empty: from outside
		To       Place  `json:"to,omitempty"`   // empty: outside
		FromDoor string `json:"from_door,omitempty"`
		ToDoor   string `json:"to_door,omitempty"`
		Quantity int    `json:"quantity"`
		Cause    string `json:"cause"` // "returned", "restocked", "count", "sold" ...
		Case     string `json:"case,omitempty"`
		Count    string `json:"count,omitempty"`       // the count that it posts
		Ref      string `json:"expected,omitempty"`    // what was expected and has come
		Held     string `json:"reservation,omitempty"` // what it was promised by
		OnHand   int    `json:"on_hand"`               // at this site afterwards
	}
	// Held: units are held for somebody; the newest replaces all that was held by the same.
	Held struct {
		OfReservation
		Cause Cause     `json:"cause"`
		Lines []Line    `json:"lines"`
		Until time.Time `json:"until"`
	}
	// Committed: what is held was bought.
	Committed struct {
		OfReservation
		Order string     `json:"order_id"`
		Until *time.Time `json:"until,omitempty"` // absent: until it is handed over
	}
	// Released: nothing is held by it any more.
	Released struct {
		OfReservation
		Why string `json:"why"` // lapsed, cancelled, or the caller's own word
	}
	// Delivered: the centre has sent units of a reservation that it had leased.
	Delivered struct {
		OfReservation
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
	}
	// Planned: what is asked of the stock of an article.
	Planned struct {
		OfArticle
		Plan
	}
	// Awaited: so many of an article come at a time, or leave (fewer than none); zero: none.
	Awaited struct {
		OfArticle
		Expected
	}
	// Tallied: somebody has counted, and what was known then is noted beside it.
	Tallied struct{ Tally }
	// TallyEnded: a count was posted, or thrown away.
	TallyEnded struct {
		OfArticle
		Count  string `json:"count"`
		Posted bool   `json:"posted"`
		By     string `json:"by,omitempty"`
	}
	// TaskOpened: staff have something to do about an article.
	TaskOpened struct{ Task }
	// TaskClosed: it is done, or was done by what has happened.
	TaskClosed struct {
		OfArticle
		Kind TaskKind `json:"kind"`
		Door string   `json:"door,omitempty"`
	}
	// DoorStocked: goods for sale lie behind a door, which is for nothing else.
	DoorStocked struct {
		wall.OfDoor
		SKU string `json:"sku"`
	}
)

// Type is the fact's name.
func (Moved) Type() string       { return "stock.moved" }
func (Held) Type() string        { return "stock.held" }
func (Committed) Type() string   { return "stock.committed" }
func (Released) Type() string    { return "stock.released" }
func (Delivered) Type() string   { return "stock.delivered" }
func (Planned) Type() string     { return "stock.planned" }
func (Awaited) Type() string     { return "stock.awaited" }
func (Tallied) Type() string     { return "stock.tallied" }
func (TallyEnded) Type() string  { return "stock.tally_ended" }
func (TaskOpened) Type() string  { return "stock.task_opened" }
func (TaskClosed) Type() string  { return "stock.task_closed" }
func (DoorStocked) Type() string { return "stock.door_stocked" }

// Subject is the article.
func (m Moved) Subject() string      { return "stock/" + m.SKU }
func (f Tallied) Subject() string    { return "stock/" + f.SKU }
func (f TaskOpened) Subject() string { return "stock/" + f.SKU }

// Published: the feed tells it, so that shops know what they can sell.
func (Moved) Published() bool       { return true }
func (TaskOpened) Published() bool  { return true }
func (TaskClosed) Published() bool  { return true }
func (DoorStocked) Published() bool { return true }

// Published: the station's own bookkeeping.
func (Planned) Published() bool    { return false }
func (Awaited) Published() bool    { return false }
func (Tallied) Published() bool    { return false }
func (TallyEnded) Published() bool { return false }

// Apply moves them, and ends the promise that they fulfil.
func (m *Moved) Apply(s *ledger.State, at time.Time) {
	Levels.Put(s, m.SKU, Of(s, m.SKU).after(*m, at))
	if m.Held != "" {
		consume(s, m.Held, at, func(l Line) bool {
			return l.SKU == m.SKU && l.Door == m.FromDoor && !l.Afar
		}, m.Quantity)
	}
	if m.FromDoor != "" {
		lay(s, m.FromDoor, m.SKU, -m.Quantity)
	}
	if m.ToDoor != "" {
		lay(s, m.ToDoor, m.SKU, m.Quantity)
	}
	if m.Ref != "" {
		expect(s, m.SKU, m.Ref, func(e *Expected) { e.Quantity = max(0, e.Quantity-m.Quantity) })
	}
}

// Apply replaces what was held.
func (f *Held) Apply(s *ledger.State, at time.Time) {
	was, _ := Reservations.Get(s, f.Reservation)
	unhold(s, was, at)
	r := Reservation{ID: f.Reservation, Cause: f.Cause, Lines: f.Lines, Until: &f.Until, Since: at}
	if !was.Since.IsZero() {
		r.Since = was.Since
	}
	Reservations.Put(s, r.ID, r)
	count(s, r, 1, at)
	holdDoors(s, r)
}

// Apply counts it with what was bought.
func (f *Committed) Apply(s *ledger.State, at time.Time) {
	r, ok := Reservations.Get(s, f.Reservation)
	if !ok {
		return
	}
	count(s, r, -1, at)
	r.Order, r.Until, r.Cause = f.Order, f.Until, ForPickup
	Reservations.Put(s, r.ID, r)
	count(s, r, 1, at)
}

// Apply gives the units free.
func (f *Released) Apply(s *ledger.State, at time.Time) {
	r, _ := Reservations.Get(s, f.Reservation)
	unhold(s, r, at)
}

// Apply takes the units out of the reservation.
func (f *Delivered) Apply(s *ledger.State, at time.Time) {
	consume(s, f.Reservation, at, func(l Line) bool { return l.SKU == f.SKU && l.Afar }, f.Quantity)
}

// Apply notes it.
func (f *Planned) Apply(s *ledger.State, at time.Time) {
	change(s, f.SKU, at, func(l *Level) { l.Plan = f.Plan })
}

// Apply notes it.
func (f *Awaited) Apply(s *ledger.State, _ time.Time) {
	expect(s, f.SKU, f.Ref, func(e *Expected) { *e = f.Expected })
}

// Apply notes it.
func (f *Tallied) Apply(s *ledger.State, at time.Time) {
	y := f.Tally
	y.At = at
	Tallies.Put(s, y.Count, y)
}

// Apply forgets the count: what it has changed is a move.
func (f *TallyEnded) Apply(s *ledger.State, _ time.Time) { Tallies.Delete(s, f.Count) }

// Apply notes it.
func (f *TaskOpened) Apply(s *ledger.State, at time.Time) {
	task := f.Task
	task.Since = at
	Open.Put(s, task.key(), task)
}

// Apply forgets it.
func (f *TaskClosed) Apply(s *ledger.State, _ time.Time) {
	Open.Delete(s, Task{Kind: f.Kind, SKU: f.SKU, Door: f.Door}.key())
}

// Apply gives them the door.
func (f *DoorStocked) Apply(s *ledger.State, _ time.Time) {
	wall.Change(s, f.Compartment, func(c *wall.Compartment) {
		c.Allocation, c.Reason, c.Contents, c.Evidence = wall.ForSale, "", wall.ContentsPresent, wall.ByHuman
	})
}
