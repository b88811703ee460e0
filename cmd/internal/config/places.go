package config

import (
	"regexp"
	"slices"
	"strings"
)

// Bounds of the places to which parcels go.
const (
	mostPlaces    = 200 // of the shelf
	mostElsewhere = 20  // where parcels may be sent at the kiosk
	placeName     = 16  // characters
	stationName   = 100 // characters
)

var placeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// stationForm is that of a station's id.
var stationForm = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// checkPlaces refuses names of places that nobody could scan or tell apart.
func (c *Config) checkPlaces(r *reader) {
	p := c.Pickup
	if len(p.Shelf) > mostPlaces {
		r.refuse("pickup.shelf", "has %d places: %d are possible at most", len(p.Shelf), mostPlaces)
	}
	var seen []string
	for _, place := range p.Shelf {
		switch key := strings.ToUpper(place); {
		case len(place) > placeName || !placeForm.MatchString(place):
			r.refuse("pickup.shelf", `%q is no name of a place: 1 to %d letters, digits and . _ -, as "B3"`,
				place, placeName)
		case slices.Contains(seen, key):
			r.refuse("pickup.shelf", "%q is there twice: every place needs a name of its own", place)
		default:
			seen = append(seen, key)
		}
	}
	if len(p.Elsewhere) > mostElsewhere {
		r.refuse("pickup.elsewhere", "has %d places: %d are possible at most", len(p.Elsewhere), mostElsewhere)
	}
	for _, text := range p.Elsewhere {
		id, name, named := strings.Cut(text, "=")
		if !stationForm.MatchString(id) || named && (name == "" || len([]rune(name)) > stationName) {
			r.refuse("pickup.elsewhere", `%q is no place: "counter", or a station as "ID" or "ID=NAME", as `+
				`"north-gate=North Gate"`, text)
		} else if id == c.Station.ID {
			r.refuse("pickup.elsewhere", "%q is this station: name others, or \"counter\"", text)
		}
	}
}
