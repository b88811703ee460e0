package api_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/api/apitest"
)

func TestTheWordsOfTheCodeAreThoseOfTheContract(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	member := func(component, name string) *openapi3.Schema {
		p := doc.Components.Schemas[component].Value.Properties[name]
		if p == nil {
			t.Fatalf("%s has no %s", component, name)
		}
		return p.Value
	}
	for _, c := range []struct {
		folder, typeName string
		schema           *openapi3.Schema
	}{
		{"../../locker/parcel", "State", doc.Components.Schemas["ParcelState"].Value},
		{"../../locker/wall", "Allocation", member("Compartment", "allocation")},
		{"../../locker/wall", "LockState", member("Compartment", "lock")},
		{"../../locker/wall", "Contents", member("Compartment", "contents")},
		{"../../locker/wall", "Contents", member("EventDataCompartmentQuarantined", "contents")},
		{"../../locker/wall", "Evidence", member("Compartment", "evidence")},
		{"../../locker/wall", "Evidence", member("EventDataParcelStored", "evidence")},
		{"../../locker/wall", "Evidence", member("EventDataCompartmentFreed", "evidence")},
		{"../../locker/wall", "Purpose", member("EventDataOpeningIntended", "purpose")},
		{"../../locker/door", "Result", member("EventDataOpeningEnded", "result")},
		{"../../locker/view", "Printing", member("CourierView", "print")},
		{"../../locker/view", "Kind", member("View", "kind")},
		{"../../locker/parcel", "PrintResult", member("EventDataParcelReceiptEnded", "result")},
		{"../../locker/health", "Severity", member("EventDataDeviceChanged", "severity")},
		{"../../locker/health", "Severity", member("Device", "severity")},
		{"../../locker/view", "Step", doc.Components.Schemas["Step"].Value},
		{"../../locker/view", "Reason", doc.Components.Schemas["ViewReason"].Value},
		{"../../locker/view", "ActionName", doc.Components.Schemas["ActionName"].Value},
		{"../../locker/view", "Notice", doc.Components.Schemas["Notice"].Value},
	} {
		if got, want := apitest.WordsOf(c.schema), apitest.Constants(t, c.folder, c.typeName); !slices.Equal(
			got, want) {
			t.Errorf("%s is one of\n%v\nand the contract says\n%v", c.typeName, want, got)
		}
	}
	kinds := append(apitest.Constants(t, "../../locker/parcel", "Kind"),
		apitest.Constants(t, "../../locker/desk", "Kind")...)
	slices.Sort(kinds)
	if got := apitest.WordsOf(member("EventDataVisitEnded", "kind")); !slices.Equal(got, kinds) {
		t.Errorf("visits are one of\n%v\nand the contract says\n%v", kinds, got)
	}
	conditions := slices.Concat(apitest.Constants(t, "../../hardware", "Condition"),
		apitest.Constants(t, "../../hardware/printer", "State"),
		apitest.Constants(t, "../../hardware/climate", "State"),
		apitest.Constants(t, "../../hardware/camera", "State"))
	slices.Sort(conditions)
	if got, want := apitest.WordsOf(member("EventDataDeviceChanged", "condition")),
		slices.Compact(conditions); !slices.Equal(
		got, want) {
		t.Errorf("the hardware's conditions are\n%v\nand the contract says\n%v", want, got)
	}
	for _, name := range []string{"Step", "ViewReason", "ActionName", "Notice"} {
		apitest.OpenWords(t, name)
	}
	answer := apitest.Text(t, apitest.New(t).Do("GET", "/v1/parcels?state=lost", ""))
	for _, state := range apitest.Constants(t, "../../locker/parcel", "State") {
		if !strings.Contains(answer, state) {
			t.Errorf("a list cannot be restricted to %s: %s", state, answer)
		}
	}
}

func TestTheContractShowsTheWholeViewAndTheWholeParcel(t *testing.T) {
	doc, err := apitest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for component, value := range map[string]any{
		"View": view.View{}, "IdleView": view.Idle{}, "PickupView": view.Pickup{},
		"CourierView":    view.Courier{},
		"PlainView":      view.AtDoor{},
		"CommissionView": view.Commission{}, "ViewMessage": view.Message{}, "ViewChoice": view.Choice{},
		"Wall": view.Wall{}, "WallDoor": view.Door{}, "Action": view.Action{},
		"Parcel":       parcel.Parcel{},
		"Announcement": parcel.Announcement{}, "Recipient": parcel.Recipient{},
		"Dimensions": wall.Dimensions{},
	} {
		var written []string
		for _, field := range reflect.VisibleFields(reflect.TypeOf(value)) {
			if field.Anonymous {
				continue // its members are written as if they were its own
			}
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			written = append(written, name)
		}
		slices.Sort(written)
		if documented := slices.Sorted(maps.Keys(
			doc.Components.Schemas[component].Value.Properties)); !slices.Equal(
			written, documented) {
			t.Errorf("%s has %v and the contract says %v", component, written, documented)
		}
	}
}
