package down

import (
	"encoding/json"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/visit"
	"cubby/sync/api/parcels"
	"cubby/sync/protocol"
	"cubby/sync/strict"
)

type parcelDoc struct {
	Announcement json.RawMessage `json:"announcement" check:"required"`
	Held         bool            `json:"held"`
	Kind         string          `json:"hold_kind"    check:"text=0..32"`
	Reason       string          `json:"reason"       check:"text=0..200"`
	Client       string          `json:"client"       check:"text=0..100"`
	Leaving      *leavingDoc     `json:"leaving"`
}

type leavingDoc struct {
	Why    string `json:"why"     check:"required,one=redirected|recalled"`
	To     string `json:"to"      check:"text=0..64"`
	Name   string `json:"to_name" check:"text=0..100"`
	Reason string `json:"reason"  check:"text=0..200"`
}

// ofCentre goes before the names of clients that have announced parcels at the centre, not
// here.
const ofCentre = "centre:"

var parcelForm = strict.Declare[parcelDoc]()

func parcelChanged(_ *Down, c protocol.Change) (visit.Command, error) {
	doc, err := read[parcelDoc](parcelForm, c)
	if err != nil {
		return nil, err
	}
	a, err := parcels.TakeAnnouncement(doc.Announcement)
	if err != nil {
		return nil, inDocument(err, "/announcement")
	}
	client := ""
	if doc.Client != "" {
		client = ofCentre + doc.Client
	}
	return all{
		parcel.Announce{ID: c.ID, Announcement: a, Client: client},
		keep{c.ID, doc.Held, doc.Kind, doc.Reason}, leave{c.ID, doc.Leaving},
	}, nil
}

func parcelDeleted(_ *Down, id string) visit.Command { return known{parcel.Cancel{ID: id}} }

// keep holds a parcel for the centre, or releases what the centre holds.
type keep struct {
	id           string
	held         bool
	kind, reason string
}

// Decide leaves holds of others alone.
func (k keep) Decide(t *visit.Turn) error {
	p, _ := parcel.Parcels.Get(t.State, k.id)
	switch {
	case k.held:
		return parcel.HoldParcel{By: people.Centre, ID: k.id, Kind: k.kind, Reason: k.reason}.Decide(t)
	case p.OnHold != nil && p.OnHold.Centre:
		return parcel.ReleaseParcel{By: people.Centre, ID: k.id}.Decide(t)
	}
	return nil
}

// leave has a parcel go another way for the centre, or ends what the centre wanted.
type leave struct {
	id  string
	doc *leavingDoc
}

// Decide leaves what others want alone. What has come to the counter is where it was to go.
func (l leave) Decide(t *visit.Turn) error {
	p, _ := parcel.Parcels.Get(t.State, l.id)
	wants := ""
	if l.doc != nil {
		wants = l.doc.Why
	}
	if is := p.Leaving; is != nil && is.Why != wants && is.Centre && !p.State.Final() {
		stay := parcel.Stay{By: people.Centre, ID: l.id, Why: is.Why, ByCentre: true}
		if err := stay.Decide(t); err != nil {
			return err
		}
	}
	switch {
	case l.doc == nil, wants == parcel.ToElsewhere && l.doc.To == parcel.Counter &&
		p.State == parcel.CounterHeld:
		return nil
	case wants == parcel.ToSender:
		return parcel.Recall{By: people.Centre, ID: l.id, Reason: l.doc.Reason}.Decide(t)
	}
	return parcel.Redirect{
		By: people.Centre, ID: l.id, To: l.doc.To, Name: l.doc.Name, Reason: l.doc.Reason,
	}.Decide(t)
}
