package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// lineFor is how long the line to the centre has faults; "make soak" plays longer.
var lineFor = flag.Duration("line", 30*time.Second, "how long the line to the centre has faults")

// A hub is the centre as a process of its own, reached by its stations through a proxy.
type hub struct {
	t      *testing.T
	dir    string
	config string
	plain  string // HOST:PORT without TLS, past the proxy
	proxy  *proxy
	runs   *program
	token  string
}

// newHub starts a hub.
func newHub(t *testing.T) *hub {
	t.Helper()
	c := &hub{t: t, dir: t.TempDir(), plain: freeAddress(t)}
	at := freeAddress(t)
	c.proxy = newProxy(t, at)
	c.config = filepath.Join(c.dir, "hub.toml")
	text := fmt.Sprintf("[hub]\nname = \"Proof\"\ndata_dir = \"data\"\nlisten = %q\nplain = %q\npublic_url = %q\n",
		at, c.plain, "https://"+c.proxy.address())
	if err := os.WriteFile(c.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && c.runs != nil {
			t.Logf("the hub said at last:\n%s", c.runs.tail())
		}
	})
	c.start()
	c.token = lastWord(c.ctl("key", "add", "proof", "parcels:write", "parcels:read", "events:read", "stations:read"))
	return c
}

func lastWord(text string) string {
	words := strings.Fields(text)
	return words[len(words)-1]
}

// freeAddress is one of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *hub) start() {
	c.t.Helper()
	c.runs = start(c.t, c.dir, "hub.log", nil, filepath.Join(programs, "cubbyhub"), "--config", c.config)
	c.serves()
}

func (c *hub) serves() {
	c.t.Helper()
	eventually(c.t, "the hub comes up", func() (bool, string) {
		status, _, err := c.call(c.t.Context(), "GET", "/readyz", "")
		return err == nil && status == http.StatusOK, c.runs.tail()
	})
}

func (c *hub) ctl(args ...string) string {
	c.t.Helper()
	return do(c.t, "", filepath.Join(programs, "cubbyhub"), append([]string{"--config", c.config}, args...)...)
}

// call asks the hub, past the proxy.
func (c *hub) call(ctx context.Context, method, path, body string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.plain+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	return a.StatusCode, text, err
}

// joins has a station join, and gives its id at the hub.
func (c *hub) joins(s *station, name string) (id string) {
	c.t.Helper()
	said := c.ctl("station", "invite", name)
	invitation := ""
	for _, word := range strings.Fields(said) {
		if strings.Contains(word, "#code=") {
			invitation = word
		}
	}
	s.ctl("", "enrol", invitation)
	var list struct {
		Stations []struct{ ID, Name string }
	}
	_, body, err := c.call(c.t.Context(), "GET", "/v1/stations", "")
	if err == nil {
		err = json.Unmarshal(body, &list)
	}
	if err != nil || len(list.Stations) != 1 {
		c.t.Fatalf("the hub has the stations %s, %v", body, err)
	}
	return list.Stations[0].ID
}

// A teller announces parcels at the hub while it is killed again and again. What was
// answered with a success must reach the station.
type teller struct {
	*hub
	station string
	rng     *rand.Rand
	told    map[string]string // parcel -> the state that was asked for last and answered
}

// tell repeats a request until the hub has answered it.
func (w *teller) tell(ctx context.Context, method, path, body string) int {
	for ctx.Err() == nil {
		status, _, err := w.call(ctx, method, "/v1/stations/"+w.station+"/parcels/"+path, body)
		if err == nil && status < 500 && status != http.StatusTooManyRequests {
			return status
		}
		pause(ctx, 100*time.Millisecond)
	}
	return 0
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// work announces, changes, holds, releases and cancels until ctx ends.
func (w *teller) work(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		id := fmt.Sprintf("hub-%d", n)
		if s := w.tell(ctx, "PUT", id, `{"order_id":"SO-`+id+`"}`); s/100 != 2 {
			continue // the time is over
		}
		w.told[id] = "announced"
		switch w.rng.IntN(5) {
		case 0:
			if w.tell(ctx, "PUT", id, `{"order_id":"changed"}`)/100 == 2 {
				w.told[id] = "changed"
			}
		case 1:
			if w.tell(ctx, "POST", id+"/hold", `{"reason":"unpaid"}`)/100 == 2 {
				w.told[id] = "held"
			}
		case 2:
			if w.tell(ctx, "POST", id+"/cancel", "")/100 == 2 {
				w.told[id] = "cancelled"
			}
		}
		pause(ctx, time.Duration(50+w.rng.IntN(200))*time.Millisecond)
	}
}

