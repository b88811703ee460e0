package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"cubby/hardware"
	"cubby/hardware/commission"
	"cubby/hardware/line"
	"cubby/hardware/wire"
)

const (
	looks  = 12 // how often each board is asked
	enough = 9  // answers that a busy machine may leave of them

	longWait = 5 * time.Second // how long a board is waited for that may answer late
	patients = 3               // boards without an answer for which that is done; on a dead line it would take long
)

// A listening is what was heard of one board.
type listening struct {
	board          hardware.Board
	answered, junk int
	open, closed   int           // of the last reading: locks with doors
	unread         int           // of the last reading: locks with doors that it did not tell of
	other          int           // for how many locks it answers, when that is not what is configured
	late           int           // answers that came later than the core waits
	took           time.Duration // the longest of these
}

// line asks the boards of a line that no core holds.
func (e *Examination) line(ctx context.Context, bus hardware.Bus, path string) {
	bench, err := commission.OpenBench(path, bus.Dialect, bus.Baud)
	if err != nil {
		e.unopened(bus, err)
		return
	}
	var all []listening
	silent := 0
	for _, board := range bus.Boards {
		heard, err := listen(ctx, bench, bus, board, silent < patients)
		if err != nil {
			e.trouble("Look at the adapter and its plug; dmesg says what the kernel saw.",
				"Line %s failed while it was asked: %v.", bus.Name, err)
			if err := bench.Close(); err != nil {
				e.hint("Unplug the adapter and plug it in again.", "Line %s: %v.", bus.Name, err)
			}
			return
		}
		all = append(all, heard)
		if heard.answered == 0 {
			silent++
		}
	}
	echoes := bench.Echoes()
	if err := bench.Close(); err != nil {
		e.hint("Unplug the adapter and plug it in again.", "Line %s: %v.", bus.Name, err)
	}
	if echoes {
		e.hint("Nothing has to be done: it is allowed for. An adapter that switches its receiver off would spare it.",
			"The adapter of line %s hears its own bytes.", bus.Name)
	}
	e.judge(ctx, bus, path, all)
}

func (e *Examination) unopened(bus hardware.Bus, err error) {
	todo := "Look whether the adapter, or the bridge, is there and has power."
	if errors.Is(err, line.ErrBusy) || errors.Is(err, line.ErrForbidden) {
		todo = "See above."
	}
	e.trouble(todo, "Line %s cannot be opened: %v.", bus.Name, err)
}

// listen asks one board, and waits longer than the core does for one that has
// answered, or that may answer late.
func listen(ctx context.Context, bench *commission.Bench, bus hardware.Bus, board hardware.Board,
	long bool) (h listening, err error) {
	d, err := wire.Named(bus.Dialect)
	if err != nil {
		return h, err
	}
	w := wire.Board{
		Address: board.Address, Channels: board.Channels, LowFirst: board.LowFirst, LockByte: board.LockByte,
		FromZero: board.FromZero, Each: board.Each,
	}
	bench.Speak(d, []wire.Board{w})
	h.board = board
	for i := range looks {
		if err := ctx.Err(); err != nil {
			return h, err
		}
		wait := timeout(bus)
		if h.answered > 0 || i == 0 && long {
			wait = max(wait, longWait)
		}
		bench.Wait(wait)
		f, answered, junk, err := bench.Read(w)
		if err != nil {
			return h, err
		}
		h.junk += junk
		if answered && f.Refused && f.Untried && fewer(d, &w) {
			continue
		}
		if !answered || f.Refused {
			continue
		}
		h.answered++
		h.other = f.Other
		if took := bench.Took(); took > timeout(bus) {
			h.late, h.took = h.late+1, max(h.took, took)
		}
		h.open, h.closed, h.unread = 0, 0, 0
		for lock := range board.Locks {
			if f.Locks&(1<<(lock-1)) == 0 {
				h.unread++
			} else if closed := (f.Closed&(1<<(lock-1)) != 0) != board.InvertHook; closed {
				h.closed++
			} else {
				h.open++
			}
		}
	}
	return h, nil
}

// timeout is how long the core waits for an answer on a line.
func timeout(bus hardware.Bus) time.Duration {
	if bus.ReplyTimeout > 0 {
		return bus.ReplyTimeout
	}
	return hardware.UsualReplyTimeout(bus.Port)
}

// fewer makes a board that has said that it has not so many locks one with
// eight fewer, where its dialect asks by their number.
func fewer(d wire.Dialect, w *wire.Board) bool {
	less := *w
	less.Channels = (d.Locks(less) - 1) / 8 * 8
	was, err := d.Status(*w)
	if err != nil || less.Channels == 0 {
		return false
	}
	now, err := d.Status(less)
	if err != nil || len(was) != 1 || len(now) != 1 || bytes.Equal(was[0].Bytes, now[0].Bytes) {
		return false
	}
	*w = less
	return true
}

