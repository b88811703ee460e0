package console

import (
	"slices"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/sync/webhook"
)

// A hookRow is an endpoint with how many events wait for it and are dead.
type hookRow struct {
	webhook.Endpoint
	Waiting, Dead int64
}

func (v *visit) hooks() (rows []hookRow, err error) {
	all, err := v.hub.Webhooks(v.r.Context())
	if err != nil {
		return nil, err
	}
	counts, err := v.hub.WebhookCounts(v.r.Context())
	for _, e := range all {
		row := hookRow{Endpoint: e}
		for _, c := range counts {
			switch {
			case c.Endpoint != e.ID:
			case c.State == "waits":
				row.Waiting = c.N
			case c.State == "dead":
				row.Dead = c.N
			}
		}
		rows = append(rows, row)
	}
	return rows, err
}

// webhooks lists where events are posted.
func webhooks(v *visit, status int, more map[string]any) error {
	all, err := v.hooks()
	if err != nil {
		return err
	}
	v.show(status, "webhooks", with(map[string]any{"Webhooks": all}, more))
	return nil
}

// filters are those of a form, parted by spaces, commas or lines.
func (v *visit) filters() []string {
	return strings.FieldsFunc(v.field("filters"), func(r rune) bool {
		return strings.ContainsRune(", \t\r\n", r)
	})
}

func addWebhook(v *visit) error {
	e, secretOf, err := v.hub.AddWebhook(v.r.Context(), v.by(), v.field("url"), v.filters(), "")
	if err != nil {
		return v.again(err, webhooks)
	}
	return v.done(at("webhooks", e.ID), note{Word: "webhooks.done.added",
		Secrets: []secret{{"webhooks.secret", secretOf}}})
}

// oneWebhook shows an endpoint with its log.
func oneWebhook(v *visit, status int, more map[string]any) error {
	all, err := v.hooks()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(e hookRow) bool { return e.ID == v.r.PathValue("webhook") })
	if i < 0 {
		return notFound(v)
	}
	f := webhook.Filter{Endpoint: all[i].ID, State: v.query("state"), Limit: perPage}
	if after := v.query("after"); after != "" {
		if f.Before, err = strconv.ParseInt(after, 10, 64); err != nil {
			return notFound(v)
		}
	}
	page, err := v.hub.Deliveries(v.r.Context(), f)
	if err != nil {
		return err
	}
	next := ""
	if len(page) == f.Limit {
		next = strconv.FormatInt(page[len(page)-1].N, 10)
	}
	data := with(map[string]any{"E": all[i], "Deliveries": page, "Filter": f, "States": webhook.States,
		"More": v.more(next)}, more)
	if typed, _ := data["Typed"].(map[string]string); len(typed) == 0 {
		data["Typed"] = map[string]string{"url": all[i].URL, "filters": strings.Join(all[i].Filters, " ")}
	}
	v.show(status, "webhook", data)
	return nil
}

// changeWebhook does what is asked of an endpoint.
func changeWebhook(v *visit) error {
	ctx, id, what := v.r.Context(), v.r.PathValue("webhook"), v.r.PathValue("what")
	to, n := at("webhooks", id), note{Word: "webhooks.done." + what}
	var err error
	switch what {
	case "change":
		url, filters := v.field("url"), v.filters()
		_, err = v.hub.ChangeWebhook(ctx, v.by(), id, webhook.Change{URL: &url, Filters: &filters})
	case "on", "off":
		on := what == "on"
		_, err = v.hub.ChangeWebhook(ctx, v.by(), id, webhook.Change{Enabled: &on})
	case "rotate":
		var fresh string
		fresh, err = v.hub.RotateWebhook(ctx, v.by(), id)
		n.Secrets = []secret{{"webhooks.secret", fresh}}
	case "replay":
		var count int64
		count, err = v.hub.ReplayWebhook(ctx, v.by(), id)
		n.Gaps = []any{"n", count}
	case "remove":
		to = "/webhooks"
		err = v.hub.RemoveWebhook(ctx, v.by(), id)
	default:
		return notFound(v)
	}
	if ledger.CodeOf(err) == ledger.NotFound {
		return notFound(v)
	}
	if err != nil {
		return v.again(err, oneWebhook)
	}
	return v.done(to, n)
}
