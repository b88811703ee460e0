package apitest

import (
	"go/ast"
	"go/parser"
	syntax "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Sources parses the files of a package that are not tests.
func Sources(t *testing.T, folder string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no source in %s: %v", folder, err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(syntax.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// Unquoted is a word without its quotes.
func Unquoted(t *testing.T, word *ast.BasicLit) string {
	t.Helper()
	s, err := strconv.Unquote(word.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
