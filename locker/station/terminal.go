package station

import (
	"cmp"
	"slices"

	"cubby/locker/view"
	"cubby/locker/visit"
)

// A Terminal is one screen with its devices, by the names under which they tell
// how they are.
type Terminal struct {
	Name    string
	Scanner string // empty: none fitted, so that people type
	Printer string // empty: none, so that nothing is said of receipts
	Away    bool   // its screen is not the one on the wall
}

// terminal is a Terminal as the station serves it.
type terminal struct {
	Terminal
	shown       shown // the current view, for readers
	heard       heard // the writer's, as all that follows
	scannerGone bool  // people are told to type
	printerWell bool  // receipts can be printed
}

func newTerminal(t Terminal, alone bool) *terminal {
	made := &terminal{Terminal: t, scannerGone: !alone && t.Scanner == ""}
	made.shown.init(newRev())
	return made
}

// terminals are those of the configuration; a kiosk when it names none.
func (c Config) terminals() []Terminal {
	if len(c.Terminals) == 0 {
		return []Terminal{{Name: visit.Kiosk}}
	}
	return c.Terminals
}

// at finds a terminal; the kiosk, or else the first one, when there is none of this name.
func (s *Station) at(name string) *terminal {
	if t, ok := s.terminals[cmp.Or(name, visit.Kiosk)]; ok {
		return t
	}
	if t, ok := s.terminals[visit.Kiosk]; ok {
		return t
	}
	return s.terminals[s.cfg.terminals()[0].Name]
}

// HasTerminal reports whether the station has a terminal of this name. The empty
// name is the kiosk.
func (s *Station) HasTerminal(name string) bool {
	_, ok := s.terminals[cmp.Or(name, visit.Kiosk)]
	return ok
}

// Alone reports whether nobody is at any terminal.
func (s *Station) Alone() bool {
	return !slices.ContainsFunc(s.cfg.terminals(), func(t Terminal) bool {
		step := s.View(t.Name).Step
		return step != view.StepIdle && step != view.StepUnavailable
	})
}
