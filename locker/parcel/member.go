package parcel

import (
	"cubby/locker/customers"
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
	for _, id := range ForContact(t.State, t.Policy, t.Mark, who.Person.Keys) {
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

// ofMember are the ids of the parcels that are here for a member.
func ofMember(t *visit.Turn, id string) []string {
	who, ok := customers.Get(t.State, id)
	if !ok {
		return nil
	}
	return ForContact(t.State, t.Policy, t.Mark, who.Person.Keys)
}
