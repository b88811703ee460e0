package customers

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// A Record is a customer with the person it is.
type Record struct {
	Customer
	Person Person
}

// Get reads a record.
func Get(s *ledger.State, id string) (r Record, ok bool) {
	if r.Customer, ok = Customers.Get(s, id); ok {
		r.Person, _ = Persons.Get(s, id)
	}
	return r, ok
}

type (
	// Keep begins a record, whose id is made by whoever sends it, from randomness. One with
	// this id that is there already is a repeat, and stays as it is.
	Keep struct {
		ID    string
		New   New
		Asked Asked   // how the person has asked for it
		Now   *Record // set to the record as it is afterwards when not nil
		Known *bool   // set to whether it was there when not nil
	}
	// Asked is a consent as it is given.
	Asked struct{ Purpose, Through, Text string }

	// Replace has the person of a record be told anew.
	Replace struct {
		ID        string
		New       New
		Condition ledger.Condition
		Now       *Record
	}
	// Consent notes a consent. One that holds with the same text is a repeat.
	Consent struct {
		ID        string
		Asked     Asked
		Condition ledger.Condition
		Now       *Record
	}
	// Withdraw ends a consent. One that does not hold is a repeat. It is never refused
	// for what was said before. Without RecordPurpose nothing stays.
	Withdraw struct{ ID, Purpose, Through string }

	// Prefer changes what somebody wants; nil members stay.
	Prefer struct {
		ID       string
		Language *string
		Channel  *Channel // one for which there is a contact in clear, or none
		Wishes   *[]string
		Receipt  *bool

		Condition ledger.Condition
		Now       *Record
	}
	// Erase erases all that is kept of somebody.
	Erase struct {
		ID        string
		Condition ledger.Condition
	}
	// Use notes that somebody with a contact is still about.
	Use struct{ Keys Keys }
)

// NoSuchCustomer is the refusal of an id or a contact that nobody has.
func NoSuchCustomer() error {
	return ledger.Refuse(ledger.NotFound, "no-such-customer", "there is no record of such a customer here")
}

// Find is the record with one of the keys of a contact.
func Find(s *ledger.State, k Keys) (Record, bool) {
	for _, text := range k.texts() {
		if all := byKey.Find(s, text); len(all) > 0 {
			return Get(s, all[0].ID)
		}
	}
	return Record{}, false
}

// taken refuses a contact that another record has.
func taken(s *ledger.State, id string, k Keys) error {
	for _, text := range k.texts() {
		for _, other := range byKey.Find(s, text) {
			if other.ID != id {
				return ledger.Refuse(ledger.Conflict, "contact-in-use",
					"there is a record with this contact already: find it with POST /v1/customers/find").At("/contact")
			}
		}
	}
	return nil
}

// Decide refuses where the operator keeps nobody.
func (c Keep) Decide(t *visit.Turn) error {
	set := SettingsOf(t.Policy)
	known, exists := Get(t.State, c.ID)
	if c.Known != nil {
		*c.Known = exists
	}
	if exists {
		give(c.Now, known)
		return nil
	}
	if !set.Asked {
		return ledger.Refuse(ledger.Conflict, "customers-not-kept",
			`this station keeps no records of customers; [customers] kept = "asked" in its configuration allows it`)
	}
	c.Asked.Purpose = RecordPurpose
	all := append(c.New.mistakes(set.Country), c.Asked.mistakes("/asked")...)
	if err := refused(all); err != nil {
		return err
	}
	p := c.New.person(c.ID, t.Mark, set.Country)
	if err := taken(t.State, c.ID, p.Keys); err != nil {
		return err
	}
	of := OfCustomer{c.ID}
	t.Emit(&Kept{of, t.Today().UTC().Round(0), p})
	t.Emit(&Consented{of, RecordPurpose, c.Asked.Through, c.Asked.Text})
	now(t, c.ID, c.Now)
	return nil
}

// Decide keeps what the person wants now.
func (c Replace) Decide(t *visit.Turn) error {
	known, err := find(t, c.ID, c.Condition)
	if err != nil {
		return err
	}
	set := SettingsOf(t.Policy)
	if err := refused(c.New.mistakes(set.Country)); err != nil {
		return err
	}
	p := c.New.person(c.ID, t.Mark, set.Country)
	if err := taken(t.State, c.ID, p.Keys); err != nil {
		return err
	}
	return prefer(t, known, p, c.Now)
}

