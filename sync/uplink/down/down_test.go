package down

import (
	"testing"

	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
)

func TestAParcelIsAnnouncedChangedHeldAndCancelled(t *testing.T) {
	w := newWorld(t)
	w.takes("parcels", "P-1", `{"announcement":{"label":"L-1","new":{"member":[1]}},"later":true}`,
		"parcel.announced")
	w.takes("parcels", "P-1", `{"announcement":{"label":"L-1"}}`)
	w.takes("parcels", "P-1", `{"announcement":{"label":"L-1","order_id":"O-1"},"held":true,"reason":"unpaid"}`,
		"parcel.changed", "parcel.held")
	p, _ := parcel.Parcels.Get(w.state(), "P-1")
	if p.OnHold == nil || !p.OnHold.Centre || p.OnHold.Reason != "unpaid" || p.OrderID != "O-1" {
		t.Errorf("held: %+v", p.OnHold)
	}
	w.takes("parcels", "P-1", `{"announcement":{"label":"L-1","order_id":"O-1"},"held":true}`)
	w.takes("parcels", "P-1", `{"announcement":{"label":"L-1","order_id":"O-1"}}`, "parcel.released")
	w.takes("parcels", "P-1", "", "parcel.cancelled")
	w.takes("parcels", "P-1", "")
	w.takes("parcels", "NEVER-HERE", "")
	w.refuses("parcels", "P-1", `{"announcement":{"label":"L-2"}}`, "too-late-to-change", "")
}

func TestAParcelIsOfTheClientThatTheCentreNames(t *testing.T) {
	w := newWorld(t)
	by := func(id string) string {
		p, _ := parcel.Parcels.Get(w.state(), id)
		return p.AnnouncedBy
	}
	w.takes("parcels", "P-1", `{"announcement":{},"client":"acme"}`, "parcel.announced")
	w.takes("parcels", "P-2", `{"announcement":{}}`, "parcel.announced")
	if by("P-1") != "centre:acme" || by("P-2") != "" {
		t.Errorf("they are of %q and %q", by("P-1"), by("P-2"))
	}
	w.takes("parcels", "P-1", `{"announcement":{"weight_g":5}}`, "parcel.changed")
	if by("P-1") != "centre:acme" {
		t.Errorf("it is of %q", by("P-1"))
	}
	w.takes("parcels", "P-1", `{"announcement":{"order_id":"SO-1"},"client":"other"}`, "parcel.changed")
	if by("P-1") != "" {
		t.Errorf("another says whose order it is, and it is of %q", by("P-1"))
	}
	w.refuses("parcels", "P-3", `{"announcement":{},"client":7}`, "wrong-type", "/client")
}

// What staff hold stays held, whatever the centre says of its own holds; and the other way
// round the centre's hold stays behind the one of staff.
func TestTheCentreReleasesWhatItHoldsAlone(t *testing.T) {
	w := newWorld(t)
	const free, held = `{"announcement":{}}`, `{"announcement":{},"held":true}`
	w.takes("parcels", "P-1", free, "parcel.announced")
	if err := w.decide(parcel.HoldParcel{By: people.Tools, ID: "P-1", Reason: "damp"}); err != nil {
		t.Fatal(err)
	}
	w.takes("parcels", "P-1", free)
	w.takes("parcels", "P-1", held, "parcel.held")
	if p, _ := parcel.Parcels.Get(w.state(), "P-1"); !p.OnHold.Centre || p.OnHold.Reason != "damp" {
		t.Errorf("held by both: %+v", p.OnHold)
	}
	if err := w.decide(parcel.HoldParcel{By: people.Tools, ID: "P-1", Reason: "wet"}); err != nil {
		t.Fatal(err)
	}
	w.takes("parcels", "P-1", free, "parcel.released")
}

const anOrder = `{"shop":"acme","currency":"EUR","channel":"online","ordered":"2026-02-20T10:00:00Z",` +
	`"lines":[{"id":"1","sku":"A","title":"A thing","quantity":2,"unit_price":1000,"new":1}],` +
	`"tenders":[{"id":"t","kind":"card","amount":2000}],"postcode":"10115","phone":"+49 30 123456","new":{}}`

func TestAnOrderIsPutAndCancelled(t *testing.T) {
	w := newWorld(t)
	w.takes("orders", "SO-1", anOrder, "order.accepted")
	w.takes("orders", "SO-1", anOrder)
	o, ok := orders.Get(w.state(), "SO-1")
	if !ok || !o.ProvedBy(w.env.Mark, "3456") || !o.ProvedBy(w.env.Mark, "10 115") || o.ProvedBy(w.env.Mark, "1") {
		t.Errorf("kept as %+v", o)
	}
	w.takes("orders", "SO-1", "", "order.cancelled")
	w.takes("orders", "SO-1", "")
	w.takes("orders", "NEVER-HERE", "")
}

// Each document that cannot be read is refused, and the member that is wrong is named.
func TestWhatCannotBeReadIsRefusedByItsMember(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ collection, id, doc, slug, at string }{
		{"moods", "1", `{}`, "unknown-collection", ""},
		{"parcels", "P-1", `null`, "missing-member", "/doc"},
		{"parcels", "P-1", ` `, "missing-member", "/doc"},
		{"parcels", "P-1", `[]`, "malformed-json", ""},
		{"parcels", "P-1", `{}`, "missing-member", "/announcement"},
		{"parcels", "P-1", `{"announcement":7}`, "malformed-json", "/announcement"},
		{"parcels", "P-1", `{"announcement":{"weight_g":"x"}}`, "wrong-type", "/announcement/weight_g"},
		{"parcels", "P-1", `{"announcement":{"label":"a b"}}`, "label", "/announcement/label"},
		{"parcels", "P-1", `{"announcement":{},"held":1}`, "wrong-type", "/held"},
		{"orders", "SO-1", `{"shop":"acme"}`, "missing-member", "/currency"},
		{"orders", "a b", anOrder, "order-id", ""},
	} {
		w.refuses(c.collection, c.id, c.doc, c.slug, c.at)
	}
}
