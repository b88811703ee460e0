package hub

import (
	"context"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/db"
	"cubby/sync/protocol"
)

// What was done about the code of a parcel since it was deposited.
const (
	CodeRenewed = "renewed" // it has another one
	CodeRevoked = "revoked" // it has none
)

// Facts about codes.
const (
	codeReissued = "parcel.code_reissued"
	codeRevoked  = "parcel.code_revoked"
)

// ReissueCode has a station give a parcel another code; the one it has ends there. The
// station makes it and tells it, and the customer is written to then.
func (h *Hub) ReissueCode(ctx context.Context, by, station, id, reason string) error {
	return h.changeCode(ctx, by, codeReissued, station, id, protocol.CodeDoc{Reason: reason})
}

// RevokeCode has a station end the code of a parcel.
func (h *Hub) RevokeCode(ctx context.Context, by, station, id, reason string) error {
	return h.changeCode(ctx, by, codeRevoked, station, id, protocol.CodeDoc{Revoked: true, Reason: reason})
}

func (h *Hub) changeCode(ctx context.Context, by, what, station, id string, doc protocol.CodeDoc) error {
	if err := checkText(doc.Reason, "reason", 0, maxReason); err != nil {
		return err
	}
	err := h.act(ctx, by, what, "stations/"+station+"/parcels/"+id, doc.Reason, func(tx *db.Tx) error {
		if err := h.mustStation(tx, station); err != nil {
			return err
		}
		c, err := custodyOf(tx, station, id)
		if isNone(err) {
			return refuseUnknown("parcel")
		}
		if err != nil {
			return err
		}
		if err := mayChangeCode(c, doc.Revoked); err != nil {
			return err
		}
		if _, err := h.tell(tx, station, protocol.Codes, id, doc, true); err != nil {
			return err
		}
		c.Refused = ""
		return c.save(tx)
	})
	return h.toldIf(err)
}

// mayChangeCode refuses what the station would, as far as it is known here.
func mayChangeCode(c custody, revoke bool) error {
	switch state := parcel.State(c.State); {
	case c.Direction != "":
		return ledger.Refuse(ledger.Conflict, "bag-of-return", "this is a bag of a return; it has no code")
	case state.Final() || state == parcel.Missing:
		return ledger.Refuse(ledger.Conflict, c.State+"-already", "the parcel is %s already", c.State)
	case state == parcel.Expired && !revoke:
		return ledger.Refuse(ledger.Conflict, "expired-already",
			"its time behind door %s is over and no code opens it", c.Door)
	case state.Inside(), state == parcel.CounterHeld:
		return nil
	}
	return ledger.Refuse(ledger.Conflict, "no-code-yet",
		"the parcel is %s; its code is made when a door has closed on it", c.State)
}
