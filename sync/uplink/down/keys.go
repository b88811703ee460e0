package down

import (
	"encoding/base64"

	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

// signedDoc is something that is signed: the list of keys, a command.
type signedDoc struct {
	Signed string `json:"signed" check:"required"` // base64
}

func (doc signedDoc) bytes() ([]byte, error) {
	signed, err := base64.StdEncoding.DecodeString(doc.Signed)
	if err != nil {
		return nil, ledger.Refuse(ledger.Invalid, "base64", "this must be base64").At("/signed")
	}
	return signed, nil
}

var signedForm = strict.Declare[signedDoc]()

// keysID is the only id of the collection.
const keysID = "list"

func keysChanged(d *Down, c protocol.Change) (visit.Command, error) {
	if c.ID != keysID {
		return nil, ledger.Refuse(ledger.Invalid, "id", "the id must be %s", keysID).At("/id")
	}
	doc, err := read[signedDoc](signedForm, c)
	if err != nil {
		return nil, err
	}
	signed, err := doc.bytes()
	if err != nil {
		return nil, err
	}
	l, err := token.ReadList(signed, d.cfg.Roots)
	if err != nil {
		return nil, ledger.Refuse(ledger.Invalid, "keys", "%s", err).At("/signed")
	}
	return centre.KeepKeys{Number: l.Number, Signed: signed}, nil
}
