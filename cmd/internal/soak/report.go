package soak

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// How much a station may need more at the end than after a fifth of the visits,
// when everything is mended and nothing is under way. Two slow hashes of a PIN,
// 19 MiB each, may be among its memory that the collector has not given back to
// the machine yet, and may not have been made when it was looked at first.
const (
	moreMemory      = 16<<20 + 2*19<<20 // bytes
	moreDescriptors = 4
	moreGoroutines  = 8
)

// A Report is what came of a play.
type Report struct {
	Visits  int
	Took    time.Duration
	Ends    map[string]int // of visits
	Results map[string]int // of openings
	Driven  int            // locks, how often; not for openings that were refused or whose board was silent before
	Missed  int            // parcels that were taken unseen, and of which staff were told
	Doors   int            // how many of them
	Faults  map[string]int
	Early   resources // after a fifth
	Late    resources // at the end
	Wrong   []string  // what must never happen, and did
}

type resources struct{ memory, descriptors, goroutines int }

func (r resources) String() string {
	return fmt.Sprintf("%d MB, %d descriptors, %d goroutines", r.memory>>20, r.descriptors, r.goroutines)
}

// exceeds reports whether this is more than a station may need that needed no
// more than early before.
func (r resources) exceeds(early resources) bool {
	return r.memory > early.memory+moreMemory || r.descriptors > early.descriptors+moreDescriptors ||
		r.goroutines > early.goroutines+moreGoroutines
}

func (s *soak) report(took time.Duration, early, late resources) *Report {
	r := &Report{
		Visits: s.Visits, Took: took, Ends: s.ends, Results: s.checker.results, Driven: s.checker.frames,
		Missed: s.missed, Doors: s.checker.driven(),
		Faults: map[string]int{}, Early: early, Late: late,
	}
	for _, v := range s.vandals {
		for kind, n := range v.Done() {
			r.Faults[kind] += n
		}
	}
	if late.exceeds(early) {
		s.checker.wrong("the core needs more and more: %s after a fifth of the visits, %s at the end", early, late)
	}
	r.Wrong = s.checker.verdicts()
	return r
}

// Write tells the report to people.
func (r *Report) Write(out io.Writer) error {
	_, err := fmt.Fprintf(out, `%d visits in %s
  visits    %s
  openings  %s
  locks     driven %d times at %d doors, not where a board was silent before or had to rest
  parcels   %d taken while nobody could see it, and staff were told to look
  faults    %s
  the core  %s after a fifth of the visits, %s at the end
`, r.Visits, r.Took.Round(time.Second), list(r.Ends), list(r.Results), r.Driven, r.Doors, r.Missed, list(r.Faults),
		r.Early, r.Late)
	for _, w := range r.Wrong {
		if err == nil {
			_, err = fmt.Fprintf(out, "WRONG: %s\n", w)
		}
	}
	if err == nil && len(r.Wrong) == 0 {
		_, err = fmt.Fprintln(out, "nothing was wrong")
	}
	return err
}

func list(counts map[string]int) string {
	var all []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s %d", what, counts[what]))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// rest mends everything and looks at what the core needs then. A port that is
// unplugged needs nothing: neither a descriptor nor a goroutine.
func (s *soak) rest(ctx context.Context) (resources, error) {
	if err := s.mend(ctx); err != nil {
		return resources{}, err
	}
	return s.measure(ctx)
}

// settled looks at what the core needs in the evening, again while it is too
// much: what goes by itself within the time for healing has not leaked.
func (s *soak) settled(ctx context.Context, early resources) (late resources, err error) {
	for until := time.Now().Add(healing); ; {
		if late, err = s.measure(ctx); err != nil || !late.exceeds(early) || time.Now().After(until) {
			return late, err
		}
		select {
		case <-ctx.Done():
			return late, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// measure looks at the core's process: whoever listens at its socket.
func (s *soak) measure(ctx context.Context) (r resources, err error) {
	figures, err := s.staff.Figures(ctx)
	if err != nil {
		return r, err
	}
	r.goroutines = int(figures["go_goroutines"])
	pid, err := listener(strings.TrimPrefix(s.Core, "unix:"))
	if err != nil {
		return r, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return r, fmt.Errorf("look at the core's process: %w", err)
	}
	r.descriptors = len(files)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return r, fmt.Errorf("look at the core's process: %w", err)
	}
	var size, resident int
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return r, fmt.Errorf("look at the core's memory: %w", err)
	}
	r.memory = resident * os.Getpagesize()
	return r, nil
}

// listener is the process that listens at a socket, as the kernel knows it.
func listener(path string) (pid int32, err error) {
	conn, err := net.Dial("unix", path)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		var peer *unix.Ucred
		if peer, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = peer.Pid
		}
	})
	if controlErr != nil {
		return 0, controlErr
	}
	return pid, err
}
