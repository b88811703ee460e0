package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cubby/locker/door"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// A Matter is something that needs somebody now.
type Matter struct {
	// the worst that is said of it: "forced", "to_check", "stuck", ... "device"
	Kind   string          `json:"kind"`
	Harm   health.Severity `json:"harm"`
	Also   []string        `json:"also,omitempty"` // what else is said of the same door
	Door   string          `json:"door,omitempty"`
	Parcel string          `json:"parcel_id,omitempty"`
	Case   string          `json:"case,omitempty"` // number of the case that it is
	Device string          `json:"device,omitempty"`
	Screen string          `json:"terminal,omitempty"` // where somebody asks for staff
	Reason string          `json:"reason,omitempty"`
	Since  time.Time       `json:"since,omitzero"`
	ToDo   string          `json:"what_to_do"`
	State  string          `json:"-"` // of a device
	sale   string          // number of the sale that it is about
	count  int             // how many sales it is about
}

// behind is the parcel behind a door, and whether it is to be taken out.
func behind(s *ledger.State, policy visit.Policy, c wall.Compartment) (p parcel.Parcel, leaves bool) {
	p, ok := parcel.Parcels.Get(s, c.Parcel)
	return p, ok && parcel.MustLeave(s, policy, p)
}

// A trouble is one kind of matters about doors.
type trouble struct {
	kind string
	harm health.Severity
	// leaves: what is behind it is to be taken out
	is   func(c wall.Compartment, p parcel.Parcel, leaves bool) bool
	todo string
}

// troubles are the kinds, the worst first.
var troubles = []trouble{
	{"forced", health.Alarm, func(c wall.Compartment, _ parcel.Parcel, _ bool) bool { return c.Forced },
		"Look whether somebody is at the door and whether anything is gone; look inside, then " +
			"end the alarm."},
	{"to_check", health.Alarm, func(_ wall.Compartment, p parcel.Parcel, _ bool) bool { return p.ToCheck },
		"Open the door with a second person and say whether the parcel is still there."},
	{"ajar", health.Warning, func(c wall.Compartment, _ parcel.Parcel, _ bool) bool {
		return c.LeftOpen && c.Door == door.Open
	}, "Go to the door, take out what blocks it, and push it until it clicks."},
	{"stuck", health.Warning, func(c wall.Compartment, _ parcel.Parcel, _ bool) bool {
		return c.Lock == wall.LockJammed
	},
		"Push the door and open it from here; when it stays shut call a technician."},
	{"unreachable", health.Warning, func(c wall.Compartment, _ parcel.Parcel, _ bool) bool {
		return c.Lock == wall.LockUnreachable
	}, "Check the lock board of this door: its supply, its plug and its line."},
	{"expired", health.Notice, func(_ wall.Compartment, p parcel.Parcel, leaves bool) bool {
		return leaves && p.Leaving == nil
	},
		"Take the parcel out with a second person; keep it at the counter, or give it back to the carrier."},
	{"leaving", health.Notice, func(_ wall.Compartment, p parcel.Parcel, leaves bool) bool {
		return leaves && p.Leaving != nil
	},
		"Take the parcel out with a second person, and give it to where it is to go."},
	{"quarantine", health.Notice, func(c wall.Compartment, _ parcel.Parcel, _ bool) bool {
		return c.Allocation == wall.Quarantine
	}, "Look inside; when it is empty and sound put the door back in use."},
}

// seen is since when something is said of a door; of no fact, but found out by looking.
type seen struct {
	Since time.Time `json:"since"`
}

// sightings are by door and kind. They follow from when somebody looked, not from the
// log alone.
var sightings = ledger.NewTable("sightings", "what",
	ledger.InMemory[seen](), ledger.Logged(func(s seen) (seen, bool) { return s, false }))

func sighting(number, kind string) string { return number + " " + kind }

