package customers

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

type (
	// MakeQR gives a customer a QR code that says who is here. The one before ends.
	MakeQR struct {
		ID        string
		Through   string
		Fresh     *visit.Secret // of which the code counts, and not the PIN
		Condition ledger.Condition
		Now       *Record
	}
	// EndQR ends the QR code of a customer. Repeating it changes nothing.
	EndQR struct{ ID, Through string }

	// QRMade: another QR code says who it is from now on, and no earlier one.
	QRMade struct {
		OfCustomer
		Through string        `json:"through"`
		Hash    string        `json:"-"`
		Clear   *visit.Secret `json:"-"` // in no log and no table; nil on replay
	}
	// QREnded: no QR code says who it is any more.
	QREnded struct {
		OfCustomer
		Through string `json:"through"`
	}
)

// Type is the fact's name.
func (QRMade) Type() string { return "customers.qr_made" }

// Private is the hash.
func (f *QRMade) Private() any { return &f.Hash }

// Apply keeps the hash.
func (f *QRMade) Apply(s *ledger.State, at time.Time) {
	change(s, f.CustomerID, func(c *Customer) { c.QR = &QR{f.Hash, at.UTC().Round(0)} })
}

// Type is the fact's name.
func (QREnded) Type() string { return "customers.qr_ended" }

// Apply forgets the hash.
func (f *QREnded) Apply(s *ledger.State, _ time.Time) {
	change(s, f.CustomerID, func(c *Customer) { c.QR = nil })
}

// Decide makes it.
func (c MakeQR) Decide(t *visit.Turn) error {
	if _, err := find(t, c.ID, c.Condition); err != nil {
		return err
	}
	t.Emit(&QRMade{OfCustomer{c.ID}, c.Through, c.Fresh.CodeHash, c.Fresh})
	use(t, c.ID)
	now(t, c.ID, c.Now)
	return nil
}

// Decide ends it.
func (c EndQR) Decide(t *visit.Turn) error {
	known, err := find(t, c.ID, ledger.Condition{})
	if err != nil {
		return err
	}
	if known.QR != nil {
		t.Emit(&QREnded{OfCustomer{c.ID}, c.Through})
	}
	use(t, c.ID)
	return nil
}

// WithQR is the record whose QR code has a hash.
func WithQR(s *ledger.State, hash string) (Record, bool) {
	if hash == "" {
		return Record{}, false
	}
	if all := byQR.Find(s, hash); len(all) > 0 {
		return Get(s, all[0].ID)
	}
	return Record{}, false
}
