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

// bound is a route with its metrics and its scope resolved.
type bound struct {
	Route
	scope   scope // none: no key needs one
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
	for _, e := range s.Routes() {
		if e.Entry == Staff && !socket {
			continue
		}
		r, ok := resources[e.Path]
		if !ok {
			r = &resource{surface: u, methods: map[string]*bound{}}
			resources[e.Path] = r
			u.router.Handle(e.Path, r)
		}
		r.methods[e.Method] = s.metrics.bind(e, s.scopes.of(e.Scope))
	}
	for _, r := range resources {
		r.allow = []string{allowed(r.methods)}
	}
	u.router.NotFoundHandler = &resource{surface: u}
	if s.Pages != nil && !socket {
		u.router.NotFoundHandler = besides(s.Pages, u.router.NotFoundHandler)
	}
	return u
}

// besides has pages answer what no resource could have for an address.
func besides(pages, unknown http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/") || strings.HasPrefix(r.URL.Path, "/sync/") {
			unknown.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
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

// ServeHTTP picks the route by method; a path without any is unknown.
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
		e = r.surface.server.metrics.elsewhere(r.astray)
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
	path, err := url.PathUnescape(
		strings.NewReplacer("%2F", "%252F", "%2f", "%252F").Replace(req.URL.RawPath))
	if err != nil {
		return nil, false
	}
	again := req.WithContext(req.Context())
	again.URL = &url.URL{Path: path, RawQuery: req.URL.RawQuery}
	return again, true
}

// astray answers requests that no route is for.
func (r *resource) astray(x *Exchange) error {
	if r.methods == nil && slashed(x.r) {
		return problem.New(http.StatusNotFound, "no-such-route",
			"nothing here has an id, a number or a name with a slash; GET /v1/openapi.json lists the "+
				"addresses there are")
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
