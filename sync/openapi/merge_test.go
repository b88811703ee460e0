package openapi

import (
	"strings"
	"testing"
)

const base = `{"openapi":"3.1.0","paths":{},"components":{"schemas":{"Count":{"type":"integer"}},"responses":{}}}`

func TestFragmentsAreMergedInTheirOrder(t *testing.T) {
	got, err := Merge(
		[]byte(base),
		[]byte(
			`{"paths":{"/v1/b":{"get":{}}},"schemas":{"Zebra":{"type":"string"},"Ant":{"type":"string"}}}`),
		[]byte(`{"paths":{"/v1/a":{"get":{}}}}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	last := -1
	for _, word := range []string{`"openapi"`, `"/v1/b"`, `"/v1/a"`, `"Count"`, `"Zebra"`, `"Ant"`, `"responses"`} {
		at := strings.Index(string(got), word)
		if at <= last {
			t.Errorf("%s is at %d, what comes before it at %d", word, at, last)
		}
		last = at
	}
}

func TestAnEventIsDescribedWhereItsDataIs(t *testing.T) {
	got, err := Merge(
		[]byte(base),
		[]byte(`{"schemas":{"Event":{"type":"object","description":"An event."},"EventType":{"anyOf":[]},
		"EventDataParcelEaten":{"x-cubby-event":"parcel.eaten","type":"object",
		"description":"The data of parcel.eaten. It is gone.",
		"properties":{"parcel_id":{},"order_id":{},"label":{},"by":{},"at":{}},"required":["parcel_id","by"]}}}`),
	)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"| `parcel.eaten` | It is gone. | *ids*, `by`, `at`? |", `"const": "parcel.eaten"`,
		`"$ref": "#/components/schemas/EventDataParcelEaten"`, `"parcel.eaten"` + "\n",
	} {
		if !strings.Contains(string(got), part) {
			t.Errorf("it does not say %s:\n%s", part, got)
		}
	}
}

func TestWhatCannotBeMergedIsNamed(t *testing.T) {
	for _, c := range []struct{ base, fragment, says string }{
		{`[]`, `{}`, "the base"},
		{`{"paths":{}}`, `{}`, "components"},
		{base, `{"paths":`, "fragment 1"},
		{base, `{"paths":{}`, "does not end"},
		{base, `{"info":{}}`, `"info"`},
		{base, `{"schemas":{"Count":{}}}`, `"Count" is there twice`},
		{base, `{"schemas":{"X":{"x-cubby-event":"a.b","properties":{}}}}`, "Event"},
	} {
		if _, err := Merge([]byte(c.base), []byte(c.fragment)); err == nil ||
			!strings.Contains(err.Error(), c.says) {
			t.Errorf("%s and %s: %v, want a word of %s", c.base, c.fragment, err, c.says)
		}
	}
}
