// Package configuration is the resource of what a station, or a hub, goes by: the values of
// its file and its defaults, never a secret.
package configuration

import (
	"context"
	_ "embed"
	"net/http"

	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Read is the right that it needs.
const Read = "configuration:read"

// Told is a configuration as it is told.
type Told struct {
	Values   map[string]any `json:"configuration"` // by table and key
	FromFile []string       `json:"from_file"`     // keys that are in the file; others are defaults
	// FromCentre is what the centre has told in place of the file.
	FromCentre map[string]any `json:"from_centre"`
}

// Teller tells it; nil: there is none to be told now.
type Teller func(ctx context.Context) (Told, error)

// Family is the family over what is told.
func Family(tell Teller) rest.Family {
	return rest.Family{Name: "configuration", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/configuration", Scope: Read, Run: rest.Plain(func(x *rest.Exchange) error {
			if tell == nil {
				return problem.New(http.StatusServiceUnavailable, "not-ready",
					"there is no configuration to be told now").Again(5)
			}
			told, err := tell(x.Context())
			if err != nil {
				return err
			}
			if told.FromCentre == nil {
				told.FromCentre = map[string]any{}
			}
			return x.Encode(http.StatusOK, told)
		})},
	}}
}
