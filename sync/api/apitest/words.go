package apitest

import (
	"go/ast"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Constants are the words of a named string type, by its package's source.
func Constants(t *testing.T, folder, typeName string) (words []string) {
	t.Helper()
	for _, file := range Sources(t, folder) {
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
				named := c.Type
				if of, ok := named.(*ast.SelectorExpr); ok { // of another package
					named = of.Sel
				}
				if name, ok := named.(*ast.Ident); !ok || name.Name != typeName {
					continue
				}
				for _, v := range c.Values {
					if word, ok := v.(*ast.BasicLit); ok && word.Value != `""` {
						words = append(words, Unquoted(t, word))
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

// WordsOf are the words a schema lists, the empty one left out.
func WordsOf(schema *openapi3.Schema) (words []string) {
	for _, part := range schema.AnyOf {
		words = append(words, WordsOf(part.Value)...)
	}
	for _, one := range schema.Enum {
		if one != "" {
			words = append(words, one.(string))
		}
	}
	slices.Sort(words)
	return words
}

// OpenWords are the words of a component that readers must expect more of.
func OpenWords(t *testing.T, component string) []string {
	t.Helper()
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas[component].Value
	if err := schema.VisitJSON("word_of_tomorrow", openapi3.EnableJSONSchema2020()); err != nil {
		t.Errorf("%s would refuse a word added later: %v", component, err)
	}
	return WordsOf(schema)
}
