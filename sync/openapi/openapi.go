// Package openapi makes the contract of the REST endpoint, an OpenAPI 3.1 document.
// Each family of resources brings a fragment of its own: its paths, and the schemas
// that no other family uses. base.json has the rest. Tests of package api hold the
// whole against the routes and answers, both ways.
package openapi

import _ "embed"

//go:embed base.json
var skeleton []byte

// Document is the JSON text of the contract with the fragments of the families.
func Document(fragments ...[]byte) ([]byte, error) { return Merge(skeleton, fragments...) }
