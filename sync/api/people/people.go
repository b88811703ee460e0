// Package people is the resource family of couriers, of the staff's accounts and of API
// keys, for staff.
package people

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/people"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed fragment.json
var fragment []byte

// Station knows who may do what. What the rules refuse comes back as a *ledger.Refusal.
type Station interface {
	// AddKey makes a key. Codes wait for a client that may read them, unless it only reads.
	AddKey(ctx context.Context, k people.Key) (token string, err error)
	// RotateKey gives a key another token. The one before counts on for overlap.
	RotateKey(ctx context.Context, name string, overlap time.Duration) (token string, err error)
	Keys(ctx context.Context) ([]people.Key, error)
	Clock() calendar.Standing
	RevokeKey(ctx context.Context, name string) error
	// AddCourier makes a courier. card is as a person types it; it may be empty.
	// by is who of the staff does it.
	AddCourier(ctx context.Context, by people.Doer, name, card string) (people.CourierSecrets, error)
	Couriers(ctx context.Context) ([]people.Courier, error)
	RemoveCourier(ctx context.Context, by people.Doer, id string) error
	// AddEmployee makes an account of the staff; the card as for AddCourier.
	AddEmployee(ctx context.Context, by people.Doer, name string, role people.Role, card string) (
		people.EmployeeSecrets, error)
	Staff(ctx context.Context) ([]people.Employee, error)
	RemoveEmployee(ctx context.Context, by people.Doer, id string) error
}

var sentences = strict.Says{
	"key-name": "a key's name has 1 to 64 of A-Z a-z 0-9 . _ : -",
	"overlap":  "overlap_hours is a whole number from 0 to 168",
	"role":     "a role is one of " + people.RoleNames(),
	"card":     "a card's number has at most 64 characters and none that is invisible",
}

type family struct{ station Station }

// doer is who of the staff sent the request.
func doer(x *rest.Exchange) people.Doer { return people.Doer{ID: x.Person()} }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	return rest.Family{Name: "people", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: "/v1/keys", Repeat: rest.OnceSecret, Entry: rest.Staff,
			Run: rest.Reads(f.addKey, sentences)},
		{Method: "POST", Path: "/v1/keys/{name}/rotate", Repeat: rest.OnceSecret, Entry: rest.Staff,
			Run: rest.MayRead(f.rotateKey, sentences)},
		{Method: "GET", Path: "/v1/keys", Entry: rest.Staff, Run: rest.Plain(f.listKeys)},
		{Method: "DELETE", Path: "/v1/keys/{name}", Entry: rest.Staff, Run: rest.Plain(f.revokeKey)},
		{Method: "POST", Path: "/v1/couriers", Repeat: rest.OnceSecret, Entry: rest.Staff,
			Run:    rest.Reads(f.addCourier, sentences),
			Naming: rest.MayBeNamed},
		{Method: "GET", Path: "/v1/couriers", Entry: rest.Staff, Run: rest.Plain(f.listCouriers),
			Naming: rest.MayBeNamed, Does: string(people.ManageCourier)},
		{Method: "DELETE", Path: "/v1/couriers/{id}", Entry: rest.Staff, Run: rest.Plain(f.removeCourier),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: "/v1/staff", Repeat: rest.OnceSecret, Entry: rest.Staff,
			Run:    rest.Reads(f.addEmployee, sentences),
			Naming: rest.MayBeNamed},
		{Method: "GET", Path: "/v1/staff", Entry: rest.Staff, Run: rest.Plain(f.listStaff),
			Naming: rest.MayBeNamed, Does: string(people.ManageStaff)},
		{Method: "DELETE", Path: "/v1/staff/{id}", Entry: rest.Staff, Run: rest.Plain(f.removeEmployee),
			Naming: rest.MayBeNamed},
		{Method: "GET", Path: "/v1/permissions", Scope: "staff:read", Run: rest.Plain(f.listPermissions),
			Naming: rest.MayBeNamed},
	}}
}

// courierAnswer lists what is told of a courier.
type courierAnswer struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	Removed bool      `json:"removed"`
	Centre  bool      `json:"centre,omitempty"`
}

// newCourier is what a courier is made with.
type newCourier struct {
	Name string `json:"name" check:"required,text=1..100" slug:"courier-name"`
	Card string `json:"card" check:"plain=0..64"          slug:"card"`
}

// addCourier makes a courier and tells badge and PIN, once.
func (f family) addCourier(x *rest.Exchange, c newCourier) error {
	made, err := f.station.AddCourier(x.Context(), doer(x), c.Name, c.Card)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Badge string `json:"badge"`
		PIN   string `json:"pin"`
	}{made.ID, made.Name, made.Badge, made.PIN})
}

func (f family) listCouriers(x *rest.Exchange) error {
	couriers, err := f.station.Couriers(x.Context())
	if err != nil {
		return err
	}
	list := []courierAnswer{}
	for _, c := range couriers {
		list = append(list, courierAnswer{c.ID, c.Name, c.Created.UTC(), c.Removed, c.Centre})
	}
	return x.Encode(http.StatusOK, map[string]any{"couriers": list})
}

func (f family) removeCourier(x *rest.Exchange) error {
	if err := f.station.RemoveCourier(x.Context(), doer(x), x.Var("id")); err != nil {
		return err
	}
	return x.Nothing()
}
