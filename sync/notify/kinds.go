package notify

import (
	"encoding/json"
	"slices"
	"time"
)

// A Kind is what a message is about.
type Kind string

// The kinds.
const (
	Stored   Kind = "stored"    // it is here; with code and PIN
	NewCode  Kind = "new_code"  // another code and PIN; those it had open nothing any more
	Delegate Kind = "delegate"  // to somebody else, who may collect it; with a code and PIN of their own
	Reminder Kind = "reminder"  // it still waits
	Expiring Kind = "expiring"  // it waits for a short time only
	Expired  Kind = "expired"   // its time is over; the code may be good for a while yet
	Collect  Kind = "collected" // somebody has taken it
	Fault    Kind = "fault"     // something is wrong with its door
	Held     Kind = "held"      // its code opens nothing for now
	Released Kind = "released"  // it opens again
	Longer   Kind = "longer"    // there is longer to collect it
	Extended Kind = "extended"  // there is, because somebody has asked for it
	Paused   Kind = "paused"    // nobody can collect it, and its time stands still
	Shelved  Kind = "shelved"   // staff have it at the counter; with code and PIN where it came there
	Redirect Kind = "redirected"
	Recalled Kind = "recalled" // its sender wants it back
	Came     Kind = "return_received"
	Decision Kind = "return_decided"
	Refunded Kind = "refunded"
)

// Kinds are all of them, in the order in which one message tells of several.
var Kinds = []Kind{Stored, NewCode, Delegate, Shelved, Expiring, Redirect, Recalled, Fault, Held, Released,
	Paused, Extended, Longer, Reminder, Expired, Collect, Refunded, Decision, Came}

// aim of a parcel: what is said as long as it waits, and nothing afterwards.
var waits = []Kind{Stored, NewCode, Delegate, Reminder, Expiring, Fault, Held, Released, Longer, Extended,
	Paused,
	Shelved, Redirect, Recalled, Expired}

// bears are the kinds that tell code and PIN.
var bears = []Kind{Stored, NewCode, Delegate, Shelved}

// own are those of the parcel's own code, as long as it is behind a door.
var own = []Kind{Stored, NewCode}

// ofDoor say something of the door that a parcel is behind.
var ofDoor = []Kind{Reminder, Expiring, Expired, Fault, Paused, Longer, Extended}

// stale is how long after its fact a message is still worth sending. What has a deadline
// is worth nothing after it.
var stale = map[Kind]time.Duration{
	NewCode: 72 * time.Hour, Delegate: 72 * time.Hour, Shelved: 72 * time.Hour,
	Redirect: 72 * time.Hour, Recalled: 72 * time.Hour, Paused: 24 * time.Hour,
	Expired: 72 * time.Hour, Collect: 24 * time.Hour, Fault: 2 * time.Hour, Held: 24 * time.Hour,
	Released: 24 * time.Hour, Came: 72 * time.Hour, Decision: 72 * time.Hour, Refunded: 7 * 24 * time.Hour,
}

// tells are the types of the facts that change something about messages.
var tells = map[string]bool{
	"parcel.clock_paused": true, "parcel.clock_resumed": true,
	"parcel.stored": true, "parcel.deadline_moved": true, "parcel.changed": true, "parcel.expired": true,
	"parcel.collected": true, "parcel.handed_over": true, "parcel.counter_held": true,
	"parcel.written_off": true,
	"parcel.cancelled":   true, "parcel.deposit_failed": true, "parcel.pickup_aborted": true,
	"parcel.to_check":  true,
	"parcel.delegated": true, "parcel.delegation_ended": true,
	"parcel.code_reissued": true, "parcel.code_revoked": true,
	"parcel.held": true, "parcel.released": true, "parcel.recipient_erased": true,
	"parcel.extended": true, "parcel.rescue_ended": true, "parcel.shelved": true,
	"parcel.redirected": true, "parcel.recalled": true, "parcel.stays": true, "parcel.removed": true,
	"return.dropped_off": true, "return.decided": true, "return.declined": true, "refund.completed": true,
}

// worthTelling is how many minutes more to collect a parcel are told in a message, and how
// long its time stands still before that is told.
const worthTelling = 60

// silent are the pauses of which nobody is told: the hold was, or the parcel itself was not.
var silent = []string{"on_hold", "not_told"}

// meant are the pauses that began with a message of their own.
var meant = []string{"redirected", "recalled"}

// Tells reports whether facts of a type change anything about messages.
func Tells(kind string) bool { return tells[kind] }

