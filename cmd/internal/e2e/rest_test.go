package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// call sends one request over TCP with the station's key and returns the answer.
func (s *station) call(method, path, body string) (status int, answer []byte, header http.Header) {
	s.t.Helper()
	return s.callAs(s.token, method, path, body)
}

// callAs is call with another key; header holds names and values in turn.
func (s *station) callAs(token, method, path, body string, header ...string) (int, []byte, http.Header) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, "http://"+s.rest+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a.StatusCode, text, a.Header
}

// announce tells the station of a small parcel; its label is its id in capitals.
func (s *station) announce(id string) {
	s.t.Helper()
	s.announceSized(id, 180, 90, 60)
}

func (s *station) announceSized(id string, length, width, height int) {
	s.t.Helper()
	body := fmt.Sprintf(`{"label":%q,"order_id":"SO-%s","dimensions_mm":{"length":%d,"width":%d,"height":%d}}`,
		strings.ToUpper(id), id, length, width, height)
	unknown := false // whether it was announced: 503 while the disk stands still
	eventually(s.t, "PUT parcel "+id, func() (bool, string) {
		status, answer, _ := s.call("PUT", "/v1/parcels/"+id, body)
		switch {
		case status == http.StatusServiceUnavailable:
			unknown = true
			return false, string(answer)
		case status != http.StatusCreated && !(unknown && status == http.StatusOK):
			s.t.Fatalf("PUT parcel %s: %d %s", id, status, answer)
		}
		return true, ""
	})
}

func (s *station) parcel(id string) parcel.Parcel {
	s.t.Helper()
	status, answer, _ := s.call("GET", "/v1/parcels/"+id, "")
	if status != http.StatusOK {
		s.t.Fatalf("GET parcel %s: %d %s", id, status, answer)
	}
	var p parcel.Parcel
	if err := json.Unmarshal(answer, &p); err != nil {
		s.t.Fatal(err)
	}
	return p
}

// isParcel fails unless a parcel is in a state and behind a door.
func (s *station) isParcel(id string, state parcel.State, door string) {
	s.t.Helper()
	if p := s.parcel(id); p.State != state || p.Compartment != door {
		s.t.Fatalf("parcel %s is %s at door %q, want %s at %q", id, p.State, p.Compartment, state, door)
	}
}

// A box is a compartment as REST tells of it.
type box struct {
	Number, Door, Lock, Allocation, Reason, Contents, Parcel string
	Offerable, Forced                                        bool
	LeftOpen                                                 bool `json:"left_open"`
	Openings, Failures                                       int
}

func (s *station) boxes() map[string]box {
	s.t.Helper()
	status, answer, _ := s.call("GET", "/v1/compartments", "")
	if status != http.StatusOK {
		s.t.Fatalf("GET compartments: %d %s", status, answer)
	}
	var list struct{ Compartments []box }
	if err := json.Unmarshal(answer, &list); err != nil {
		s.t.Fatal(err)
	}
	all := map[string]box{}
	for _, b := range list.Compartments {
		all[b.Number] = b
	}
	return all
}

// becomes waits until a compartment looks as it should.
func (s *station) becomes(number, what string, ok func(box) bool) {
	s.t.Helper()
	eventually(s.t, "door "+number+" becomes "+what, func() (bool, string) {
		b := s.boxes()[number]
		return ok(b), fmt.Sprintf("%+v", b)
	})
}

// allDoorsKnown waits until the core hears its boards and its reader: a code that
// is read before is heard by nobody.
func (s *station) allDoorsKnown() {
	s.t.Helper()
	s.status("scanner", "working")
	eventually(s.t, "every door is known", func() (bool, string) {
		unknown := 0
		for _, b := range s.boxes() {
			if b.Door == "unknown" {
				unknown++
			}
		}
		return unknown == 0, fmt.Sprintf("%d doors unknown", unknown)
	})
}

// An event is one fact of the change feed.
type event struct {
	ID, Type, Subject, Sequence, Actor, Visit string
	Data                                      struct {
		Parcel      string `json:"parcel_id"`
		Compartment string
		Opening     string
		Code, PIN   string
		Rotating    string `json:"rotating_secret"`
		Actor       string
		Reason      string
		Why         string
		Credential  string
		By          string
		Stage       int
		Result      string
		ToCheck     bool `json:"to_check"`
		Device      string
		Condition   string
		Amount      int64
		Refund      string `json:"refund_id"`
	}
}

