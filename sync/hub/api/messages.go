package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/sync/hub"
	"cubby/sync/rest"
)

//go:embed messages.json
var messagesFragment []byte

// Messages reads what customers are told.
type Messages interface {
	Messages(ctx context.Context, f hub.MessageFilter) (page []hub.Message, next string, err error)
}

type messagesFamily struct{ hub Messages }

// messages is the family of messages to customers: when and whether, not what and to whom.
func messages(h Messages) rest.Family {
	f := messagesFamily{h}
	return rest.Family{Name: "messages", Fragment: messagesFragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/messages", Scope: readMessages, Run: rest.Plain(f.list),
			Query: []string{"station", "parcel", "state", "limit", "page_token"}},
	}}
}

type messageBody struct {
	Station  string     `json:"station"`
	Subject  string     `json:"subject"`
	Kind     string     `json:"kind"`
	Channel  string     `json:"channel"`
	State    string     `json:"state"`
	Reason   string     `json:"reason,omitempty"`
	Attempts int64      `json:"attempts"`
	Queued   *time.Time `json:"queued,omitempty"`
	Due      *time.Time `json:"due,omitempty"`
	Done     *time.Time `json:"done,omitempty"`
}

func (f messagesFamily) list(x *rest.Exchange) (err error) {
	var filter hub.MessageFilter
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{
		"station": &filter.Station, "parcel": &filter.Parcel, "state": &filter.State,
	}); err != nil {
		return err
	}
	all, next, err := f.hub.Messages(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []messageBody{}
	for _, m := range all {
		page = append(page, messageBody{
			m.Station, m.Subject, string(m.Kind), m.Channel, string(m.State), m.Reason, m.Attempts, maybe(m.Queued),
			maybe(m.Due), maybe(m.Done),
		})
	}
	return x.Encode(http.StatusOK, list("messages", page, next))
}
