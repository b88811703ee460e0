package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"time"

	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed stations.json
var stationsFragment []byte

// Stations reads what the hub knows of stations.
type Stations interface {
	Stations(ctx context.Context) ([]hub.Station, error)
	Station(ctx context.Context, id string) (hub.Station, error)
	ChangeStation(ctx context.Context, by, station string, name, address *string) error
	Doors(ctx context.Context, station string) ([]hub.Door, error)
	Devices(ctx context.Context, station string) ([]hub.Device, error)
	Troubles(ctx context.Context, station string) ([]hub.Trouble, error)
}

type stationsFamily struct{ hub Stations }

// stations is the family of stations, their doors and devices, and what is wrong there.
func stations(h Stations) rest.Family {
	f := stationsFamily{h}
	return rest.Family{Name: "stations", Fragment: stationsFragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/stations", Scope: readStations, Run: rest.Plain(f.list)},
		{Method: "GET", Path: at, Scope: readStations, Run: rest.Plain(f.get)},
		{Method: "PATCH", Path: at, Scope: writeStations, Run: rest.Plain(f.patch), Media: rest.MergePatch},
		{Method: "GET", Path: at + "/doors", Scope: readStations, Run: rest.Plain(f.doors)},
		{Method: "GET", Path: at + "/devices", Scope: readStations, Run: rest.Plain(f.devices)},
		{Method: "GET", Path: "/v1/troubles", Scope: readStations, Run: rest.Plain(f.troubles),
			Query: []string{"station"}},
	}}
}

// A station as readers get it.
type stationBody struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Site      string     `json:"site,omitempty"`
	Address   string     `json:"address,omitempty"`
	Latitude  *float64   `json:"latitude,omitempty"`
	Longitude *float64   `json:"longitude,omitempty"`
	Version   string     `json:"version,omitempty"`
	Zone      string     `json:"zone,omitempty"`
	Languages []string   `json:"languages,omitempty"`
	Joined    *time.Time `json:"joined,omitempty"`
	LastSeen  *time.Time `json:"last_seen,omitempty"`
	Online    bool       `json:"online"`
	Removed   bool       `json:"removed,omitempty"`
	SeenUpTo  *time.Time `json:"seen_up_to,omitempty"`
	Waiting   int64      `json:"waiting"`
	Oldest    *time.Time `json:"oldest_waiting,omitempty"`
	Doors     doorCount  `json:"doors"`
	Parcels   int        `json:"parcels"`
	Troubles  int        `json:"troubles"`
}

type doorCount struct {
	Total    int `json:"total"`
	Free     int `json:"free"`
	Reserved int `json:"reserved"`
	Occupied int `json:"occupied"`
	Blocked  int `json:"blocked"`
}

func stationAs(s hub.Station) stationBody {
	return stationBody{
		ID: s.ID, Name: s.Name, Site: s.Site, Address: s.Address, Latitude: s.Latitude, Longitude: s.Longitude,
		Version: s.Version, Zone: s.Zone, Languages: s.Languages, Joined: maybe(s.Joined),
		LastSeen: maybe(s.LastSeen), Online: online(s), Removed: s.Removed, SeenUpTo: maybe(s.SeenUpTo),
		Waiting: s.Waiting, Oldest: s.OldestWaiting, Doors: doorCount(s.Doors), Parcels: s.Parcels,
		Troubles: s.Troubles,
	}
}

// online reports whether a station was heard of lately.
func online(s hub.Station) bool {
	return !s.Removed && !s.LastSeen.IsZero() && time.Since(s.LastSeen) < hub.SilentAfter
}

func (f stationsFamily) list(x *rest.Exchange) error {
	all, err := f.hub.Stations(x.Context())
	if err != nil {
		return err
	}
	page := []stationBody{}
	for _, s := range all {
		page = append(page, stationAs(s))
	}
	return x.Encode(http.StatusOK, list("stations", page, ""))
}

// station reads the one that the path names.
func (f stationsFamily) station(x *rest.Exchange) (s hub.Station, err error) {
	names, err := named(x, noSuchStation, "station")
	if err != nil {
		return s, err
	}
	s, err = f.hub.Station(x.Context(), names["station"])
	return s, sameNotFound(err, noSuchStation)
}

