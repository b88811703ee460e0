// Command draw draws the pictures of the demo's shop: go generate ./assets/demo. The name of
// a picture says what it shows: a motif and a colour.
package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: draw CATALOGUE.json FOLDER")
		os.Exit(2)
	}
	if err := drawAll(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// names lists the pictures that a catalogue names.
func names(catalogue []byte) ([]string, error) {
	var file struct {
		Products []struct {
			Pictures []struct{ File string }
		}
	}
	if err := json.Unmarshal(catalogue, &file); err != nil {
		return nil, err
	}
	var all []string
	for _, p := range file.Products {
		for _, picture := range p.Pictures {
			all = append(all, picture.File)
		}
	}
	return all, nil
}

func drawAll(catalogue, folder string) error {
	text, err := os.ReadFile(catalogue)
	if err != nil {
		return err
	}
	all, err := names(text)
	if err != nil {
		return err
	}
	for _, name := range all {
		m, err := picture(name)
		if err != nil {
			return err
		}
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, m); err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// picture draws "mug-blue.png".
func picture(name string) (image.Image, error) {
	what, shade, _ := strings.Cut(strings.TrimSuffix(name, ".png"), "-")
	draw, tint := motifs[what], tints[shade]
	if draw == nil || tint == (color.RGBA{}) {
		return nil, fmt.Errorf("%s: there is no such motif, or no such colour", name)
	}
	c := newCanvas(tint)
	draw(c)
	return c.flat(), nil
}
