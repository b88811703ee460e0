package parcel

import (
	"slices"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// ByMember is a member's own QR code, which is of no parcel.
const ByMember CredentialKind = "member"

// rightOfMember finds what a member's own QR code opens: the nearest parcel that is here for
// them. The others are its siblings.
func rightOfMember(t *visit.Turn, hash string) (r Right, why string) {
	who, ok := customers.WithQR(t.State, hash)
	if !ok {
		return r, "unknown"
	}
	if !customers.SettingsOf(t.Policy).QROpens {
		return r, "member"
	}
	why = "member"
	for _, id := range ofMember(t, who.ID) {
		p, _ := Parcels.Get(t.State, id)
		if _, not := here(t, p); not == "" || r.Parcel == "" {
			r, why = Right{Parcel: id, By: ByMember, Member: who.ID}, not
		}
		if why == "" {
			break
		}
	}
	return r, why
}

// ContactKeys are those of the contact of a parcel's recipient.
func ContactKeys(t *visit.Turn, id string) customers.Keys {
	r := recipientOf(t.State, id)
	if r == nil || t.Mark == nil {
		return customers.Keys{}
	}
	return customers.Contact{Email: r.Email, Phone: r.Phone}.Of(t.Mark, customers.SettingsOf(t.Policy).Country)
}

// Admit lets whoever has a right in, as if it were scanned now.
func Admit(t *visit.Turn, r Right) { authorise(t, r) }

// ofMember are the ids of the parcels that are here for a member. Those whose code has to
// change all the time are left out: a member's own does not.
func ofMember(t *visit.Turn, id string) []string {
	who, ok := customers.Get(t.State, id)
	if !ok {
		return nil
	}
	all := ofNeighbours(t, id, ForContact(t.State, t.Policy, t.Mark, who.Person.Keys))
	return slices.DeleteFunc(all, func(id string) bool {
		p, _ := Parcels.Get(t.State, id)
		return p.Rotating
	})
}

// byMember hands the parcel over that is at the counter for whoever has shown their own QR
// code. Where there are several, each is handed over by its own code, or is named.
func (c HandOver) byMember(t *visit.Turn) error {
	found := AtCounterFor(t, c.CodeHash)
	if c.Parcel != "" {
		found = slices.DeleteFunc(found, func(id string) bool { return id != c.Parcel })
	}
	switch len(found) {
	case 0:
		return noSuchCode()
	case 1:
		p, _ := Parcels.Get(t.State, found[0])
		who, _ := customers.WithQR(t.State, c.CodeHash)
		return c.byCredential(t, p, kindFor(t, p, Right{Parcel: p.ID, By: ByMember, Member: who.ID}))
	}
	return ledger.Refuse(ledger.Conflict, "several-parcels",
		"%d parcels are at the counter for this customer; hand each over by its own code, or name it", len(found))
}

// AtCounterFor are the ids of the parcels at the counter that the QR code of a member is
// good for.
func AtCounterFor(t *visit.Turn, hash string) []string {
	who, ok := customers.WithQR(t.State, hash)
	if !ok || !customers.SettingsOf(t.Policy).QROpens {
		return nil
	}
	return slices.DeleteFunc(ofMember(t, who.ID), func(id string) bool {
		p, _ := Parcels.Get(t.State, id)
		return p.State != CounterHeld
	})
}