func (f stationsFamily) get(x *rest.Exchange) error {
	s, err := f.station(x)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, stationAs(s))
}

// stationPatch is what a client may change of a station.
type stationPatch struct {
	Name    string `json:"name"    check:"required,text=1..60"`
	Address string `json:"address"`
}

var stationForm = strict.Declare[stationPatch]()

// patch renames a station, or says where it is.
func (f stationsFamily) patch(x *rest.Exchange) error {
	s, err := f.station(x)
	if err != nil {
		return err
	}
	if err := unconditional(x); err != nil {
		return err
	}
	p, err := x.ReadPatch("id", "site", "version", "zone", "languages", "joined", "last_seen",
		"online", "removed",
		"seen_up_to", "waiting", "oldest_waiting", "doors", "parcels", "troubles")
	if err != nil {
		return err
	}
	is, err := json.Marshal(stationPatch{s.Name, s.Address})
	if err != nil {
		return err
	}
	document, err := p.On(is)
	if err != nil {
		return err
	}
	var now stationPatch
	if err := stationForm.Read(document, &now); err != nil {
		return err
	}
	var name, address *string // what the patch does not name is not written
	if p.Names("name") {
		name = &now.Name
	}
	if p.Names("address") {
		address = &now.Address
	}
	if name != nil || address != nil {
		if err := f.hub.ChangeStation(x.Context(), x.Client(), s.ID, name, address); err != nil {
			return sameNotFound(err, noSuchStation)
		}
	}
	return f.get(x)
}

type doorBody struct {
	Number     string     `json:"number"`
	Door       string     `json:"door"`
	Lock       string     `json:"lock"`
	Allocation string     `json:"allocation"`
	Parcel     string     `json:"parcel,omitempty"`
	Trouble    string     `json:"trouble,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Changed    *time.Time `json:"changed,omitempty"`
}

func (f stationsFamily) doors(x *rest.Exchange) error {
	s, err := f.station(x)
	if err != nil {
		return err
	}
	all, err := f.hub.Doors(x.Context(), s.ID)
	if err != nil {
		return err
	}
	page := []doorBody{}
	for _, d := range all {
		page = append(page, doorBody{d.Number, d.Door, d.Lock, d.Allocation, d.Parcel, d.Trouble, d.Reason,
			maybe(d.Changed)})
	}
	return x.Encode(http.StatusOK, list("doors", page, ""))
}

type deviceBody struct {
	Name     string     `json:"name"`
	State    string     `json:"state"`
	Severity string     `json:"severity"`
	Detail   string     `json:"detail,omitempty"`
	Title    string     `json:"title,omitempty"`
	WhatToDo string     `json:"what_to_do,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
}

func (f stationsFamily) devices(x *rest.Exchange) error {
	s, err := f.station(x)
	if err != nil {
		return err
	}
	all, err := f.hub.Devices(x.Context(), s.ID)
	if err != nil {
		return err
	}
	page := []deviceBody{}
	for _, d := range all {
		page = append(page, deviceBody{d.Name, d.State, d.Severity, d.Detail, d.Title, d.WhatToDo, maybe(d.Since)})
	}
	return x.Encode(http.StatusOK, list("devices", page, ""))
}

type troubleBody struct {
	Station  string     `json:"station"`
	Kind     string     `json:"kind"`
	Subject  string     `json:"subject"`
	Door     string     `json:"door,omitempty"`
	Harm     int        `json:"harm"`
	Title    string     `json:"title"`
	WhatToDo string     `json:"what_to_do,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
}

func (f stationsFamily) troubles(x *rest.Exchange) error {
	var station string
	if err := words(x.Query(), map[string]*string{"station": &station}); err != nil {
		return err
	}
	all, err := f.hub.Troubles(x.Context(), station)
	if err != nil {
		return err
	}
	page := []troubleBody{}
	for _, t := range all {
		page = append(page, troubleBody{t.Station, t.Kind, t.Subject, t.Door, t.Harm, t.Title, t.WhatToDo,
			maybe(t.Since)})
	}
	return x.Encode(http.StatusOK, list("troubles", page, ""))
}
