package sample

import (
	"slices"

	"cubby/app/kit"
	"cubby/locker/view"
)

// Picks is where on the wall a sample looks.
func (s Sample) Picks() *kit.Picks {
	p := kit.NewPicks(nil)
	switch {
	case s.Typing:
		p.Type(true)
	case s.To > 0:
		p.Look(s.From, s.To)
	}
	return p
}

func msg(id string, pairs ...string) view.Message {
	m := view.Message{ID: id, Data: map[string]string{}}
	for i := 0; i < len(pairs); i += 2 {
		m.Data[pairs[i]] = pairs[i+1]
	}
	return m
}

func list(m view.Message, parts ...view.Message) view.Message {
	m.Parts = parts
	return m
}

func choose(pairs ...string) (all []view.Choice) {
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, view.Choice{Answer: pairs[i], Label: fact(pairs[i+1])})
	}
	return all
}

// question is one page of commissioning.
func question(name string, c view.Commission, change func(*Sample)) Sample {
	s := Sample{Name: "commission-" + name, View: at(view.StepCommission, func(v *view.View) {
		v.Visit, v.Kind, v.Commission = "commission-"+name, view.KindCommission, &c
		v.TimeoutInMs, v.WarnInMs, v.Extensions = 2*60_000, 0, 0
		acts(v, view.ActFinish)
		if len(c.Choices) > 0 || c.Free != "" {
			acts(v, view.ActAnswer)
		}
	})}
	if change != nil {
		change(&s)
	}
	return s
}

