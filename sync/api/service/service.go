// Package service is the resource family of what is told of the endpoint itself: the
// contract, health, metrics; and codes drawn for those who cannot.
package service

import (
	_ "embed"
	"log/slog"
	"net/http"
	"sync"

	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station knows whether it serves.
type Station interface {
	// Ready is nil, or why the station cannot serve.
	Ready() error
}

type family struct {
	station   Station
	name      string
	readiness *readiness
}

// Family is the family over a station; name is the station's random id, told in the
// answers about its health.
func Family(st Station, name string) rest.Family {
	f := family{st, name, new(readiness)}
	return rest.Family{Name: "service", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: "/v1/qr", Repeat: rest.Again, Run: rest.Reads(drawQR, sentences)},
		{
			Method:     "GET",
			Path:       "/v1/openapi.json",
			Entry:      rest.Open,
			WhenClosed: true,
			Run:        rest.Plain(rest.GetDocument),
		},
		{Method: "GET", Path: "/healthz", Entry: rest.Open, WhenClosed: true, Run: rest.Plain(f.health)},
		{Method: "GET", Path: "/readyz", Entry: rest.Open, WhenClosed: true, Run: rest.Plain(f.ready)},
		{Method: "GET", Path: "/metrics", Entry: rest.Open, Run: rest.Plain(rest.GetMetrics)},
	}}
}

// health says that the process lives; nothing more is asked of anybody.
func (f family) health(x *rest.Exchange) error {
	return x.Encode(http.StatusOK, map[string]string{"status": "ok", "station": f.name})
}

// ready says whether the station can serve, and why not. It is asked every
// few seconds, so the log gets a line per change, not one per question.
func (f family) ready(x *rest.Exchange) error {
	x.Routine()
	err := f.station.Ready()
	f.readiness.note(x.Log(), err)
	if err != nil {
		return problem.New(http.StatusServiceUnavailable, "not-ready", err.Error()).Again(5)
	}
	return x.Encode(http.StatusOK, map[string]string{"status": "ready", "station": f.name})
}

// readiness is what was last answered to whoever asked for it.
type readiness struct {
	mu  sync.Mutex // guards what follows
	why string     // empty while ready, and before anybody asked
}

// note logs a readiness that is not the one of before.
func (r *readiness) note(log *slog.Logger, err error) {
	why := ""
	if err != nil {
		why = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case why == r.why:
	case why == "":
		log.Info("the station is ready again")
	default:
		log.Warn("the station is not ready", "why", why)
	}
	r.why = why
}
