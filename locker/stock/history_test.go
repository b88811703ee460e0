package stock

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// sums says where levels, doors and reservations contradict each other; empty: nowhere.
func (s *site) sums(skus ...string) string {
	for _, sku := range skus {
		l := s.level(sku)
		reserved, committed, behind := 0, 0, 0
		held := map[string]int{}
		for _, r := range Reservations.All(s.state()) {
			if n := r.Of(sku, false); r.Committed() {
				committed += n
			} else {
				reserved += n
			}
			for _, line := range r.Lines {
				if line.Quantity < 1 {
					return fmt.Sprintf("%s holds %+v", r.ID, line)
				}
				if line.SKU == sku {
					held[line.Door] += line.Quantity
				}
			}
			if r.Until != nil && !r.Until.After(s.now) {
				return fmt.Sprintf("%+v should have lapsed", r)
			}
		}
		doors, _ := Where(s.state(), sku)
		for _, g := range doors {
			behind += g.Quantity
			if g.Quantity < 1 || g.Held != min(g.Quantity, held[g.Door]) {
				return fmt.Sprintf("behind a door is %+v, and %d are held there", g, held[g.Door])
			}
			if c, _ := wall.Compartments.Get(s.state(), g.Door); c.Allocation != wall.ForSale {
				return fmt.Sprintf("goods lie behind %+v", c)
			}
		}
		if l.Reserved != reserved || l.Committed != committed || l.Doors != behind {
			return fmt.Sprintf("%+v, and %d are reserved, %d bought, %d behind doors", l, reserved,
				committed, behind)
		}
	}
	for _, c := range wall.Compartments.All(s.state()) {
		if _, is := Behind.Get(s.state(), c.Number); is != (c.Allocation == wall.ForSale) {
			return fmt.Sprintf("nothing lies behind %+v", c)
		}
	}
	return ""
}

// Whoever wants what, in whatever order: what is promised is there, sums agree, and nothing
// appears or is lost. Only what staff have in their hands may be more than was known.
func TestWhatIsPromisedIsThereInAnyHistory(t *testing.T) {
	steps := strings.Fields("put put receive hold hold hold keep buy buy end take take empty give move " +
		"wait count post plan")
	rapid.Check(t, func(t *rapid.T) {
		s := newSite("1", "2", "3")
		pick := func(what string, n int) int { return rapid.IntRange(0, n-1).Draw(t, what) }
		inside, loose := map[string]int{}, false // loose: somebody has counted, or moved what was promised
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			sku := rapid.SampledFrom([]string{"A", "B"}).Draw(t, "sku")
			cart := fmt.Sprint("c", pick("cart", 3))
			door, n := fmt.Sprint(1+pick("door", 3)), 1+pick("units", 3)
			place := rapid.SampledFrom([]Place{Shelf, Warehouse, Damaged}).Draw(t, "place")
			step := rapid.SampledFrom(steps).Draw(t, "step")
			var c visit.Command
			switch step {
			case "put":
				c = moving{Moved{SKU: sku, To: Door, ToDoor: door, Quantity: n, Cause: Received}}
			case "receive":
				c = moving{Moved{SKU: sku, To: place, Quantity: n, Cause: Received}}
			case "hold":
				lines := []Line{{SKU: sku, Quantity: n}}
				if pick("where", 2) == 0 {
					lines[0].Door = door
				}
				if pick("more", 3) == 0 {
					lines = append(lines, Line{SKU: "A", Quantity: 1})
				}
				c = hold(cart, lines...)
			case "keep":
				c = keep(cart, s.now.Add(time.Duration(n)*10*time.Minute))
			case "buy":
				c = commit(cart, "SO-"+cart)
			case "end":
				c = release(cart)
			case "take":
				c = take(cart, door)
			case "empty":
				c = moving{Moved{SKU: sku, From: Door, FromDoor: door, To: Shelf, Quantity: n,
					Cause: "tidied"}}
			case "give":
				c = do(func(t *visit.Turn) error { return HandOver(t, cart, sku, Shelf, n) })
				loose = true
			case "move":
				c = moving{Moved{SKU: sku, From: Shelf, To: place, Quantity: n, Cause: "tidied"}}
				loose = loose || place == Damaged
			case "wait":
				s.now = s.now.Add(time.Duration(n) * 5 * time.Minute)
				c = visit.Tick{}
			case "count":
				counted := CountPlace{SKU: sku, Place: place, Counted: n - 1, Post: pick("post", 2) == 0}
				if pick("at a door", 3) == 0 {
					counted.Place, counted.Door = Door, door
				}
				c = counted
				loose = true
			case "post":
				all := Tallies.All(s.state())
				if len(all) == 0 {
					continue
				}
				c = PostCount{Count: all[0].Count}
				loose = true
			case "plan":
				c = SetPlan{sku, Plan{Low: n, Refill: pick("refill", 2)}}
			}
			facts := len(s.facts)
			if err := s.decide(c); err != nil && ledger.CodeOf(err) == ledger.Internal {
				t.Fatal(err)
			}
			for _, f := range s.facts[facts:] {
				if m, ok := f.(*Moved); ok {
					if m.From == Outside {
						inside[m.SKU] += m.Quantity
					}
					if m.To == Outside {
						inside[m.SKU] -= m.Quantity
					}
				}
			}
			if wrong := s.sums("A", "B"); wrong != "" {
				t.Fatalf("after %s: %s", step, wrong)
			}
			for _, sku := range []string{"A", "B"} {
				l := s.level(sku)
				if l.Here() != inside[sku] {
					t.Fatalf("after %s %d of %s are here, and %d came in", step, l.Here(), sku, inside[sku])
				}
				if !loose && l.Available() < 0 {
					t.Fatalf("after %s more is promised than is there: %+v", step, l)
				}
			}
		}
	})
}
