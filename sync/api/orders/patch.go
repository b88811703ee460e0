package orders

import (
	"encoding/json"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/sync/rest"
)

// fixed are members of an order that nobody puts.
var fixed = []string{"id", "cancelled", "accepted", "rev", "total"}

// patch changes some members of an order. What the patch does not name stays; so do what is
// known of the customer and cannot be read, and what was told of lines meanwhile.
func (f family) patch(x *rest.Exchange) error {
	id := x.Var("id")
	if !orders.ValidID(id) {
		return noSuchOrder
	}
	p, err := x.ReadPatch(fixed...)
	if err != nil {
		return err
	}
	var now orders.Order
	err = x.Patched(p, func() ([]byte, int64, error) {
		o, err := f.reader.Order(x.Context(), id)
		if err != nil {
			return nil, 0, sameNotFound(err)
		}
		document, err := Document(o)
		return document, o.Rev, err
	}, func(document []byte, cond ledger.Condition) error {
		o, proof, err := ReadOrder(document)
		if err != nil {
			return err
		}
		proof.Keep = orders.Keep{
			Reference: !p.Names("customer_ref"), Postcode: !p.Names("postcode"), Phone: !p.Names("phone"),
		}
		now, _, err = f.station.PutOrder(x.Context(), id, o, proof, cond, x.Actor())
		return err
	})
	if err != nil {
		return err
	}
	return answer(x, http.StatusOK, now)
}

// Document is the body of the PUT that would have an order as it is, without what is known
// of its customer.
func Document(o orders.Order) ([]byte, error) {
	text, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	for _, name := range fixed {
		delete(members, name)
	}
	return json.Marshal(members)
}
