package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
)

// box is an object of every kind of member the package can read.
type box struct {
	Name  string
	Size  int
	Open  bool
	Tags  []string
	Inner struct{ Name string }
}

func read(text string) (b box, err error) {
	err = Object([]byte(text), func(r *Reader, name string) (err error) {
		switch name {
		case "name":
			b.Name, err = r.String()
		case "size":
			b.Size, err = r.Int()
		case "open":
			b.Open, err = r.Bool()
		case "tags":
			b.Tags, err = r.Strings(3)
		case "inner":
			err = r.Object(func(name string) (err error) {
				if name != "name" {
					return r.Unknown()
				}
				b.Inner.Name, err = r.String()
				return err
			})
		default:
			return r.Unknown()
		}
		return err
	})
	return b, err
}

func TestWhatIsAgreedIsRead(t *testing.T) {
	b, err := read(
		" {\"name\" : \"a\\u00e9\\ud83d\\ude00\\n/\\/\", \"size\":1.5e1, \"open\":true,\n \"tags\":[ " +
			"\"x\",\"y\" ], \"inner\":{\"name\":\"\"}} \r\n")
	if err != nil {
		t.Fatal(err)
	}
	if b.Name != "aé😀\n//" || b.Size != 15 || !b.Open || len(b.Tags) != 2 {
		t.Fatalf("read %+v", b)
	}
}