// A station and a hub as processes, a proxy with faults between them, and both killed at
// random: parcels are announced at both ends, couriers and customers come. In the end
// nothing is missing at either end, and nothing is there twice.
func TestALineWithFaultsLosesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	n := *seed
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat these faults with -args -seed=%d", n)
	d := &day{newStation(t), rand.New(rand.NewPCG(n, 0)), map[string]event{}, 0}
	c := newHub(t)
	id := c.joins(d.station, "Proof")
	d.courier = d.newCourier("Ada")

	faults, fine := context.WithTimeout(t.Context(), *lineFor)
	defer fine()
	w := &teller{c, id, rand.New(rand.NewPCG(n, 1)), map[string]string{}}
	var others sync.WaitGroup
	others.Go(func() { w.work(faults) })
	others.Go(func() {
		rng := rand.New(rand.NewPCG(n, 2))
		for faults.Err() == nil {
			c.proxy.becomes(weathers[rng.IntN(len(weathers))])
			pause(faults, time.Duration(200+rng.IntN(2000))*time.Millisecond)
		}
		c.proxy.becomes(fair)
	})
	kills := 0
	others.Go(func() {
		rng := rand.New(rand.NewPCG(n, 3))
		for {
			pause(faults, time.Duration(2000+rng.IntN(5000))*time.Millisecond)
			if faults.Err() != nil {
				return
			}
			kills++
			c.runs.kill()
			c.runs = start(t, c.dir, "hub.log", nil, filepath.Join(programs, "cubbyhub"), "--config", c.config)
		}
	})
	for faults.Err() == nil {
		switch what := d.rng.IntN(3); {
		case what == 0 && len(d.stock) < 12:
			d.deposits()
		case what == 1:
			d.collectsRested()
		default:
			d.strays()
		}
		d.settles()
	}
	others.Wait()
	c.serves()
	d.ctl("", "centre", "sync")
	t.Logf("the hub was killed %d times, %d parcels were announced at it, the proxy carried %v", kills,
		len(w.told), c.proxy.seen)
	d.evening()
	c.agrees(w, d.station)
	d.sound()
}

// agrees waits until both ends have the same, and says what is missing or double.
func (c *hub) agrees(w *teller, s *station) {
	c.t.Helper()
	var here, there []event
	same := func() (bool, string) {
		here, there = s.told(), c.events()
		if len(here) != len(there) {
			return false, fmt.Sprintf("%d events here, %d at the hub; the line is %s", len(here), len(there),
				s.ctl("", "centre"))
		}
		for i, e := range here {
			if there[i].ID != e.ID || there[i].Sequence != e.Sequence || there[i].Type != e.Type {
				return false, fmt.Sprintf("event %d is %s %s here and %s %s at the hub", i, e.Sequence, e.Type,
					there[i].Sequence, there[i].Type)
			}
		}
		return true, ""
	}
	eventually(c.t, "the hub has what the station has told, once and in order", same)
	known := map[string]bool{}
	for _, e := range there {
		if known[e.ID] {
			c.t.Errorf("event %s is there twice", e.ID)
		}
		known[e.ID] = true
	}
	// What the hub has announced comes by itself, and leads to events again.
	arrived := func() (bool, string) {
		for id, asked := range w.told {
			status, body, _ := s.call("GET", "/v1/parcels/"+id, "")
			if status == http.StatusNotFound && asked == "cancelled" {
				continue // before the station had heard of it
			}
			if state := stateOf(body); status != http.StatusOK || state != asked {
				return false, fmt.Sprintf("%s is %q here (%d %s), and was %s at the hub", id, state, status, body,
					asked)
			}
		}
		return true, ""
	}
	eventually(c.t, "the station has what the hub has announced", arrived)
	eventually(c.t, "the hub has what came of that", same)
	for id, asked := range w.told {
		status, body, err := c.call(c.t.Context(), "GET", "/v1/stations/"+w.station+"/parcels/"+id, "")
		if state := stateOf(body); err != nil || status != http.StatusOK || state != asked {
			c.t.Errorf("%s is %q at the hub (%d %s, %v), and was %s there", id, state, status, body, err, asked)
		}
	}
	c.t.Logf("%d events and %d parcels are the same at both ends", len(here), len(w.told))
}

// stateOf is the state of a parcel in the words of a teller, as either end tells it.
func stateOf(body []byte) string {
	var p struct {
		State   string
		OrderID string `json:"order_id"`
		Held    bool
		OnHold  *struct{ Centre bool } `json:"on_hold"`
	}
	switch err := json.Unmarshal(body, &p); {
	case err != nil:
		return err.Error()
	case p.State == "announced" && (p.Held || p.OnHold != nil && p.OnHold.Centre):
		return "held"
	case p.State == "announced" && p.OrderID == "changed":
		return "changed"
	}
	return p.State
}

// events reads all that stations have pushed.
func (c *hub) events() (all []event) {
	c.t.Helper()
	for cursor := ""; ; {
		r, err := http.NewRequestWithContext(c.t.Context(), "GET",
			"http://"+c.plain+"/v1/events?limit=100&cursor="+cursor, nil)
		if err != nil {
			c.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			c.t.Fatal(err)
		}
		var page []event
		err = json.NewDecoder(a.Body).Decode(&page)
		a.Body.Close()
		if err != nil || a.StatusCode != http.StatusOK {
			c.t.Fatalf("GET the hub's events: %d, %v", a.StatusCode, err)
		}
		if all = append(all, page...); len(page) < 100 {
			return all
		}
		cursor = a.Header.Get("Cubby-Next-Cursor")
	}
}
