// Package panel shows a simulated site to people and scripts: a JSON interface
// and one page, both for this machine only.
//
// Handler keeps no state of its own; everything is asked of the site. Errors
// are JSON objects with one key, "error". It may be called from any goroutine.
package panel

import (
	"context"
	_ "embed" // the page
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/view"
)

//go:embed page.html
var page []byte

const (
	maxBody    = 64 << 10
	maxPicture = 16 << 20
	maxWait    = 10 * time.Minute
)

// State is the whole site at one moment.
type State struct {
	Station    string          `json:"station"`
	Wall       view.Wall       `json:"wall"`
	Doors      []sim.Door      `json:"doors"`
	Devices    []sim.Device    `json:"devices"`
	Faults     []sim.Fault     `json:"faults"`
	FaultKinds []sim.FaultKind `json:"fault_kinds"`
	Auto       Auto            `json:"auto"`
	Climate    []sim.Weather   `json:"climate"`
	Cameras    []string        `json:"cameras"`
	Recent     []sim.Event     `json:"recent"` // what was told in words, oldest first
}

// Auto is the virtual person who empties or fills open doors and closes them.
type Auto struct {
	On      bool  `json:"on"`
	AfterMS int64 `json:"after_ms"` // 0 keeps what was set before
}

// DoorAct is the body of POST /doors/{number}.
type DoorAct struct {
	Action sim.Act `json:"action"`
}

// Scan is the body of POST /scan.
type Scan struct {
	Code []byte `json:"code"` // base64 in JSON, so that any byte can be sent
	Text string `json:"text"` // used when Code is empty
	sim.Presented
}

// Scanned answers a scan.
type Scanned struct {
	Bytes int    `json:"bytes"`
	Text  string `json:"text,omitempty"` // what a picture said
}

// Journal is what crossed the wires.
type Journal struct {
	Entries []sim.Entry    `json:"entries"`
	Pulses  map[string]int `json:"pulses"` // by door number; doors never driven are absent
}

type panel struct {
	site *sim.Site
	demo Demo
}

// Handler serves the site. ctx ends the event streams and waits.
func Handler(ctx context.Context, site *sim.Site, demo Demo) http.Handler {
	p := panel{site, demo}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.page)
	mux.HandleFunc("GET /state", p.state)
	mux.HandleFunc("GET /doors", func(w http.ResponseWriter, _ *http.Request) { answer(w, site.Doors(), nil) })
	mux.HandleFunc("GET /doors/{number}", p.door)
	mux.HandleFunc("POST /doors/{number}", p.act)
	mux.HandleFunc("GET /doors/{number}/history", p.history)
	mux.HandleFunc("POST /scan", p.scan)
	mux.HandleFunc("POST /scan/picture", p.scanPicture)
	mux.HandleFunc("GET /faults", func(w http.ResponseWriter, _ *http.Request) { answer(w, site.Faults(), nil) })
	mux.HandleFunc("POST /faults", p.fault)
	mux.HandleFunc("GET /faults/kinds", func(w http.ResponseWriter, _ *http.Request) { answer(w, sim.FaultKinds, nil) })
	mux.HandleFunc("POST /script", p.script)
	mux.HandleFunc("POST /badge", p.badge)
	mux.HandleFunc("GET /demo", p.shelf)
	mux.HandleFunc("POST /demo/scan", p.hold)
	mux.HandleFunc("GET /climate", func(w http.ResponseWriter, _ *http.Request) { answer(w, site.Weather(), nil) })
	mux.HandleFunc("POST /climate", p.climate)
	mux.HandleFunc("GET /camera/{name}", p.camera)
	mux.HandleFunc("GET /paper/{printer}", p.paper)
	mux.HandleFunc("DELETE /paper/{printer}", p.tearOff)
	mux.HandleFunc("POST /auto", p.auto)
	mux.HandleFunc("GET /journal", p.journal)
	mux.HandleFunc("GET /wait", p.wait)
	mux.HandleFunc("GET /events", p.events)
	inner := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !local(r.RemoteAddr) || !local(r.Host) {
			refuse(w, http.StatusForbidden, "this panel is for its own machine only: open it as 127.0.0.1")
			return
		}
		// Streams and waits end with the program as well as with their client.
		both, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		inner.ServeHTTP(w, r.WithContext(both))
	})
}

