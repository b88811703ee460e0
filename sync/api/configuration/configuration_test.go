package configuration_test

import (
	"strings"
	"testing"

	"cubby/sync/api/apitest"
)

func TestTheConfigurationIsToldToWhoMayReadIt(t *testing.T) {
	b := apitest.New(t)
	for _, door := range []*apitest.Bench{b, b.Staff()} {
		body := apitest.Want(t, door.Do("GET", "/v1/configuration", ""), 200, "")
		if !strings.Contains(body, `"from_file":["station.name"],"from_centre":{}`) {
			t.Errorf("told %s", body)
		}
	}
	other := b.With(b.Core.Grant("other", "parcels:read", "operate"))
	apitest.Want(t, other.Do("GET", "/v1/configuration", ""), 403, "scope-missing")
	none := apitest.New(t, func(c *apitest.Setup) { c.Configuration = nil })
	apitest.Want(t, none.Do("GET", "/v1/configuration", ""), 503, "not-ready")
}
