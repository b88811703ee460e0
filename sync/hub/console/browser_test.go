package console

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Screenshots of every page are taken into the folder that this names.
const shotsIn = "CUBBY_SCREENSHOTS"

// A window is a tab of the one browser of these tests.
type window struct {
	t    *testing.T
	ctx  context.Context
	site string
}

var theBrowser struct {
	once sync.Once
	ctx  context.Context
	end  func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if theBrowser.end != nil {
		theBrowser.end()
	}
	os.Exit(code)
}

func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// open opens a window of the browser that has no cookies. What the page's script complains
// of fails the test.
func open(t *testing.T, site *httptest.Server) *window {
	t.Helper()
	found := chromium()
	if found == "" {
		t.Skip(
			"NO BROWSER: the console was not tried in one. Install chromium (packaging/install-deps.sh test)",
		)
	}
	b := &theBrowser
	b.once.Do(func() {
		o := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found), chromedp.NoSandbox,
			chromedp.Flag("lang", "en"))
		ctx, endAll := chromedp.NewExecAllocator(context.Background(), o...)
		var end func()
		b.ctx, end = chromedp.NewContext(ctx)
		b.end = func() { end(); endAll() }
		b.err = chromedp.Do(b.ctx)
	})
	if b.err != nil {
		t.Fatalf("the browser does not start: %v", b.err)
	}
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	w := &window{t: t, ctx: ctx, site: site.URL}
	said := chromedp.Console(ctx)
	t.Cleanup(func() {
		end()
		for m, err := range said {
			if err != nil {
				break
			}
			if m.IsException() || m.Type == "error" && !strings.Contains(m.Text, "404") {
				t.Errorf("the page complains: %s", m)
			}
		}
	})
	w.size(1440, 900)
	return w
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, 20*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatalf("%v; the page is %s", err, w.where())
	}
}

func (w *window) where() string {
	address, _ := chromedp.Run(w.ctx, chromedp.Location())
	return strings.TrimPrefix(address, w.site)
}

func (w *window) size(width, height int64) {
	w.t.Helper()
	w.do(chromedp.EmulateViewport(width, height))
}

func (w *window) dark(dark bool) {
	w.t.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	if _, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *window) to(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.site + path))
}

// until waits for something to be so, as a script in the page sees it.
func (w *window) until(script string) {
	w.t.Helper()
	ctx, stop := context.WithTimeout(w.ctx, 15*time.Second)
	defer stop()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](script))
	for err != nil && ctx.Err() == nil { // the page that was asked is gone; the next one is asked
		_, err = chromedp.Run(ctx, chromedp.Poll[bool](script))
	}
	if err != nil {
		text, _ := chromedp.Run(w.ctx, chromedp.Evaluate[string]("document.body.innerText"))
		w.t.Fatalf("not so: %s (%v); %s says\n%s", script, err, w.where(), text)
	}
}

// ask has a script in the page answer.
func ask[T any](w *window, script string) T {
	w.t.Helper()
	answer, err := chromedp.Run(w.ctx, chromedp.Evaluate[T](script))
	if err != nil {
		w.t.Fatalf("%s: %v", script, err)
	}
	return answer
}

// keys presses keys, one after the other.
func (w *window) keys(text string) {
	w.t.Helper()
	w.do(chromedp.KeyEvent(text))
}

// nameHasFocus is so when the page is ready for somebody to type.
const nameHasFocus = `document.readyState === "complete" && document.activeElement.name === "name"`

// signIn signs in with the keyboard.
func (w *window) signIn(name string) {
	w.t.Helper()
	w.to("/sign-in")
	w.until(nameHasFocus)
	w.keys(name + "\t" + password + "\r")
	w.until(`location.pathname === "/" && document.readyState === "complete"`)
}

// shoot takes a picture of the whole page, if pictures are wanted.
func (w *window) shoot(name string) {
	w.t.Helper()
	folder := os.Getenv(shotsIn)
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		name = strings.Trim(strings.NewReplacer("/", "-", "?", "-").Replace(name), "-")
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}