func TestWhatIsNotAgreedIsRefusedByName(t *testing.T) {
	for name, c := range map[string]struct{ text, slug, pointer string }{
		"nothing at all":               {"", "malformed-json", ""},
		"an array":                     {"[]", "malformed-json", ""},
		"a byte order mark twice":      {"\ufeff\ufeff{}", "malformed-json", ""},
		"a byte order mark alone":      {"\ufeff", "malformed-json", ""},
		"not UTF-8":                    {"{\"name\":\"\xff\"}", "not-utf8", ""},
		"data after the end":           {"{} {}", "malformed-json", ""},
		"a member nobody knows":        {`{"nmae":1}`, "unknown-member", "/nmae"},
		"a member in other case":       {`{"Name":"x"}`, "unknown-member", "/Name"},
		"an unknown member inside":     {`{"inner":{"a/b~c":1}}`, "unknown-member", "/inner/a~1b~0c"},
		"a member twice":               {`{"name":"x","name":"y"}`, "duplicate-member", "/name"},
		"a member twice by escape":     {`{"name":"x","n\u0061me":"y"}`, "duplicate-member", "/name"},
		"null in a list":               {`{"tags":["a",null]}`, "wrong-type", "/tags/1"},
		"null for the object":          {`null`, "malformed-json", ""},
		"null for a stranger":          {`{"nmae":null}`, "unknown-member", "/nmae"},
		"null and then a value":        {`{"name":null,"name":"x"}`, "duplicate-member", "/name"},
		"a word that begins with null": {`{"name":nullx}`, "wrong-type", "/name"},
		"null with a digit":            {`{"name":null1}`, "malformed-json", ""},
		"a number for a string":        {`{"name":1}`, "wrong-type", "/name"},
		"a string for a number":        {`{"size":"1"}`, "wrong-type", "/size"},
		"a fraction":                   {`{"size":1.5}`, "wrong-type", "/size"},
		"a number beyond 2^53":         {`{"size":1e300}`, "wrong-type", "/size"},
		"a number beyond all":          {`{"size":1e999}`, "wrong-type", "/size"},
		"a number with a leading zero": {`{"size":01}`, "malformed-json", ""},
		"a bare minus":                 {`{"size":-}`, "malformed-json", ""},
		"a number ending in a dot":     {`{"size":1.}`, "malformed-json", ""},
		"a number for a truth":         {`{"open":1}`, "wrong-type", "/open"},
		"a word that begins with true": {`{"open":truely}`, "wrong-type", "/open"},
		"a number in a list":           {`{"tags":["a",1]}`, "wrong-type", "/tags/1"},
		"too many entries":             {`{"tags":["a","b","c","d"]}`, "too-many", "/tags"},
		"a comma at the end":           {`{"name":"x",}`, "malformed-json", ""},
		"a comma at the end of a list": {`{"tags":["x",]}`, "wrong-type", "/tags/1"},
		"no colon":                     {`{"name" "x"}`, "malformed-json", ""},
		"no comma":                     {`{"name":"x" "size":1}`, "malformed-json", ""},
		"an end in a string":           {`{"name":"x`, "malformed-json", ""},
		"an end in an escape":          {`{"name":"x\`, "malformed-json", ""},
		"an end before a value":        {`{"name":`, "malformed-json", ""},
		"a raw control character":      {"{\"name\":\"a\nb\"}", "malformed-json", ""},
		"control behind an escape":     {"{\"name\":\"a\\n\nb\"}", "malformed-json", ""},
		"an unknown escape":            {`{"name":"\x"}`, "malformed-json", ""},
		"a signed escape":              {`{"name":"\u+0f1"}`, "malformed-json", ""},
		"half a surrogate pair":        {`{"name":"\ud83d"}`, "malformed-json", ""},
		"a pair the wrong way round":   {`{"name":"\ude00\ud83d"}`, "malformed-json", ""},
		"a very long unknown member": {`{"` + strings.Repeat("é", 500) + `":1}`, "unknown-member", "/" +
			strings.Repeat("é", 99)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(c.text)
			var refusal *ledger.Refusal
			if !errors.As(err, &refusal) || refusal.Code != ledger.Invalid {
				t.Fatalf("got %v", err)
			}
			if refusal.Slug != c.slug || refusal.Field != c.pointer {
				t.Errorf("refused as %s at %q, want %s at %q", refusal.Slug, refusal.Field, c.slug, c.pointer)
			}
		})
	}
}

func TestEveryMemberThatIsRefusedIsNamed(t *testing.T) {
	unknown := make([]string, 0, 40)
	for i := range cap(unknown) {
		unknown = append(unknown, fmt.Sprintf(`"x%02d":[{"name":{}}]`, i))
	}
	for name, c := range map[string]struct{ text, pointers string }{
		"two members": {`{"name":1,"size":"x"}`, "/name /size"},
		"whatever their values are": {`{"name":{"a":[1,"}",null]},"open":"\"","size":[[]],` +
			`"tags":{}}`, "/name /open /size /tags"},
		"an unknown one and one inside": {`{"nmae":{"name":1},"inner":{"nmae":-1.5e3,"name":0},` +
			`"size":true}`, "/nmae /inner/nmae /inner/name /size"},
		"one that is there three times":        {`{"size":1,"size":2,"size":"x","open":1}`, "/size /open"},
		"a list that is refused in the middle": {`{"tags":["a",1,2],"size":0.5}`, "/tags/1 /size"},
		"what is good is read":                 {`{"size":"x","name":"good","open":1}`, "/size /open"},
		"no JSON behind a mistake":             {`{"size":"x","open":1,,}`, "/size /open"},
		"no JSON in a mistake":                 {`{"size":[01],"open":1}`, "/size"},
		"a great many": {"{" + strings.Join(unknown, ",") + "}",
			"/x00 /x01 /x02 /x03 /x04 /x05 /x06 /x07 /x08 /x09 /x10 /x11 /x12 /x13 /x14 /x15 /x16 /x17 /x18 /x19"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := read(c.text)
			var refusal *ledger.Refusal
			if !errors.As(err, &refusal) {
				t.Fatalf("got %v", err)
			}
			pointers := refusal.Field
			for _, o := range refusal.Others {
				pointers += " " + o.Field
			}
			if pointers != c.pointers {
				t.Errorf("refused at %s, want %s", pointers, c.pointers)
			}
			if name == "what is good is read" && b.Name != "good" {
				t.Errorf("read %+v", b)
			}
		})
	}
}

func TestEveryStringSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ToValidUTF8(rapid.String().Draw(t, "text"), "")
		text, err := json.Marshal(map[string]string{"name": want})
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(string(text))
		if err != nil || got.Name != want {
			t.Fatalf("%q became %q: %v", want, got.Name, err)
		}
	})
}

// FuzzStrictIsJSON: whatever is accepted is JSON to the standard library too,
// and means the same.
func FuzzStrictIsJSON(f *testing.F) {
	f.Add(`{"name":"x","size":1,"open":true,"tags":["a"],"inner":{"name":"y"}}`)
	f.Add(`{"name":"\ud83d\ude00","size":-0}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(text)
		if err != nil {
			if ledger.CodeOf(err) != ledger.Invalid {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		var want box
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			if strings.Contains(err.Error(), "cannot unmarshal number") { // 1e1 is whole here
				return
			}
			t.Fatalf("accepted what is not JSON: %v", err)
		}
		if got.Name != want.Name || got.Size != want.Size || got.Open != want.Open ||
			got.Inner != want.Inner {
			t.Fatalf("%+v is not %+v", got, want)
		}
	})
}
