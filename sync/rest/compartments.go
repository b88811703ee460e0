package rest

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"cubby/locker"
	"cubby/sync/strict"
)

// compartmentAnswer lists what is told of a compartment.
type compartmentAnswer struct {
	Number     string            `json:"number"`
	Size       string            `json:"size"`
	Inner      locker.Box        `json:"inner_mm"`
	Bank       string            `json:"bank"`
	Accessible bool              `json:"accessible"`
	Door       string            `json:"door"`
	LeftOpen   bool              `json:"left_open"`
	Forced     bool              `json:"forced"`
	BankAlarm  bool              `json:"bank_alarm"`
	Lock       locker.LockState  `json:"lock"`
	Allocation locker.Allocation `json:"allocation"`
	Reason     string            `json:"reason,omitempty"`
	Contents   locker.Contents   `json:"contents"`
	Evidence   locker.Evidence   `json:"evidence,omitempty"`
	Presence   string            `json:"presence"`
	Offerable  bool              `json:"offerable"`
	Parcel     string            `json:"parcel,omitempty"`
	Openings   int               `json:"openings"`
	Failures   int               `json:"failures"`
	DoorSince  *time.Time        `json:"door_since,omitempty"`
	LastKnown  string            `json:"last_known"`
}

func answerOf(c locker.Compartment) compartmentAnswer {
	a := compartmentAnswer{
		Number: c.Number, Size: c.Size, Inner: c.Inner, Bank: c.Bank, Accessible: c.Accessible,
		Door: c.Door.String(), LeftOpen: c.LeftOpen, Forced: c.Forced, BankAlarm: c.BankAlarm, Lock: c.Lock,
		Allocation: c.Allocation, Reason: c.Reason, Contents: c.Contents, Evidence: c.Evidence,
		Presence: c.Presence.String(), Offerable: c.Offerable(), Parcel: c.Parcel,
		Openings: c.Openings, Failures: c.Failures, LastKnown: c.LastKnown.String(),
	}
	if c.DoorSince != nil {
		since := c.DoorSince.UTC()
		a.DoorSince = &since
	}
	return a
}

// encode answers with a value the caller has made of plain, listed members.
func (x *exchange) encode(status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return x.answer(status, body)
}

func (s *Server) listCompartments(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	list := []compartmentAnswer{}
	for _, c := range s.Station.Compartments() {
		list = append(list, answerOf(c))
	}
	return x.encode(http.StatusOK, map[string]any{"compartments": list})
}

// capacityCount is how many doors of a kind there are.
type capacityCount struct {
	Total     int `json:"total"`
	Offerable int `json:"offerable"`  // a deposit may be offered it now
	Occupied  int `json:"occupied"`   // holds a parcel
	OutOfUse  int `json:"out_of_use"` // quarantined, out of service, or its door or lock does not allow use
}

func (n *capacityCount) count(c locker.Compartment) {
	n.Total++
	switch {
	case c.Allocation == locker.Occupied:
		n.Occupied++
	case c.Offerable():
		n.Offerable++
	case c.Allocation == locker.Quarantine || c.Allocation == locker.OutOfService || c.Allocation == locker.Free:
		n.OutOfUse++
	}
}

// sizeCapacity counts the doors of one size, and those of them within everybody's reach.
type sizeCapacity struct {
	Size string `json:"size"`
	capacityCount
	Accessible capacityCount `json:"accessible"`
	volume     int64
}

// getCapacity answers with counts per size, smallest size first.
func (s *Server) getCapacity(x *exchange) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var all sizeCapacity
	sizes := []*sizeCapacity{}
	for _, c := range s.Station.Compartments() {
		i := slices.IndexFunc(sizes, func(one *sizeCapacity) bool { return one.Size == c.Size })
		if i < 0 {
			i = len(sizes)
			sizes = append(sizes, &sizeCapacity{Size: c.Size, volume: c.Inner.Volume()})
		}
		for _, n := range []*sizeCapacity{sizes[i], &all} {
			n.count(c)
			if c.Accessible {
				n.Accessible.count(c)
			}
		}
	}
	slices.SortStableFunc(sizes, func(a, b *sizeCapacity) int {
		return cmp.Or(cmp.Compare(a.volume, b.volume), cmp.Compare(a.Size, b.Size))
	})
	return x.encode(http.StatusOK, map[string]any{
		"sizes": sizes,
		"all": struct {
			capacityCount
			Accessible capacityCount `json:"accessible"`
		}{all.capacityCount, all.Accessible},
	})
}

func (s *Server) restoreCompartment(x *exchange) error {
	return s.operate(x, s.Station.Restore)
}

func (s *Server) retireCompartment(x *exchange) error {
	return s.operate(x, s.Station.OutOfService)
}

// maxReason bounds what staff and shops say of why they do something, in characters.
const maxReason = 200

// readReason reads a body whose only member is why something is done.
func readReason(body []byte) (reason string, err error) {
	err = strict.Object(body, func(r *strict.Reader, name string) (err error) {
		if name != "reason" {
			return r.Unknown()
		}
		reason, err = r.String()
		return err
	})
	return reason, err
}

// operate reads the reason and has the station act on the compartment.
func (s *Server) operate(x *exchange, act func(ctx context.Context, compartment, reason, actor string) (locker.Compartment, error)) error {
	if _, err := x.query(); err != nil {
		return err
	}
	var reason string
	if err := x.body(func(b []byte) (err error) {
		reason, err = readReason(b)
		return err
	}); err != nil {
		return err
	}
	if err := locker.CheckText(reason, maxReason, "reason", "/reason"); err != nil {
		return err
	}
	c, err := act(x.ctx, mux.Vars(x.r)["number"], reason, x.who.actor)
	if err != nil {
		return err
	}
	return x.encode(http.StatusOK, answerOf(c))
}