// judge says what it means how the boards of a line answered.
func (e *Examination) judge(ctx context.Context, bus hardware.Bus, path string, all []listening) {
	heard, junk := 0, 0
	for _, h := range all {
		if h.answered > 0 {
			heard++
		}
		junk += h.junk
	}
	if heard == 0 && !(junk > 0 && len(all) == 1) {
		e.nobody(ctx, bus, path, junk)
		return
	}
	before := len(e.findings)
	noisy := 0
	e.late(bus, all)
	for _, h := range all {
		switch {
		case h.late > looks-enough: // said for the whole line
		case h.answered == 0 && h.junk == 0:
			e.trouble("Check its supply, its plug and the address on its selector.",
				"Board %d on line %s does not answer.", h.board.Address, bus.Name)
		case h.answered <= looks/2 && h.junk > 0 && others(all, h):
			e.trouble("Look for a second board with address "+join([]int{h.board.Address})+
				" and set another on one of them.",
				"Board %d on line %s answers with garbage, and the others do not: two boards have its address.",
				h.board.Address, bus.Name)
		case h.answered <= looks/2 && h.junk > 0:
			e.trouble("Look for two boards with address "+join([]int{h.board.Address})+
				", for wires A and B exchanged, and for the terminators at both ends of the line.",
				"Board %d on line %s answers with garbage.", h.board.Address, bus.Name)
		case h.answered < enough:
			e.trouble("Check plugs and supply; put a terminator (120 ohms) at each end of the line.",
				"Board %d on line %s answered %d of %d times.", h.board.Address, bus.Name, h.answered, looks)
		case h.junk > 0:
			noisy++
		}
		e.contacts(bus, h)
		e.channels(bus, h)
	}
	if noisy > 0 {
		e.trouble("Put a terminator (120 ohms) at each end of the line, check that A, B and ground are connected, "+
			"and keep the cable away from the locks' supply.",
			"There is noise on line %s: %d bytes that no board sends came with %d questions.", bus.Name, junk,
			looks*len(all))
	}
	if len(e.findings) == before {
		e.fine("Line %s: %d of %d boards answer.", bus.Name, len(all), len(all))
	}
}

// others reports whether every other board answers as it should.
func others(all []listening, one listening) bool {
	for _, h := range all {
		if h.board.Address != one.board.Address && (h.answered < enough || h.junk > 0) {
			return false
		}
	}
	return len(all) > 1
}

// late looks for boards that answer when the core does not wait any more.
func (e *Examination) late(bus hardware.Bus, all []listening) {
	var boards []int
	var took time.Duration
	for _, h := range all {
		if h.late > looks-enough {
			boards, took = append(boards, h.board.Address), max(took, h.took)
		}
	}
	if len(boards) == 0 {
		return
	}
	e.tooLate(bus, of(boards, "board", "boards"), took)
}

func (e *Examination) tooLate(bus hardware.Bus, who string, took time.Duration) {
	e.trouble(fmt.Sprintf("Set reply_timeout_ms = %d for this line in %s, and restart cubbyd.",
		hardware.EnoughTimeout(took).Milliseconds(), e.Config.Path),
		"The answers of %s on line %s come after up to %d ms, and the core waits for %d ms only (reply_timeout_ms).",
		who, bus.Name, took.Milliseconds(), timeout(bus).Milliseconds())
}

// channels says when a board answers for another number of locks than is configured.
func (e *Examination) channels(bus hardware.Bus, h listening) {
	if h.other == 0 {
		return
	}
	d, err := wire.Named(bus.Dialect)
	if err != nil {
		return
	}
	configured := d.Locks(wire.Board{Address: h.board.Address, Channels: h.board.Channels})
	what := fmt.Sprintf("Board %d on line %s answers for %d locks, configured for %d", h.board.Address, bus.Name,
		h.other, configured)
	if h.unread > 0 {
		e.trouble(fmt.Sprintf("Set channels = %d for this board in %s, and wire the doors that it has no locks for "+
			"to another.", h.other, e.Config.Path),
			"%s: %d of its doors cannot be read.", what, h.unread)
		return
	}
	e.hint("Nothing has to be done if the board has so many locks as are configured; otherwise set channels to "+
		"what it has.", "%s.", what)
}

// contacts looks for a board whose contacts are the other way round than the
// configuration says.
func (e *Examination) contacts(bus hardware.Bus, h listening) {
	if h.answered == 0 || h.closed > 0 || h.open < 2 {
		return
	}
	e.trouble("If the doors are closed: run cubbyctl commission, which finds out how the contacts are wired "+
		"(invert_hook). If its sensor cable has come off, plug it in.",
		"Board %d on line %s reads all its %d doors open.", h.board.Address, bus.Name, h.open)
}

// nobody looks whether the boards are there at another speed or speak another
// dialect.
func (e *Examination) nobody(ctx context.Context, bus hardware.Bus, path string, junk int) {
	found := commission.Probe(ctx, bus.Port, path, commission.Limit{Dialect: bus.Dialect, Complete: true, Few: true})
	if found.Dialect == "" && found.Problem == nil {
		found = commission.Probe(ctx, bus.Port, path, commission.Limit{})
	}
	switch {
	case found.Dialect == bus.Dialect && found.Baud != bus.Baud:
		e.trouble("Set baud = "+join([]int{found.Baud})+" for this line in "+e.Config.Path+".",
			"The boards of line %s speak at %d baud, and the configuration says %d.", bus.Name, found.Baud, bus.Baud)
	case found.Dialect == bus.Dialect:
		var there []int
		for _, b := range found.Boards {
			there = append(there, b.Address)
		}
		e.trouble("Run cubbyctl commission, or plug the adapters back the way they were.",
			"On line %s other boards answer than the configuration has: %s.", bus.Name, of(there, "board", "boards"))
	case found.Dialect != "":
		e.trouble("Run cubbyctl commission, or plug the adapters back the way they were.",
			"The boards on line %s speak %s at %d baud, and the configuration says %s.", bus.Name, found.Dialect,
			found.Baud, bus.Dialect)
	case junk > 0 || found.Junk > 0:
		e.trouble("Look whether A and B are exchanged, whether another device is on this port, and for the "+
			"terminators.", "On line %s comes only garbage.", bus.Name)
	default:
		e.trouble("Check the boards' supply, and the cable from the adapter to the first board: A to A, B to B, "+
			"ground to ground.", "On line %s no board answers.", bus.Name)
	}
}
