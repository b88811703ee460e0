// Package api is the REST endpoint of a hub: what its stations ask for below /sync/v1, and
// what shops and operators ask for below /v1. Its families are on the kernel of package
// rest, as a station's are, and its contract is made of their fragments.
package api

import (
	_ "embed"
	"log/slog"
	"net/http"

	offers "cubby/sync/api/catalogue"
	"cubby/sync/api/configuration"
	"cubby/sync/api/webhooks"
	"cubby/sync/catalogue"
	"cubby/sync/rest"
)

//go:embed head.json
var head []byte

// Hub is all that the endpoint needs of a hub; *hub.Hub is one.
type Hub interface {
	rest.Keys
	Line
	Stations
	Parcels
	Feed
	Trade
	Rules
	Pool
	Messages
	Commands
	Cases
	webhooks.Sender
	Tokens
	Pinger
	Watched
	Kept() rest.Kept
}

// A Config is what an endpoint is made of, beside the hub.
type Config struct {
	Name  string // the hub's, for people
	Log   *slog.Logger
	Hosts []string // as rest.Config has them

	PerMinute int // requests of one key in a minute, as rest.Config has it; 0: no limit

	Configuration configuration.Teller // what the hub goes by; nil: it is not told

	Catalogue *catalogue.Store // what its stations offer; nil: nothing

	Pages http.Handler // the console, which answers where no resource is; nil: none
}

// New makes the endpoint. It listens nowhere yet: rest.Server.ServeTCP does.
func New(h Hub, c Config) (*rest.Server, error) {
	return rest.New(rest.Config{
		Families:   families(h, c),
		Head:       head,
		Keys:       h,
		KeysBy:     "an administrator makes keys at the hub",
		Log:        c.Log,
		Hosts:      c.Hosts,
		Pages:      c.Pages,
		Kept:       h.Kept(),
		PerMinute:  c.PerMinute,
		MaxStreams: maxStreams, MaxConnections: 2 * maxStreams,
	})
}

// maxStreams bounds the long polls and streams at the same moment: each station has one
// long poll open nearly always.
const maxStreams = 2048

// families are the families in the order in which the contract has them, one line each.
func families(h Hub, c Config) []rest.Family {
	return []rest.Family{
		stations(h),
		parcels(h),
		commands(h),
		cases(h),
		events(h),
		trade(h),
		rules(h),
		pool(h),
		messages(h),
		webhooks.Family(h),
		tokens(h),
		line(h, c.Catalogue),
		offers.Family(c.Catalogue),
		configuration.Family(c.Configuration),
		service(h, c),
		borrowed(),
	}
}
