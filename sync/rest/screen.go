package rest

import (
	"net/http"

	"cubby/locker"
	"cubby/locker/view"
	"cubby/sync/strict"
)

// getView answers with what the screen of a terminal shows now.
func (s *Server) getView(x *exchange) error {
	terminal, err := s.terminal(x)
	if err != nil {
		return err
	}
	return x.encode(http.StatusOK, withLists(s.Station.View(terminal)))
}

// terminal is the one that is asked about; empty: the kiosk.
func (s *Server) terminal(x *exchange) (string, error) {
	q, err := x.query("terminal")
	if err != nil {
		return "", err
	}
	name := q.Get("terminal")
	if !s.Station.HasTerminal(name) {
		return "", locker.Refuse(locker.NotFound, "no-such-terminal",
			"there is no terminal %q here; those there are stand under [[terminal]] in the configuration", short(name))
	}
	return name, nil
}

// withLists makes empty lists of those that are nil, so that they are [] on the
// wire and a reader can go through them without asking.
func withLists(v view.View) view.View {
	if v.Languages == nil {
		v.Languages = []string{}
	}
	if v.Actions == nil {
		v.Actions = []view.ActionName{}
	}
	if v.Wall.Doors == nil {
		v.Wall.Doors = []view.Door{}
	}
	return v
}

// postAction does what a person touched.
func (s *Server) postAction(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var a view.Action
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) (err error) {
			switch name {
			case "terminal":
				a.Terminal, err = r.String()
			case "visit":
				a.Visit, err = r.String()
			case "name":
				var word string
				word, err = r.String()
				a.Name = view.ActionName(word)
			case "value":
				a.Value, err = r.String()
			case "step":
				var word string
				word, err = r.String()
				a.Step = view.Step(word)
			case "door":
				a.Door, err = r.String()
			case "parcel":
				a.Parcel, err = r.String()
			default:
				err = r.Unknown()
			}
			return err
		})
	}); err != nil {
		return err
	}
	switch {
	case a.Name == "" || !locker.PlainText(string(a.Name), 1, 64):
		return locker.Refuse(locker.Invalid, "action-name", "name one of the view's actions").At("/name")
	case !locker.PlainText(a.Visit, 0, 64):
		return locker.Refuse(locker.Invalid, "action-visit", "the visit is the one of the view, at most 64 characters").At("/visit")
	case !locker.PlainText(a.Value, 0, 64):
		return locker.Refuse(locker.Invalid, "action-value", "a value has at most 64 characters and none that is invisible").At("/value")
	case !locker.PlainText(string(a.Step), 0, 64), !locker.PlainText(a.Door, 0, 64), len(a.Parcel) > 512:
		return locker.Refuse(locker.Invalid, "action-page", "step, door and parcel are those of the view").At("/step")
	}
	if err := s.Station.Act(x.ctx, a); err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}
