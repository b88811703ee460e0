package sim

import (
	"fmt"
	"slices"
)

// nameAt is the name of a terminal's reader, as a device and as a target of faults.
func nameAt(what, terminal string) string {
	if terminal == "" {
		return what
	}
	return what + "-" + terminal
}

// scanners are the code readers that are fitted, the kiosk's first.
func (p Plan) scanners() []Scanner {
	all := append([]Scanner{p.Scanner}, p.Further...)
	return slices.DeleteFunc(all, func(c Scanner) bool { return !c.fitted() })
}

// badges are the badge readers that are fitted, the kiosk's first.
func (p Plan) badges() []Badge {
	all := append([]Badge{p.Badge}, p.Badges...)
	return slices.DeleteFunc(all, func(b Badge) bool { return !b.fitted() })
}

// badgeAt is the badge reader of a terminal; nil: none.
func (p Plan) badgeAt(terminal string) *Badge {
	all := p.badges()
	if i := slices.IndexFunc(all, func(b Badge) bool { return b.Terminal == terminal }); i >= 0 {
		return &all[i]
	}
	return nil
}

// readersOf lists the readers of codes or of badges, as targets of faults.
func (s *Site) readersOf(what string) (all []string) {
	if what == "scanner" {
		for _, c := range s.plan.scanners() {
			all = append(all, nameAt(what, c.Terminal))
		}
		return all
	}
	for _, b := range s.plan.badges() {
		all = append(all, nameAt(what, b.Terminal))
	}
	return all
}

// checkReaders refuses a name that two lines have.
func (p Plan) checkReaders(names map[string]bool) error {
	var all []string
	for _, c := range p.scanners() {
		all = append(all, nameAt("scanner", c.Terminal))
	}
	for _, b := range p.badges() {
		all = append(all, nameAt("badge", b.Terminal))
	}
	for _, name := range all {
		if names[name] {
			return fmt.Errorf("%s is named twice: give the terminal, or the bus, another name", name)
		}
		names[name] = true
	}
	return nil
}
