package main

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cubby/locker/shop/catalogue"
)

func TestTheDemosCatalogueIsSound(t *testing.T) {
	text, err := os.ReadFile("../catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	var products []catalogue.Product
	titles := func(w catalogue.Words) {
		t.Helper()
		for _, tag := range []string{"en", "de", "zh-Hans"} {
			if w[tag] == "" {
				t.Errorf("%v lacks %s", w, tag)
			}
		}
	}
	n, err := catalogue.Read(bytes.NewReader(text), catalogue.Sink{
		Category:  func(c catalogue.Category) error { titles(c.Title); return nil },
		Attribute: func(a catalogue.Attribute) error { titles(a.Title); return nil },
		Product:   func(p catalogue.Product) error { products = append(products, p); return nil },
	})
	if err != nil || n.Products != 60 || n.Categories != 8 {
		t.Fatalf("%+v, %v", n, err)
	}
	grown := 0
	for _, p := range products {
		titles(p.Title)
		titles(p.Text)
		if p.Variants[0].SKU != p.ID || !strings.HasPrefix(p.ID, "CUB-0") {
			t.Errorf("%s begins with SKU %s", p.ID, p.Variants[0].SKU)
		}
		if p.Age > 0 {
			grown++
		}
		for _, v := range p.Variants {
			if len(v.GTINs) != 1 || !strings.HasPrefix(v.GTINs[0], "02") || v.Tax == "" || v.Weight == 0 {
				t.Errorf("%s: %+v", p.ID, v)
			}
		}
	}
	if grown != 2 {
		t.Errorf("%d products for grown people", grown)
	}
}

func TestThePicturesAreTheOnesThatAreDrawn(t *testing.T) {
	text, err := os.ReadFile("../catalogue.json")
	if err != nil {
		t.Fatal(err)
	}
	all, err := names(text)
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	files, err := filepath.Glob("../pictures/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		kept, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if size += len(kept); !slices.Contains(all, filepath.Base(file)) {
			t.Errorf("no product has %s", file)
		}
	}
	if size > 1_500_000 {
		t.Errorf("the pictures have %d bytes", size)
	}
	for _, name := range all {
		f, err := os.Open(filepath.Join("../pictures", name))
		if err != nil {
			t.Errorf("go generate ./assets/demo makes it: %v", err)
			continue
		}
		f.Close()
	}
	for _, name := range []string{"umbrella-blue.png", "mug-white.png"} {
		kept, err := os.Open(filepath.Join("../pictures", name))
		if err != nil {
			t.Fatal(err)
		}
		is, err := png.Decode(io.Reader(kept))
		kept.Close()
		if err != nil {
			t.Fatal(err)
		}
		want, err := picture(name)
		if err != nil {
			t.Fatal(err)
		}
		if !same(is, want) {
			t.Errorf("%s is drawn otherwise now: go generate ./assets/demo", name)
		}
	}
	if _, err := picture("spoon-pink.png"); err == nil {
		t.Error("what nobody can draw is drawn")
	}
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, b1, _ := a.At(x, y).RGBA()
			R, G, B, _ := b.At(x, y).RGBA()
			if r != R || g != G || b1 != B {
				return false
			}
		}
	}
	return true
}
