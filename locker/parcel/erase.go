package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

type (
	// EraseRecipient erases what is kept of a parcel's recipient.
	EraseRecipient struct {
		ID        string
		Condition ledger.Condition
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
	changeParcel(s, f.ParcelID, func(*Parcel) {}) // which reads otherwise now
}

func (c EraseRecipient) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.ID)
	if !exists {
		return noSuchParcel()
	}
	if err := c.Condition.Check("parcel", p.Rev, true); err != nil {
		return err
	}
	erase(t, p, "request")
	setNow(t, c.ID, c.Now)
	return nil
}

func (c EraseEnded) Decide(t *visit.Turn) error {
	for _, id := range c.Parcels {
		p, ok := Parcels.Get(t.State, id)
		if end := p.over(t.Policy.RecipientDays); ok && end != nil && !t.Now.Before(*end) {
			erase(t, p, "ended")
		}
	}
	return nil
}

// counterDays is how long a parcel at the counter keeps its recipient at least, so that
// staff can ask whoever it belongs to.
const counterDays = 30

// over is when nothing is to be kept of the parcel's recipient any more, by a policy of
// so many days after its end; nil while its time with us goes on.
func (p Parcel) over(days int) *time.Time {
	from := p.EndedAt
	switch {
	case p.State.Final(), p.State == Missing:
	case p.State == CounterHeld && p.CounterAt != nil:
		from, days = p.CounterAt, max(days, counterDays)
	case p.State == CounterHeld: // held while that ended its time with us
		from = p.Deadline
	default:
		return nil
	}
	if from == nil {
		return nil
	}
	end := from.AddDate(0, 0, days)
	return &end
}

func erase(t *visit.Turn, p Parcel, reason string) {
	if recipientOf(t.State, p.ID) != nil {
		t.Emit(&RecipientErased{of(p), reason})
	}
}

// eraseAtOnce erases the recipients of parcels whose time with us ends with this
// decision, where the policy keeps none longer.
func eraseAtOnce(t *visit.Turn) {
	if t.Policy.RecipientDays > 0 {
		return
	}
	for _, f := range t.Facts {
		switch f := f.(type) {
		case *ParcelCollected:
			eraseOf(t, f.OfParcel)
		case *ParcelCancelled:
			eraseOf(t, f.OfParcel)
		case *ParcelHandedOver:
			eraseOf(t, f.OfParcel)
		case *ParcelRemoved:
			eraseOf(t, f.OfParcel)
		case *ParcelRedirected:
			if f.Final {
				eraseOf(t, f.OfParcel)
			}
		case *ParcelWrittenOff:
			eraseOf(t, f.OfParcel)
		}
	}
}

func eraseOf(t *visit.Turn, o OfParcel) {
	if p, ok := Parcels.Get(t.State, o.ParcelID); ok {
		erase(t, p, "ended")
	}
}
