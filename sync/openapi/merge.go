package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Merge puts the paths and schemas of fragments into a base document. Members
// keep their order. What the schemas Event and EventType say of each type of
// event is made from the schemas that bear x-cubby-event, so that an event is
// described in one place.
func Merge(base []byte, fragments ...[]byte) ([]byte, error) {
	document, err := parse(base)
	if err != nil {
		return nil, fmt.Errorf("the base: %w", err)
	}
	paths, err := document.object("paths")
	if err != nil {
		return nil, err
	}
	components, err := document.object("components")
	if err != nil {
		return nil, err
	}
	schemas, err := components.object("schemas")
	if err != nil {
		return nil, err
	}
	for i, text := range fragments {
		fragment, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("fragment %d: %w", i+1, err)
		}
		for _, m := range fragment {
			into := map[string]*object{"paths": &paths, "schemas": &schemas}[m.key]
			if into == nil {
				return nil, fmt.Errorf("fragment %d has %q; it may have paths and schemas", i+1, m.key)
			}
			if err := into.take(m.value); err != nil {
				return nil, fmt.Errorf("fragment %d: %w", i+1, err)
			}
		}
	}
	if err := errors.Join(describeEvents(schemas), describeRepeats(&paths)); err != nil {
		return nil, err
	}
	components.set("schemas", schemas.json())
	document.set("paths", paths.json())
	document.set("components", components.json())
	var out bytes.Buffer
	err = json.Indent(&out, document.json(), "", " ")
	out.WriteByte('\n')
	return out.Bytes(), err
}

// An event is a schema that bears x-cubby-event.
type event struct {
	Type        string                     `json:"x-cubby-event"`
	Description string                     `json:"description"` // begins with "The data of TYPE. "
	Required    []string                   `json:"required"`
	Properties  map[string]json.RawMessage `json:"properties"`
	schema      string
	members     []string // in their order
}

// describeEvents writes into Event and EventType what is known of each type.
func describeEvents(schemas object) error {
	var branches []any
	var types []string
	table := "\n\n| type | when | members of data |\n| --- | --- | --- |"
	for _, m := range schemas {
		e := event{schema: m.key}
		if err := json.Unmarshal(m.value, &e); err != nil || e.Type == "" {
			continue // not of an event
		}
		whole, err := parse(m.value)
		if err != nil {
			return err
		}
		members, err := whole.object("properties")
		if err != nil {
			return fmt.Errorf("schema %s: %w", m.key, err)
		}
		for _, p := range members {
			e.members = append(e.members, p.key)
		}
		types = append(types, e.Type)
		branches = append(branches, e.branch())
		table += "\n" + e.row()
	}
	if types == nil {
		return nil
	}
	if err := schemas.change("Event", func(s *object) error {
		var said string
		if err := json.Unmarshal(s.get("description"), &said); err != nil {
			return err
		}
		if err := s.put("description", said+table); err != nil {
			return err
		}
		return s.put("allOf", branches)
	}); err != nil {
		return err
	}
	return schemas.change("EventType", func(s *object) error {
		return s.put("anyOf",
			[]any{map[string]any{"type": "string", "enum": types}, map[string]any{"type": "string"}})
	})
}

// branch has a reader of Event look at data as this type has it.
func (e event) branch() any {
	return map[string]any{
		"if": map[string]any{
			"properties": map[string]any{"type": map[string]any{"const": e.Type}},
			"required":   []string{"type"},
		},
		"then": map[string]any{
			"properties": map[string]any{
				"data": map[string]any{"$ref": "#/components/schemas/" + e.schema},
			},
			"additionalProperties": true,
		},
	}
}

// row tells of the type in a line for people: "?" behind what may be absent,
// *ids* for the three members that name a parcel.
func (e event) row() string {
	var cells []string
	ids := []string{"parcel_id", "order_id", "label"}
	members := e.members
	if len(members) >= len(ids) && slices.Equal(members[:len(ids)], ids) &&
		slices.Contains(e.Required, "parcel_id") {
		cells, members = append(cells, "*ids*"), members[len(ids):]
	}
	for _, name := range members {
		cell := "`" + name + "`"
		if !slices.Contains(e.Required, name) {
			cell += "?"
		}
		cells = append(cells, cell)
	}
	when := strings.TrimPrefix(e.Description, "The data of "+e.Type+". ")
	return fmt.Sprintf("| `%s` | %s | %s |", e.Type, when, strings.Join(cells, ", "))
}
