package strict

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/ledger"
)

type colour string

// order is a body with a member of every kind.
type order struct {
	Name   string    `json:"name"   check:"required,text=1..10" slug:"order-name"`
	Note   string    `json:"note"   check:"lines=1..20"`
	ID     string    `json:"id"     check:"id"`
	Colour colour    `json:"colour" check:"one=red|green"       slug:"order-colour"`
	Count  int       `json:"count"  check:"range=1..9"`
	Weight float64   `json:"weight"`
	Gift   bool      `json:"gift"`
	When   time.Time `json:"when"`
	Tags   []string  `json:"tags"   check:"most=3,chars=1..4"`
	Lines  []line    `json:"lines"  check:"required,most=3"`
	Place  *place    `json:"place"`
}

type line struct {
	Item  string `json:"item"  check:"required,bytes=1..4"`
	Count *int   `json:"count" check:"required,range=0..5"`
}

type place struct {
	Shelf string `json:"shelf" check:"required,plain=1..4"`
}

var orders = Declare[order](Says{"order-colour": "we have red and green"})

// mistakes lists what is refused as "slug pointer".
func mistakes(err error) (list []string) {
	r, ok := err.(*ledger.Refusal)
	if !ok {
		return []string{fmt.Sprint(err)}
	}
	for _, one := range append([]*ledger.Refusal{r}, r.Others...) {
		list = append(list, strings.TrimSpace(one.Slug+" "+one.Field))
	}
	return list
}

func TestWhatIsDeclaredIsRead(t *testing.T) {
	var o order
	err := orders.Read(
		[]byte(`{"name":"Ana","note":"a\nb","id":"P-1","colour":"red","count":9,"weight":1.5,"gift":true,
		"when":"2026-03-01T10:00:00Z","tags":["x","yyyy"],"lines":[{"item":"nut","count":0},{"count":5,"item":"bolt"}],
		"place":{"shelf":"A"}}`),
		&o,
	)
	if err != nil {
		t.Fatal(err)
	}
	none, five := 0, 5
	want := order{Name: "Ana", Note: "a\nb", ID: "P-1", Colour: "red", Count: 9, Weight: 1.5, Gift: true,
		When: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC), Tags: []string{"x", "yyyy"},
		Lines: []line{{"nut", &none}, {"bolt", &five}}, Place: &place{"A"}}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("read %+v", o)
	}
}

