// Package openapi makes the contract of the REST endpoint, an OpenAPI 3.1 document.
// Each family of resources brings a fragment of its own: its paths, and the schemas
// that no other family uses. base.json has the rest. Tests of package api hold the
// whole against the routes and answers, both ways.
package openapi

import (
	_ "embed"
	"fmt"
)

//go:embed base.json
var skeleton []byte

// Document is the JSON text of the contract with the fragments of the families. The
// schema Scope of base.json lists the scopes. head has members that replace those of
// base.json, as info and tags; it is nil for a station.
func Document(head []byte, scopes []string, fragments ...[]byte) ([]byte, error) {
	document, err := parse(skeleton)
	if err != nil {
		return nil, err
	}
	if head != nil {
		members, err := parse(head)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.key == "paths" || m.key == "components" {
				return nil, fmt.Errorf("the head of a contract has %s; these are of its families", m.key)
			}
			document.set(m.key, m.value)
		}
	}
	if err = document.change("components", func(components *object) error {
		return components.change("schemas", func(schemas *object) error {
			return schemas.change("Scope", func(scope *object) error { return scope.put("enum", scopes) })
		})
	}); err != nil {
		return nil, err
	}
	return Merge(document.json(), fragments...)
}
