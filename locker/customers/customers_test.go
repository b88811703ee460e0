package customers

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

func refusedAs(t *testing.T, err error, slug, field string) {
	t.Helper()
	r, ok := errors.AsType[*ledger.Refusal](err)
	if !ok || r.Slug != slug || r.Field != field {
		t.Errorf("refused with %+v, want %s at %q", err, slug, field)
	}
}

func TestContactsInAllSpellingsAreTheSame(t *testing.T) {
	for name, c := range map[string]struct {
		a, b Contact
		meet bool
	}{
		"capitals and spaces":   {Contact{Email: " Ana@Example.ORG "}, Contact{Email: "ana@example.org"}, true},
		"another address":       {Contact{Email: "ana@example.org"}, Contact{Email: "anna@example.org"}, false},
		"with and without +":    {Contact{Phone: "+49 30 123456"}, Contact{Phone: "0049-30/123456"}, true},
		"of the own country":    {Contact{Phone: "030 123456"}, Contact{Phone: "+4930123456"}, true},
		"of another country":    {Contact{Phone: "030 123456"}, Contact{Phone: "+4430123456"}, false},
		"one of two":            {Contact{Email: "a@b.c", Phone: "+4930123456"}, Contact{Phone: "030123456"}, true},
		"nothing in common":     {Contact{Email: "a@b.c"}, Contact{Phone: "030123456"}, false},
		"neither is a contact":  {Contact{Email: "nobody"}, Contact{Email: "nobody"}, false},
		"too long for a number": {Contact{Phone: "+49301234567890123"}, Contact{Phone: "+49301234567890123"}, false},
	} {
		if got := c.a.Of(markOf, "+49").Meet(c.b.Of(markOf, "+49")); got != c.meet {
			t.Errorf("%s: %v", name, got)
		}
	}
	if k := (Contact{Phone: "030 123456"}).Of(markOf, ""); k != (Keys{}) {
		t.Errorf("a number of no country has the key %+v", k)
	}
}

func TestARecordIsKeptOfWhoHasAskedForIt(t *testing.T) {
	w := newTown()
	k := ana()
	k.Now, k.Known = new(Record), new(bool)
	w.must(t, k)
	if got := w.types(); !slices.Equal(got, []string{"customers.kept", "customers.consented"}) {
		t.Errorf("the facts are %v", got)
	}
	p := k.Now.Person
	if *k.Known || p.Email != "Ana@Example.org" || p.Phone != "" || p.Keys.Phone == "" || p.Keys.Email == "" ||
		!slices.Equal(p.Wishes, []string{"low_door", "more_time"}) || !k.Now.Consented(RecordPurpose) ||
		!k.Now.Used.Equal(today) || k.Now.Rev != 2 {
		t.Errorf("kept is %+v", k.Now)
	}
	if r, ok := Find(w.state(), (Contact{Phone: "+4930123456"}).Of(markOf, "")); !ok || r.ID != "a" {
		t.Errorf("found by telephone is %+v", r)
	}
	w.must(t, k)
	if !*k.Known || w.facts != nil {
		t.Errorf("a repeat: known %v, facts %v", *k.Known, w.types())
	}
	other := ana()
	other.ID, other.New.Contact.Email = "b", "another@example.org"
	refusedAs(t, w.do(other), "contact-in-use", "/contact")
	w.set.Asked = false
	other.New.Contact.Phone = ""
	refusedAs(t, w.do(other), "customers-not-kept", "")
	w.must(t, Withdraw{ID: "a", Purpose: "record", Through: "kiosk"}) // works all the same
	if _, ok := Get(w.state(), "a"); ok {
		t.Error("the record is there still")
	}
}