func TestEveryMistakeInADeclaredBodyIsNamed(t *testing.T) {
	const rest = `,"lines":[{"item":"nut","count":1}]`
	for name, c := range map[string]struct {
		text string
		want string // apart by "; "
	}{
		"the least": {`{"name":"Ana"` + rest + `}`, ""},
		"null is as good as absent": {`{"name":"Ana","note":null,"count":null,` +
			`"tags":null,"place":null,"when":null` + rest + `}`, ""},
		"empty is as good as absent": {`{"name":"Ana","note":"","id":"","colour":"","tags":[]` + rest + `}`, ""},
		"nothing":                    {`{}`, "order-name /name; missing-member /lines"},
		"null where it must be": {`{"name":null,"lines":null}`,
			"order-name /name; missing-member /lines"},
		"empty where it must not be": {`{"name":"","lines":[]}`,
			"order-name /name; missing-member /lines"},
		"too long":        {`{"name":"12345678901"` + rest + `}`, "order-name /name"},
		"a card's number": {`{"name":"Ana","note":"4111111111111111"` + rest + `}`, ""},
		"invisible": {`{"name":"A\u202e","note":"\u0007"` + rest + `}`,
			"order-name /name; out-of-bounds /note"},
		"no id": {`{"name":"Ana","id":"a b"` + rest + `}`, "out-of-bounds /id"},
		"another word": {`{"name":"Ana","colour":"blue"` + rest + `}`,
			"order-colour /colour"},
		"a number out of range":     {`{"name":"Ana","count":0` + rest + `}`, "out-of-range /count"},
		"a number far out of range": {`{"name":"Ana","count":10` + rest + `}`, "out-of-range /count"},
		"no number": {`{"name":"Ana","weight":"1","count":1.5` + rest + `}`,
			"wrong-type /weight; wrong-type /count"},
		"no time": {`{"name":"Ana","when":"today"` + rest + `}`,
			"wrong-type /when"},
		"no list": {`{"name":"Ana","tags":"x","lines":{}}`,
			"wrong-type /tags; wrong-type /lines"},
		"too many entries": {`{"name":"Ana","tags":["1","2","3","4"]` + rest + `}`,
			"too-many /tags"},
		"entries that are no texts": {`{"name":"Ana","tags":[1,"x",null]` + rest + `}`,
			"wrong-type /tags/0; wrong-type /tags/2"},
		"refused behind a refused one": {`{"name":"Ana","tags":[1,"12345"]` + rest + `}`,
			"wrong-type /tags/0; out-of-bounds /tags/1"},
		"an entry too long": {`{"name":"Ana","tags":["x","12345"]` + rest + `}`,
			"out-of-bounds /tags/1"},
		"entries that are no objects": {`{"name":"Ana","lines":[null,1,[]]}`,
			"wrong-type /lines/0; wrong-type /lines/1; wrong-type /lines/2"},
		"unknown, in an object in one": {`{"name":"Ana","lines":[{"item":"a","count":1,` +
			`"x":[1]}]}`, "unknown-member /lines/0/x"},
		"twice, in an object in one": {`{"name":"Ana","lines":[{"item":"a","item":"b",` +
			`"count":1}]}`, "duplicate-member /lines/0/item"},
		"absent, in an object in one": {`{"name":"Ana","lines":[{"item":"a"},{"count":1}]}`,
			"missing-member /lines/0/count; out-of-bounds /lines/1/item"},
		"out of range in one": {`{"name":"Ana","lines":[{"item":"a","count":6}]}`,
			"out-of-range /lines/0/count"},
		"twice": {`{"name":"Ana","name":"Bo"` + rest + `}`,
			"duplicate-member /name"},
		"unknown, told apart by case": {`{"Name":"Ana","name":"Ana"` + rest + `}`,
			"unknown-member /Name"},
		"absent, in a member": {`{"name":"Ana","place":{}` + rest + `}`,
			"out-of-bounds /place/shelf"},
		"what cannot be read is first": {`{"name":"","gift":1` + rest + `}`,
			"wrong-type /gift; order-name /name"},
		"and what is absent is last": {`{"gift":1,"count":0}`,
			"wrong-type /gift; out-of-range /count; order-name /name; missing-member /lines"},
		"a member refused is not said to be absent": {`{"name":1` + rest + `}`, "wrong-type /name"},
		"no JSON":           {`{"name":"Ana"`, "malformed-json"},
		"no JSON in a list": {`{"name":"Ana","lines":[{}`, "malformed-json"},
		"an object that is broken off behind a mistake": {`{"gift":1,`, "wrong-type /gift"},
		"no object": {`[]`, "malformed-json"},
		"no UTF-8":  {"{\"name\":\"\xff\"}", "not-utf8"},
	} {
		var o order
		err := orders.Read([]byte(c.text), &o)
		got := ""
		if err != nil {
			got = strings.Join(mistakes(err), "; ")
		}
		if got != c.want {
			t.Errorf("%s: %s\n got %s\nwant %s", name, c.text, got, c.want)
		}
	}
}

func TestASentenceOfTheFamilysOwnIsSaid(t *testing.T) {
	err := orders.Read([]byte(`{"name":"Ana","lines":[{"item":"a","count":1}],"colour":"blue"}`), new(order))
	if err == nil || err.Error() != "we have red and green" {
		t.Errorf("said %v", err)
	}
}

func TestNoMoreThanSoManyMistakesAreNamed(t *testing.T) {
	type entry struct {
		Name string `json:"name" check:"required,id"`
	}
	type list struct {
		Entries []entry `json:"entries" check:"most=100"`
	}
	text := `{"entries":[` + strings.TrimSuffix(strings.Repeat(`{},`, 100), ",") + `]}`
	if got := mistakes(Declare[list]().Read([]byte(text), new(list))); len(got) != MostMistakes {
		t.Errorf("%d mistakes are named", len(got))
	}
}

func TestAFormKnowsItsMembers(t *testing.T) {
	if got := fmt.Sprint(orders.Members()); got != "[colour count gift id lines name note place tags weight when]" {
		t.Errorf("has %s", got)
	}
	if got := fmt.Sprint(orders.Required()); got != "[lines name]" {
		t.Errorf("must have %s", got)
	}
	if err := orders.Read([]byte(`{}`), new(line)); err == nil {
		t.Error("an order was read as a line")
	}
}

