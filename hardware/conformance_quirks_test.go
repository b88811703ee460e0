package hardware_test

import (
	"strings"
	"time"

	"cubby/hardware"
	"cubby/hardware/sim"
	"cubby/locker/door"
)

// A quirk is something real boards, locks, adapters or lines do.
type quirk struct {
	number string // of the published list of such quirks
	name   string
	change func(*play)                            // what is configured, before anything runs
	faults []string                               // brought about after the first reading
	ends   func(d tongue, n string) []door.Result // how openings end; nil: confirmed open
	act    func(*play)                            // instead of opening four doors
	then   func(*play)                            // after it
	unless func(tongue) string                    // why it does not apply
	lies   string                                 // doors about which good frames say what is not so: nobody could know
}

func kerongOnly(what string) func(tongue) string {
	return func(d tongue) string {
		if strings.HasPrefix(d.dialect, "kerong") {
			return ""
		}
		return what
	}
}

func dialectOnly(dialect, what string) func(tongue) string {
	return func(d tongue) string {
		if d.dialect == dialect {
			return ""
		}
		return what
	}
}

func pushersOnly(d tongue) string {
	if d.pushes {
		return ""
	}
	return "its boards push nothing"
}

// on says how openings of some doors end; the others are confirmed.
func on(prefix string, results ...door.Result) func(tongue, string) []door.Result {
	return func(_ tongue, number string) []door.Result {
		if strings.HasPrefix(number, prefix) {
			return results
		}
		return nil
	}
}

var quirks = []quirk{
	{number: "1", name: "nothing wrong, real pace"},
	{
		number: "1", name: "through a network bridge", change: func(p *play) {
			p.plan.Buses[0].Link, p.bus.Port = "tcp://127.0.0.1:0", "tcp://127.0.0.1:0"
		}, then: closeAgain,
	},
	{number: "2", name: "through a bridge that is slow", change: func(p *play) {
		p.plan.Buses[0].Link, p.bus.Port = "tcp://127.0.0.1:0", "tcp://127.0.0.1:0"
	},
		faults: []string{"late-reply main 300ms"}, unless: func(d tongue) string {
			if d.board.Each {
				return "one question for each lock takes too long there"
			}
			return ""
		}},
	{number: "2", name: "replies in pieces", faults: []string{"split main on"}},
	{number: "2", name: "replies held back 16 ms", faults: []string{"latency main 16ms"}},
	{number: "2", name: "bytes that come one by one, 16 ms apart", faults: []string{"drip main 16ms"}},
	{number: "2", name: "bytes that come one by one, 40 ms apart", faults: []string{"drip main 40ms"}},
	{number: "3", name: "stray bytes between frames", faults: []string{"stray main 0.3"}},
	{number: "3", name: "flipped bits, one frame in ten", faults: []string{"noise main 0.1"}},
	{number: "4", name: "an echo", faults: []string{"echo main on"}},
	{number: "4", name: "an echo without its first byte", faults: []string{"echo main short"}},
	{number: "4", name: "half an echo", faults: []string{"echo main partial"}},
	{
		number: "4", name: "an echo, configured", change: func(p *play) { p.bus.Echo = "yes" },
		faults: []string{"echo main on"},
	},
	{
		number: "5", name: "a short reply to an unlock", faults: []string{"unlock-reply * short"},
		unless: kerongOnly("its reply to an unlock is documented"),
	},
	{
		number: "5", name: "a status as reply to an unlock", faults: []string{"unlock-reply * status"},
		unless: kerongOnly("its reply to an unlock is documented"),
	},
	{
		number: "5", name: "a 77 as reply to an unlock", faults: []string{"unlock-reply * 77"},
		unless: dialectOnly("kerong-cu48", "has no frame 77"),
	},
	{number: "6", name: "one board is silent", faults: []string{"silent-board main/3 on"},
		ends: on("B", door.Unanswered), then: func(p *play) {
			p.sees("B1", door.Unknown)
			p.fault("silent-board main/3 off")
			p.sees("B1", door.Closed)
		}},
	{number: "6", name: "a board sleeps 3 s after an unlock", faults: []string{"sleepy main/1 3s"},
		ends: asleep, then: func(p *play) { p.sees("A1", door.Open) }},
	{number: "7", name: "a stuck lock", faults: []string{"stuck A1 on"}, ends: on("A1", door.Stuck)},
	{
		number: "7", name: "a jammed door that catches again", faults: []string{"no-spring A1 on"},
		ends: on("A1", door.Stuck),
	},
	{number: "8", name: "a door that opens 1.2 s late", faults: []string{"slow A1 1200ms"}},
	{number: "9", name: "a contact that bounces", faults: []string{"bounce A1 on", "bounce B1 on"}, then: closeAgain},
	{number: "9", name: "a door pushed to without catching", then: func(p *play) {
		p.do("A1", sim.ActPush)
		p.do("B1", sim.ActClose)
		p.sees("B1", door.Closed)
		p.sees("A1", door.Open)
	}},
	{number: "9", name: "a door that springs open again", faults: []string{"left-open A1 on"}, then: func(p *play) {
		p.do("A1", sim.ActClose)
		p.do("B1", sim.ActClose)
		p.sees("B1", door.Closed)
		p.sees("A1", door.Open)
	}},
	{number: "10", name: "inverted feedback, configured", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.InvertHook, s.InvertHook = true, true })
	}, then: closeAgain},
	{number: "10", name: "inverted infrared, configured", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) {
			h.HasPresence, h.InvertSensor, s.Presence, s.InvertPresence = true, true, true, true
		})
	}, unless: kerongOnly("has no infrared sensors")},
	{number: "11", name: "the bitmap's low byte first, configured", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.LowFirst, s.LowFirst = true, true })
	}, unless: dialectOnly("xor-8a80", "its bitmap has one order")},
	{number: "11", name: "the lock in byte 1, configured", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.LockByte, s.LockByte = 1, 1 })
	}, unless: dialectOnly("kerong-cu48", "its lock has one place")},
	{number: "11", name: "locks counted from 0, configured", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.FromZero, s.ZeroBased = true, true })
	}, unless: dialectOnly("wkly", "its locks have one numbering")},
	{
		number: "12", name: "boards that push 81", faults: []string{"push * 81"}, then: closeAgain,
		unless: dialectOnly("xor-8a80", "has no frame 81"),
	},
	{
		number: "12", name: "boards that push 82, also amid replies",
		faults: []string{"push * 82", "interject main 0.5"}, then: closeAgain,
		unless: dialectOnly("xor-8a80", "has no frame 82"),
	},
	{
		number: "12", name: "pushes amid replies", faults: []string{"interject main 0.5"}, then: closeAgain,
		unless: dialectOnly("wkly", "has no frame 85"),
	},
	{
		number: "12", name: "boards that never push", faults: []string{"push * never"}, then: closeAgain,
		unless: pushersOnly,
	},
	{number: "13", name: "a wrong checksum, one reply in five", faults: []string{"bad-sum main 0.2"}},
	{number: "13", name: "another board's name, one reply in five", faults: []string{"wrong-address main 0.2"}},
	{number: "13", name: "replies later than the timeout", faults: []string{"late-reply main 200ms@0.3"}},
	{number: "14", name: "two boards with one address", faults: []string{"twin main/3 on"},
		ends: on("B", door.Unanswered, door.Uncertain, door.Stuck, door.ConfirmedOpen), lies: "B"},
	{
		number: "15", name: "a cool-down after one opening", faults: []string{"cool-down main/1 1"}, ends: coolDown,
		then: marked,
	},
	{number: "16", name: "a supply that dips under a pulse", faults: []string{"power-dip main/1 on"}},
	{number: "16", name: "the same with inverted feedback", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.InvertHook, s.InvertHook = true, true })
	}, faults: []string{"power-dip main/1 on"}},
	{
		number: "17", name: "unplugged under an unlock", faults: []string{"break-off main unlock"},
		act: unplugged(door.Uncertain),
	},
	{
		number: "17", name: "unplugged in a reply", faults: []string{"break-off main reply"},
		act: unplugged(door.Unanswered, door.Uncertain, door.ConfirmedOpen),
	},
	{
		number: "17", name: "unplugged in a request", faults: []string{"break-off main request"},
		act: unplugged(door.Unanswered, door.Uncertain, door.ConfirmedOpen),
	},
	{number: "18", name: "a door forced open", act: func(p *play) {
		p.do("A2", sim.ActForce)
		p.sees("A2", door.Open)
		p.openAll()
	}},
	{number: "19", name: "presence sensors that lie", change: func(p *play) {
		p.boards(func(h *hardware.Board, s *sim.Board) { h.HasPresence, s.Presence = true, true })
	}, faults: []string{"flicker A1 0.5", "dirty B1 on"}, unless: kerongOnly("has no infrared sensors")},
	{number: "20", name: "foreign text on the line", faults: []string{"text main 0.3"}},
	{number: "20", name: "a boot banner after a dip", faults: []string{"banner main/1 on", "power-dip main/1 on"}},
}

