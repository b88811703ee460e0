package rest_test

import (
	"cubby/sync/api/apitest"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
)

// slowly sends a PUT whose body does not end before finish is closed.
func slowly(b *apitest.Bench, finish <-chan struct{}) <-chan *httptest.ResponseRecorder {
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, "{")
		<-finish
		io.WriteString(writer, "}")
		writer.Close()
	}()
	r := httptest.NewRequest("PUT", "/v1/parcels/P-1", reader)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+b.Token)
	done := make(chan *httptest.ResponseRecorder, 1)
	go func() {
		w := httptest.NewRecorder()
		b.Door().ServeHTTP(w, r)
		reader.Close() // as the server does
		done <- w
	}()
	synctest.Wait()
	return done
}

func TestOneKeysSlowBodiesLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.MaxRequests = 16 })
		second, third := b.With(b.Core.Grant("second", "parcels:write")), b.With(
			b.Core.Grant("third", "parcels:write"),
		)
		finish := make(chan struct{})
		waiting := func(b *apitest.Bench) (under, refused int, all []<-chan *httptest.ResponseRecorder) {
			for range 30 {
				done := slowly(b, finish)
				all = append(all, done)
				select {
				case w := <-done:
					apitest.Want(t, w.Result(), http.StatusServiceUnavailable, "busy")
					refused++
				default:
					under++
				}
			}
			return under, refused, all
		}
		under, refused, first := waiting(b)
		if under != 8 || refused != 22 {
			t.Errorf("the first key has %d requests under way of 16, and %d refused", under, refused)
		}
		apitest.Want(t, second.Do("PUT", "/v1/parcels/P-2", "{}"), 201, "")
		if under, _, _ := waiting(second); under != 4 {
			t.Errorf("the second has %d beside the first's 8", under)
		}
		apitest.Want(t, third.Do("PUT", "/v1/parcels/P-3", "{}"), 201, "")
		apitest.Want(t, b.With("").Do("GET", "/healthz", ""), 200, "")
		apitest.Want(t, b.Do("GET", "/v1/compartments", ""), 503, "busy")
		close(finish)
		synctest.Wait()
		for i, done := range first[:8] {
			if w := <-done; w.Code != 201 && w.Code != 200 {
				t.Errorf("slow body %d ended with %d", i, w.Code)
			}
		}
		apitest.Want(t, b.Do("GET", "/v1/compartments", ""), 200, "")
		if n, _ := b.Server.Sharers(); n != 0 || requests(b) != 0 {
			t.Errorf("%d keys hold places that nobody has", n)
		}
	})
}

func TestOneReaderDoesNotHaveAllStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.MaxStreams = 16 })
		other := b.With(b.Core.Grant("other", "events:read"))
		var ends []<-chan struct{}
		open := 0
		for range 20 {
			w, ended := b.Follow(t.Context(), "/v1/events")
			synctest.Wait()
			if w.Status() == 200 {
				open++
				ends = append(ends, ended)
			} else if w.Status() != 503 {
				t.Errorf("a stream got %d", w.Status())
			}
		}
		if open != 8 {
			t.Errorf("one key has %d streams of 16", open)
		}
		apitest.Want(t, b.Do("GET", "/v1/events?wait=5", ""), 503, "too-many-streams")
		w, ended := other.Follow(t.Context(), "/v1/events")
		synctest.Wait()
		if w.Status() != 200 {
			t.Errorf("another key's stream got %d", w.Status())
		}
		b.Server.Close()
		for _, ended := range append(ends, ended) {
			<-ended
		}
		if _, n := b.Server.Sharers(); n != 0 {
			t.Errorf("%d keys hold streams that have ended", n)
		}
	})
}

func TestStaffOnTheSocketShareNothingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := apitest.New(t, func(c *apitest.Setup) { c.MaxStreams = 16 }).Staff()
		var ends []<-chan struct{}
		for range 16 {
			w, ended := b.Follow(t.Context(), "/screen/v1/views")
			synctest.Wait()
			if w.Status() != 200 {
				t.Fatalf("a screen got %d", w.Status())
			}
			ends = append(ends, ended)
		}
		b.Server.Close()
		for _, ended := range ends {
			<-ended
		}
	})
}
