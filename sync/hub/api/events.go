package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/sse"
)

//go:embed events.json
var eventsFragment []byte

// Feed reads what all stations have pushed.
type Feed interface {
	Feed(ctx context.Context, cursor, station string, limit int) (hub.Feed, error)
	FeedNow(ctx context.Context) (cursor string, err error)
	// Heard is closed at the next new fact. Take a new one before every read whose
	// emptiness is waited upon.
	Heard() <-chan struct{}
}

type eventsFamily struct{ hub Feed }

// events is the family of what has happened at all stations.
func events(h Feed) rest.Family {
	f := eventsFamily{h}
	return rest.Family{Name: "events", Fragment: eventsFragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/events", Scope: readEvents, Run: rest.Plain(f.get), Tickets: true,
			Query: []string{"cursor", "station", "limit", "wait", "ticket"}},
		{Method: "POST", Path: "/v1/events/ticket", Repeat: rest.OnceSecret, Scope: readEvents,
			Run: rest.Empty(f.ticket)},
	}}
}

// An asked is where a reader is, and what it wants.
type asked struct {
	cursor, station string
	limit           int
}

// get answers with a page of events, or with a stream of them.
func (f eventsFamily) get(x *rest.Exchange) (err error) {
	q, r := x.Query(), x.Request()
	a := asked{cursor: q.Get("cursor")} // "cursor=" is how a loop asks before it has one
	if a.limit, err = rest.Number(q, "limit", 1, mostShown, mostShown); err != nil {
		return err
	}
	wait, err := rest.Number(q, "wait", 0, int(rest.MaxWait/time.Second), 0)
	if err != nil {
		return err
	}
	if err := words(q, map[string]*string{"station": &a.station}); err != nil {
		return err
	}
	stream := rest.Accepts(r.Header, sse.ContentType) && r.Method != http.MethodHead
	if last := r.Header.Get("Last-Event-ID"); stream && last != "" {
		a.cursor = last // where a broken stream goes on
	}
	if len(a.cursor) > maxCursor {
		a.cursor = "unreadable" // which is answered as every other such one
	}
	if a.cursor == "now" {
		if a.cursor, err = f.hub.FeedNow(x.Context()); err != nil {
			return err
		}
	}
	if stream {
		return f.stream(x, a)
	}
	page, err := poll(x, time.Duration(wait)*time.Second, f.hub.Heard,
		func(ctx context.Context) (hub.Feed, bool, error) {
			page, err := f.hub.Feed(ctx, a.cursor, a.station, a.limit)
			return page, len(page.Facts) == 0, err
		})
	if err != nil {
		return err
	}
	body := []byte{'['}
	for i, fact := range page.Facts {
		event, err := told(fact)
		if err != nil {
			return err
		}
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, event...)
	}
	h := x.Header()
	h.Set("Cubby-Next-Cursor", page.Next)
	h.Set("Link", `</v1/events?cursor=`+page.Next+`&limit=`+strconv.Itoa(a.limit)+`>; rel="next"`)
	h.Add("Vary", "Accept")
	return x.Send(http.StatusOK, batchType, append(body, ']'))
}

var batchType = []string{"application/cloudevents-batch+json"}

// told is an event as readers get it: with the station it is from, whatever it says of
// that itself.
func told(fact hub.FedFact) ([]byte, error) {
	var event map[string]json.RawMessage
	if err := json.Unmarshal(fact.Event, &event); err != nil || event == nil {
		return nil, fmt.Errorf("fact %d of %s cannot be read: %v", fact.N, fact.Station, err)
	}
	station, err := json.Marshal(fact.Station)
	if err != nil {
		return nil, err
	}
	event["station"] = station
	return json.Marshal(event)
}

// keepAlive is how often a silent stream of events says that it lives.
const keepAlive = 15 * time.Second

// stream sends event after event; the id of each is the cursor behind it.
func (f eventsFamily) stream(x *rest.Exchange, a asked) error {
	first, err := f.hub.Feed(x.Context(), a.cursor, a.station, 1) // refuses what is no cursor
	if err != nil {
		return err
	}
	place := a.cursor
	if len(first.Facts) == 0 {
		place = first.Next
	}
	leave, err := x.Park()
	if err != nil {
		return err
	}
	defer leave()
	st, err := x.Stream(place)
	if err != nil {
		return x.Sent(err)
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	ctx := x.Request().Context()
	for {
		if ok, err := x.StillWelcome(ctx); err != nil || !ok {
			return x.Sent(err)
		}
		heard := f.hub.Heard()
		page, err := f.hub.Feed(ctx, a.cursor, a.station, a.limit)
		if err != nil {
			return x.Sent(err)
		}
		a.cursor = page.Next
		if len(page.Facts) > 0 {
			messages := make([]sse.Message, len(page.Facts))
			for i, fact := range page.Facts {
				event, err := told(fact)
				if err != nil {
					return err
				}
				messages[i] = sse.Message{ID: fact.Cursor, Data: event}
			}
			if st.Send(messages...) != nil {
				return nil // the reader is gone or dead
			}
			alive.Reset(keepAlive)
			continue
		}
		select {
		case <-heard:
		case <-alive.C:
			if st.KeepAlive() != nil {
				return nil
			}
		case <-x.Closing():
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// ticket gives out a ticket for the key that asks.
func (f eventsFamily) ticket(x *rest.Exchange) error {
	text, life, err := x.Ticket()
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		Ticket    string `json:"ticket"`
		ExpiresIn int    `json:"expires_in_s"`
	}{text, int(life / time.Second)})
}
