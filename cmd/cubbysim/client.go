package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"text/tabwriter"

	"cubby/hardware/sim"
	"cubby/hardware/sim/panel"
	"cubby/locker/visit"
)

// client asks the panel of a running simulator.
type client struct {
	out     io.Writer
	address string

	json, raw, fast, gbk bool
	explain, tearOff     bool
	image, timeout       string
	aim, glue            string
	terminal             string
	hold, sensor, png    string
	after, times         int
}

func (c *client) do(ctx context.Context, name string, words []string) error {
	if done, err := c.doDevices(ctx, name, words); done {
		return err
	}
	switch {
	case name == "doors" && len(words) == 0:
		return c.doors(ctx)
	case name == "door" && len(words) == 2:
		return c.act(ctx, words[0], sim.Act(words[1]))
	case (name == "put" || name == "take") && len(words) == 1:
		return c.act(ctx, words[0], sim.Act(name))
	case name == "scan" && c.image != "" && len(words) == 0:
		return c.scanPicture(ctx)
	case name == "scan" && len(words) == 1:
		return c.scan(ctx, words[0])
	case name == "fault" && (len(words) == 3 || len(words) == 5 && words[3] == "for"):
		f := sim.Fault{Kind: words[0], Target: words[1], Value: words[2]}
		if len(words) == 5 {
			f.For = words[4]
		}
		return c.post(ctx, "/faults", f, nil)
	case name == "faults" && c.explain && len(words) == 0:
		return c.kinds(ctx)
	case name == "faults" && len(words) == 0:
		return c.faults(ctx)
	case name == "auto" && (len(words) == 1 || len(words) == 2):
		return c.auto(ctx, words)
	case name == "wait" && len(words) == 3 && words[0] == "door":
		q := url.Values{"door": {words[1]}, "state": {words[2]}, "timeout": {c.timeout}}
		return c.call(ctx, http.MethodGet, "/wait?"+q.Encode(), "", nil, nil)
	case name == "journal" && len(words) == 0:
		return c.copyJSON(ctx, "/journal?after="+strconv.Itoa(c.after))
	}
	return fmt.Errorf("%q with %d words: %w", name, len(words), errUsage)
}

func (c *client) doors(ctx context.Context) error {
	if c.json {
		return c.copyJSON(ctx, "/doors")
	}
	var doors []sim.Door
	if err := c.call(ctx, http.MethodGet, "/doors", "", nil, &doors); err != nil {
		return err
	}
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "DOOR\tSIZE\tSTATE\tINSIDE\tPULSES\tLOCK")
	for _, d := range doors {
		inside := "-"
		if d.Inside {
			inside = "something"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s/%d/%d\n", d.Number, d.Size, d.State, inside, d.Pulses, d.Bus,
			d.Board, d.Lock)
	}
	return t.Flush()
}

func (c *client) act(ctx context.Context, number string, act sim.Act) error {
	return c.post(ctx, "/doors/"+url.PathEscape(number), panel.DoorAct{Action: act}, nil)
}

func (c *client) scan(ctx context.Context, text string) error {
	if c.raw {
		plain, err := strconv.Unquote(`"` + text + `"`)
		if err != nil {
			return fmt.Errorf("--raw %s: not a Go string; write a quote as \\\": %w", text, errUsage)
		}
		text = plain
	}
	code, err := c.coded(text)
	if err != nil {
		return err
	}
	how := sim.Presented{Fast: c.fast, Prefix: c.aim, Times: c.times, Terminal: c.at()}
	if how.Glued, err = c.coded(c.glue); err != nil {
		return err
	}
	return c.post(ctx, "/scan", panel.Scan{Code: code, Presented: how}, nil)
}

// at is the terminal before whose reader something is held; the kiosk has no name
// on a wall.
func (c *client) at() string {
	if c.terminal == visit.Kiosk {
		return ""
	}
	return c.terminal
}

func (c *client) scanPicture(ctx context.Context) error {
	picture, err := os.ReadFile(c.image)
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	var said panel.Scanned
	path := "/scan/picture?" + url.Values{"fast": {strconv.FormatBool(c.fast)}, "terminal": {c.at()}}.Encode()
	if err := c.call(ctx, http.MethodPost, path, "application/octet-stream", picture, &said); err != nil {
		return err
	}
	fmt.Fprintln(c.out, said.Text)
	return nil
}

func (c *client) faults(ctx context.Context) error {
	var faults []sim.Fault
	if err := c.call(ctx, http.MethodGet, "/faults", "", nil, &faults); err != nil {
		return err
	}
	for _, f := range faults {
		fmt.Fprintf(c.out, "%s %s %s\n", f.Kind, f.Target, f.Value)
	}
	return nil
}

func (c *client) auto(ctx context.Context, words []string) error {
	body := panel.Auto{On: words[0] == "on"}
	if !body.On && words[0] != "off" {
		return fmt.Errorf("auto %s: %w", words[0], errUsage)
	}
	if len(words) == 2 {
		seconds, err := strconv.ParseFloat(words[1], 64)
		if err != nil || seconds <= 0 || seconds > 3600 {
			return fmt.Errorf("auto %s %s: seconds up to 3600: %w", words[0], words[1], errUsage)
		}
		body.AfterMS = int64(seconds * 1000)
	}
	return c.post(ctx, "/auto", body, nil)
}

func (c *client) post(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.call(ctx, http.MethodPost, path, "application/json", text, into)
}

func (c *client) copyJSON(ctx context.Context, path string) error {
	var value json.RawMessage
	if err := c.call(ctx, http.MethodGet, path, "", nil, &value); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.out, string(value))
	return err
}

// call asks the panel and decodes its answer; a nil into drops it.
func (c *client) call(ctx context.Context, method, path, kind string, body []byte, into any) error {
	answer, err := c.ask(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// ask returns the panel's answer, or what it says is wrong.
func (c *client) ask(ctx context.Context, method, path, kind string, body []byte) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("no simulator answers at %s: start one with cubbysim run, or name it with --http: %w",
			c.address, err)
	}
	if answer.StatusCode == http.StatusOK {
		return answer, nil
	}
	defer answer.Body.Close()
	var problem struct{ Error string }
	if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil || problem.Error == "" {
		return nil, fmt.Errorf("%s answers %s", c.address, answer.Status)
	}
	return nil, fmt.Errorf("%s", problem.Error)
}
