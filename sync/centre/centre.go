// Package centre is a small order system. It plays the one truth over all places until
// there is a hub: it puts orders at several stations, grants leases, reads their feeds,
// answers what was accepted on condition so that nothing comes back more often than it was
// bought, and pays refunds. It keeps everything in memory.
//
// A Centre belongs to one goroutine.
package centre

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cubby/locker/orders"
	"cubby/locker/returns"
	"cubby/sync/client"
	"cubby/sync/problem"
)

// A Station is what the centre needs of one.
type Station interface {
	PutOrder(ctx context.Context, id string, body json.RawMessage) (client.Order, bool, error)
	GrantLease(ctx context.Context, order, line string, l orders.Lease) (client.Order, error)
	ReturnedElsewhere(ctx context.Context, order, line string, quantity int) (client.Order, error)
	Return(ctx context.Context, id string) (client.Return, error)
	DoReturn(ctx context.Context, id, step string, body any) (client.Return, error)
	AnswerRefund(ctx context.Context, id string, body any) (returns.Refund, error)
	Events(
		ctx context.Context,
		cursor string,
		limit int,
		wait time.Duration,
	) ([]json.RawMessage, string, error)
}

// Centre knows what was bought, who may take it back, and what has come back where.
type Centre struct {
	sites  map[string]*site
	bought map[line]int
	holder map[line]string // of the lease, whether it has lapsed or not
	lasts  time.Duration   // of a lease
}

type line struct{ order, id string }

type site struct {
	Station
	cut    bool // the network to it is
	cursor string
	cases  map[string]returns.Case
	told   map[line]int // what has come back elsewhere
}

// New makes a centre. Leases last so long.
func New(lasts time.Duration) *Centre {
	return &Centre{sites: map[string]*site{}, bought: map[line]int{}, holder: map[line]string{}, lasts: lasts}
}

// Add adds a station by the name that leases have for it.
func (c *Centre) Add(name string, s Station) {
	c.sites[name] = &site{Station: s, cases: map[string]returns.Case{}, told: map[line]int{}}
}

// Cut takes the network to a station away, or gives it back.
func (c *Centre) Cut(name string, cut bool) { c.sites[name].cut = cut }

