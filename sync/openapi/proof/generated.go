package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Generator sends made-up input to every operation of a contract.
type Generator struct {
	Seed  uint64
	Times int                     // of each operation
	Ids   map[string][]string     // values that are there, by the name of the parameter of the path
	Sign  func(r *http.Request)   // adds a key that may do everything
	Skip  func(m, p string) bool  // operations that are left out; nil: none
	Wants func(m, p string) []int // statuses of the 5xx that are right here; nil: none
}

// Run sends it. Whatever is sent, an endpoint answers in the words of its contract and
// with no fault of its own.
func (g Generator) Run(t *testing.T, e Endpoint) {
	t.Helper()
	r := rand.New(rand.NewPCG(g.Seed, 0))
	var paths []string
	for path := range e.Doc.Paths.Map() {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	seen := map[int]int{}
	for _, path := range paths {
		item := e.Doc.Paths.Value(path)
		for _, method := range []string{"GET", "PUT", "POST", "DELETE", "PATCH"} {
			op := item.GetOperation(method)
			if op == nil || g.Skip != nil && g.Skip(method, path) {
				continue
			}
			for range g.Times {
				seen[g.one(r, e, method, path, op)/100]++
			}
		}
	}
	if seen[2] == 0 || seen[4] == 0 {
		t.Errorf("of %v answers by class none is a success, or none a refusal: the input is none", seen)
	}
	t.Logf("answers by class of status: %v", seen)
}

// one makes and sends a request, and returns the status.
func (g Generator) one(r *rand.Rand, e Endpoint, method, path string, op *openapi3.Operation) int {
	m := maker{r: r, doc: e.Doc, wild: r.IntN(4)}
	target, query := path, url.Values{}
	for _, p := range op.Parameters {
		switch p.Value.In {
		case "path":
			target = strings.Replace(target, "{"+p.Value.Name+"}", m.step(p.Value, g.Ids[p.Value.Name]), 1)
		case "query":
			if p.Value.Name == "wait" || p.Value.Name == "ticket" { // these take time, or a key
				continue
			}
			if p.Value.Required || r.IntN(3) == 0 {
				query.Add(p.Value.Name, m.word(p.Value.Schema.Value))
			}
		}
	}
	if m.odd(12) {
		query.Add(pick(r, odd), pick(r, odd))
	}
	if m.odd(12) {
		query.Set("limit", pick(r, []string{"0", "-1", "99999999999999999999", "1e2", "", "٣", "1"}))
	}
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	if m.odd(20) {
		target += pick(r, []string{"?%zz", "&%", "?a=1;b=2", "?limit=1&limit=2"})
	}
	var body []byte
	media := "application/json"
	if op.RequestBody != nil {
		for name, content := range op.RequestBody.Value.Content {
			media = name
			body = m.body(content.Schema.Value)
		}
	} else if m.odd(8) {
		body = []byte(pick(r, []string{"{}", "[]", "null", `{"x":1}`, "\x00", "{"}))
	}
	if m.odd(12) {
		media = pick(r, []string{"", "text/plain", "application/xml", "application/json; charset=utf-16", "*/*",
			"multipart/form-data; boundary=x", "application/json", strings.Repeat("a", 5000)})
	}
	if m.odd(20) {
		method = pick(r, []string{"GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"})
	}
	request, err := http.NewRequest(method, "http://127.0.0.1"+target, bytes.NewReader(body))
	if err != nil { // no client can send it
		return 400
	}
	ctx, cancel := context.WithTimeout(e.T.Context(), patience)
	defer cancel()
	request = request.WithContext(ctx)
	request.RemoteAddr = "192.0.2.1:1234"
	if media != "" && (body != nil || m.odd(4)) {
		request.Header.Set("Content-Type", media)
	}
	for _, name := range []string{"If-Match", "If-None-Match", "Range", "If-Range", "Content-Encoding",
		"Last-Event-ID", "Accept-Encoding", "Cubby-Other"} {
		if m.odd(25) {
			request.Header.Set(name, pick(r, []string{`"1"`, "*", `W/"1"`, "gzip", "bytes=0-", "bytes=9999999-",
				"bytes=-0", `"`, "identity", strings.Repeat(`"x",`, 50), "br"}))
		}
	}
	g.Sign(request)
	w := httptest.NewRecorder()
	e.Door.ServeHTTP(w, request)
	answer := w.Result()
	if ctx.Err() != nil {
		e.T.Fatalf("%s %s %.300q: no answer within %s", method, target, body, patience)
	}
	if answer.StatusCode >= 500 &&
		(g.Wants == nil || !slices.Contains(g.Wants(method, path), answer.StatusCode)) {
		e.T.Errorf("%s %s %.300q: %d %s", method, target, body, answer.StatusCode, w.Body)
	}
	e.answers(request, e.operation(request), answer, w.Body.Bytes())
	return answer.StatusCode
}

// patience bounds what one answer may take: what hangs fails.
const patience = 10 * time.Second

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// odd are texts that break what was made for tame ones.
var odd = []string{
	"", " ", "\x00", "\u202e", "\ufeff", "\ufffd", "0", "-1", "null", "true", "../../etc", "..", ".", "%", "%00",
	"' OR 1=1 --", `"`, "\\", "<script>", "{}", "a/b", "字字字", "📦", "e\u0301", "\u200b", "İı", "ﷺ",
	"A\nB", "\t", "2026-02-30T25:61:61Z", "9999999999999999999999", "1e400", "NaN", "line", "now",
	strings.Repeat("x", 65), strings.Repeat("字", 300), strings.Repeat("9", 400),
}

// numbers are JSON numbers at the edges of what programs hold.
var numbers = []string{
	"0", "-0", "-1", "1", "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807",
	"9223372036854775808", "-9223372036854775808", "1e2", "1.5", "1e400", "0.1e1", "1E-400",
	strings.Repeat("9", 300),
}

// A maker makes values, wild ones at times.
type maker struct {
	r     *rand.Rand
	doc   *openapi3.T
	wild  int // 0: as the contract has them; else the higher the wilder
	depth int
}

// odd reports whether something odd is to be done, once in so many times.
func (m *maker) odd(times int) bool { return m.wild > 0 && m.r.IntN(times) < m.wild }

// step is a step of a path.
func (m *maker) step(p *openapi3.Parameter, known []string) string {
	switch {
	case m.odd(8):
		text := pick(m.r, odd)
		if text == "" || text == "." || text == ".." {
			text = "x"
		}
		return url.PathEscape(text)
	case len(known) > 0 && m.r.IntN(4) > 0:
		return url.PathEscape(pick(m.r, known))
	case p.Example != nil:
		return url.PathEscape(text(p.Example))
	}
	return "x"
}

func text(v any) string {
	if s, is := v.(string); is {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// word is the value of a parameter.
func (m *maker) word(s *openapi3.Schema) string {
	if m.odd(4) {
		return pick(m.r, odd)
	}
	v := m.value(s)
	var said any
	if json.Unmarshal(v, &said) == nil {
		return text(said)
	}
	return string(v)
}

// body is a body by a schema: as it is, or damaged as a whole.
func (m *maker) body(s *openapi3.Schema) []byte {
	text := m.value(s)
	if !m.odd(8) {
		return text
	}
	switch m.r.IntN(8) {
	case 0:
		return nil
	case 1:
		return text[:m.r.IntN(len(text)+1)]
	case 2:
		return append(text, '}')
	case 3:
		return append([]byte("\ufeff"), text...)
	case 4:
		return []byte(strings.Repeat(`{"a":`, 20000))
	case 5:
		return bytes.Repeat([]byte(" "), 70<<10)
	case 6:
		at := m.r.IntN(len(text) + 1)
		return slices.Concat(text[:at], []byte{0xff, 0xfe}, text[at:])
	}
	return []byte(pick(m.r, []string{"null", "[]", "0", `""`, "true", "[[]]", "{}"}))
}

// value is JSON by a schema, with wrong types and edges in it at times.
func (m *maker) value(s *openapi3.Schema) []byte {
	if m.odd(14) {
		return []byte(pick(m.r, []string{"null", "true", `"x"`, "[]", "{}", "[null]", `{"x":{"y":[1]}}`,
			pick(m.r, numbers), quoted(pick(m.r, odd)), `"\ud800"`, `"\u0000"`}))
	}
	if m.depth > 8 {
		return []byte("null")
	}
	m.depth++
	defer func() { m.depth-- }()
	for _, of := range [][]*openapi3.SchemaRef{s.AnyOf, s.OneOf} {
		if len(of) > 0 {
			return m.value(pick(m.r, of).Value)
		}
	}
	if len(s.Enum) > 0 {
		return []byte(quoted(text(pick(m.r, s.Enum))))
	}
	kind := "object"
	if s.Type != nil && len(*s.Type) > 0 {
		kind = pick(m.r, *s.Type)
	}
	switch kind {
	case "object":
		return m.object(s)
	case "array":
		return m.array(s)
	case "string":
		return []byte(quoted(m.string(s)))
	case "integer", "number":
		if m.odd(4) {
			return []byte(pick(m.r, numbers))
		}
		least, most := int64(0), int64(1000)
		if s.Min != nil {
			least = int64(*s.Min)
		}
		if s.Max != nil {
			most = min(int64(*s.Max), least+1000)
		}
		b, _ := json.Marshal(least + m.r.Int64N(max(most-least, 0)+1))
		return b
	case "boolean":
		return []byte(pick(m.r, []string{"true", "false"}))
	}
	return []byte("null")
}

func (m *maker) object(s *openapi3.Schema) []byte {
	// An example is the surest way to something that is taken.
	if example, is := s.Example.(map[string]any); is && m.wild < 2 && m.r.IntN(2) == 0 {
		b, _ := json.Marshal(example)
		return b
	}
	b := []byte{'{'}
	add := func(name string, value []byte) {
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, quoted(name)...), ':'), value...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		property := s.Properties[name].Value
		if !slices.Contains(s.Required, name) && m.r.IntN(2) == 0 || m.odd(20) {
			continue
		}
		add(name, m.value(property))
		if m.odd(40) {
			add(name, m.value(property)) // there twice
		}
	}
	if m.odd(12) {
		add(pick(m.r, odd), []byte(pick(m.r, numbers)))
	}
	return append(b, '}')
}

func (m *maker) array(s *openapi3.Schema) []byte {
	count := m.r.IntN(3) + int(min(s.MinItems, 3))
	if m.odd(30) {
		count = 150
	}
	b := []byte{'['}
	for i := range count {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, m.value(s.Items.Value)...)
	}
	return append(b, ']')
}

func (m *maker) string(s *openapi3.Schema) string {
	switch {
	case m.odd(5):
		return pick(m.r, odd)
	case s.Format == "date-time":
		return pick(m.r, []string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.123456789+05:45",
			"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", // the year 10000
			"0000-01-01T00:00:00+14:00", "2026-03-01T10:00:60Z"})
	case s.Example != nil:
		return text(s.Example)
	case strings.Contains(s.Pattern, "0-9a-f"):
		return strings.Repeat("0a", 32)
	}
	return pick(m.r, []string{"P-1", "a", "SO-4711", "1", "en"})
}

// quoted is a text as JSON has it. Half a character stays half.
func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}
