package apitest

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/sync/catalogue"
)

// SomeCatalogue is what the bench's shop offers.
const SomeCatalogue = `{"categories":[{"id":"shirts","title":{"en":"Shirts"}}],"products":[{"id":"mug",` +
	`"title":{"en":"T-shirt"},"categories":["shirts"],"pictures":[{"file":"mug.png"}],` +
	`"variants":[{"sku":"TS-M","gtins":["4006381333931"]}]}]}`

// SomePicture is the hash of its picture.
var SomePicture = sync.OnceValue(func() string {
	files, err := offered()
	if err != nil {
		panic(err)
	}
	for name := range files {
		if hash, is := strings.CutSuffix(filepath.Base(name), "-720.jpg"); is {
			return hash
		}
	}
	panic("there is no picture")
})

// SomePNG is a small picture.
var SomePNG = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// offered are the files of a store with SomeCatalogue, which is built once.
var offered = sync.OnceValues(func() (files map[string][]byte, err error) {
	folder, err := os.MkdirTemp("", "catalogue")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	s, err := catalogue.Open(folder)
	if err != nil {
		return nil, err
	}
	if _, err = s.Stage("mug.png", bytes.NewReader(SomePNG())); err != nil {
		return nil, err
	}
	ctx, at := context.Background(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	if _, err = s.Import(ctx, strings.NewReader(SomeCatalogue), at, false); err != nil {
		return nil, err
	}
	if err = s.Close(); err != nil {
		return nil, err
	}
	files = map[string][]byte{}
	return files, filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
})

// shop opens a store with SomeCatalogue.
func shop(t testing.TB) *catalogue.Store {
	t.Helper()
	files, err := offered()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := catalogue.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