func commissioning() (out []Sample) {
	add := func(name string, c view.Commission, change func(*Sample)) {
		out = append(out, question(name, c, change))
	}
	door := func(number string) func(*Sample) { return func(s *Sample) { s.View.Commission.Door = number } }
	boards := list(
		msg(
			"found.boards",
			"Port",
			"usb:0403:6001:A50285BI (FT232R USB UART)",
			"Dialect",
			"kerong-cu16",
			"Baud",
			"19200",
		),
		msg(
			"found.board",
			"Board",
			"0",
			"Locks",
			"16",
		),
		msg("found.board", "Board", "1", "Locks", "16"),
		msg("found.board", "Board", "2", "Locks", "12"),
	)
	echo := list(
		msg(
			"found.echo",
			"Port",
			"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.2:1.0-port0",
			"Dialect",
			"xor-8a80",
			"Baud",
			"9600",
		),
		msg("found.board", "Board", "1", "Locks", "24"),
	)

	add("begin", view.Commission{Step: "begin", Ask: msg("begin"), Choices: choose("ok", "begin.ok")}, nil)
	add(
		"inside",
		view.Commission{
			Step:    "inside",
			Ask:     msg("inside", "Door", "14", "Done", "2", "Count", "5"),
			Choices: choose("ok", "inside.ok"),
		},
		door("14"),
	)
	add("working", view.Commission{Step: "working", Ask: msg("asking")}, nil)
	add(
		"working-found",
		view.Commission{
			Step: "working",
			Ask:  msg("asking"),
			Told: []view.Message{boards, fact("found.nobody")},
		},
		nil,
	)
	add(
		"lines",
		view.Commission{
			Step: "lines",
			Ask:  msg("lines", "Lines", "2", "Count", "5"),
			Told: []view.Message{
				boards,
				echo,
				fact("garbled"),
				fact("found.nobody"),
				fact("found.junk"),
				fact("found.problem"),
			},
			Choices: choose("ok", "lines.ok", "again", "lines.again"),
		},
		nil,
	)
	add(
		"lines-none",
		view.Commission{
			Step:    "lines",
			Ask:     msg("lines.none"),
			Told:    []view.Message{fact("found.nobody")},
			Choices: choose("again", "lines.again"),
		},
		nil,
	)
	add(
		"lines-no-port",
		view.Commission{Step: "lines", Ask: msg("lines.no_port"), Choices: choose("again", "lines.again")},
		nil,
	)
	closing := view.Commission{
		Step:    "close",
		Ask:     fact("close"),
		Choices: choose("ok", "close.ok", "skip", "skip_board"),
	}
	add("close", closing, nil)
	for _, told := range [][]string{
		{"second_lock"}, {"several"}, {"changed", "no_sensor_cable"},
		{"usual", "sensors_inverted", "not_seen_close"},
	} {
		for _, id := range told {
			closing.Told = append(closing.Told, fact(id))
		}
		add("close-"+told[0], closing, nil)
		closing.Told = nil
	}
	for _, working := range []string{"reading", "reading_sensors", "driving", "writing"} {
		add("working-"+working, view.Commission{Step: "working", Ask: fact(working)}, nil)
	}
	add("working-opening", view.Commission{Step: "working", Ask: fact("opening")}, door("14"))
	add(
		"pulse",
		view.Commission{
			Step:    "pulse",
			Ask:     fact("pulse"),
			Choices: choose("5", "pulse.drive", "other", "pulse.other", "skip", "skip_board"),
		},
		nil,
	)

	moved := view.Commission{
		Step:    "moved",
		Ask:     msg("moved"),
		Told:    []view.Message{fact("changed")},
		Free:    "door",
		Choices: choose("none", "moved.none", "several", "moved.several"),
	}
	pad := func(s *Sample) { s.View.Commission.PINDigits, s.Typing = 8, true }
	add("moved", moved, func(s *Sample) { s.View.Commission.PINDigits = 8 })
	add("moved-column", moved, func(s *Sample) { s.From, s.To = 2, 3 })
	add("moved-small-wall", moved, func(s *Sample) { s.View.Wall = small() })
	add("moved-large-wall", moved, func(s *Sample) { s.View.Wall = large() })
	add("moved-large-wall-near", moved, func(s *Sample) { s.View.Wall = large(); s.From, s.To = 3, 6 })
	add("moved-typed", moved, func(s *Sample) { pad(s); s.Typed = "14" })
	add("moved-no-wall", moved, func(s *Sample) { pad(s); s.View.Wall = view.Wall{}; s.Typing = false })

	add(
		"hand",
		view.Commission{
			Step:    "hand",
			Ask:     fact("hand"),
			Told:    []view.Message{fact("inverted"), fact("first_locks")},
			Choices: choose("ok", "hand.ok", "skip", "hand.skip"),
		},
		door("14"),
	)
	add(
		"shut",
		view.Commission{
			Step:    "shut",
			Ask:     fact("shut"),
			Told:    []view.Message{fact("sensors")},
			Choices: choose("ok", "shut.ok", "skip", "shut.skip"),
		},
		door("14"),
	)

	differs := list(msg("wall_differs"), fact("lock_not_found"))
	add(
		"wall",
		view.Commission{
			Step:    "wall",
			Ask:     msg("wall"),
			Choices: choose("keep", "wall.keep", "draw", "wall.draw"),
		},
		nil,
	)
	add(
		"wall-differs",
		view.Commission{
			Step:    "wall",
			Ask:     msg("wall"),
			Told:    []view.Message{differs, list(msg("wall_differs"), msg("no_doors"))},
			Choices: choose("draw", "wall.draw"),
		},
		nil,
	)
	draft := view.Commission{
		Step:    "draw",
		Ask:     msg("draw", "Count", "44", "Columns", "9", "Locks", "48"),
		Free:    "draft",
		Columns: 9,
		Column:  3,
		Doors:   8,
		Size:    "S",
		Choices: choose("ok", "draw.ok", "back", "draw.back"),
	}
	add("draw", draft, nil)
	add("draw-door", draft, door("14"))
	draft.Column, draft.Doors, draft.Size = 5, 0, ""
	add("draw-no-doors", draft, nil)
	for _, measure := range []string{"size.width", "size.height", "size.depth"} {
		add(
			measure,
			view.Commission{
				Step:    "size",
				Ask:     msg(measure, "Size", "XL"),
				Free:    "length",
				Choices: choose("back", "draw.back"),
			},
			func(s *Sample) { s.View.Commission.PINDigits, s.Typed = 4, "40" },
		)
	}
	add(
		"number",
		view.Commission{
			Step:    "size",
			Ask:     fact("draw.number"),
			Free:    "number",
			Choices: choose("back", "draw.back"),
		},
		func(s *Sample) { s.View.Commission.PINDigits, s.View.Commission.Door = 8, "14" },
	)

	add(
		"walk",
		view.Commission{Step: "walk", Ask: msg("walk", "Count", "43", "Door", "14", "Lock", "main/0/5"),
			Choices: choose("open", "walk.open", "skip", "walk.skip", "enough", "walk.enough")},
		door("14"),
	)
	add(
		"walked",
		view.Commission{
			Step:    "walk",
			Ask:     fact("walked"),
			Told:    []view.Message{fact("other_changed")},
			Free:    "door",
			Choices: choose("yes", "walked.yes", "none", "moved.none"),
		},
		door("14"),
	)

	summary := []view.Message{}
	for _, line := range []string{"left", "right"} {
		for _, parts := range [][]string{
			{"board.usual"}, {"board.inverted", "board.sensors", "board.sensors_inv"},
			{"board.low_first", "board.byte_1", "board.from_zero", "board.each", "board.unproven"},
		} {
			m := msg("board", "Line", line, "Board", "0", "Locks", "16")
			for _, p := range parts {
				m.Parts = append(m.Parts, msg(p))
			}
			summary = append(summary, m)
		}
	}
	add(
		"write",
		view.Commission{
			Step:    "write",
			Ask:     msg("write"),
			Told:    append(summary, msg("proven", "Count", "44", "Seen", "3")),
			Choices: choose("write", "write.ok"),
		},
		nil,
	)
	add("done-written", view.Commission{Step: "done", Ask: msg("done.written")}, nil)
	add("done-unchanged", view.Commission{Step: "done", Ask: msg("done.unchanged")}, nil)
	add(
		"leave",
		view.Commission{Step: "leave", Ask: msg("leave")},
		func(s *Sample) { acts(&s.View, view.ActBack) },
	)
	add("away", view.Commission{Step: "away", Ask: msg("away")}, func(s *Sample) {
		s.View.TimeoutInMs, s.View.WarnInMs, s.View.Extensions = 3*60_000, 2*60_000, 1
		acts(&s.View, view.ActBack, view.ActMoreTime)
	})
	add("done-abandoned", view.Commission{Step: "done", Ask: msg("done.abandoned")}, nil)
	add(
		"done-parcel",
		view.Commission{
			Step: "done",
			Ask:  msg("done.unchanged"),
			Told: []view.Message{fact("parcel_to_check")},
		},
		nil,
	)
	add(
		"newer",
		view.Commission{
			Step:    "a_step_of_a_newer_core",
			Ask:     msg("close", "Board", "0", "Line", "main", "Port", "/dev/ttyS0", "Dialect", "wkly"),
			Choices: choose("stop", "stop"),
		},
		nil,
	)
	for few := range slices.Chunk(reasons, 4) {
		failed := view.Commission{
			Step:    "lines",
			Ask:     msg("lines.none"),
			Choices: choose("again", "lines.again"),
		}
		for _, why := range few {
			failed.Told = append(failed.Told, list(fact("found.problem"), fact(why)))
		}
		add("lines-"+few[0], failed, nil)
	}
	for few := range slices.Chunk(notes, 4) {
		c := view.Commission{
			Step:    "close",
			Ask:     fact("close"),
			Choices: choose("ok", "close.ok", "skip", "skip_board"),
		}
		for _, id := range few {
			c.Told = append(c.Told, fact(id))
		}
		add("told-"+few[0], c, nil)
	}
	for _, id := range refusals {
		refused := fact(id)
		if id == "" {
			refused = view.Message{Text: "the core is closing"}
		}
		add(
			"refused-"+id,
			view.Commission{
				Step:    "draw",
				Ask:     msg("draw", "Count", "44", "Columns", "9", "Locks", "48"),
				Refused: &refused,
				Free:    "draft",
				Columns: 9,
				Column:  3,
				Doors:   8,
				Size:    "S",
				Choices: choose("ok", "draw.ok", "back", "draw.back"),
			},
			nil,
		)
	}
	return out
}
