package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A file fits the head. Tables of a test may be longer than what they test.
const (
	longestFile = 400 // lines
	longestTest = 600
	widest      = 120 // columns of a line; a tab counts as four
)

func TestNoFileIsTooLongToBeReadInOneGo(t *testing.T) {
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		limit := longestFile
		if strings.HasSuffix(name, "_test.go") {
			limit = longestTest
		}
		if n := bytes.Count(text, []byte("\n")); n > limit {
			t.Errorf("%s has %d lines, more than %d: split it where it has two reasons to change", name, n, limit)
		}
	}
}

func TestNoLineIsTooWideToBeReadAtOnce(t *testing.T) {
	for _, name := range goFiles(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t"); n > widest {
				t.Errorf("%s:%d has %d columns, more than %d: break it where a reader would pause",
					name, number, n, widest)
			}
		}
	}
}

// Couriers, customers and staff are people of every kind: none of them is a man by
// the words of a comment, a message or a page of the documentation.
func TestNobodyIsTakenForAMan(t *testing.T) {
	masculine := regexp.MustCompile(`(?i)\bh(?:e|is|im|imself)\b`)
	names := goFiles(t)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/decisions/*.md", "assets/lang/*/*.json"} {
		pages, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(pages) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(pages), err)
		}
		for _, page := range pages {
			name, err := filepath.Rel(root, page)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		if word := masculine.Find(text); word != nil {
			t.Errorf("%s says %q of somebody: name the person by what that person does here", name, word)
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	said := map[string]bool{}
	for _, name := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		folder := filepath.ToSlash(filepath.Dir(name))
		said[folder] = said[folder] || parse(t, name).Doc != nil
	}
	for folder, ok := range said {
		if !ok {
			t.Errorf("%s has no package comment", folder)
		}
	}
}

func TestEveryExportedNameIsExplained(t *testing.T) {
	for _, name := range goFiles(t) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, d := range parse(t, name).Decls {
			for _, bare := range unexplained(d) {
				t.Errorf("%s: %s has no comment", name, bare)
			}
		}
	}
}

func parse(t *testing.T, name string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, name), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// unexplained lists the exported names of a declaration that have no comment
// of their own and none for their group. The words of an enumeration are
// explained by its type; a comment on "this and the following" covers the
// names that come after it without one.
func unexplained(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && !(d.Recv != nil && plainMethod(d)) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			return nil
		}
		enumeration, following := false, false
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Doc != nil {
					following = strings.Contains(s.Doc.Text(), "and the following")
				}
				if s.Name.IsExported() && !following && s.Doc == nil && s.Comment == nil {
					names = append(names, s.Name.Name)
				}
			case *ast.ValueSpec:
				if len(s.Values) > 0 {
					enumeration = s.Type != nil
				}
				for _, n := range s.Names {
					if n.IsExported() && !enumeration && s.Doc == nil && s.Comment == nil {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// plainMethod reports whether a method needs no comment: nobody can call it
// through its type's name, or its name says all because an interface that
// everybody knows does, or one of ours that explains it.
func plainMethod(d *ast.FuncDecl) bool {
	known := []string{
		"String", "Error", "Unwrap", "Is", "MarshalText", "UnmarshalText", "MarshalJSON", "UnmarshalJSON",
		"Read", "Write", "Close", "ServeHTTP", "Describe", "Collect", "Len", "Less", "Swap",
		// toolkit
		"CreateRenderer", "MinSize", "Resize", "Layout", "Refresh", "Objects", "Destroy", "Color", "Font",
		"Icon", "Size",
		"Type", "Subject", "Published", "Private", "Apply", // ledger.Fact
		"Decide", // visit.Command
	}
	receiver := d.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if index, ok := receiver.(*ast.IndexExpr); ok {
		receiver = index.X
	}
	name, ok := receiver.(*ast.Ident)
	return ok && !name.IsExported() || slices.Contains(known, d.Name.Name)
}
