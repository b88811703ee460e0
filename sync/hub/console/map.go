package console

import (
	"math"
	"net/url"
	"strconv"

	"cubby/sync/hub"
)

// The map is drawn in these units; how it is scaled is the browser's.
const (
	mapW, mapH = 400, 260
	mapEdge    = 34
	nearer     = 26 // stations whose marks are nearer than this are one mark
)

// A chart is the map of stations: no tiles, nothing from elsewhere.
type chart struct {
	W, H     int
	Marks    []mark
	Lines    []line // meridians and parallels
	Unplaced int    // stations of which nobody has said where they are
	Zoomed   bool
}

// A mark is one station, or several that are near each other.
type mark struct {
	X, Y     int
	N        int
	Name     string
	Link     string
	State    string // online, offline, trouble: the worst of them
	Leftward bool   // its name stands on its left
}

type line struct {
	X1, Y1, X2, Y2 int
	Label          string
}

// A span is an area in degrees.
type span struct{ south, west, north, east float64 }

// spanOf reads the area that a mark of several stations links to.
func spanOf(q url.Values) (s span, ok bool) {
	for name, to := range map[string]*float64{"s": &s.south, "w": &s.west, "n": &s.north, "e": &s.east} {
		v, err := strconv.ParseFloat(q.Get(name), 64)
		if err != nil || math.IsNaN(v) || math.Abs(v) > 360 {
			return span{}, false
		}
		*to = v
	}
	return s, s.north >= s.south && s.east >= s.west
}

// chartOf draws the stations that lie in an area; without one all of them.
func (c *Console) chartOf(all []hub.Station, area span, zoomed bool) chart {
	out := chart{W: mapW, H: mapH, Zoomed: zoomed}
	placed := []hub.Station{}
	for _, s := range all {
		switch {
		case s.Latitude == nil || s.Longitude == nil:
			out.Unplaced++
		case zoomed && (*s.Latitude < area.south || *s.Latitude > area.north ||
			*s.Longitude < area.west || *s.Longitude > area.east):
		default:
			placed = append(placed, s)
		}
	}
	if len(placed) == 0 {
		return out
	}
	p := newProjection(placed)
	out.Lines = p.grid()
	type group struct {
		x, y    float64
		members []hub.Station
	}
	var groups []*group
next:
	for _, s := range placed {
		x, y := p.at(*s.Latitude, *s.Longitude)
		for _, g := range groups {
			if math.Hypot(g.x-x, g.y-y) < nearer {
				n := float64(len(g.members))
				g.x, g.y = (g.x*n+x)/(n+1), (g.y*n+y)/(n+1)
				g.members = append(g.members, s)
				continue next
			}
		}
		groups = append(groups, &group{x, y, []hub.Station{s}})
	}
	for _, g := range groups {
		m := mark{X: int(g.x), Y: int(g.y), N: len(g.members), State: "online", Leftward: g.x > mapW*0.6}
		for _, s := range g.members {
			switch {
			case s.Troubles > 0:
				m.State = "trouble"
			case !c.online(s) && m.State == "online":
				m.State = "offline"
			}
		}
		m.Name, m.Link = g.members[0].Name, at("stations", g.members[0].ID)
		if m.N > 1 {
			m.Link = "/?" + around(g.members).Encode() + "#map"
		}
		out.Marks = append(out.Marks, m)
	}
	return out
}

// around is the area of some stations, as an address has it.
func around(all []hub.Station) url.Values {
	a := bounds(all)
	q := url.Values{}
	for name, v := range map[string]float64{"s": a.south, "w": a.west, "n": a.north, "e": a.east} {
		q.Set(name, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return q
}

func bounds(all []hub.Station) span {
	a := span{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, s := range all {
		a.south, a.north = min(a.south, *s.Latitude), max(a.north, *s.Latitude)
		a.west, a.east = min(a.west, *s.Longitude), max(a.east, *s.Longitude)
	}
	return a
}

// A projection is equirectangular, true to length at the middle of what is shown.
type projection struct {
	span
	lat, lon, squeeze, scale float64
}

func newProjection(all []hub.Station) projection {
	p := projection{span: bounds(all)}
	p.lat, p.lon = (p.south+p.north)/2, (p.west+p.east)/2
	p.squeeze = max(math.Cos(p.lat*math.Pi/180), 0.1)
	// Two stations in one house are still 0.002 degrees of map: about 200 m.
	high, wide := max(p.north-p.south, 0.002), max((p.east-p.west)*p.squeeze, 0.002)
	p.scale = min((mapH-2*mapEdge)/high, (mapW-2*mapEdge)/wide)
	return p
}

func (p projection) at(lat, lon float64) (x, y float64) {
	return mapW/2 + (lon-p.lon)*p.squeeze*p.scale, mapH/2 - (lat-p.lat)*p.scale
}

// grid draws about four lines each way, at round degrees.
func (p projection) grid() (all []line) {
	step := 0.0005
	for i := 0; step*p.scale < mapW/5 && i < 30; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	label := func(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) + "°" }
	high, wide := mapH/2/p.scale, mapW/2/p.scale/p.squeeze
	for v := math.Ceil((p.lat-high)/step) * step; v <= p.lat+high; v += step {
		_, y := p.at(v, p.lon)
		all = append(all, line{0, int(y), mapW, int(y), label(v)})
	}
	for v := math.Ceil((p.lon-wide)/step) * step; v <= p.lon+wide; v += step {
		x, _ := p.at(p.lat, v)
		all = append(all, line{int(x), 0, int(x), mapH, label(v)})
	}
	return all
}