// closeAgain shuts a door and looks whether that is noticed.
func closeAgain(p *play) {
	for _, number := range []string{"A1", "B1"} {
		p.do(number, sim.ActClose)
		p.sees(number, door.Closed)
	}
}

// coolDown is how the second opening of board 1 ends that the board refuses:
// only some boards say so, of the others the door stays closed.
func coolDown(d tongue, number string) []door.Result {
	switch {
	case number != "A9":
		return nil
	case d.dialect == "wkly":
		return []door.Result{door.Refused}
	}
	return []door.Result{door.Stuck}
}

// marked looks whether an opening that its board refused has left its mark.
func marked(p *play) {
	for _, h := range p.site.DoorHealth() {
		if e, _ := p.w.end(h.Compartment + " 1"); (e.Result == door.Refused) != (h.Refused == 1) ||
			h.Refused > h.Openings {
			p.fail("the opening of %s ended %s, its health says %+v", h.Compartment, e.Result, h)
		}
	}
}

// asleep is how openings end on a board that says nothing for longer than they
// may take, unless the driver knows how to wake it.
func asleep(d tongue, number string) []door.Result {
	if d.dialect == "kerong-cu16" || number[0] == 'B' {
		return nil
	}
	return []door.Result{door.Unanswered, door.ConfirmedOpen}
}

// unplugged has the adapter go away during an opening and come back.
func unplugged(results ...door.Result) func(*play) {
	return func(p *play) {
		p.order("A1")
		p.ends("A1", results...)
		p.fault("break-off main off")
		p.fault("unplug main off")
		p.sees("B1", door.Closed)
		_, pulses := p.wall.Journal(0)
		if pulses["A1"] > 0 {
			p.sees("A1", door.Open)
		}
		<-time.After(time.Second) // nothing may be driven by itself
		p.order("B1")
		p.ends("B1", door.ConfirmedOpen)
	}
}
