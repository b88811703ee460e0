package rest

import (
	"net/http"
	"strconv"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is what GET /metrics shows of the endpoint itself.
type metrics struct {
	registry   *prometheus.Registry
	handler    http.Handler
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	streams    *prometheus.GaugeVec
	turnedAway prometheus.Counter
	limited    prometheus.Counter
	unlogged   prometheus.Counter
	madeRoom   prometheus.Counter
	astray     *bound
	places     chan struct{} // holds one element per reader of GET /metrics
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		places:   make(chan struct{}, 4),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "cubby_http_requests_total",
			Help: "Requests answered, by method, route template and status."}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "cubby_http_request_seconds",
			Help: "Time from request to answer in seconds; long polls and streams are left out.",
			Buckets: []float64{
				.0005,
				.001,
				.0025,
				.005,
				.01,
				.025,
				.05,
				.1,
				.25,
				1,
				5,
			}}, []string{"method", "route"}),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "cubby_http_streams",
			Help: "Long polls and event streams open now, by route template."}, []string{"route"}),
		turnedAway: prometheus.NewCounter(prometheus.CounterOpts{Name: "cubby_http_key_failures_total",
			Help: "Requests without a valid key where one is needed."}),
		limited: prometheus.NewCounter(prometheus.CounterOpts{Name: "cubby_http_limited_total",
			Help: "Requests refused because their key sent more in a minute than it may."}),
		unlogged: prometheus.NewCounter(prometheus.CounterOpts{Name: "cubby_http_refusals_not_logged_total",
			Help: "Refused requests that are not in the log, because there were too many."}),
		madeRoom: prometheus.NewCounter(
			prometheus.CounterOpts{Name: "cubby_http_connections_closed_for_others_total",
				Help: "Idle connections that were closed because all places were taken and others came."},
		),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.streams, m.turnedAway, m.limited, m.unlogged, m.madeRoom,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.handler = promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{DisableCompression: true})
	m.astray = m.bind(Route{Method: "other", Path: "other", Entry: Open}, 0)
	return m
}

// bind resolves the metrics of a route once.
func (m *metrics) bind(e Route, needs scope) *bound {
	return &bound{Route: e, scope: needs, seconds: m.seconds.WithLabelValues(e.Method, e.Path),
		counts: counts{
			vec:    m.requests,
			method: e.Method,
			route:  e.Path,
			seen:   new([500]atomic.Pointer[prometheus.Counter]),
		}}
}

// elsewhere is a route for requests that no route is for. They share one name in
// metrics and logs: nobody can make series from outside.
func (m *metrics) elsewhere(run func(*Exchange) error) *bound {
	e := *m.astray
	e.Run = Plain(run)
	return &e
}

// counts holds the request counters of one route, by status.
type counts struct {
	vec           *prometheus.CounterVec
	method, route string
	seen          *[500]atomic.Pointer[prometheus.Counter] // by status - 100
}

func (c *counts) add(status int) {
	i := status - 100
	if i < 0 || i >= len(c.seen) {
		return
	}
	counter := c.seen[i].Load()
	if counter == nil {
		made := c.vec.WithLabelValues(c.method, c.route, strconv.Itoa(status))
		counter = &made
		c.seen[i].Store(counter)
	}
	(*counter).Inc()
}
