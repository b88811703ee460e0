package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
)

// Packings are what can be brought back besides goods.
var Packings = []string{"box", "bag", "tote"}

// TakePackaging takes a box, a bag or a tote at the counter. Its points are for the centre
// to book.
type TakePackaging struct {
	By      people.Doer
	Packing string // one of Packings
	Points  *int   // set to what it is worth when not nil
}

// Decide takes it, where the station gives points for it.
func (c TakePackaging) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.TakeReturns); err != nil {
		return err
	}
	points := SettingsOf(t.Env).Points[c.Packing]
	if points == 0 || !slices.Contains(Packings, c.Packing) {
		return ledger.Refuse(ledger.Invalid, "packaging", "this station takes no packaging of this kind").At("/kind")
	}
	t.Emit(&PackagingTaken{
		ID: "P" + newNumber(t)[1:], Packing: c.Packing, Quantity: 1, Points: points, Channel: AtCounter,
	})
	if c.Points != nil {
		*c.Points = points
	}
	return nil
}
