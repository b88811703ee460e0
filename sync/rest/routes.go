package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"

	"cubby/sync/problem"
)

// entry says who is let in to an endpoint.
type entry int

const (
	withScope entry = iota // a key with the endpoint's scope
	withKey                // any valid key
	open                   // everybody
	staff                  // the Unix socket only; does not exist on TCP
)

// An endpoint is one method of one path.
type endpoint struct {
	method, path string
	entry        entry
	scope        scope
	run          func(*Server, *exchange) error
}

// endpoints is all there is. Paths that are asked for most stand first.
var endpoints = []endpoint{
	{"PUT", "/v1/parcels/{id}", withScope, parcelsWrite, (*Server).putParcel},
	{"GET", "/v1/parcels/{id}", withScope, parcelsRead, (*Server).getParcel},
	{"GET", eventsPath, withScope, eventsRead, (*Server).getEvents},
	{"POST", "/v1/events/ticket", withScope, eventsRead, (*Server).makeTicket},
	{"POST", "/v1/parcels/{id}/cancel", withScope, parcelsWrite, (*Server).cancelParcel},
	{"DELETE", "/v1/parcels/{id}/recipient", withScope, parcelsWrite, (*Server).eraseRecipient},
	{"POST", "/v1/parcels/{id}/hold", withScope, parcelsWrite, (*Server).holdParcel},
	{"POST", "/v1/parcels/{id}/release", withScope, parcelsWrite, (*Server).releaseParcel},
	{"GET", "/v1/parcels", withScope, parcelsRead, (*Server).listParcels},
	{"GET", "/v1/compartments", withScope, compartmentsRead, (*Server).listCompartments},
	{"GET", "/v1/capacity", withScope, compartmentsRead, (*Server).getCapacity},
	{"POST", "/v1/compartments/{number}/restore", withScope, operate, (*Server).restoreCompartment},
	{"POST", "/v1/compartments/{number}/out-of-service", withScope, operate, (*Server).retireCompartment},
	{"GET", "/v1/devices", withScope, compartmentsRead, (*Server).listDevices},
	{"GET", "/v1/clock", withScope, compartmentsRead, (*Server).getClock},
	{"POST", "/v1/clock/accept", withScope, operate, (*Server).acceptClock},
	{"POST", "/v1/qr", withKey, 0, (*Server).drawQR},

	{"GET", "/v1/openapi.json", open, 0, (*Server).getDocument},
	{"GET", "/healthz", open, 0, (*Server).getHealth},
	{"GET", "/readyz", open, 0, (*Server).getReady},
	{"GET", "/metrics", open, 0, (*Server).getMetrics},

	{"GET", "/screen/v1/view", staff, 0, (*Server).getView},
	{"GET", "/screen/v1/views", staff, 0, (*Server).streamViews},
	{"POST", "/screen/v1/actions", staff, 0, (*Server).postAction},
	{"GET", "/v1/print-jobs", staff, 0, (*Server).listPrintJobs},
	{"POST", "/v1/print-jobs", staff, 0, (*Server).printTestPage},
	{"POST", "/v1/print-jobs/{id}/again", staff, 0, (*Server).printAgain},
	{"POST", "/v1/commission", staff, 0, (*Server).beginCommission},
	{"GET", "/v1/commission", staff, 0, (*Server).getCommission},
	{"DELETE", "/v1/commission", staff, 0, (*Server).endCommission},
	{"POST", "/v1/commission/answers", staff, 0, (*Server).answerCommission},
	{"POST", "/v1/keys", staff, 0, (*Server).addKey},
	{"GET", "/v1/keys", staff, 0, (*Server).listKeys},
	{"DELETE", "/v1/keys/{name}", staff, 0, (*Server).revokeKey},
	{"POST", "/v1/couriers", staff, 0, (*Server).addCourier},
	{"GET", "/v1/couriers", staff, 0, (*Server).listCouriers},
	{"DELETE", "/v1/couriers/{id}", staff, 0, (*Server).removeCourier},
}

