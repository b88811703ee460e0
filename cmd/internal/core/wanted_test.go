package core

import (
	"strings"
	"testing"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/secret"
	"cubby/sync/notify"
	"cubby/sync/notify/notifytest"
)

func TestMessagesFollowTheRecordOfACustomer(t *testing.T) {
	t.Parallel()
	p := notifytest.NewPost(t, nil, nil)
	cfg := demo(t)
	writing(cfg, p)
	if err := started(t, cfg).Close(); err != nil { // which makes the doors
		t.Fatal(err)
	}
	keys, err := secret.Open(KeyFile(cfg), false)
	if err != nil {
		t.Fatal(err)
	}
	person := func(id, email string, channel customers.Channel) *customers.Kept {
		known := customers.Person{ID: id, Channel: channel, Language: "zh-Hans",
			Keys: customers.Contact{Email: email}.Of(keys.Mark, "")}
		if channel == customers.ByEmail {
			known.Email = email
		}
		return &customers.Kept{OfCustomer: customers.OfCustomer{CustomerID: id}, Used: time.Now(), Person: known}
	}
	var facts []ledger.Fact
	facts = append(facts, person("a", "ann@example.org", customers.Never),
		person("b", "bob@example.org", customers.ByEmail))
	for id, email := range map[string]string{"P-1": "ann@example.org", "P-2": "bob@example.org"} {
		_, more := storedFor(t, cfg, id, map[string]string{"P-1": "1", "P-2": "2"}[id], email)
		facts = append(facts, more...)
	}
	happened(t, cfg, facts...)
	c := started(t, cfg)
	defer c.Close()
	until(t, "both codes are read, and the one who wants it is told", func() bool {
		return len(p.All()) > 0 && c.store.CodesWaiting() == 0
	})
	if got := p.All(); len(got) != 1 || got[0].To[0] != "bob@example.org" ||
		!strings.Contains(notifytest.Open(t, got[0].Text).Text, "包裹") {
		t.Errorf("sent are %d e-mails, %v", len(got), got)
	}
	waiting := func() int {
		all, err := c.messages.notifier.Messages(t.Context(), notify.Filter{Subject: "parcels/P-2", Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range all {
			if m.State == notify.Waiting {
				n++
			}
		}
		return n
	}
	if waiting() == 0 {
		t.Fatal("no reminder waits")
	}
	asked := customers.Asked{Purpose: "messages", Through: "desk", Text: "v1"}
	if _, err := c.station.ConsentCustomer(t.Context(), "b", asked, ledger.Condition{}, "test"); err != nil {
		t.Fatal(err)
	}
	if err := c.station.WithdrawConsent(t.Context(), "b", "messages", "desk", "test"); err != nil {
		t.Fatal(err)
	}
	until(t, "no reminder waits any more", func() bool { return waiting() == 0 })
}
