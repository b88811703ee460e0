package panel

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skip2/go-qrcode"

	"cubby/hardware/sim"
)

func TestTheThingsOfTheDemoAreOfferedAndHeld(t *testing.T) {
	folder := t.TempDir()
	draw := func(name, text string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := qrcode.WriteFile(text, qrcode.Medium, 256, path); err != nil {
			t.Fatal(err)
		}
	}
	draw("courier-1.png", "B:BADGE")
	draw("other.png", "nothing of the demo")
	draw("codes/C1001.png", "SECRETCODE")
	draw("orders/SO-1.png", "order:SO-1")
	if err := os.WriteFile(filepath.Join(folder, "codes", "C1002.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	site, err := sim.Open(sim.Plan{Scanner: sim.Scanner{Link: filepath.Join(t.TempDir(), "scanner"), Baud: 9600}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	screen := "http://127.0.0.1:6080/vnc.html"
	server := httptest.NewServer(Handler(ctx, site, Demo{Folder: folder, Labels: []string{"C1001"}, Screen: screen}))
	defer func() {
		cancel()
		server.Close()
		if err := site.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range []struct {
		name, path, body string
		status           int
		want, not        string
	}{
		{"the shelf", "/demo", "", 200,
			`{"badges":["courier-1"],"labels":["C1001"],"codes":["C1001","C1002"],"orders":["SO-1"],"screen":"` +
				screen + `"}`, "other"},
		{"a badge", "/demo/scan", `{"badge":"courier-1"}`, 200, `"bytes":7`, "BADGE"},
		{"a code", "/demo/scan", `{"code":"C1001"}`, 200, `"bytes":10`, "SECRET"},
		{"a code that is not there yet", "/demo/scan", `{"code":"C1009"}`, 404, "when its parcel is stored", ""},
		{"an order", "/demo/scan", `{"order":"SO-1"}`, 200, `"bytes":10`, ""},
		{"an order nobody has", "/demo/scan", `{"order":"SO-2"}`, 404, "error", ""},
		{"no picture", "/demo/scan", `{"code":"C1002"}`, 422, "error", ""},
		{"a way out of the folder", "/demo/scan", `{"code":"../courier-1"}`, 404, "error", ""},
		{"nothing", "/demo/scan", `{}`, 404, "error", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var r *http.Response
			if c.body == "" {
				r, err = http.Get(server.URL + c.path)
			} else {
				r, err = http.Post(server.URL+c.path, "application/json", strings.NewReader(c.body))
			}
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			text, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatal(err)
			}
			if r.StatusCode != c.status || !strings.Contains(string(text), c.want) ||
				c.not != "" && strings.Contains(string(text), c.not) {
				t.Errorf("%d %s", r.StatusCode, text)
			}
		})
	}
	r, err := http.Get(server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if rules := r.Header.Get("Content-Security-Policy"); !strings.HasSuffix(rules, "frame-src http://127.0.0.1:6080") {
		t.Errorf("the page may show %q", rules)
	}
}

// The page shows nothing of another machine, and no frame where there is no address.
func TestAScreenOfAnotherMachineIsRefused(t *testing.T) {
	for screen, fine := range map[string]bool{
		"": true, "a window on display :0": true, "http://127.0.0.1:6080/vnc.html": true, "http://localhost:1/": true,
		"http://example.com/": false, "http://192.0.2.1:6080/": false, "http://%zz": false,
	} {
		if err := (Demo{Screen: screen}).Check(); (err == nil) != fine {
			t.Errorf("%q: %v", screen, err)
		}
		if origin := (Demo{Screen: screen}).origin(); (origin != "") != (fine && strings.HasPrefix(screen, "http")) {
			t.Errorf("%q is framed from %q", screen, origin)
		}
	}
}
