package console

import (
	"net/http"
	"strconv"

	"cubby/locker/ledger"
)

// inviteForm shows the form of a new station.
func inviteForm(v *visit) error {
	v.show(http.StatusOK, "invite", map[string]any{})
	return nil
}

// invite makes a place for a station, and an invitation that is shown once.
func invite(v *visit) error {
	name := v.field("name")
	lat, lon, err := v.coordinates()
	if err == nil {
		s, invitation, failed := v.hub.Invite(v.r.Context(), v.by(), name, v.field("address"), lat, lon)
		if failed == nil {
			return v.done(at("stations", s.ID), invited("invite.done", name, invitation))
		}
		err = failed
	}
	return v.retry(err, func(data map[string]any) error {
		v.show(http.StatusUnprocessableEntity, "invite", data)
		return nil
	})
}

// invited is a note with an invitation, and the command that takes it.
func invited(word, name, invitation string) note {
	return note{Word: word, Gaps: []any{"name", name}, Secrets: []secret{
		{"invite.text", invitation}, {"invite.command", "cubbyctl enrol '" + invitation + "'"}}}
}

// coordinates reads those of the form; both or none.
func (v *visit) coordinates() (lat, lon *float64, err error) {
	read := func(name string) (*float64, error) {
		text := v.field(name)
		if text == "" {
			return nil, nil
		}
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, ledger.Refuse(ledger.Invalid, "not-a-number", "%s",
				v.book.say("error.degrees", "name", v.book.say("invite."+name))).At("/" + name)
		}
		return &n, nil
	}
	if lat, err = read("lat"); err == nil {
		lon, err = read("lon")
	}
	return lat, lon, err
}

// manage does what an administrator asks of a station.
func manage(v *visit) error {
	ctx, id, what := v.r.Context(), v.r.PathValue("station"), v.r.PathValue("what")
	s, err := v.hub.Station(ctx, id)
	if err != nil {
		return err
	}
	n := note{Word: "manage.done." + what, Gaps: []any{"name", s.Name}}
	switch what {
	case "rename":
		n.Gaps = []any{"name", v.field("name")}
		err = v.hub.Rename(ctx, v.by(), id, v.field("name"))
	case "place":
		lat, lon, failed := v.coordinates()
		if err = failed; err == nil {
			err = v.hub.Place(ctx, v.by(), id, v.field("address"), lat, lon)
		}
	case "rekey":
		var invitation string
		invitation, err = v.hub.Rekey(ctx, v.by(), id)
		n = invited(n.Word, s.Name, invitation)
	case "remove":
		err = v.hub.Remove(ctx, v.by(), id)
	default:
		return notFound(v)
	}
	if err != nil {
		return v.retry(err, func(data map[string]any) error {
			return v.stationPage(http.StatusUnprocessableEntity, data)
		})
	}
	return v.done(at("stations", id), n)
}
