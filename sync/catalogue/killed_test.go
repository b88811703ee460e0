package catalogue_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
)

// importInto names the folder in which this program imports until it is killed.
const importInto = "CATALOGUE_IMPORT_INTO"

// some is a catalogue of so many SKUs, by a name.
func some(name string) string { return strings.Replace(many(300), "Category 1\n", name+"\n", 1) }

func TestMain(m *testing.M) {
	if folder := os.Getenv(importInto); folder != "" {
		importOn(folder)
	}
	os.Exit(m.Run())
}

// importOn imports one catalogue after the other, and says each that counts.
func importOn(folder string) {
	s, err := catalogue.Open(folder)
	for i := 0; err == nil; i++ {
		var v model.Version
		text := strings.NewReader(some(fmt.Sprint("N", i%2)))
		if v, err = s.Import(context.Background(), text, time.Now(), false); err == nil {
			fmt.Println(v.Number, v.Hash)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestAProgramThatIsKilledHasAWholeCatalogue(t *testing.T) {
	folder := t.TempDir()
	last := int64(0)
	for range 6 {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), importInto+"="+folder)
		c.Stderr = os.Stderr
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		var number int64
		hash := ""
		for range 1 + rand.IntN(3) {
			if !said.Scan() {
				t.Fatal("nothing was imported")
			}
			if _, err := fmt.Sscan(said.Text(), &number, &hash); err != nil {
				t.Fatal(err)
			}
		}
		somewhere := time.Duration(rand.IntN(60)) * time.Millisecond // in the next import, or the one after
		time.AfterFunc(somewhere, func() { c.Process.Kill() })
		for said.Scan() {
			if _, err := fmt.Sscan(said.Text(), &number, &hash); err != nil {
				t.Fatal(err)
			}
		}
		c.Wait() // says that it was killed

		s, err := catalogue.Open(folder)
		if err != nil {
			t.Fatal(err)
		}
		v := s.Version()
		if v.Number < number || v.Number < last || v.SKUs != 300 || v.Number == number && v.Hash != hash {
			t.Errorf("%+v counts; the last that was said was %d %s", v, number, hash)
		}
		if page, err := s.Search(t.Context(), model.Query{Text: "S-00299", Limit: 1}); err != nil ||
			page.Total != 1 {
			t.Errorf("%+v, %v", page, err)
		}
		last = v.Number
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