// Decide leaves the contact and the name as they are.
func (c Prefer) Decide(t *visit.Turn) error {
	known, err := find(t, c.ID, c.Condition)
	if err != nil {
		return err
	}
	p := known.Person
	n := New{Contact: Contact{p.Email, p.Phone}, Language: p.Language, Channel: p.Channel, Wishes: p.Wishes}
	set(&n.Language, c.Language)
	set(&n.Channel, c.Channel)
	set(&n.Wishes, c.Wishes)
	set(&p.Receipt, c.Receipt)
	for _, r := range n.mistakes("") {
		if !strings.HasPrefix(r.Field, "/contact") { // which is not told anew
			return r
		}
	}
	p.Language, p.Channel, p.Wishes = n.Language, n.Channel, n.person("", none, "").Wishes
	if p.Channel == Never {
		p.Email, p.Phone = "", "" // which nobody needs any more
	}
	return prefer(t, known, p, c.Now)
}

func none(_, _ string) string { return "" }

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func prefer(t *visit.Turn, known Record, p Person, to *Record) error {
	if changed := known.Person.differs(p); len(changed) > 0 {
		t.Emit(&Preferred{OfCustomer{known.ID}, changed, p})
	}
	use(t, known.ID)
	now(t, known.ID, to)
	return nil
}

// mostPurposes bounds to how many purposes a person consents.
const mostPurposes = 16

// Decide notes it.
func (c Consent) Decide(t *visit.Turn) error {
	known, err := find(t, c.ID, c.Condition)
	if err != nil {
		return err
	}
	if err := refused(c.Asked.mistakes("")); err != nil {
		return err
	}
	purposes := map[string]bool{c.Asked.Purpose: true}
	text := ""
	for _, s := range known.Consents {
		purposes[s.Purpose] = true
		if s.Purpose == c.Asked.Purpose {
			text = s.Text
		}
	}
	if len(purposes) > mostPurposes {
		return ledger.Refuse(ledger.Conflict, "too-many-purposes",
			"a person consents to at most %d purposes", mostPurposes).At("/purpose")
	}
	if !known.Consented(c.Asked.Purpose) || text != c.Asked.Text {
		t.Emit(&Consented{OfCustomer{c.ID}, c.Asked.Purpose, c.Asked.Through, c.Asked.Text})
	}
	use(t, c.ID)
	now(t, c.ID, c.Now)
	return nil
}

// Decide ends it.
func (c Withdraw) Decide(t *visit.Turn) error {
	known, err := find(t, c.ID, ledger.Condition{})
	if err != nil {
		return err
	}
	if !slices.Contains(Ways, c.Through) {
		return badWay("/through")
	}
	if known.Consented(c.Purpose) {
		t.Emit(&Withdrew{OfCustomer{c.ID}, c.Purpose, c.Through})
		if c.Purpose == RecordPurpose {
			t.Emit(&Erased{OfCustomer{c.ID}, "withdrawn"})
			return nil
		}
	}
	use(t, c.ID)
	return nil
}

// Decide erases it.
func (c Erase) Decide(t *visit.Turn) error {
	if _, err := find(t, c.ID, c.Condition); err != nil {
		return err
	}
	t.Emit(&Erased{OfCustomer{c.ID}, "request"})
	return nil
}

// Decide does nothing where nobody is kept.
func (c Use) Decide(t *visit.Turn) error {
	if r, ok := Find(t.State, c.Keys); ok {
		use(t, r.ID)
	}
	return nil
}

// use notes that somebody is about, once a day.
func use(t *visit.Turn, id string) {
	c, ok := Customers.Get(t.State, id)
	if today := t.Today().UTC().Round(0); ok && today.Sub(c.Used) >= 24*time.Hour {
		t.Emit(&Used{OfCustomer{id}, today})
	}
}

var purposeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

func (a Asked) mistakes(at string) (all []*ledger.Refusal) {
	if !purposeForm.MatchString(a.Purpose) {
		all = append(all, ledger.Refuse(ledger.Invalid, "purpose",
			"a purpose has 1 to 32 of a-z 0-9 _ and begins with a letter, as in messages, marketing or neighbour").
			At(at+"/purpose"))
	}
	if !slices.Contains(Ways, a.Through) {
		all = append(all, badWay(at+"/through"))
	}
	if a.Text == "" || !plain.Text(a.Text, 1, 64) {
		all = append(all, ledger.Refuse(ledger.Invalid, "text",
			"say which version of the text the person has read, in 1 to 64 characters").At(at+"/text"))
	}
	return all
}

func badWay(at string) *ledger.Refusal {
	return ledger.Refuse(ledger.Invalid, "through", "must be one of %s", strings.Join(Ways, ", ")).At(at)
}

func refused(all []*ledger.Refusal) error {
	if len(all) == 0 {
		return nil
	}
	return all[0].And(all[1:]...)
}

func find(t *visit.Turn, id string, c ledger.Condition) (Record, error) {
	r, ok := Get(t.State, id)
	if !ok {
		return r, NoSuchCustomer()
	}
	return r, c.Check("customer", r.Rev, true)
}

func now(t *visit.Turn, id string, to *Record) {
	r, _ := Get(t.State, id)
	give(to, r)
}

func give(to *Record, r Record) {
	if to != nil {
		*to = r
	}
}
