package orders_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"cubby/locker/orders"
	"cubby/sync/api/apitest"
	api "cubby/sync/api/orders"
	"cubby/sync/rest"
)

func TestAnOrderIsPatched(t *testing.T) {
	b := apitest.New(t)
	some := strings.Replace(apitest.SomeOrder, `{`,
		`{"postcode":"10115","phone":"+49 30 1234","customer_ref":"C-1",`, 1)
	apitest.Want(t, b.Do("PUT", "/v1/orders/SO-1", some), 201, "")
	order := func() orders.Order {
		o, err := b.Core.Order(t.Context(), "SO-1")
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	kept := order().Customer
	do := func(body string, status int, slug string) {
		t.Helper()
		answer := b.Do("PATCH", "/v1/orders/SO-1", body, "Content-Type", "", "Content-Type", rest.MergePatch)
		apitest.Want(t, answer, status, slug)
	}
	do(`{"language":"fr","informed":false}`, 200, "")
	now := order()
	if now.Language != "fr" || now.Informed == nil || now.Customer != kept || kept.PostcodeHash == "" {
		t.Errorf("it is %+v, its customer was %+v", now, kept)
	}
	do(`{"postcode":null,"customer_ref":"C-2"}`, 200, "")
	now = order()
	if now.PostcodeHash != "" || now.PhoneHash != kept.PhoneHash || now.CustomerRef != "C-2" {
		t.Errorf("of its customer it has %+v, before it was %+v", now.Customer, kept)
	}
	do(`{"tenders":[]}`, 422, "wrong-sum")
	do(`{"shop":null}`, 422, "missing-member")
	do(`{"cancelled":true}`, 422, "fixed-member")
	do(`{"lines":[{"id":"1","of_it":2}]}`, 422, "unknown-member")
}

// An order that is read, and put as it was read, is the same.
func TestTheDocumentOfAnOrderIsItsBody(t *testing.T) {
	o, _, err := api.ReadOrder([]byte(apitest.SomeOrder))
	if err != nil {
		t.Fatal(err)
	}
	text, err := api.Document(o)
	if err != nil {
		t.Fatal(err)
	}
	again, _, err := api.ReadOrder(text)
	o.Customer = orders.Customer{}
	if one, other := asJSON(o), asJSON(again); err != nil || !reflect.DeepEqual(one, other) {
		t.Errorf("%s\nis read as %s\n%v", one, other, err)
	}
}

func asJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
