package client

import (
	"context"
	"strconv"
	"strings"
)

// Figures are the station's metrics: "name{label=\"value\"}" and its value.
// Lines that are no plain sample are left out.
func (c *Client) Figures(ctx context.Context) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, body, err := c.fetch(ctx, call{method: "GET", path: "/metrics"})
	if err != nil {
		return nil, err
	}
	all := map[string]float64{}
	for line := range strings.Lines(string(body)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		if i := strings.LastIndexByte(strings.TrimSpace(line), ' '); strings.Contains(line, "{") && i > 0 {
			name, value = strings.TrimSpace(line)[:i], strings.TrimSpace(line)[i+1:]
		}
		if n, err := strconv.ParseFloat(value, 64); ok && err == nil && !strings.HasPrefix(name, "#") {
			all[name] = n
		}
	}
	return all, nil
}
