// Package story tells what the log says of one parcel or one door as lines that a screen
// makes sentences of: what happened, when, who did it and why. Which facts are told is in
// one list (told.go). A line holds no personal data of a customer.
package story

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
)

// Most bounds the lines of a story.
const Most = 500

// A Log is what stories are made of. Keys are "parcels/ID" and "compartments/NUMBER".
type Log interface {
	// Story reads the last entries of a key, the oldest first.
	Story(ctx context.Context, key string, most int) ([]ledger.Entry, error)
	// StoryWithin is Story of the entries from one sequence to another.
	StoryWithin(ctx context.Context, key string, from, to int64, most int) ([]ledger.Entry, error)
	// Staff and Couriers list all accounts, removed ones included.
	Staff(ctx context.Context) ([]people.Employee, error)
	Couriers(ctx context.Context) ([]people.Courier, error)
}

// data is what of a fact's data a story may tell.
type data struct {
	Parcel      string `json:"parcel_id"`
	Order       string `json:"order_id"`
	Label       string `json:"label"`
	Compartment string `json:"compartment"`
	Opening     string `json:"opening"`
	Reason      string `json:"reason"`
	Why         string `json:"why"`
	Result      string `json:"result"`
	Credential  string `json:"credential"`
	ShownFor    string `json:"shown_for"` // the parcel whose code it was
	Presented   string `json:"presented"`
	Size        string `json:"size"`
	Deadline    string `json:"deadline"` // RFC 3339
	Stage       int    `json:"stage"`
	ToCheck     bool   `json:"to_check"`
	KeepsCode   bool   `json:"keeps_code"`
	Elsewhere   bool   `json:"elsewhere"`
	Copy        bool   `json:"copy"`
	By          string `json:"by"`     // id of an account of the staff
	Second      string `json:"second"` // likewise
	What        string `json:"what"`
	OrderedBy   string `json:"ordered_by"`
	Refused     string `json:"refused"`
	Kind        string `json:"kind"` // of a dispute
	Step        string `json:"step"` // with a door that stays closed
	Visit       string `json:"visit"`
	Actor       string `json:"actor"`
}

