package console

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const password = "secret"

func newConsole(t *testing.T, o Options) *Console {
	t.Helper()
	c, err := New(newFake(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func site(t *testing.T) (*httptest.Server, *fake) {
	t.Helper()
	f := newFake()
	c, err := New(f, Options{Name: "Example Centre"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return s, f
}

var shown = []string{"/", "/stations/S1", "/troubles", "/events", "/parcels", "/announce", "/help",
	"/stations/S1/parcels/P1", "/nothing"}

func TestEveryPageFitsAnyScreen(t *testing.T) {
	s, f := site(t)
	f.Announce(t.Context(), "", "S1", "P1", nil)
	w := open(t, s)
	w.signIn("admin")
	for _, path := range shown {
		for _, width := range []int64{360, 1440} {
			w.size(width, 900)
			w.to(path)
			over := ask[[]string](w, `document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll("body *")]
				.filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest(".scroll"))
				.map(e => e.outerHTML.slice(0, 120)) : []`)
			if len(over) > 0 {
				t.Errorf("%s scrolls sideways at %d: %q", path, width, over)
			}
			if os.Getenv(shotsIn) == "" {
				continue
			}
			for _, dark := range []bool{false, true} {
				w.dark(dark)
				w.shoot(fmt.Sprintf("%s-%d-%v", path, width, map[bool]string{false: "light", true: "dark"}[dark]))
			}
		}
	}
}

func TestSomebodySignsInAndOut(t *testing.T) {
	s, _ := site(t)
	w := open(t, s)
	w.to("/parcels?q=C1001")
	w.until(`location.pathname === "/sign-in"`)
	w.keys("operator\twrong\r")
	w.until(`document.querySelector("[role=alert]") !== null`)
	if name := ask[string](w, `document.querySelector("input[name=name]").value`); name != "operator" {
		t.Errorf("the name has to be typed again: %q", name)
	}
	w.keys("\t" + password + "\r")
	w.until(`location.pathname + location.search === "/parcels?q=C1001"`)
	w.do(chromedp.Click("#sign-out"))
	w.until(`location.pathname === "/sign-in"`)
	w.do(chromedp.NavigateBack())
	w.until(`location.pathname === "/sign-in"`)
}

// focused describes what has the focus.
const focused = `(document.activeElement.textContent || document.activeElement.name || document.activeElement.tagName)
	.trim()`

// tabTo presses Tab until something has the focus, which must be seen.
func (w *window) tabTo(want string) {
	w.t.Helper()
	var seen []string
	for range 60 {
		w.keys("\t")
		now := ask[string](w, focused)
		if now == want {
			if !ask[bool](w, `getComputedStyle(document.activeElement).outlineStyle !== "none" ||
				document.activeElement.matches(".skip")`) {
				w.t.Errorf("nobody sees that %s has the focus", want)
			}
			return
		}
		seen = append(seen, now)
	}
	w.t.Fatalf("Tab does not lead to %q, only to %q", want, seen)
}

func TestAParcelIsAnnouncedWithTheKeyboardAlone(t *testing.T) {
	s, f := site(t)
	w := open(t, s)
	w.signIn("operator")
	w.tabTo("Skip to the page")
	w.tabTo("Announce a parcel")
	w.keys("\r")
	w.until(`location.pathname === "/announce" && document.readyState === "complete"`)
	w.tabTo("label")
	w.keys("C7001")
	w.tabTo("weight_g")
	w.keys("heavy\r")
	w.until(`document.querySelector("[role=alert]") !== null`)
	w.tabTo("weight_g")
	w.keys(kb.Backspace + "900\r")
	w.until(`location.pathname.startsWith("/stations/S1/parcels/T-")`)
	if len(f.parcels) != 1 {
		t.Fatalf("announced: %v", f.parcels)
	}
	w.keys("gt")
	w.until(`location.pathname === "/troubles"`)
	w.keys("gp")
	w.until(`location.pathname === "/parcels" && document.readyState === "complete"`)
	w.keys("/")
	if id := ask[string](w, `document.activeElement.id`); id != "search" {
		t.Errorf("a slash leads to %q, not to the search field", id)
	}
}

func TestEventsAppearAsTheyHappen(t *testing.T) {
	s, f := site(t)
	w := open(t, s)
	w.signIn("viewer")
	w.to("/events")
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	f.happen("S1", "door.opened", "compartments/4", `{"compartment":"4"}`)
	w.until(`document.querySelectorAll("#events li").length === 2`)
	if first := ask[string](w, `document.querySelector("#events li").innerText`); !strings.Contains(first, "North Gate") {
		t.Errorf("the newest line is %q", first)
	}
	w.do(chromedp.Click("#pause"))
	f.happen("S1", "door.closed", "compartments/4", `{"compartment":"4"}`)
	w.until(`document.getElementById("held").textContent.includes("1")`)
	w.do(chromedp.Click("#pause"))
	w.until(`document.querySelectorAll("#events li").length === 3`)
}

func TestTheWallChangesAsItIsUsed(t *testing.T) {
	s, f := site(t)
	w := open(t, s)
	w.signIn("viewer")
	w.to("/stations/S1")
	w.until(`document.querySelector('a[href="#door-1"] title').textContent.includes("free")`)
	w.do(chromedp.Click("#doors summary"))
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	f.mu.Lock()
	f.doors[0].Allocation, f.doors[0].Door = "occupied", "open"
	f.mu.Unlock()
	f.happen("S1", "door.opened", "compartments/1", `{"compartment":"1"}`)
	w.until(`document.querySelector('a[href="#door-1"] title').textContent.includes("occupied, open")`)
	if !ask[bool](w, `document.getElementById("doors").open`) {
		t.Error("the list of doors has closed by itself")
	}
}
