package console

import (
	"net/http"
	"slices"

	"cubby/sync/hub"
)

// station shows one station: its wall, what is wrong, its devices, how far the hub has seen.
func station(v *visit) error {
	return v.stationPage(http.StatusOK, nil)
}

func (v *visit) stationPage(status int, more map[string]any) error {
	ctx, id := v.r.Context(), v.r.PathValue("station")
	s, err := v.hub.Station(ctx, id)
	if err != nil {
		return err
	}
	doors, err := v.hub.Doors(ctx, id)
	if err != nil {
		return err
	}
	devices, err := v.hub.Devices(ctx, id)
	if err != nil {
		return err
	}
	wrong, err := v.hub.Troubles(ctx, id)
	if err != nil {
		return err
	}
	d := draw(s.Wall, doors)
	words := map[string]int{}
	for _, c := range d.Cells {
		words[c.State]++
	}
	facts, err := v.hub.Facts(ctx, hub.FactFilter{Station: id, Before: 1<<63 - 1, Limit: 12})
	if err != nil {
		return err
	}
	told := []liveFact{}
	for _, f := range facts {
		told = append(told, v.liveFact(f, map[string]string{id: s.Name}))
	}
	slices.SortStableFunc(
		devices,
		func(a, b hub.Device) int { return severity(b.Severity) - severity(a.Severity) },
	)
	data := map[string]any{"S": s, "Wall": d, "Count": words, "Signs": signs, "Devices": devices,
		"Troubles": v.named(
			wrong,
			[]hub.Station{s},
		), "Facts": told, "States": states, "Typed": map[string]string{}}
	for name, value := range more {
		data[name] = value
	}
	v.show(status, "station", data)
	return nil
}

// states are the states of doors in the order of the legend.
var states = []string{"free", "reserved", "occupied", "blocked", "unknown"}

// severity orders the words of health: the worst is the highest.
func severity(word string) int {
	return slices.Index([]string{"ok", "notice", "warning", "alarm"}, word)
}