func TestADeclarationThatMakesNoSenseIsNoticedAtOnce(t *testing.T) {
	type again struct {
		Again []*again `json:"again" check:"most=1"`
	}
	for name, declare := range map[string]func(){
		"no struct": func() { Declare[string]() },
		"no name":   func() { Declare[struct{ Name string }]() },
		"an unknown rule": func() {
			Declare[struct {
				N int `json:"n" check:"even"`
			}]()
		},
		"a rule for another kind": func() {
			Declare[struct {
				N int `json:"n" check:"text=1..2"`
			}]()
		},
		"a range for a text": func() {
			Declare[struct {
				N string `json:"n" check:"range=1..2"`
			}]()
		},
		"bounds written otherwise": func() {
			Declare[struct {
				N int `json:"n" check:"range=1-2"`
			}]()
		},
		"bounds the wrong way round": func() {
			Declare[struct {
				N int `json:"n" check:"range=2..1"`
			}]()
		},
		"two rules for a text": func() {
			Declare[struct {
				N string `json:"n" check:"id,one=a"`
			}]()
		},
		"a list without a bound": func() {
			Declare[struct {
				N []int `json:"n"`
			}]()
		},
		"a map": func() {
			Declare[struct {
				N map[string]int `json:"n"`
			}]()
		},
		"within itself": func() { Declare[again]() },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			declare()
		})
	}
}

// TestADeclaredBodyComesBackAsItWas writes bodies with encoding/json and reads them.
func TestADeclaredBodyComesBackAsItWas(t *testing.T) {
	text := func(least, most int) *rapid.Generator[string] {
		return rapid.StringOfN(rapid.RuneFrom([]rune("abcé漢\"\\/<")), least, most, -1)
	}
	rapid.Check(t, func(t *rapid.T) {
		o := order{
			Name: "x" + text(0, 9).Draw(t, "name"), Note: text(0, 20).Draw(t, "note"),
			Colour: rapid.SampledFrom([]colour{"", "red", "green"}).Draw(t, "colour"),
			Count:  rapid.IntRange(1, 9).Draw(t, "count"), Weight: rapid.Float64().Draw(t, "weight"),
			Gift: rapid.Bool().
				Draw(t, "gift"),
			When: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "when"), 0).UTC(),
			Tags: rapid.SliceOfN(text(1, 4), 0, 3).Draw(t, "tags"),
		}
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			n := rapid.IntRange(0, 5).Draw(t, "n")
			o.Lines = append(o.Lines, line{rapid.SampledFrom([]string{"a", "é", "bolt"}).Draw(t, "item"), &n})
		}
		if rapid.Bool().Draw(t, "placed") {
			o.Place = &place{"A"}
		}
		written, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var back order
		if err := orders.Read(written, &back); err != nil {
			t.Fatalf("%s: %v", written, mistakes(err))
		}
		if !reflect.DeepEqual(back, o) {
			t.Fatalf("%s came back as %+v", written, back)
		}
	})
}

func FuzzADeclaredBodyNeverBreaksTheReader(f *testing.F) {
	f.Add(
		[]byte(
			`{"name":"Ana","lines":[{"item":"a","count":1}],"when":"2026-03-01T10:00:00Z","tags":["x"],` +
				`"weight":1e3}`),
	)
	f.Add([]byte(`{"lines":[{"item":[{}]},null],"place":{"shelf":{}},"weight":"x"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var o order
		if orders.Read(text, &o) != nil {
			return
		}
		var lenient order // what is taken is JSON, and means what encoding/json says it means
		if err := json.Unmarshal([]byte(strings.TrimPrefix(string(text), string(byteOrderMark))),
			&lenient); err != nil {
			t.Skip() // a whole number with a fraction of zeros
		}
		if o.Tags == nil || lenient.Tags == nil { // null and absent
			o.Tags, lenient.Tags = nil, nil
		}
		if !reflect.DeepEqual(o, lenient) {
			t.Fatalf("%s: read %+v, encoding/json reads %+v", text, o, lenient)
		}
	})
}
