package core

import (
	"slices"
	"testing"

	"cubby/hardware"
	"cubby/hardware/camera"
	"cubby/hardware/climate"
	"cubby/hardware/printer"
	"cubby/locker/health"
	"cubby/sync/refund"
)

// What the hardware calls a state and what the registry has sentences for are
// two lists in two packages that must not know each other.
func TestEveryStateOfEveryDeviceHasItsSentences(t *testing.T) {
	states := func(of ...string) []string { return of }
	lines := states(string(hardware.Working), string(hardware.Silent), string(hardware.Suspect),
		string(hardware.NotCommissioned), string(hardware.Gone))
	lines = append(lines, string(hardware.Late))
	boards := append(slices.Clone(lines), string(hardware.Differs))
	readers := states(string(hardware.Working), string(hardware.Silent), string(hardware.Suspect),
		string(hardware.Gone))
	for kind, all := range map[string][]string{
		health.Bus: append(states("stalled"), lines...), health.Board: boards, health.Scanner: readers,
		health.Badge: readers,
		health.Door:  states(string(hardware.Working), string(hardware.Suspect)),
		health.Printer: states(string(printer.Ready), string(printer.Low), string(printer.Mute), string(printer.Empty),
			string(printer.Cover),
			string(printer.Faulty), string(printer.Resting), string(printer.Offline), string(printer.Silent),
			string(printer.Gone)),
		health.LabelPrinter: states(string(printer.Ready), string(printer.Empty), string(printer.Ribbon),
			string(printer.Cover),
			string(printer.Faulty), string(printer.Resting), string(printer.Offline), string(printer.Silent),
			string(printer.Gone)),
		health.Core:      states("working", "stalled"),
		health.Consumer:  states("working", "late"),
		health.Deadlines: states("working", "paused"),
		health.Tokens:    states("working", "keys_over"),
		health.Messages:  states("working", "failing"),
		health.Webhooks:  states("working", "failing"),
		health.Refunds:   states("working", "waiting", string(refund.Unreachable), string(refund.KeyRefused)),
		health.Camera: states(string(camera.Working), string(camera.Silent), string(camera.Suspect),
			string(camera.Gone)),
		health.Clock: states(string(hardware.Working), string(hardware.Suspect)),
		health.Climate: states(string(climate.Working), string(climate.TooWarm), string(climate.TooCold),
			string(climate.Suspect), string(climate.Silent), string(climate.Gone)),
	} {
		known := map[string]bool{}
		for _, p := range health.Problems() {
			if p.Kind == kind {
				known[p.State] = true
			}
		}
		for _, s := range all {
			if !known[s] {
				t.Errorf("%s.%s has no sentences", kind, s)
			}
			if kind != health.Door {
				delete(known, s)
			}
		}
		if kind != health.Door && len(known) > 0 {
			t.Errorf("%s has sentences for %v, which never happens", kind, known)
		}
	}
}

// The screen offers printing exactly where the printer takes a job.
func TestThePrinterAndTheScreenAgreeWhereItPrints(t *testing.T) {
	for _, p := range health.Problems() {
		if p.Kind == health.Printer && printer.State(p.State).Prints() != (p.Notice == "") {
			t.Errorf("in state %s the printer prints: %v, and the screen says %q", p.State,
				printer.State(p.State).Prints(), p.Notice)
		}
	}
}
