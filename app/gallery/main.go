// Gallery draws every page of the touchscreen as a PNG file, in every language
// and on both shapes of panel, without a window or a display:
//
//	go run -tags x11,migrated_fynedo ./app/gallery -out build/gallery
package main

import (
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/rooms"
	"cubby/app/sample"
	"cubby/app/words"
	"cubby/locker/view"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

func main() {
	out := flag.String("out", filepath.Join("build", "gallery"), "folder to write to")
	only := flag.String(
		"only",
		"",
		"draw only pages whose name begins with one of these, separated by commas",
	)
	long := flag.Bool("long", false, "draw the made-up language with long words too")
	flag.Parse()
	if err := draw(*out, *only, *long); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func draw(out, only string, long bool) error {
	book, err := words.Open(sample.Words())
	if err != nil {
		return err
	}
	set, err := rooms.All(sample.Room())
	if err != nil {
		return err
	}
	app := test.NewApp()
	defer app.Quit()
	if err := kit.Dress(app); err != nil {
		return err
	}
	speakers := map[string]words.Speaker{}
	for _, tag := range book.Tags() {
		speakers[tag] = book.For(tag)
	}
	if long {
		speakers["long"] = words.Pseudo(book.For("en"))
	}
	for _, size := range []fyne.Size{fyne.NewSize(1080, 1920), fyne.NewSize(1280, 800)} {
		for tag, speaker := range speakers {
			for _, s := range sample.All() {
				if !wanted(s.Name, only) {
					continue
				}
				name := fmt.Sprintf("%s_%gx%g_%s.png", s.Name, size.Width, size.Height, tag)
				if err := write(filepath.Join(out, name), picture(s, set, size, speaker, book)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func wanted(name, only string) bool {
	for prefix := range strings.SplitSeq(only, ",") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func picture(
	s sample.Sample,
	set *pages.Set,
	size fyne.Size,
	speaker words.Speaker,
	book *words.Book,
) fyne.Canvas {
	s.View.Language = speaker.Tag()
	digits := kit.NewDigits(s.View.PINDigits())
	for _, d := range s.Typed {
		digits.Add(byte(d))
	}
	sheet := pages.Sheet{
		Set: set, View: s.View, Look: kit.NewLook(size), Words: speaker, Names: book.Name, Digits: digits,
		Picks: s.Picks(), Draft: s.Draft(), Now: sample.Now,
		Do: func(view.ActionName, string) {},
	}
	object := pages.Build(sheet).Object
	if s.Warn > 0 {
		object = container.NewStack(object, pages.NewWarning(sheet, s.Warn).Object)
	}
	if s.View.Heard != "" {
		object = container.NewStack(object, pages.NewHeard(sheet))
	}
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(object)
	c.Resize(size)
	return c
}

// write puts a picture beside its final name first, so that a reader never
// sees half of one.
func write(path string, c fyne.Canvas) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".page-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = png.Encode(f, c.Capture())
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
