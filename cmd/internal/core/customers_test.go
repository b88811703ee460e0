package core

import (
	"testing"

	"cubby/locker/customers"
	"cubby/sync/notify/notifytest"
)

// Whoever asks what is known of them is told of the messages about their parcels too, and
// of nobody else's.
func TestEverythingOfACustomerHasTheMessages(t *testing.T) {
	t.Parallel()
	p := notifytest.NewPost(t, nil, nil)
	cfg := demo(t)
	writing(cfg, p)
	if err := started(t, cfg).Close(); err != nil { // which makes the doors
		t.Fatal(err)
	}
	_, facts := storedFor(t, cfg, "P-1", "1", "Ann@example.org")
	_, others := storedFor(t, cfg, "P-2", "2", "bob@example.org")
	happened(t, cfg, append(facts, others...)...)
	c := started(t, cfg)
	defer c.Close()
	until(t, "both e-mails are there", func() bool { return len(p.All()) == 2 && c.store.CodesWaiting() == 0 })
	_, _, err := c.station.KeepCustomer(t.Context(), "a", customers.New{
		Contact: customers.Contact{Email: "ann@example.org"}, Channel: customers.Never,
	}, customers.Asked{Through: "desk", Text: "v1"}, "test")
	if err != nil {
		t.Fatal(err)
	}
	all, err := staff{Station: c.station, written: c.messages}.CustomerEverything(t.Context(), "a")
	if err != nil || len(all.Parcels) != 1 || len(all.Messages) == 0 {
		t.Fatalf("known are %+v, %+v, %v", all.Parcels, all.Messages, err)
	}
	for _, m := range all.Messages {
		if m.Subject != "parcels/P-1" || m.Channel != "email" || m.Queued.IsZero() {
			t.Errorf("a message is %+v", m)
		}
	}
}