// facts are what messages need of an event's data.
type facts struct {
	Parcel   string    `json:"parcel_id"`
	Order    string    `json:"order_id"`
	Case     string    `json:"case_id"`
	Deadline time.Time `json:"deadline"`
	Language string    `json:"language"`
	Reason   string    `json:"reason"`
	Decision string    `json:"decision"`
	Amount   int64     `json:"amount"`
	Currency string    `json:"currency"`
	Keeps    bool      `json:"keeps_code"`
	Door     string    `json:"compartment"`
	Valuable bool      `json:"valuable"`
	PINForm  string    `json:"pin_form"`
	Minutes  int64     `json:"paused_minutes"`
	By       string    `json:"by"`
	Shown    string    `json:"credential"`
	Rotating bool      `json:"rotating"`
	Rescue   time.Time `json:"rescue_until"`
	Place    string    `json:"place"`
	Arrived  bool      `json:"arrived"`
	To       string    `json:"to"`
	ToName   string    `json:"to_name"`
	Final    bool      `json:"final"`
	Why      string    `json:"why"`
}

// toCounter is where a parcel goes that staff are to hand over.
const toCounter = "counter"

// A plan is a message that follows from a fact.
type plan struct {
	kind       Kind
	key        string // of the fact: nothing is said twice for one
	due, stale time.Time
}

// What an event changes about messages that have not gone out.
type outcome struct {
	plans []plan
	drop  []Kind // of the same parcel: they say nothing any more
	hold  bool   // "come and collect it" has to wait
	free  bool   // and waits no longer
	moved bool   // the deadline is another one
	ended bool   // nothing more follows: the contact is let go
	moot  string // why what is dropped is
}

// follows is what follows from an event that is heard at now.
func (c Config) follows(e Event, f facts, now time.Time) (o outcome) {
	say := func(k Kind) {
		o.plans = append(o.plans, plan{k, e.ID, now.Add(c.Merge), e.Happened.Add(stale[k])})
	}
	switch e.Type {
	case "parcel.stored":
		o.drop, o.moot = waits, "it was stored anew"
		if e.Code == "" || e.PIN == "" {
			break // its customer was told by somebody else
		}
		o.plans = append(o.plans, plan{Stored, e.ID, now.Add(c.Merge), f.Deadline})
		o.plans = append(o.plans, c.reminders(e, f, e.Happened)...)
	case "parcel.code_reissued":
		o.drop, o.moot = bears, "it has another code"
		if e.Code == "" || e.PIN == "" {
			break
		}
		until := f.Deadline
		if until.IsZero() { // staff have it at the counter
			until = e.Happened.Add(stale[NewCode])
		}
		o.plans = append(o.plans, plan{NewCode, e.ID, now.Add(c.Merge), until})
	case "parcel.delegated":
		o.drop, o.moot = []Kind{Delegate}, "another code was made for somebody else"
		if e.Code == "" || e.PIN == "" {
			break // whoever has asked for it tells them
		}
		until := f.Deadline
		if until.IsZero() {
			until = e.Happened.Add(stale[Delegate])
		}
		o.plans = append(o.plans, plan{Delegate, e.ID, now.Add(c.Merge), until})
	case "parcel.delegation_ended":
		o.drop, o.moot = []Kind{Delegate}, "nobody else is to collect it any more"
	case "parcel.code_revoked":
		o.drop, o.moot = bears, "its code was ended"
	case "parcel.clock_paused": // what follows is said of the deadline that it gets
		o.drop, o.moot = []Kind{Reminder, Expiring, Paused}, "its time stands still"
		if !slices.Contains(silent, f.Reason) && !slices.Contains(meant, f.Reason) {
			after := e.Happened.Add(worthTelling * time.Minute) // most faults are over by then
			o.plans = append(o.plans, plan{Paused, e.ID, after, after.Add(stale[Paused])})
		}
	case "parcel.deadline_moved", "parcel.changed", "parcel.clock_resumed":
		o = c.movesDeadline(e, f, now)
	case "parcel.extended":
		o = c.movesDeadline(e, f, now)
		o.drop = append(o.drop, Extended)
		o.plans = append(o.plans, plan{Extended, e.ID, now.Add(c.Merge), f.Deadline})
	case "parcel.expired":
		o.drop, o.moot = waits, "it has expired"
		say(Expired)
		if p := &o.plans[0]; !f.Rescue.IsZero() && f.Rescue.Before(p.stale) {
			p.stale = f.Rescue
		}
	case "parcel.rescue_ended":
		o.drop, o.moot = []Kind{Expired}, "its code opens nothing any more"
	case "parcel.shelved":
		o.drop, o.moot = append([]Kind{Shelved, Redirect}, ofDoor...), "staff have it at the counter"
		if f.Arrived {
			o.drop = waits
		}
		if f.Arrived && e.Code != "" && e.PIN != "" || !f.Arrived && f.Keeps {
			say(Shelved)
		}
	case "parcel.redirected":
		o.drop, o.moot, o.ended = waits, "its customer collects it at another place", f.Final
		if f.To == toCounter { // its code is good there
			o.drop = append([]Kind{Redirect, Recalled}, ofDoor...)
		}
		say(Redirect)
	case "parcel.recalled":
		o.drop, o.moot = waits, "its sender wants it back"
		say(Recalled)
	case "parcel.stays":
		o.drop, o.moot = []Kind{Redirect, Recalled}, "it is not to leave any more"
		if f.Door != "" || f.Why == "recalled" { // else it is on its way here
			say(Released)
		}
	case "parcel.removed":
		o.drop, o.moot, o.ended = awaited(), "it is not there any more", true
	case "parcel.collected", "parcel.handed_over":
		o.drop, o.moot, o.ended = waits, "it was collected", true
		say(Collect)
	case "parcel.counter_held":
		o.drop, o.moot = ofDoor, "staff have taken it out of its door"
		if !f.Keeps {
			o.drop = waits
		}
	case "parcel.written_off", "parcel.cancelled", "parcel.deposit_failed":
		o.drop, o.moot, o.ended = waits, "it is not there any more", e.Type != "parcel.deposit_failed"
	case "parcel.pickup_aborted":
		if slices.Contains([]string{"stuck", "unanswered", "unknown"}, f.Reason) {
			o.plans = append(o.plans, c.fault(e, now))
		}
	case "parcel.to_check":
		o.plans = append(o.plans, c.fault(e, now))
	case "parcel.held":
		if o.hold = true; f.Door != "" {
			say(Held)
		}
	case "parcel.released":
		if o.free, o.drop, o.moot = true, []Kind{Held}, "it was released"; f.Door != "" {
			say(Released)
		}
	case "return.dropped_off":
		say(Came)
	case "return.decided", "return.declined":
		say(Decision)
	case "refund.completed":
		say(Refunded)
	}
	return o
}

