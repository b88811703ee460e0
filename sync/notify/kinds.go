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
	Expired  Kind = "expired"   // its time is over, and the code opens nothing any more
	Collect  Kind = "collected" // somebody has taken it
	Fault    Kind = "fault"     // something is wrong with its door
	Held     Kind = "held"      // its code opens nothing for now
	Released Kind = "released"  // it opens again
	Longer   Kind = "longer"    // there is longer to collect it
	Came     Kind = "return_received"
	Decision Kind = "return_decided"
	Refunded Kind = "refunded"
)

// Kinds are all of them, in the order in which one message tells of several.
var Kinds = []Kind{Stored, NewCode, Delegate, Expiring, Fault, Held, Released, Longer, Reminder,
	Expired, Collect,
	Refunded, Decision, Came}

// aim of a parcel: what is said as long as it waits, and nothing afterwards.
var waits = []Kind{Stored, NewCode, Delegate, Reminder, Expiring, Fault, Held, Released, Longer, Expired}

// bears are the kinds that tell code and PIN.
var bears = []Kind{Stored, NewCode, Delegate}

// own are those of the parcel's own code.
var own = []Kind{Stored, NewCode}

// stale is how long after its fact a message is still worth sending. What has a deadline
// is worth nothing after it.
var stale = map[Kind]time.Duration{
	NewCode: 72 * time.Hour, Delegate: 72 * time.Hour,
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
	"return.dropped_off": true, "return.decided": true, "return.declined": true, "refund.completed": true,
}

// worthTelling is how many minutes more to collect a parcel are told in a message.
const worthTelling = 60

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
}

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
		o.drop, o.moot = []Kind{Reminder, Expiring}, "its time stands still"
	case "parcel.deadline_moved", "parcel.changed", "parcel.clock_resumed":
		if !f.Deadline.IsZero() {
			o.drop, o.moot, o.moved = []Kind{Reminder, Expiring}, "the deadline moved", true
			o.plans = c.reminders(e, f, now)
		}
		if f.Minutes >= worthTelling && f.Reason != "on_hold" { // a release is told already
			o.drop = append(o.drop, Longer)
			o.plans = append(o.plans, plan{Longer, e.ID, now.Add(c.Merge), f.Deadline})
		}
	case "parcel.expired":
		o.drop, o.moot = waits, "it has expired"
		say(Expired)
	case "parcel.collected", "parcel.handed_over":
		o.drop, o.moot, o.ended = waits, "it was collected", true
		say(Collect)
	case "parcel.counter_held":
		o.drop, o.moot = []Kind{Reminder, Expiring, Expired, Fault}, "staff have taken it out of its door"
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