// A surface is one of the two doors with its router and its bounds.
type surface struct {
	server   *Server
	socket   bool
	router   *mux.Router
	requests chan struct{} // holds one element per request being answered
	streams  chan struct{} // holds one element per long poll or stream

	requestShares, streamShares shares // of those places, by key
}

// A resource is one path with its methods.
type resource struct {
	surface *surface
	methods map[string]*bound
	allow   []string // the value of Allow
}

// bound is an endpoint with its metrics resolved.
type bound struct {
	endpoint
	counts  counts
	seconds prometheus.Observer
}

func newSurface(s *Server, socket bool) *surface {
	u := &surface{
		server:   s,
		socket:   socket,
		router:   mux.NewRouter().SkipClean(true),
		requests: make(chan struct{}, s.MaxRequests),
		streams:  make(chan struct{}, s.MaxStreams),
	}
	resources := map[string]*resource{}
	for _, e := range endpoints {
		if e.entry == staff && !socket {
			continue
		}
		r, ok := resources[e.path]
		if !ok {
			r = &resource{surface: u, methods: map[string]*bound{}}
			resources[e.path] = r
			u.router.Handle(e.path, r)
		}
		r.methods[e.method] = s.metrics.bind(e)
	}
	for _, r := range resources {
		r.allow = []string{allowed(r.methods)}
	}
	u.router.NotFoundHandler = &resource{surface: u}
	return u
}

func allowed(methods map[string]*bound) string {
	list := []string{"OPTIONS"}
	for m := range methods {
		list = append(list, m)
		if m == "GET" {
			list = append(list, "HEAD")
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// ServeHTTP picks the endpoint by method; a path without any is unknown.
func (r *resource) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.methods == nil && req.Method == http.MethodPut && slashed(req) {
		// Whoever announces under an id with a slash is told what an id may hold.
		if again, ok := withSlashes(req); ok {
			r.surface.router.ServeHTTP(w, again)
			return
		}
	}
	method := req.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	e, ok := r.methods[method]
	if !ok {
		e = r.surface.server.metrics.elsewhere(func(s *Server, x *exchange) error { return r.astray(x) })
	}
	r.surface.serve(e, w, req)
}

// slashed reports whether a part of the path has a slash in it, encoded.
func slashed(req *http.Request) bool {
	encoded := req.URL.RawPath // empty unless it differs from what Path would be written as
	return strings.Contains(encoded, "%2F") || strings.Contains(encoded, "%2f")
}

// withSlashes is a request with the encoded slashes of its path left as they are:
// part of an id, and no further steps of the path.
func withSlashes(req *http.Request) (*http.Request, bool) {
	path, err := url.PathUnescape(strings.NewReplacer("%2F", "%252F", "%2f", "%252F").Replace(req.URL.RawPath))
	if err != nil {
		return nil, false
	}
	again := req.WithContext(req.Context())
	again.URL = &url.URL{Path: path, RawQuery: req.URL.RawQuery}
	return again, true
}

// astray answers requests that no endpoint is for.
func (r *resource) astray(x *exchange) error {
	if r.methods == nil && slashed(x.r) {
		return problem.New(http.StatusNotFound, "no-such-route",
			"nothing here has an id, a number or a name with a slash; GET /v1/openapi.json lists the addresses there are")
	}
	if r.methods == nil {
		return problem.New(http.StatusNotFound, "no-such-route",
			"there is nothing at this address; GET /v1/openapi.json lists what there is")
	}
	x.Header()["Allow"] = r.allow
	if x.r.Method == http.MethodOptions {
		x.WriteHeader(http.StatusNoContent)
		return nil
	}
	return problem.New(http.StatusMethodNotAllowed, "method-not-allowed",
		"this address takes "+r.allow[0]+" only")
}
