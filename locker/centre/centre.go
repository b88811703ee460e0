// Package centre is the room of the line to a central order system: which one the station
// has joined, how far it has taken in what the centre changes, and what of that it refused.
// What the changes are about is decided by the rooms they belong to.
package centre

import (
	"errors"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// Actor is how facts name the centre where it has done something.
const Actor = "centre"

// A Line is what the station knows of its centre. The zero Line: it has joined none.
type Line struct {
	Station string    `json:"station"` // the station's id at the centre
	Centre  string    `json:"centre"`  // the centre's name, for people
	URL     string    `json:"url"`
	Joined  time.Time `json:"joined"`
	Epoch   string    `json:"epoch"`           // of the sequences that are pushed
	Begun   int64     `json:"begun"`           // the epoch has the facts behind this sequence
	Cursor  string    `json:"cursor"`          // changes up to here are taken in
	Set     int64     `json:"set_aside"`       // facts that the centre could not take in
	Last    string    `json:"last,omitempty"`  // id of the newest of them
	Since   time.Time `json:"since,omitempty"` // when that was
}

// Now is the line as it is.
var Now = ledger.NewSingle[Line]("centre")

// A Revision is how far a thing of the centre's is taken in, refused changes too.
type Revision struct {
	Station    string `json:"station"` // the station's id at that centre
	Collection string `json:"collection"`
	ID         string `json:"id"`
	Rev        int64  `json:"rev"`
	Refused    string `json:"refused,omitempty"` // slug; empty: it was taken in
}

// Revisions are by collection and id, and are read when they are asked for.
var Revisions = ledger.NewTable[Revision]("centre_revisions", "thing")

func thing(collection, id string) string { return collection + "/" + id }

// row is a thing of the centre that the station belongs to now: those of another one are
// others. The table is too large to be gone through when a line ends.
func row(s *ledger.State, collection, id string) string {
	return Now.Read(s).Station + "/" + thing(collection, id)
}

// Knows reports whether the centre that the station belongs to has told it of a thing.
func Knows(s *ledger.State, collection, id string) bool {
	_, told := Revisions.Get(s, row(s, collection, id))
	return told
}

// Room is the line to the centre.
var Room = visit.Room{Module: ledger.Module{
	Name: "centre",
	Facts: []ledger.Fact{
		&Joined{}, &Left{}, &EpochBegun{}, &ChangesTaken{}, &ChangeRefused{}, &FactSetAside{},
		&PolicyKept{}, &PolicyDropped{}, &TextKept{}, &TextDropped{}, &Renamed{},
		&KeysKept{}, &NeighbourKept{}, &NeighbourDropped{},
	},
	Tables: []*ledger.Spec{Now.Spec, Revisions.Spec, Policies.Spec, Texts.Spec, SettingsNow.Spec, Keys.Spec,
		Neighbours.Spec},
}, Adds: says}

// Change names a change that the centre has sent.
type Change struct {
	Collection string `json:"collection"`
	ID         string `json:"id"`
	Rev        int64  `json:"rev"`
}

type (
	// Joined: the station belongs to a centre from now on.
	Joined struct {
		Station string    `json:"station"`
		Centre  string    `json:"centre"`
		URL     string    `json:"url"`
		Epoch   string    `json:"epoch"`
		At      time.Time `json:"at"`
	}
	// Left: it belongs to none any more.
	Left struct {
		Why string `json:"why"`
	}
	// EpochBegun: the sequences behind a fact are told under another name, because this log
	// went on from a copy.
	EpochBegun struct {
		Epoch string `json:"epoch"`
		After int64  `json:"after"`
	}
	// ChangesTaken: a page of changes has been decided, and the next one begins at the cursor.
	ChangesTaken struct {
		Cursor string   `json:"cursor"`
		Taken  []Change `json:"taken,omitempty"`
	}
	// ChangeRefused: a change of the centre's contradicts what is so at the station.
	ChangeRefused struct {
		Change
		ParcelID string `json:"parcel_id,omitempty"` // when it was about one
		Slug     string `json:"slug"`
		Reason   string `json:"reason"`
	}
	// FactSetAside: the centre could not take a fact in and has put it aside. It is not
	// pushed again.
	FactSetAside struct {
		Sequence int64  `json:"sequence"`
		ID       string `json:"id"`
		Reason   string `json:"reason"`
	}
)

// Type is the fact's name; Subject and Published as for every fact.
func (Joined) Type() string      { return "centre.joined" }
func (f Joined) Subject() string { return "centre" }
func (Joined) Published() bool   { return false }

// Apply begins a line.
func (f *Joined) Apply(s *ledger.State, _ time.Time) {
	forgetWords(s)
	Now.Write(s, Line{Station: f.Station, Centre: f.Centre, URL: f.URL, Joined: f.At, Epoch: f.Epoch})
}

// Type is the fact's name.
func (Left) Type() string { return "centre.left" }

// Subject is the line.
func (Left) Subject() string { return "centre" }

// Published: nobody is there who would read it.
func (Left) Published() bool { return false }

// Apply ends the line.
func (*Left) Apply(s *ledger.State, _ time.Time) {
	forgetWords(s)
	Now.Clear(s)
}

// Type is the fact's name.
func (EpochBegun) Type() string { return "centre.epoch_begun" }

// Subject is the line.
func (EpochBegun) Subject() string { return "centre" }

// Published: the centre is told before.
func (EpochBegun) Published() bool { return false }

// Apply notes the epoch.
func (f *EpochBegun) Apply(s *ledger.State, _ time.Time) {
	l := Now.Read(s)
	l.Epoch, l.Begun = f.Epoch, f.After
	Now.Write(s, l)
}

// Type is the fact's name.
func (ChangesTaken) Type() string { return "centre.changes_taken" }

// Subject is the line.
func (ChangesTaken) Subject() string { return "centre" }

// Published: the centre sees by the next cursor it is asked for.
func (ChangesTaken) Published() bool { return false }

// Apply moves the cursor and the revisions.
func (f *ChangesTaken) Apply(s *ledger.State, _ time.Time) {
	l := Now.Read(s)
	if f.Cursor != "" {
		l.Cursor = f.Cursor
		Now.Write(s, l)
	}
	for _, c := range f.Taken {
		Revisions.Put(s, row(s, c.Collection, c.ID), Revision{
			Station: Now.Read(s).Station, Collection: c.Collection, ID: c.ID, Rev: c.Rev,
		})
	}
}

// Type is the fact's name.
func (ChangeRefused) Type() string { return "centre.change_refused" }

// Subject is the thing the change was about.
func (f ChangeRefused) Subject() string { return thing(f.Collection, f.ID) }

// Published: the centre has to know.
func (ChangeRefused) Published() bool { return true }

// Apply notes that this revision is not asked for again.
func (f *ChangeRefused) Apply(s *ledger.State, _ time.Time) {
	Revisions.Put(
		s,
		row(s, f.Collection, f.ID),
		Revision{
			Station:    Now.Read(s).Station,
			Collection: f.Collection,
			ID:         f.ID,
			Rev:        f.Rev,
			Refused:    f.Slug,
		},
	)
}

// Type is the fact's name.
func (FactSetAside) Type() string { return "centre.fact_set_aside" }

// Subject is the line.
func (FactSetAside) Subject() string { return "centre" }

// Published: the centre has told it.
func (FactSetAside) Published() bool { return false }

// Apply counts it.
func (f *FactSetAside) Apply(s *ledger.State, at time.Time) {
	l := Now.Read(s)
	l.Set++
	l.Last, l.Since = f.ID, at
	Now.Write(s, l)
}

// Known is what a change is refused with that was decided before.
var Known = ledger.Refuse(ledger.Stale, "known", "this revision is known")

// Newer decides what a change asks for, unless this revision or a later one was decided.
type Newer struct {
	Change
	visit.Command
	Gone bool // a snapshot does not have it any more: its revision is not compared
}

// Decide is that of the command.
func (c Newer) Decide(t *visit.Turn) error {
	if r, ok := Revisions.Get(t.State, row(t.State, c.Collection, c.ID)); ok && r.Rev >= c.Rev && !c.Gone {
		return Known
	}
	return c.Command.Decide(t)
}

// Took is decided behind the commands of a page, in the same transaction: it keeps the
// cursor, and says what was refused.
type Took struct {
	Station string   // of the line the page came by; another line now: nothing is kept
	Cursor  string   // empty: the page is a part, and the cursor stays
	Changes []Change // in the order of the commands
	Errs    []error  // what each was refused with; nil: it was not
}

// Decide emits what follows.
func (c Took) Decide(t *visit.Turn) error {
	if l := Now.Read(t.State); l.Station != c.Station || l.Station == "" {
		return ledger.Refuse(ledger.Conflict, "another-line", "the station has left this centre")
	}
	f := &ChangesTaken{Cursor: c.Cursor}
	for i, change := range c.Changes {
		refusal, refused := errors.AsType[*ledger.Refusal](c.Errs[i])
		switch {
		case !refused:
			f.Taken = append(f.Taken, change)
		case refusal.Slug != Known.Slug:
			f := &ChangeRefused{Change: change, Slug: refusal.Slug, Reason: refusal.Message}
			if change.Collection == "parcels" || change.Collection == "codes" {
				f.ParcelID = change.ID
			}
			t.Emit(f)
		}
	}
	if len(f.Taken) > 0 || f.Cursor != Now.Read(t.State).Cursor && f.Cursor != "" {
		t.Emit(f)
	}
	return nil
}

// Join begins a line.
type Join struct{ Joined }

// Decide refuses to join twice.
func (c Join) Decide(t *visit.Turn) error {
	if l := Now.Read(t.State); l.Station != "" {
		return ledger.Refuse(ledger.Conflict, "joined-already",
			"this station belongs to %s already; leave it first (cubbyctl centre leave)", l.Centre)
	}
	f := c.Joined
	f.At = t.Now
	t.Emit(&f)
	return nil
}

// Leave ends the line; repeating it changes nothing.
type Leave struct{ Why string }

// Decide ends it.
func (c Leave) Decide(t *visit.Turn) error {
	if Now.Read(t.State).Station != "" {
		t.Emit(&Left{c.Why})
	}
	return nil
}

// BeginEpoch notes another epoch.
type BeginEpoch struct{ EpochBegun }

// Decide notes it.
func (c BeginEpoch) Decide(t *visit.Turn) error {
	if Now.Read(t.State).Station == "" {
		return ledger.Refuse(ledger.Conflict, "another-line", "the station has left its centre")
	}
	f := c.EpochBegun
	t.Emit(&f)
	return nil
}

// SetAside notes facts the centre has put aside.
type SetAside struct{ Facts []FactSetAside }

// Decide notes each.
func (c SetAside) Decide(t *visit.Turn) error {
	for _, f := range c.Facts {
		t.Emit(&f)
	}
	return nil
}
