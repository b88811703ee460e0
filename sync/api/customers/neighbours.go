package customers

import (
	"net/http"
	"time"

	"cubby/locker/customers"
	"cubby/sync/rest"
)

// nameBody is how somebody is named to collect for a customer: both have consented.
type nameBody struct {
	By      string    `json:"by"       check:"required"`
	Asked   askedBody `json:"asked"    check:"required"`
	ByAsked askedBody `json:"by_asked" check:"required"`
}

// agreement is how one is told.
type agreement struct {
	ID    string    `json:"id"`
	Of    string    `json:"of"`
	By    string    `json:"by"`
	Since time.Time `json:"since"`
}

func agreementOf(n customers.Neighbour) agreement { return agreement{n.ID, n.Of, n.By, n.Since.UTC()} }

func (f family) nameNeighbour(x *rest.Exchange, b nameBody) error {
	n, err := f.station.NameNeighbour(x.Context(), customers.NameNeighbour{
		Of: x.Var("id"), By: b.By, Asked: customers.Asked{Through: b.Asked.Through, Text: b.Asked.Text},
		ByAsked: customers.Asked{Through: b.ByAsked.Through, Text: b.ByAsked.Text},
	}, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	return x.Encode(http.StatusOK, agreementOf(n))
}

func (f family) neighbours(x *rest.Exchange) error {
	found, err := f.station.CustomerNeighbours(x.Context(), x.Var("id"))
	if err != nil {
		return sameNotFound(err)
	}
	all := []agreement{}
	for _, n := range found {
		all = append(all, agreementOf(n))
	}
	return x.Encode(http.StatusOK, map[string]any{"neighbours": all})
}

func (f family) endNeighbour(x *rest.Exchange) error {
	through, err := through(x)
	if err == nil {
		err = f.station.EndNeighbour(x.Context(), customers.EndNeighbour{
			ID: x.Var("neighbour"), Customer: x.Var("id"), Through: through,
		}, x.Actor())
	}
	if err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}
