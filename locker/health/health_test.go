package health

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/wall"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestEveryProblemIsCompleteAndThereOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Problems() {
		if seen[p.Code()] {
			t.Errorf("%s is there twice", p.Code())
		}
		seen[p.Code()] = true
		if !slices.Contains(Severities(), p.Severity) || p.Title == "" || strings.HasSuffix(p.Title, ".") {
			t.Errorf("%s: severity %q, title %q without a full stop", p.Code(), p.Severity, p.Title)
		}
		if (p.ToDo == "") != (p.Severity == OK) || p.ToDo != "" && !strings.HasSuffix(p.ToDo, ".") {
			t.Errorf("%s: what to do is %q", p.Code(), p.ToDo)
		}
		if p.Severity == OK && p.Notice != "" {
			t.Errorf("%s is well and gives notice %q", p.Code(), p.Notice)
		}
	}
}

// screen is what people are told by a notice, in one language.
func screen(t *testing.T, tag, notice string) string {
	t.Helper()
	all := map[string]any{}
	for _, room := range []string{"idle", "courier"} {
		text, err := os.ReadFile("../../assets/lang/" + tag + "/" + room + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"notice." + notice, "courier_receipt." + notice} {
		if s, ok := all[id].(string); ok {
			return s
		}
	}
	t.Errorf("%s has no sentence for the notice %s", tag, notice)
	return ""
}

func TestTheTableOfTheGuideIsTheOneOfTheProgram(t *testing.T) {
	text, err := os.ReadFile("../../docs/health.md")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, p := range Problems() {
		if p.Severity == OK {
			continue
		}
		shown := ""
		if p.Notice != "" {
			shown = "`" + p.Notice + "`"
		}
		want = append(want, fmt.Sprintf("| `%s` | %s | %s | %s | %s |", p.Code(), p.Severity, p.Title,
			p.ToDo, shown))
	}
	var notices []string
	for _, p := range Problems() {
		if p.Notice != "" && !slices.Contains(notices, p.Notice) {
			notices = append(notices, p.Notice)
			want = append(want, fmt.Sprintf("| `%s` | %s | %s |", p.Notice, screen(t, "en", p.Notice),
				screen(t, "zh-Hans", p.Notice)))
		}
	}
	var have []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `") {
			have = append(have, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(have, want) {
		t.Errorf("docs/health.md must have these rows:\n%s", strings.Join(want, "\n"))
	}
}

func TestTheRegistryKnowsSinceWhen(t *testing.T) {
	var r Registry
	if d, changed := r.Note("printer", Printer, "working", "", noon); !changed || d.Severity != OK {
		t.Errorf("first: %+v, %v", d, changed)
	}
	if _, changed := r.Note("printer", Printer, "working", "", noon.Add(time.Minute)); changed {
		t.Error("the same again is a change")
	}
	d, changed := r.Note("printer", Printer, "paper_out", "it has run out", noon.Add(2*time.Minute))
	if !changed || d.Severity != Warning || d.Title != "The receipt printer has no paper" || d.ToDo == "" {
		t.Errorf("paper out: %+v, %v", d, changed)
	}
	d, changed = r.Note("printer", Printer, "paper_out", "still", noon.Add(time.Hour))
	if !changed || !d.Since.Equal(noon.Add(2*time.Minute)) {
		t.Errorf("another detail: since %v, changed %v", d.Since, changed)
	}
	r.Note("scanner", Scanner, "gone", "", noon)
	all := r.Devices()
	if len(all) != 2 || all[0].Name != "printer" || all[0].Detail != "still" || all[1].Name != "scanner" {
		t.Errorf("all: %+v", all)
	}
}

func TestAStateNobodyRegisteredIsSeenAllTheSame(t *testing.T) {
	var r Registry
	if d, _ := r.Note("printer", Printer, "on_fire", "", noon); d.Severity != Warning ||
		!strings.Contains(d.Title, "on_fire") || d.ToDo == "" {
		t.Errorf("got %+v", d)
	}
}

func TestDevicesAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string]string{
		"bus main": Bus, "bus main board 2": Board, "bus board board 14": Board, "bus board": Bus,
		"scanner": Scanner,
		"badge":   Badge,
		"printer": Printer, "label printer": LabelPrinter, "climate cooled": Climate,
		"camera desk": Camera, "refunds": Refunds, "refunds bank": Refunds,
	} {
		if got := KindOf(name); got != want {
			t.Errorf("%s is a %s, want %s", name, got, want)
		}
	}
}

func TestTheStatusOfADoorIsTheWorstThatIsKnownOfIt(t *testing.T) {
	well := wall.Compartment{
		Number: "14", Door: door.Closed, Lock: wall.LockIdle, Allocation: wall.Free, DoorSince: &noon,
	}
	worn := map[string]Wear{"suspect": {Suspect: "it flaps", Slow: true}, "failing": {
		Failing: true, Suspect: "it flaps",
	}, "slow": {Slow: true},
		"refusing": {
			Refused: true, Suspect: "it flaps", Slow: true,
		}, "quarantine": {Slow: true}, "jammed": {Failing: true}}
	for want, change := range map[string]func(*wall.Compartment){
		"working":        func(c *wall.Compartment) {},
		"slow":           func(c *wall.Compartment) {},
		"suspect":        func(c *wall.Compartment) { c.Allocation = wall.OutOfService },
		"failing":        func(c *wall.Compartment) { c.Allocation = wall.OutOfService },
		"refusing":       func(c *wall.Compartment) { c.Door = door.Unknown },
		"unknown":        func(c *wall.Compartment) { c.Door = door.Unknown },
		"out_of_service": func(c *wall.Compartment) { c.Allocation, c.Reason = wall.OutOfService, "hinge" },
		"quarantine": func(c *wall.Compartment) {
			c.Allocation, c.Reason, c.Door = wall.Quarantine, "occupied", door.Unknown
		},
		"unreachable": func(c *wall.Compartment) { c.Lock = wall.LockUnreachable },
		"jammed":      func(c *wall.Compartment) { c.Lock, c.Allocation = wall.LockJammed, wall.Quarantine },
		"left_open": func(c *wall.Compartment) {
			c.Door, c.LeftOpen, c.Lock = door.Open, true, wall.LockJammed
		},
		"forced": func(c *wall.Compartment) { c.Door, c.Forced, c.LeftOpen = door.Open, true, true },
	} {
		c := well
		change(&c)
		d := OfDoor(c, worn[want])
		detail := c.Reason
		if want == "suspect" {
			detail = "it flaps"
		}
		since := slices.Contains([]string{"working", "left_open", "forced", "unknown"}, want)
		if d.State != want || d.Name != "door 14" || d.Since.Equal(noon) != since ||
			d.Since.IsZero() == since ||
			d.Detail != detail {
			t.Errorf("%s: %+v", want, d)
		}
		if strings.HasPrefix(d.Title, "The device is") {
			t.Errorf("%s is not registered", want)
		}
	}
}

// What is well must let the screen offer everything, what does not work must not.
func TestAPrinterThatCannotPrintGivesNotice(t *testing.T) {
	for state, prints := range map[string]bool{"working": true, "paper_low": true, "mute": true,
		"paper_out":  false,
		"cover_open": false,
		"faulty":     false, "resting": false, "offline": false, "silent": false, "gone": false} {
		if got := Of(Printer, state).Notice == ""; got != prints {
			t.Errorf("%s prints: %v", state, got)
		}
	}
}

// What staff read of a device at the desk is what is told everywhere, in each language.
func TestTheDeskHasAWordForEveryStatusOfADevice(t *testing.T) {
	for _, tag := range []string{"en", "zh-Hans"} {
		file, err := os.ReadFile("../../assets/lang/" + tag + "/devices.json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(file, &words); err != nil {
			t.Fatal(err)
		}
		for _, p := range Problems() {
			if p.Kind == Door { // doors have pages of their own
				continue
			}
			title, todo := words["staff.device."+p.Code()], words["staff.todo."+p.Code()]
			switch {
			case title == "" || (todo == "") != (p.ToDo == ""):
				t.Errorf("%s lacks words for %s", tag, p.Code())
			case tag == "en" && (title != p.Title || todo != p.ToDo):
				t.Errorf("the desk says %q, %q of %s", title, todo, p.Code())
			}
			delete(words, "staff.device."+p.Code())
			delete(words, "staff.todo."+p.Code())
		}
		for id := range words {
			t.Errorf("%s: there is no status for %s", tag, id)
		}
	}
}
