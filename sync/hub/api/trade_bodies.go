package api

import (
	"encoding/json"
	"time"

	"cubby/locker/returns"
	"cubby/sync/hub"
)

// Orders, returns and refunds as readers get them. Amounts are minor units.
type (
	orderBody struct {
		ID         string          `json:"id"`
		Shop       string          `json:"shop"`
		Channel    string          `json:"channel"`
		Currency   string          `json:"currency"`
		Total      int64           `json:"total"`
		Ordered    time.Time       `json:"ordered"`
		Changed    time.Time       `json:"changed"`
		Cancelled  bool            `json:"cancelled"`
		Everywhere bool            `json:"everywhere"`
		Stations   []placeBody     `json:"stations,omitempty"`
		Lines      []lineBody      `json:"lines,omitempty"`
		Returns    []returnBody    `json:"returns,omitempty"`
		Refunds    []refundBody    `json:"refunds,omitempty"`
		Body       json.RawMessage `json:"body,omitempty"`
	}
	placeBody struct {
		Station string     `json:"station"`
		Taken   *time.Time `json:"taken,omitempty"`
		Refused string     `json:"refused,omitempty"`
	}
	lineBody struct {
		ID        string         `json:"id"`
		SKU       string         `json:"sku"`
		Title     string         `json:"title"`
		Quantity  int            `json:"quantity"`
		Back      int            `json:"back"`
		Claimed   int            `json:"claimed"`
		Waiting   int            `json:"waiting"`
		At        map[string]int `json:"at,omitempty"`
		Elsewhere int            `json:"elsewhere,omitempty"`
		Over      int            `json:"over,omitempty"`
		Lease     *leaseBody     `json:"lease,omitempty"`
	}
	leaseBody struct {
		Station string     `json:"station,omitempty"`
		Until   *time.Time `json:"until,omitempty"`
		Ending  bool       `json:"ending,omitempty"`
		Next    string     `json:"next,omitempty"`
	}
	returnBody struct {
		Station     string       `json:"station"`
		ID          string       `json:"id"`
		Order       string       `json:"order,omitempty"`
		Shop        string       `json:"shop,omitempty"`
		State       string       `json:"state"`
		Conditional bool         `json:"conditional"`
		Waiting     bool         `json:"waiting"`
		Why         string       `json:"why,omitempty"`
		For         string       `json:"for,omitempty"`
		Answer      string       `json:"answer,omitempty"`
		AnsweredBy  string       `json:"answered_by,omitempty"`
		Reason      string       `json:"reason,omitempty"`
		Answered    *time.Time   `json:"answered,omitempty"`
		Refused     string       `json:"refused,omitempty"`
		Requested   time.Time    `json:"requested"`
		Changed     time.Time    `json:"changed"`
		Case        returns.Case `json:"case"`
		Refunds     []refundBody `json:"refunds,omitempty"`
	}
	refundBody struct {
		Station string         `json:"station"`
		ID      string         `json:"id"`
		Waiting bool           `json:"waiting"`
		Told    string         `json:"told,omitempty"`
		By      string         `json:"by,omitempty"`
		Refused string         `json:"refused,omitempty"`
		Over    bool           `json:"over,omitempty"`
		Changed time.Time      `json:"changed"`
		Refund  returns.Refund `json:"refund"`
	}
)

func orderAs(o hub.Order) orderBody {
	b := orderBody{
		ID: o.ID, Shop: o.Shop, Channel: o.Channel, Currency: o.Currency, Total: o.Total,
		Ordered: o.Ordered.UTC(), Changed: o.Changed.UTC(), Cancelled: o.Cancelled, Everywhere: o.Everywhere,
		Body: o.Body,
	}
	for _, s := range o.Stations {
		b.Stations = append(b.Stations, placeBody(s))
	}
	for _, l := range o.Lines {
		one := lineBody{
			ID: l.ID, SKU: l.SKU, Title: l.Title, Quantity: l.Quantity, Back: l.Back, Claimed: l.Claimed,
			Waiting: l.Waiting, At: l.At, Elsewhere: l.Elsewhere, Over: l.Over,
		}
		if l.Lease != nil {
			one.Lease = &leaseBody{l.Lease.Station, maybe(l.Lease.Until), l.Lease.Ending, l.Lease.Next}
		}
		b.Lines = append(b.Lines, one)
	}
	for _, r := range o.Returns {
		b.Returns = append(b.Returns, returnAs(r))
	}
	for _, r := range o.Refunds {
		b.Refunds = append(b.Refunds, refundAs(r))
	}
	return b
}

func returnAs(r hub.Return) returnBody {
	b := returnBody{
		Station: r.Station, ID: r.ID, Order: r.Order, Shop: r.Shop, State: string(r.State),
		Conditional: r.Conditional, Waiting: r.Waiting, Why: r.Why, For: r.For, Answer: r.Answer,
		AnsweredBy: r.AnsweredBy, Reason: r.Reason, Answered: maybe(r.Answered), Refused: r.Refused,
		Requested: r.Requested.UTC(), Changed: r.Changed.UTC(), Case: r.Case,
	}
	if b.Case.Items == nil {
		b.Case.Items = []returns.Item{}
	}
	for _, one := range r.Refunds {
		b.Refunds = append(b.Refunds, refundAs(one))
	}
	return b
}

func refundAs(r hub.Refund) refundBody {
	return refundBody{
		Station: r.Station, ID: r.Refund.ID, Waiting: r.Waiting, Told: r.Told, By: r.By, Refused: r.Refused,
		Over: r.Over, Changed: r.Changed.UTC(), Refund: r.Refund,
	}
}
