package desk

import (
	"slices"
	"strings"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// throughDesk is where what staff do for a customer was said.
const throughDesk = "desk"

// member is the record of whoever has a contact, or whose QR code was scanned.
func member(t *visit.Turn, text string, c visit.Present) (r customers.Record, ok bool) {
	e, _ := who(t.Visit).Employee(t.State)
	if !e.Role.May(people.SeeCustomer) || t.Mark == nil {
		return r, false
	}
	if c.Presented == "member" {
		return customers.WithQR(t.State, c.CodeHash)
	}
	contact := customers.Contact{Phone: text}
	if strings.Contains(text, "@") {
		contact = customers.Contact{Email: text}
	}
	k := contact.Of(t.Mark, customers.SettingsOf(t.Policy).Country)
	if k == (customers.Keys{}) {
		return r, false
	}
	return customers.Find(t.State, k)
}

// showRecord shows what is kept of a customer. The look is told.
func showRecord(t *visit.Turn, id string) {
	t.Emit(&customers.Seen{OfCustomer: customers.OfCustomer{CustomerID: id}, By: who(t.Visit).ID})
	goTo(t, place{Step: view.StepStaffMember, Person: id, People: "member"})
}

// recordOf is the record of the recipient of a parcel.
func recordOf(t *visit.Turn, id string) (customers.Record, bool) {
	if k := parcel.ContactKeys(t, id); k != (customers.Keys{}) {
		return customers.Find(t.State, k)
	}
	return customers.Record{}, false
}

// showMember shows a record, and as items the consents that hold.
func showMember(s *ledger.State, v visit.Visit, out *view.View) {
	e, _ := who(v).Employee(s)
	r, ok := customers.Get(s, noteOf(v).at().Person)
	if !ok || !e.Role.May(people.SeeCustomer) {
		return
	}
	out.Staff.Facts = memberFacts(r)
	for _, purpose := range consentsOf(r) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: purpose, Kind: "consent", Title: *word("consent", purpose), Detail: &view.Message{ID: "withdraw"},
		})
	}
}

// consentsOf are the purposes of the consents that hold, but for that to be kept at all.
func consentsOf(r customers.Record) (all []string) {
	for _, c := range r.Consents {
		if c.Purpose != customers.RecordPurpose && r.Consented(c.Purpose) && !slices.Contains(all, c.Purpose) {
			all = append(all, c.Purpose)
		}
	}
	return all
}

func memberFacts(r customers.Record) (f facts) {
	p := r.Person
	f.text("name", p.Name)
	f.text("email", p.Email)
	f.text("phone", p.Phone)
	f.text("language", p.Language)
	f.add("written_to", word("channel", string(p.Channel)))
	for _, w := range p.Wishes {
		f.add("wish", word("wish", w))
	}
	if r.QR != nil {
		f.at("qr", &r.QR.Made)
	}
	f.at("since", &r.Created)
	return f
}

// withdrawHere withdraws a consent that was picked, as the customer asks for.
func withdrawHere(t *visit.Turn, purpose string) error {
	id := noteOf(t.Visit).at().Person
	r, _ := customers.Get(t.State, id)
	if !slices.Contains(consentsOf(r), purpose) {
		return ledger.Refuse(ledger.Invalid, "value", "pick one of the lines of the page").At("/value")
	}
	c := customers.Withdraw{ID: id, Purpose: purpose, Through: throughDesk}
	if err := c.Decide(t); err != nil {
		return refused(t, err)
	}
	say(t, view.Message{ID: "withdrawn"})
	return nil
}
