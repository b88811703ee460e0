package rest

import (
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"cubby/locker"
	"cubby/locker/health"
	"cubby/sync/strict"
)

// deviceAnswer lists what is told of a device.
type deviceAnswer struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	State    string          `json:"state"`
	Title    string          `json:"title"`
	Severity health.Severity `json:"severity"`
	Since    *time.Time      `json:"since,omitempty"`
	ToDo     string          `json:"what_to_do,omitempty"`
	Detail   string          `json:"detail,omitempty"`
}

func (s *Server) listDevices(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	list := []deviceAnswer{}
	for _, d := range s.Station.Devices() {
		a := deviceAnswer{Name: d.Name, Kind: d.Kind, State: d.State, Title: d.Title, Severity: d.Severity, ToDo: d.ToDo, Detail: d.Detail}
		if !d.Since.IsZero() {
			since := d.Since.UTC()
			a.Since = &since
		}
		list = append(list, a)
	}
	return x.encode(http.StatusOK, map[string]any{"devices": list})
}

// getClock answers with the time by which parcels expire and the machine's.
func (s *Server) getClock(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	return x.encode(http.StatusOK, s.Station.Clock())
}

func (s *Server) acceptClock(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	if err := x.noBody(); err != nil {
		return err
	}
	now, err := s.Station.AcceptClock(x.ctx, x.who.actor)
	if err != nil {
		return err
	}
	return x.encode(http.StatusOK, now)
}

// listPrintJobs answers with what the printers have printed or are to print.
func (s *Server) listPrintJobs(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	list := []locker.PrintJob{}
	for _, j := range s.Station.PrintJobs() {
		j.Since = j.Since.UTC()
		list = append(list, j)
	}
	return x.encode(http.StatusOK, map[string]any{"jobs": list})
}

// printTestPage prints a page that shows what a printer can.
func (s *Server) printTestPage(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var printer string
	if err := x.body(func(b []byte) error {
		return strict.Object(b, func(r *strict.Reader, name string) (err error) {
			if name != "printer" {
				return r.Unknown()
			}
			printer, err = r.String()
			return err
		})
	}); err != nil {
		return err
	}
	job, err := s.Station.TestPage(printer)
	if err != nil {
		return err
	}
	return x.encode(http.StatusCreated, struct {
		Printer string `json:"printer"`
		ID      string `json:"id"`
	}{printer, job})
}

func (s *Server) printAgain(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	if err := s.Station.PrintAgain(mux.Vars(x.r)["id"]); err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}