// Put puts an order at all stations, with leases of some of its lines. It takes the network
// to all of them.
func (c *Centre) Put(ctx context.Context, id string, o map[string]any, leases map[string]string) error {
	lines, _ := o["lines"].([]map[string]any)
	for _, l := range lines {
		key := line{id, fmt.Sprint(l["id"])}
		c.bought[key], _ = l["quantity"].(int)
		if site := leases[key.id]; site != "" {
			c.holder[key] = site
			l["lease"] = map[string]any{"site": site, "until": time.Now().Add(c.lasts).UTC()}
		}
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	for _, name := range c.names() {
		if _, _, err := c.sites[name].PutOrder(ctx, id, body); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (c *Centre) names() []string { return slices.Sorted(maps.Keys(c.sites)) }

// Sync reads the feeds of all stations that can be reached, and answers what waits for an
// answer, until nothing does that can be answered.
func (c *Centre) Sync(ctx context.Context) error {
	for range 20 { // an answer leads to events, and these to answers; a few rounds end it
		moved := false
		for _, name := range c.names() {
			if c.sites[name].cut {
				continue
			}
			read, err := c.read(ctx, name)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			moved = moved || read
		}
		answered, err := c.answer(ctx)
		if err != nil {
			return err
		}
		if !moved && !answered {
			return c.tell(ctx)
		}
	}
	return errors.New("centre: the stations do not come to rest")
}

// read reads a station's feed to its end.
func (c *Centre) read(ctx context.Context, name string) (moved bool, err error) {
	s := c.sites[name]
	for {
		events, next, err := s.Events(ctx, s.cursor, 100, 0)
		if err != nil {
			return moved, err
		}
		for _, text := range events {
			var e struct {
				Type, Subject string
				Data          struct {
					Refund   string `json:"refund_id"`
					Amount   int64
					Currency string
				}
			}
			if err := json.Unmarshal(text, &e); err != nil {
				return moved, err
			}
			id, isReturn := strings.CutPrefix(e.Subject, "returns/")
			switch {
			case isReturn:
				r, err := s.Return(ctx, id)
				if err != nil {
					return moved, err
				}
				s.cases[id] = r.Case
				moved = true
			case e.Type == "refund.ordered":
				body := map[string]any{
					"state": "completed", "amount": e.Data.Amount, "currency": e.Data.Currency, "reference": "paid",
				}
				if _, err := s.AnswerRefund(ctx, e.Data.Refund, body); err != nil && !refused(err) {
					return moved, err
				}
				moved = true
			}
		}
		s.cursor = next
		if len(events) == 0 {
			return moved, nil
		}
	}
}

// refused reports whether a station has decided otherwise, rather than not answered.
func refused(err error) bool {
	p, ok := errors.AsType[*problem.Problem](err)
	return ok && p.Status >= 400 && p.Status < 500
}

// answer answers what was accepted on condition, the oldest first.
func (c *Centre) answer(ctx context.Context) (answered bool, err error) {
	type waiting struct {
		site string
		returns.Case
	}
	var all []waiting
	for name, s := range c.sites {
		for _, r := range s.cases {
			if r.Conditional && !r.State.Over() && !s.cut {
				all = append(all, waiting{name, r})
			}
		}
	}
	slices.SortFunc(all, func(a, b waiting) int {
		if d := a.Requested.Compare(b.Requested); d != 0 {
			return d
		}
		return strings.Compare(a.ID, b.ID)
	})
	for _, w := range all {
		known, err := c.take(ctx, w.site, w.Case)
		if err != nil {
			return answered, err
		}
		if !known { // whoever has the lease cannot be asked: it waits
			continue
		}
		step, body := "authorise", any(nil)
		if l, fits := c.fits(w.site, w.Case); !fits {
			step = "decline"
			body = map[string]string{"reason": "line " + l + " has come back at another place"}
		}
		r, err := c.sites[w.site].DoReturn(ctx, w.ID, step, body)
		if refused(err) {
			r, err = c.sites[w.site].Return(ctx, w.ID) // changed meanwhile
		}
		if err != nil {
			return answered, err
		}
		c.sites[w.site].cases[w.ID] = r.Case
		answered = true
	}
	return answered, nil
}

// take has a station hold the leases of a case's lines, and reads what whoever held them has
// accepted until then. False: somebody who holds one cannot be reached.
func (c *Centre) take(ctx context.Context, name string, r returns.Case) (bool, error) {
	for _, i := range r.Items {
		key := line{r.Order, i.Line}
		held := c.holder[key]
		if held == "" || held == name {
			continue
		}
		if c.sites[held].cut {
			return false, nil
		}
		lease := orders.Lease{Site: name, Until: time.Now().Add(c.lasts)}
		for _, at := range append([]string{held}, c.names()...) { // first where it is lost
			if c.sites[at].cut {
				continue
			}
			if _, err := c.sites[at].GrantLease(ctx, key.order, key.id, lease); err != nil {
				return false, err
			}
		}
		c.holder[key] = name
		if _, err := c.read(ctx, held); err != nil {
			return false, err
		}
	}
	return true, nil
}

// fits reports whether a case can be agreed to, or names a line that came back already.
func (c *Centre) fits(name string, r returns.Case) (without string, ok bool) {
	units := map[line]int{}
	for _, i := range r.Items {
		if r.Claims(i) {
			units[line{r.Order, i.Line}] += i.Quantity
		}
	}
	for key, n := range units {
		for _, s := range c.sites {
			for _, other := range s.cases {
				if other.ID != r.ID && !other.Conditional {
					n += claims(other, key)
				}
			}
		}
		if n > c.bought[key] {
			return key.id, false
		}
	}
	return "", true
}

// claims are the units of a line that a case holds.
func claims(r returns.Case, l line) (units int) {
	if r.Order != l.order {
		return 0
	}
	for _, i := range r.Items {
		if i.Line == l.id && r.Claims(i) {
			units += i.Quantity
		}
	}
	return units
}

// tell tells each station what has come back at the others, as soon as that is final.
func (c *Centre) tell(ctx context.Context) error {
	for _, name := range c.names() {
		s := c.sites[name]
		if s.cut {
			continue
		}
		for key := range c.bought {
			elsewhere := 0
			for other, o := range c.sites {
				for _, r := range o.cases {
					if other != name && r.State == returns.Closed {
						elsewhere += claims(r, key)
					}
				}
			}
			if elsewhere <= s.told[key] {
				continue
			}
			switch _, err := s.ReturnedElsewhere(ctx, key.order, key.id, elsewhere); {
			case refused(err): // something of it is under way there; told when that is over
			case err != nil:
				return err
			default:
				s.told[key] = elsewhere
			}
		}
	}
	return nil
}
