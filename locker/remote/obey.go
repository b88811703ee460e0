package remote

import (
	"slices"
	"time"

	"cubby/locker/centre"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// What a command orders, as package secret/token writes it.
const (
	Open    = "open"
	Disable = "disable"
	Enable  = "enable"
	Restart = "restart"
)

// Skew is by how much the clocks of a centre and a station may differ.
const Skew = 2 * time.Minute

// An Order is what a signed command says.
type Order struct {
	Number      string // one-time, in hexadecimal
	Station     string
	What        string
	Door        string // empty for Restart
	Parcel      string // id of what the centre believes behind the door; empty: nothing is
	By, Reason  string // for people
	Issued      time.Time
	Expires     time.Time
	From, Until time.Time // when the key signs that has signed it
}

// Why a command is refused. Nobody but the station's staff is told.
const (
	Unreadable = "unreadable"    // it is no command, or came as another one
	Unsigned   = "unsigned"      // no key of the list that is for commands has signed it
	KeyEnded   = "key_ended"     // that key does not count now
	Elsewhere  = "other_station" // it is for another one
	Clock      = "clock_doubted"
	Early      = "too_early"
	Late       = "too_late"
	Used       = "number_used"
	Flood      = "number_flood" // so many that no more are remembered
	NoDoor     = "no_such_door"
	Parcel     = "other_parcel"      // something else is behind the door than the centre believes
	InUse      = "door_in_use"       // somebody is at the door, or another of its bank is open
	NotClosed  = "door_not_closed"   // or its state is not known
	Held       = "parcel_held"       // what is behind the door is for nobody now
	Before     = "one_before"        // the door of the opening before is not closed again
	TooMany    = "too_many_openings" // the ceiling
	NotFree    = "door_not_free"     // a door with something in it is not taken out of service
	NotOurs    = "not_by_centre"     // the centre has not taken it out of service
	Busy       = "station_busy"      // a door is open, or somebody is at a screen
	TooSoon    = "restarted_lately"
)

// Obey weighs a command and carries it out, or not. It never fails: both are facts.
type Obey struct {
	Command string // the id of the change it came with
	// Fault is why it was refused before it came here, Unreadable or Unsigned; else the
	// order is one that a key of the centre's for commands has signed.
	Fault string
	Order Order
}

// ForgetPast is for a station that goes on without all of its log: what it has opened by
// command lately, and which numbers were used, it does not know.
type ForgetPast struct{}

// Decide has it count as used up.
func (ForgetPast) Decide(t *visit.Turn) error {
	at := visit.CalendarNow.Read(t.State).Follow(t.Clock).At
	if t.Now.After(at) {
		at = t.Now // a log that is older has an older calendar
	}
	t.Emit(&PastForgotten{at, Moment{t.Clock.Boot, t.Clock.Uptime}})
	return nil
}

// A RestartOrder has the core end in order, to be started again.
type RestartOrder struct{}

// Kind is the effect's name.
func (RestartOrder) Kind() string { return "restart" }

// Decide tells what was decided, and does it.
func (c Obey) Decide(t *visit.Turn) error {
	now := visit.CalendarNow.Read(t.State).Follow(t.Clock)
	f := &Decided{Command: c.Command, At: now.At, Moment: Moment{t.Clock.Boot, t.Clock.Uptime}}
	f.Refused = c.untimely(t, now.At, now.Doubted)
	if f.Refused == "" {
		f.Number, f.What, f.OrderedBy, f.Reason = c.Order.Number, c.Order.What, c.Order.By, c.Order.Reason
		f.Issued, f.Expires = c.Order.Issued, c.Order.Expires
		if _, there := wall.Compartments.Get(t.State, c.Order.Door); there {
			f.Compartment = c.Order.Door
		}
		f.Refused = c.refused(t, f)
	}
	t.Emit(f)
	if f.Refused != "" {
		t.Emit(&CommandRefused{c.Command})
		return nil
	}
	c.carryOut(t)
	return nil
}

// disabled is the reason that a door has which the centre has taken out of service. Names
// are not for the feed.
func disabled(reason string) string {
	if reason == "" {
		return "by order of the centre"
	}
	return reason + " (centre)"
}

// untimely is why a command is none for this station now; its number is not used up.
func (c Obey) untimely(t *visit.Turn, now time.Time, doubted bool) string {
	o, skew := c.Order, Skew
	switch {
	case c.Fault != "":
		return c.Fault
	case c.Command != o.Number:
		return Unreadable
	case o.Station != centre.Now.Read(t.State).Station:
		return Elsewhere
	case doubted:
		return Clock
	case now.Before(o.From.Add(-skew)) || !now.Before(o.Until.Add(skew)):
		return KeyEnded
	case now.Before(o.Issued.Add(-skew)):
		return Early
	case !now.Before(o.Expires.Add(skew)):
		return Late
	}
	return ""
}

// refused is why a command is not obeyed that is one for this station now.
func (c Obey) refused(t *visit.Turn, f *Decided) string {
	spent, now := SpentNow.Read(t.State), f.Moment
	if _, used := Numbers.Get(t.State, f.Number); used || !f.Issued.After(spent.NotBefore) {
		return Used
	}
	if len(Numbers.Keys(t.State))-len(over.Until(t.State, f.At)) >= mostNumbers {
		return Flood
	}
	box, ok := wall.Compartments.Get(t.State, c.Order.Door)
	if !ok && c.Order.What != Restart {
		return NoDoor
	}
	switch c.Order.What {
	case Open:
		return mayOpen(t, box, c.Order.Parcel, spent, now)
	case Disable:
		if box.Allocation != wall.Free && box.Allocation != wall.Quarantine {
			return NotFree
		}
	case Enable:
		if _, moving := t.UnderWay(box.Number); moving {
			return InUse
		}
		if reason, ours := spent.Disabled[box.Number]; !ours || box.Allocation != wall.OutOfService ||
			box.Reason != reason || box.MayHoldParcel() || box.Forced {
			return NotOurs
		}
	case Restart:
		return mayRestart(t, spent, now)
	}
	return ""
}

// mayOpen: somebody may stand anywhere before the wall, and nobody sees the door.
func mayOpen(t *visit.Turn, box wall.Compartment, believed string, spent Spent, now Moment) string {
	p, _ := parcel.Parcels.Get(t.State, box.Parcel)
	isOpen := func(c wall.Compartment) bool { return c.Bank == box.Bank && c.Door == door.Open }
	moves := func(o wall.Opening) bool {
		of, _ := wall.Compartments.Get(t.State, o.Compartment)
		return of.Bank == box.Bank && o.UnderWay()
	}
	switch {
	case box.Parcel != believed || believed == "" && box.MayHoldParcel():
		return Parcel
	case p.OnHold != nil:
		return Held
	case p.State == parcel.Booked, p.State == parcel.Depositing, p.State == parcel.Collecting,
		isAt(t, box.Number):
		return InUse
	case box.Door != door.Closed:
		return NotClosed
	case !ended(t, spent):
		return Before
	case slices.ContainsFunc(wall.Compartments.All(t.State), isOpen),
		slices.ContainsFunc(wall.Openings.All(t.State), moves):
		return InUse
	}
	recent := 0
	for _, m := range spent.Openings {
		if m.within(now) {
			recent++
		}
	}
	if recent >= Most(t.Policy) {
		return TooMany
	}
	return ""
}

// isAt reports whether somebody's visit is about a door.
func isAt(t *visit.Turn, number string) bool {
	return slices.ContainsFunc(visit.Visits.All(t.State), func(v visit.Visit) bool {
		return v.Compartment == number || v.OpenDoor == number
	})
}

// ended reports whether every opening from afar has ended and its door is closed.
func ended(t *visit.Turn, spent Spent) bool {
	if box, there := wall.Compartments.Get(t.State, spent.Door); there && box.Door != door.Closed {
		return false
	}
	return !slices.ContainsFunc(wall.Openings.All(t.State), func(o wall.Opening) bool {
		return o.Purpose == wall.ForRemote && (o.UnderWay() || o.Unseen)
	})
}

func mayRestart(t *visit.Turn, spent Spent, now Moment) string {
	switch {
	case spent.Restarted != nil && spent.Restarted.within(now):
		return TooSoon
	case len(visit.Visits.All(t.State)) > 0,
		slices.ContainsFunc(wall.Openings.All(t.State), wall.Opening.UnderWay),
		slices.ContainsFunc(wall.Compartments.All(t.State), func(c wall.Compartment) bool {
			return c.Door == door.Open
		}):
		return Busy
	}
	return ""
}

// carryOut does what was found to be right.
func (c Obey) carryOut(t *visit.Turn) {
	o := c.Order
	f := &CommandObeyed{Command: c.Command, What: o.What, Compartment: o.Door}
	at := wall.OfDoor{Compartment: o.Door}
	box, _ := wall.Compartments.Get(t.State, o.Door)
	switch o.What {
	case Open:
		p, _ := parcel.Parcels.Get(t.State, box.Parcel)
		f.Parcel, f.Order, f.Opening = box.Parcel, p.OrderID, t.NewID()
		t.Emit(f)
		t.IntendAs(f.Opening, wall.ForRemote, box.Number, box.Parcel, people.Centre.Actor())
		return
	case Restart:
		t.Order(RestartOrder{})
	}
	t.Emit(f)
	switch {
	case o.What == Disable:
		t.Emit(&wall.DoorOutOfService{OfDoor: at, Reason: disabled(o.Reason), By: people.Centre.ID})
	case o.What == Enable && box.Contents == wall.ContentsEmpty:
		t.Emit(&wall.CompartmentFreed{OfDoor: at, Evidence: box.Evidence})
	case o.What == Enable: // nobody has looked
		t.Emit(&wall.CompartmentQuarantined{
			OfDoor: at, Reason: "back in use and nobody has looked inside", Contents: box.Contents,
		})
	}
}
