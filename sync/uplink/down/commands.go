package down

import (
	"crypto/ed25519"
	"encoding/hex"

	"cubby/locker/remote"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
	"cubby/sync/protocol"
)

// commandChanged checks who has signed a command. Whatever is wrong with it, the station's
// rules answer: they say the same of everything.
func commandChanged(d *Down, c protocol.Change) (visit.Command, error) {
	obey := remote.Obey{Command: c.ID, Fault: remote.Unreadable}
	doc, err := read[signedDoc](signedForm, c)
	if err != nil {
		return obey, nil
	}
	signed, err := doc.bytes()
	if err != nil {
		return obey, nil
	}
	var list token.List
	if d.cfg.CentreKeys != nil {
		list = d.cfg.CentreKeys()
	}
	var key token.Key
	o, _, err := token.ReadOrder(signed, func(id []byte) ed25519.PublicKey {
		key, _ = list.Of(token.Command, id)
		return key.Public
	})
	if err != nil {
		obey.Fault = remote.Unsigned
		return obey, nil
	}
	return remote.Obey{Command: c.ID, Order: remote.Order{
		Number: hex.EncodeToString(o.ID[:]), Station: o.Station, What: o.What, Door: o.Door, Parcel: o.Parcel,
		By: o.By, Reason: o.Reason, Issued: o.Issued, Expires: o.Expires, From: key.From, Until: key.Until,
	}}, nil
}
