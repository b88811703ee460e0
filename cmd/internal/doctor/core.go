package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"cubby/hardware"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/wall"
	"cubby/sync/problem"
)

const startIt = "Start cubbyd. If it does not stay, what it prints says why."

// noCore says why no core answers, and reports whether none can be running.
func (e *Examination) noCore() (none bool) {
	socket := e.Config.Rest.Socket
	_, err := os.Stat(socket)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.trouble(startIt, "The core does not run: there is no socket %s. The lines are asked directly.", socket)
	case errors.Is(e.Why, fs.ErrPermission):
		e.trouble("Run doctor as the user of the core, or with sudo.",
			"The core's socket %s is not for this user. The lines are left alone, because it may have them.", socket)
		return false
	case errors.Is(e.Why, syscall.ECONNREFUSED):
		e.trouble(startIt, "The core does not run: nothing listens on its socket. The lines are asked directly.")
	default:
		e.trouble("Run doctor again in a minute. If it stays so, journalctl -u cubbyd has the details; restart it.",
			"The core does not answer: %v. The lines are left alone, because it may have them.", e.Why)
		return false
	}
	return true
}

// core asks the core that runs.
func (e *Examination) core(ctx context.Context) {
	if err := e.Core.Ready(ctx); err != nil {
		e.trouble(notReady(err), "The core runs and does not serve: %v.", err)
	} else {
		e.fine("The core runs and serves.")
	}
	devices, err := e.Core.Devices(ctx)
	var p *problem.Problem
	if errors.As(err, &p) && p.Slug() == "closed" {
		return // it said so above
	}
	if err != nil {
		e.hint("", "The core does not tell how its devices are: %v.", err)
		return
	}
	e.devices(devices)
	if all, err := e.Core.Compartments(ctx); err == nil {
		e.doors(all)
	}
	figures, err := e.Core.Figures(ctx)
	if err != nil {
		e.hint("", "The core does not tell its figures: %v.", err)
		return
	}
	for _, b := range e.Config.Hardware().Buses {
		e.figures(b, figures, slices.ContainsFunc(devices, func(d health.Device) bool {
			return d.State == "late" && strings.HasPrefix(d.Name+" ", "bus "+b.Name+" ")
		}))
	}
	for _, t := range e.Config.EveryTerminal() {
		if device := t.ScannerDevice(); device != "" {
			e.scanner(device, figures, devices)
		}
	}
}

func notReady(err error) string {
	if strings.Contains(err.Error(), "being commissioned") {
		return "Go on with it, or end it, with cubbyctl commission; it ends by itself half an hour after the last " +
			"answer, on the touchscreen after five minutes without a touch."
	}
	return "Mend what the sentence names; the core tries again by itself. journalctl -u cubbyd has the details."
}

// devices tells the status of each. Boards of a line that does not work are left to
// their line, and doors with the same matter are named together.
func (e *Examination) devices(all []health.Device) {
	doors, same := map[string][]string{}, map[string]health.Device{}
	var titles []string
	for _, d := range all {
		switch {
		case d.Kind == health.Board && (d.State == "gone" || d.State == "not_commissioned"):
		case d.Kind == health.Door && d.Severity != health.OK:
			if doors[d.Title] == nil {
				titles = append(titles, d.Title)
			}
			doors[d.Title] = append(doors[d.Title], strings.TrimPrefix(d.Name, "door "))
			same[d.Title] = d
		default:
			e.device(d)
		}
	}
	for _, title := range titles {
		d := same[title]
		if numbers := doors[title]; len(numbers) > 1 {
			d.Name, d.Detail = "doors "+join(numbers), ""
		}
		e.device(d)
	}
}

func (e *Examination) device(d health.Device) {
	detail := ""
	if d.Detail != "" && d.Detail != d.Title {
		detail = " (" + d.Detail + ")"
	}
	switch d.Severity {
	case health.Warning, health.Alarm:
		e.trouble(d.ToDo, "%s: %s%s.", d.Name, d.Title, detail)
	case health.Notice:
		e.hint(d.ToDo, "%s: %s%s.", d.Name, d.Title, detail)
	default:
		if d.Kind != health.Door {
			e.fine("%s: %s.", d.Name, d.Title)
		}
	}
}

// doors looks for a bank whose doors all read open.
func (e *Examination) doors(all []wall.Compartment) {
	open, known := map[string]int{}, map[string]int{}
	for _, c := range all {
		if c.Door != door.Unknown {
			known[c.Bank]++
		}
		if c.Door == door.Open {
			open[c.Bank]++
		}
	}
	for bank, n := range open {
		if n == known[bank] && n > 1 {
			e.trouble("If they are closed: run cubbyctl commission, which finds out how the contacts are wired "+
				"(invert_hook).", "All %d doors of line %s read open.", n, bank)
		}
	}
}

const (
	fewQuestions = 20   // from here on counters say something: half a minute of an idle board
	fewEvents    = 5    // so many of anything may be chance
	noisyShare   = 0.05 // junk bytes for each question that are too many
	lossyShare   = 0.05 // questions without an answer that are too many; a busy machine loses some
	lateShare    = 0.05 // late answers for each question that are too many; a busy machine finds some late
	wrongShare   = 0.05 // late answers count as those of another board, so a few say nothing
)

// figures judges the counters of one line. Told says that it, or a board of it,
// was said to answer late.
func (e *Examination) figures(line hardware.Bus, f map[string]float64, told bool) {
	bus := line.Name
	get := func(name string) float64 { return f["cubby_bus_"+name+"_total{bus=\""+bus+"\"}"] }
	polls := get("polls")
	if polls < fewQuestions {
		return
	}
	if junk := get("junk_bytes"); junk > fewEvents && junk/polls > noisyShare {
		e.trouble("Put a terminator (120 ohms) at each end of the line, check that A, B and ground are connected, "+
			"keep the cable away from the locks' supply, and look for two boards with one address.",
			"There is noise on line %s: %.0f bytes that no board sends came with %.0f questions.", bus, junk, polls)
	}
	latest := time.Duration(f["cubby_bus_latest_reply_seconds{bus=\""+bus+"\"}"] * float64(time.Second))
	late := told || get("late") > fewEvents && get("late")/polls > lateShare
	if late && !told {
		e.tooLate(line, "the boards", latest)
	}
	if lost := get("timeouts"); !late && lost > fewEvents && lost/polls > lossyShare {
		e.trouble("Look at the boards named above; with all of them well, at plugs and terminators.",
			"Line %s lost the answers to %.0f of %.0f questions.", bus, lost, polls)
	}
	if wrong := get("wrong_address"); wrong > fewEvents && wrong/polls > wrongShare {
		e.trouble("Look at the selectors: two boards may have been given one address, or a board another line's.",
			"On line %s another board answered than the one that was asked, %.0f times.", bus, wrong)
	}
	if get("echoes") > 0 {
		e.hint("Nothing has to be done: it is allowed for.", "The adapter of line %s hears its own bytes.", bus)
	}
}

func (e *Examination) scanner(device string, f map[string]float64, devices []health.Device) {
	for _, d := range devices {
		if d.Name == device && d.Severity != health.OK {
			return // said already
		}
	}
	who := "The code reader"
	if terminal, ok := strings.CutPrefix(device, health.Scanner+" "); ok {
		who += " of the terminal " + terminal
	}
	if f["cubby_scanner_bytes_total{device=\""+device+"\"}"] == 0 {
		e.hint("Hold a code in front of it and run doctor again. If it stays silent: scan the setup code for serial "+
			"output in its manual, and check its speed.", "%s has not sent anything since the core started.", who)
	}
}
