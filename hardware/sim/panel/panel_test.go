package panel

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cubby/hardware/sim"
	"cubby/locker/view"
)

func serving(t *testing.T) (*httptest.Server, *sim.Site) {
	t.Helper()
	site, err := sim.Open(sim.Plan{
		Station: "Corner",
		Wall:    view.Wall{WidthMM: 400, HeightMM: 200, Doors: []view.Door{{Number: "1", WidthMM: 400, HeightMM: 200}}},
		Sizes:   map[string]string{"1": "M"},
		Buses: []sim.Bus{{Name: "main", Link: filepath.Join(t.TempDir(), "bus"), Baud: 19200,
			Boards: []sim.Board{{Address: 0, Presence: true, Locks: map[int]string{1: "1"}}}}},
		Badge:    sim.Badge{Link: filepath.Join(t.TempDir(), "badge"), Baud: 9600, Format: "rdm6300"},
		Printer:  sim.Printer{Link: filepath.Join(t.TempDir(), "printer"), Baud: 19200},
		Climates: []sim.Climate{{Name: "cool", Link: filepath.Join(t.TempDir(), "climate"), Baud: 9600, Address: 1}},
		Cameras:  []string{"counter"},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server := httptest.NewServer(Handler(ctx, site, Demo{}))
	t.Cleanup(func() {
		cancel()
		server.Close()
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	})
	return server, site
}

func TestRoutesAnswerWithTheStatusOfTheirMeaning(t *testing.T) {
	server, _ := serving(t)
	for _, tc := range []struct {
		name, method, path, body string
		header                   map[string]string
		status                   int
		want                     string
	}{
		{name: "the page", path: "/", status: 200, want: "simulated site"},
		{name: "the whole state", path: "/state", status: 200, want: `"station":"Corner"`},
		{name: "one door", path: "/doors/1", status: 200, want: `"state":"closed"`},
		{name: "a door that is not there", path: "/doors/2", status: 404, want: `"error"`},
		{
			name: "forcing a door", method: "POST", path: "/doors/1", body: `{"action":"open-by-force"}`, status: 200,
			want: `"state":"open"`,
		},
		{
			name: "filling it", method: "POST", path: "/doors/1", body: `{"action":"put"}`, status: 200,
			want: `"inside":true`,
		},
		{
			name: "closing it", method: "POST", path: "/doors/1", body: `{"action":"close"}`, status: 200,
			want: `"state":"closed"`,
		},
		{
			name: "emptying a closed door", method: "POST", path: "/doors/1", body: `{"action":"take"}`, status: 409,
			want: "nobody can reach inside",
		},
		{
			name: "a key nobody knows", method: "POST", path: "/doors/1", body: `{"act":"take"}`, status: 400,
			want: "not what this route takes",
		},
		{
			name: "scanning without a scanner", method: "POST", path: "/scan", body: `{"text":"x"}`, status: 404,
			want: "scanner",
		},
		{
			name: "a picture of nothing", method: "POST", path: "/scan/picture", body: "x", status: 422,
			want: "not a PNG or JPEG",
		},
		{
			name: "a fault", method: "POST", path: "/faults", body: `{"kind":"stuck","target":"1","value":"on"}`,
			status: 200, want: `"kind":"stuck"`,
		},
		{name: "the faults", path: "/faults", status: 200, want: `[{"kind":"stuck","target":"1","value":"on"}]`},
		{name: "every kind of fault", path: "/faults/kinds", status: 200, want: `"kind":"break-off"`},
		{
			name: "a script", method: "POST", path: "/script", body: "stuck 1 off\nat 1h door 1 close",
			status: 200, want: `[]`,
		},
		{
			name: "a wrong script", method: "POST", path: "/script", body: "fire 1 on", status: 422,
			want: `line 1: fault`,
		},
		{name: "how a door has moved", path: "/doors/1/history", status: 200, want: `"state":"open"`},
		{
			name: "a badge", method: "POST", path: "/badge", body: `{"uid":"010063E9AE","hold_ms":1}`, status: 200,
			want: `010063E9AE`,
		},
		{
			name: "a badge of nonsense", method: "POST", path: "/badge", body: `{"uid":"me"}`, status: 409,
			want: `hexadecimal`,
		},
		{
			name: "the weather", method: "POST", path: "/climate", body: `{"celsius":31.5}`, status: 200,
			want: `{"sensor":"cool","celsius":31.5,"humidity_pct":50}`,
		},
		{
			name: "the weather elsewhere", method: "POST", path: "/climate", body: `{"sensor":"sea"}`, status: 404,
			want: `climate sensor`,
		},
		{name: "a picture", path: "/camera/counter.jpg", status: 200},
		{name: "a camera that is not there", path: "/camera/roof.jpg", status: 404, want: `not on this site`},
		{name: "the paper as text", path: "/paper/printer.txt", status: 200},
		{name: "a picture of no paper", path: "/paper/printer.png", status: 404, want: `nothing has been printed`},
		{name: "the paper", path: "/paper/printer", status: 200, want: `"pieces":[]`},
		{name: "a printer that is not there", path: "/paper/label.txt", status: 404, want: `not on this site`},
		{name: "paper torn off", method: "DELETE", path: "/paper/printer", status: 200, want: `"pieces":[]`},
		{
			name: "the virtual person", method: "POST", path: "/auto", body: `{"on":true,"after_ms":60000}`,
			status: 200, want: `{"on":true,"after_ms":60000}`,
		},
		{name: "the journal", path: "/journal", status: 200, want: `"pulses":{}`},
		{name: "a journal after nonsense", path: "/journal?after=x", status: 400, want: "not a sequence number"},
		{
			name: "waiting for what is so already", path: "/wait?door=1&state=closed&timeout=1s", status: 200,
			want: `"number":"1"`,
		},
		{
			name: "waiting in vain", path: "/wait?door=1&state=open&timeout=10ms", status: 408,
			want: "is closed, not open",
		},
		{
			name: "a host name that was rebound", path: "/state", header: map[string]string{"Host": "evil.example"},
			status: 403, want: "its own machine only",
		},
		{
			name: "a post from a page elsewhere", method: "POST", path: "/faults", body: `{}`,
			header: map[string]string{"Sec-Fetch-Site": "cross-site"}, status: 403,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			method := tc.method
			if method == "" {
				method = http.MethodGet
			}
			r, err := http.NewRequest(method, server.URL+tc.path, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range tc.header {
				r.Header.Set(k, v)
			}
			if host := tc.header["Host"]; host != "" {
				r.Host = host
			}
			answer, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			var body strings.Builder
			if _, err := bufio.NewReader(answer.Body).WriteTo(&body); err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != tc.status || !strings.Contains(body.String(), tc.want) {
				t.Errorf("%d %s; want %d with %q", answer.StatusCode, body.String(), tc.status, tc.want)
			}
		})
	}
}

func TestOnlyThisMachineIsServed(t *testing.T) {
	handler := Handler(t.Context(), nil, Demo{})
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/state", nil)
	r.RemoteAddr = "192.0.2.7:1234"
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a stranger gets %d", w.Code)
	}
	for address, fine := range map[string]bool{
		"127.0.0.1:0": true, "localhost:0": true, "[::1]:0": true, "0.0.0.0:0": false, ":0": false,
		"192.0.2.1:0": false,
	} {
		if local(address) != fine {
			t.Errorf("%s counts as local: %v, want %v", address, !fine, fine)
		}
	}
}

func TestEventsAreStreamed(t *testing.T) {
	server, site := serving(t)
	answer, err := server.Client().Get(server.URL + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	if !lines.Scan() || lines.Text() != "retry: 1000" { // by now the watch has begun
		t.Fatalf("first line %q", lines.Text())
	}
	if err := site.Do("1", sim.ActForce); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		if lines.Text() != "event: door" {
			continue
		}
		var e sim.Event
		if !lines.Scan() || json.Unmarshal([]byte(strings.TrimPrefix(lines.Text(), "data: ")), &e) != nil {
			t.Fatalf("data %q", lines.Text())
		}
		if e.Door.Number != "1" || e.Door.State != sim.StateOpen {
			t.Errorf("door %+v", e.Door)
		}
		return
	}
	t.Error("the stream ended without the door")
}

// The page must work without any other machine.
func TestThePageAsksNobodyElse(t *testing.T) {
	text := strings.ReplaceAll(string(page), "http://www.w3.org/2000/svg", "") // a name, not an address
	if found := regexp.MustCompile(`(https?:)?//[a-z0-9]|@import|<script src|<link[^>]+stylesheet`).
		FindString(text); found != "" {
		t.Errorf("it refers to %q", found)
	}
}
