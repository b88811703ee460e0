package rest_test

import (
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/people"
	"cubby/sync/api/apitest"
)

// allowed sends as many requests as are answered, up to most, and gives the wait that the
// first refused one is told.
func allowed(t *testing.T, b *apitest.Bench, most int) (n int, wait time.Duration) {
	t.Helper()
	for ; n < most; n++ {
		answer := b.Do("GET", "/v1/capacity", "")
		if answer.StatusCode == 200 {
			continue
		}
		apitest.Want(t, answer, 429, "too-many-requests")
		seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
		if err != nil || seconds < 1 {
			t.Errorf("Retry-After is %q", answer.Header.Get("Retry-After"))
		}
		return n, time.Duration(seconds) * time.Second
	}
	return n, 0
}

func TestAKeyHasAPaceOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.PerMinute = 600 })
		other := b.With(b.Core.Grant("other", "compartments:read"))
		slow, err := b.Core.AddKey(t.Context(), people.Key{
			Name: "slow", Scopes: []string{"compartments:read"}, PerMinute: 60,
		})
		if err != nil {
			t.Fatal(err)
		}
		if n, wait := allowed(t, b, 1000); n != 100 || wait != time.Second { // of ten seconds
			t.Errorf("%d at once, then wait %v", n, wait)
		}
		if n, _ := allowed(t, other, 90); n != 90 {
			t.Errorf("the other was let %d of 90", n)
		}
		if n, wait := allowed(t, b.With(slow), 1000); n != 10 || wait != 2*time.Second {
			t.Errorf("the slow one %d at once, then wait %v", n, wait)
		}
		// Whoever is full can neither be slowed further by trying, nor waits longer for it.
		allowed(t, b, 1)
		time.Sleep(time.Second)
		if n, _ := allowed(t, b, 1000); n != 10 {
			t.Errorf("%d after a second", n)
		}
		time.Sleep(time.Hour)
		if n, _ := allowed(t, b, 1000); n != 100 {
			t.Errorf("%d after an hour", n)
		}
		// In a minute of steady sending it is the number that is said, beside what may come at once.
		time.Sleep(time.Hour)
		total := 0
		for range 60 {
			n, _ := allowed(t, b, 50)
			total += n
			time.Sleep(time.Second)
		}
		if total < 600 || total > 700 {
			t.Errorf("%d in a minute", total)
		}
		for range 300 { // neither probes nor the socket have one
			apitest.Want(t, b.With("").Do("GET", "/healthz", ""), 200, "")
			apitest.Want(t, b.Staff().Do("GET", "/v1/capacity", ""), 200, "")
		}
	})
}

func TestWithoutALimitNobodyIsHeldUp(t *testing.T) {
	b := apitest.New(t)
	if n, _ := allowed(t, b, 500); n != 500 {
		t.Errorf("%d of 500", n)
	}
}

// The token of before a rotation counts for as long as was said, and not a moment longer,
// whatever is remembered of it.
func TestAnOldTokenEndsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t)
		old := b.With(b.Core.Grant("shop", "compartments:read"))
		apitest.Want(t, old.Do("GET", "/v1/capacity", ""), 200, "")
		apitest.Want(t, b.Staff().Do("POST", "/v1/keys/shop/rotate", `{"overlap_hours":2}`), 200, "")
		time.Sleep(2*time.Hour - time.Second)
		apitest.Want(t, old.Do("GET", "/v1/capacity", ""), 200, "")
		time.Sleep(time.Second)
		apitest.Want(t, old.Do("GET", "/v1/capacity", ""), 401, "bad-key")
	})
}
