package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/sync/hub"
	"cubby/sync/webhook"
)

// Watched is what the metrics tell of.
type Watched interface {
	Stations(ctx context.Context) ([]hub.Station, error)
	Troubles(ctx context.Context, station string) ([]hub.Trouble, error)
	Quarantined(ctx context.Context) (int, error)
	WebhookCounts(ctx context.Context) ([]webhook.Count, error)
}

// gauges read the hub whenever metrics are asked for. They name stations, never people or
// parcels.
type gauges struct {
	hub Watched
	log *slog.Logger

	stations, online, waiting, oldest, seen, quarantined, troubles, webhooks *prometheus.Desc
}

func newGauges(h Watched, log *slog.Logger) *gauges {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("cubby_hub_"+name, help, labels, nil)
	}
	return &gauges{
		hub: h, log: log,
		stations: describe("stations", "Stations that have joined and are not removed."),
		online:   describe("station_online", "1 when the station was heard of lately, else 0.", "station"),
		waiting: describe("station_waiting_facts", "Facts the station had waiting when it last said so.",
			"station"),
		oldest:      describe("station_oldest_unacknowledged_seconds", "Age of the oldest of them.", "station"),
		seen:        describe("station_last_seen_timestamp_seconds", "When the station was last heard of.", "station"),
		quarantined: describe("quarantined_facts", "Facts that could not be taken in and nobody has looked at."),
		webhooks: describe("webhook_deliveries",
			"Events for webhooks that wait, and those that are dead; those done of the last 30 days.", "state"),
		troubles: describe("troubles", "What somebody has to do something about, by kind.", "kind"),
	}
}

// Describe sends the descriptions.
func (g *gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		g.stations, g.online, g.waiting, g.oldest, g.seen, g.quarantined, g.troubles, g.webhooks,
	} {
		to <- d
	}
}

// gatherTime bounds what one gathering may take.
const gatherTime = 5 * time.Second

// Collect reads the hub. What cannot be read is left out, and the log says why.
func (g *gauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), gatherTime)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	all, err := g.hub.Stations(ctx)
	if err != nil {
		g.log.Warn("the metrics of stations cannot be read", "error", err)
	}
	joined := 0
	for _, s := range all {
		if s.Removed || s.Joined.IsZero() {
			continue
		}
		joined++
		up := 0.0
		if online(s) {
			up = 1
		}
		gauge(g.online, up, s.ID)
		gauge(g.waiting, float64(s.Waiting), s.ID)
		age := 0.0
		if s.OldestWaiting != nil {
			age = max(0, time.Since(*s.OldestWaiting).Seconds())
		}
		gauge(g.oldest, age, s.ID)
		if !s.LastSeen.IsZero() {
			gauge(g.seen, float64(s.LastSeen.Unix()), s.ID)
		}
	}
	if err == nil {
		gauge(g.stations, float64(joined))
	}
	if n, err := g.hub.Quarantined(ctx); err == nil {
		gauge(g.quarantined, float64(n))
	} else {
		g.log.Warn("the metric of quarantined facts cannot be read", "error", err)
	}
	if counts, err := g.hub.WebhookCounts(ctx); err == nil {
		for state, n := range webhook.Total(counts) {
			gauge(g.webhooks, float64(n), state)
		}
	} else {
		g.log.Warn("the metric of webhooks cannot be read", "error", err)
	}
	troubles, err := g.hub.Troubles(ctx, "")
	if err != nil {
		g.log.Warn("the metrics of troubles cannot be read", "error", err)
	}
	kinds := map[string]int{}
	for _, t := range troubles {
		kinds[t.Kind]++
	}
	for kind, n := range kinds {
		gauge(g.troubles, float64(n), kind)
	}
}
