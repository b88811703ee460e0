package api

import (
	"context"
	_ "embed"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/problem"
	"cubby/sync/rest"
	"cubby/sync/strict"
	"cubby/sync/webhook"
)

//go:embed webhooks.json
var webhooksFragment []byte

// Webhooks are where the hub posts what has happened. Their methods refuse an endpoint
// that is not there as NotFound.
type Webhooks interface {
	Webhooks(ctx context.Context) ([]webhook.Endpoint, error)
	// AddWebhook makes an endpoint; an empty secret has one made.
	AddWebhook(ctx context.Context, by, url string, filters []string,
		secret string) (webhook.Endpoint, string, error)
	RotateWebhook(ctx context.Context, by, id string) (secret string, err error)
	EnableWebhook(ctx context.Context, by, id string) error
	RemoveWebhook(ctx context.Context, by, id string) error
	Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error)
	ReplayWebhook(ctx context.Context, by, id string) (count int64, err error)
}

type webhooksFamily struct{ hub Webhooks }

// The rights that webhooks need.
const (
	readWebhooks  = "webhooks:read"
	writeWebhooks = "webhooks:write"
)

func webhooks(h Webhooks) rest.Family {
	f := webhooksFamily{h}
	const all, one = "/v1/webhooks", "/v1/webhooks/{webhook}"
	return rest.Family{Name: "webhooks", Fragment: webhooksFragment, Routes: []rest.Route{
		{Method: "GET", Path: all, Scope: readWebhooks, Run: rest.Plain(f.list)},
		{Method: "POST", Path: all, Scope: writeWebhooks, Run: rest.Reads(f.add)},
		{Method: "DELETE", Path: one, Scope: writeWebhooks, Run: rest.Empty(f.remove)},
		{Method: "POST", Path: one + "/rotate", Scope: writeWebhooks, Run: rest.Empty(f.rotate)},
		{Method: "POST", Path: one + "/enable", Scope: writeWebhooks, Run: rest.Empty(f.enable)},
		{Method: "POST", Path: one + "/replay", Scope: writeWebhooks, Run: rest.Empty(f.replay)},
		{Method: "GET", Path: one + "/deliveries", Scope: readWebhooks, Run: rest.Plain(f.deliveries),
			Query: []string{"state", "limit", "page_token"}},
	}}
}

var noSuchWebhook = ledger.Refuse(ledger.NotFound, "no-such-webhook", "there is no webhook with this id here")

type webhookBody struct {
	ID       string    `json:"id"`
	URL      string    `json:"url"`
	Filters  []string  `json:"filters"`
	Created  time.Time `json:"created"`
	Disabled string    `json:"disabled,omitempty"`
	Secret   string    `json:"secret,omitempty"`
}

func webhookOf(e webhook.Endpoint, secret string) webhookBody {
	return webhookBody{e.ID, e.URL, append([]string{}, e.Filters...), e.Created, e.Disabled, secret}
}

func (f webhooksFamily) list(x *rest.Exchange) error {
	all, err := f.hub.Webhooks(x.Context())
	if err != nil {
		return err
	}
	list := []webhookBody{}
	for _, e := range all {
		list = append(list, webhookOf(e, ""))
	}
	return x.Encode(http.StatusOK, map[string]any{"webhooks": list})
}

type newWebhook struct {
	URL     string   `json:"url"     check:"required,text=1..500"`
	Filters []string `json:"filters" check:"most=50,text=1..64"`
	Secret  string   `json:"secret"  check:"plain=0..100"`
}

func (f webhooksFamily) add(x *rest.Exchange, n newWebhook) error {
	e, secret, err := f.hub.AddWebhook(x.Context(), x.Client(), n.URL, n.Filters, n.Secret)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, webhookOf(e, secret))
}

// id is the endpoint that the path names.
func (f webhooksFamily) id(x *rest.Exchange) (string, error) {
	if id := x.Var("webhook"); strict.ValidID(id) {
		return id, nil
	}
	return "", noSuchWebhook
}

// does carries out what has no answer.
func (f webhooksFamily) does(x *rest.Exchange, do func(ctx context.Context, by, id string) error) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	if err := do(x.Context(), x.Client(), id); err != nil {
		return sameNotFound(err, noSuchWebhook)
	}
	return x.Answer(http.StatusNoContent, nil)
}

func (f webhooksFamily) remove(x *rest.Exchange) error { return f.does(x, f.hub.RemoveWebhook) }
func (f webhooksFamily) enable(x *rest.Exchange) error { return f.does(x, f.hub.EnableWebhook) }

func (f webhooksFamily) rotate(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	secret, err := f.hub.RotateWebhook(x.Context(), x.Client(), id)
	if err != nil {
		return sameNotFound(err, noSuchWebhook)
	}
	return x.Encode(http.StatusOK, map[string]string{"secret": secret})
}

func (f webhooksFamily) replay(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	count, err := f.hub.ReplayWebhook(x.Context(), x.Client(), id)
	if err != nil {
		return sameNotFound(err, noSuchWebhook)
	}
	return x.Encode(http.StatusOK, map[string]int64{"replayed": count})
}

type deliveryBody struct {
	Event    string     `json:"event"`
	Type     string     `json:"type"`
	State    string     `json:"state"`
	Attempts int        `json:"attempts"`
	Status   int        `json:"status,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Created  time.Time  `json:"created"`
	Due      *time.Time `json:"due,omitempty"`
	Ended    *time.Time `json:"ended,omitempty"`
}

func (f webhooksFamily) deliveries(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	filter := webhook.Filter{Endpoint: id}
	q := x.Query()
	if filter.Limit, err = rest.Number(q, "limit", 1, 100, 100); err != nil {
		return err
	}
	if q.Has("state") {
		if filter.State = q.Get("state"); !slices.Contains(webhook.States, filter.State) {
			return problem.BadParameter("state", "must be one of "+strings.Join(webhook.States, ", "))
		}
	}
	if q.Get("page_token") != "" {
		text, err := rest.ParsePageText(q.Get("page_token"))
		if err == nil {
			filter.Before, err = strconv.ParseInt(text, 10, 64)
		}
		if err != nil || filter.Before < 1 {
			return problem.BadParameter("page_token",
				"is not one this hub has given out; begin again without it")
		}
	}
	all, err := f.hub.Webhooks(x.Context())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(all, func(e webhook.Endpoint) bool { return e.ID == id }) {
		return noSuchWebhook
	}
	page, err := f.hub.Deliveries(x.Context(), filter)
	if err != nil {
		return err
	}
	list := []deliveryBody{}
	for _, d := range page {
		b := deliveryBody{
			Event: d.Event, Type: d.Type, State: d.State, Attempts: d.Attempts, Status: d.Status,
			Detail:  d.Detail,
			Created: d.Created, Ended: d.Ended,
		}
		if d.State == "waits" {
			b.Due = &d.Due
		}
		list = append(list, b)
	}
	body := map[string]any{"deliveries": list}
	if len(page) == filter.Limit {
		body["next_page_token"] = rest.PageToken(strconv.FormatInt(page[len(page)-1].N, 10))
	}
	return x.Encode(http.StatusOK, body)
}