// Queue lists what needs somebody now at doors, screens and in the shop, the most harmful and oldest first.
func Queue(s *ledger.State, policy visit.Policy, now time.Time) (all []Matter) {
	for _, c := range wall.Compartments.All(s) {
		p, leaves := behind(s, policy, c)
		var m Matter
		for _, one := range troubles {
			switch {
			case !one.is(c, p, leaves):
			case m.Kind != "":
				m.Also = append(m.Also, one.kind)
			default:
				m = Matter{
					Kind: one.kind, Harm: one.harm, Door: c.Number, Parcel: c.Parcel, Reason: c.Reason,
					ToDo: one.todo,
				}
				if at, ok := sightings.Get(s, sighting(c.Number, one.kind)); ok {
					m.Since = at.Since
				}
			}
		}
		if m.Kind != "" {
			all = append(all, m)
		}
	}
	for _, c := range visit.OpenCalls(s) {
		all = append(all, Matter{
			Kind: "help", Harm: health.Warning, Screen: c.Terminal, Door: c.Door, Since: c.Since,
			ToDo: "Go to the screen, and say in the queue that you do.",
		})
	}
	all = append(all, salesOf(s, now)...)
	return Sorted(append(all, casesOf(s)...))
}

// OfDevices lists the devices that need somebody. Doors are told of by Queue.
func OfDevices(devices []health.Device) (all []Matter) {
	for _, d := range devices {
		if d.Kind == health.Door || d.Severity == health.OK {
			continue
		}
		all = append(all, Matter{
			Kind: "device", Harm: d.Severity, Device: d.Name, Reason: d.Title, Since: d.Since, ToDo: d.ToDo,
			State: d.Kind + "." + d.State,
		})
	}
	return all
}

// Sorted puts matters in their order: by harm, then by age. What is not known to have
// begun is oldest.
func Sorted(all []Matter) []Matter {
	worst := health.Severities()
	slices.SortStableFunc(all, func(a, b Matter) int {
		return cmp.Or(
			cmp.Compare(slices.Index(worst, b.Harm), slices.Index(worst, a.Harm)),
			a.Since.Compare(b.Since),
		)
	})
	return all
}

// watch notes since when something is said of a door. It looks only after commands that
// can have changed that.
func watch(t *visit.Turn) {
	if !slices.ContainsFunc(t.Facts, concernsDoors) {
		return
	}
	for _, c := range wall.Compartments.All(t.State) {
		p, leaves := behind(t.State, t.Policy, c)
		for _, one := range troubles {
			key, is := sighting(c.Number, one.kind), one.is(c, p, leaves)
			switch _, known := sightings.Get(t.State, key); {
			case is && !known:
				sightings.Put(t.State, key, seen{t.Now})
			case !is && known:
				sightings.Delete(t.State, key)
			}
		}
	}
}

func concernsDoors(f ledger.Fact) bool {
	if _, ok := f.(*parcel.ParcelAnnounced); ok {
		return false
	}
	return strings.HasPrefix(f.Subject(), "compartments/") || strings.HasPrefix(f.Subject(), "parcels/")
}

// kindOf is the worst that is said of a door, as the wall shows it.
func kindOf(c wall.Compartment, p parcel.Parcel, leaves bool) string {
	for _, one := range troubles {
		if one.is(c, p, leaves) {
			return one.kind
		}
	}
	switch {
	case c.Door == door.Open:
		return "open"
	case c.Allocation == wall.OutOfService:
		return "out_of_service"
	case c.Door == door.Unknown:
		return "unknown"
	case c.Allocation == wall.Reserved, c.Allocation == wall.SoftReserved:
		return "reserved"
	case c.Allocation == wall.Occupied, c.Allocation == wall.ForSale:
		return "occupied"
	}
	return "free"
}

// ListQueue reads what needs somebody at doors, as the writer sees it.
type ListQueue struct{ Into *[]Matter }

// Decide changes nothing.
func (c ListQueue) Decide(t *visit.Turn) error {
	*c.Into = Queue(t.State, t.Policy, t.Now)
	return nil
}
