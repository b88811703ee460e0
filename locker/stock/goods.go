package stock

import (
	"cmp"
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Goods are what lies behind a door for sale: units of one article.
type Goods struct {
	Door     string `json:"door"` // the compartment's number
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Held     int    `json:"held,omitempty"` // of them, promised to somebody from this door
}

// Free is how many may still be promised from this door.
func (g Goods) Free() int { return max(0, g.Quantity-g.Held) }

// Behind are the goods for sale by compartment: those of one wall.
var Behind = ledger.NewTable("stock_goods", "door", ledger.InMemory[Goods]())

// Where is where an article lies: the doors that have it, by number, and all its places.
func Where(s *ledger.State, sku string) (doors []Goods, l Level) {
	for _, g := range Behind.All(s) {
		if g.SKU == sku {
			doors = append(doors, g)
		}
	}
	slices.SortFunc(doors, func(a, b Goods) int { return cmp.Compare(a.Door, b.Door) })
	return doors, Of(s, sku)
}

// doorsOf refuses a move that doors do not allow.
func doorsOf(t *visit.Turn, m Moved) error {
	if (m.From == Door) != (m.FromDoor != "") || (m.To == Door) != (m.ToDoor != "") {
		return ledger.Refuse(ledger.Invalid, "door", "say behind which door of the wall, and only of a door")
	}
	if m.From == Door {
		g, _ := Behind.Get(t.State, m.FromDoor)
		promised := g.Held - m.ofReservation(t.State)
		switch {
		case g.SKU != m.SKU:
			return ledger.Refuse(ledger.Conflict, "not-there", "behind door %s is nothing of %s",
				m.FromDoor, m.SKU)
		case g.Quantity < m.Quantity:
			return ledger.Refuse(ledger.Conflict, "not-there", "%d of %s are to leave door %s, where %d are",
				m.Quantity, m.SKU, m.FromDoor, g.Quantity)
		case g.Quantity-m.Quantity < promised && m.Cause != Counted:
			return ledger.Refuse(ledger.Conflict, "promised",
				"%d of what is behind door %s are promised to somebody; release them first",
				promised, m.FromDoor)
		}
	}
	if m.To != Door {
		return nil
	}
	box, ok := wall.Compartments.Get(t.State, m.ToDoor)
	switch {
	case !ok:
		return ledger.Refuse(ledger.NotFound, "no-such-compartment",
			"there is no compartment with this number")
	case box.Allocation == wall.Free && box.Parcel == "":
		return nil
	case box.Allocation != wall.ForSale:
		return ledger.Refuse(ledger.Conflict, "door-not-free", "door %s is used for something else", m.ToDoor)
	}
	if g, _ := Behind.Get(t.State, m.ToDoor); g.SKU != m.SKU {
		return ledger.Refuse(ledger.Conflict, "door-not-free",
			"behind door %s is %s; one door has one article", m.ToDoor, g.SKU)
	}
	return nil
}

// lay puts units behind a door; fewer than none are taken out.
func lay(s *ledger.State, door, sku string, quantity int) {
	g, _ := Behind.Get(s, door)
	g.Door, g.SKU, g.Quantity = door, sku, g.Quantity+quantity
	g.Held = heldAt(s, g)
	if g.Quantity > 0 {
		Behind.Put(s, door, g)
	} else {
		Behind.Delete(s, door)
	}
}

// allot gives a door to the goods that were laid behind it, and frees one that they have left.
func allot(t *visit.Turn, m Moved) {
	if box, _ := wall.Compartments.Get(t.State, m.ToDoor); box.Allocation == wall.Free {
		t.Emit(&DoorStocked{OfDoor: wall.OfDoor{Compartment: m.ToDoor}, SKU: m.SKU})
	}
	_, left := Behind.Get(t.State, m.FromDoor)
	if box, _ := wall.Compartments.Get(t.State, m.FromDoor); !left && box.Allocation == wall.ForSale {
		t.Emit(&wall.CompartmentFreed{OfDoor: wall.OfDoor{Compartment: m.FromDoor}, Evidence: wall.ByHuman})
	}
}

// restore gives a door back to the goods that lie behind it, when staff want it back in use.
func restore(t *visit.Turn, c wall.Compartment, reason, by string) (done bool, err error) {
	g, is := Behind.Get(t.State, c.Number)
	if !is || c.Parcel != "" {
		return false, nil
	}
	at := wall.OfDoor{Compartment: c.Number}
	t.Emit(&wall.DoorRestored{OfDoor: at, Reason: reason, By: by})
	t.Emit(&DoorStocked{OfDoor: at, SKU: g.SKU})
	return true, nil
}

// doubt asks staff to count what lies behind a door that has been open without its reason.
func doubt(t *visit.Turn, c wall.Compartment, why string) {
	if g, is := Behind.Get(t.State, c.Number); is {
		openTask(t, Task{Kind: Recount, SKU: g.SKU, Door: c.Number, Why: why})
	}
}
