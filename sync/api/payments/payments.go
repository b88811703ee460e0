// Package payments is the resource family of what payment providers post by themselves.
package payments

import (
	_ "embed"
	"net/http"

	"cubby/locker/ledger"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// A Taker takes notices in. What it refuses as NotAllowed is not signed as it should be.
type Taker interface {
	Take(header http.Header, body []byte) error
}

type family struct{ taker Taker }

// Notices is where providers post, without a key: the signature counts.
const Notices = "/v1/payments/notices"

// Family is the family over a taker; nil: no notices are taken here.
func Family(t Taker) rest.Family {
	f := family{t}
	return rest.Family{Name: "payments", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: Notices, Entry: rest.Open, Run: rest.Plain(f.take)},
	}}
}

// take counts what is not signed against the address it came from.
func (f family) take(x *rest.Exchange) error {
	if f.taker == nil {
		return ledger.Refuse(ledger.NotFound, "no-payment-notices",
			"no notices of payments are taken here: name a webhook_secret_file in [shop.payment]")
	}
	err := x.Body(func(body []byte) error { return f.taker.Take(x.Request().Header, body) })
	if err != nil && ledger.CodeOf(err) == ledger.NotAllowed {
		return x.Refused(err)
	}
	if err != nil {
		return err
	}
	return x.Nothing()
}