// page reads one page of the feed with a key.
func (s *station) page(token, cursor string, wait int) (events []event, next, text string) {
	s.t.Helper()
	path := fmt.Sprintf("/v1/events?wait=%d", wait)
	if cursor != "" {
		path += "&cursor=" + cursor
	}
	status, answer, header := s.callAs(token, "GET", path, "")
	if status != http.StatusOK {
		s.t.Fatalf("GET %s: %d %s", path, status, answer)
	}
	if err := json.Unmarshal(answer, &events); err != nil {
		s.t.Fatalf("GET %s: %v", path, err)
	}
	return events, header.Get("Cubby-Next-Cursor"), string(answer)
}

// told reads the whole feed from its beginning. What is before its last page is
// acknowledged by that; the codes there are gone from the feed then, and
// remembered here, as the centre would.
func (s *station) told() []event {
	s.t.Helper()
	var all []event
	cursor := ""
	for {
		page, next, _ := s.page(s.token, cursor, 0)
		for _, e := range page {
			if e.Data.Code != "" {
				s.coded[e.ID] = e
			} else if known, ok := s.coded[e.ID]; ok {
				e = known
			}
			all = append(all, e)
		}
		if len(page) < 100 { // the cursor behind it is not shown to the station
			return all
		}
		cursor = next
	}
}

// hears waits until the feed, read from its beginning, has an event.
func (s *station) hears(what string, match func(event) bool) event {
	s.t.Helper()
	var found event
	eventually(s.t, "the feed tells "+what, func() (bool, string) {
		all := s.told()
		for _, e := range all {
			if match(e) {
				found = e
				return true, ""
			}
		}
		return false, fmt.Sprintf("%d events", len(all))
	})
	return found
}

// stored waits until the feed tells that a parcel was stored, with its code.
func (s *station) stored(id string) event {
	s.t.Helper()
	e := s.hears("that "+id+" is stored", func(e event) bool {
		return e.Type == "parcel.stored" && e.Data.Parcel == id
	})
	if len(e.Data.Code) != 26 || len(e.Data.PIN) != 8 && len(e.Data.PIN) != 6 {
		s.t.Fatalf("the code of %s has %d characters and the PIN %d", id, len(e.Data.Code), len(e.Data.PIN))
	}
	return e
}

// deposit has the station's courier store a parcel, who stays at the station.
func (s *station) deposit(id string) event {
	s.t.Helper()
	if s.courier.badge == "" {
		s.courier = s.newCourier("Ada")
	}
	if v, _ := s.now(); v.Step != view.StepCourierReady {
		s.scan(s.courier.badge)
		s.step(view.StepCourierReady)
	}
	s.scan(strings.ToUpper(id))
	door := s.step(view.StepCourierOpen).Door()
	s.put(door)
	s.until("the deposit is done", func(v view.View) bool {
		return v.Step == view.StepCourierReady && v.OfCourier().LastAt == door
	})
	return s.stored(id)
}

// store announces a parcel, has it deposited and waits for the idle page.
func (s *station) store(id string) event {
	s.t.Helper()
	s.announce(id)
	e := s.deposit(id)
	s.leave()
	return e
}

// collect plays a pickup with a code that must work, without a touch.
func (s *station) collect(code, door string) {
	s.t.Helper()
	s.scan(code)
	if v := s.step(view.StepPickupOpen); v.Door() != door {
		s.t.Fatalf("the screen names door %s, want %s", v.Door(), door)
	}
	s.take(door)
	s.step(view.StepPickupDone)
}

// An eventReader reads server-sent events that carry JSON.
type eventReader struct{ lines *bufio.Scanner }

func newEventReader(r io.Reader) *eventReader {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	return &eventReader{lines}
}

func (r *eventReader) next(into any) error {
	for r.lines.Scan() {
		if data, ok := bytes.CutPrefix(r.lines.Bytes(), []byte("data: ")); ok {
			return json.Unmarshal(data, into)
		}
	}
	if err := r.lines.Err(); err != nil {
		return err
	}
	return io.EOF
}

// Idle connections to cores that were killed are let go soon.
func init() { http.DefaultTransport.(*http.Transport).IdleConnTimeout = time.Second }
