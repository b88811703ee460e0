package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// root is the top of the source tree; tests run in their own folder.
const root = "../../.."

// tags are what the touchscreen is built with.
const tags = "x11,migrated_fynedo"

// A pkg is what "go list" says about one package.
type pkg struct {
	ImportPath string
	Name       string
	Standard   bool
	CgoFiles   []string
	Imports    []string // direct, without tests
	Deps       []string // direct and indirect, without tests
}

// ours reports whether the package is part of this project.
func (p pkg) ours() bool { return within(p.ImportPath, "cubby") }

// within reports whether path is folder or lies below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

func goCommand(t *testing.T, env []string, args ...string) []byte {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir, c.Env = root, append(os.Environ(), env...)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &said)
	}
	return out
}

// list asks for packages and everything they depend on, by import path.
func list(t *testing.T, env []string, patterns ...string) map[string]pkg {
	t.Helper()
	args := append([]string{
		"list", "-deps", "-tags", tags, "-json=ImportPath,Name,Standard,CgoFiles,Imports,Deps",
	}, patterns...)
	all := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(goCommand(t, env, args...))); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[p.ImportPath] = p
	}
}

var everything struct {
	once sync.Once
	all  map[string]pkg
}

// packages are all packages of the project and what they depend on.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	everything.once.Do(func() { everything.all = list(t, nil, "./...") })
	if len(everything.all) == 0 {
		t.Fatal("go list has named no package")
	}
	return everything.all
}

// chain is how a package comes to depend on another, for people.
func chain(all map[string]pkg, from, to string) string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		here := queue[0]
		if here == to {
			var way []string
			for ; here != ""; here = before[here] {
				way = append(way, here)
			}
			slices.Reverse(way)
			return strings.Join(way, " -> ")
		}
		for _, next := range all[here].Imports {
			if _, seen := before[next]; !seen {
				before[next] = here
				queue = append(queue, next)
			}
		}
	}
	return from + " -> ... -> " + to
}

// goFiles are the Go files of the project, relative to root.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin" ||
			d.Name() == "build"):
			return filepath.SkipDir
		case filepath.Ext(path) == ".go":
			relative, err := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(relative))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d Go files were found", len(files))
	}
	return files
}
