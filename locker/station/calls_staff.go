package station

import (
	"context"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

// What staff do, as they say it through the endpoint. by is who of them it is; the
// zero Doer is a client whose key has the right.

// TakeToCounter notes that a parcel was taken out of its door, or found again.
func (s *Station) TakeToCounter(ctx context.Context, by people.Doer, id, reason,
	actor string) (parcel.Parcel, error) {
	c := parcel.TakeToCounter{By: by, Parcel: id, Reason: reason, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// HandOver gives a parcel at the counter to its customer, by its code or for a reason.
// With a code the id may be empty.
// tail are the last digits of the recipient's phone, as the customer says them; it may be empty.
func (s *Station) HandOver(ctx context.Context, by people.Doer, id, code, tail, reason,
	actor string) (parcel.Parcel, error) {
	c := parcel.HandOver{
		By: by, Parcel: id, Reason: reason, Tail: tail, Now: new(parcel.Parcel), Why: new(error),
	}
	if code != "" {
		shown := s.recognise([]byte(code))
		c.CodeHash, c.Token, c.Rotating = shown.CodeHash, shown.Token, shown.Rotating
		c.Member = shown.Presented == "member"
		if c.CodeHash == "" {
			return parcel.Parcel{}, ledger.Refuse(ledger.Invalid, "code",
				"this has not the form of a code: 26 characters of A-Z and 2-7, or more that "+
					"begin with C1, as the customer's QR code says").
				At("/code")
		}
	}
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, *c.Why
}

// WriteOff notes that a parcel is gone.
func (s *Station) WriteOff(ctx context.Context, by people.Doer,
	id, reason, actor string) (parcel.Parcel, error) {
	c := parcel.WriteOff{By: by, Parcel: id, Reason: reason, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// SayStillThere notes that a parcel that was to be checked is behind its door.
func (s *Station) SayStillThere(ctx context.Context, by people.Doer,
	id, actor string) (parcel.Parcel, error) {
	c := parcel.SayStillThere{By: by, Parcel: id, Now: new(parcel.Parcel)}
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return parcel.Parcel{}, err
	}
	return *c.Now, nil
}

// SeeRecipient reads what is known of a recipient, nil when nothing is. Nothing is told
// before the look is in the log.
func (s *Station) SeeRecipient(ctx context.Context, by people.Doer,
	id, actor string) (*parcel.Recipient, error) {
	c := parcel.SeeRecipient{By: by, Parcel: id, Who: new(*parcel.Recipient)}
	if err := s.ask(ctx, c, actor, causeStaff, true); err != nil {
		return nil, err
	}
	return *c.Who, nil
}

// AddCourier lets a courier in. Badge and PIN are shown here and never again. A
// card is given as the UID the badge reader tells; nil stands for none.
func (s *Station) AddCourier(ctx context.Context, by people.Doer, name string, card []byte,
	actor string) (people.CourierSecrets, error) {
	badge, pin, hashes := s.cfg.Keys.NewCourier()
	record := people.CourierRecord{Courier: people.Courier{
		ID: newID()[:8], Name: name, Created: time.Now().UTC(),
	},
		BadgeHash: hashes.Badge, PINHash: hashes.PIN, CardHash: s.cfg.Keys.HashCard(card)}
	if err := s.ask(ctx, people.AddCourier{By: by, Record: record}, actor, causeStaff, false); err != nil {
		return people.CourierSecrets{}, err
	}
	return people.CourierSecrets{Courier: record.Courier, Badge: badge, PIN: pin}, nil
}

// RemoveCourier ends a courier's right to deposit; repeating it changes nothing.
func (s *Station) RemoveCourier(ctx context.Context, by people.Doer, id, actor string) error {
	return s.ask(ctx, people.RemoveCourier{By: by, ID: id}, actor, causeStaff, false)
}

// AddEmployee makes an account of the staff. Badge and PIN are shown here and never
// again. A card is given as for AddCourier.
func (s *Station) AddEmployee(ctx context.Context, by people.Doer, name string, role people.Role, card []byte,
	actor string) (people.EmployeeSecrets, error) {
	badge, pin, hashes := s.cfg.Keys.NewEmployee()
	record := people.EmployeeRecord{
		Employee:  people.Employee{ID: newID()[:8], Name: name, Role: role, Created: time.Now().UTC()},
		BadgeHash: hashes.Badge, PINHash: hashes.PIN, CardHash: s.cfg.Keys.HashCard(card),
	}
	if err := s.ask(ctx, people.AddEmployee{By: by, Record: record}, actor, causeStaff, false); err != nil {
		return people.EmployeeSecrets{}, err
	}
	return people.EmployeeSecrets{Employee: record.Employee, Badge: badge, PIN: pin}, nil
}

// RemoveEmployee ends an account; repeating it changes nothing.
func (s *Station) RemoveEmployee(ctx context.Context, by people.Doer, id, actor string) error {
	return s.ask(ctx, people.RemoveEmployee{By: by, ID: id}, actor, causeStaff, false)
}
