package hardware

import (
	"strings"
	"testing"
	"time"
)

func TestOpenRefusesWhatCannotBeDriven(t *testing.T) {
	good := func() Config {
		return Config{
			Buses: []Bus{{
				Name: "main", Port: "/nowhere/bus", Dialect: "kerong-cu16", Baud: 19200,
				Boards: []Board{
					{Address: 0, Locks: map[int]string{1: "1", 2: "2"}}, {Address: 1, Locks: map[int]string{1: "3"}},
				},
			}},
			Scanner: Scanner{Port: "/nowhere/scanner"},
		}
	}
	if _, err := complete(good()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		spoil func(*Config)
		says  string
	}{
		{"an unknown dialect", func(c *Config) { c.Buses[0].Dialect = "morse" }, "morse"},
		{"a bus without a name", func(c *Config) { c.Buses[0].Name = "" }, "name"},
		{"a bus without a port", func(c *Config) { c.Buses[0].Port = "" }, "port"},
		{"two buses on one port", func(c *Config) { b := c.Buses[0]; b.Name = "two"; c.Buses = append(c.Buses, b) },
			"port"},
		{"a scanner on a bus's port", func(c *Config) { c.Scanner.Port = "/nowhere/bus" }, "already belongs"},
		{"an odd baud", func(c *Config) { c.Buses[0].Baud = 12345 }, "baud"},
		{"no boards", func(c *Config) { c.Buses[0].Boards = nil }, "no boards"},
		{"two boards with one address", func(c *Config) { c.Buses[0].Boards[1].Address = 0 }, "address 0"},
		{"an address beyond the frame", func(c *Config) { c.Buses[0].Boards[1].Address = 16 }, "address 16"},
		{"the address of all boards", func(c *Config) { c.Buses[0].Boards[1].Address = 15 }, "address 15"},
		{"a lock beyond the board", func(c *Config) { c.Buses[0].Boards[1].Locks = map[int]string{17: "3"} },
			"lock 17"},
		{"two locks for one compartment", func(c *Config) { c.Buses[0].Boards[1].Locks = map[int]string{1: "2"} },
			`"2"`},
		{"a lock without a compartment", func(c *Config) { c.Buses[0].Boards[1].Locks = map[int]string{1: ""} },
			"number"},
		{"a board without locks", func(c *Config) { c.Buses[0].Boards[1].Locks = nil }, "no locks"},
		{"a negative interval", func(c *Config) { c.Buses[0].IdlePoll = -1 }, "idle poll"},
		{"an endless reply timeout", func(c *Config) { c.Buses[0].ReplyTimeout = time.Hour }, "reply timeout"},
		{"a pulse that burns the coil", func(c *Config) { c.Buses[0].PulseMS = 5000 }, "pulse"},
		{"a pulse the board cannot time", func(c *Config) { c.Buses[0].PulseMS = 505 }, "10 ms"},
		{"a supply gap shorter than the pulse", func(c *Config) {
			c.Buses[0].PulseMS = 600
			c.Buses[0].PulseGap = 650 * time.Millisecond
		}, "too short"},
		{"an unknown suffix", func(c *Config) { c.Scanner.Suffix = "etx" }, "etx"},
		{"an odd scanner baud", func(c *Config) { c.Scanner.Baud = 1 }, "baud"},
		{"an endless idle gap", func(c *Config) { c.Scanner.IdleGap = time.Hour }, "idle gap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := good()
			c.spoil(&cfg)
			site, err := Open(cfg, newWitness(t))
			if err == nil {
				t.Fatal("opened:", site.Close())
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
		})
	}
}
