// Package devices is the resource family of what a station is made of: the status of its
// devices and doors, and its clock.
package devices

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/health"
	"cubby/locker/people"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station knows its devices and its clock.
type Station interface {
	// Devices is the status of everything: devices, then the doors of the wall.
	Devices() []health.Device
	// Clock is how the machine's clock and the station's calendar stand to each
	// other; AcceptClock sets the calendar to a clock that is doubted.
	Clock() calendar.Standing
	AcceptClock(ctx context.Context, actor string) (calendar.Standing, error)
}

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	return rest.Family{Name: "devices", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/devices", Scope: "compartments:read", Run: rest.Plain(f.list),
			Naming: rest.MayBeNamed, Does: string(people.SeeWall)},
		{Method: "GET", Path: "/v1/clock", Scope: "compartments:read", Run: rest.Plain(f.clock)},
		{Method: "POST", Path: "/v1/clock/accept", Repeat: rest.Again, Scope: "operate",
			Run: rest.Empty(f.acceptClock)},
	}}
}

// deviceAnswer lists what is told of a device.
type deviceAnswer struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	State    string          `json:"state"`
	Title    string          `json:"title"`
	Severity health.Severity `json:"severity"`
	Since    *time.Time      `json:"since,omitempty"`
	ToDo     string          `json:"what_to_do,omitempty"`
	Detail   string          `json:"detail,omitempty"`
}

func (f family) list(x *rest.Exchange) error {
	list := []deviceAnswer{}
	for _, d := range f.station.Devices() {
		a := deviceAnswer{
			Name:     d.Name,
			Kind:     d.Kind,
			State:    d.State,
			Title:    d.Title,
			Severity: d.Severity,
			ToDo:     d.ToDo,
			Detail:   d.Detail,
		}
		if !d.Since.IsZero() {
			since := d.Since.UTC()
			a.Since = &since
		}
		list = append(list, a)
	}
	return x.Encode(http.StatusOK, map[string]any{"devices": list})
}

// clock answers with the time by which parcels expire and the machine's.
func (f family) clock(x *rest.Exchange) error {
	return x.Encode(http.StatusOK, f.station.Clock())
}

func (f family) acceptClock(x *rest.Exchange) error {
	now, err := f.station.AcceptClock(x.Context(), x.Actor())
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, now)
}
