package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
)

// doDevices does what has to do with other devices than the doors; false: it
// is nothing of that.
func (c *client) doDevices(ctx context.Context, name string, words []string) (bool, error) {
	switch {
	case name == "badge" && len(words) == 1:
		return true, c.badge(ctx, words[0])
	case name == "climate" && len(words) <= 2:
		return true, c.climate(ctx, words)
	case name == "paper" && len(words) <= 1:
		return true, c.paper(ctx, firstOf(append(words, "printer")...))
	case name == "history" && len(words) == 1:
		return true, c.history(ctx, words[0])
	case name == "script" && len(words) == 1:
		return true, c.script(ctx, words[0])
	}
	return false, nil
}

func (c *client) badge(ctx context.Context, uid string) error {
	hold, err := time.ParseDuration(c.hold)
	if err != nil {
		return fmt.Errorf("--hold %s: a duration such as 500ms: %w", c.hold, errUsage)
	}
	return c.post(ctx, "/badge", panel.Badge{UID: uid, HoldMS: hold.Milliseconds(), Terminal: c.at()}, nil)
}

func (c *client) climate(ctx context.Context, words []string) error {
	if len(words) > 0 {
		body := sim.Weather{Sensor: c.sensor, HumidityPct: 50}
		for i, into := range []*float64{&body.Celsius, &body.HumidityPct}[:len(words)] {
			var err error
			if *into, err = strconv.ParseFloat(words[i], 64); err != nil {
				return fmt.Errorf("climate %s: degrees Celsius, and perhaps the humidity in per cent: %w",
					words[i], errUsage)
			}
		}
		return c.post(ctx, "/climate", body, nil)
	}
	var all []sim.Weather
	if err := c.call(ctx, http.MethodGet, "/climate", "", nil, &all); err != nil {
		return err
	}
	for _, w := range all {
		fmt.Fprintf(c.out, "%-10s %.1f C  %.1f %%\n", w.Sensor, w.Celsius, w.HumidityPct)
	}
	return nil
}

// paper prints what has come out of a printer, saves its picture or tears it off.
func (c *client) paper(ctx context.Context, printer string) error {
	path := "/paper/" + url.PathEscape(printer)
	switch {
	case c.tearOff:
		return c.call(ctx, http.MethodDelete, path, "", nil, nil)
	case c.png != "":
		picture, err := c.fetch(ctx, path+".png")
		if err != nil {
			return err
		}
		return os.WriteFile(c.png, picture, 0o644)
	case c.json:
		return c.copyJSON(ctx, path)
	}
	text, err := c.fetch(ctx, path+".txt")
	if err == nil {
		_, err = c.out.Write(text)
	}
	return err
}

// fetch gets what is no JSON.
func (c *client) fetch(ctx context.Context, path string) ([]byte, error) {
	answer, err := c.ask(ctx, http.MethodGet, path, "", nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	return io.ReadAll(answer.Body)
}

func (c *client) history(ctx context.Context, number string) error {
	path := "/doors/" + url.PathEscape(number) + "/history"
	if c.json {
		return c.copyJSON(ctx, path)
	}
	var changes []sim.Change
	if err := c.call(ctx, http.MethodGet, path, "", nil, &changes); err != nil {
		return err
	}
	for _, ch := range changes {
		fmt.Fprintf(c.out, "%s  %s\n", ch.At.Local().Format("15:04:05.000"), ch.State)
	}
	return nil
}

func (c *client) script(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the script: %w", err)
	}
	return c.call(ctx, http.MethodPost, "/script", "text/plain", text, nil)
}

// kinds explains every fault there is.
func (c *client) kinds(ctx context.Context) error {
	var kinds []sim.FaultKind
	if err := c.call(ctx, http.MethodGet, "/faults/kinds", "", nil, &kinds); err != nil {
		return err
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, k := range kinds {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.Kind, k.Target, takes(k), k.Text)
	}
	return t.Flush()
}

// takes says what a fault's value can be.
func takes(k sim.FaultKind) string {
	switch k.Value {
	case "switch":
		return "on|off"
	case "chance":
		return "on|0.1|off"
	case "probability":
		return "0.1|off"
	case "duration":
		return "300ms|300ms@0.1|off"
	case "count":
		return "N|off"
	case "name":
		return "DEVICE|off"
	}
	out := ""
	for _, choice := range k.Choices {
		out += choice + "|"
	}
	return out + "off"
}

// coded writes the text of a code in the bytes a reader would send.
func (c *client) coded(text string) ([]byte, error) {
	if !c.gbk {
		return []byte(text), nil
	}
	out, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		return nil, fmt.Errorf("--gbk %s: %w", text, err)
	}
	return []byte(out), nil
}
