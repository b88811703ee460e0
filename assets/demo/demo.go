// Package demo holds the parcels that a new station is shown with. They belong
// to nobody: names, numbers and addresses are reserved for examples.
package demo

import _ "embed"

// Parcels is a JSON object of announcements by parcel id.
//
//go:embed parcels.json
var Parcels []byte

//go:generate go run ./shop/draw shop/catalogue.json shop/pictures
