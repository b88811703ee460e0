// Package compartments is the resource family of the doors of the wall: their state,
// how many there are, and staff taking them out of use and back.
package compartments

import (
	"cmp"
	"context"
	_ "embed"
	"net/http"
	"slices"
	"time"

	"cubby/locker/people"
	"cubby/locker/wall"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station knows its compartments. What the rules refuse comes back as a *ledger.Refusal.
type Station interface {
	// Compartments is a snapshot in the order of the wall.
	Compartments() []wall.Compartment
	// Restore makes a compartment free again that was quarantined or out of service.
	// by is who of the staff does it; nobody when a client with a key does.
	Restore(ctx context.Context, by people.Doer, compartment, reason, actor string) (wall.Compartment, error)
	// OutOfService takes a compartment out of use.
	OutOfService(ctx context.Context, by people.Doer, compartment, reason, actor string) (wall.Compartment,
		error)
	// EndAlarm ends the alarm of a door that was forced, and nothing else.
	EndAlarm(ctx context.Context, by people.Doer, compartment, reason, actor string) (wall.Compartment, error)
}

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	const number = "/v1/compartments/{number}/"
	return rest.Family{Name: "compartments", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/compartments", Scope: "compartments:read", Run: rest.Plain(f.list),
			Naming: rest.MayBeNamed, Does: string(people.SeeWall)},
		{Method: "GET", Path: "/v1/capacity", Scope: "compartments:read", Run: rest.Plain(f.capacity),
			Naming: rest.MayBeNamed, Does: string(people.SeeWall)},
		{Method: "POST", Path: number + "restore", Repeat: rest.Again, Scope: "operate",
			Run:    rest.Reads(f.restore),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: number + "out-of-service", Repeat: rest.Again, Scope: "operate",
			Run:    rest.Reads(f.retire),
			Naming: rest.MayBeNamed},
		{Method: "POST", Path: number + "end-alarm", Repeat: rest.Again, Scope: "staff:act",
			Run:    rest.Reads(f.endAlarm),
			Naming: rest.IsNamed},
	}}
}

// compartmentAnswer lists what is told of a compartment.
type compartmentAnswer struct {
	Number     string          `json:"number"`
	Size       string          `json:"size"`
	Inner      wall.Box        `json:"inner_mm"`
	Bank       string          `json:"bank"`
	Accessible bool            `json:"accessible"`
	Door       string          `json:"door"`
	LeftOpen   bool            `json:"left_open"`
	Forced     bool            `json:"forced"`
	BankAlarm  bool            `json:"bank_alarm"`
	Lock       wall.LockState  `json:"lock"`
	Allocation wall.Allocation `json:"allocation"`
	Reason     string          `json:"reason,omitempty"`
	Contents   wall.Contents   `json:"contents"`
	Evidence   wall.Evidence   `json:"evidence,omitempty"`
	Presence   string          `json:"presence"`
	Offerable  bool            `json:"offerable"`
	Parcel     string          `json:"parcel,omitempty"`
	Openings   int             `json:"openings"`
	Failures   int             `json:"failures"`
	DoorSince  *time.Time      `json:"door_since,omitempty"`
	LastKnown  string          `json:"last_known"`
}

func answerOf(c wall.Compartment) compartmentAnswer {
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

func (f family) list(x *rest.Exchange) error {
	list := []compartmentAnswer{}
	for _, c := range f.station.Compartments() {
		list = append(list, answerOf(c))
	}
	return x.Encode(http.StatusOK, map[string]any{"compartments": list})
}

// capacityCount is how many doors of a kind there are.
type capacityCount struct {
	Total     int `json:"total"`
	Offerable int `json:"offerable"`  // a deposit may be offered it now
	Occupied  int `json:"occupied"`   // holds a parcel
	OutOfUse  int `json:"out_of_use"` // quarantined, out of service, or its door or lock does not allow use
}

func (n *capacityCount) count(c wall.Compartment) {
	n.Total++
	switch {
	case c.Allocation == wall.Occupied:
		n.Occupied++
	case c.Offerable():
		n.Offerable++
	case c.Allocation == wall.Quarantine || c.Allocation == wall.OutOfService || c.Allocation == wall.Free:
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

// capacity answers with counts per size, smallest size first.
func (f family) capacity(x *rest.Exchange) error {
	var all sizeCapacity
	sizes := []*sizeCapacity{}
	for _, c := range f.station.Compartments() {
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
	return x.Encode(http.StatusOK, map[string]any{
		"sizes": sizes,
		"all": struct {
			capacityCount
			Accessible capacityCount `json:"accessible"`
		}{all.capacityCount, all.Accessible},
	})
}

// reason is why staff do something, which they must say.
type reason struct {
	Reason string `json:"reason" check:"required,text=1..200" slug:"reason"`
}

func (f family) restore(x *rest.Exchange, why reason) error { return f.set(x, why, f.station.Restore) }

func (f family) retire(x *rest.Exchange, why reason) error {
	return f.set(x, why, f.station.OutOfService)
}

func (f family) endAlarm(x *rest.Exchange, why reason) error {
	return f.set(x, why, f.station.EndAlarm)
}

type setting func(ctx context.Context, by people.Doer, compartment, reason, actor string) (
	wall.Compartment, error)

// set does what one method of the station does and answers with the compartment.
func (f family) set(x *rest.Exchange, why reason, set setting) error {
	c, err := set(x.Context(), people.Doer{ID: x.Person()}, x.Var("number"), why.Reason, x.Actor())
	return answer(x, c, err)
}

func answer(x *rest.Exchange, c wall.Compartment, err error) error {
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, answerOf(c))
}
