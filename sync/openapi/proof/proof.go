// Package proof holds an endpoint against its contract, in tests: what its routers are,
// what it answers, and that it finds an answer to anything that is sent to it.
package proof

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gorilla/mux"
)

// loaded are the contracts that were read before, by their text.
var loaded sync.Map

var decoders = sync.OnceFunc(func() {
	openapi3filter.RegisterBodyDecoder("application/cloudevents-batch+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("image/png", openapi3filter.FileBodyDecoder)
	for _, plain := range []string{"text/event-stream", "text/csv", "application/x-ndjson"} {
		openapi3filter.RegisterBodyDecoder(plain, openapi3filter.PlainBodyDecoder)
	}
})

// Load reads a contract.
func Load(text []byte) (*openapi3.T, error) {
	if known, ok := loaded.Load(string(text)); ok {
		return known.(*openapi3.T), nil
	}
	decoders()
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err == nil {
		loaded.Store(string(text), doc)
	}
	return doc, err
}

// An Endpoint is a door with the contract it must keep.
type Endpoint struct {
	T    testing.TB // whose failures they are
	Doc  *openapi3.T
	Door http.Handler // a *mux.Router
}

// conformed are the answers whose bodies were held against the contract before;
// compiling its schemas takes most of the time of these tests.
var conformed sync.Map

// Send sends a request with its body, and holds the exchange against the contract.
func (e Endpoint) Send(r *http.Request, body string) *http.Response {
	e.T.Helper()
	w := httptest.NewRecorder()
	e.Door.ServeHTTP(w, r)
	answer := w.Result()
	e.Conform(r, body, answer, w.Body.Bytes())
	return answer
}

// operation is what the contract says of the route that a request comes to, nil when
// there is none.
func (e Endpoint) operation(r *http.Request) *openapi3filter.RequestValidationInput {
	var m mux.RouteMatch
	path := ""
	if e.Door.(*mux.Router).Match(r, &m) && m.Route != nil {
		path, _ = m.Route.GetPathTemplate()
	}
	item := e.Doc.Paths.Value(path)
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if item == nil || item.GetOperation(method) == nil {
		return nil
	}
	return &openapi3filter.RequestValidationInput{
		Request: r, PathParams: m.Vars, QueryParams: r.URL.Query(),
		Route: &routers.Route{
			Spec: e.Doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method),
		},
		Options: &openapi3filter.Options{
			AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
			IncludeResponseStatus: true,
		},
	}
}

// Conform holds an exchange against the contract: the answer must be one the document
// lists, and a request that succeeded must be one it allows.
func (e Endpoint) Conform(r *http.Request, body string, answer *http.Response, answered []byte) {
	e.T.Helper()
	input := e.operation(r)
	if input != nil && answer.StatusCode < 300 {
		r.Body = io.NopCloser(unpacked(r, body))
		if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
			e.T.Errorf("%s %s: the contract does not allow what succeeded: %v", r.Method, r.URL, err)
		}
	}
	e.answers(r, input, answer, answered)
}

// unpacked is a body as the contract describes it.
func unpacked(r *http.Request, body string) io.Reader {
	if r.Header.Get("Content-Encoding") == "gzip" {
		if text, err := gzip.NewReader(strings.NewReader(body)); err == nil {
			return text
		}
	}
	return strings.NewReader(strings.TrimPrefix(body, "\ufeff"))
}

// answers holds an answer against the contract.
func (e Endpoint) answers(
	r *http.Request, input *openapi3filter.RequestValidationInput, answer *http.Response, answered []byte,
) {
	e.T.Helper()
	if answer.StatusCode >= 400 && r.Method != http.MethodHead {
		e.IsProblem(answer, answered)
	}
	if input == nil {
		if answer.StatusCode < 400 && answer.StatusCode != http.StatusNoContent {
			e.T.Errorf("%s %s: the contract has no such address, and the answer is %d", r.Method, r.URL,
				answer.StatusCode)
		}
		return
	}
	if r.Method == http.MethodHead {
		answered = nil
	}
	type exchanged struct {
		doc                       *openapi3.T
		method, path, media, body string
		status                    int
	}
	_, known := conformed.LoadOrStore(exchanged{
		e.Doc, input.Route.Method, input.Route.Path, answer.Header.Get("Content-Type"), string(answered),
		answer.StatusCode,
	}, true)
	output := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true,
			ExcludeResponseBody:   known || r.Method == http.MethodHead,
		},
	}
	output.SetBodyBytes(answered)
	if err := openapi3filter.ValidateResponse(context.Background(), output); err != nil {
		e.T.Errorf("%s %s: the contract does not know this answer %d %s: %v", r.Method, r.URL, answer.StatusCode,
			answered, err)
	}
}

// IsProblem holds an answer against the schema of problems.
func (e Endpoint) IsProblem(answer *http.Response, body []byte) {
	e.T.Helper()
	if ct := answer.Header.Get("Content-Type"); ct != "application/problem+json" {
		e.T.Errorf("status %d came as %q", answer.StatusCode, ct)
	}
	value, err := openapi3filter.JSONBodyDecoder(bytes.NewReader(body), nil, nil, nil)
	if err == nil {
		err = e.Doc.Components.Schemas["Problem"].Value.VisitJSON(value)
	}
	if err != nil {
		e.T.Errorf("status %d with %q is not a problem: %v", answer.StatusCode, body, err)
	}
}
