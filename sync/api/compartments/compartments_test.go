package compartments_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cubby/locker/door"
	"cubby/locker/wall"
	"cubby/sync/api/apitest"
)

func TestCompartmentsAndCapacity(t *testing.T) {
	b := apitest.New(t)
	if body := apitest.Want(t, b.Do("POST", "/v1/compartments/3/out-of-service", `{"reason":"hinge"}`), 200,
		""); !strings.Contains(
		body, `"reason":"hinge"`) {
		t.Errorf("answered %s", body)
	}
	b.Core.Wall[0].Allocation = wall.Occupied
	b.Core.Wall[3].Door = door.Unknown
	type count struct {
		Total, Offerable, Occupied int
		OutOfUse                   int `json:"out_of_use"`
	}
	type size struct {
		Size string
		count
		Accessible count
	}
	var n struct {
		Sizes []size
		All   size
	}
	if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", "/v1/capacity", ""), 200, "")), &n); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, one := range n.Sizes {
		order = append(order, one.Size)
	}
	if strings.Join(order, "") != "SML" ||
		n.All.count != (count{Total: 4, Offerable: 1, Occupied: 1, OutOfUse: 2}) ||
		n.Sizes[1].count != (count{Total: 2, Occupied: 1, OutOfUse: 1}) ||
		n.All.Accessible != (count{Total: 2, Offerable: 1, Occupied: 1}) {
		t.Errorf("counted %+v", n)
	}
	apitest.Want(t, b.Do("POST", "/v1/compartments/3/restore", `{"reason":"repaired"}`), 200, "")
	apitest.Want(t, b.Do("POST", "/v1/compartments/99/restore", `{"reason":"x"}`), 404, "no-such-compartment")
	for _, bad := range []string{`{}`, `{"reason":""}`, `{"reason":"a\nb"}`, `{"reason":"` +
		strings.Repeat("x", 201) + `"}`} {
		apitest.Want(t, b.Do("POST", "/v1/compartments/3/restore", bad), 422, "reason")
	}
}
