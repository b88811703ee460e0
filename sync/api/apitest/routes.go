package apitest

import (
	"cubby/sync/rest"
	"strings"
)

// Concrete fills the template of a route.
func Concrete(path string) string {
	return strings.NewReplacer("{id}", "P1", "{number}", "1", "{name}", "nobody").Replace(path)
}

// BodyFor is a body the rest.Route takes.
func BodyFor(e rest.Route) string {
	switch e.Path {
	case "/v1/parcels/{id}":
		return map[bool]string{true: "{}"}[e.Method == "PUT"]
	case "/v1/qr":
		return `{"text":"X"}`
	case "/v1/compartments/{number}/restore", "/v1/compartments/{number}/out-of-service":
		return `{"reason":"test"}`
	}
	return ""
}

// Cut drops the number of the occurrence from a problem.
func Cut(problem string) string {
	before, _, _ := strings.Cut(problem, `"instance"`)
	return before
}
