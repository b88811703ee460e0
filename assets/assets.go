// Package assets holds the fonts, icons and translations of the touchscreen,
// embedded in the program: a screen needs no file beside itself and looks the
// same on every machine.
//
// Everything here is read-only; all functions may be called from any goroutine.
package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed fonts/*.otf icons/*.svg lang/*/*.json
var files embed.FS

// Font returns an OpenType font by its weight, "Regular" or "Bold". It covers
// western European Latin, GB 2312 and the Table of General Standard Chinese
// Characters; fonts/README.md says how it was made.
// The slice must not be changed.
func Font(weight string) ([]byte, error) {
	return read("fonts", "NotoSansSC-"+weight+".otf")
}

// Icon returns a drawing as SVG by its file name without ".svg". Lines and
// areas that take the theme's colour are painted #000000.
func Icon(name string) ([]byte, error) {
	return read("icons", name+".svg")
}

// Icons lists the names Icon takes, sorted.
func Icons() []string { return names("icons", ".svg") }

// Languages lists the BCP 47 tags for which there is a translation, sorted.
func Languages() []string { return names("lang", "") }

// Rooms lists the files of a language's translation, sorted: what the pages of
// one kind of visit say is in one of them.
func Rooms(tag string) []string { return names("lang/"+tag, ".json") }

// Room returns one of these files, in the form that go-i18n reads.
func Room(tag, room string) ([]byte, error) {
	return read("lang/"+tag, room+".json")
}

// Language returns all messages of a tag of Languages in one go-i18n file. A
// message that two rooms have, or one room twice, is an error: only one of its
// texts would be seen.
func Language(tag string) ([]byte, error) {
	files := map[string][]byte{}
	for _, room := range Rooms(tag) {
		file, err := Room(tag, room)
		if err != nil {
			return nil, err
		}
		files[room] = file
	}
	return Merge(tag, files)
}

func read(dir, name string) ([]byte, error) {
	b, err := files.ReadFile(path.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("assets: no %s/%s is built into this program: %w", dir, name, err)
	}
	return b, nil
}

func names(dir, suffix string) []string {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil // the folders are named in go:embed, so this cannot happen in a built program
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && e.IsDir() == (suffix == "") {
			out = append(out, name)
		}
	}
	return out
}
