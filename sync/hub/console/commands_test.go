package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cubby/locker/story"
	"cubby/locker/view"
	"cubby/sync/hub"
)

// Whoever may not order is shown no form; what is refused is said beside what was typed; the
// parcel is the one that the page has shown.
func TestADoorIsOrderedByAForm(t *testing.T) {
	w := newWorld(t)
	w.live()
	c := consoleOf(t, w, Options{})
	at := "/stations/" + w.ids[north] + "/doors/4"
	b := newClient(t, c)
	b.is(hub.Viewer)
	if page := text(b.send("GET", at, nil)); strings.Contains(page, at+"/open") {
		t.Error("a viewer is offered to open a door")
	}
	b = newClient(t, c)
	b.is(hub.Operator)
	if page := text(b.send("GET", at, nil)); !strings.Contains(page, at+"/open") ||
		!strings.Contains(page, `name="parcel" value="P-1"`) || strings.Contains(page, at+"/disable") {
		t.Error("an operator is not offered what can be done")
	}
	answer := b.send("POST", at+"/open", url.Values{"parcel": {"P-8"}, "reason": {"KEPT"}})
	if page := text(answer); answer.StatusCode != http.StatusUnprocessableEntity ||
		!strings.Contains(page, "KEPT") ||
		!strings.Contains(page, `role="alert"`) {
		t.Errorf("another parcel: %d", answer.StatusCode)
	}
	for path, want := range map[string]int{
		at + "/open-all": http.StatusNotFound, "/stations/" + w.ids[north] + "/restart": http.StatusForbidden,
	} {
		if answer := b.send("POST", path, url.Values{"reason": {"why"}}); answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, answer.StatusCode, want)
		}
	}
	all, err := w.Commands(t.Context(), hub.CommandFilter{Station: w.ids[north]})
	if w.must(err); len(all) != 0 {
		t.Errorf("%v are ordered", all)
	}
}

// A station's facts name nobody of the hub; its stories here do.
func TestTheStoryOfADoorNamesWhoOrderedIt(t *testing.T) {
	w := newWorld(t)
	w.live()
	c, err := w.Command(t.Context(), "user:operator", w.ids[north],
		hub.CommandOrder{What: "open", Door: "4", Parcel: "P-1", Reason: "she calls"})
	w.must(err)
	w.happen(north, "remote.command_obeyed", "compartments/4", "command_id", c.ID, "what", "open",
		"compartment", "4", "parcel_id", "P-1", "opening", "o-1")
	log := factLog{w, w.ids[north]}
	for name, tell := range map[string]func() ([]view.StoryLine, error){
		"door":   func() ([]view.StoryLine, error) { return story.OfDoor(t.Context(), log, "4", story.Most) },
		"parcel": func() ([]view.StoryLine, error) { return story.OfParcel(t.Context(), log, "P-1", story.Most) },
	} {
		lines, err := tell()
		w.must(err)
		if l := lines[len(lines)-1]; l.What != "remote.command_obeyed" || l.Data["OrderedBy"] != "operator" ||
			l.Data["Reason"] != "she calls" || l.Data["What"] != "open" {
			t.Errorf("the story of the %s ends with %+v", name, l)
		}
	}
}

func TestADoorOpensBeforeWhoeverOrderedIt(t *testing.T) {
	s, f := site(t)
	f.live()
	w := open(t, s)
	w.signIn("operator")
	w.to("/stations/" + f.ids[north] + "/doors/4")
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	ask[bool](w, `(window.confirm = (said) => said.includes("P-1"), true)`)
	w.do(chromedp.SendKeys(`form[action$="/open"] input[name=reason]`, "the customer calls"),
		chromedp.Click(`form[action$="/open"] button`))
	w.until(`document.body.innerText.includes("not answered yet")`)
	all, err := f.Commands(t.Context(), hub.CommandFilter{Station: f.ids[north]})
	if f.must(err); len(all) != 1 || all[0].Parcel != "P-1" || all[0].By != "user:operator" ||
		all[0].Reason != "the customer calls" {
		t.Fatalf("ordered is %+v", all)
	}
	w.until(`document.getElementById("livestate").classList.contains("on")`)
	f.happen(north, "remote.command_obeyed", "compartments/4", "command_id", all[0].ID, "what", "open",
		"compartment", "4", "parcel_id", "P-1", "opening", "o-1")
	w.until(`document.body.innerText.includes("carried out")`)
	f.happen(north, "door.opened", "compartments/4", "compartment", "4", "opening", "o-1")
	w.until(`document.body.innerText.includes("the door opened")`)
}
