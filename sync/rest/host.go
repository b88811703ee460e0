package rest

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"cubby/sync/problem"
)

var unknownHost = problem.New(
	http.StatusMisdirectedRequest,
	"unknown-host",
	"this station is not known under the name in Host: ask 127.0.0.1 or localhost, or let staff add the "+
		"name to rest.hosts in the configuration",
)

// rightHost refuses what came over loopback for a name that is not ours. A page in a
// browser of this machine can have its own name lead to 127.0.0.1 (DNS rebinding), and
// would pass for the station's own origin; a literal address cannot be led anywhere.
func (s *Server) rightHost(r *http.Request) error {
	if s.Hosts == nil || r.Host == "" { // HTTP/1.0 may go without
		return nil
	}
	at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok || !onLoopback(at) {
		return nil
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if name == "localhost" || slices.Contains(s.Hosts, name) {
		return nil
	}
	if a, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil && a.Unmap().IsLoopback() {
		return nil
	}
	return unknownHost
}

func onLoopback(at net.Addr) bool {
	a, err := netip.ParseAddrPort(at.String())
	return err == nil && a.Addr().Unmap().IsLoopback()
}
