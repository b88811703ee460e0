package down

import (
	"cubby/locker/ledger"
	model "cubby/locker/orders"
	"cubby/locker/visit"
	"cubby/sync/api/orders"
	"cubby/sync/protocol"
)

func orderChanged(d *Down, c protocol.Change) (visit.Command, error) {
	o, proof, err := orders.TakeOrder(c.Doc)
	if err != nil {
		return nil, err
	}
	o.ID = c.ID
	o.Prove(d.cfg.Keys.Mark, proof)
	return model.Put{ID: c.ID, Order: o}, nil
}

func orderDeleted(_ *Down, id string) visit.Command { return known{model.Cancel{Order: id}} }

// known is a command that ends something: what is not here need not be ended.
type known struct{ visit.Command }

// Decide passes over what is not here.
func (k known) Decide(t *visit.Turn) error {
	if err := k.Command.Decide(t); err != nil && ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	return nil
}
