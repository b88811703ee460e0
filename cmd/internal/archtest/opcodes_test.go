package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"cubby/hardware/wire"
)

// massOpeners are the bytes that would open many doors at once, per file of a
// dialect. A new dialect has to be entered here, with what its maker lists.
var massOpeners = map[string][]uint64{
	"cu16.go":    {0x33, 0xF0, 0x0F},             // unlock all of a board; the address of every board
	"cu48.go":    {0x33, 0xF0},                   // the same, should a CU48 listen to them
	"xor8a80.go": {0x90, 0x9A, 0x9B, 0x9D, 0x8B}, // several at once; power held on and off; all of a board
	// on without an end; toggled; several; the pulse turned round; a setting
	"waveshare.go": {0xFF00, 0x5500, 0x0F, 0x0400, 0x06},
	"wkly.go":      {0x80, 0x86, 0x87, 0x88, 0x89}, // together; all; in turn; power held on and off
}

// Opening everything at once does not exist as a byte in this code base: not
// as an option, not as a test aid, not by mistake.
func TestNoFrameThatOpensAllLocksCanBeWritten(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "hardware/wire/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		name := path.Base(filepath.ToSlash(file))
		source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		forbidden, known := massOpeners[name]
		if registers(source) && !known {
			t.Errorf("%s registers a dialect: enter into massOpeners which of its bytes open many doors", name)
		}
		seen[name] = true
		ast.Inspect(source, func(n ast.Node) bool {
			if b, ok := n.(*ast.BasicLit); ok && b.Kind == token.INT {
				if v, err := strconv.ParseUint(b.Value, 0, 64); err == nil && slices.Contains(forbidden, v) {
					t.Errorf("%s has the byte %s, which opens many doors at once", name, b.Value)
				}
			}
			return true
		})
	}
	for name := range massOpeners {
		if !seen[name] {
			t.Errorf("massOpeners speaks of %s, which is not there", name)
		}
	}
}

func registers(source *ast.File) (found bool) {
	ast.Inspect(source, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "Register" {
				found = true
			}
		}
		return true
	})
	return found
}

func TestEveryUnlockFrameNamesOneLockOfOneBoard(t *testing.T) {
	for _, name := range wire.Names() {
		d, err := wire.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		meant := map[string][2]int{}
		for board := -1; board <= 256; board++ {
			for lock := -1; lock <= 256; lock++ {
				b := wire.Board{Address: board}
				r, err := d.Unlock(b, lock, 0)
				exists := d.Check(b) == nil && lock >= 1 && lock <= d.Locks(b)
				if exists != (err == nil) {
					t.Fatalf("%s: board %d lock %d exists: %v, its frame: %v, %v", name, board, lock, exists,
						r.Bytes, err)
				}
				if err != nil {
					continue
				}
				if other, double := meant[string(r.Bytes)]; double {
					t.Fatalf("%s: board %d lock %d has the frame of board %d lock %d", name, board, lock,
						other[0], other[1])
				}
				meant[string(r.Bytes)] = [2]int{board, lock}
			}
		}
		if len(meant) == 0 {
			t.Errorf("%s unlocks nothing", name)
		}
	}
}