func TestWhatCannotBeKeptIsRefusedAtItsMember(t *testing.T) {
	for field, c := range map[string]struct {
		slug string
		do   func(k *Keep)
	}{
		"/contact":       {"contact", func(k *Keep) { k.New.Contact, k.New.Channel = Contact{}, Never }},
		"/contact/email": {"email", func(k *Keep) { k.New.Contact.Email = "ana" }},
		"/contact/phone": {"phone", func(k *Keep) { k.New.Contact.Phone = "call me" }},
		"/language":      {"language", func(k *Keep) { k.New.Language = "German" }},
		"/channel":       {"channel", func(k *Keep) { k.New.Channel = "pigeon" }},
		"/wishes":        {"wish", func(k *Keep) { k.New.Wishes = []string{"a pony"} }},
		"/name":          {"name", func(k *Keep) { k.New.Name = "A\x00" }},
		"/asked/through": {"through", func(k *Keep) { k.Asked.Through = "rumour" }},
		"/asked/text":    {"text", func(k *Keep) { k.Asked.Text = "" }},
	} {
		w, k := newTown(), ana()
		c.do(&k)
		refusedAs(t, w.do(k), c.slug, field)
	}
	w, k := newTown(), ana()
	k.New.Contact.Phone, k.New.Channel = "", BySMS
	refusedAs(t, w.do(k), "channel", "/channel")
}

func TestConsentsAreGivenAndWithdrawnWithTheirHistory(t *testing.T) {
	w := newTown()
	w.must(t, ana())
	give := Consent{ID: "a", Asked: Asked{"marketing", "shop", "v1"}}
	for step, c := range []struct {
		command visit.Command
		facts   []string
		holds   bool
	}{
		{Withdraw{"a", "marketing", "message"}, nil, false},
		{give, []string{"customers.consented"}, true},
		{give, nil, true},
		{Consent{ID: "a", Asked: Asked{"marketing", "desk", "v2"}}, []string{"customers.consented"}, true},
		{Withdraw{"a", "marketing", "message"}, []string{"customers.withdrew"}, false},
		{Withdraw{"a", "marketing", "message"}, nil, false},
	} {
		w.must(t, c.command)
		r, _ := Get(w.state(), "a")
		if got := w.types(); !slices.Equal(got, c.facts) || r.Consented("marketing") != c.holds {
			t.Errorf("step %d: facts %v, holds %v", step, got, r.Consented("marketing"))
		}
	}
	r, _ := Get(w.state(), "a")
	want := []Said{{"record", true, today, "kiosk", "v1"}, {"marketing", true, today, "shop", "v1"},
		{"marketing", true, today, "desk", "v2"}, {"marketing", false, today, "message", ""}}
	if !reflect.DeepEqual(r.Consents, want) {
		t.Errorf("the history is %+v", r.Consents)
	}
	for range 3 * mostSaid {
		w.must(t, give)
		w.must(t, Withdraw{"a", "marketing", "kiosk"})
	}
	r, _ = Get(w.state(), "a")
	if len(r.Consents) != mostSaid+1 || !r.Consented("record") || r.Consented("marketing") {
		t.Errorf("%d steps are kept, record %v", len(r.Consents), r.Consented("record"))
	}
	refusedAs(t, w.do(Consent{ID: "a", Asked: Asked{"No Purpose", "shop", "v1"}}), "purpose", "/purpose")
	refusedAs(t, w.do(Withdraw{"a", "marketing", "rumour"}), "through", "/through")
	refusedAs(t, w.do(Withdraw{"nobody", "marketing", "kiosk"}), "no-such-customer", "")
}

func TestWhatSomebodyPrefersIsNamedAndNotTold(t *testing.T) {
	w := newTown()
	w.must(t, ana())
	language, never, wishes := "de", Never, []string{"large_text"}
	c := Prefer{ID: "a", Language: &language, Channel: &never, Wishes: &wishes, Now: new(Record)}
	w.must(t, c)
	f := w.facts[len(w.facts)-1].(*Preferred)
	if want := []string{"contact", "language", "channel", "wishes"}; !slices.Equal(f.Changed, want) {
		t.Errorf("changed are %v", f.Changed)
	}
	if p := c.Now.Person; p.Email != "" || p.Keys.Email == "" || p.Name != "Ana" || !p.Receipt {
		t.Errorf("kept is %+v", p)
	}
	w.must(t, c)
	if got := w.types(); got != nil {
		t.Errorf("a repeat leads to %v", got)
	}
	sms := BySMS
	refusedAs(t, w.do(Prefer{ID: "a", Channel: &sms}), "channel", "/channel")
	rev := int64(1)
	refusedAs(t, w.do(Replace{ID: "a", New: ana().New, Condition: ledger.Condition{IfMatch: &rev}}),
		"changed-meanwhile", "")
	refusedAs(t, w.do(Replace{ID: "nobody", New: ana().New}), "no-such-customer", "")
}

