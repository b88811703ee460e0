package catalogue_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/shop/catalogue"
)

// kept is what a reader handed out.
type kept struct {
	categories []catalogue.Category
	attributes []catalogue.Attribute
	products   []catalogue.Product
}

func (k *kept) sink() catalogue.Sink {
	return catalogue.Sink{
		Category:  func(c catalogue.Category) error { k.categories = append(k.categories, c); return nil },
		Attribute: func(a catalogue.Attribute) error { k.attributes = append(k.attributes, a); return nil },
		Product:   func(p catalogue.Product) error { k.products = append(k.products, p); return nil },
	}
}

func (k *kept) each(to catalogue.Sink) error {
	for _, c := range k.categories {
		to.Category(c)
	}
	for _, a := range k.attributes {
		to.Attribute(a)
	}
	for _, p := range k.products {
		if err := to.Product(p); err != nil {
			return err
		}
	}
	return nil
}

func read(t *testing.T, text string) kept {
	t.Helper()
	var k kept
	n, err := catalogue.Read(strings.NewReader(text), k.sink())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if n.Products != len(k.products) || n.Categories != len(k.categories) {
		t.Fatalf("counted %+v, handed out %d and %d", n, len(k.products), len(k.categories))
	}
	return k
}

// wrong reads what must be refused, and gives the mistakes.
func wrong(t *testing.T, text string) *catalogue.Mistakes {
	t.Helper()
	var k kept
	_, err := catalogue.Read(strings.NewReader(text), k.sink())
	var m *catalogue.Mistakes
	if !errors.As(err, &m) {
		t.Fatalf("%v for %.300s", err, text)
	}
	if m.Count < 1 || len(m.First) == 0 {
		t.Fatalf("refused without a mistake: %+v", m)
	}
	return m
}

const inJSON = `{"categories": [
 {"id": "kitchen", "title": {"en": "Kitchen", "zh-Hans": "厨房"}},
 {"id": "cups", "parent": "kitchen", "title": {"en": "Cups"}, "order": 2}],
"attributes": [{"id": "size", "title": {"en": "Size"}, "values": {"s": {"en": "Small"}}}],
"products": [
 {"id": "mug", "title": {"en": "Mug"}, "text": {"en": "Of clay.\nHolds heat."}, "categories": ["cups"],
  "attributes": {"colour": "blue"}, "pictures": [{"file": "mug.png", "alt": {"en": "A mug"}}],
  "reviews": {"count": 12, "average": 435, "source": "Acme"}, "variants": [
   {"sku": "MUG-S", "options": {"size": "s"}, "gtins": ["4006381333931"], "weight_g": 300,
    "size_mm": {"length": 100, "width": 90, "height": 80}, "tax": "standard"},
   {"sku": "MUG-L", "options": {"size": "l"}, "weight_g": 400}]}]}`

const inCSV = "\ufeffkind,id,parent,order,title.en,title.zh-Hans,text.en,categories,attribute.colour,pictures," +
	"review_count,review_average,review_source,sku,option.size,gtins,weight_g,length_mm,width_mm,height_mm,tax\r\n" +
	"category,kitchen,,,Kitchen,厨房\r\n" +
	"category,cups,kitchen,2,Cups\r\n" +
	"product,mug,,,Mug,,\"Of clay.\nHolds heat.\",cups,blue,mug.png,12,4.35,Acme,MUG-S,s,4006381333931,300," +
	"100,90,80,standard\r\n" +
	",mug,,,Mug,,,,,,,,,MUG-L,l,,400,,,,\r\n"

func TestTheSameCatalogueIsReadFromJSONAndCSV(t *testing.T) {
	a, b := read(t, inJSON), read(t, inCSV)
	a.products[0].Pictures[0].Alt, a.attributes = nil, nil // which a CSV has no column for
	if !reflect.DeepEqual(a, b) {
		t.Errorf("JSON gives\n%+v\nCSV gives\n%+v", a, b)
	}
	p := a.products[0]
	if v, ok := p.Variant("MUG-S"); !ok || v.GTINs[0] != "04006381333931" || v.Size.Height != 80 {
		t.Errorf("%+v", v)
	}
	if _, ok := p.Variant("MUG"); ok {
		t.Error("a product's id is no SKU")
	}
	semicolons := read(t, "kind;id;title.en;categories;sku\ncategory;kitchen;Kitchen\n;mug;Mug, blue;kitchen;M\n\n")
	if semicolons.products[0].Title["en"] != "Mug, blue" {
		t.Errorf("%+v", semicolons)
	}
}

