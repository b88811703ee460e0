// Package desk is the resource family of what staff do at a desk: the queue of what needs
// somebody now, and doors opened to look inside.
package desk

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/desk"
	"cubby/locker/people"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station knows what needs somebody, and opens doors. What the rules refuse comes back as
// a *ledger.Refusal.
type Station interface {
	// Queue lists what needs somebody now, the most harmful and oldest first.
	Queue(ctx context.Context) ([]desk.Matter, error)
	// OpenDoor opens a door to look inside. Behind an occupied one second is what the badge
	// of another person says. It answers with the id of the opening, whose outcome follows.
	OpenDoor(ctx context.Context, by people.Doer, second, compartment, reason string) (opening string, err error)
}

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	return rest.Family{Name: "desk", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/queue", Scope: "staff:read", Run: rest.Plain(f.queue),
			Naming: rest.MayBeNamed, Does: string(people.SeeWall)},
		{Method: "POST", Path: "/v1/compartments/{number}/open", Repeat: rest.Once, Scope: "staff:act",
			Run:    rest.Reads(f.open),
			Naming: rest.IsNamed},
	}}
}

// matter is one thing that needs somebody.
type matter struct {
	Kind   string     `json:"kind"`
	Harm   string     `json:"harm"`
	Also   []string   `json:"also,omitempty"`
	Door   string     `json:"compartment,omitempty"`
	Parcel string     `json:"parcel_id,omitempty"`
	Device string     `json:"device,omitempty"`
	Screen string     `json:"terminal,omitempty"`
	Reason string     `json:"reason,omitempty"`
	Since  *time.Time `json:"since,omitempty"`
	ToDo   string     `json:"what_to_do"`
}

func (f family) queue(x *rest.Exchange) error {
	all, err := f.station.Queue(x.Context())
	if err != nil {
		return err
	}
	list := []matter{}
	for _, m := range all {
		one := matter{m.Kind, string(m.Harm), m.Also, m.Door, m.Parcel, m.Device, m.Screen, m.Reason, nil, m.ToDo}
		if !m.Since.IsZero() {
			since := m.Since.UTC()
			one.Since = &since
		}
		list = append(list, one)
	}
	return x.Encode(http.StatusOK, map[string]any{"queue": list})
}

// opening is why a door is opened, and who vouches for it beside the first person.
type opening struct {
	Reason string `json:"reason" check:"required,text=1..200" slug:"reason"`
	Second string `json:"second" check:"plain=1..64" slug:"unknown-badge"`
}

func (f family) open(x *rest.Exchange, o opening) error {
	id, err := f.station.OpenDoor(
		x.Context(), people.Doer{ID: x.Person()}, o.Second, x.Var("number"), o.Reason)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusAccepted, map[string]any{"opening": id})
}
