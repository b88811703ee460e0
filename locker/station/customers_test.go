package station

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/orders"
	"cubby/locker/parcel"
)

const plantedCustomer = "planted.customer@example.org"

func keepPlanted(t *testing.T, r *rig) customers.Record {
	t.Helper()
	kept, known, err := r.KeepCustomer(context.Background(), "c1", customers.New{
		Contact: customers.Contact{Email: plantedCustomer, Phone: "+49 30 123456"}, Channel: customers.ByEmail,
		Name: "PLANTED-NAME", Wishes: []string{"low_door"},
	}, customers.Asked{Through: "kiosk", Text: "v1"}, "key:test")
	if err != nil || known {
		t.Fatal(known, err)
	}
	return kept
}

// Nothing of a customer is in any file after the record was erased: not the address, not
// the name, and not the hashes by which whoever has the key could look for somebody.
func TestAnErasedCustomerIsGoneFromEveryFileOfTheStation(t *testing.T) {
	ctx := context.Background()
	for name, end := range map[string]func(r *rig) error{
		"on request": func(r *rig) error { return r.EraseCustomer(ctx, "c1", ledger.Condition{}, "key:test") },
		"with the consent": func(r *rig) error {
			return r.WithdrawConsent(ctx, "c1", customers.RecordPurpose, "message", "key:test")
		},
		"unused": func(*rig) error {
			time.Sleep(3*24*time.Hour + time.Minute)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, dir) // which erases after 3 days
				kept := keepPlanted(t, r)
				traces := []string{plantedCustomer, "PLANTED-NAME", kept.Person.Keys.Email, kept.Person.Keys.Phone,
					"low_door"}
				for _, text := range traces {
					if found(t, dir, text) == nil {
						t.Errorf("%q is in no file from the beginning", text)
					}
				}
				if err := end(r); err != nil {
					t.Fatal(err)
				}
				time.Sleep(2 * foldErased)
				synctest.Wait()
				for _, text := range traces {
					if in := found(t, dir, text); in != nil {
						t.Errorf("%q is still in %q", text, in)
					}
				}
				if _, err := r.Customer(ctx, "c1"); ledger.CodeOf(err) != ledger.NotFound {
					t.Errorf("it is read: %v", err)
				}
				if err := r.stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// What somebody wants no more is gone as what is erased.
func TestAReplacedContactIsGoneFromEveryFile(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, dir)
		keepPlanted(t, r)
		if _, err := r.ReplaceCustomer(context.Background(), "c1", customers.New{
			Contact: customers.Contact{Phone: "+49 30 123456"}, Channel: customers.Never,
		}, ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * foldErased)
		synctest.Wait()
		for _, text := range []string{plantedCustomer, "PLANTED-NAME"} {
			if in := found(t, dir, text); in != nil {
				t.Errorf("%q is still in %q", text, in)
			}
		}
		r.stop()
	})
}

// A record outlives a restart, is found by each contact, and what is known of the person
// is what names the contact and nothing else.
func TestEverythingThatIsKnownOfACustomerIsFoundByTheContact(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		r := start(t, dir)
		keepPlanted(t, r)
		if _, err := r.ConsentCustomer(ctx, "c1", customers.Asked{Purpose: "marketing", Through: "shop", Text: "v1"},
			ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		if _, _, err := r.PutOrder(ctx, "SO-1", orders.Order{
			Shop: "acme", Currency: "EUR", Channel: orders.Online, Ordered: time.Now().UTC(),
			Tax:   money.Method{Per: money.PerLine, How: money.HalfUp, Inclusive: true},
			Lines: []orders.Line{{ID: "1", SKU: "A", Title: "a thing", Quantity: 1}},
		}, orders.Proof{}, ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		for id, who := range map[string]parcel.Recipient{
			"by-mail":  {Email: "Planted.Customer@example.org"},
			"by-phone": {Phone: "0049 30 123456"},
			"other":    {Email: "other@example.org", Phone: "+49 30 123457"},
			"nobody":   {Name: "PLANTED-NAME"},
		} {
			if _, _, err := r.Announce(ctx, id, parcel.Announcement{Recipient: &who, OrderID: "SO-1"},
				ledger.Condition{}, "key:test"); err != nil {
				t.Fatal(err)
			}
		}
		r.stop()
		r = start(t, dir)
		for _, c := range []customers.Contact{{Email: plantedCustomer}, {Phone: "+4930123456"}} {
			if got, err := r.FindCustomer(ctx, c); err != nil || got.ID != "c1" || !got.Consented("marketing") {
				t.Errorf("found by %+v: %+v, %v", c, got, err)
			}
		}
		_, err := r.FindCustomer(ctx, customers.Contact{Email: "other@example.org"})
		if ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("a stranger: %v", err)
		}
		all, err := r.CustomerEverything(ctx, "c1")
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, p := range all.Parcels {
			ids = append(ids, p.ID)
		}
		if err := r.store.Replay(ctx); err != nil {
			t.Errorf("the tables do not follow from the log: %v", err)
		}
		if len(ids) != 2 || ids[0] != "by-mail" || ids[1] != "by-phone" || len(all.Orders) != 1 ||
			all.Orders[0].Lines[0] != "a thing" {
			t.Errorf("known are %v, %+v", ids, all.Orders)
		}
		r.stop()
	})
}

// Whoever has a parcel announced is still about.
func TestAnAnnouncementForACustomerIsAUse(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		r := start(t, dir)
		keepPlanted(t, r)
		time.Sleep(2 * 24 * time.Hour)
		if _, _, err := r.Announce(ctx, "p", parcel.Announcement{Recipient: &parcel.Recipient{Email: plantedCustomer}},
			ledger.Condition{}, "key:test"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * 24 * time.Hour)
		if got, err := r.Customer(ctx, "c1"); err != nil {
			t.Errorf("%+v, %v", got, err)
		}
		time.Sleep(25 * time.Hour)
		if _, err := r.Customer(ctx, "c1"); ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("3 days after the last use: %v", err)
		}
		r.stop()
	})
}
