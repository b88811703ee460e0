package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed tokens.json
var tokensFragment []byte

// Tokens makes pickup codes before their parcels arrive, and takes them back.
type Tokens interface {
	// MakeToken gives the code itself, once.
	MakeToken(ctx context.Context, by, station string, n hub.NewToken) (t hub.Token, text string, err error)
	Tokens(ctx context.Context, f hub.TokenFilter) (page []hub.Token, next string, err error)
	Token(ctx context.Context, station, id string) (hub.Token, error)
	DenyToken(ctx context.Context, by, station, id string) error
}

// tokensHub is what the family needs beside them.
type tokensHub interface {
	Tokens
	Station(ctx context.Context, id string) (hub.Station, error)
}

// The rights that codes made ahead need. Whoever makes one can open a door.
const (
	readTokens  = "tokens:read"
	writeTokens = "tokens:write"
)

type tokensFamily struct{ hub tokensHub }

func tokens(h tokensHub) rest.Family {
	f := tokensFamily{h}
	const all, one = at + "/tokens", at + "/tokens/{id}"
	return rest.Family{Name: "tokens", Fragment: tokensFragment, Routes: []rest.Route{
		{Method: "POST", Path: all, Repeat: rest.OnceSecret, Scope: writeTokens, Run: rest.Reads(f.make)},
		{Method: "GET", Path: all, Scope: readTokens, Run: rest.Plain(f.list),
			Query: []string{"parcel", "limit", "page_token"}},
		{Method: "GET", Path: one, Scope: readTokens, Run: rest.Plain(f.get)},
		{Method: "DELETE", Path: one, Scope: writeTokens, Run: rest.Empty(f.takeBack)},
	}}
}

var noSuchToken = ledger.Refuse(ledger.NotFound, "no-such-token", "there is no token with this id here")

// A tokenBody is a code made ahead as readers get it; the code itself and its pictures are in
// the answer that makes it.
type tokenBody struct {
	Station    string     `json:"station"`
	ID         string     `json:"id"`
	State      string     `json:"state"`
	Label      string     `json:"label"`
	Parcel     string     `json:"parcel_id,omitempty"`
	Made       time.Time  `json:"made"`
	ValidUntil time.Time  `json:"valid_until"`
	TakenBack  *time.Time `json:"taken_back,omitempty"`
	Used       *time.Time `json:"used,omitempty"`
	UsedFor    string     `json:"used_for,omitempty"`
	Token      string     `json:"token,omitempty"`
	SVG        string     `json:"qr_svg,omitempty"`
	PNG        []byte     `json:"qr_png,omitempty"`
}

func tokenAs(t hub.Token) tokenBody {
	return tokenBody{
		Station: t.Station, ID: t.ID, State: t.State, Label: t.Label, Parcel: t.Parcel, Made: t.Made,
		ValidUntil: t.Expires, TakenBack: t.TakenBack, Used: t.Used, UsedFor: t.UsedFor,
	}
}

type newToken struct {
	Label  string    `json:"label"     check:"bytes=0..64" slug:"label"`
	Parcel string    `json:"parcel_id" check:"id"`
	Until  time.Time `json:"valid_until"`
}

func (f tokensFamily) make(x *rest.Exchange, n newToken) error {
	station := x.Var("station")
	if !strict.ValidID(station) {
		return noSuchStation
	}
	t, text, err := f.hub.MakeToken(x.Context(), x.Client(), station,
		hub.NewToken{Parcel: n.Parcel, Label: n.Label, Until: n.Until})
	if err != nil {
		return err
	}
	drawn, err := hub.Draw(text)
	if err != nil {
		return err
	}
	body := tokenAs(t)
	body.Token, body.SVG, body.PNG = text, string(drawn.SVG), drawn.PNG
	x.Header().Set("Location", "/v1/stations/"+station+"/tokens/"+t.ID)
	return x.Encode(http.StatusCreated, body)
}

func (f tokensFamily) get(x *rest.Exchange) error {
	names, err := named(x, noSuchToken, "station", "id")
	if err != nil {
		return err
	}
	t, err := f.hub.Token(x.Context(), names["station"], names["id"])
	if err != nil {
		return sameNotFound(err, noSuchToken)
	}
	return x.Encode(http.StatusOK, tokenAs(t))
}

func (f tokensFamily) takeBack(x *rest.Exchange) error {
	names, err := named(x, noSuchToken, "station", "id")
	if err != nil {
		return err
	}
	if err := f.hub.DenyToken(x.Context(), x.Client(), names["station"], names["id"]); err != nil {
		return sameNotFound(err, noSuchToken)
	}
	return x.Answer(http.StatusNoContent, nil)
}

// list answers with a page of tokens of a station, the newest first.
func (f tokensFamily) list(x *rest.Exchange) (err error) {
	filter := hub.TokenFilter{Station: x.Var("station")}
	if !strict.ValidID(filter.Station) {
		return noSuchStation
	}
	if _, err := f.hub.Station(x.Context(), filter.Station); err != nil {
		return sameNotFound(err, noSuchStation)
	}
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{"parcel": &filter.Parcel}); err != nil {
		return err
	}
	all, next, err := f.hub.Tokens(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []tokenBody{}
	for _, t := range all {
		page = append(page, tokenAs(t))
	}
	return x.Encode(http.StatusOK, list("tokens", page, next))
}