// local reports whether an address, with or without a port, is this machine's
// loopback. A Host that is not is a page elsewhere that had its name rebound.
func local(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Listen opens the panel's address, which must be a loopback one.
func Listen(address string) (net.Listener, error) {
	if !local(address) {
		return nil, fmt.Errorf("%s can be reached by others: give a loopback address such as 127.0.0.1:8471", address)
	}
	return net.Listen("tcp", address)
}

func (p panel) page(w http.ResponseWriter, _ *http.Request) {
	rules := "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src 'self' data:; " +
		"connect-src 'self'"
	if screen := p.demo.origin(); screen != "" {
		rules += " " + screen + "; frame-src " + screen
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", rules)
	_, _ = w.Write(page) // a browser that has gone needs no page
}

func (p panel) state(w http.ResponseWriter, _ *http.Request) {
	plan := p.site.Plan()
	on, after := p.site.Auto()
	answer(w, State{
		Station: plan.Station, Wall: plan.Wall, Doors: p.site.Doors(), Devices: p.site.Devices(),
		Faults: p.site.Faults(), FaultKinds: sim.FaultKinds, Auto: Auto{on, after.Milliseconds()},
		Climate: p.site.Weather(), Cameras: append([]string{}, plan.Cameras...), Recent: p.site.Recent(),
	}, nil)
}

func (p panel) door(w http.ResponseWriter, r *http.Request) {
	d, err := p.site.Door(r.PathValue("number"))
	answer(w, d, err)
}

func (p panel) act(w http.ResponseWriter, r *http.Request) {
	var body DoorAct
	if !read(w, r, &body) {
		return
	}
	number := r.PathValue("number")
	if err := p.site.Do(number, body.Action); err != nil {
		answer(w, nil, err)
		return
	}
	d, err := p.site.Door(number)
	answer(w, d, err)
}

func (p panel) scan(w http.ResponseWriter, r *http.Request) {
	var body Scan
	if !read(w, r, &body) {
		return
	}
	code := body.Code
	if len(code) == 0 {
		code = []byte(body.Text)
	}
	answer(w, Scanned{Bytes: len(code)}, p.site.Present(code, body.Presented))
}

func (p panel) scanPicture(w http.ResponseWriter, r *http.Request) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPicture))
	if err != nil {
		refuse(w, http.StatusRequestEntityTooLarge,
			fmt.Sprintf("the picture could not be taken in: at most %d bytes", maxPicture))
		return
	}
	code, err := sim.ReadPicture(data)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	q := r.URL.Query()
	how := sim.Presented{Fast: q.Get("fast") == "true", Terminal: q.Get("terminal")}
	answer(w, Scanned{Bytes: len(code), Text: string(code)}, p.site.Present(code, how))
}

func (p panel) fault(w http.ResponseWriter, r *http.Request) {
	var f sim.Fault
	if !read(w, r, &f) {
		return
	}
	err := p.site.SetFault(f)
	answer(w, p.site.Faults(), err)
}

func (p panel) auto(w http.ResponseWriter, r *http.Request) {
	var body Auto
	if !read(w, r, &body) {
		return
	}
	p.site.SetAuto(body.On, time.Duration(body.AfterMS)*time.Millisecond)
	on, after := p.site.Auto()
	answer(w, Auto{on, after.Milliseconds()}, nil)
}

func (p panel) journal(w http.ResponseWriter, r *http.Request) {
	after := 0
	if s := r.URL.Query().Get("after"); s != "" {
		var err error
		if after, err = strconv.Atoi(s); err != nil {
			refuse(w, http.StatusBadRequest, "after is not a sequence number")
			return
		}
	}
	entries, pulses := p.site.Journal(after)
	answer(w, Journal{entries, pulses}, nil)
}

func (p panel) wait(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	timeout, err := time.ParseDuration(q.Get("timeout"))
	if err != nil || timeout <= 0 || timeout > maxWait {
		refuse(w, http.StatusBadRequest, "timeout is a duration such as 5s, at most "+maxWait.String())
		return
	}
	state := sim.State(q.Get("state"))
	if state != sim.StateOpen && state != sim.StateClosed && state != sim.StateAjar {
		refuse(w, http.StatusBadRequest, "state is open, closed or ajar")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	defer cancel()
	if err := p.site.WaitDoor(ctx, q.Get("door"), state); err != nil {
		answer(w, nil, err)
		return
	}
	p.door(w, withNumber(r, q.Get("door")))
}

func withNumber(r *http.Request, number string) *http.Request {
	r.SetPathValue("number", number)
	return r
}

// events streams what happens as server-sent events until one side leaves.
func (p panel) events(w http.ResponseWriter, r *http.Request) {
	events, stop := p.site.Watch()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	if _, err := io.WriteString(w, "retry: 1000\n\n"); err != nil || flush.Flush() != nil {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case e, ok := <-events:
			if !ok {
				return
			}
			text, err := json.Marshal(e)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.Kind, text); err != nil || flush.Flush() != nil {
				return
			}
		}
	}
}

func read(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "the body is not what this route takes: "+err.Error())
		return false
	}
	return true
}

func answer(w http.ResponseWriter, value any, err error) {
	switch {
	case errors.Is(err, sim.ErrUnknown):
		refuse(w, http.StatusNotFound, err.Error())
	case errors.Is(err, sim.ErrCannot):
		refuse(w, http.StatusConflict, err.Error())
	case errors.Is(err, context.DeadlineExceeded):
		refuse(w, http.StatusRequestTimeout, err.Error())
	case err != nil:
		refuse(w, http.StatusInternalServerError, err.Error())
	default:
		write(w, http.StatusOK, value)
	}
}

func refuse(w http.ResponseWriter, status int, why string) {
	write(w, status, map[string]string{"error": why})
}

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that has gone needs no answer
}
