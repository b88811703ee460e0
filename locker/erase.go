package locker

import (
	"time"

	"cubby/locker/ledger"
)

type (
	// EraseRecipient erases what is kept of a parcel's recipient.
	EraseRecipient struct {
		ID        string
		Condition Condition
		Now       *Parcel // set to the parcel as it is afterwards when not nil
	}
	// EraseEnded erases the recipients of those of the parcels named whose time with
	// us is over for as long as the policy says.
	EraseEnded struct{ Parcels []string }

	// RecipientErased: nothing is kept of its recipient any more.
	RecipientErased struct {
		OfParcel
		Reason string `json:"reason"` // "ended", "request"
	}
)

func (RecipientErased) Type() string { return "parcel.recipient_erased" }

func (f *RecipientErased) Apply(s *ledger.State, at time.Time) {
	Recipients.Delete(s, f.ParcelID)
	applying{World{s}, s, at}.parcel(f.ParcelID, func(*Parcel) {}) // which reads otherwise now
}

func (c EraseRecipient) decide(t *turn) error {
	p, exists := t.Parcel(c.ID)
	if !exists {
		return noSuchParcel()
	}
	if err := c.Condition.check(p, true); err != nil {
		return err
	}
	t.erase(p, "request")
	setNow(t, c.ID, c.Now)
	return nil
}

func (c EraseEnded) decide(t *turn) error {
	for _, id := range c.Parcels {
		p, ok := t.Parcel(id)
		if end := p.over(); ok && end != nil && !t.Now.Before(end.AddDate(0, 0, t.Policy.RecipientDays)) {
			t.erase(p, "ended")
		}
	}
	return nil
}

// over is when the parcel's time with us ended; nil while it has not. One that staff have
// taken out of its door had expired before.
func (p Parcel) over() *time.Time {
	switch {
	case p.State.Final():
		return p.EndedAt
	case p.State == CounterHeld:
		return p.Deadline
	}
	return nil
}

func (t *turn) erase(p Parcel, reason string) {
	if t.World.Recipient(p.ID) != nil {
		t.emit(&RecipientErased{of(p), reason})
	}
}

// eraseAtOnce erases the recipients of parcels whose time with us ends with this
// decision, where the policy keeps none longer.
func (t *turn) eraseAtOnce() {
	if t.Policy.RecipientDays > 0 {
		return
	}
	for _, f := range t.Facts {
		switch f := f.(type) {
		case *ParcelCollected:
			t.eraseOf(f.OfParcel)
		case *ParcelCancelled:
			t.eraseOf(f.OfParcel)
		case *ParcelCounterHeld:
			t.eraseOf(f.OfParcel)
		}
	}
}

func (t *turn) eraseOf(o OfParcel) {
	if p, ok := t.Parcel(o.ParcelID); ok {
		t.erase(p, "ended")
	}
}
