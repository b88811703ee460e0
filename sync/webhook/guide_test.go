package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"cubby/sync/db"
	"cubby/sync/db/dbtest"
)

// A posted is a request as a receiver gets it.
type posted struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"` // in lower case
	Body    []byte            `json:"body"`
	Now     int64             `json:"now"`
}

// with is the same request with something different.
func (p posted) with(change func(p *posted)) posted {
	headers := map[string]string{}
	for name, value := range p.Headers {
		headers[name] = value
	}
	p.Headers, p.Body = headers, slices.Clone(p.Body)
	change(&p)
	return p
}

// caught keeps what is posted.
type caught struct{ all []posted }

func (c *caught) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p := posted{Headers: map[string]string{}, Body: body}
	for _, name := range []string{HeaderID, HeaderTimestamp, HeaderSignature} {
		p.Headers[name] = r.Header.Get(name)
	}
	p.Now, err = strconv.ParseInt(p.Headers[HeaderTimestamp], 10, 64)
	c.all = append(c.all, p)
	return &http.Response{StatusCode: 204, Body: http.NoBody}, err
}

// ours are two events that a sender has posted, the second after the secret was exchanged.
func ours(t *testing.T) (one, two posted, second string) {
	t.Helper()
	c := new(caught)
	b := newBench(t, dbtest.SQLite(t), false)
	b.Sender = New(Config{
		DB: b.d, Vault: plain{}, Log: slog.New(slog.DiscardHandler), Random: func() float64 { return 0 },
		Transport: c,
	})
	e, first := b.add("https://shop.example/hook")
	b.hear("018f3c", "parcel.stored", "parcels/1")
	b.rounds(1)
	b.write(func(tx *db.Tx) (err error) {
		second, err = b.Rotate(tx, e.ID)
		return err
	})
	b.hear("018f3d", "parcel.collected", "parcels/1")
	b.rounds(1)
	one, two = c.all[0], c.all[1]
	one.Secret, two.Secret = first, first
	return one, two, second
}

// languages are those of docs/integrate.md, with what runs a snippet: it reads requests and
// writes for each the status and how many ids were seen.
var languages = map[string]struct {
	program []string
	files   map[string]string // SNIPPET stands for the page's
}{
	"go": {[]string{"go", "run", "."}, map[string]string{
		"go.mod": "module receiver\n\ngo 1.24\n", "take.go": "package main\n\nSNIPPET", "main.go": `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

func main() {
	var all []struct {
		Secret  string
		Headers map[string]string
		Body    []byte
		Now     int64
	}
	if err := json.NewDecoder(os.Stdin).Decode(&all); err != nil {
		panic(err)
	}
	seen := map[string]bool{}
	for _, p := range all {
		h := http.Header{}
		for name, value := range p.Headers {
			h.Set(name, value)
		}
		fmt.Println(take(p.Secret, h, p.Body, seen, time.Unix(p.Now, 0)), len(seen))
	}
}
`}},
	"python": {[]string{"python3", "main.py"}, map[string]string{"main.py": `SNIPPET
import json, sys
seen = set()
for p in json.load(sys.stdin):
    print(take(p["secret"], p["headers"], base64.b64decode(p["body"]), seen, p["now"]), len(seen))
`}},
	"js": {[]string{"node", "main.js"}, map[string]string{"main.js": `SNIPPET
const seen = new Set();
for (const p of JSON.parse(require("node:fs").readFileSync(0))) {
  console.log(take(p.secret, p.headers, Buffer.from(p.body, "base64"), seen, p.now), seen.size);
}
`}},
}

// What docs/integrate.md shows to integrators runs as it stands there.
func TestTheReceiversOfTheGuideVerifyInEachLanguage(t *testing.T) {
	page, err := os.ReadFile("../../docs/integrate.md")
	if err != nil {
		t.Fatal(err)
	}
	vector := posted{
		Secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Body: []byte(`{"test": 2432232314}`), Now: 1614265330,
		Headers: map[string]string{
			HeaderID: "msg_p5jXN8AQM9LWM0D4loKWxJek", HeaderTimestamp: "1614265330",
			HeaderSignature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
		},
	}
	one, two, second := ours(t)
	set := func(name, value string) func(*posted) { return func(p *posted) { p.Headers[name] = value } }
	var all []posted
	want := ""
	for _, c := range []struct {
		posted
		says string // status, and how many were done by then
	}{
		{vector, "204 1"}, {one, "204 2"}, {one, "204 2"},
		{two.with(func(p *posted) { p.Body[2] ^= 1 }), "401 2"},
		{two.with(set(HeaderID, "018f3e")), "401 2"},
		{two.with(set(HeaderTimestamp, fmt.Sprint(two.Now+1))), "401 2"},
		{two.with(set(HeaderSignature, "v1,Zürich")), "401 2"},
		{two.with(set(HeaderSignature, "")), "401 2"},
		{two.with(func(p *posted) { clear(p.Headers) }), "401 2"},
		{two.with(func(p *posted) { p.Secret = vector.Secret }), "401 2"},
		{two.with(func(p *posted) { p.Now += 301 }), "401 2"},
		{two.with(func(p *posted) { p.Now -= 301 }), "401 2"},
		{two.with(func(p *posted) { p.Now += 299 }), "204 3"}, // by the secret before
		{two.with(func(p *posted) { p.Secret = second }), "204 3"},
	} {
		all = append(all, c.posted)
		want += c.says + "\n"
	}
	requests, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	for name, language := range languages {
		t.Run(name, func(t *testing.T) {
			snippet := regexp.MustCompile("(?s)\n```" + name + "\n(.*?)```\n").FindSubmatch(page)
			if snippet == nil {
				t.Fatal("the page has none")
			}
			program, err := exec.LookPath(language.program[0])
			if err != nil {
				t.Skipf("NO %s: what docs/integrate.md shows was not run. Install it (packaging/install-deps.sh test)",
					language.program[0])
			}
			folder := t.TempDir()
			for file, text := range language.files {
				whole := bytes.ReplaceAll([]byte(text), []byte("SNIPPET"), snippet[1])
				if err := os.WriteFile(filepath.Join(folder, file), whole, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			run := exec.CommandContext(t.Context(), program, language.program[1:]...)
			run.Dir, run.Stdin, run.Env = folder, bytes.NewReader(requests), append(os.Environ(), "GOFLAGS=")
			run.WaitDelay = time.Second
			if said, err := run.CombinedOutput(); err != nil || string(said) != want {
				t.Errorf("it says\n%swant\n%s%v", said, want, err)
			}
		})
	}
}
