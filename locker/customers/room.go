package customers

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Settings are what the operator decides, as the room "customers" of visit.Policy.
type Settings struct {
	Asked   bool   // records are kept of those who ask for one; false: new ones are of nobody
	Days    int    // a record that nobody has used for so long is erased; 0: 365
	Country string // of telephone numbers that are written without one, as "+49"; may be empty
	// QROpens: a member's QR code opens the doors of the member's parcels. Else it only
	// tells who is here, and each parcel has its own code.
	QROpens    bool
	Neighbours bool // somebody may name another who collects for them
}

// SettingsOf are those of a policy.
func SettingsOf(p visit.Policy) Settings {
	s, _ := p.Rooms["customers"].(Settings)
	if s.Days <= 0 {
		s.Days = 365
	}
	return s
}

// Tables of customers. A station knows some thousands.
var (
	Customers = ledger.NewTable("customers", "id", ledger.InMemory[Customer]())
	byQR      = ledger.NewIndex(Customers, "qr", func(_ string, c Customer) []string {
		if c.QR == nil {
			return nil
		}
		return []string{c.QR.Hash}
	})
	unused = ledger.NewDue(Customers, func(c Customer) time.Time { return c.Used })

	// Persons are personal data, by the customer's id. They are not in the log.
	Persons = ledger.NewTable("customer_persons", "id", ledger.InMemory[Person](),
		ledger.Logged(func(p Person) (Person, bool) { return p, false }))
	byKey = ledger.NewIndex(Persons, "key", func(_ string, p Person) []string { return p.texts() })
)

// Room is customers. Their pages are in room members.
var Room = visit.Room{
	Module: ledger.Module{
		Name: "customers",
		Facts: []ledger.Fact{&Kept{}, &Consented{}, &Withdrew{}, &Preferred{}, &Used{}, &Erased{},
			&QRMade{}, &QREnded{}, &Seen{}, &NeighbourNamed{}, &NeighbourEnded{}},
		Tables: []*ledger.Spec{Customers.Spec, Persons.Spec, Neighbours.Spec},
	},
	Tick: eraseUnused, Next: nextUnused, Corrected: moveUsed, After: endNeighbours,
}

// eraseUnused erases the records that nobody has used for as long as the policy says.
func eraseUnused(t *visit.Turn) {
	for _, c := range unused.Until(t.State, t.Today().AddDate(0, 0, -SettingsOf(t.Policy).Days)) {
		t.Emit(&Erased{OfCustomer{c.ID}, "unused"})
	}
}

func nextUnused(s *ledger.State, env visit.Env) time.Time {
	next := unused.Next(s)
	if next.IsZero() {
		return next
	}
	next = next.AddDate(0, 0, SettingsOf(env.Policy).Days)
	return env.Now.Add(next.Sub(visit.CalendarNow.Read(s).Now(env.Clock)))
}

// moveUsed gives people their days by a calendar that has been corrected forward: a use
// while nobody vouched for it may have been when it was as far behind. No use is later
// than now.
func moveUsed(t *visit.Turn, by time.Duration, unsure time.Time) {
	for _, c := range Customers.All(t.State) {
		used := c.Used
		if by > 0 && !unsure.IsZero() && used.After(unsure) {
			used = used.Add(by)
		}
		if today := t.Today(); used.After(today) {
			used = today
		}
		if used = used.UTC().Round(0); !used.Equal(c.Used) {
			t.Emit(&Used{OfCustomer{c.ID}, used})
		}
	}
}
