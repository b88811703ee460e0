package parcels

import (
	"context"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// Counter is what staff do with parcels. by is who of them it is.
type Counter interface {
	// TakeToCounter notes that a parcel was taken out of its door, or found again.
	TakeToCounter(ctx context.Context, by people.Doer, id, reason, actor string) (parcel.Parcel, error)
	// HandOver gives a parcel at the counter to its customer: by its code, then the id may
	// be empty; or for a reason.
	HandOver(ctx context.Context, by people.Doer, id, code, tail, reason, actor string) (parcel.Parcel, error)
	// WriteOff notes that a parcel is gone.
	WriteOff(ctx context.Context, by people.Doer, id, reason, actor string) (parcel.Parcel, error)
	// SayStillThere notes that a parcel that was to be checked is behind its door.
	SayStillThere(ctx context.Context, by people.Doer, id, actor string) (parcel.Parcel, error)
	// SeeRecipient reads what is known of a recipient, nil when nothing is. Each look is a fact.
	SeeRecipient(ctx context.Context, by people.Doer, id, actor string) (*parcel.Recipient, error)
}

var sentences = strict.Says{
	"code": "a code is what the customer's QR code says: 26 characters of A-Z and 2-7 (after M: of " +
		"a member's own), or more that begin with C1",
}

// doer is who of the staff sent the request.
func doer(x *rest.Exchange) people.Doer { return people.Doer{ID: x.Person()} }

// needed is why staff do something, which they must say.
type needed struct {
	Reason string `json:"reason" check:"required,text=1..200" slug:"reason"`
}

func (f family) toCounter(x *rest.Exchange, why needed) error {
	return f.after(x, func(id string) (parcel.Parcel, error) {
		return f.station.TakeToCounter(x.Context(), doer(x), id, why.Reason, x.Actor())
	})
}

// handing is how a parcel is handed over.
type handing struct {
	Code   string `json:"code" check:"plain=26..386" slug:"code"`
	Tail   string `json:"phone_tail" check:"plain=4..4" slug:"phone-tail"`
	Reason string `json:"reason" check:"text=1..200" slug:"reason"`
}

func (f family) handOver(x *rest.Exchange, h handing) error {
	if h.Code != "" && h.Reason != "" {
		return ledger.Refuse(ledger.Invalid, "code-or-reason",
			"a parcel is handed over by its code or for a reason, not both; leave one of them out").At("/reason")
	}
	return f.after(x, func(id string) (parcel.Parcel, error) {
		return f.station.HandOver(x.Context(), doer(x), id, h.Code, h.Tail, h.Reason, x.Actor())
	})
}

// shown is the code of a parcel that nobody has looked up.
type shown struct {
	Code string `json:"code" check:"required,plain=26..386" slug:"code"`
	Tail string `json:"phone_tail" check:"plain=4..4" slug:"phone-tail"`
}

func (f family) handOverByCode(x *rest.Exchange, s shown) error {
	p, err := f.station.HandOver(x.Context(), doer(x), "", s.Code, s.Tail, "", x.Actor())
	if err != nil {
		return err
	}
	return answer(x, http.StatusOK, p, nil)
}

func (f family) writeOff(x *rest.Exchange, why needed) error {
	return f.after(x, func(id string) (parcel.Parcel, error) {
		return f.station.WriteOff(x.Context(), doer(x), id, why.Reason, x.Actor())
	})
}

func (f family) stillThere(x *rest.Exchange) error {
	return f.after(x, func(id string) (parcel.Parcel, error) {
		return f.station.SayStillThere(x.Context(), doer(x), id, x.Actor())
	})
}

// recipient shows somebody of the staff what is known of a recipient.
func (f family) recipient(x *rest.Exchange) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	r, err := f.station.SeeRecipient(x.Context(), doer(x), id, x.Actor())
	if err != nil {
		return err
	}
	if r == nil {
		r = &parcel.Recipient{}
	}
	return x.Encode(http.StatusOK, r)
}

// after does something with the parcel that is named, and answers with it.
func (f family) after(x *rest.Exchange, do func(id string) (parcel.Parcel, error)) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	p, err := do(id)
	if err != nil {
		return err
	}
	return answer(x, http.StatusOK, p, nil)
}
