package desk

import (
	"testing"

	"cubby/locker/care"
	"cubby/locker/customers"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/stock"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func (b *bench) ana(t *testing.T) {
	t.Helper()
	for _, c := range []visit.Command{
		customers.Keep{ID: "a", Asked: customers.Asked{Through: "shop", Text: "v1"}, New: customers.New{
			Contact: customers.Contact{Email: "ana@example.org"}, Channel: customers.ByEmail}},
		customers.Consent{ID: "a", Asked: customers.Asked{Purpose: "marketing", Through: "shop", Text: "v1"}},
		customers.MakeQR{ID: "a", Through: "shop", Fresh: &visit.Secret{CodeHash: "qr-a"}},
	} {
		b.do(t, "", c)
	}
}

// counter is a desk at a station where records of customers are kept.
func counter(t *testing.T, role people.Role) *bench {
	b := newBench(t)
	b.rules = visit.NewRules(people.Room, Room, returns.Room, parcel.Room, orders.Room, stock.Room,
		customers.Room, care.Room)
	b.known = true
	b.ana(t)
	b.badge(t, atDesk, string(role))
	return b
}

func TestStaffFindTheRecordOfACustomerWhoAsks(t *testing.T) {
	for how, find := range map[string]func(b *bench) error{
		"by a contact": func(b *bench) error {
			b.must(t, atDesk, view.ActPick, "find")
			return b.act(atDesk, view.ActType, "text=+Ana%40Example.org")
		},
		"by their QR code": func(b *bench) error {
			b.must(t, atDesk, view.ActPick, "find")
			return b.try(atDesk, visit.Present{CodeHash: "qr-a", Presented: "member"})
		},
	} {
		t.Run(how, func(t *testing.T) {
			b := counter(t, people.Associate)
			if err := find(b); err != nil {
				t.Fatal(err)
			}
			v := b.wants(t, atDesk, view.StepStaffMember)
			if len(v.Staff.Items) != 1 || v.Staff.Items[0].Value != "marketing" || b.told("customers.seen") != 1 {
				t.Errorf("shown is %+v, looks told are %d", v.Staff, b.told("customers.seen"))
			}
			b.must(t, atDesk, view.ActPick, "marketing")
			r, _ := customers.Get(b.state(), "a")
			if last := r.Consents[len(r.Consents)-1]; last.Given || last.Through != "desk" {
				t.Errorf("said was %+v", r.Consents)
			}
			b.must(t, atDesk, view.ActOp, view.OpEraseRecord)
			b.wants(t, atDesk, view.StepStaffConfirm)
			b.must(t, atDesk, view.ActYes, "")
			if _, ok := customers.Get(b.state(), "a"); ok {
				t.Error("it is kept")
			}
			if v := b.wants(t, atDesk, view.StepStaffMember); len(v.Staff.Facts)+len(v.Staff.Ops) > 0 {
				t.Errorf("shown is %+v", v.Staff)
			}
		})
	}
}

func TestWhoSeesNoCustomersFindsNoRecord(t *testing.T) {
	b := counter(t, people.Technician)
	b.do(t, atDesk, visit.Present{CodeHash: "qr-a", Presented: "member"})
	if v := b.view(atDesk); v.Step != view.StepStaffMenu || b.told("customers.seen") != 0 {
		t.Errorf("shown is %s", v.Step)
	}
}
