package catalogue_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cubby/locker/ledger"
	model "cubby/locker/shop/catalogue"
	"cubby/sync/catalogue"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

const small = `{"categories": [
 {"id": "drinks", "title": {"en": "Drinks", "zh-Hans": "饮料"}, "order": 2},
 {"id": "tea", "parent": "drinks", "title": {"en": "Tea", "zh-Hans": "茶"}},
 {"id": "home", "title": {"en": "At home"}, "order": 1}],
"attributes": [{"id": "size", "title": {"en": "Size"}, "values": {"l": {"en": "Large", "de": "Groß"}}}],
"products": [
 {"id": "green", "title": {"en": "Green tea", "de": "Grüner Tee", "zh-Hans": "龙井绿茶"}, "categories": ["tea"],
  "attributes": {"origin": "China"}, "variants": [{"sku": "TEA-1", "gtins": ["4006381333931"],
	"tax": "reduced"}]},
 {"id": "black", "title": {"en": "Black tea", "zh-Hans": "红茶"}, "text": {"en": "Strong, for the morning"},
  "categories": ["tea"], "attributes": {"origin": "India"}, "variants": [{"sku": "TEA-2"}]},
 {"id": "mug", "title": {"en": "Mug", "de": "Straßenbecher"}, "text": {"en": "For tea and coffee, café size"},
  "categories": ["home"], "variants": [{"sku": "MUG-S", "options": {"size": "s"}},
  {"sku": "MUG-L", "options": {"size": "l"}}]}]}`

func open(t testing.TB, folder string) *catalogue.Store {
	t.Helper()
	s, err := catalogue.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func imported(t testing.TB, s *catalogue.Store, text string) model.Version {
	t.Helper()
	v, err := s.Import(t.Context(), strings.NewReader(text), noon, false)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func found(t testing.TB, s *catalogue.Store, q model.Query) (ids []string) {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 12
	}
	page, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range page.Products {
		ids = append(ids, p.ID)
	}
	return ids
}

func TestProductsAreFoundAsOneTypesInEveryLanguage(t *testing.T) {
	s := open(t, t.TempDir())
	imported(t, s, small)
	for typed, want := range map[string]string{
		"t": "black green mug", "te": "black green mug", "tea": "black green mug", "green t": "green",
		"TEA gre": "green",
		"gruner":  "green", "GRÜN": "green", "grüner te": "green", "cafe": "mug", "strasse": "mug", "gross": "mug",
		"茶": "black green", "绿": "green", "绿茶": "green", "龙井": "green", "井绿": "green", "龙茶": "", "茶 红": "black",
		"ｔｅａ": "black green mug", "MUG-L": "mug", "tea-2": "black", "4006381333931": "green",
		"04006381333931": "green",
		"india":          "black", "": "black green mug", "  ": "black green mug", `"`: "", "*": "", "tea OR": "",
		"NEAR(": "",
		"tea*":  "black green mug", "coffee xyz": "", "-tea": "black green mug", "title:tea": "",
		"4006381333932": "",
	} {
		got := found(t, s, model.Query{Text: typed})
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%q finds %v, want %s", typed, got, want)
		}
	}
	if got := found(t, s, model.Query{Text: "tea"}); got[2] != "mug" {
		t.Errorf("what has the word in its title stands behind: %v", got)
	}
	if _, err := s.Search(t.Context(), model.Query{Text: strings.Repeat("x", 101), Limit: 1}); err == nil {
		t.Error("a long text is searched for")
	}
}

