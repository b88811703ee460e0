package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

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

// getReady says whether the station can serve, and why not.
func (s *Server) getReady(x *exchange) error {
	if err := s.Station.Ready(); err != nil {
		return problem.New(http.StatusServiceUnavailable, "not-ready", err.Error()).Again(5)
	}
	return x.encode(http.StatusOK, map[string]string{"status": "ready", "station": s.StationID})
}

func (s *Server) getMetrics(x *exchange) error {
	s.metrics.handler.ServeHTTP(x, x.r)
	return nil
}
