package station

import (
	"context"
	"sync"

	"cubby/locker/visit"
)

// A request is one command on its way through the writer.
type request struct {
	command      visit.Command
	actor        string
	terminal     string // where it was given; empty: at the kiosk, or nowhere
	cause        string
	acknowledged *acknowledgement // instead of a command
	refresh      bool             // instead of a command: the views are made anew
	page         *page            // instead of a command: several, decided one after the other
	err          error
	done         chan struct{} // nil when nobody waits
}

// ofVisit reports whether the command came from whoever is at the station, and
// not from a computer or a desk elsewhere.
func (r *request) ofVisit() bool {
	switch r.cause {
	case causeAnnouncement, causeCancellation, causeHold, causeRelease, causeCode, causeErasure, causeStaff,
		causeCommissioning, causeOrder, causeRefund, causeReturn, causeCentre, causeCustomer, causeExtension:
		return false
	}
	return true
}

// atTerminal reports whether a person has done it at a terminal.
func (r *request) atTerminal() bool {
	switch r.cause {
	case causeTouch, causePIN, causeScan, causeCard:
		return true
	}
	return false
}

// Causes at a terminal.
const (
	causeTouch = "touch"
	causePIN   = "pin"
	causeScan  = "scan"
	causeCard  = "card"
)

// Causes that are no part of a visit.
const (
	causeAnnouncement  = "announcement"
	causeCancellation  = "cancellation"
	causeHold          = "hold"
	causeRelease       = "release"
	causeCode          = "code"
	causeReroute       = "reroute"
	causeErasure       = "erasure"
	causeStaff         = "staff"
	causeCommissioning = "commissioning"
	causeOrder         = "order"
	causeStock         = "stock"
	causeRefund        = "refund"
	causeReturn        = "return"
	causeCentre        = "centre"
	causeCustomer      = "customer"
	causeExtension     = "extension"
)

func (r *request) answer() {
	if r.done != nil {
		close(r.done)
	}
}

// queue holds commands until the writer takes them. What comes from people and
// hardware goes first and is not kept waiting by a burst of REST calls; it is
// unbounded because hardware must never block, and short because a person and
// a wire are slow. Callers that wait are bounded by the servers in front.
type queue struct {
	ready chan struct{} // holds a token while there is something to take

	mu      sync.Mutex // guards what follows
	urgent  []*request
	patient []*request
	closed  error
}

func (q *queue) init() { q.ready = make(chan struct{}, 1) }

func (q *queue) add(r *request, urgent bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed != nil {
		return q.closed
	}
	if urgent {
		q.urgent = append(q.urgent, r)
	} else {
		q.patient = append(q.patient, r)
	}
	q.wake()
	return nil
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// take removes the next batch: everything urgent, or else what waits patiently.
func (q *queue) take(most int) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	from := &q.patient
	if len(q.urgent) > 0 {
		from = &q.urgent
	}
	n := min(most, len(*from))
	batch := (*from)[:n:n]
	*from = (*from)[n:]
	if len(q.urgent)+len(q.patient) > 0 {
		q.wake()
	}
	return batch
}

// close refuses everything that waits and everything to come.
func (q *queue) close(why error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed == nil {
		q.closed = why
	}
	for _, r := range append(q.urgent, q.patient...) {
		r.err = why
		r.answer()
	}
	q.urgent, q.patient = nil, nil
}

// ask queues a command and waits for its commit. When ctx ends first the
// command may still be carried out.
func (s *Station) ask(ctx context.Context, c visit.Command, actor, cause string, urgent bool) error {
	return s.await(ctx, &request{command: c, actor: actor, cause: cause}, urgent)
}

// askAt is ask for what a person does at a terminal.
func (s *Station) askAt(ctx context.Context, terminal string, c visit.Command, actor, cause string) error {
	return s.await(ctx, &request{command: c, actor: actor, cause: cause, terminal: terminal}, true)
}

func (s *Station) await(ctx context.Context, r *request, urgent bool) error {
	r.done = make(chan struct{})
	if err := s.queue.add(r, urgent); err != nil {
		return err
	}
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return unavailable("the answer took too long; it is not known whether this was done")
	}
}

// tell queues a command nobody waits for.
func (s *Station) tell(c visit.Command, actor, cause string) {
	s.tellAt("", c, actor, cause)
}

// tellAt is tell for what happened at a terminal.
func (s *Station) tellAt(terminal string, c visit.Command, actor, cause string) {
	// refused only when stopping
	s.queue.add(&request{command: c, actor: actor, cause: cause, terminal: terminal}, true)
}
