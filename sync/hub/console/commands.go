package console

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/secret/token"
	"cubby/sync/hub"
)

// doorPage shows what happened at a door, what it is ordered to do, and what became of that.
func (v *visit) doorPage(status int, more map[string]any) error {
	ctx, number := v.r.Context(), v.r.PathValue("number")
	s, err := v.hub.Station(ctx, v.r.PathValue("station"))
	if err != nil {
		return err
	}
	story, err := v.story(s, "compartments/"+number)
	if err != nil {
		return err
	}
	doors, err := v.hub.Doors(ctx, s.ID)
	if err != nil {
		return err
	}
	orders, err := v.hub.Commands(ctx, hub.CommandFilter{Station: s.ID, Door: number, Limit: 10})
	if err != nil {
		return err
	}
	data := map[string]any{
		"S": s, "Number": number, "Story": story, "Orders": orders, "Typed": map[string]string{},
	}
	if i := slices.IndexFunc(doors, func(d hub.Door) bool { return d.Number == number }); i >= 0 {
		data["Door"] = doors[i]
	}
	for name, value := range more {
		data[name] = value
	}
	v.show(status, "door", data)
	return nil
}

func door(v *visit) error { return v.doorPage(http.StatusOK, nil) }

// orderDoor orders a station to do something with a door. The parcel is the one that the
// page showed behind it.
func orderDoor(v *visit) error {
	station, number, what := v.r.PathValue("station"), v.r.PathValue("number"), v.r.PathValue("what")
	if !slices.Contains([]string{token.Open, token.Disable, token.Enable}, what) {
		return notFound(v)
	}
	o := hub.CommandOrder{What: what, Door: number, Reason: v.field("reason")}
	if what == token.Open {
		o.Parcel = v.field("parcel")
	}
	if _, err := v.hub.Command(v.r.Context(), v.by(), station, o); err != nil {
		return v.retry(err, func(data map[string]any) error {
			return v.doorPage(http.StatusUnprocessableEntity, data)
		})
	}
	return v.done(at("stations", station, "doors", number), note{Word: "ordered.done", Gaps: []any{"n", number}})
}

// orderRestart has a station's core start anew.
func orderRestart(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("station")
	s, err := v.hub.Station(ctx, id)
	if err != nil {
		return err
	}
	_, err = v.hub.Command(ctx, v.by(), id, hub.CommandOrder{What: token.Restart, Reason: v.field("reason")})
	if err != nil {
		return v.retry(err, func(data map[string]any) error {
			return v.stationPage(http.StatusUnprocessableEntity, data)
		})
	}
	return v.done(at("stations", id), note{Word: "ordered.restarts", Gaps: []any{"name", s.Name}})
}

// ordered adds to a fact who ordered what it tells: facts of a station name nobody.
func ordered(ctx context.Context, h Hub, station string, e ledger.Entry) ledger.Entry {
	var data map[string]any
	if e.Type != "remote.command_obeyed" || json.Unmarshal(e.Data, &data) != nil {
		return e
	}
	id, _ := data["command_id"].(string)
	c, err := h.OneCommand(ctx, station, id)
	if err != nil {
		return e
	}
	_, data["ordered_by"], _ = strings.Cut(c.By, ":")
	data["reason"] = c.Reason
	if text, err := json.Marshal(data); err == nil {
		e.Data = text
	}
	return e
}
