// Package centre is the resource family of the line to a central order system: joined,
// left, and how it is. Only the station's own tools get there.
package centre

import (
	"context"
	_ "embed"
	"net/http"

	"cubby/locker/centre"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station has the line.
type Station interface {
	// CentreLine says how it is.
	CentreLine(ctx context.Context) (centre.Told, error)
	// JoinCentre joins by an invitation. It is refused when there is a line, when the
	// invitation is none, and when the centre refuses it.
	JoinCentre(ctx context.Context, invitation string) error
	// LeaveCentre ends the line; repeating it is no error.
	LeaveCentre(ctx context.Context) error
	// HurryCentre has what waits be tried at once.
	HurryCentre(ctx context.Context) error
}

type family struct{ station Station }

// Family is the family over a station.
func Family(s Station) rest.Family {
	f := family{s}
	return rest.Family{Name: "centre", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/centre", Entry: rest.Staff, Run: rest.Plain(f.answer)},
		{Method: "POST", Path: "/v1/centre/join", Repeat: rest.Once, Entry: rest.Staff,
			Run: rest.Reads(f.join)},
		{Method: "POST", Path: "/v1/centre/leave", Repeat: rest.Again, Entry: rest.Staff,
			Run: rest.Empty(f.leave)},
		{Method: "POST", Path: "/v1/centre/sync", Repeat: rest.Again, Entry: rest.Staff,
			Run: rest.Empty(f.hurry)},
	}}
}

type invitation struct {
	Text string `json:"invitation" check:"required,text=1..1000" slug:"invitation"`
}

func (f family) join(x *rest.Exchange, i invitation) error {
	if err := f.station.JoinCentre(x.Context(), i.Text); err != nil {
		return err
	}
	return f.answer(x)
}

func (f family) leave(x *rest.Exchange) error {
	if err := f.station.LeaveCentre(x.Context()); err != nil {
		return err
	}
	return f.answer(x)
}

func (f family) hurry(x *rest.Exchange) error {
	if err := f.station.HurryCentre(x.Context()); err != nil {
		return err
	}
	return f.answer(x)
}

func (f family) answer(x *rest.Exchange) error {
	l, err := f.station.CentreLine(x.Context())
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, l)
}
