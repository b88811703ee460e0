package client

import "context"

// A Configuration is what a station goes by, without secrets.
type Configuration struct {
	Values     map[string]any `json:"configuration"` // by table and key
	FromFile   []string       `json:"from_file"`     // keys that are in the file; others are defaults
	FromCentre map[string]any `json:"from_centre"`
}

// Configuration reads it.
func (c *Client) Configuration(ctx context.Context) (told Configuration, err error) {
	_, err = c.do(ctx, call{method: "GET", path: "/v1/configuration"}, &told)
	return told, err
}
