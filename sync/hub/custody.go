package hub

import (
	"encoding/json"
	"slices"
	"time"

	"cubby/locker/parcel"
	"cubby/sync/db"
)

// A custody is what the hub keeps of a parcel at a station.
type custody struct {
	Parcel
	caseID, held, failed         string // held: the reason
	announced, counter, told     int64
	heldNow                      bool
	deadline, stored, ended, now int64
	labels                       string
}

type parcelData struct {
	ID          string     `json:"parcel_id"`
	OrderID     string     `json:"order_id"`
	Label       string     `json:"label"`
	Labels      []string   `json:"labels"`
	Direction   string     `json:"direction"`
	Case        string     `json:"case"`
	Compartment string     `json:"compartment"`
	Deadline    *time.Time `json:"deadline"`
	Reason      string     `json:"reason"`
	ToCheck     bool       `json:"to_check"`
	KeepsCode   bool       `json:"keeps_code"`
	Was         string     `json:"was"`
	State       string     `json:"state"`
	Why         string     `json:"why"`
	Final       bool       `json:"final"`
	Arrived     bool       `json:"arrived"`
	waysData
}

// parcelTypes are the facts that say something of a parcel, with what they change. What
// each means is package parcel's.
var parcelTypes = map[string]func(c *custody, d parcelData){
	"parcel.announced": func(c *custody, d parcelData) {
		*c = custody{
			Parcel: Parcel{Contact: c.Contact, Message: c.Message, Rev: c.Rev, Ways: c.Ways},
			told:   c.told,
			now:    c.now,
		}
		c.State, c.announced = string(parcel.Announced), c.now
		c.says(d)
	},
	"parcel.changed": func(c *custody, d parcelData) { c.says(d) },
	"parcel.deadline_moved": func(c *custody, d parcelData) {
		if c.deadline != 0 { // what is left of its hours stays
			c.Ways.Paused = c.Ways.Paused.moved(time.Duration(millisOf(d.Deadline)-c.deadline) * time.Millisecond)
		}
		c.deadline = millisOf(d.Deadline)
	},
	"parcel.clock_resumed": func(c *custody, d parcelData) { c.deadline = millisOf(d.Deadline) },
	"parcel.extended":      func(c *custody, d parcelData) { c.deadline = millisOf(d.Deadline) },
	"parcel.cancelled": func(c *custody, d parcelData) {
		c.is(parcel.Cancelled)
		c.ended, c.heldNow, c.held = c.now, false, ""
	},
	"parcel.booked": func(c *custody, d parcelData) {
		c.is(parcel.Booked)
		c.Door, c.failed = d.Compartment, ""
	},
	"parcel.deposit_started": func(c *custody, d parcelData) { c.is(parcel.Depositing) },
	"parcel.stored": func(c *custody, d parcelData) {
		c.is(parcel.Stored)
		c.Door, c.deadline, c.stored = d.Compartment, millisOf(d.Deadline), c.now
		c.Code = ""
	},
	"parcel.bag_stored": func(c *custody, d parcelData) {
		c.is(parcel.Stored)
		c.Door, c.stored = d.Compartment, c.now
	},
	"parcel.deposit_failed": func(c *custody, d parcelData) {
		c.is(parcel.DepositFailed)
		c.Door, c.failed, c.deadline, c.stored = "", d.Reason, 0, 0
	},
	"parcel.pickup_authorised": func(c *custody, d parcelData) { c.is(parcel.Collecting) },
	"parcel.pickup_aborted": func(c *custody, d parcelData) {
		c.is(parcel.Stored)
		c.ToCheck = c.ToCheck || d.ToCheck
	},
	"parcel.disputed": func(c *custody, d parcelData) { // nobody has collected it after all
		if c.State == string(parcel.Collected) {
			c.ended = 0
		}
		c.State = d.State
		switch parcel.State(d.State) {
		case parcel.Missing:
			c.ended = c.now
		case parcel.Stored:
			c.ToCheck = true
			fallthrough
		default:
			c.Door = d.Compartment
		}
	},
	"parcel.collected": func(c *custody, d parcelData) {
		c.is(parcel.Collected)
		c.Door, c.ended, c.ToCheck, c.heldNow, c.held = "", c.now, false, false, ""
	},
	"parcel.expired": func(c *custody, d parcelData) { c.is(parcel.Expired) },
	"parcel.counter_held": func(c *custody, d parcelData) {
		if d.KeepsCode || c.State == string(parcel.Missing) {
			c.counter, c.ended = c.now, 0
		}
		c.is(parcel.CounterHeld)
		c.Door, c.ToCheck = "", false
	},
	"parcel.handed_over": func(c *custody, d parcelData) {
		c.is(parcel.Collected)
		c.ended, c.heldNow, c.held = c.now, false, ""
	},
	"parcel.written_off": func(c *custody, d parcelData) {
		c.is(parcel.Missing)
		c.Door, c.ToCheck, c.counter, c.ended = "", false, 0, c.now
	},
	"parcel.bag_received": func(c *custody, d parcelData) {
		c.is(parcel.Received)
		c.ended, c.heldNow, c.held, c.ToCheck = c.now, false, "", false
	},
	"parcel.redirected": func(c *custody, d parcelData) {
		if d.Final {
			c.is(parcel.Redirected)
			c.ended, c.heldNow, c.held = c.now, false, ""
		}
	},
	"parcel.removed": func(c *custody, d parcelData) {
		c.is(parcel.Returned)
		if d.Why == parcel.ToElsewhere {
			c.is(parcel.Redirected)
		}
		c.Door, c.ended, c.counter, c.heldNow, c.held, c.ToCheck = "", c.now, 0, false, "", false
	},
	"parcel.shelved": func(c *custody, d parcelData) {
		if d.Arrived {
			c.is(parcel.CounterHeld)
			c.Door, c.counter, c.stored, c.Code = "", c.now, c.now, ""
		}
	},
	// what these say is in Ways alone
	"parcel.clock_paused":     func(*custody, parcelData) {},
	"parcel.rescue_ended":     func(*custody, parcelData) {},
	"parcel.recalled":         func(*custody, parcelData) {},
	"parcel.stays":            func(*custody, parcelData) {},
	"parcel.delegated":        func(*custody, parcelData) {},
	"parcel.delegation_ended": func(*custody, parcelData) {},

	"parcel.to_check":    func(c *custody, d parcelData) { c.ToCheck = true },
	"parcel.still_there": func(c *custody, d parcelData) { c.ToCheck = false },
	codeReissued:         func(c *custody, d parcelData) { c.Code = CodeRenewed },
	codeRevoked:          func(c *custody, d parcelData) { c.Code = CodeRevoked },
	"parcel.held":        func(c *custody, d parcelData) { c.heldNow, c.held = true, d.Reason },
	"parcel.released":    func(c *custody, d parcelData) { c.heldNow, c.held = false, "" },
}

