package people

import (
	"net/http"
	"time"

	"cubby/locker/people"
	"cubby/sync/rest"
)

// employee lists what is told of an account.
type employee struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Role    people.Role `json:"role"`
	Created time.Time   `json:"created"`
	Removed bool        `json:"removed"`
	Centre  bool        `json:"centre,omitempty"`
}

// newEmployee is what an account is made with.
type newEmployee struct {
	Name string `json:"name" check:"required,text=1..100" slug:"staff-name"`
	Role string `json:"role" check:"required,one=associate|technician|supervisor|manager" slug:"role"`
	Card string `json:"card" check:"plain=0..64" slug:"card"`
}

// addEmployee makes an account and tells badge and PIN, once.
func (f family) addEmployee(x *rest.Exchange, e newEmployee) error {
	made, err := f.station.AddEmployee(x.Context(), doer(x), e.Name, people.Role(e.Role), e.Card)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusCreated, struct {
		ID    string      `json:"id"`
		Name  string      `json:"name"`
		Role  people.Role `json:"role"`
		Badge string      `json:"badge"`
		PIN   string      `json:"pin"`
	}{made.ID, made.Name, made.Role, made.Badge, made.PIN})
}

func (f family) listStaff(x *rest.Exchange) error {
	staff, err := f.station.Staff(x.Context())
	if err != nil {
		return err
	}
	list := []employee{}
	for _, e := range staff {
		list = append(list, employee{e.ID, e.Name, e.Role, e.Created.UTC(), e.Removed, e.Centre})
	}
	return x.Encode(http.StatusOK, map[string]any{"staff": list})
}

func (f family) removeEmployee(x *rest.Exchange) error {
	if err := f.station.RemoveEmployee(x.Context(), doer(x), x.Var("id")); err != nil {
		return err
	}
	return x.Nothing()
}

func (f family) listPermissions(x *rest.Exchange) error {
	return x.Encode(http.StatusOK, map[string]any{"permissions": people.Permissions})
}
