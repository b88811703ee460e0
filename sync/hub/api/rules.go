package api

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed rules.json
var rulesFragment []byte

// Rules keeps what all stations are told of shops and words, and how much of an article
// each has.
type Rules interface {
	Stock(ctx context.Context, f hub.StockFilter) (page []hub.StockLevel, next string, err error)
	SetStock(ctx context.Context, by, station, sku string, onHand int) error
	Policies(ctx context.Context) ([]hub.Policy, error)
	PutPolicy(ctx context.Context, by, shop, toml string) error
	DropPolicy(ctx context.Context, by, shop string) error
	Texts(ctx context.Context) ([]hub.Text, error)
	PutText(ctx context.Context, by, name string, text map[string]string) error
	DropText(ctx context.Context, by, name string) error
}

type rulesFamily struct{ hub Rules }

// maxRules bounds the body of a policy and of a text, in bytes: escaped as JSON it is
// longer than what is kept of it.
const maxRules = 1 << 20

// rules is the family of stock, policies and texts.
func rules(h Rules) rest.Family {
	f := rulesFamily{h}
	const level, policy, text = at + "/stock/{sku}", "/v1/policies/{shop}", "/v1/texts/{name}"
	return rest.Family{Name: "rules", Fragment: rulesFragment, Routes: []rest.Route{
		{Method: "GET", Path: level, Scope: readStock, Run: rest.Plain(f.stock)},
		{Method: "PUT", Path: level, Scope: writeStock, Run: rest.Reads(f.setStock)},
		{Method: "PATCH", Path: level, Scope: writeStock, Run: rest.Plain(f.patchStock), Media: rest.MergePatch},
		{Method: "GET", Path: policy, Scope: readRules, Run: rest.Plain(f.policy)},
		{Method: "PUT", Path: policy, Scope: writeRules, Run: rest.Reads(f.putPolicy), MaxBody: maxRules},
		{Method: "DELETE", Path: policy, Scope: writeRules, Run: rest.Empty(f.dropPolicy)},
		{Method: "GET", Path: text, Scope: readRules, Run: rest.Plain(f.text)},
		{Method: "PUT", Path: text, Scope: writeRules, Run: rest.Plain(f.putText), MaxBody: maxRules},
		{Method: "DELETE", Path: text, Scope: writeRules, Run: rest.Empty(f.dropText)},
	}}
}

var (
	noSuchStock  = ledger.Refuse(ledger.NotFound, "no-such-stock", "there is no stock of this article here")
	noSuchPolicy = ledger.Refuse(ledger.NotFound, "no-such-policy", "the hub has no policy of this shop")
	noSuchText   = ledger.Refuse(ledger.NotFound, "no-such-text", "there is no text of this name here")
)

type stockBody struct {
	Station    string    `json:"station"`
	SKU        string    `json:"sku"`
	OnHand     int64     `json:"on_hand"`
	Quarantine int64     `json:"quarantine"`
	InTransit  int64     `json:"in_transit"`
	Elsewhere  int64     `json:"elsewhere"`
	Changed    time.Time `json:"changed"`
}

// article is the station and the article that the path names.
func article(x *rest.Exchange) (station, sku string, err error) {
	station, sku = x.Var("station"), x.Var("sku")
	if !strict.ValidID(station) || !plain.Text(sku, 1, 64) {
		return "", "", noSuchStock
	}
	return station, sku, nil
}

func (f rulesFamily) stock(x *rest.Exchange) error {
	station, sku, err := article(x)
	if err != nil {
		return err
	}
	all, _, err := f.hub.Stock(x.Context(), hub.StockFilter{Station: station, SKU: sku, Limit: 1})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return noSuchStock
	}
	s := all[0]
	return x.Encode(http.StatusOK,
		stockBody{s.Station, s.SKU, s.OnHand, s.Quarantine, s.InTransit, s.Elsewhere, s.Changed.UTC()})
}

// onHand is how many of an article there are.
type onHand struct {
	OnHand *int `json:"on_hand" check:"required,range=0..1000000000"`
}

// setStock tells a station. What is read back changes when the station has taken it.
func (f rulesFamily) setStock(x *rest.Exchange, b onHand) error {
	station, sku, err := article(x)
	if err != nil {
		return noSuchStation
	}
	if err := f.hub.SetStock(x.Context(), x.Client(), station, sku, *b.OnHand); err != nil {
		return sameNotFound(err, noSuchStation)
	}
	return x.Encode(http.StatusAccepted, map[string]any{"station": station, "sku": sku, "on_hand": *b.OnHand})
}

