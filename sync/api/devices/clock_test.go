package devices_test

import (
	"encoding/json"
	"slices"
	"testing"

	"cubby/locker/calendar"
	"cubby/sync/api/apitest"
)

func TestTheClockIsToldAndAccepted(t *testing.T) {
	b := apitest.New(t)
	read := func(body string) (now calendar.Standing) {
		if err := json.Unmarshal([]byte(body), &now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	if now := read(apitest.Want(t, b.Do("GET", "/v1/clock", ""), 200, "")); now != b.Core.Clock() ||
		!now.Doubted {
		t.Errorf("told %+v", now)
	}
	apitest.Want(t, b.Do("POST", "/v1/clock/accept", `{"reason":"x"}`), 422, "unknown-member")
	if now := read(apitest.Want(t, b.Do("POST", "/v1/clock/accept", ""), 200, "")); now.Doubted {
		t.Errorf("accepted, and told %+v", now)
	}
	if !slices.Contains(b.Core.Actors, "key:all") {
		t.Errorf("accepted by %v", b.Core.Actors)
	}
	apitest.Want(t, b.Do("POST", "/v1/clock/accept", ""), 409, "clock-not-doubted")
}
