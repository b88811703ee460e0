package e2e

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"cubby/locker/people"
	"cubby/sync/problem"
)

// A request to open a door comes again and again with its Idempotency-Key: at the same
// moment, and to a core that was killed on the way. The door is driven once.
func TestADoorIsOpenedOnceByOneKeyOverAKill(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	kim := s.hire("Kim", people.Manager)
	open := func(number, key string) (status int, slug string, replayed bool, err error) {
		r, err := http.NewRequestWithContext(t.Context(), "POST",
			"http://"+s.rest+"/v1/compartments/"+number+"/open", strings.NewReader(`{"reason":"a test"}`))
		if err != nil {
			return 0, "", false, err
		}
		r.Header.Set("Authorization", "Bearer "+s.token)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Cubby-Staff", kim.badge)
		r.Header.Set("Idempotency-Key", key)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, "", false, err
		}
		defer answer.Body.Close()
		text := make([]byte, 4096)
		n, _ := answer.Body.Read(text)
		if answer.StatusCode >= 400 {
			slug = problem.Read(answer.StatusCode, answer.Header.Get("Content-Type"), text[:n]).Slug()
		}
		return answer.StatusCode, slug, answer.Header.Get("Idempotency-Replayed") == "true", nil
	}
	frames := s.unlocks()
	var first atomic.Int64
	var all sync.WaitGroup
	s.nextUnlock(len(frames), func() {
		for range 100 {
			all.Go(func() {
				switch status, slug, replayed, err := open("1", "first"); {
				case err != nil:
					t.Error(err)
				case status == 202 && !replayed:
					first.Add(1)
				case status != 202 && slug != "request-in-flight":
					t.Errorf("%d %s", status, slug)
				}
			})
		}
	})
	all.Wait()
	if first.Load() != 1 {
		t.Errorf("%d of 100 were the first", first.Load())
	}
	s.unlocked(append(frames, "1")...)
	s.becomes("1", "open", func(b box) bool { return b.Door == "open" })
	s.sim("door", "1", "close")
	s.becomes("1", "closed", func(b box) bool { return b.Door == "closed" })

	// The core is killed as the lock of another door is driven.
	before := s.told()
	s.nextUnlock(len(frames)+1, func() {
		all.Go(func() { open("2", "second") }) // answered or not
	})
	s.crash()
	all.Wait()
	s.restart(before)
	for range 3 {
		for number, key := range map[string]string{"1": "first", "2": "second"} {
			status, slug, replayed, err := open(number, key)
			if err != nil || !(status == 202 && replayed) && !(slug == "outcome-unknown" && key == "second") {
				t.Errorf("door %s again: %d %s, replayed %t, %v", number, status, slug, replayed, err)
			}
		}
	}
	s.unlocked(append(frames, "1", "2")...)
	if status, slug, _, err := open("1", "third"); err != nil || status != 202 {
		t.Errorf("with a new key: %d %s, %v", status, slug, err)
	}
}
