package console

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"cubby/sync/hub"
)

// silent is how long after its last request a station counts as offline. It asks at least
// every 30 s, and the hub writes that down every 15 s.
const silent = 90 * time.Second

func (c *Console) online(s hub.Station) bool {
	return !s.Removed && !s.LastSeen.IsZero() && c.o.Now().Sub(s.LastSeen) < silent
}

// totals add up what the stations say.
type totals struct {
	Stations, Online, Waiting int
	Doors                     hub.DoorCount
	Parcels, Troubles         int
}

// overview shows all stations as a list and on a map.
func overview(v *visit) error {
	all, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	removed := slices.DeleteFunc(slices.Clone(all), func(s hub.Station) bool { return !s.Removed })
	all = slices.DeleteFunc(all, func(s hub.Station) bool { return s.Removed })
	worst, err := v.hub.Troubles(v.r.Context(), "")
	if err != nil {
		return err
	}
	var sum totals
	for _, s := range all {
		sum.Stations++
		switch {
		case s.Joined.IsZero():
			sum.Waiting++
		case v.online(s):
			sum.Online++
		}
		sum.Doors.Total += s.Doors.Total
		sum.Doors.Free += s.Doors.Free
		sum.Parcels += s.Parcels
	}
	sum.Troubles = len(worst)
	slices.SortStableFunc(all, func(a, b hub.Station) int { return cmp.Compare(a.Name, b.Name) })
	area, zoomed := spanOf(v.r.URL.Query())
	v.show(http.StatusOK, "overview", map[string]any{
		"Stations": all, "Removed": removed, "Sum": sum, "Worst": v.named(worst[:min(len(worst), 5)], all),
		"Map": v.chartOf(all, area, zoomed),
	})
	return nil
}

// A namedTrouble is a trouble with the name of its station and the page where to look.
type namedTrouble struct {
	hub.Trouble
	Name string
	Link string
}

func (v *visit) named(all []hub.Trouble, stations []hub.Station) []namedTrouble {
	names := map[string]string{}
	for _, s := range stations {
		names[s.ID] = s.Name
	}
	out := make([]namedTrouble, len(all))
	for i, t := range all {
		name := cmp.Or(names[t.Station], t.Station)
		_, id, _ := strings.Cut(t.Subject, "/")
		gaps := []any{"door", t.Door, "id", id, "name", name}
		// The hub's own sentences are English.
		if key := "trouble.title." + t.Kind; v.book[key] != "" {
			t.Title, t.WhatToDo = v.book.say(key, gaps...), v.book.say("trouble.do."+t.Kind, gaps...)
		}
		out[i] = namedTrouble{t, name, linkOf(t.Station, t.Subject)}
	}
	return out
}

// linkOf is the page that tells of the subject of a fact or a trouble.
func linkOf(station, subject string) string {
	kind, id, _ := strings.Cut(subject, "/")
	switch kind {
	case "parcels":
		return at("stations", station, "parcels", id)
	case "compartments":
		return at("stations", station) + "#door-" + id
	case "devices":
		return at("stations", station) + "#devices"
	case "orders":
		return at("orders", id)
	case "returns":
		return at("stations", station, "returns", id)
	case "cases":
		return at("cases") + "?station=" + url.QueryEscape(station)
	}
	return at("stations", station)
}

// troubles shows what somebody has to do something about, the most harmful first.
func troubles(v *visit) error {
	all, err := v.hub.Troubles(v.r.Context(), v.query("station"))
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "troubles", map[string]any{"Troubles": v.named(all, stations),
		"Stations": stations, "Station": v.query("station")})
	return nil
}

// events shows the newest facts, and goes on with those that come in.
func events(v *visit) error {
	station, kind := v.query("station"), v.query("kind")
	head, err := v.newest() // what comes in from here on is streamed
	if err != nil {
		return err
	}
	facts, err := v.factsOf(station, kind, head)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	names := v.stationNames(facts)
	told := []liveFact{}
	for _, one := range facts {
		told = append(told, v.liveFact(one, names))
	}
	v.show(http.StatusOK, "events", map[string]any{"Facts": told, "After": head, "Stations": stations,
		"Station": station, "Kind": kind, "Kinds": kinds})
	return nil
}

// factsOf reads the newest facts of a station and a kind up to a number. It looks through
// some thousands.
func (v *visit) factsOf(station, kind string, head int64) (found []hub.Fact, err error) {
	const most, pages = 100, 30
	f := hub.FactFilter{Station: station, Before: head + 1, Limit: 100}
	for range pages {
		page, err := v.hub.Facts(v.r.Context(), f)
		if err != nil {
			return nil, err
		}
		for _, one := range page {
			f.Before = one.N
			if kind == "" || strings.HasPrefix(one.Type, kind+".") {
				found = append(found, one)
			}
		}
		if len(found) >= most || len(page) < f.Limit {
			break
		}
	}
	return found[:min(len(found), most)], nil
}

// kinds are the first words of types of facts, to choose from.
var kinds = []string{
	"parcel",
	"door",
	"opening",
	"visit",
	"order",
	"return",
	"refund",
	"device",
	"courier",
	"staff",
	"station",
}
