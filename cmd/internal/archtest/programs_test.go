package archtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A core without cgo runs on any station without a C library, and is built for
// another machine by naming it.
func TestTheCoreAndItsToolsAreBuiltWithoutCgo(t *testing.T) {
	programs := []string{"./cmd/cubbyd", "./cmd/cubbyctl", "./cmd/cubbysim"}
	for _, machine := range []string{"amd64", "arm64"} {
		for _, cgo := range []string{"0", "1"} {
			all := list(t, []string{"CGO_ENABLED=" + cgo, "GOOS=linux", "GOARCH=" + machine}, programs...)
			for path, p := range all {
				if !p.Standard && len(p.CgoFiles) > 0 {
					t.Errorf("linux/%s, CGO_ENABLED=%s: %s has C in it: %v", machine, cgo, path, p.CgoFiles)
				}
			}
		}
	}
}

// The driver for SQLite is translated from C together with the C library it
// names; another version of that library corrupts memory without a word.
func TestTheCLibraryOfTheDatabaseIsTheOneItNames(t *testing.T) {
	named := regexp.MustCompile(`(?m)^\s*(?:require\s+)?modernc\.org/libc\s+(v\S+)`)
	theirs := strings.TrimSpace(string(goCommand(t, nil, "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite")))
	text, err := os.ReadFile(theirs)
	if err != nil {
		t.Fatal(err)
	}
	want := named.FindSubmatch(text)
	if want == nil {
		t.Fatalf("%s names no modernc.org/libc", theirs)
	}
	if have := version(t, "modernc.org/libc"); have != string(want[1]) {
		t.Errorf("modernc.org/libc is %s, modernc.org/sqlite names %s: go get modernc.org/libc@%[2]s", have, want[1])
	}
}

// The touch kit leans on the inner workings of exactly this version.
func TestTheToolkitIsTheVersionTheTouchKitWasMadeFor(t *testing.T) {
	if have := version(t, "fyne.io/fyne/v2"); have != "v2.8.1" {
		t.Errorf("fyne.io/fyne/v2 is %s, want v2.8.1", have)
	}
}

func version(t *testing.T, module string) string {
	t.Helper()
	return strings.TrimSpace(string(goCommand(t, nil, "list", "-m", "-f", "{{.Version}}", module)))
}
