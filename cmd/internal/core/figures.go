package core

import (
	"github.com/prometheus/client_golang/prometheus"

	"cubby/hardware/climate"
	"cubby/locker/health"
)

// statuses reads the status of devices when somebody asks for the metrics.
type statuses struct {
	staff   staff
	sensors []*climate.Sensor
}

var (
	figSeverity = figure("device_severity",
		"1 for the severity a device has now, 0 for the others; of doors those that are not well.", "device",
		"kind", "severity")
	figTemperature = figure("climate_celsius", "Temperature, as long as the sensor answers.", "device")
	figHumidity    = figure("climate_humidity_percent", "Relative humidity, as long as the sensor answers.", "device")
	figPrinted     = figure("print_jobs_total", "Jobs that came out, as far as the printer tells.", "device")
	figReprints    = figure("print_reprints_total", "Jobs begun again because the first try failed.", "device")
	figPrintWaits  = figure("print_jobs_waiting", "Jobs that wait for the printer.", "device")
)

// Describe sends nothing: the figures that exist depend on the site.
func (statuses) Describe(chan<- *prometheus.Desc) {}

// Collect reads all figures.
func (f statuses) Collect(out chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	for _, d := range f.staff.Devices() {
		if d.Kind == health.Door && d.Severity == health.OK {
			continue // there are hundreds
		}
		for _, s := range health.Severities() {
			has := 0.0
			if d.Severity == s {
				has = 1
			}
			put(figSeverity, prometheus.GaugeValue, has, d.Name, d.Kind, string(s))
		}
	}
	for _, s := range f.sensors {
		if r, at := s.Reading(); !at.IsZero() {
			put(figTemperature, prometheus.GaugeValue, r.Celsius(), s.Name())
			put(figHumidity, prometheus.GaugeValue, r.Percent(), s.Name())
		}
	}
	for _, p := range f.staff.papers.all() {
		stats, waiting := p.Stats(), 0
		for _, j := range p.Jobs() {
			if j.Waits {
				waiting++
			}
		}
		put(figPrinted, prometheus.CounterValue, float64(stats.Jobs), p.Device())
		put(figReprints, prometheus.CounterValue, float64(stats.Again), p.Device())
		put(figPrintWaits, prometheus.GaugeValue, float64(waiting), p.Device())
	}
}
