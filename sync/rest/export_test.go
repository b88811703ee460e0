package rest

// What tests of the doors look at from outside.
const (
	FailuresAtOnce  = failuresAtOnce
	FailureForgiven = failureForgiven
	RefusedAtOnce   = refusedAtOnce
	TicketsOfAKey   = ticketsOfAKey
	TicketLife      = ticketLife
	UnreadPatience  = unreadPatience
	WritePatience   = writePatience
)

// ForgiveAll forgets all failed checks.
func (s *Server) ForgiveAll() { s.guard.remotes = nil }

// Busy counts the requests and the streams under way on TCP.
func (s *Server) Busy() (requests, streams int) { return len(s.tcp.requests), len(s.tcp.streams) }

// Sharers counts the keys that have a share of each on TCP.
func (s *Server) Sharers() (requests, streams int) {
	return len(s.tcp.requestShares.held), len(s.tcp.streamShares.held)
}

// MetricsPlaces are the places of those who read metrics.
func (s *Server) MetricsPlaces() chan struct{} { return s.metrics.places }

// TicketsWaiting counts the tickets that are kept.
func (s *Server) TicketsWaiting() int { return len(s.tickets.waiting) }
