package console

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cubby/sync/hub"
)

var shown = []string{"/", "/stations/S", "/troubles", "/events", "/parcels", "/announce", "/help",
	"/orders", "/orders/new",
	"/orders/SO-1", "/returns", "/refunds", "/messages",
	"/capacity", "/health", "/account", "/invite", "/people", "/policies", "/texts", "/users", "/keys",
	"/webhooks", "/webhooks/W",
	"/cases", "/stations/S/parcels/W-1", "/stations/S/parcels/W-3",
	"/actions", "/stations/S/doors/4", "/stations/S/tokens", "/stations/S/parcels/P-1", "/nothing"}

func TestEveryPageFitsAnyScreen(t *testing.T) {
	s, f := site(t)
	hook := newHook(f, 500)
	f.live()
	f.wayward()
	f.posted()
	for _, n := range []hub.NewToken{{Label: strings.Repeat("L0123456", 8)}, {Parcel: "P-1"}, {Parcel: "P-1"}} {
		made, _, err := f.MakeToken(t.Context(), tester, f.ids[north], n)
		f.must(err)
		if n.Parcel == "" {
			f.must(f.DenyToken(t.Context(), tester, f.ids[north], made.ID))
		}
	}
	ordered, err := f.Command(t.Context(), "user:operator", f.ids[north],
		hub.CommandOrder{What: "open", Door: "4", Parcel: "P-1", Reason: "the customer stands before it"})
	f.must(err)
	f.happen(north, "remote.command_obeyed", "compartments/4", "command_id", ordered.ID, "what", "open",
		"compartment", "4", "parcel_id", "P-1", "opening", "o-1")
	f.happen(north, "door.opened", "compartments/4", "compartment", "4", "opening", "o-1")
	w := open(t, s)
	w.signIn("admin")
	for _, path := range shown {
		to := strings.NewReplacer(
			"/stations/S", "/stations/"+f.ids[north], "/webhooks/W", "/webhooks/"+hook.id).Replace(path)
		if w.to(to); w.where() != to {
			t.Fatalf("asked for %s, got %s", to, w.where())
		}
		for _, width := range []int64{360, 1440} {
			w.size(width, 900)
			over := ask[[]string](
				w,
				`document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll("body *")]
				.filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest(".scroll"))
				.map(e => e.outerHTML.slice(0, 120)) : []`,
			)
			if len(over) > 0 {
				t.Errorf("%s scrolls sideways at %d: %q", path, width, over)
			}
			if os.Getenv(shotsIn) == "" {
				continue
			}
			for _, dark := range []bool{false, true} {
				w.dark(dark)
				w.shoot(
					fmt.Sprintf(
						"%s-%d-%v",
						path,
						width,
						map[bool]string{false: "light", true: "dark"}[dark],
					),
				)
			}
		}
	}
}

func TestSomebodySignsInAndOut(t *testing.T) {
	s, _ := site(t)
	w := open(t, s)
	w.to("/parcels?q=C1001")
	w.until(nameHasFocus)
	w.keys("operator\twrong\r")
	w.until(`document.readyState === "complete" && document.querySelector("[role=alert]") !== null`)
	if name := ask[string](w, `document.querySelector("input[name=name]").value`); name != "operator" {
		t.Errorf("the name has to be typed again: %q", name)
	}
	w.until(nameHasFocus)
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
	w.until(`document.readyState === "complete" && document.querySelector("[role=alert]") !== null`)
	w.tabTo("weight_g")
	w.keys(kb.Backspace + "900\r")
	w.until(`location.pathname.includes("/parcels/T-")`)
	all, _, err := f.Parcels(t.Context(), hub.ParcelFilter{Text: "C7001"})
	if err != nil || len(all) != 1 || all[0].Station != f.ids["Market Hall"] {
		t.Fatalf("announced: %v, %v", all, err)
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
	f.happen(north, "door.opened", "compartments/4", "compartment", "4")
	w.until(`document.querySelectorAll("#events li").length === 1`)
	if first := ask[string](w, `document.querySelector("#events li").innerText`); !strings.Contains(
		first,
		"North Gate",
	) {
		t.Errorf("the newest line is %q", first)
	}
	w.do(chromedp.Click("#pause"))
	f.happen(north, "door.closed", "compartments/4", "compartment", "4", "presence", "full")
	w.until(`document.getElementById("held").textContent.includes("1")`)
	w.do(chromedp.Click("#pause"))
	w.until(`document.querySelectorAll("#events li").length === 2`)
	w.to("/events?kind=parcel")
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	f.happen(north, "door.opened", "compartments/5", "compartment", "5")
	f.ofParcel(north, "announced", "P-5")
	w.until(`document.querySelectorAll("#events li").length === 1`)
	if only := ask[string](w, `document.querySelector("#events code").innerText`); only != "parcel.announced" {
		t.Errorf("only parcels were asked for; there is %s", only)
	}
}

func TestTheWallChangesAsItIsUsed(t *testing.T) {
	s, f := site(t)
	w := open(t, s)
	w.signIn("viewer")
	w.to("/stations/" + f.ids[north])
	w.until(`document.querySelector('a[href="#door-1"] title').textContent.includes("free")`)
	w.do(chromedp.Click("#doors summary"))
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	f.ofParcel(north, "booked", "P-9", "compartment", "1")
	f.happen(north, "door.opened", "compartments/1", "compartment", "1")
	w.until(`document.querySelector('a[href="#door-1"] title').textContent.includes("reserved, open")`)
	if !ask[bool](w, `document.getElementById("doors").open`) {
		t.Error("the list of doors has closed by itself")
	}
}
