package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"

	"cubby/sync/openapi"
	"cubby/sync/problem"
)

var documentTag = func() string {
	sum := sha256.Sum256(openapi.Document)
	return hex.EncodeToString(sum[:8])
}()

// getDocument answers with the contract itself.
func (s *Server) getDocument(x *exchange) error {
	x.Header().Set("Cache-Control", "no-cache")
	if done, err := x.unchanged(documentTag); done || err != nil {
		return err
	}
	x.tagged(documentTag)
	return x.answer(http.StatusOK, openapi.Document)
}

// getHealth says that the process lives; nothing more is asked of anybody.
func (s *Server) getHealth(x *exchange) error {
	return x.encode(http.StatusOK, map[string]string{"status": "ok", "station": s.StationID})
}

// getReady says whether the station can serve, and why not. It is asked every
// few seconds, so the log gets a line per change, not one per question.
func (s *Server) getReady(x *exchange) error {
	x.expected = true
	err := s.Station.Ready()
	s.readiness.note(s.Log, err)
	if err != nil {
		return problem.New(http.StatusServiceUnavailable, "not-ready", err.Error()).Again(5)
	}
	return x.encode(http.StatusOK, map[string]string{"status": "ready", "station": s.StationID})
}

// readiness is what was last answered to whoever asked for it.
type readiness struct {
	mu  sync.Mutex // guards what follows
	why string     // empty while ready, and before anybody asked
}

// note logs a readiness that is not the one of before.
func (r *readiness) note(log *slog.Logger, err error) {
	why := ""
	if err != nil {
		why = err.Error()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case why == r.why:
	case why == "":
		log.Info("the station is ready again")
	default:
		log.Warn("the station is not ready", "why", why)
	}
	r.why = why
}

// getMetrics answers Prometheus. Gathering costs more than most answers, so
// only a few at the same moment may ask for it.
func (s *Server) getMetrics(x *exchange) error {
	select {
	case s.metrics.places <- struct{}{}:
		defer func() { <-s.metrics.places }()
	default:
		return problem.New(http.StatusServiceUnavailable, "busy", "the metrics are being read by others; try again in a second").Again(1)
	}
	s.metrics.handler.ServeHTTP(x, x.r)
	return nil
}
