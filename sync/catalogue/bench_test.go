package catalogue_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
)

// many writes a catalogue of so many SKUs with words of a made-up language, and Chinese.
func many(skus int) string {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		s := ""
		for range 2 + random.IntN(2) {
			s += string("bdfgklmnprst"[random.IntN(12)]) + string("aeiou"[random.IntN(5)])
		}
		return s
	}
	var vocabulary []string
	for range 4_000 {
		vocabulary = append(vocabulary, word())
	}
	pick := func(n int) string {
		var all []string
		for range n {
			all = append(all, vocabulary[int(float64(len(vocabulary))*random.Float64()*random.Float64())])
		}
		return strings.Join(all, " ")
	}
	han := func(n int) string {
		var r []rune
		for range n {
			r = append(r, rune(0x4e00+int(3_000*random.Float64()*random.Float64())))
		}
		return string(r)
	}
	var b strings.Builder
	b.WriteString("kind,id,title.en,title.zh-Hans,text.en,categories,attribute.colour,sku,weight_g\n")
	for c := range 40 {
		fmt.Fprintf(&b, "category,c%d,Category %d\n", c, c)
	}
	for i := range skus {
		fmt.Fprintf(&b, ",p%d,%s,%s,%s,c%d,%s,S-%05d,%d\n", i, pick(4), han(6), pick(20), random.IntN(40),
			[]string{"red", "green", "blue", "white"}[random.IntN(4)], i, random.IntN(5_000))
	}
	return b.String()
}

var typed = []string{"b", "ba", "bad", "bada", "ka ri", "kari mo", "S-01234", "丁", "丁七"}

// BenchmarkSearch searches 50,000 SKUs as the kiosk does, and beside it with the bare query.
// go test -run xxx -bench Search ./sync/catalogue
func BenchmarkSearch(b *testing.B) {
	folder := b.TempDir()
	s := open(b, folder)
	if v := imported(b, s, many(model.MaxSKUs)); v.SKUs != model.MaxSKUs {
		b.Fatalf("%+v", v)
	}
	file, _ := filepath.Glob(filepath.Join(folder, "catalogue-*.db"))
	db, err := sql.Open("sqlite", "file:"+file[0]+"?mode=ro&immutable=1")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	bare := func(b *testing.B, match string) {
		rows, err := db.QueryContext(b.Context(), "SELECT p.body FROM words "+
			"JOIN products p ON p.n = words.rowid WHERE words MATCH ? ORDER BY rank LIMIT 12", match)
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			var body string
			if err := rows.Scan(&body); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Close(); err != nil {
			b.Fatal(err)
		}
	}
	for _, text := range typed {
		match := catalogue.Match(text)
		b.Run("text/"+text, func(b *testing.B) { // both in turn, so that both have the same machine
			var ours, theirs time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := s.Search(b.Context(), model.Query{Text: text, Limit: 12}); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				bare(b, match)
				ours, theirs = ours+between.Sub(began), theirs+time.Since(between)
			}
			b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N), "ours-ns/op")
			b.ReportMetric(float64(ours)/float64(theirs), "times-bare")
		})
	}
	b.Run("category", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Search(b.Context(), model.Query{Category: "c7", Limit: 12}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("available", func(b *testing.B) {
		keep := func(sku string) bool { return sku[len(sku)-1] != '7' }
		for b.Loop() {
			if _, err := s.Search(b.Context(), model.Query{Text: "ba", Limit: 12, Keep: keep}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("product", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.SKU(b.Context(), "S-01234"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkImport imports 50,000 SKUs.
func BenchmarkImport(b *testing.B) {
	text := many(model.MaxSKUs)
	for b.Loop() {
		s := open(b, b.TempDir())
		imported(b, s, text)
	}
}
