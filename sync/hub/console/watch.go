package console

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"cubby/sync/hub"
)

// A capacityRow is how full a station is, by the sizes of its doors.
type capacityRow struct {
	hub.Station
	Sizes []sizeCount
}

// A sizeCount counts the doors of one size. Free ones can be used now.
type sizeCount struct {
	Size        string // width x height in mm; empty: not known
	area        int
	Free, Total int
}

// capacity shows where there is room.
func capacity(v *visit) error {
	all, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	var rows []capacityRow
	for _, s := range all {
		if s.Removed {
			continue
		}
		doors, err := v.hub.Doors(v.r.Context(), s.ID)
		if err != nil {
			return err
		}
		rows = append(rows, capacityRow{s, sizesOf(s, doors)})
	}
	share := func(c hub.DoorCount) float64 { return float64(c.Free) / float64(max(c.Total, 1)) }
	slices.SortStableFunc(rows, func(a, b capacityRow) int {
		return cmp.Or(cmp.Compare(share(a.Doors), share(b.Doors)), cmp.Compare(a.Name, b.Name))
	})
	v.show(http.StatusOK, "capacity", map[string]any{"Rows": rows})
	return nil
}

// sizesOf counts doors by size, the smallest first.
func sizesOf(s hub.Station, doors []hub.Door) []sizeCount {
	free := map[string]bool{}
	for _, d := range doors {
		free[d.Number] = d.Allocation == "free" && d.Trouble == ""
	}
	by := map[string]*sizeCount{}
	if s.Wall != nil {
		for _, d := range s.Wall.Doors {
			name := fmt.Sprintf("%d × %d", d.WidthMM, d.HeightMM)
			c := by[name]
			if c == nil {
				c = &sizeCount{Size: name, area: d.WidthMM * d.HeightMM}
				by[name] = c
			}
			c.Total++
			if free[d.Number] {
				c.Free++
			}
		}
	}
	var all []sizeCount
	for _, c := range by {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b sizeCount) int {
		return cmp.Or(cmp.Compare(a.area, b.area), cmp.Compare(a.Size, b.Size))
	})
	return all
}

// healthOf shows how far the hub has seen of each station, what it could not take in, and
// how the hub itself is.
func healthOf(v *visit) error {
	all, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(s hub.Station) bool { return s.Removed })
	odd, err := v.hub.Facts(v.r.Context(), hub.FactFilter{Quarantined: true, Limit: perPage})
	if err != nil {
		return err
	}
	head, err := v.newest()
	if err != nil {
		return err
	}
	own := []figure{{"health.facts", strconv.FormatInt(head, 10)}, {"health.live", strconv.Itoa(len(v.lives))},
		{"health.version", cmp.Or(v.o.Version, "–")}}
	v.show(http.StatusOK, "health", map[string]any{"Stations": all, "Odd": odd, "Names": namesOf(all), "Own": own})
	return nil
}

// lookedAt notes that somebody has seen to a fact that could not be taken in.
func lookedAt(v *visit) error {
	n, err := strconv.ParseInt(v.r.PathValue("number"), 10, 64)
	if err != nil {
		return notFound(v)
	}
	if err := v.hub.LookedAt(v.r.Context(), v.by(), n); err != nil {
		return err
	}
	return v.done("/health", note{Word: "health.done.looked"})
}

// look shows the contact or the code of a parcel, once; who has looked, and why, is kept.
func look(v *visit) error {
	ctx, station, id := v.r.Context(), v.r.PathValue("station"), v.r.PathValue("id")
	n := note{Word: "look.done", Gaps: []any{"id", id}}
	switch v.r.PathValue("what") {
	case "contact":
		who, err := v.hub.ShowContact(ctx, v.by(), station, id, v.field("reason"))
		if err != nil {
			return err
		}
		for label, value := range map[string]string{"announce.name": who.Name, "announce.email": who.Email,
			"announce.phone": who.Phone, "announce.language": who.Language} {
			if value != "" {
				n.Secrets = append(n.Secrets, secret{label, value})
			}
		}
		slices.SortFunc(n.Secrets, func(a, b secret) int { return cmp.Compare(a.Label, b.Label) })
	case "code":
		code, pin, err := v.hub.ShowCode(ctx, v.by(), station, id, v.field("reason"))
		if err != nil {
			return err
		}
		n.Secrets = []secret{{"look.code", code}, {"people.pin", pin}}
	default:
		return notFound(v)
	}
	return v.done(at("stations", station, "parcels", id), n)
}
