// Package stories is the resource family of what the log tells of one parcel or one door,
// line by line.
package stories

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// Reader tells stories: at most so many lines, the last ones, the oldest first. What
// there is not is refused as NotFound.
type Reader interface {
	ParcelStory(ctx context.Context, id string, most int) ([]view.StoryLine, error)
	DoorStory(ctx context.Context, number string, most int) ([]view.StoryLine, error)
}

// most bounds the lines of an answer.
const most = 500

type family struct{ reader Reader }

// Family is the family over a reader.
func Family(r Reader) rest.Family {
	f, limit := family{r}, []string{"limit"}
	return rest.Family{Name: "stories", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/parcels/{id}/story", Scope: "stories:read", Run: rest.Plain(f.parcel),
			Query:  limit,
			Naming: rest.MayBeNamed, Does: string(people.FindParcel)},
		{Method: "GET", Path: "/v1/compartments/{number}/story", Scope: "stories:read",
			Run:   rest.Plain(f.door),
			Query: limit, Naming: rest.MayBeNamed, Does: string(people.SeeWall)},
	}}
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

// parcel gives one answer for everything that is not here.
func (f family) parcel(x *rest.Exchange) error {
	if !strict.ValidID(x.Var("id")) {
		return noSuchParcel
	}
	err := f.tell(x, "id", f.reader.ParcelStory)
	if ledger.CodeOf(err) == ledger.NotFound {
		return noSuchParcel
	}
	return err
}

func (f family) door(x *rest.Exchange) error { return f.tell(x, "number", f.reader.DoorStory) }

// storyLine is one line as it is told.
type storyLine struct {
	At   time.Time         `json:"at"`
	What string            `json:"what"`
	Who  string            `json:"who,omitempty"`
	Data map[string]string `json:"data"`
}

func (f family) tell(x *rest.Exchange, name string,
	story func(ctx context.Context, of string, most int) ([]view.StoryLine, error)) error {
	limit, err := rest.Number(x.Query(), "limit", 1, most, most)
	if err != nil {
		return err
	}
	lines, err := story(x.Context(), x.Var(name), limit)
	if err != nil {
		return err
	}
	told := make([]storyLine, len(lines))
	for i, l := range lines {
		told[i] = storyLine{l.At.UTC(), l.What, l.Who, l.Data}
		if l.Data == nil {
			told[i].Data = map[string]string{}
		}
	}
	return x.Encode(http.StatusOK, map[string]any{"story": told})
}
