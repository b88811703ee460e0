package core

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"cubby/hardware"
	"cubby/hardware/climate"
	"cubby/hardware/printer"
	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/parcel"
	"cubby/locker/station"
)

// sink hands what the hardware says to the station, and the status of devices to the
// registry as well.
type sink struct {
	station *station.Station
	health  *health.Registry
	log     *slog.Logger
}

func (s sink) DoorSeen(seen door.Seen)       { s.station.DoorSeen(seen) }
func (s sink) OpeningEnded(ended door.Ended) { s.station.OpeningEnded(ended) }
func (s sink) Scanned(scan hardware.Scan)    { scanned(s.station, scan) }

func (s sink) DeviceChanged(r hardware.DeviceReport) {
	s.note(r.Device, string(r.Condition), r.Detail, r.At)
}

// PrinterChanged takes the status of a printer.
func (s sink) PrinterChanged(r printer.Report) { s.note(r.Device, string(r.State), r.Detail, r.At) }

// ClimateChanged takes the status of a sensor and its bank.
func (s sink) ClimateChanged(r climate.Report) { s.note(r.Device, string(r.State), r.Detail, r.At) }

// JobEnded takes the end of a printed job; the station knows which are receipts.
func (s sink) JobEnded(e printer.Ended) {
	s.log.Info("print job ended", "device", e.Device, "job", e.Job, "result", e.Result, "tries", e.Tries)
	result := parcel.LostReceipt
	switch e.Result {
	case printer.Printed:
		result = parcel.PrintedReceipt
	case printer.Sent:
		result = parcel.SentReceipt
	}
	s.station.Printed(e.Job, result)
}

func (s sink) note(device, state, detail string, at time.Time) {
	if health.KindOf(device) == health.Door { // the list of doors is made anew at each question
		p := health.Of(health.Door, state)
		s.station.DeviceChanged(health.Device{
			Name: device, Kind: p.Kind, State: state, Title: p.Title, Severity: p.Severity, Since: at, ToDo: p.ToDo,
			Detail: detail,
		})
		return
	}
	d, changed := s.health.Note(device, health.KindOf(device), state, detail, at)
	if !changed {
		return
	}
	level := slog.LevelInfo
	if d.Severity == health.Warning || d.Severity == health.Alarm {
		level = slog.LevelWarn
	}
	s.log.Log(context.Background(), level, "device", "device", d.Name, "state", d.State, "severity", d.Severity,
		"detail", d.Detail)
	s.station.DeviceChanged(d)
}

// Devices is the status of everything: devices first, then the doors of the wall.
func (s staff) Devices() []health.Device {
	worn := map[string]health.Wear{}
	if site := s.doors.site.Load(); site != nil {
		for _, d := range site.DoorHealth() {
			worn[d.Compartment] = health.Wear{
				Suspect: d.Suspect, Failing: d.Fitness == hardware.Failing, Refused: d.Fitness == hardware.Refusing,
				Slow: d.Fitness == hardware.GettingSlow,
			}
		}
	}
	// What the hardware says of a door's contact is one thing of several known of it.
	all := slices.DeleteFunc(s.health.Devices(), func(d health.Device) bool { return d.Kind == health.Door })
	for _, c := range s.Compartments() {
		all = append(all, health.OfDoor(c, worn[c.Number]))
	}
	return all
}
