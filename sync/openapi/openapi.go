// Package openapi holds the contract of the REST endpoint, an OpenAPI 3.1
// document. Each family of resources has a fragment of its own in fragments:
// its paths, and the schemas that no other family uses. base.json has the rest.
// Tests of package rest hold the whole against the routes and answers, both ways.
package openapi

import (
	"embed"
	"io/fs"
	"path"
)

//go:embed fragments/*.json
var fragments embed.FS

// Document is the JSON text of the contract. Nobody may change it.
var Document = mustMerge()

func mustMerge() []byte {
	names, err := fs.Glob(fragments, "fragments/*.json")
	if err != nil {
		panic(err)
	}
	var base []byte
	var families [][]byte
	for _, name := range names {
		text, err := fragments.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if path.Base(name) == "base.json" {
			base = text
		} else {
			families = append(families, text)
		}
	}
	document, err := Merge(base, families...)
	if err != nil {
		panic("openapi: " + err.Error()) // the fragments are part of the program; a test reads them
	}
	return document
}
