package parcel

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/view"
)

// What a parcel is held for; without any the shop has its own reason.
const (
	ForCustoms  = "customs"  // duty or papers are missing
	ForFee      = "fee"      // something is to be paid
	ForIdentity = "identity" // who collects it has to be known first
	ForShop     = "shop"     // the shop's own reason; kept as none
)

// HoldKinds are what may be said in a hold.
var HoldKinds = []string{ForCustoms, ForFee, ForIdentity, ForShop}

// kindOfHold is a kind as it is kept.
func kindOfHold(kind string) (string, error) {
	switch {
	case kind == "", kind == ForShop:
		return "", nil
	case !slices.Contains(HoldKinds, kind):
		return "", ledger.Refuse(ledger.Invalid, "hold-kind",
			"%q is not known: one of customs, fee, identity, shop", kind).At("/kind")
	}
	return kind, nil
}

// Says is why a parcel is kept back, as the beginning of a sentence.
func (h Hold) Says() string {
	switch h.Kind {
	case ForCustoms:
		return "customs hold this parcel back until duty and papers are settled"
	case ForFee:
		return "this parcel is held until what is due for it has been paid"
	case ForIdentity:
		return "this parcel is held until it is known who collects it"
	}
	return "the shop holds this parcel back; ask the shop"
}

// holdReason is what its bearer is told.
func (p Parcel) holdReason() view.Reason {
	if p.OnHold == nil {
		return view.ReasonOnHold
	}
	switch p.OnHold.Kind {
	case ForCustoms:
		return view.ReasonHeldCustoms
	case ForFee:
		return view.ReasonHeldFee
	case ForIdentity:
		return view.ReasonHeldIdentity
	}
	return view.ReasonOnHold
}
