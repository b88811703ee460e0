// Package webhooks is the resource family of webhooks: where events are posted, and what
// became of each. Stations and the hub have the same.
package webhooks

import (
	"context"
	_ "embed"
	"encoding/json"
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

//go:embed fragment.json
var fragment []byte

// A Sender posts what happens. Its methods refuse an endpoint that is not there as
// NotFound; by is whose key asks.
type Sender interface {
	Webhooks(ctx context.Context) ([]webhook.Endpoint, error)
	// AddWebhook makes an endpoint; an empty secret has one made.
	AddWebhook(ctx context.Context, by, url string, filters []string,
		secret string) (webhook.Endpoint, string, error)
	ChangeWebhook(ctx context.Context, by, id string, c webhook.Change) (webhook.Endpoint, error)
	RotateWebhook(ctx context.Context, by, id string) (secret string, err error)
	RemoveWebhook(ctx context.Context, by, id string) error
	Deliveries(ctx context.Context, f webhook.Filter) ([]webhook.Delivery, error)
	ReplayWebhook(ctx context.Context, by, id string) (count int64, err error)
}

type family struct{ sender Sender }

// The rights that webhooks need. Whoever may make one gets events, without codes.
const (
	Read  = "webhooks:read"
	Write = "webhooks:write"
)

// Family is the family over a sender.
func Family(s Sender) rest.Family {
	f := family{s}
	const all, one = "/v1/webhooks", "/v1/webhooks/{webhook}"
	return rest.Family{Name: "webhooks", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: all, Scope: Read, Run: rest.Plain(f.list)},
		{Method: "POST", Path: all, Repeat: rest.OnceSecret, Scope: Write, Run: rest.Reads(f.add)},
		{Method: "PATCH", Path: one, Scope: Write, Run: rest.Plain(f.change), Media: rest.MergePatch},
		{Method: "DELETE", Path: one, Scope: Write, Run: rest.Empty(f.remove)},
		{Method: "POST", Path: one + "/rotate", Repeat: rest.OnceSecret, Scope: Write, Run: rest.Empty(f.rotate)},
		{Method: "POST", Path: one + "/replay", Repeat: rest.Once, Scope: Write, Run: rest.Empty(f.replay)},
		{Method: "GET", Path: one + "/deliveries", Scope: Read, Run: rest.Plain(f.deliveries),
			Query: []string{"state", "limit", "page_token"}},
	}}
}

var notHere = ledger.Refuse(ledger.NotFound, "no-such-webhook", "there is no webhook with this id here")

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

func (f family) list(x *rest.Exchange) error {
	all, err := f.sender.Webhooks(x.Context())
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

func (f family) add(x *rest.Exchange, n newWebhook) error {
	e, secret, err := f.sender.AddWebhook(x.Context(), x.Client(), n.URL, n.Filters, n.Secret)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, webhookOf(e, secret))
}

// id is the endpoint that the path names.
func (f family) id(x *rest.Exchange) (string, error) {
	if id := x.Var("webhook"); strict.ValidID(id) {
		return id, nil
	}
	return "", notHere
}

// same gives one answer for every endpoint that is not here.
func same(err error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return notHere
	}
	return err
}

// settings are what of an endpoint can be changed.
type settings struct {
	URL     string   `json:"url"     check:"required,text=1..500"`
	Filters []string `json:"filters" check:"most=50,text=1..64"`
	Enabled *bool    `json:"enabled"` // nil: it is
}

var settingsForm = strict.Declare[settings]()

// change merges a patch into what an endpoint is like.
func (f family) change(x *rest.Exchange) error {
	e, err := f.endpoint(x)
	if err != nil {
		return err
	}
	p, err := x.ReadPatch("id", "created", "disabled", "secret")
	if err != nil {
		return err
	}
	document, err := json.Marshal(map[string]any{
		"url": e.URL, "filters": e.Filters, "enabled": e.Disabled == "",
	})
	if err == nil {
		document, err = p.On(document)
	}
	var s settings
	if err == nil {
		err = settingsForm.Read(document, &s)
	}
	if err != nil {
		return err
	}
	var c webhook.Change
	if p.Names("url") {
		c.URL = &s.URL
	}
	if p.Names("filters") {
		c.Filters = &s.Filters
	}
	if p.Names("enabled") {
		on := s.Enabled == nil || *s.Enabled
		c.Enabled = &on
	}
	if e, err = f.sender.ChangeWebhook(x.Context(), x.Client(), e.ID, c); err != nil {
		return same(err)
	}
	return x.Encode(http.StatusOK, webhookOf(e, ""))
}

// endpoint is the one that the path names.
func (f family) endpoint(x *rest.Exchange) (e webhook.Endpoint, err error) {
	id, err := f.id(x)
	if err != nil {
		return e, err
	}
	all, err := f.sender.Webhooks(x.Context())
	if err != nil {
		return e, err
	}
	i := slices.IndexFunc(all, func(e webhook.Endpoint) bool { return e.ID == id })
	if i < 0 {
		return e, notHere
	}
	return all[i], nil
}

func (f family) remove(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	if err := f.sender.RemoveWebhook(x.Context(), x.Client(), id); err != nil {
		return same(err)
	}
	return x.Answer(http.StatusNoContent, nil)
}

func (f family) rotate(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	secret, err := f.sender.RotateWebhook(x.Context(), x.Client(), id)
	if err != nil {
		return same(err)
	}
	return x.Encode(http.StatusOK, map[string]string{"secret": secret})
}

func (f family) replay(x *rest.Exchange) error {
	id, err := f.id(x)
	if err != nil {
		return err
	}
	count, err := f.sender.ReplayWebhook(x.Context(), x.Client(), id)
	if err != nil {
		return same(err)
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

func (f family) deliveries(x *rest.Exchange) error {
	e, err := f.endpoint(x)
	if err != nil {
		return err
	}
	filter := webhook.Filter{Endpoint: e.ID}
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
				"is not one was given out here; begin again without it")
		}
	}
	page, err := f.sender.Deliveries(x.Context(), filter)
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
		if d.State == "waits" && !d.Due.IsZero() {
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
