package visit

import (
	"time"

	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Facts about visits, devices and the station itself.

// Started: somebody has come.
type Started struct {
	Visit string `json:"visit"`
	Kind  Kind   `json:"kind"`
}

func (Started) Type() string      { return "visit.started" }
func (f Started) Subject() string { return "visits/" + f.Visit }
func (Started) Published() bool   { return true }

func (*Started) Apply(*ledger.State, time.Time) {}

// Stepped carries the whole visit, so that a restart finds its place.
type Stepped struct{ Visit Visit }

func (Stepped) Type() string      { return "visit.stepped" }
func (f Stepped) Subject() string { return "visits/" + f.Visit.ID }
func (Stepped) Published() bool   { return false }

func (f *Stepped) Apply(s *ledger.State, _ time.Time) {
	Visits.Put(s, f.Visit.at(), f.Visit)
}

// Ended: nobody is there any more.
type Ended struct {
	Visit   string    `json:"visit"`
	Kind    Kind      `json:"kind"`
	Step    view.Step `json:"step"`
	Outcome string    `json:"outcome"` // "finished", "timed_out", "left_open"
}

func (Ended) Type() string      { return "visit.ended" }
func (f Ended) Subject() string { return "visits/" + f.Visit }
func (Ended) Published() bool   { return true }

func (f *Ended) Apply(s *ledger.State, _ time.Time) {
	for _, v := range Visits.All(s) {
		if v.ID == f.Visit {
			Visits.Delete(s, v.at())
		}
	}
}

// CalendarKept writes the calendar down, so that a restart counts on.
type CalendarKept struct{ Calendar calendar.Calendar }

func (CalendarKept) Type() string    { return "calendar.kept" }
func (CalendarKept) Subject() string { return "station" }
func (CalendarKept) Published() bool { return false }

func (f *CalendarKept) Apply(s *ledger.State, _ time.Time) {
	CalendarNow.Write(s, f.Calendar)
}

// ClockAccepted: staff vouch for the machine's clock, which was not believed.
type ClockAccepted struct {
	Clock   time.Time `json:"clock"` // what it said
	Seconds int64     `json:"by_s"`  // by which the station's count was set
}

func (ClockAccepted) Type() string    { return "clock.accepted" }
func (ClockAccepted) Subject() string { return "station" }
func (ClockAccepted) Published() bool { return true }

func (*ClockAccepted) Apply(*ledger.State, time.Time) {}

// DeviceChanged: how a device does has changed.
type DeviceChanged struct {
	Device    string `json:"device"`
	Condition string `json:"condition"`
	Detail    string `json:"detail,omitempty"`
	Kind      string `json:"kind,omitempty"`     // as package health names kinds
	Severity  string `json:"severity,omitempty"` // as package health names them
}

func (DeviceChanged) Type() string      { return "device.changed" }
func (f DeviceChanged) Subject() string { return "devices/" + f.Device }
func (DeviceChanged) Published() bool   { return true }

func (*DeviceChanged) Apply(*ledger.State, time.Time) {}
