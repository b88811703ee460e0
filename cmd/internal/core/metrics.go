package core

import (
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/hardware"
	"cubby/locker/door"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/wall"
)

// collector reads the station's figures when somebody asks for them.
type collector struct {
	station *station.Station
	store   *store.Store
	site    *hardware.Site
	log     *slog.Logger
	line    *line

	messages *messages
	hooks    *hooks
}

func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("cubby_"+name, help, labels, nil)
}

var (
	figDoors      = figure("doors", "Doors by what their sensor says.", "state")
	figAllocation = figure("compartments", "Compartments by allocation.", "allocation")
	figEvents     = figure("events_total", "Events in the log.")
	figCodes      = figure("codes_waiting", "Pickup codes that not all clients have acknowledged.")
	figCodesFor   = figure("codes_waiting_for",
		"Of them, those that wait for one client of the feed; for an empty name when there is none.", "client")
	figOldestCode = figure("codes_oldest_seconds", "How long the oldest of those has waited.", "client")
	figWaiting    = figure("centre_waiting_events", "Events that the centre has not seen.")
	figOldest     = figure("centre_oldest_waiting_seconds", "How long the oldest of them has waited.")
	figPushed     = figure("centre_pushed_events_total", "Events that were pushed since the start.")
	figTaken      = figure("centre_taken_changes_total", "Changes of the centre that were decided since the start.")
	figSetAside   = figure("centre_set_aside_events_total", "Events that the centre could not take in.")
	figMessages   = figure("messages",
		"Messages to customers: those that wait, and those of the last 24 hours that are done.", "kind", "state")
	figWebhooks = figure("webhook_deliveries",
		"Events for webhooks that wait, and those that are dead; those done of the last 30 days.", "state")
	figDevice   = figure("device_working", "1 when the device answers.", "device")
	figPolls    = figure("bus_polls_total", "Status requests written.", "bus")
	figTimeouts = figure("bus_timeouts_total", "Requests without their reply.", "bus")
	figJunk     = figure("bus_junk_bytes_total", "Bytes that belonged to no valid frame.", "bus")
	figLate     = figure("bus_late_total", "Replies that came when nobody waited for them any more.", "bus")
	figLatest   = figure("bus_latest_reply_seconds", "The longest time that one of these took.", "bus")
	figEchoes   = figure("bus_echoes_total", "Own requests heard back.", "bus")
	figWrong    = figure("bus_wrong_address_total", "Replies from another board than the one asked.", "bus")
	figPulses   = figure("bus_pulses_total", "Unlock frames written.", "bus")
	figLatency  = figure("order_latency_seconds", "From an order to its unlock frame.", "bus")
	figPushes   = figure("bus_pushes_total", "Changes of contacts that boards told unasked.", "bus")
	figOpenings = figure("door_openings_total", "Unlock frames written for a door.", "door")
	figFailed   = figure("door_openings_failed_total", "Of them, the lock was driven and the door stayed closed.",
		"door")
	figRefused = figure("door_openings_refused_total",
		"Of them, the board said that it did not drive the lock, and the door stayed closed.", "door")
	figFitness = figure("door_fitness",
		"How a lock fared in its last 20 openings: 2 good, 1 getting slow, 0 failing or refused by its board.", "door")
	figTimeToOpen = figure("door_time_to_open_seconds",
		"From the unlock frame to the first reading that shows the door open, all doors.")
	figScans       = figure("scanner_scans_total", "Codes read.", "device")
	figScanBytes   = figure("scanner_bytes_total", "Bytes that came from the code reader.", "device")
	figLogDropped  = figure("log_lines_dropped_total", "Log lines that nobody has read in time.")
	figScansRepeat = figure("scanner_duplicates_total", "Codes read again at once and left out.", "device")
)

// Describe sends nothing: the figures that exist depend on the site.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads all figures.
func (c collector) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	doors, allocations := map[door.State]int{}, map[wall.Allocation]int{}
	for _, box := range c.station.Compartments() {
		doors[box.Door]++
		allocations[box.Allocation]++
	}
	for _, s := range []door.State{door.Unknown, door.Closed, door.Open} {
		gauge(figDoors, float64(doors[s]), s.String())
	}
	for a, n := range allocations {
		gauge(figAllocation, float64(n), string(a))
	}
	count(figEvents, uint64(c.store.Head()))
	if h, ok := c.log.Handler().(logHandler); ok {
		count(figLogDropped, h.log.Dropped())
	}
	gauge(figCodes, float64(c.store.CodesWaiting()))
	c.collectWaiting(gauge)
	c.messages.collect(gauge)
	c.hooks.collect(gauge)
	c.collectLine(gauge, count)
	for _, d := range c.site.Conditions() {
		working := 0.0
		if d.Condition == hardware.Working || d.Condition == hardware.Differs {
			working = 1
		}
		gauge(figDevice, working, d.Device)
	}
	for _, b := range c.site.BusStats() {
		count(figPolls, b.Polls, b.Bus)
		count(figTimeouts, b.Timeouts, b.Bus)
		count(figJunk, b.JunkBytes, b.Bus)
		count(figLate, b.Late, b.Bus)
		gauge(figLatest, b.Latest.Seconds(), b.Bus)
		count(figEchoes, b.Echoes, b.Bus)
		count(figWrong, b.WrongAddress, b.Bus)
		count(figPulses, b.Pulses, b.Bus)
		count(figPushes, b.Pushes, b.Bus)
		out <- latency(b)
	}
	health := c.site.DoorHealth()
	for _, d := range health {
		if d.Openings == 0 {
			continue // a wall has many doors
		}
		count(figOpenings, d.Openings, d.Compartment)
		count(figFailed, d.Failed, d.Compartment)
		count(figRefused, d.Refused, d.Compartment)
		if fitness, known := fitnesses[d.Fitness]; known {
			gauge(figFitness, fitness, d.Compartment)
		}
	}
	out <- timeToOpen(health)
	for _, s := range c.site.ScannerStats() {
		count(figScans, s.Scans, s.Device)
		count(figScanBytes, s.Bytes, s.Device)
		count(figScansRepeat, s.Duplicates, s.Device)
	}
}

var fitnesses = map[hardware.Fitness]float64{
	hardware.Good: 2, hardware.GettingSlow: 1, hardware.Refusing: 0, hardware.Failing: 0,
}

func timeToOpen(health []hardware.DoorHealth) prometheus.Metric {
	var total [len(hardware.OpeningBounds) + 1]uint64
	var sum time.Duration
	for _, d := range health {
		for i, n := range d.TimeToOpen {
			total[i] += n
		}
		sum += d.TimeSum
	}
	buckets, below := map[float64]uint64{}, uint64(0)
	for i, bound := range hardware.OpeningBounds {
		below += total[i]
		buckets[bound.Seconds()] = below
	}
	return prometheus.MustNewConstHistogram(figTimeToOpen, below+total[len(total)-1], sum.Seconds(), buckets)
}

func latency(b hardware.BusStats) prometheus.Metric {
	buckets, below := map[float64]uint64{}, uint64(0)
	for i, bound := range hardware.LatencyBounds {
		below += b.Latency.Buckets[i]
		buckets[bound.Seconds()] = below
	}
	return prometheus.MustNewConstHistogram(figLatency, b.Latency.Count, b.Latency.Sum.Seconds(), buckets, b.Bus)
}
