// Package down turns what the centre tells a station into the station's own commands: a
// change of the line (protocol.Change) becomes a visit.Command. What is slow or needs the
// station's keys is done here, outside of the station's writer.
//
// Documents are read leniently: a newer centre may say more than this station knows.
// What it does know must be right, or the whole change is refused.
package down

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/secret"
	"cubby/locker/secret/token"
	"cubby/locker/visit"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

// Config is what a Down needs.
type Config struct {
	Keys *secret.Keys // of the station: proofs, badges and PINs are kept as hashes
	// Rules checks a text as the file of a shop's rules of returns; the error says what is
	// wrong, and where. nil: policies are refused.
	Rules func(shop, toml string) error
	// Roots are the centre's root keys, as the station got them when it joined. They sign
	// the list of its other keys.
	Roots []ed25519.PublicKey
	// CentreKeys are the centre's keys as the station has them; nil: there are none.
	CentreKeys func() token.List
}

// Down makes commands of changes. It is safe for concurrent use.
type Down struct{ cfg Config }

// New makes a Down.
func New(cfg Config) *Down { return &Down{cfg} }

// A taker makes the command of one change.
type taker struct {
	changed func(d *Down, c protocol.Change) (visit.Command, error)
	deleted func(d *Down, id string) visit.Command // nil: nothing follows
}

var takers = map[string]taker{
	protocol.Parcels: {parcelChanged, parcelDeleted},
	protocol.Orders:  {orderChanged, orderDeleted},

	// A lease ends by its time, and none of the others is ever taken back. A list of keys
	// that could be taken away could be followed by an older one.
	protocol.Leases:  {leaseChanged, nil},
	protocol.Came:    {cameChanged, nil},
	protocol.Returns: {answerChanged, nil},
	protocol.Refunds: {refundChanged, nil},
	protocol.Stock:   {stockChanged, nil},

	protocol.StockLeases: {stockLeaseChanged, stockLeaseDeleted},

	protocol.Keys:  {keysChanged, nil},
	protocol.Codes: {codeChanged, nil},
	// A command is obeyed when it comes, or never.
	protocol.Commands: {commandChanged, nil},

	protocol.Couriers: {courierChanged, courierDeleted},
	protocol.Staff:    {employeeChanged, employeeDeleted},

	protocol.Policies: {policyChanged, policyDeleted},
	protocol.Texts:    {textChanged, textDeleted},
	protocol.Settings: {settingsChanged, settingsDeleted},
	protocol.Stations: {stationChanged, stationDeleted},
}

// Command is what a change asks of the station. The error names the member of the document
// that cannot be read; it is a *ledger.Refusal.
func (d *Down) Command(c protocol.Change) (visit.Command, error) {
	take, known := takers[c.Collection]
	if !known {
		return nil, ledger.Refuse(ledger.Invalid, "unknown-collection",
			"this station does not know %q; it may be older than the centre", shortened(c.Collection))
	}
	if c.Deleted {
		if take.deleted == nil {
			return nothing{}, nil
		}
		return take.deleted(d, c.ID), nil
	}
	if text := bytes.TrimSpace(c.Doc); (len(text) == 0 || bytes.Equal(text, []byte("null"))) &&
		c.Collection != protocol.Commands { // what is wrong with one of these is not told
		return nil, ledger.Refuse(ledger.Invalid, "missing-member", "the change has no document").At("/doc")
	}
	command, err := take.changed(d, c)
	if err != nil {
		return nil, inDocument(err, "")
	}
	return command, nil
}

// shortened bounds what is echoed of the centre's words.
func shortened(s string) string { return s[:min(len(s), 64)] }

// inDocument moves the members that a refusal names below a member of the document.
func inDocument(err error, below string) error {
	r, ok := errors.AsType[*ledger.Refusal](err)
	if !ok || below == "" {
		return err
	}
	for _, one := range append([]*ledger.Refusal{r}, r.Others...) {
		one.Field = below + one.Field
	}
	return r
}

// read reads a document by a form that was declared for it.
func read[T any](form *strict.Form, c protocol.Change) (doc T, err error) {
	err = form.ReadLenient(c.Doc, &doc)
	return doc, err
}

// lineOf takes an id ORDER/LINE apart.
func lineOf(id string) (order, line string, err error) {
	order, line, ok := strings.Cut(id, "/")
	if !ok || !orders.ValidID(order) || !orders.ValidID(line) {
		return "", "", ledger.Refuse(ledger.Invalid, "id", "the id must be ORDER/LINE").At("/id")
	}
	return order, line, nil
}

// nothing is the command of what concerns nobody here.
type nothing struct{}

// Decide changes nothing.
func (nothing) Decide(*visit.Turn) error { return nil }

// all are commands that are carried out together or not at all.
type all []visit.Command

// Decide carries them out one after the other.
func (list all) Decide(t *visit.Turn) error {
	for _, c := range list {
		if err := c.Decide(t); err != nil {
			return err
		}
	}
	return nil
}
