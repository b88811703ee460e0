package parcel

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/label"
	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Settings are what the operator has decided about parcels.
type Settings struct {
	// a door that does not serve pauses the clock of its parcel after this long; 0: never
	PauseAfter time.Duration
	// what is left to collect a parcel at least when its clock goes on
	ResumeGrace time.Duration
	HoldPauses  bool // a parcel on hold has its clock paused
	ExplainDays int  // codes that are over are explained for so long; 0: 30
	// when the station can be reached: other hours count for no deadline
	Hours calendar.Hours
	// the time to collect a parcel counts from when its recipient was told, which is waited
	// for so long; 0: it counts from the deposit
	NoticeWait time.Duration
	Extensions Extensions
	// Unannounced: couriers may deposit parcels that nobody has announced.
	Unannounced bool
	Together    Together // which parcels may be collected with the code of one of them
	Nearest     []string // numbers of the doors, nearest the screen first; empty: as on the wall
	// SixDigits: a PIN has six digits and goes with the last four of the recipient's phone,
	// where that is known; else eight.
	SixDigits bool
	// Rotating: codes may have a tail that changes, and parcels may demand it.
	Rotating bool
	Tries    int // wrong tails for one parcel; 0: 10

	Delegates    bool          // the bearer of a parcel may send somebody else for it
	DelegateTime time.Duration // for so long; 0: as long as the parcel waits
	Writes       bool          // somebody here writes messages to customers
	// how long a code opens its door once more that has just been emptied; 0: not at all
	ReopenGrace time.Duration
	Station     string   // the id of this station
	Shelf       []string // places at the counter that staff keep parcels on; empty: there is none
	Elsewhere   []Place  // where its bearer may have a parcel sent at the kiosk
	// an expired parcel may be collected for so much longer; 0: not at all
	Rescue       time.Duration
	RescueYields bool // and staff take it out before when no other door would take it
}

// ParcelRenamed: a parcel that a courier had brought was announced under another id, by
// which it is known from now on. What the announcement says of it follows as parcel.changed.
type ParcelRenamed struct {
	OfParcel
	Was string `json:"was"` // its id before
}

func (ParcelRenamed) Type() string { return "parcel.renamed" }

func (f *ParcelRenamed) Apply(s *ledger.State, _ time.Time) {
	p, ok := Parcels.Get(s, f.Was)
	if !ok {
		return
	}
	Parcels.Delete(s, f.Was)
	p.ID, p.Was, p.Unannounced = f.ParcelID, f.Was, false
	p.Rev++
	Parcels.Put(s, p.ID, p)
	if r := recipientOf(s, f.Was); r != nil {
		Recipients.Delete(s, f.Was)
		Recipients.Put(s, p.ID, *r)
	}
	if x, ok := Factors.Get(s, f.Was); ok {
		Factors.Delete(s, f.Was)
		Factors.Put(s, p.ID, x)
	}
	for _, c := range credentialsOf.Find(s, f.Was) {
		c.Parcel = p.ID
		Credentials.Put(s, c.Hash, c)
		if used, ok := Tokens.Get(s, c.Hash); ok {
			used.Parcel = p.ID
			Tokens.Put(s, c.Hash, used)
		}
	}
	if d, ok := Delegations.Get(s, f.Was); ok {
		Delegations.Delete(s, f.Was)
		d.Parcel = p.ID
		Delegations.Put(s, p.ID, d)
	}
	if p.Shelf != "" {
		Shelf.Put(s, p.Shelf, OnShelf{p.Shelf, p.ID})
	}
	for _, n := range wall.Compartments.Keys(s) {
		wall.Change(s, n, func(c *wall.Compartment) {
			if c.Parcel == f.Was {
				c.Parcel = p.ID
			}
		})
		for _, o := range wall.OpeningsOf(s, n) {
			if o.Parcel == f.Was {
				o.Parcel = p.ID
				wall.Openings.Put(s, o.ID, o)
			}
		}
	}
}

// newcomer is the parcel that a courier has brought without its announcement, if the
// operator takes such parcels. It is here with its deposit, not before.
func newcomer(t *visit.Turn, c visit.Present) (p Parcel, ok bool) {
	settings := settings(t.Policy)
	text := label.Bare(c.Label)
	if !validLabel(text) {
		text = label.Key(text)
	}
	if !settings.Unannounced || c.CodeHash != "" || c.BadgeHash != "" || c.CardNumber || text == "" ||
		!validLabel(text) || !label.IsOfParcel(c.Label) || likeCode(text) || plain.HasPrintedCard(text) {
		return p, false
	}
	return Parcel{
		ID: "L-" + t.NewID(), Label: text, State: Announced, Unannounced: true,
		PickupHours: t.Policy.PickupHours,
	}, true
}

// likeCode reports whether a text may be a code of ours that a reader has changed: in small
// letters, or in groups. A code is nobody's label: labels are kept and told.
func likeCode(text string) bool {
	text, _, _ = strings.Cut(strings.ToUpper(strings.ReplaceAll(text, "-", "")), ".") // and its tail
	return len(text) == codeLength && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// codeLength is that of package secret's codes, in characters.
const codeLength = 26

// isNew reports whether nothing is kept of a parcel yet.
func (p Parcel) isNew() bool { return p.Rev == 0 }

// takeIn notes a parcel that nobody has announced.
func takeIn(t *visit.Turn, p Parcel) {
	t.Emit(&ParcelAnnounced{OfParcel: of(p), PickupHours: p.PickupHours, Unannounced: true})
}

// afterwards is for how long an announcement may be of a parcel that was brought and
// collected before it came: as long as a token lives.
const afterwards = 30 * 24 * time.Hour

// broughtBefore finds the parcel that an announcement is about and a courier has brought
// already, among those its label may mean.
func broughtBefore(t *visit.Turn, others []Parcel) (found Parcel, ok bool) {
	for _, p := range others {
		switch {
		case !p.Unannounced, p.State.Final() && p.EndedAt != nil && t.Now.Sub(*p.EndedAt) > afterwards,
			p.State == Cancelled, p.ID == found.ID:
		case !ok, found.State.Final() && !p.State.Final():
			found, ok = p, true
		case p.State.Final() == found.State.Final():
			return Parcel{}, false // which of them, nobody can say
		}
	}
	return found, ok
}

// takeOver has a parcel that a courier has brought go on under the id it is announced by.
// rest are the others that the label may mean.
func takeOver(t *visit.Turn, id string, a *Announcement, others []Parcel) (rest []Parcel, took bool) {
	was, ok := broughtBefore(t, others)
	if !ok {
		return others, false
	}
	if end := was.over(t.Policy.RecipientDays); was.State.Final() || end != nil && !t.Now.Before(*end) {
		a.Recipient = nil // nothing is left to tell them
	}
	t.Emit(&ParcelRenamed{OfParcel{ParcelID: id, OrderID: a.OrderID, Label: a.Label}, was.ID})
	t.EveryVisit(func() {
		for _, of := range []*string{&t.Visit.Parcel, &t.Visit.Last, &t.Visit.Printed} {
			if *of == was.ID {
				*of = id
			}
		}
	})
	return slices.DeleteFunc(slices.Clone(others), func(p Parcel) bool { return p.ID == was.ID }), true
}
