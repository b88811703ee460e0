package stories_test

import (
	"encoding/json"
	"testing"
	"time"

	"cubby/sync/api/apitest"
)

func TestStoriesAreToldLineByLine(t *testing.T) {
	b := apitest.New(t)
	apitest.Want(t, b.Do("PUT", "/v1/parcels/P1", "{}"), 201, "")
	for _, path := range []string{"/v1/parcels/P1/story", "/v1/compartments/1/story"} {
		var told struct {
			Story []struct {
				At   time.Time
				What string
				Who  *string
				Data map[string]string
			}
		}
		read := func(query string) {
			t.Helper()
			told.Story = nil
			if err := json.Unmarshal([]byte(apitest.Want(t, b.Do("GET", path+query, ""), 200, "")),
				&told); err != nil {
				t.Fatal(err)
			}
		}
		read("")
		if len(told.Story) != 3 {
			t.Fatalf("%s: told %+v", path, told)
		}
		first, second := told.Story[0], told.Story[1]
		if first.What != "door.opened" || first.Who != nil || first.Data == nil ||
			!first.At.Equal(time.Unix(1772000000, 0)) {
			t.Errorf("%s: the first line is %+v", path, first)
		}
		if second.Who == nil || *second.Who != "North tour" || second.Data["Door"] != "1" {
			t.Errorf("%s: the second line is %+v", path, second)
		}
		read("?limit=1")
		if len(told.Story) != 1 || told.Story[0].What != "parcel.to_check" {
			t.Errorf("%s: the last line is %+v", path, told)
		}
		for _, bad := range []string{"?limit=0", "?limit=501", "?limit=x", "?since=1"} {
			apitest.Want(t, b.Do("GET", path+bad, ""), 400, "")
		}
	}
	apitest.Want(t, b.Do("GET", "/v1/parcels/P2/story", ""), 404, "no-such-parcel")
	apitest.Want(t, b.Do("GET", "/v1/parcels/a%20b/story", ""), 404, "no-such-parcel")
	apitest.Want(t, b.Do("GET", "/v1/compartments/99/story", ""), 404, "no-such-compartment")
}
