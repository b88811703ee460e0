package sim

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// A script is a list of things that happen to the site, one to a line:
//
//	stuck 5 on                      a fault, from the start
//	at 12s fault unplug main on for 3s
//	every 30s door 7 open-by-force
//	at 40s scan C1001
//	at 50s badge 010063E9AE
//	at 60s climate cooled 31.5
//
// Words are separated by spaces; the rest of a scan's line is its code. Empty
// lines and lines that begin with # are skipped.

// step is one line of a script.
type step struct {
	line  int
	at    time.Duration
	every time.Duration
	words []string
	rest  string // what follows the first word, as it stands
}

// ReadFaults plays a script. What has no time happens at once, in order, and the
// first of these that is wrong ends it; what fails later is told in the log. Lines are
// all looked at before the first of them is played.
func (s *Site) ReadFaults(from io.Reader) error {
	var steps []step
	lines := bufio.NewScanner(from)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		st, err := parseStep(n, text)
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		steps = append(steps, st)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	for _, st := range steps {
		if st.at > 0 || st.every > 0 {
			s.schedule(st, max(st.at, st.every))
		} else if err := s.obey(st); err != nil {
			return fmt.Errorf("line %d: %w", st.line, err)
		}
	}
	return nil
}

func parseStep(n int, text string) (step, error) {
	st := step{line: n}
	for {
		word, rest, _ := strings.Cut(text, " ")
		rest = strings.TrimSpace(rest)
		if word != "at" && word != "every" {
			st.words, st.rest = strings.Fields(text), rest
			return st, nil
		}
		span, after, _ := strings.Cut(rest, " ")
		d, err := time.ParseDuration(span)
		if err != nil || d <= 0 {
			return st, fmt.Errorf("%s %q: a duration such as 12s: %w", word, span, ErrCannot)
		}
		if word == "at" {
			st.at = d
		} else {
			st.every = d
		}
		if text = strings.TrimSpace(after); text == "" {
			return st, fmt.Errorf("%s %s: nothing follows the time: %w", word, span, ErrCannot)
		}
	}
}

// schedule plays a step later, and again where it repeats itself.
func (s *Site) schedule(st step, after time.Duration) {
	time.AfterFunc(after, func() {
		if s.isClosed() {
			return
		}
		if err := s.obey(st); err != nil {
			s.mu.Lock()
			s.tell("script line %d: %v", st.line, err)
			s.mu.Unlock()
		}
		if st.every > 0 {
			s.schedule(st, st.every)
		}
	})
}

func (s *Site) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// obey does what a step says.
func (s *Site) obey(st step) error {
	w := st.words
	switch {
	case w[0] == "fault":
		return s.obeyFault(w[1:])
	case w[0] == "door" && len(w) == 3:
		return s.Do(w[1], Act(w[2]))
	case (w[0] == "put" || w[0] == "take") && len(w) == 2:
		return s.Do(w[1], Act(w[0]))
	case w[0] == "scan" && st.rest != "":
		return s.Scan([]byte(st.rest), false)
	case w[0] == "badge" && len(w) == 2:
		return s.HoldBadge(w[1], usualHold)
	case w[0] == "climate" && len(w) == 3:
		celsius, err := strconv.ParseFloat(w[2], 64)
		if err != nil {
			return fmt.Errorf("climate %s: degrees such as 31.5: %w", w[2], ErrCannot)
		}
		return s.SetWeather(Weather{Sensor: w[1], Celsius: celsius, HumidityPct: 50})
	case w[0] == "auto" && len(w) == 2 && (w[1] == "on" || w[1] == "off"):
		s.SetAuto(w[1] == "on", 0)
		return nil
	}
	return s.obeyFault(w)
}

func (s *Site) obeyFault(w []string) error {
	f := Fault{}
	switch {
	case len(w) == 5 && w[3] == "for":
		f.For = w[4]
	case len(w) != 3:
		return fmt.Errorf("%d words: kind, target and value, and perhaps \"for 5s\"", len(w))
	}
	f.Kind, f.Target, f.Value = w[0], w[1], w[2]
	return s.SetFault(f)
}