// movesDeadline is what follows from another deadline.
func (c Config) movesDeadline(e Event, f facts, now time.Time) (o outcome) {
	if !f.Deadline.IsZero() {
		o.drop, o.moot, o.moved = []Kind{Reminder, Expiring}, "the deadline moved", true
		o.plans = c.reminders(e, f, now)
	}
	if e.Type == "parcel.clock_resumed" {
		o.drop = append(o.drop, Paused)
	}
	if f.Minutes >= worthTelling && !slices.Contains(silent, f.Reason) {
		o.drop = append(o.drop, Longer)
		o.plans = append(o.plans, plan{Longer, e.ID, now.Add(c.Merge), f.Deadline})
	}
	return o
}

// awaited are the kinds that are worth nothing when a parcel was taken away. Where it is
// to be collected now, and that its sender wants it back, is told all the same.
func awaited() []Kind {
	return slices.DeleteFunc(slices.Clone(waits), func(k Kind) bool { return k == Redirect || k == Recalled })
}

// reminders are those before a deadline. Whoever gets to know of it so late that one has
// no sense gets none.
func (c Config) reminders(e Event, f facts, known time.Time) (all []plan) {
	last := f.Deadline.Add(-c.Expiring)
	if first := f.Deadline.Add(-c.Remind); c.Remind > c.Expiring && known.Before(first) {
		all = append(all, plan{Reminder, e.ID, first, last})
	}
	if c.Expiring > 0 && known.Before(last) {
		all = append(all, plan{Expiring, e.ID, last, f.Deadline})
	} else if e.Type != "parcel.stored" && known.Before(f.Deadline) {
		all = append(all, plan{Expiring, e.ID, known, f.Deadline}) // it has become a short time
	}
	return all
}

// fault says at once that something is wrong, once in an hour for each parcel.
func (c Config) fault(e Event, now time.Time) plan {
	hour := e.Happened.UTC().Format("2006-01-02T15")
	return plan{Fault, e.Station + " " + e.Subject + " " + hour, now, e.Happened.Add(stale[Fault])}
}

// urgent is what is said also at night, and beyond what one person gets in a day: until
// is when it would go out otherwise.
func (c Config) urgent(k Kind, deadline, until time.Time) bool {
	switch k {
	case Fault, Expiring:
		return true
	case Stored, NewCode, Delegate:
		return !deadline.IsZero() && until.Add(c.Expiring).After(deadline)
	}
	return false
}

// read gives what of an event's data messages need.
func read(data json.RawMessage) (f facts, err error) {
	if len(data) == 0 {
		return f, nil
	}
	err = json.Unmarshal(data, &f)
	return f, err
}

// collector is who has collected a parcel in place of its recipient. At the counter, by is
// whoever of the staff has handed it over.
func (f facts) collector() string {
	switch {
	case f.By == "delegate", f.By == "neighbour":
		return f.By
	case f.Shown == "delegate", f.Shown == "delegate_pin":
		return "delegate"
	case f.Shown == "neighbour":
		return f.Shown
	}
	return ""
}
