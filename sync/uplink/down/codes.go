package down

import (
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

type codeDoc struct {
	Revoked bool   `json:"revoked"`
	Reason  string `json:"reason" check:"text=0..200"`
}

var codeForm = strict.Declare[codeDoc]()

// codeChanged gives a parcel another code, or ends the one it has. The code is made here:
// hashing its PIN is slow.
func codeChanged(d *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[codeDoc](codeForm, c)
	if err != nil {
		return nil, err
	}
	if doc.Revoked {
		return parcel.RevokeCode{By: people.Centre, ID: c.ID, Reason: doc.Reason}, nil
	}
	if d.cfg.Keys == nil {
		return nil, ledger.Refuse(ledger.Unavailable, "no-keys", "no code can be made here")
	}
	return parcel.ReissueCode{
		By: people.Centre, ID: c.ID, Reason: doc.Reason, Fresh: d.cfg.Keys.NewPickup(),
	}, nil
}
