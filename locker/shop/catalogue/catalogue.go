// Package catalogue is what a shop offers: products with their variants, texts in the
// languages, pictures, categories and article numbers. It reads catalogues from JSON and
// CSV, names everything that is wrong in one, and keeps nothing. Prices and stock are
// elsewhere: here is what a thing is, not what it costs or how many there are.
package catalogue

import (
	"maps"
	"slices"
	"strings"
)

// Bounds of a catalogue.
const (
	MaxFile  = 256 << 20 // bytes of a file
	MaxRow   = 64 << 10  // bytes of a row of CSV, or of one product in JSON
	MaxSKUs  = 50_000    // variants of all products
	MaxTitle = 120       // characters
	MaxText  = 4_000     // characters

	MaxCategories = 1_000
	MaxDepth      = 6 // of categories
	MaxVariants   = 100
	MaxLanguages  = 12
	MaxPictures   = 8  // of a product
	MaxAttributes = 24 // of a product, and options of a variant
	MaxGTINs      = 8  // of a variant

	MaxID     = 64         // characters of an id or SKU
	MaxWeight = 1_000_000  // grams
	MaxSize   = 10_000     // millimetres
	MaxCount  = 10_000_000 // reviews
)

// Words are a text in several languages, by language tag ("en", "zh-Hans").
type Words map[string]string

// In is the text in a language: the same, one that begins alike ("de" for "de-AT"),
// English, or the first by tag. It is empty only when there is none at all.
func (w Words) In(language string) string {
	if s, ok := w[language]; ok {
		return s
	}
	base, _, _ := strings.Cut(language, "-")
	if s, ok := w[base]; ok {
		return s
	}
	tags := slices.Sorted(maps.Keys(w))
	for _, tag := range tags {
		if b, _, _ := strings.Cut(tag, "-"); b == base {
			return w[tag]
		}
	}
	if s, ok := w["en"]; ok || len(tags) == 0 {
		return s
	}
	return w[tags[0]]
}

// A Category is a place in the tree of categories.
type Category struct {
	ID     string `json:"id"`
	Parent string `json:"parent,omitempty"` // id; empty: at the top
	Title  Words  `json:"title"`
	Order  int    `json:"order,omitempty"` // among its siblings, lowest first; equal ones by id
}

// An Attribute says how an attribute or option is called, and its values. One that is used
// and not described is shown as it is written.
type Attribute struct {
	ID     string           `json:"id"`
	Title  Words            `json:"title"`
	Values map[string]Words `json:"values,omitempty"`
}

// A Product is one thing that is offered, in one or more variants.
type Product struct {
	ID         string            `json:"id"`
	Title      Words             `json:"title"`
	Text       Words             `json:"text,omitempty"`
	Categories []string          `json:"categories"` // ids, the most important first
	Attributes map[string]string `json:"attributes,omitempty"`
	Pictures   []Picture         `json:"pictures,omitempty"` // the most important first
	Age        int               `json:"age,omitempty"`      // years the buyer must have: 0, 16 or 18
	Reviews    *Reviews          `json:"reviews,omitempty"`
	Variants   []Variant         `json:"variants"`
}

// A Picture is a file beside the catalogue, or one that is kept already.
type Picture struct {
	File string `json:"file,omitempty"` // its name, without a folder
	Hash string `json:"hash,omitempty"` // of a kept one: SHA-256 in hexadecimal
	Alt  Words  `json:"alt,omitempty"`  // what is to be seen; the title where it is not said
}

// Reviews are what buyers have said elsewhere, as the centre counted it.
type Reviews struct {
	Count   int    `json:"count"`
	Average int    `json:"average"` // hundredths of a star: 100 to 500
	Source  string `json:"source"`  // who counted, shown with it
}

// A Variant is what can be taken home: one SKU.
type Variant struct {
	SKU     string            `json:"sku"`
	Options map[string]string `json:"options,omitempty"` // what it differs by: "size": "m"
	GTINs   []string          `json:"gtins,omitempty"`   // with check digit; 14 digits once checked
	Weight  int               `json:"weight_g,omitempty"`
	Size    Size              `json:"size_mm,omitzero"`
	Tax     string            `json:"tax,omitempty"` // name of its tax class
}

// Size is how large a variant is when packed, in millimetres; zero where nobody has said.
type Size struct {
	Length int `json:"length"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Variant is the variant with an SKU.
func (p Product) Variant(sku string) (v Variant, ok bool) {
	i := slices.IndexFunc(p.Variants, func(v Variant) bool { return v.SKU == sku })
	if i < 0 {
		return v, false
	}
	return p.Variants[i], true
}