// OfParcel tells of a parcel, and of its door as long as it was behind it or bound to it:
// at most so many lines, the last ones, the oldest first.
func OfParcel(ctx context.Context, l Log, id string, most int) ([]view.StoryLine, error) {
	all, err := l.Story(ctx, "parcels/"+id, Most)
	if err != nil {
		return nil, err
	}
	for _, s := range stays(all) {
		door, err := l.StoryWithin(ctx, "compartments/"+s.door, s.from, s.to, Most)
		if err != nil {
			return nil, err
		}
		all = append(all, door...)
	}
	slices.SortFunc(all, func(a, b ledger.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
	all = slices.CompactFunc(all, func(a, b ledger.Entry) bool { return a.Seq == b.Seq })
	return tell(ctx, l, all, most, false)
}

// OfDoor tells of a door, and of the parcels that were behind it.
func OfDoor(ctx context.Context, l Log, number string, most int) ([]view.StoryLine, error) {
	all, err := l.Story(ctx, "compartments/"+number, Most)
	if err != nil {
		return nil, err
	}
	return tell(ctx, l, all, most, true)
}

// A stay is the part of the log in which a parcel had a door.
type stay struct {
	door     string
	from, to int64
}

// stays finds where a parcel was.
func stays(parcel []ledger.Entry) (all []stay) {
	const now = 1<<63 - 1
	open := false
	for _, e := range parcel {
		d := read(e)
		switch {
		case slices.Contains(ends, e.Type):
			if open {
				all[len(all)-1].to = e.Seq
			}
			open = false
		case d.Compartment != "" && (!open || all[len(all)-1].door != d.Compartment):
			all, open = append(all, stay{d.Compartment, e.Seq, now}), true
		}
	}
	return all
}

// read reads the data of an entry. What is not as it should be is left out.
func read(e ledger.Entry) (d data) {
	_ = json.Unmarshal(e.Data, &d)
	return d
}

// tell makes lines of entries.
func tell(ctx context.Context, l Log, all []ledger.Entry, most int, ofDoor bool) ([]view.StoryLine, error) {
	names, err := namesOf(ctx, l)
	if err != nil {
		return nil, err
	}
	return linesOf(names, all, most, ofDoor), nil
}

// OfOne tells one entry alone, which names the parcel where it is of one; false: it is told
// nowhere. Accounts are named by their ids.
func OfOne(e ledger.Entry) (view.StoryLine, bool) {
	lines := linesOf(names{}, []ledger.Entry{e}, 1, true)
	if len(lines) == 0 {
		return view.StoryLine{}, false
	}
	return lines[0], true
}

func linesOf(names names, all []ledger.Entry, most int, ofDoor bool) []view.StoryLine {
	lines, who := []view.StoryLine{}, visitorsOf(all)
	for _, e := range all {
		d, how := read(e), told[e.Type]
		actor := who.of(e, d, how.person)
		if _, is := told[e.Type]; !is || how.when != nil && !how.when(d) {
			continue
		}
		line := view.StoryLine{At: e.At, What: e.Type, Data: gaps(d)}
		if ofDoor {
			put(line.Data, "Parcel", short(d))
		}
		if line.Who = names.of(actor); line.Who != "" {
			line.Data["By"] = kindOf(actor)
		}
		if d.Second != "" {
			line.Data["Second"] = names.of("staff:" + d.Second)
		}
		lines = append(lines, line)
	}
	return lines[max(0, len(lines)-max(most, 1)):]
}

func put(gaps map[string]string, name, value string) {
	if value != "" {
		gaps[name] = value
	}
}

// gaps are what a sentence may have gaps for.
func gaps(d data) map[string]string {
	all := map[string]string{}
	put(all, "Door", d.Compartment)
	put(all, "Order", d.Order)
	put(all, "Reason", cmp.Or(d.Reason, d.Why, d.Result, d.Kind, d.Step))
	if put(all, "Credential", cmp.Or(d.Credential, d.Presented)); d.ShownFor != "" {
		all["Credential"] = "of_another"
	}
	put(all, "Size", d.Size)
	put(all, "What", d.What)
	put(all, "OrderedBy", d.OrderedBy)
	put(all, "Refused", d.Refused)
	put(all, "Deadline", d.Deadline)
	if d.Stage > 0 {
		all["Stage"] = strconv.Itoa(d.Stage)
	}
	for name, is := range map[string]bool{"ToCheck": d.ToCheck, "KeepsCode": d.KeepsCode, "Copy": d.Copy} {
		if is {
			all[name] = "yes"
		}
	}
	return all
}

// short names a parcel by the last four characters of its order or label.
func short(d data) string {
	r := []rune(cmp.Or(d.Order, d.Label, d.Parcel))
	if len(r) > 4 {
		return "…" + string(r[len(r)-4:])
	}
	return string(r)
}

// visitors know whom doors were opened for.
type visitors struct {
	visits map[string]string // visit and door -> actor
	doors  map[string]string // opening that is under way -> actor
}

func visitorsOf(all []ledger.Entry) visitors {
	v := visitors{map[string]string{}, map[string]string{}}
	for _, e := range all {
		if d := read(e); e.Type == "opening.intended" && d.Visit != "" {
			v.visits[d.Visit+" "+d.Compartment] = d.Actor
		}
	}
	return v
}

// of is the actor of an entry, in their order.
func (v visitors) of(e ledger.Entry, d data, person bool) string {
	here := v.visits[cmp.Or(e.Visit, d.Visit)+" "+d.Compartment]
	switch e.Type {
	case "opening.intended":
		v.doors[d.Opening] = d.Actor
	case "opening.abandoned": // whoever closes that door is not known
		delete(v.doors, d.Opening)
		return ""
	case "opening.rejoined":
		v.doors[d.Opening], v.visits[d.Visit+" "+d.Compartment] = "bearer", "bearer"
		return "bearer"
	case "parcel.pickup_authorised":
		return "bearer"
	// a door that nobody was let in to is not that of whoever is at the screen
	case "door.opened", "door.closed":
		return v.doors[d.Opening]
	}
	switch kind := kindOf(e.Actor); {
	case e.Type == "parcel.collected" && d.By != "":
		return d.By
	case d.By != "":
		return "staff:" + strings.TrimPrefix(d.By, "staff:")
	case kind != "":
		return e.Actor
	case person:
		return here
	}
	return ""
}