var onHandForm = strict.Declare[onHand]()

// patchStock is setStock of an article that is known. There is one member to change.
func (f rulesFamily) patchStock(x *rest.Exchange) error {
	station, sku, err := article(x)
	if err != nil {
		return err
	}
	if err := unconditional(x); err != nil {
		return err
	}
	p, err := x.ReadPatch("station", "sku", "quarantine", "in_transit", "elsewhere", "changed")
	if err != nil {
		return err
	}
	all, _, err := f.hub.Stock(x.Context(), hub.StockFilter{Station: station, SKU: sku, Limit: 1})
	if err == nil && len(all) == 0 {
		err = noSuchStock
	}
	if err != nil {
		return err
	}
	document, err := p.On(fmt.Appendf(nil, `{"on_hand":%d}`, all[0].OnHand))
	if err != nil {
		return err
	}
	var b onHand
	if err := onHandForm.Read(document, &b); err != nil {
		return err
	}
	if p.Names("on_hand") { // else it says nothing
		return f.setStock(x, b)
	}
	return x.Encode(http.StatusAccepted, map[string]any{"station": station, "sku": sku, "on_hand": *b.OnHand})
}

type policyBody struct {
	Shop    string    `json:"shop"`
	TOML    string    `json:"toml"`
	Changed time.Time `json:"changed"`
}

func (f rulesFamily) policy(x *rest.Exchange) error {
	all, err := f.hub.Policies(x.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(p hub.Policy) bool { return p.Shop == x.Var("shop") })
	if i < 0 {
		return noSuchPolicy
	}
	if done, err := x.Unchanged(rest.Tag(all[i].Rev)); done || err != nil {
		return err
	}
	x.Tagged(rest.Tag(all[i].Rev))
	return x.Encode(http.StatusOK, policyBody{all[i].Shop, all[i].TOML, all[i].Changed.UTC()})
}

// policyText is the text of a policy's file.
type policyText struct {
	TOML string `json:"toml" check:"required,bytes=1..262144"`
}

func (f rulesFamily) putPolicy(x *rest.Exchange, b policyText) error {
	if err := unconditional(x); err != nil {
		return err
	}
	if err := f.hub.PutPolicy(x.Context(), x.Client(), x.Var("shop"), b.TOML); err != nil {
		return err
	}
	return f.policy(x)
}

func (f rulesFamily) dropPolicy(x *rest.Exchange) error {
	if err := unconditional(x); err != nil {
		return err
	}
	if err := f.hub.DropPolicy(x.Context(), x.Client(), x.Var("shop")); err != nil {
		return sameNotFound(err, noSuchPolicy)
	}
	return x.Nothing()
}

type textBody struct {
	Name    string            `json:"name"`
	Text    map[string]string `json:"text"`
	Changed time.Time         `json:"changed"`
}

func (f rulesFamily) text(x *rest.Exchange) error {
	all, err := f.hub.Texts(x.Context())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t hub.Text) bool { return t.Name == x.Var("name") })
	if i < 0 {
		return noSuchText
	}
	if done, err := x.Unchanged(rest.Tag(all[i].Rev)); done || err != nil {
		return err
	}
	x.Tagged(rest.Tag(all[i].Rev))
	return x.Encode(http.StatusOK, textBody{all[i].Name, all[i].Text, all[i].Changed.UTC()})
}

// mostLanguages bounds a text.
const mostLanguages = 50

// putText reads {"text": {"en": "..."}}: the members of text are language tags.
func (f rulesFamily) putText(x *rest.Exchange) error {
	if err := unconditional(x); err != nil {
		return err
	}
	text := map[string]string{}
	if err := x.Body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) error {
			if name != "text" {
				return r.Unknown()
			}
			if r.Null() {
				return nil
			}
			return r.Object(func(tag string) error {
				if len(text) == mostLanguages {
					return r.Refuse("too-many", "at most 50 languages are allowed")
				}
				said, err := r.String()
				text[tag] = said
				return err
			})
		})
	}); err != nil {
		return err
	}
	if err := f.hub.PutText(x.Context(), x.Client(), x.Var("name"), text); err != nil {
		return err
	}
	return f.text(x)
}

func (f rulesFamily) dropText(x *rest.Exchange) error {
	if err := unconditional(x); err != nil {
		return err
	}
	if err := f.hub.DropText(x.Context(), x.Client(), x.Var("name")); err != nil {
		return sameNotFound(err, noSuchText)
	}
	return x.Nothing()
}
