package doctor

import (
	"context"
	"errors"
	"os"
	"testing"

	"cubby/hardware/device"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/wall"
)

// A told is a core that says what it was told to say.
type told struct {
	ready   error
	devices []health.Device
	doors   []wall.Compartment
	figures map[string]float64
}

func (c told) Ready(context.Context) error                      { return c.ready }
func (c told) Devices(context.Context) ([]health.Device, error) { return c.devices, nil }
func (c told) Compartments(context.Context) ([]wall.Compartment, error) {
	return c.doors, nil
}
func (c told) Figures(context.Context) (map[string]float64, error) { return c.figures, nil }

func TestWhatARunningCoreKnowsIsTold(t *testing.T) {
	figure := func(name string) string { return "cubby_bus_" + name + "_total{bus=\"main\"}" }
	for _, tc := range []struct {
		name string
		core told
		want []string
	}{
		{"all is well", told{figures: map[string]float64{figure("polls"): 1000, figure("junk_bytes"): 3}}, nil},
		{"too young to judge", told{figures: map[string]float64{figure("polls"): 10, figure("junk_bytes"): 50}}, nil},
		{"noise in the first half minute", told{figures: map[string]float64{
			figure("polls"): 32, figure("junk_bytes"): 96,
		}}, []string{"There is noise on line main: 96 bytes"}},
		{"a few lost answers in the first half minute",
			told{figures: map[string]float64{figure("polls"): 32, figure("timeouts"): 3}}, nil},
		{"noise", told{figures: map[string]float64{figure("polls"): 1000, figure("junk_bytes"): 300}},
			[]string{"There is noise on line main: 300 bytes"}},
		{"lost answers", told{figures: map[string]float64{figure("polls"): 1000, figure("timeouts"): 100}},
			[]string{"lost the answers to 100 of 1000"}},
		{"a board that answers for another", told{figures: map[string]float64{
			figure("polls"): 1000, figure("wrong_address"): 80,
		}}, []string{"another board answered than the one that was asked, 80 times"}},
		{"late answers", told{figures: map[string]float64{figure("polls"): 1000, figure("late"): 200,
			figure("timeouts"):                           400,
			`cubby_bus_latest_reply_seconds{bus="main"}`: 0.3}},
			[]string{"boards on line main come after up to 300 ms, and the core waits for 150 ms only " +
				"(reply_timeout_ms). -> Set reply_timeout_ms = 450"}},
		{"a board that is late", told{figures: map[string]float64{
			figure("polls"): 1000, figure("late"): 200, figure("timeouts"): 400,
		},
			devices: []health.Device{{Name: "bus main board 2", Kind: health.Board, State: "late",
				Severity: health.Warning,
				Title:    "The lock board answers too late", ToDo: "Set reply_timeout_ms."}}},
			[]string{"bus main board 2: The lock board answers too late. -> Set reply_timeout_ms."}},
		{"echoes", told{figures: map[string]float64{figure("polls"): 1000, figure("echoes"): 900}},
			[]string{"hint: The adapter of line main hears its own bytes"}},
		{"a busy machine", told{figures: map[string]float64{
			figure("polls"): 1000, figure("wrong_address"): 8, figure("timeouts"): 30, figure("late"): 25,
		}}, nil},
		{"it is being commissioned", told{ready: errors.New("the station is being commissioned")},
			[]string{"being commissioned. -> Go on with it, or end it, with cubbyctl commission"}},
		{"it does not serve", told{ready: errors.New("the store has a fault")},
			[]string{"does not serve: the store has a fault"}},
		{"a device",
			told{devices: []health.Device{{Name: "bus main board 2", Kind: health.Board, Severity: health.Warning,
				Title: "The lock board does not answer", ToDo: "Check its supply."}}},
			[]string{"bus main board 2: The lock board does not answer. -> Check its supply."}},
		{"a line with its boards and doors", told{devices: []health.Device{
			{
				Name: "bus main", Kind: health.Bus, State: "gone", Severity: health.Alarm,
				Title: "The line's adapter is gone", ToDo: "Plug it in.",
			},
			{
				Name: "bus main board 1", Kind: health.Board, State: "gone", Severity: health.Warning,
				Title: "Its line is gone", ToDo: "See to the line.",
			},
			{
				Name: "door 1", Kind: health.Door, State: "unknown", Severity: health.Notice,
				Title: "Nobody knows whether this door is closed",
			},
			{
				Name: "door 2", Kind: health.Door, State: "unknown", Severity: health.Notice,
				Title: "Nobody knows whether this door is closed",
			},
		}}, []string{"bus main: The line's adapter is gone", "hint: doors 1 and 2: Nobody knows"}},
		{"inverted feedback", told{doors: []wall.Compartment{
			{Number: "1", Bank: "main", Door: door.Open}, {Number: "2", Bank: "main", Door: door.Open},
		}},
			[]string{"All 2 doors of line main read open"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := patient(t)
			wired(t, e, "kerong-cu16", 19200, nil)
			process(t, e, 77, "cubbyd", device.Real(e.Config.Buses[0].Port))
			e.Core = tc.core
			expect(t, e.Run(t.Context()), tc.want...)
		})
	}
}

func TestTwoDevicesOnOnePortAreTold(t *testing.T) {
	const reader = "[scanner]\nport = \"run/reader\"\n\n[station]"
	for _, tc := range []struct {
		name   string
		shared bool
	}{
		{"each has its own", false},
		{"one adapter under two names", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := patient(t, "[station]", reader)
			port := e.Config.Buses[0].Port
			site := wired(t, e, "kerong-cu16", 19200, nil)
			real, want := "/dev/null", []string(nil)
			if tc.shared {
				real = device.Real(port)
				want = []string{"The same adapter, " + real +
					", is given to line main and to the code reader. -> Give each its own adapter"}
			}
			if err := os.Symlink(real, e.Config.Scanner.Port); err != nil {
				t.Fatal(err)
			}
			if usable := e.ports(); usable[port] == "" || (usable[e.Config.Scanner.Port] == "") != tc.shared {
				t.Errorf("usable are %v", usable)
			}
			expect(t, e.findings, want...)
			if entries, _ := site.Journal(0); len(entries) > 0 {
				t.Errorf("looking at the ports has caused %+v", entries)
			}
		})
	}
}

func TestLinesThatCouldBeSwappedUnnoticedAreNamed(t *testing.T) {
	e := patient(t)
	second := e.Config.Buses[0]
	second.Name = "other"
	e.Config.Buses = append(e.Config.Buses, second)
	e.lookalikes()
	expect(t, e.findings, "hint: Lines main and other have boards with the same addresses")
}
