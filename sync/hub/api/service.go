package api

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed service.json
var serviceFragment []byte

// Pinger knows whether the hub's database answers.
type Pinger interface {
	Ping(ctx context.Context) error
}

type serviceFamily struct {
	hub  Pinger
	name string
}

// service is the family of what is told of the endpoint itself.
func service(h interface {
	Pinger
	Watched
}, c Config) rest.Family {
	f := serviceFamily{h, c.Name}
	shown := []prometheus.Collector{newGauges(h, c.Log)}
	return rest.Family{Name: "service", Fragment: serviceFragment, Metrics: shown, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/openapi.json", Entry: rest.Open, Run: rest.Plain(rest.GetDocument)},
		{Method: "GET", Path: "/healthz", Entry: rest.Open, Run: rest.Plain(f.health)},
		{Method: "GET", Path: "/readyz", Entry: rest.Open, Run: rest.Plain(f.ready)},
		{Method: "GET", Path: "/metrics", Entry: rest.Open, Run: rest.Plain(rest.GetMetrics)},
	}}
}

// health says that the process lives; nothing more is asked of anybody.
func (f serviceFamily) health(x *rest.Exchange) error {
	return x.Encode(http.StatusOK, map[string]string{"status": "ok", "hub": f.name})
}

// ready says whether the database answers. Why it does not is in the log, not in the
// answer: its address may be in it.
func (f serviceFamily) ready(x *rest.Exchange) error {
	x.Routine()
	if err := f.hub.Ping(x.Context()); err != nil {
		x.Log().Warn("the hub's database does not answer, or cannot be written", "error", err)
		return problem.New(http.StatusServiceUnavailable, "not-ready",
			"the hub's database does not answer, or cannot be written").Again(5)
	}
	return x.Encode(http.StatusOK, map[string]string{"status": "ready", "hub": f.name})
}
