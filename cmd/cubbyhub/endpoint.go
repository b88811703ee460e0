package main

import (
	"cubby/sync/hub"
	"cubby/sync/rest"
)

// endpoint puts together what is served: the REST endpoint and the console.
func (p *program) endpoint(h *hub.Hub) (*rest.Server, error) {
	return rest.New(rest.Config{Keys: h, Log: p.log})
}