func TestProductsAreFilteredAndTurnedPageByPage(t *testing.T) {
	s := open(t, t.TempDir())
	imported(t, s, small)
	of := func(pairs ...string) map[string][]string { return map[string][]string{pairs[0]: pairs[1:]} }
	only := func(skus ...string) func(string) bool {
		return func(sku string) bool { return slices.Contains(skus, sku) }
	}
	all := func(string) bool { return true }
	for name, c := range map[string]struct {
		q    model.Query
		want string
	}{
		"a category":            {model.Query{Category: "tea"}, "green black"},
		"one above":             {model.Query{Category: "drinks"}, "green black"},
		"one that is not there": {model.Query{Category: "wine"}, ""},
		"an attribute":          {model.Query{Attributes: of("origin", "China")}, "green"},
		"one of two":            {model.Query{Attributes: of("origin", "China", "India")}, "green black"},
		"an option":             {model.Query{Attributes: of("size", "l")}, "mug"},
		"with a text":           {model.Query{Text: "tea", Category: "home"}, "mug"},
		"all together": {
			model.Query{Text: "te", Category: "drinks", Attributes: of("origin", "India")}, "black",
		},
		"what is there":          {model.Query{Keep: only("MUG-L", "TEA-2")}, "black mug"},
		"of a category":          {model.Query{Category: "tea", Keep: only("TEA-2", "MUG-L")}, "black"},
		"of a text":              {model.Query{Text: "tea", Keep: only("TEA-1")}, "green"},
		"by number, there":       {model.Query{Text: "4006381333931", Keep: all}, "green"},
		"by number, not there":   {model.Query{Text: "4006381333931", Keep: only()}, ""},
		"the first page":         {model.Query{Limit: 2}, "green black"},
		"the second":             {model.Query{Limit: 2, Offset: 2}, "mug"},
		"the second of the kept": {model.Query{Limit: 1, Offset: 1, Keep: all}, "black"},
		"behind the end":         {model.Query{Offset: 3}, ""},
	} {
		if got := strings.Join(found(t, s, c.q), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	page, err := s.Search(t.Context(), model.Query{Limit: 1})
	if err != nil || page.Total != 3 {
		t.Errorf("%d, %v", page.Total, err)
	}
	for _, bad := range []model.Query{{}, {Limit: 101}, {Limit: 1, Offset: -1}, {Limit: 1,
		Attributes: of("a")}} {
		if _, err := s.Search(t.Context(), bad); ledger.CodeOf(err) != ledger.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	facets, err := s.Facets(t.Context(), model.Query{Text: "tea"})
	if got := fmt.Sprint(facets); err != nil || got != "[{origin [{China 1} {India 1}]} {size [{l 1} {s 1}]}]" {
		t.Errorf("%s, %v", got, err)
	}
	if facets, err = s.Facets(t.Context(), model.Query{Category: "tea"}); err != nil || len(facets) != 1 {
		t.Errorf("%v, %v", facets, err)
	}
	categories, err := s.Categories(t.Context())
	got := ""
	for _, c := range categories {
		got += fmt.Sprint(c.ID, c.Count, " ")
	}
	if err != nil || got != "tea2 home1 drinks2 " {
		t.Errorf("%s, %v", got, err)
	}
	if all, err := s.Attributes(t.Context()); err != nil || all[0].Values["l"]["de"] != "Groß" {
		t.Errorf("%v, %v", all, err)
	}
}

func TestAProductIsReadByItsNumbers(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Product(t.Context(), "mug"); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("%v", err)
	}
	imported(t, s, small)
	if p, err := s.Product(t.Context(), "mug"); err != nil || len(p.Variants) != 2 {
		t.Errorf("%+v, %v", p, err)
	}
	if p, err := s.SKU(t.Context(), "MUG-L"); err != nil || p.ID != "mug" {
		t.Errorf("%+v, %v", p, err)
	}
	if p, sku, err := s.GTIN(t.Context(), "(01)04006381333931(10)A"); err != nil || p.ID != "green" ||
		sku != "TEA-1" {
		t.Errorf("%+v, %s, %v", p, sku, err)
	}
	for _, err := range []error{
		func() error { _, err := s.SKU(t.Context(), "MUG"); return err }(),
		func() error { _, err := s.Product(t.Context(), "MUG-L"); return err }(),
		func() error { _, _, err := s.GTIN(t.Context(), "96385074"); return err }(),
	} {
		if ledger.CodeOf(err) != ledger.NotFound {
			t.Errorf("%v", err)
		}
	}
	if _, _, err := s.GTIN(t.Context(), "1234"); ledger.CodeOf(err) != ledger.Invalid {
		t.Errorf("%v", err)
	}
}

func TestAnImportReplacesAllOrNothing(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	if v := s.Version(); v.Number != 0 {
		t.Errorf("%+v", v)
	}
	changed := s.Changed()
	one := imported(t, s, small)
	<-changed
	if one.Number != 1 || one.Products != 3 || one.SKUs != 4 || one.Categories != 3 ||
		!slices.Equal(one.Languages, []string{"de", "en", "zh-Hans"}) || !one.Imported.Equal(noon) {
		t.Errorf("%+v", one)
	}
	var file bytes.Buffer
	if v := exported(t, s, &file); v.Hash != one.Hash || hashed(file.Bytes()) != one.Hash {
		t.Errorf("%+v: the hash is not that of the file", v)
	}
	if again := imported(t, s, file.String()); again.Number != 1 || again.Hash != one.Hash {
		t.Errorf("the same again is %+v", again)
	}
	for _, bad := range []string{
		strings.Replace(small, "TEA-2", "TEA-1", 1), "", small[:300], strings.Replace(small, `"Mug"`, `"<b>Mug"`,
			1),
	} {
		_, err := s.Import(t.Context(), strings.NewReader(bad), noon, false)
		var wrong *model.Mistakes
		if !errors.As(err, &wrong) || s.Version().Hash != one.Hash {
			t.Errorf("%v, and %+v counts", err, s.Version())
		}
	}
	if v, err := s.Import(t.Context(), strings.NewReader(`{"products": []}`), noon, true); err != nil ||
		v.SKUs != 0 ||
		s.Version().Hash != one.Hash {
		t.Errorf("a check has done something: %+v, %v", v, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Import(gone, strings.NewReader(`{"products": []}`), noon, false); err == nil ||
		s.Version().Number != 1 {
		t.Errorf("%v", err)
	}
	two := imported(t, s, strings.Replace(small, `"Mug"`, `"Cup"`, 1))
	if two.Number != 2 || two.Hash == one.Hash || len(found(t, s, model.Query{Text: "cup"})) != 1 {
		t.Errorf("%+v", two)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left := []byte("left by an import that was killed")
	for _, name := range []string{"catalogue-000003.db", "part-1", "pictures/part-2"} {
		os.WriteFile(filepath.Join(folder, name), left, 0o600)
	}
	if s = open(t, folder); s.Version().Hash != two.Hash {
		t.Errorf("%+v after a start", s.Version())
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	parts, _ := filepath.Glob(filepath.Join(folder, "*", "part-*"))
	if len(files) != 4 || len(parts) > 0 { // current, the database, pictures, staged
		t.Errorf("%v %v", files, parts)
	}
	os.WriteFile(filepath.Join(folder, "current"), []byte("../../etc/passwd\n"), 0o600)
	if _, err := catalogue.Open(folder); err == nil {
		t.Error("a path is opened")
	}
}

func exported(t *testing.T, s *catalogue.Store, to io.Writer) (v model.Version) {
	t.Helper()
	err := s.Export(t.Context(), func(is model.Version) io.Writer {
		v = is
		return to
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestWhoReadsIsNotDisturbedByImports(t *testing.T) {
	s := open(t, t.TempDir())
	imported(t, s, small)
	ctx, end := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ctx.Err() == nil {
				page, err := s.Search(t.Context(), model.Query{Text: "mug", Limit: 6})
				if err != nil || len(page.Products) != 1 || page.Products[0].Variants[1].SKU != "MUG-L" {
					t.Errorf("%+v, %v", page, err)
					return
				}
			}
		})
	}
	for i := range 8 {
		imported(t, s, strings.Replace(small, `"Green tea"`, fmt.Sprintf(`"Green tea %d"`, i), 1))
	}
	end()
	readers.Wait()
	if v := s.Version(); v.Number != 9 {
		t.Errorf("%+v", v)
	}
}
