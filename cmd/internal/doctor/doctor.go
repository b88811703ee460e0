// Package doctor looks at a station and says in plain sentences what is wrong
// with it and what to do.
//
// It changes nothing and moves nothing: it reads files, the kernel's lists and
// what a core that runs tells; lines that no core holds it asks with the
// harmless queries of commissioning. An Examination belongs to one goroutine.
package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/hardware/device"
	"cubby/locker/health"
	"cubby/locker/wall"
)

// A Finding is one thing that was looked at.
type Finding struct {
	Grade Grade
	What  string // a sentence
	ToDo  string // what to do; empty when nothing is to be done
}

// Grade tells how much a finding matters.
type Grade string

// The grades.
const (
	Fine    Grade = "fine"    // looked at and found well
	Hint    Grade = "hint"    // works, and could be better
	Trouble Grade = "trouble" // does not work, or will not for long
)

// Core is what a core that runs is asked. Package client speaks to a real one.
type Core interface {
	Ready(ctx context.Context) error
	Devices(ctx context.Context) ([]health.Device, error)
	Compartments(ctx context.Context) ([]wall.Compartment, error)
	// Figures are the metrics: "name{label=\"value\"}" and its value.
	Figures(ctx context.Context) (map[string]float64, error)
}

// An Examination is what is looked at. The folders are parameters so that a
// test can offer others.
type Examination struct {
	Config *config.Config
	Core   Core  // nil: none answers
	Why    error // why none does

	Finder *device.Finder
	Proc   string   // "/proc"
	Rules  []string // folders of udev rules
	Now    func() time.Time
	Access func(path string, mode uint32) error      // whether this user may, as access(2)
	Disk   func(path string, s *unix.Statfs_t) error // what a file system says of itself, as statfs(2)

	findings []Finding
	holders  []holder
}

// New looks at this machine.
func New(cfg *config.Config, core Core, why error) *Examination {
	return &Examination{
		Config: cfg, Core: core, Why: why, Finder: device.At(cfg.Devices.Folder), Proc: "/proc",
		Rules: []string{
			"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d",
		}, Now: time.Now, Access: unix.Access, Disk: unix.Statfs,
	}
}

// Run looks at everything and returns what it found, in the order of looking.
func (e *Examination) Run(ctx context.Context) []Finding {
	e.findings = nil
	e.clock()
	e.dataFolder()
	e.providers()
	e.shopRules()
	e.processes()
	usable := e.ports()
	if e.Core != nil {
		e.core(ctx)
	} else if e.noCore() {
		for _, l := range e.Config.Hardware().Buses {
			if path := usable[l.Port]; path != "" {
				e.line(ctx, l, path)
			}
		}
	}
	e.lookalikes()
	return e.findings
}

// Troubled reports whether any finding is a trouble.
func Troubled(all []Finding) (n int) {
	for _, f := range all {
		if f.Grade == Trouble {
			n++
		}
	}
	return n
}

func (e *Examination) fine(format string, args ...any) {
	e.findings = append(e.findings, Finding{Fine, fmt.Sprintf(format, args...), ""})
}

func (e *Examination) hint(todo, format string, args ...any) {
	e.findings = append(e.findings, Finding{Hint, fmt.Sprintf(format, args...), todo})
}

func (e *Examination) trouble(todo, format string, args ...any) {
	e.findings = append(e.findings, Finding{Trouble, fmt.Sprintf(format, args...), todo})
}

// of counts things, one or many.
func of[T any](all []T, one, many string) string {
	if len(all) == 1 {
		return one + " " + join(all)
	}
	return many + " " + join(all)
}

// join lists things for people.
func join[T any](all []T) string {
	var words []string
	for _, x := range all {
		words = append(words, fmt.Sprint(x))
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
