package shop

import (
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// longestBay is how long the name of a bay may be, in characters.
const longestBay = 20

// Here says that the customer of a sale waits at the kerb, and at which bay. Staff see it in
// their queue. Said again with the same bay nothing changes. Refused with "no-such-sale",
// "bay", "not-kerbside" when it is had in another way, and "sale-over".
type Here struct {
	By   people.Doer
	Sale string
	Bay  string // 1 to 20 characters
	Now  *Sale  // set to the sale as it is afterwards when not nil
}

// Decide notes it.
func (c Here) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.HandOver); err != nil {
		return err
	}
	sale, ok := Sales.Get(t.State, c.Sale)
	switch {
	case !ok:
		return NoSuchSale()
	case !plain.Text(c.Bay, 1, longestBay):
		return ledger.Refuse(ledger.Invalid, "bay", "say at which bay, in 1 to %d characters",
			longestBay).At("/bay")
	case sale.Place.Kind != Kerbside:
		return ledger.Refuse(ledger.Conflict, "not-kerbside", "this order is not brought to the kerb")
	case sale.State.Over():
		return ledger.Refuse(ledger.Conflict, "sale-over", "this order is %s: nobody waits for it", sale.State)
	case sale.Bay != c.Bay:
		t.Emit(&CustomerHere{OfSale: of(sale), Bay: c.Bay})
	}
	if c.Now != nil {
		*c.Now, _ = Sales.Get(t.State, c.Sale)
	}
	return nil
}
