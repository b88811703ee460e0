package locker

import (
	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"time"
)

// Facts about visits, devices and the station itself.

// VisitStarted: somebody has come.
type VisitStarted struct {
	Visit string    `json:"visit"`
	Kind  VisitKind `json:"kind"`
}

func (VisitStarted) Type() string      { return "visit.started" }
func (f VisitStarted) Subject() string { return "visits/" + f.Visit }
func (VisitStarted) Published() bool   { return true }

func (*VisitStarted) Apply(*ledger.State, time.Time) {}

// VisitStepped carries the whole visit, so that a restart finds its place.
type VisitStepped struct{ Visit Visit }

func (VisitStepped) Type() string      { return "visit.stepped" }
func (f VisitStepped) Subject() string { return "visits/" + f.Visit.ID }
func (VisitStepped) Published() bool   { return false }

func (f *VisitStepped) Apply(s *ledger.State, _ time.Time) {
	Visits.Put(s, f.Visit.at(), f.Visit)
}

// CourierRefused: a badge, card or PIN that belongs to no courier was presented.
// What is refused over and over in one visit is told only now and then.
type CourierRefused struct {
	Presented string `json:"presented"` // "badge", "card", "pin", "code", "label", "misread", "unreadable"
}

func (CourierRefused) Type() string    { return "courier.refused" }
func (CourierRefused) Subject() string { return "station" }
func (CourierRefused) Published() bool { return true }

func (*CourierRefused) Apply(*ledger.State, time.Time) {}

// LabelRefused: a courier has scanned a label that opens nothing. Reasons:
// misread, ambiguous (it fits the parcels named).
type LabelRefused struct {
	Reason  view.Reason `json:"reason"`
	Parcels []string    `json:"parcel_ids,omitempty"`
}

func (LabelRefused) Type() string    { return "courier.label_refused" }
func (LabelRefused) Subject() string { return "station" }
func (LabelRefused) Published() bool { return true }

func (*LabelRefused) Apply(*ledger.State, time.Time) {}

// VisitEnded: nobody is there any more.
type VisitEnded struct {
	Visit   string    `json:"visit"`
	Kind    VisitKind `json:"kind"`
	Step    view.Step `json:"step"`
	Outcome string    `json:"outcome"` // "finished", "timed_out", "left_open"
}

func (VisitEnded) Type() string      { return "visit.ended" }
func (f VisitEnded) Subject() string { return "visits/" + f.Visit }
func (VisitEnded) Published() bool   { return true }

func (f *VisitEnded) Apply(s *ledger.State, _ time.Time) {
	for _, v := range Visits.All(s) {
		if v.ID == f.Visit {
			Visits.Delete(s, v.at())
		}
	}
}

// GuardChanged: a PIN was wrong, or right after wrong ones.
type GuardChanged struct{ Guard Guards }

func (GuardChanged) Type() string    { return "guard.changed" }
func (GuardChanged) Subject() string { return "station" }
func (GuardChanged) Published() bool { return false }

func (f *GuardChanged) Apply(s *ledger.State, _ time.Time) {
	PINGuard.Write(s, f.Guard)
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

// StationStarted: the core came up. Doors are unknown until they are read.
type StationStarted struct {
	Boot    string `json:"boot"`    // the machine's boot id
	Version string `json:"version"` // of the program
}

func (StationStarted) Type() string    { return "station.started" }
func (StationStarted) Subject() string { return "station" }
func (StationStarted) Published() bool { return true }

func (f *StationStarted) Apply(s *ledger.State, at time.Time) {
	a := applying{World{s}, s, at}
	a.started()
}
