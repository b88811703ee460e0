package core

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/locker/health"
)

const (
	// consumersEvery is how often the core looks at what waits for clients of the feed.
	consumersEvery = time.Minute
	// codesLate is for how long a code may wait for a client before staff are told:
	// the customer may know of no parcel until then.
	codesLate = time.Hour
	// waitingWithin is how long the question may take.
	waitingWithin = 5 * time.Second
)

// noteConsumers tells which clients leave codes waiting, and which do so no longer.
// late are those told of before.
func (c *Core) noteConsumers(ctx context.Context, now time.Time, late map[string]bool) {
	ctx, cancel := context.WithTimeout(ctx, waitingWithin)
	defer cancel()
	all, err := c.store.Waiting(ctx)
	if err != nil {
		c.log.Warn("what waits for the clients of the feed cannot be read", "error", err)
		return
	}
	told := sink{c.station, c.health, c.log}
	still := map[string]bool{}
	for _, w := range all {
		if w.Consumer == "" || now.Sub(w.Oldest) < codesLate {
			continue
		}
		device := health.Consumer + " " + w.Consumer
		still[device] = true
		told.note(device, "late", "a pickup code waits since "+w.Oldest.UTC().Format(time.RFC3339), now)
	}
	for device := range late {
		if !still[device] {
			told.note(device, "working", "", now)
			delete(late, device)
		}
	}
	for device := range still {
		late[device] = true
	}
}

// collectWaiting adds what waits for each client to the metrics.
func (c collector) collectWaiting(gauge func(d *prometheus.Desc, v float64, labels ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), waitingWithin)
	defer cancel()
	all, err := c.store.Waiting(ctx)
	if err != nil {
		c.log.Warn("what waits for the clients of the feed cannot be read", "error", err)
	}
	for _, w := range all {
		gauge(figCodesFor, float64(w.Codes), w.Consumer)
		gauge(figOldestCode, time.Since(w.Oldest).Seconds(), w.Consumer)
	}
}
