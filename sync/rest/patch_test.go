package rest

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cubby/locker/ledger"
	"cubby/sync/strict"
)

// The table of RFC 7396, appendix A: original, patch, result.
var appendixA = [][3]string{
	{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
	{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
	{`{"a":"b"}`, `{"a":null}`, `{}`},
	{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
	{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
	{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
	{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
	{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
	{`["a","b"]`, `["c","d"]`, `["c","d"]`},
	{`{"a":"b"}`, `["c"]`, `["c"]`},
	{`{"a":"foo"}`, `null`, `null`},
	{`{"a":"foo"}`, `"bar"`, `"bar"`},
	{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
	{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
	{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
}

func TestPatchesAreMergedAsTheRFCSays(t *testing.T) {
	for _, c := range appendixA {
		var target, want any
		if json.Unmarshal([]byte(c[0]), &target) != nil || json.Unmarshal([]byte(c[2]), &want) != nil {
			t.Fatal(c)
		}
		var patch any // as a body has it, one level up
		if err := strict.Object([]byte(`{"patch":`+c[1]+`}`), func(r *strict.Reader, _ string) (err error) {
			patch, err = r.Value()
			return err
		}); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(merge(target, patch, false))
		var same any
		if err != nil || json.Unmarshal(got, &same) != nil || !reflect.DeepEqual(same, want) {
			t.Errorf("%s with %s is %s, want %s; %v", c[0], c[1], got, c[2], err)
		}
	}
}

func TestAPatchKeepsNumbersAndSaysWhatGoes(t *testing.T) {
	p, err := ParsePatch([]byte(`{"a":9007199254740993,"b":null,"c":{"d":null,"e":[1.50,{"f":null}]}}`))
	if err != nil || !p.Names("b") || p.Names("d") {
		t.Fatal(p, err)
	}
	got, err := p.On([]byte(`{"b":1,"g":9223372036854775807,"c":{"d":2,"h":"x"}}`))
	want := `{"a":9007199254740993,"b":null,"c":{"d":null,"e":[1.50,{"f":null}],"h":"x"},"g":9223372036854775807}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}

func TestWhatIsNoPatchIsRefused(t *testing.T) {
	for text, slug := range map[string]string{
		``: "malformed-json", `[]`: "malformed-json", `null`: "malformed-json", `"x"`: "malformed-json",
		`{"a":1,"a":2}`: "duplicate-member", `{"a":{"b":1,"b":1}}`: "duplicate-member",
		`{"a":[01]}`: "malformed-json", `{"a":[1,]}`: "malformed-json", `{"a":tru}`: "wrong-type",
		"{\"a\":\"\xff\"}": "not-utf8", `{"a":"\ud800"}`: "malformed-json",
		`{"a":` + strings.Repeat("[", 60000): "malformed-json",
	} {
		_, err := ParsePatch([]byte(text))
		if err == nil || !strings.Contains(reflect.Indirect(reflect.ValueOf(err)).FieldByName("Slug").String(),
			slug) {
			t.Errorf("%.40s: %+v, want %s", text, err, slug)
		}
	}
}

// Nobody of many has set a condition, so nobody's patch may fail for one.
func TestManyPatchesOfOneResourceWaitForEachOther(t *testing.T) {
	server := &Server{}
	var rev atomic.Int64
	var all sync.WaitGroup
	for range 300 {
		all.Go(func() {
			x := &Exchange{
				r: httptest.NewRequest("PATCH", "/v1/parcels/p", nil), surface: &surface{server: server},
			}
			read := func() ([]byte, int64, error) { return []byte(`{}`), rev.Load(), nil }
			if err := x.Patched(Patch{}, read, func(_ []byte, cond ledger.Condition) error {
				runtime.Gosched() // others may come between
				if !rev.CompareAndSwap(*cond.IfMatch, *cond.IfMatch+1) {
					return ledger.Refuse(ledger.Precondition, "changed-meanwhile", "somebody was quicker")
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if rev.Load() != 300 {
		t.Errorf("%d patches were kept", rev.Load())
	}
}
