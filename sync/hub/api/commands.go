package api

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/sync/hub"
	"cubby/sync/rest"
)

//go:embed commands.json
var commandsFragment []byte

// Commands orders stations to open doors, to take them out of service and to restart.
type Commands interface {
	Command(ctx context.Context, by, station string, o hub.CommandOrder) (hub.Command, error)
	OneCommand(ctx context.Context, station, id string) (hub.Command, error)
	Commands(ctx context.Context, f hub.CommandFilter) ([]hub.Command, error)
}

type commandsFamily struct{ hub Commands }

// commands is the family of commands to stations.
func commands(h Commands) rest.Family {
	f := commandsFamily{h}
	return rest.Family{Name: "commands", Fragment: commandsFragment, Routes: []rest.Route{
		{Method: "POST", Path: at + "/commands", Repeat: rest.Once, Scope: writeCommands, Run: rest.Reads(f.order)},
		{Method: "GET", Path: at + "/commands", Scope: readCommands, Run: rest.Plain(f.list),
			Query: []string{"door", "limit"}},
		{Method: "GET", Path: at + "/commands/{id}", Scope: readCommands, Run: rest.Plain(f.get)},
	}}
}

var noSuchCommand = ledger.Refuse(ledger.NotFound, "no-such-command", "there is no command with this id here")

// A command as readers get it.
type commandBody struct {
	ID       string     `json:"id"`
	Station  string     `json:"station"`
	What     string     `json:"what"`
	Door     string     `json:"door,omitempty"`
	Parcel   string     `json:"parcel_id,omitempty"`
	By       string     `json:"by"`
	Reason   string     `json:"reason"`
	State    string     `json:"state"`
	Became   string     `json:"became,omitempty"`
	Issued   time.Time  `json:"issued"`
	Expires  time.Time  `json:"expires"`
	Answered *time.Time `json:"answered,omitempty"`
}

func commandAs(c hub.Command) commandBody {
	return commandBody{c.ID, c.Station, c.What, c.Door, c.Parcel, c.By, c.Reason, c.State, c.Became, c.Issued,
		c.Expires, maybe(c.Answered)}
}

// commandOrder is what a station is to do.
type commandOrder struct {
	What   string `json:"what"      check:"required,one=open|disable|enable|restart" slug:"what"`
	Door   string `json:"door"      check:"text=1..16"                               slug:"door"`
	Parcel string `json:"parcel_id" check:"text=1..64"                               slug:"parcel"`
	Reason string `json:"reason"    check:"required,text=1..120"                     slug:"reason"`
}

func (f commandsFamily) order(x *rest.Exchange, o commandOrder) error {
	names, err := named(x, noSuchStation, "station")
	if err != nil {
		return err
	}
	if err := unconditional(x); err != nil {
		return err
	}
	c, err := f.hub.Command(x.Context(), x.Client(), names["station"], hub.CommandOrder{
		ID: x.NewID("command"), What: o.What, Door: o.Door, Parcel: o.Parcel, Reason: o.Reason,
	})
	if err != nil {
		return err
	}
	x.Header().Set("Location", "/v1/stations/"+c.Station+"/commands/"+c.ID)
	return x.Encode(http.StatusCreated, commandAs(c))
}

func (f commandsFamily) get(x *rest.Exchange) error {
	names, err := named(x, noSuchCommand, "station", "id")
	if err != nil {
		return err
	}
	c, err := f.hub.OneCommand(x.Context(), names["station"], names["id"])
	if err != nil {
		return sameNotFound(err, noSuchCommand)
	}
	return x.Encode(http.StatusOK, commandAs(c))
}

// list answers with the newest commands of a station, the newest first.
func (f commandsFamily) list(x *rest.Exchange) error {
	names, err := named(x, noSuchStation, "station")
	if err != nil {
		return err
	}
	filter := hub.CommandFilter{Station: names["station"]}
	if filter.Limit, err = rest.Number(x.Query(), "limit", 1, mostShown, mostShown); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{"door": &filter.Door}); err != nil {
		return err
	}
	all, err := f.hub.Commands(x.Context(), filter)
	if err != nil {
		return sameNotFound(err, noSuchStation)
	}
	page := []commandBody{}
	for _, c := range all {
		page = append(page, commandAs(c))
	}
	return x.Encode(http.StatusOK, list("commands", page, ""))
}
