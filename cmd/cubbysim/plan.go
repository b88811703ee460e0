package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"cubby/assets"
	"cubby/cmd/internal/config"
	"cubby/hardware/sim"
	"cubby/hardware/sim/paper"
	"cubby/locker/visit"
)

// A place is where a device is found: its link, and its adapter where adapters
// are listed.
type place struct {
	link    string
	adapter sim.Adapter
}

// places gives every device of a configuration its place.
type places struct {
	ports   links  // from the command line; taken out as they are used
	devices string // folder of adapters
	n       int    // how many there are
}

// of finds the place of a device. A port that names an adapter can only be
// found in a folder of adapters.
func (p *places) of(name, port string) (place, error) {
	if given, ok := p.ports[name]; ok {
		delete(p.ports, name)
		port = given
	}
	p.n++
	where := place{link: port}
	switch scheme, _, _ := strings.Cut(port, ":"); {
	case port == "" || scheme == "tcp":
		return where, nil
	case scheme == "evdev" || scheme == "picture" || scheme == "camera":
		return place{}, nil // no line at all
	case scheme == "usb" || scheme == "usb-path":
		if p.devices == "" {
			return where,
				fmt.Errorf("%s is at %s: name a folder for adapters with --devices, and in the file as "+
					"[devices] folder", name, port)
		}
		where.link = ""
	default:
		where.link = absolute(port)
	}
	if p.devices != "" {
		where.adapter = sim.AdapterFor(port, p.n)
	}
	return where, nil
}

// planOf takes from the configuration what is bolted to the wall.
func planOf(c *config.Config, ports links, devices string, seed uint64) (sim.Plan, error) {
	plan := sim.Plan{Station: c.Station.Name, Wall: c.Wall(), Sizes: map[string]string{}, Seed: seed}
	if folder := firstOf(devices, c.Devices.Folder); folder != "" {
		plan.Devices = absolute(folder)
	}
	for _, k := range c.Compartments() {
		plan.Sizes[k.Number] = k.Size
	}
	at := &places{ports: ports, devices: plan.Devices}
	err := planBuses(&plan, c, at)
	if err == nil {
		err = planDevices(&plan, c, at)
	}
	if err != nil {
		return plan, fmt.Errorf("%s: %w", c.Path, err)
	}
	for name := range ports {
		return plan, fmt.Errorf("--port %s: %s has no such bus or device", name, c.Path)
	}
	return plan, nil
}

func planBuses(plan *sim.Plan, c *config.Config, at *places) error {
	for _, b := range c.Hardware().Buses {
		where, err := at.of(b.Name, b.Port)
		if err != nil {
			return err
		}
		bus := sim.Bus{
			Name: b.Name, Dialect: b.Dialect, Link: where.link, Adapter: where.adapter, Baud: b.Baud,
			Echo: b.Echo == "yes",
		}
		for _, p := range b.Boards {
			bus.Boards = append(bus.Boards, sim.Board{
				Address: p.Address, InvertHook: p.InvertHook,
				Presence: p.HasPresence, InvertPresence: p.InvertSensor, Locks: p.Locks,
				Channels: p.Channels, LowFirst: p.LowFirst, LockByte: p.LockByte, ZeroBased: p.FromZero,
			})
		}
		plan.Buses = append(plan.Buses, bus)
	}
	return nil
}

func planDevices(plan *sim.Plan, c *config.Config, at *places) error {
	for _, t := range c.EveryTerminal() {
		if err := planReaders(plan, t, at); err != nil {
			return err
		}
	}
	font, err := assets.Font("Regular")
	if err != nil {
		return err
	}
	where, err := at.of("printer", c.Printer.Port)
	if err != nil {
		return err
	}
	plan.Printer = sim.Printer{Link: where.link, Adapter: where.adapter, Baud: c.Printer.Baud, Paper: paper.Config{
		WidthDots: c.Printer.WidthDots, NoQR: c.Printer.QR == "raster", Marks: c.Printer.BlackMarks, Font: font,
	}}
	if where, err = at.of("label", c.LabelPrinter.Port); err != nil {
		return err
	}
	plan.Label = sim.Printer{
		Link: where.link, Adapter: where.adapter, Baud: c.LabelPrinter.Baud, Paper: paper.Config{Font: font},
	}
	for _, k := range c.Cameras {
		plan.Cameras = append(plan.Cameras, k.Name)
	}
	for _, k := range c.Climates {
		if where, err = at.of("climate-"+k.Name, k.Port); err != nil {
			return err
		}
		plan.Climates = append(plan.Climates, sim.Climate{
			Name: k.Name, Link: where.link, Adapter: where.adapter, Baud: k.Baud, Address: k.Address,
			Hundredths: k.Unit == "hundredths",
		})
	}
	return nil
}

// planReaders takes the readers of one terminal.
func planReaders(plan *sim.Plan, t config.Terminal, at *places) error {
	of, name := "", ""
	if t.Name != visit.Kiosk {
		of, name = "-"+t.Name, t.Name
	}
	where, err := at.of("scanner"+of, t.Scanner.Port)
	if err != nil {
		return err
	}
	scanner := sim.Scanner{
		Terminal: name, Link: where.link, Adapter: where.adapter, Baud: t.Scanner.Baud, Suffix: t.Scanner.Suffix,
		Packets: t.Scanner.Frame == "ssi",
	}
	if slices.Contains([]string{"grow", "ssi", "honeywell", "newland", "datalogic"}, t.Scanner.Trigger) {
		scanner.Kind = t.Scanner.Trigger
	}
	if where, err = at.of("badge"+of, t.Badge.Port); err != nil {
		return err
	}
	badge := sim.Badge{
		Terminal: name, Link: where.link, Adapter: where.adapter, Baud: t.Badge.Baud, Format: t.Badge.Format,
		Spelling: t.Badge.Spelling, Reversed: t.Badge.Reversed,
	}
	if name == "" {
		plan.Scanner, plan.Badge = scanner, badge
		return nil
	}
	plan.Further, plan.Badges = append(plan.Further, scanner), append(plan.Badges, badge)
	return nil
}

// absolute names a path in full; where that fails the path is as good as it
// gets. An address is none.
func absolute(path string) string {
	if strings.HasPrefix(path, "tcp://") {
		return path
	}
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