func (c *custody) is(s parcel.State) { c.State = string(s) }

// says takes over an announcement.
func (c *custody) says(d parcelData) {
	labels := slices.DeleteFunc(
		append([]string{d.Label}, d.Labels...),
		func(l string) bool { return !usable(l, maxID) },
	)
	text, err := json.Marshal(labels)
	if err != nil {
		text = []byte("[]")
	}
	c.OrderID, c.Direction, c.caseID, c.labels = d.OrderID, d.Direction, d.Case, string(text)
	if d.Deadline != nil {
		c.deadline = millisOf(d.Deadline)
	}
}

// projectParcels follows the custody of parcels.
func projectParcels(h *Hub, tx *db.Tx, e Event) error {
	change, ok := parcelTypes[e.Type]
	renamed := e.Type == "parcel.renamed"
	if !ok && !renamed {
		return nil
	}
	var d parcelData
	if err := readData(e, &d); err != nil {
		return err
	}
	if !usable(d.ID, maxID) || e.Subject != "parcels/"+d.ID { // what has ended is erased by its subject
		return badData(e, "parcel_id")
	}
	d.OrderID, d.Direction, d.Case = short(d.OrderID), short(d.Direction), short(d.Case)
	d.Compartment, d.Reason = short(d.Compartment), short(d.Reason)
	if renamed {
		return h.renameParcel(tx, e, d)
	}
	c, err := custodyOf(tx, e.Station, d.ID)
	if err != nil && !isNone(err) {
		return err
	}
	if c.State == "" && e.Type != "parcel.announced" { // it was announced before the station joined
		c.says(d)
	}
	c.now = millis(e.Happened)
	change(&c, d)
	c.Ways.follow(e.Type, d, e.Happened, parcel.State(c.State), c.heldNow)
	c.Station, c.ID = e.Station, d.ID
	if err := c.save(tx); err != nil {
		return err
	}
	if err := h.followWay(tx, e, d); err != nil {
		return err
	}
	if e.Code == "" {
		if e.Type != codeReissued && e.Type != codeRevoked {
			return nil
		}
		_, err := tx.Exec("DELETE FROM codes WHERE station = ? AND parcel = ?", e.Station, d.ID)
		return err // the one that was kept opens nothing
	}
	code, err := json.Marshal([2]string{e.Code, e.PIN})
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO codes (station, parcel, sealed) VALUES (?, ?, ?) "+
		"ON CONFLICT (station, parcel) DO UPDATE SET sealed = excluded.sealed", e.Station, d.ID, h.vault.seal(code))
	return err
}

