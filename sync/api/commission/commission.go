// Package commission is the resource family of commissioning a site, for staff.
package commission

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/door/commissioning"
	"cubby/locker/ledger"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// A Commissioner commissions the site, one conversation at a time. While it
// does, the station serves nobody.
type Commissioner interface {
	// Begin refuses while somebody is at the station, and while parcels lie
	// behind doors that the start does not name.
	Begin(ctx context.Context, s commissioning.Start) (commissioning.State, error)
	// State waits at most so long for a question when work is under way.
	State(ctx context.Context, wait time.Duration) (commissioning.State, error)
	// Answer refuses what does not fit; the question stays then.
	Answer(ctx context.Context, a commissioning.Answer) (commissioning.State, error)
	// End brings the station back; what was not written is forgotten.
	End(ctx context.Context) error
}

const maxStateWait = 8 // seconds

type family struct{ site Commissioner }

// Family is the family over a commissioner; nil: the site cannot be commissioned
// through this endpoint.
func Family(site Commissioner) rest.Family {
	f := family{site}
	routes := []rest.Route{
		{Method: "POST", Path: "/v1/commission", Repeat: rest.Once, Run: rest.Reads(f.begin)},
		{Method: "GET", Path: "/v1/commission", Run: rest.Plain(f.get), Query: []string{"wait"}},
		{Method: "DELETE", Path: "/v1/commission", Run: rest.Plain(f.end)},
		{Method: "POST", Path: "/v1/commission/answers", Repeat: rest.Once,
			Run: rest.Reads(f.answer, sentences)},
	}
	for i := range routes {
		routes[i].Entry, routes[i].WhenClosed = rest.Staff, true
		if site == nil {
			routes[i].Run = rest.Plain(cannot)
		}
	}
	return rest.Family{Name: "commission", Fragment: fragment, Routes: routes}
}

func cannot(*rest.Exchange) error {
	return ledger.Refuse(
		ledger.Unavailable, "no-commissioning", "this station cannot be commissioned from here")
}

var sentences = strict.Says{
	"commission-answer": "an answer has 1 to 32768 characters, none of them a control character, " +
		"a mark of direction or another invisible one",
}

// start is what commissioning begins with.
type start struct {
	ParcelsInside []string `json:"parcels_inside" check:"most=512"`
	Complete      bool     `json:"complete"`
	Screen        bool     `json:"screen"`
}

func (f family) begin(x *rest.Exchange, s start) error {
	state, err := f.site.Begin(x.Context(), commissioning.Start(s))
	if err != nil {
		return err
	}
	return x.Encode(http.StatusAccepted, state)
}

func (f family) get(x *rest.Exchange) error {
	wait, err := rest.Number(x.Query(), "wait", 0, maxStateWait, 0)
	if err != nil {
		return err
	}
	if wait > 0 {
		x.Waits()
	}
	state, err := f.site.State(x.Context(), time.Duration(wait)*time.Second)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, state)
}

// answer is what somebody answers to a question; a wall of many doors takes many lines.
type answer struct {
	Number int    `json:"number"`
	Answer string `json:"answer" check:"required,lines=1..32768" slug:"commission-answer"`
}

func (f family) answer(x *rest.Exchange, a answer) error {
	state, err := f.site.Answer(x.Context(), commissioning.Answer(a))
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, state)
}

func (f family) end(x *rest.Exchange) error {
	if err := f.site.End(x.Context()); err != nil {
		return err
	}
	return x.Nothing()
}
