package rest

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"cubby/locker"
	"cubby/sync/strict"
)

// keyAnswer lists what is told of a key. The token is told once, when it is made.
type keyAnswer struct {
	Name    string    `json:"name"`
	Scopes  []string  `json:"scopes"`
	Created time.Time `json:"created"`
	Revoked bool      `json:"revoked"`

	ReadsOnly bool `json:"reads_only"`
}

// addKey makes an API key.
func (s *Server) addKey(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var name string
	var scopes []string
	var readsOnly bool
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, member string) (err error) {
			switch member {
			case "name":
				name, err = r.String()
			case "scopes":
				scopes, err = r.Strings(len(scopeNames))
			case "reads_only":
				readsOnly, err = r.Bool()
			default:
				err = r.Unknown()
			}
			return err
		})
	}); err != nil {
		return err
	}
	if !validID(name) {
		return locker.Refuse(locker.Invalid, "key-name", "a key's name has 1 to 64 of A-Z a-z 0-9 . _ : -").At("/name")
	}
	for i, one := range scopes {
		if scopeNames[one] == 0 || slices.Contains(scopes[:i], one) {
			return locker.Refuse(locker.Invalid, "key-scopes", "each scope once, out of: %s", scopeList()).At("/scopes")
		}
	}
	if len(scopes) == 0 {
		return locker.Refuse(locker.Invalid, "key-scopes", "give at least one scope out of: %s", scopeList()).At("/scopes")
	}
	if readsOnly && !(locker.Key{Scopes: scopes}).Delivers() {
		return locker.Refuse(locker.Invalid, "key-reads-only",
			"reads_only is for keys with events:read and codes:read; no code waits for others").At("/reads_only")
	}
	token, err := s.Station.AddKey(x.ctx, name, scopes, readsOnly)
	if err != nil {
		return err
	}
	return x.encode(http.StatusCreated, struct {
		Name      string   `json:"name"`
		Scopes    []string `json:"scopes"`
		ReadsOnly bool     `json:"reads_only"`
		Token     string   `json:"token"`
	}{name, scopes, readsOnly, token})
}

func (s *Server) listKeys(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	keys, err := s.Station.Keys(x.ctx)
	if err != nil {
		return err
	}
	list := []keyAnswer{}
	for _, k := range keys {
		list = append(list, keyAnswer{k.Name, k.Scopes, k.Created.UTC(), k.Revoked, k.ReadsOnly})
	}
	return x.encode(http.StatusOK, map[string]any{"keys": list})
}

// revokeKey ends a key; requests with it fail from the answer on.
func (s *Server) revokeKey(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	// Whoever asked may leave: what is remembered until the commit has to be forgotten after it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(x.ctx), s.Deadline)
	defer cancel()
	err := s.Station.RevokeKey(ctx, mux.Vars(x.r)["name"])
	s.keys.forget() // even after an error: it may have been committed
	if err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// courierAnswer lists what is told of a courier.
type courierAnswer struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed"`
}

// addCourier makes a courier and tells his badge and PIN, once.
func (s *Server) addCourier(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var name, card string
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, member string) (err error) {
			switch member {
			case "name":
				name, err = r.String()
			case "card":
				card, err = r.String()
			default:
				return r.Unknown()
			}
			return err
		})
	}); err != nil {
		return err
	}
	if err := locker.CheckText(name, 100, "courier-name", "/name"); err != nil {
		return err
	}
	if !locker.PlainText(card, 0, 64) {
		return locker.Refuse(locker.Invalid, "card", "a card's number has at most 64 characters and none that is invisible").At("/card")
	}
	made, err := s.Station.AddCourier(x.ctx, name, card)
	if err != nil {
		return err
	}
	return x.encode(http.StatusCreated, struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Badge string `json:"badge"`
		PIN   string `json:"pin"`
	}{made.ID, made.Name, made.Badge, made.PIN})
}

func (s *Server) listCouriers(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	couriers, err := s.Station.Couriers(x.ctx)
	if err != nil {
		return err
	}
	list := []courierAnswer{}
	for _, c := range couriers {
		list = append(list, courierAnswer{c.ID, c.Name, c.Created.UTC(), c.Removed})
	}
	return x.encode(http.StatusOK, map[string]any{"couriers": list})
}

func (s *Server) removeCourier(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	if err := s.Station.RemoveCourier(x.ctx, mux.Vars(x.r)["id"]); err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}
