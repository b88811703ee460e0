package rest

import (
	"encoding/json"
	"go/ast"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"cubby/locker"
	"cubby/locker/view"
)

// constants are the words of a named string type, by its package's source.
func constants(t *testing.T, folder, typeName string) (words []string) {
	t.Helper()
	for _, file := range sources(t, folder) {
		for _, d := range file.Decls {
			block, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range block.Specs {
				c, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				if name, ok := c.Type.(*ast.Ident); !ok || name.Name != typeName {
					continue
				}
				for _, v := range c.Values {
					if word, ok := v.(*ast.BasicLit); ok && word.Value != `""` {
						words = append(words, unquoted(t, word))
					}
				}
			}
		}
	}
	if len(words) == 0 {
		t.Fatalf("%s has no constants in %s", typeName, folder)
	}
	slices.Sort(words)
	return words
}

// wordsOf are the words a schema lists, the empty one left out.
func wordsOf(schema *openapi3.Schema) (words []string) {
	for _, part := range schema.AnyOf {
		words = append(words, wordsOf(part.Value)...)
	}
	for _, one := range schema.Enum {
		if one != "" {
			words = append(words, one.(string))
		}
	}
	slices.Sort(words)
	return words
}

// openWords are the words of a component that readers must expect more of.
func openWords(t *testing.T, component string) []string {
	t.Helper()
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas[component].Value
	if err := schema.VisitJSON("word_of_tomorrow", openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s would refuse a word added later: %v", component, err)
	}
	return wordsOf(schema)
}

func TestTheWordsOfTheCodeAreThoseOfTheContract(t *testing.T) {
	doc, err := document()
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
		{"../../locker", "ParcelState", doc.Components.Schemas["ParcelState"].Value},
		{"../../locker", "Allocation", member("Compartment", "allocation")},
		{"../../locker", "LockState", member("Compartment", "lock")},
		{"../../locker", "Contents", member("Compartment", "contents")},
		{"../../locker", "Contents", member("EventDataCompartmentQuarantined", "contents")},
		{"../../locker", "Evidence", member("Compartment", "evidence")},
		{"../../locker", "Evidence", member("EventDataParcelStored", "evidence")},
		{"../../locker", "Evidence", member("EventDataCompartmentFreed", "evidence")},
		{"../../locker", "Purpose", member("EventDataOpeningIntended", "purpose")},
		{"../../locker", "VisitKind", member("EventDataVisitEnded", "kind")},
		{"../../locker/door", "Result", member("EventDataOpeningEnded", "result")},
		{"../../locker/view", "Printing", member("View", "print")},
		{"../../locker", "PrintResult", member("EventDataParcelReceiptEnded", "result")},
		{"../../locker/health", "Severity", member("EventDataDeviceChanged", "severity")},
		{"../../locker/health", "Severity", member("Device", "severity")},
		{"../../locker/view", "Step", doc.Components.Schemas["Step"].Value},
		{"../../locker/view", "Reason", doc.Components.Schemas["ViewReason"].Value},
		{"../../locker/view", "ActionName", doc.Components.Schemas["ActionName"].Value},
		{"../../locker/view", "Notice", doc.Components.Schemas["Notice"].Value},
	} {
		if got, want := wordsOf(c.schema), constants(t, c.folder, c.typeName); !slices.Equal(got, want) {
			t.Errorf("%s is one of\n%v\nand the contract says\n%v", c.typeName, want, got)
		}
	}
	conditions := slices.Concat(constants(t, "../../hardware", "Condition"), constants(t, "../../hardware/printer", "State"), constants(t, "../../hardware/climate", "State"))
	slices.Sort(conditions)
	if got, want := wordsOf(member("EventDataDeviceChanged", "condition")), slices.Compact(conditions); !slices.Equal(got, want) {
		t.Errorf("the hardware's conditions are\n%v\nand the contract says\n%v", want, got)
	}
	for _, name := range []string{"Step", "ViewReason", "ActionName", "Notice"} {
		openWords(t, name)
	}
	var states []string
	for _, s := range parcelStates {
		states = append(states, string(s))
	}
	slices.Sort(states)
	if all := constants(t, "../../locker", "ParcelState"); !slices.Equal(states, all) {
		t.Errorf("a list can be restricted to %v of %v", states, all)
	}
}

func TestTheContractShowsTheWholeViewAndTheWholeParcel(t *testing.T) {
	doc, err := document()
	if err != nil {
		t.Fatal(err)
	}
	for component, value := range map[string]any{
		"View": view.View{}, "Wall": view.Wall{}, "WallDoor": view.Door{}, "Action": view.Action{}, "Parcel": locker.Parcel{},
		"Announcement": locker.Announcement{}, "Recipient": locker.Recipient{}, "Dimensions": locker.Dimensions{},
	} {
		var written []string
		for field := range reflect.TypeOf(value).Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			written = append(written, name)
		}
		slices.Sort(written)
		if documented := slices.Sorted(maps.Keys(doc.Components.Schemas[component].Value.Properties)); !slices.Equal(written, documented) {
			t.Errorf("%s has %v and the contract says %v", component, written, documented)
		}
	}
}

func TestAViewHasListsWhereItHasNothing(t *testing.T) {
	b := newBench(t).staff()
	b.core.show(view.View{Step: view.StepUnavailable, Reason: view.ReasonStarting})
	var v struct {
		Languages, Actions []string
		Wall               struct{ Doors []view.Door }
	}
	if err := json.Unmarshal([]byte(want(t, b.do("GET", "/screen/v1/view", ""), 200, "")), &v); err != nil {
		t.Fatal(err)
	}
	if v.Languages == nil || v.Actions == nil || v.Wall.Doors == nil {
		t.Errorf("lists are null: %+v", v)
	}
}
