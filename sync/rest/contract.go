package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"cubby/sync/openapi"
	"cubby/sync/problem"
)

// contract merges the document out of the fragments of the families.
func (s *Server) contract() (err error) {
	var fragments [][]byte
	for _, f := range s.Families {
		if f.Fragment != nil {
			fragments = append(fragments, f.Fragment)
		}
	}
	if s.document, err = openapi.Document(s.Head, s.Scopes(), fragments...); err != nil {
		return fmt.Errorf("rest: the contract: %w", err)
	}
	sum := sha256.Sum256(s.document)
	s.documentTag = hex.EncodeToString(sum[:8])
	return nil
}

// Document is the contract, an OpenAPI document. Nobody may change it.
func (s *Server) Document() []byte { return s.document }

// GetDocument answers with the contract itself.
func GetDocument(x *Exchange) error {
	s := x.surface.server
	x.Header().Set("Cache-Control", "no-cache")
	if done, err := x.Unchanged(s.documentTag); done || err != nil {
		return err
	}
	x.Tagged(s.documentTag)
	return x.Answer(http.StatusOK, s.document)
}

// GetMetrics answers Prometheus. Gathering costs more than most answers, so
// only a few at the same moment may ask for it.
func GetMetrics(x *Exchange) error {
	m := x.surface.server.metrics
	select {
	case m.places <- struct{}{}:
		defer func() { <-m.places }()
	default:
		return problem.New(http.StatusServiceUnavailable, "busy",
			"the metrics are being read by others; try again in a second").
			Again(1)
	}
	m.handler.ServeHTTP(x, x.r)
	return nil
}
