package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/api"
	"cubby/sync/api/apitest"
	"cubby/sync/rest"
)

// still is a core that answers at once, so that what is measured is HTTP.
type still struct {
	*apitest.Core
	page []byte
	n    atomic.Int64
}

func (s *still) Announce(
	_ context.Context, id string, a parcel.Announcement, _ ledger.Condition, _ string,
) (parcel.Parcel, parcel.Outcome, error) {
	return parcel.Parcel{
		ID:          id,
		State:       parcel.Announced,
		Label:       a.Label,
		OrderID:     a.OrderID,
		PickupHours: a.PickupHours,
		Rev:         s.n.Add(1),
	}, parcel.Created, nil
}

func (s *still) Feed(_ context.Context, after int64, limit int, _ bool) (ledger.FeedPage, error) {
	return ledger.FeedPage{Events: s.page, Count: 100, Last: after + 100}, nil
}

func speedServer(b *testing.B) (*rest.Server, string) {
	c := apitest.NewCore()
	event := `{"specversion":"1.0","id":"0198c0de-0000-7000-8000-000000000001",` +
		`"source":"urn:cubby:station:test","type":"cubby.parcel.stored","time":"2026-03-01T10:00:00Z",` +
		`"subject":"P-4711","data":{"compartment":"14"}}`
	core := &still{Core: c, page: []byte(strings.TrimSuffix(strings.Repeat(event+",", 100), ","))}
	s, err := rest.New(
		rest.Config{
			Families: api.Families(api.Site{Station: core, Reader: core}),
			Keys:     core,
			Log:      slog.New(slog.NewJSONHandler(io.Discard, nil)),
		},
	)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(s.Close)
	return s, c.Grant("all", "parcels:write", "events:read")
}

const announcement = `{"label":"1Z999AA10123456784","dimensions_mm":{"length":300,"width":200,` +
	`"height":120},"weight_g":1200,"recipient":{"name":"A. Example","language":"de"},"order_id":"4711",` +
	`"pickup_hours":72}`

var jsonType = []string{"application/json"}

// quiet is a ResponseWriter that keeps nothing.
type quiet struct{ header http.Header }

func (q *quiet) Header() http.Header         { return q.header }
func (q *quiet) Write(p []byte) (int, error) { return len(p), nil }
func (q *quiet) WriteHeader(int)             {}

// BenchmarkPutHandler is the cost of one PUT without the network and the store.
func BenchmarkPutHandler(b *testing.B) {
	s, token := speedServer(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := httptest.NewRequest("PUT", fmt.Sprintf("/v1/parcels/P-%d", i), strings.NewReader(announcement))
		r.Header["Content-Type"] = jsonType
		r.Header["Authorization"] = []string{"Bearer " + token}
		s.Handler().ServeHTTP(&quiet{http.Header{}}, r)
	}
}

// BenchmarkTCP compares the endpoint over loopback, 8 clients in the same
// process, with a bare net/http handler that answers the same bytes.
func BenchmarkTCP(b *testing.B) {
	s, token := speedServer(b)
	bare := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Write([]byte(announcement))
	})
	for _, c := range []struct {
		name, method, target, body string
		handler                    http.Handler
	}{
		{"put/bare", "PUT", "/v1/parcels/P-1", announcement, bare},
		{"put/cubby", "PUT", "/v1/parcels/P-1", announcement, nil},
		{"feed100/cubby", "GET", "/v1/events", "", nil},
	} {
		b.Run(c.name, func(b *testing.B) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			server := &http.Server{Handler: c.handler}
			if c.handler == nil {
				server.Handler = s.Handler()
			}
			go server.Serve(l)
			defer server.Close()
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			defer client.CloseIdleConnections()
			b.SetParallelism(4) // 8 on two cores
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					r, _ := http.NewRequest(c.method, "http://"+l.Addr().String()+c.target,
						bytes.NewReader([]byte(c.body)))
					r.Header["Content-Type"] = jsonType
					r.Header["Authorization"] = []string{"Bearer " + token}
					answer, err := client.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					io.Copy(io.Discard, answer.Body)
					answer.Body.Close()
					if answer.StatusCode > 201 {
						b.Errorf("status %d", answer.StatusCode)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