func TestARecordThatNobodyUsesIsErasedByItself(t *testing.T) {
	w := newTown()
	w.must(t, ana())
	day := func(n int) { w.now = today.AddDate(0, 0, n) }
	day(20)
	w.must(t, Use{Contact{Email: "ana@example.org"}.Of(markOf, "")})
	w.must(t, Use{Contact{Email: "ana@example.org"}.Of(markOf, "")}) // once a day
	if got := w.types(); got != nil {
		t.Errorf("another use on the same day leads to %v", got)
	}
	if next := w.rules.NextTick(w.Memory, w.env()); !next.Equal(today.AddDate(0, 0, 50)) {
		t.Errorf("next is %v", next)
	}
	day(49)
	w.must(t, visit.Tick{})
	if _, ok := Get(w.state(), "a"); !ok {
		t.Fatal("erased a day too early")
	}
	day(50)
	w.must(t, visit.Tick{})
	if got := w.types(); !slices.Equal(got, []string{"customers.erased"}) || len(Persons.All(w.state())) > 0 {
		t.Errorf("the facts are %v, kept %v", got, Persons.All(w.state()))
	}
}

// A clock that was years behind must not erase everybody when it is set right.
func TestACorrectedClockErasesNobodyWhoWasHereLately(t *testing.T) {
	w := newTown()
	w.must(t, ana())
	correct := func(by time.Duration) Customer {
		d, err := visit.NewRules(visit.Room{Module: Room.Module, Tick: func(t *visit.Turn) {
			moveUsed(t, by, today.Add(-time.Hour))
		}}).Decide(w.Memory, visit.Tick{}, w.env())
		if err != nil {
			t.Fatal(err)
		}
		w.Merge(d.Changes)
		c, _ := Customers.Get(w.state(), "a")
		return c
	}
	w.now = today.AddDate(2, 0, 0)
	if c := correct(w.now.Sub(today)); !c.Used.Equal(w.now) {
		t.Errorf("used is %v", c.Used)
	}
	w.must(t, visit.Tick{})
	if _, ok := Get(w.state(), "a"); !ok {
		t.Error("the record is erased")
	}
	w.Memory = ledger.NewMemory(nil)
	w.must(t, ana())
	w.now = today
	if c := correct(-time.Hour); c.Used.After(w.now) {
		t.Errorf("used is %v, later than now", c.Used)
	}
}

func TestFactsSayNothingOfThePerson(t *testing.T) {
	w := newTown()
	w.must(t, ana())
	n := ana().New
	n.Name, n.Language, n.Wishes = "Anna", "fr-CA", []string{"large_text"}
	w.must(t, Replace{ID: "a", New: n})
	w.must(t, Consent{ID: "a", Asked: Asked{"marketing", "shop", "v1"}})
	w.must(t, Erase{ID: "a"})
	person := Contact{Email: "ana@example.org", Phone: "030 123456"}.Of(markOf, "+49")
	for _, l := range w.log {
		text, err := json.Marshal(l.fact)
		if err != nil {
			t.Fatal(err)
		}
		if _, private := l.fact.(ledger.PrivatePart); private || l.fact.Published() {
			t.Errorf("%s has a private part, or is published", l.fact.Type())
		}
		for _, word := range []string{"Ana", "Anna", "example", "30123456", "pt-BR", "fr-CA", "low_door", "large_text",
			person.Email, person.Phone} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s says %q: %s", l.fact.Type(), word, text)
			}
		}
	}
	if len(w.log) < 5 {
		t.Errorf("only %d facts were looked at", len(w.log))
	}
}
