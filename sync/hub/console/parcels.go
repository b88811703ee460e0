package console

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/care"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/hub"
)

// perPage is how many rows a list shows.
const perPage = 50

// parcelStates are what the filter offers.
var parcelStates = []string{"sent", "announced", "booked", "depositing", "stored", "collecting", "collected",
	"deposit_failed", "expired", "counter_held", "missing", "cancelled", "received",
	"redirected", "returned"}

// parcels lists and searches them.
func parcels(v *visit) error {
	f := hub.ParcelFilter{Station: v.query("station"), State: v.query("state"), Text: v.query("q"),
		Paused: v.query("paused") != "", After: v.query("after"), Limit: perPage}
	page, next, err := v.hub.Parcels(v.r.Context(), f)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "parcels", map[string]any{"Parcels": page, "More": v.more(next), "Filter": f,
		"Stations": stations, "Names": namesOf(stations), "States": parcelStates})
	return nil
}

func namesOf(stations []hub.Station) map[string]string {
	names := map[string]string{}
	for _, s := range stations {
		names[s.ID] = s.Name
	}
	return names
}

// oneParcel shows one with its story.
func oneParcel(v *visit) error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	s, err := v.hub.Station(ctx, v.r.PathValue("station"))
	if err != nil {
		return err
	}
	p, err := v.hub.Parcel(ctx, s.ID, id)
	if err != nil {
		return err
	}
	story, err := v.story(s, "parcels/"+id)
	if err != nil {
		return err
	}
	known := false // the order may be the shop's alone
	if p.OrderID != "" {
		_, err := v.hub.Order(ctx, p.OrderID)
		known = err == nil
	}
	codes, _, err := v.hub.Tokens(ctx, hub.TokenFilter{Station: s.ID, Parcel: id, Limit: perPage})
	if err != nil {
		return err
	}
	cases, _, err := v.hub.Cases(ctx, hub.CaseFilter{Station: s.ID, Parcel: id, Limit: perPage})
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(ctx)
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "parcel", map[string]any{"S": s, "P": p, "Story": story, "Order": known,
		"Codes": codes, "Days": usualDays, "Cases": cases, "Names": namesOf(stations), "Kinds": holdKinds,
		"Places": elsewhere(stations, s.ID)})
	return nil
}

// holdKinds are as what a parcel may be held, the shop's own first.
var holdKinds = []string{parcel.ForShop, parcel.ForCustoms, parcel.ForFee, parcel.ForIdentity}

// elsewhere are the stations that a parcel can be redirected to.
func elsewhere(all []hub.Station, here string) []hub.Station {
	return slices.DeleteFunc(slices.Clone(all), func(s hub.Station) bool {
		return s.ID == here || s.Removed || s.Joined.IsZero()
	})
}

// cases lists what went wrong for customers at doors.
func cases(v *visit) error {
	f := hub.CaseFilter{Station: v.query("station"), State: v.query("state"), After: v.query("after"),
		Limit: perPage}
	page, next, err := v.hub.Cases(v.r.Context(), f)
	if err != nil {
		return err
	}
	stations, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "cases", map[string]any{"Cases": page, "More": v.more(next), "Filter": f,
		"Stations": stations, "Names": namesOf(stations), "States": []care.State{care.Open, care.Closed}})
	return nil
}

// changeParcel holds, releases or cancels a parcel, sends it another way, and changes its code.
func changeParcel(v *visit) error {
	ctx, station, id := v.r.Context(), v.r.PathValue("station"), v.r.PathValue("id")
	what := v.r.PathValue("what")
	var err error
	switch what {
	case "hold":
		err = v.hub.HoldParcel(ctx, v.by(), station, id, v.field("kind"), v.field("reason"))
	case "release":
		err = v.hub.ReleaseParcel(ctx, v.by(), station, id)
	case "redirect":
		err = v.hub.RedirectParcel(ctx, v.by(), station, id, v.field("to"), v.field("reason"))
	case "recall":
		err = v.hub.RecallParcel(ctx, v.by(), station, id, v.field("reason"))
	case "stay":
		err = v.hub.StayParcel(ctx, v.by(), station, id, v.field("why"))
	case "new-code":
		err = v.hub.ReissueCode(ctx, v.by(), station, id, v.field("reason"))
	case "revoke-code":
		err = v.hub.RevokeCode(ctx, v.by(), station, id, v.field("reason"))
	case "cancel":
		err = v.hub.CancelParcel(ctx, v.by(), station, id)
	default:
		return notFound(v)
	}
	if err != nil {
		return err
	}
	return v.done(
		at("stations", station, "parcels", id),
		note{Word: "parcel.done." + what, Gaps: []any{"id", id}},
	)
}

// announceForm shows the form of a test parcel.
func announceForm(v *visit) error {
	return v.announcePage(http.StatusOK, map[string]any{
		"Typed": map[string]string{
			"station": v.query("station"),
			"id":      "T-" + strings.ToUpper(random()[:6]),
		}})
}

func (v *visit) announcePage(status int, data map[string]any) error {
	all, err := v.hub.Stations(v.r.Context())
	if err != nil {
		return err
	}
	data["Stations"] = all
	v.show(status, "announce", data)
	return nil
}

// announce tells a station of a parcel that will come.
func announce(v *visit) error {
	station, id := v.field("station"), v.field("id")
	body, err := v.announcement()
	if err == nil {
		err = v.hub.Announce(v.r.Context(), v.by(), station, id, body)
	}
	if err != nil {
		return v.retry(err, func(data map[string]any) error {
			return v.announcePage(http.StatusUnprocessableEntity, data)
		})
	}
	return v.done(
		at("stations", station, "parcels", id),
		note{Word: "announce.done", Gaps: []any{"id", id}},
	)
}

// announcement makes the body that shops send of what was typed. An empty field is left out.
func (v *visit) announcement() (json.RawMessage, error) {
	body, recipient, size := map[string]any{}, map[string]any{}, map[string]any{}
	for to, names := range map[*map[string]any][]string{&body: {"label", "order_id"},
		&recipient: {"name", "email", "phone", "language"}} {
		for _, name := range names {
			if text := v.field(name); text != "" {
				(*to)[name] = text
			}
		}
	}
	for to, names := range map[*map[string]any][]string{&body: {"weight_g", "pickup_hours"},
		&size: {"length", "width", "height"}} {
		for _, name := range names {
			if text := v.field(name); text != "" {
				n, err := strconv.Atoi(text)
				if err != nil {
					return nil, ledger.Refuse(ledger.Invalid, "not-a-number", "%s", v.book.say("error.number",
						"name", v.book.say("announce."+name))).
						At("/" + name)
				}
				(*to)[name] = n
			}
		}
	}
	for _, name := range []string{"accessible", "valuable"} {
		if v.field(name) != "" {
			body[name] = true
		}
	}
	if len(recipient) > 0 {
		body["recipient"] = recipient
	}
	if len(size) > 0 {
		body["dimensions_mm"] = size
	}
	return json.Marshal(body)
}
