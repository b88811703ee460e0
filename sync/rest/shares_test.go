package rest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
)

// slowly sends a PUT whose body does not end before finish is closed.
func (b *bench) slowly(finish <-chan struct{}) <-chan *httptest.ResponseRecorder {
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
	r.Header.Set("Authorization", "Bearer "+b.token)
	done := make(chan *httptest.ResponseRecorder, 1)
	go func() {
		w := httptest.NewRecorder()
		b.surface().router.ServeHTTP(w, r)
		reader.Close() // as the server does
		done <- w
	}()
	synctest.Wait()
	return done
}

func TestOneKeysSlowBodiesLeaveRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.MaxRequests = 16 })
		second, third := b.with(b.core.grant("second", "parcels:write")), b.with(b.core.grant("third", "parcels:write"))
		finish := make(chan struct{})
		waiting := func(b *bench) (under, refused int, all []<-chan *httptest.ResponseRecorder) {
			for range 30 {
				done := b.slowly(finish)
				all = append(all, done)
				select {
				case w := <-done:
					want(t, w.Result(), http.StatusServiceUnavailable, "busy")
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
		want(t, second.do("PUT", "/v1/parcels/P-2", "{}"), 201, "")
		if under, _, _ := waiting(second); under != 4 {
			t.Errorf("the second has %d beside the first's 8", under)
		}
		want(t, third.do("PUT", "/v1/parcels/P-3", "{}"), 201, "")
		want(t, b.with("").do("GET", "/healthz", ""), 200, "")
		want(t, b.do("GET", "/v1/compartments", ""), 503, "busy")
		close(finish)
		synctest.Wait()
		for i, done := range first[:8] {
			if w := <-done; w.Code != 201 && w.Code != 200 {
				t.Errorf("slow body %d ended with %d", i, w.Code)
			}
		}
		want(t, b.do("GET", "/v1/compartments", ""), 200, "")
		if n := len(b.server.tcp.requestShares.held); n != 0 || len(b.server.tcp.requests) != 0 {
			t.Errorf("%d keys hold places that nobody has", n)
		}
	})
}

func TestOneReaderDoesNotHaveAllStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.MaxStreams = 16 })
		other := b.with(b.core.grant("other", "events:read"))
		var ends []<-chan struct{}
		open := 0
		for range 20 {
			w, ended := b.follow(t.Context(), "/v1/events")
			synctest.Wait()
			if w.status == 200 {
				open++
				ends = append(ends, ended)
			} else if w.status != 503 {
				t.Errorf("a stream got %d", w.status)
			}
		}
		if open != 8 {
			t.Errorf("one key has %d streams of 16", open)
		}
		want(t, b.do("GET", "/v1/events?wait=5", ""), 503, "too-many-streams")
		w, ended := other.follow(t.Context(), "/v1/events")
		synctest.Wait()
		if w.status != 200 {
			t.Errorf("another key's stream got %d", w.status)
		}
		b.server.Close()
		for _, ended := range append(ends, ended) {
			<-ended
		}
		if n := len(b.server.tcp.streamShares.held); n != 0 {
			t.Errorf("%d keys hold streams that have ended", n)
		}
	})
}

func TestStaffOnTheSocketShareNothingOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(c *Config) { c.MaxStreams = 16 }).staff()
		var ends []<-chan struct{}
		for range 16 {
			w, ended := b.follow(t.Context(), "/screen/v1/views")
			synctest.Wait()
			if w.status != 200 {
				t.Fatalf("a screen got %d", w.status)
			}
			ends = append(ends, ended)
		}
		b.server.Close()
		for _, ended := range ends {
			<-ended
		}
	})
}