const custodyColumns = "state, door, order_id, direction, labels, case_id, held, to_check, reason, " +
	"failed, deadline, " +
	"announced, stored, counter, ended, contact, message, told, refused, changed, rev, code, ways"

func (c *custody) scan(row interface{ Scan(...any) error }, more ...any) error {
	var held, check, contact, changed int64
	var ways string
	err := row.Scan(
		append([]any{&c.State, &c.Door, &c.OrderID, &c.Direction, &c.labels, &c.caseID, &held, &check,
			&c.held, &c.failed, &c.deadline, &c.announced, &c.stored, &c.counter, &c.ended, &contact, &c.Message,
			&c.told,
			&c.Refused, &changed, &c.Rev, &c.Code, &ways}, more...)...)
	c.Ways.read(ways)
	c.heldNow, c.ToCheck, c.Contact, c.now = held != 0, check != 0, contact != 0, changed
	return err
}

func custodyOf(tx *db.Tx, station, id string) (c custody, err error) {
	err = c.scan(
		tx.QueryRow("SELECT "+custodyColumns+" FROM parcels WHERE station = ? AND id = ?", station, id),
	)
	if isNone(err) {
		c.labels = "[]"
	}
	c.Station, c.ID = station, id
	return c, err
}

// save writes the row; its revision grows.
func (c *custody) save(tx *db.Tx) error {
	c.Rev++
	if c.labels == "" {
		c.labels = "[]"
	}
	_, err := tx.Exec(
		"INSERT INTO parcels (station, id, "+custodyColumns+", paused) "+
			"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "+
			"ON CONFLICT (station, id) DO UPDATE SET state = excluded.state, door = excluded.door, "+
			"order_id = excluded.order_id, direction = excluded.direction, labels = excluded.labels, "+
			"case_id = excluded.case_id, held = excluded.held, to_check = excluded.to_check, "+
			"reason = excluded.reason, "+
			"failed = excluded.failed, deadline = excluded.deadline, announced = excluded.announced, "+
			"stored = excluded.stored, counter = excluded.counter, ended = excluded.ended, "+
			"contact = excluded.contact, "+
			"message = excluded.message, told = excluded.told, refused = excluded.refused, "+
			"changed = excluded.changed, "+
			"rev = excluded.rev, code = excluded.code, ways = excluded.ways, paused = excluded.paused",
		c.Station,
		c.ID,
		c.State,
		c.Door,
		c.OrderID,
		c.Direction,
		c.labels,
		c.caseID,
		flag(c.heldNow),
		flag(c.ToCheck),
		c.held,
		c.failed,
		c.deadline,
		c.announced,
		c.stored,
		c.counter,
		c.ended,
		flag(c.Contact),
		c.Message,
		c.told,
		c.Refused,
		c.now,
		c.Rev,
		c.Code,
		c.Ways.text(),
		c.Ways.pausedFor(),
	)
	return err
}

// parcel is the row as its readers get it.
func (c *custody) parcel() Parcel {
	p := c.Parcel
	_ = json.Unmarshal([]byte(c.labels), &p.Labels) // we wrote it
	p.Held, p.Reason = c.heldNow, c.held
	if !p.Held && p.State == string(parcel.DepositFailed) {
		p.Reason = c.failed
	}
	p.Deadline, p.Stored, p.Ended, p.Changed = maybe(
		c.deadline,
	), maybe(
		c.stored,
	), maybe(
		c.ended,
	), moment(
		c.now,
	)
	return p
}
