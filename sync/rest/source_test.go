package rest

import (
	"go/ast"
	"go/parser"
	syntax "go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// factTypes are all words the Type methods of package locker can return, by
// its source, so that a fact added tomorrow is found.
func factTypes(t *testing.T) (names []string) {
	t.Helper()
	for _, file := range sources(t, "../../locker") {
		for _, d := range file.Decls {
			method, ok := d.(*ast.FuncDecl)
			if !ok || method.Recv == nil || method.Name.Name != "Type" {
				continue
			}
			ast.Inspect(method.Body, func(n ast.Node) bool {
				if word, ok := n.(*ast.BasicLit); ok && word.Kind == syntax.STRING {
					names = append(names, unquoted(t, word))
				}
				return true
			})
		}
	}
	if len(names) == 0 {
		t.Fatal("no facts were found")
	}
	return names
}

// sources parses the files of a package that are not tests.
func sources(t *testing.T, folder string) (files []*ast.File) {
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

func unquoted(t *testing.T, word *ast.BasicLit) string {
	t.Helper()
	s, err := strconv.Unquote(word.Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