func TestWordsAreInTheNearestLanguage(t *testing.T) {
	w := catalogue.Words{"de": "Tasse", "en": "Cup", "zh-Hans": "杯"}
	for language, want := range map[string]string{
		"de": "Tasse", "de-AT": "Tasse", "zh-Hans": "杯", "zh": "杯", "zh-Hant": "杯", "fr": "Cup", "": "Cup",
	} {
		if got := w.In(language); got != want {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
	if got := (catalogue.Words{"fr": "Tasse", "nl": "Kop"}).In("en"); got != "Tasse" {
		t.Error(got)
	}
	if got := (catalogue.Words{}).In("en"); got != "" {
		t.Error(got)
	}
}

func TestArticleNumbersAreOneInAllTheirSpellings(t *testing.T) {
	for text, want := range map[string]string{
		"96385074": "00000096385074", "036000291452": "00036000291452", "4006381333931": "04006381333931",
		"04006381333931": "04006381333931", "4 006381 333931": "04006381333931",
		"(01)04006381333931(10)AB": "04006381333931", "0104006381333931" + "10AB": "04006381333931",
		"https://id.gs1.org/01/04006381333931": "04006381333931",
		"4006381333932":                        "", "400638133393": "", "": "",
		"00000000": "", "MUG-S": "", "00340123450000000000": "",
	} {
		got, ok := catalogue.Scanned(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
}

func TestAllMistakesAreNamedAtOnceWithTheirPlace(t *testing.T) {
	product := func(members string) string {
		return `{"categories": [{"id": "c", "title": {"en": "C"}}], "products": [` + "\n" + members + `]}`
	}
	one := func(more string) string {
		return product(`{"id": "p", "title": {"en": "P"}, "categories": ["c"], "variants": [{"sku": "S"}]` + more + `}`)
	}
	of := func(variant string) string {
		return product(`{"id": "p", "title": {"en": "P"}, "categories": ["c"], "variants": [` + variant + `]}`)
	}
	titled := func(title string) string {
		return product(`{"id": "p", "title": {"en": "` + title + `"}, "categories": ["c"], "variants": [{"sku": "S"}]}`)
	}
	for name, c := range map[string]struct{ text, at, says string }{
		"HTML in a title": {titled(`<b>Tea</b>`), "/products/0/title/en", "HTML (<b>)"},
		"a script": {
			titled(`Tea <script>alert(1)</script>`),
			"/products/0/title/en", "HTML (<script>)",
		},
		"an open tag": {titled(`<img src=x onerror=y`), "/products/0/title/en", "HTML"},
		"an entity":   {titled(`Salt &amp; pepper`), "/products/0/title/en", "HTML (&amp;)"},
		"a title too long": {
			titled(strings.Repeat("x", 121)),
			"/products/0/title/en", "121 characters",
		},
		"an empty title":      {titled(" "), "/products/0/title/en", "is empty"},
		"a mark of direction": {titled(`abc\u202edef`), "/products/0/title/en", "cannot be shown"},
		"a line in a title":   {titled(`a\nb`), "/products/0/title/en", "cannot be shown"},
		"unknown category": {
			strings.Replace(one(""), `"categories": ["c"]`, `"categories": ["d"]`, 1),
			"/products/0/categories/0", "no category d",
		},
		"bad GTIN": {
			of(`{"sku": "S", "gtins": ["4006381333932"]}`),
			"/products/0/variants/0/gtins/0", "no article number",
		},
		"the same GTIN": {
			of(`{"sku": "S", "options": {"a": "1"}, "gtins": ["4006381333931"]},` +
				` {"sku": "T", "gtins": ["04006381333931"]}`),
			"/products/0/variants/1/gtins/0", "stands on line 2 already",
		},
		"the same SKU": {
			of(`{"sku": "S", "options": {"a": "1"}}, {"sku": "S"}`),
			"/products/0/variants/1/sku", "stands on line 2 already",
		},
		"the same options": {
			of(`{"sku": "S"}, {"sku": "T"}`),
			"/products/0/variants/1/options", "say by what they differ",
		},
		"no variant": {of(``), "/products/0/variants", "0 variants"},
		"a weight below zero": {
			of(`{"sku": "S", "weight_g": -1}`),
			"/products/0/variants/0/weight_g", "is -1",
		},
		"a huge side": {
			of(`{"sku": "S", "size_mm": {"height": 10001}}`),
			"/products/0/variants/0/size_mm/height", "is 10001",
		},
		"a weight in words": {
			of(`{"sku": "S", "weight_g": "heavy"}`),
			"/products/0/variants/weight_g", "must be a whole number",
		},
		"an SKU with a blank": {of(`{"sku": "S 1"}`), "/products/0/variants/0/sku", "1 to 64 letters"},
		"an age":              {one(`, "age": 17`), "/products/0/age", "must be 0, 16 or 18"},
		"reviews of nobody": {
			one(`, "reviews": {"count": 1, "average": 400, "source": ""}`),
			"/products/0/reviews/source", "is empty",
		},
		"six stars": {
			one(`, "reviews": {"count": 1, "average": 600, "source": "A"}`),
			"/products/0/reviews/average", "is 600",
		},
		"an unknown member": {one(`, "price": 3`), "/products/0", `unknown field "price"`},
		"a picture's path": {
			one(`, "pictures": [{"file": "../station.key.png"}]`),
			"/products/0/pictures/0/file", "without a folder",
		},
		"no picture": {
			one(`, "pictures": [{"file": "a.svg"}]`),
			"/products/0/pictures/0/file", ".png",
		},
		"a hash": {
			one(`, "pictures": [{"hash": "../x"}]`),
			"/products/0/pictures/0/hash", "no SHA-256",
		},
		"a language": {
			one(`, "text": {"english": "x"}`),
			"/products/0/text/english", "no language tag",
		},
		"a category in itself": {
			`{"categories": [{"id": "c", "parent": "c", "title": {"en": "C"}}], "products": []}`,
			"/categories/0/parent", "in itself",
		},
		"a lost parent": {
			`{"categories": [{"id": "c", "parent": "d", "title": {"en": "C"}}], "products": []}`,
			"/categories/0/parent", "no category d",
		},
		"a member twice": {`{"products": [], "products": []}`, "", "stands twice"},
		"something else": {`{"products": [], "stock": []}`, "", "is not known"},
		"a list":         {`[]`, "", "is an object"},
		"cut short":      {one("")[:120], "", "ends in the middle"},
		"no JSON":        {`{"products": [x]}`, "", "no JSON"},
		"more behind":    {`{"products": []} {}`, "", "behind the catalogue"},
		"nothing":        {" \n", "", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			m := wrong(t, c.text)
			if m.Count != 1 || m.First[0].At != c.at || !strings.Contains(m.First[0].What, c.says) {
				t.Errorf("%v", m)
			}
		})
	}
	m := wrong(t, "id,title.en,categories,sku,gtins,weight_g,age,size\n")
	if m.First[0].Line != 1 || !strings.Contains(m.First[0].What, `column "size" is not known`) {
		t.Error(m)
	}
	m = wrong(t, "id,title.en,categories,sku,gtins,weight_g,age\n"+
		"a,<i>A</i>,c,A,123,1x,\n"+ // 3 mistakes
		"b,B,c,A,,,21\n"+ // 2
		"b,C,,B\n"+ // 1, and the same options
		"a,A,c,D,,,\n"+ // 1
		"\"c,C,c,E\n")
	if m.Count < 8 || m.First[0].Line != 2 ||
		!strings.Contains(m.Error(), "line 3, sku: SKU A stands on line 2 already") ||
		!strings.Contains(m.Error(), "line 4, title.en: differs from line 3") ||
		!strings.Contains(m.Error(), "line 5, id: product a stands on line 2 already") {
		t.Error(m)
	}
}

func TestHugeFilesAreRefusedBeforeTheyFillTheMemory(t *testing.T) {
	row := strings.Repeat("x", catalogue.MaxRow+20_000)
	for name, text := range map[string]string{
		"a row of CSV":        "id,title.en,categories,sku\n\"" + row,
		"a product":           `{"products": [{"id": "` + row + `"}]}`,
		"a product too large": `{"products": [{"id": "` + row[:catalogue.MaxRow+10] + `"}]}`,
		"blanks":              `{"products": [` + strings.Repeat(" ", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			if m := wrong(t, text); m.Count != 1 ||
				!strings.Contains(m.First[0].What, "is longer than 65536 bytes") {
				t.Errorf("%v", m)
			}
		})
	}
	var many strings.Builder
	many.WriteString("id,title.en,categories,sku\n")
	for i := range catalogue.MaxSKUs + 2 {
		fmt.Fprintf(&many, "p%d,P,c,S%d\n", i, i)
	}
	m := wrong(t, many.String())
	if !strings.Contains(m.Error(), "at most 50000 SKUs") || m.Count != 2 { // and the category that is not there
		t.Errorf("%v", m)
	}
	var bad strings.Builder
	bad.WriteString("id,title.en,categories,sku\n")
	for range 5_000 {
		bad.WriteString("p,P,c,S\n")
	}
	if m := wrong(t, bad.String()); len(m.First) != catalogue.MaxMistakes || m.Count < 4_999 {
		t.Errorf("%d listed of %d", len(m.First), m.Count)
	}
}

func TestASinkThatFailsEndsTheReading(t *testing.T) {
	full := errors.New("the disk is full")
	for _, text := range []string{inJSON, inCSV} {
		var k kept
		to := k.sink()
		to.Product = func(catalogue.Product) error { return full }
		if _, err := catalogue.Read(strings.NewReader(text), to); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
	}
}

func TestWhatIsWrittenIsReadAsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var k kept
		id := rapid.StringMatching(`[A-Z][a-z0-9]{3,8}`)
		words := rapid.MapOfN(rapid.SampledFrom([]string{"en", "de", "zh-Hans"}),
			rapid.SampledFrom([]string{"Tea", "绿茶 100 克", "Tee < 5 €, “gut”", "a/b~c"}), 1, 3)
		categories := rapid.SliceOfNDistinct(id, 1, 4, func(s string) string { return s }).Draw(t, "categories")
		for i, c := range categories {
			one := catalogue.Category{ID: c, Title: words.Draw(t, "title"), Order: i}
			if i > 0 && rapid.Bool().Draw(t, "below") {
				one.Parent = categories[i-1]
			}
			k.categories = append(k.categories, one)
		}
		for _, p := range rapid.SliceOfNDistinct(id, 1, 5,
			func(s string) string { return s }).Draw(t, "products") {
			k.products = append(k.products, catalogue.Product{
				ID: p, Title: words.Draw(t, "title"), Categories: categories[:1],
				Variants: []catalogue.Variant{
					{SKU: p + "-1", Options: map[string]string{"size": "s"}, GTINs: []string{}},
					{SKU: p + "-2", Weight: rapid.IntRange(0, 1000).Draw(t, "weight")},
				},
			})
			k.products[len(k.products)-1].Variants[0].GTINs = nil
		}
		var b bytes.Buffer
		if err := catalogue.Write(&b, k.each); err != nil {
			t.Fatal(err)
		}
		var again kept
		if _, err := catalogue.Read(bytes.NewReader(b.Bytes()), again.sink()); err != nil {
			t.Fatalf("%v\n%s", err, &b)
		}
		if !reflect.DeepEqual(k, again) {
			t.Fatalf("%+v\n%+v", k, again)
		}
	})
}

func FuzzReadNeverFailsOtherwiseThanByMistakes(f *testing.F) {
	f.Add(inJSON)
	f.Add(inCSV)
	f.Add("id;sku\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		var k kept
		_, err := catalogue.Read(strings.NewReader(text), k.sink())
		var m *catalogue.Mistakes
		if err != nil && !errors.As(err, &m) {
			t.Fatalf("%v", err)
		}
		if err == nil {
			var b bytes.Buffer
			catalogue.Write(&b, k.each)
			if _, err := catalogue.Read(&b, k.sink()); err != nil {
				t.Fatalf("what was written is refused: %v", err)
			}
		}
	})
}
