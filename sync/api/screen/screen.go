// Package screen is the resource family of the touchscreens: what a terminal shows, as it
// changes, and what was touched. It is on the socket only.
package screen

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/rest"
	"cubby/sync/sse"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// keepAlive is how often a silent stream of views says that it lives: a screen must
// notice soon that nobody is behind it any more. Package client relies on it.
const keepAlive = 5 * time.Second

// Station shows views and takes actions.
type Station interface {
	// HasTerminal reports whether there is a terminal of this name; the empty one is the kiosk.
	HasTerminal(name string) bool
	// View is what the screen of a terminal shows now.
	View(terminal string) view.View
	// Views delivers the view and every change of it until ctx ends, when the
	// channel is closed. A slow receiver misses views, never the latest.
	Views(ctx context.Context, terminal string) <-chan view.View
	// Act does what a person touched on the screen.
	Act(ctx context.Context, a view.Action) error
}

type family struct{ station Station }

// Family is the family over a station. It answers while the station is closed too:
// a screen then says so.
func Family(st Station) rest.Family {
	f := family{st}
	terminal := []string{"terminal"}
	return rest.Family{Name: "screen", Fragment: fragment, Routes: []rest.Route{
		{
			Method:     "GET",
			Path:       "/screen/v1/view",
			Entry:      rest.Staff,
			WhenClosed: true,
			Query:      terminal,
			Run:        rest.Plain(f.view),
		},
		{
			Method:     "GET",
			Path:       "/screen/v1/views",
			Entry:      rest.Staff,
			WhenClosed: true,
			Query:      terminal,
			Run:        rest.Plain(f.views),
		},
		{
			Method:     "POST",
			Path:       "/screen/v1/actions",
			Repeat:     rest.Once,
			Entry:      rest.Staff,
			WhenClosed: true,
			Run:        rest.Reads(f.act, sentences),
		},
	}}
}

// view answers with what the screen of a terminal shows now.
func (f family) view(x *rest.Exchange) error {
	terminal, err := f.terminal(x)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, withLists(f.station.View(terminal)))
}

// terminal is the one that is asked about; empty: the kiosk.
func (f family) terminal(x *rest.Exchange) (string, error) {
	name := x.Query().Get("terminal")
	if !f.station.HasTerminal(name) {
		return "", ledger.Refuse(ledger.NotFound, "no-such-terminal",
			"there is no terminal %q here; those there are stand under [[terminal]] in the configuration",
			rest.Short(name))
	}
	return name, nil
}

// withLists makes empty lists of those that are nil, so that they are [] on the
// wire and a reader can go through them without asking.
func withLists(v view.View) view.View {
	if v.Languages == nil {
		v.Languages = []string{}
	}
	if v.Actions == nil {
		v.Actions = []view.ActionName{}
	}
	if v.Wall.Doors == nil {
		v.Wall.Doors = []view.Door{}
	}
	return v
}

// views sends the view of a terminal and every change of it.
func (f family) views(x *rest.Exchange) error {
	terminal, err := f.terminal(x)
	if err != nil {
		return err
	}
	if x.Request().Method == http.MethodHead {
		x.Header().Set("Content-Type", sse.ContentType)
		x.WriteHeader(http.StatusOK)
		return nil
	}
	leave, err := x.Park()
	if err != nil {
		return err
	}
	defer leave()
	st, err := x.Stream("")
	if err != nil {
		return x.Sent(err)
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	views := f.station.Views(x.Request().Context(), terminal)
	for {
		select {
		case v, more := <-views:
			if !more {
				return nil
			}
			data, err := json.Marshal(withLists(v))
			if err != nil {
				return err
			}
			if st.Send(sse.Message{Event: "view", Data: data}) != nil {
				return nil
			}
			alive.Reset(keepAlive)
		case <-alive.C:
			if st.KeepAlive() != nil {
				return nil
			}
		case <-x.Closing():
			return nil
		}
	}
}

var sentences = strict.Says{
	"action-visit": "the visit is the one of the view, at most 64 characters",
	"action-name":  "name one of the view's actions",
	"action-value": "a value has at most 512 characters and none that is invisible",
	"action-page":  "step, door and parcel are those of the view",
}

// action is a touch: a view.Action with its bounds.
type action struct {
	Terminal string          `json:"terminal"`
	Visit    string          `json:"visit"    check:"plain=0..64"          slug:"action-visit"`
	Name     view.ActionName `json:"name"     check:"required,plain=1..64" slug:"action-name"`
	Value    string          `json:"value"    check:"plain=0..512"         slug:"action-value"`
	Step     view.Step       `json:"step"     check:"plain=0..64"          slug:"action-page"`
	Door     string          `json:"door"     check:"plain=0..64"          slug:"action-page"`
	Parcel   string          `json:"parcel"   check:"bytes=0..512"         slug:"action-page"`
}

// act does what a person touched.
func (f family) act(x *rest.Exchange, a action) error {
	if err := f.station.Act(x.Context(), view.Action(a)); err != nil {
		return err
	}
	return x.Nothing()
}
