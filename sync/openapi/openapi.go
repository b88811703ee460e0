// Package openapi holds the contract of the REST endpoint, an OpenAPI 3.1
// document. Tests of package rest hold it against the routes and answers,
// both ways.
package openapi

import _ "embed"

// Document is the JSON text of the contract. Nobody may change it.
//
//go:embed openapi.json
var Document []byte
