package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// Answer sends a JSON body.
func (x *Exchange) Answer(status int, body []byte) error {
	return x.Send(status, jsonType, body)
}

var jsonType = []string{"application/json"}

// Send sends a body of any media type.
func (x *Exchange) Send(status int, contentType []string, body []byte) error {
	h := x.Header()
	h["Content-Type"] = contentType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	x.WriteHeader(status)
	_, err := x.Write(body)
	return x.Sent(err)
}

// Sent passes over errors of a caller who has gone.
func (x *Exchange) Sent(err error) error {
	if err == nil || x.r.Context().Err() != nil || errors.Is(err, http.ErrBodyNotAllowed) {
		return nil
	}
	return err
}

// Encode answers with a value the caller has made of plain, listed members.
func (x *Exchange) Encode(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.Answer(status, body)
}

// Nothing answers that all is done and there is nothing to say.
func (x *Exchange) Nothing() error {
	x.WriteHeader(http.StatusNoContent)
	return nil
}
