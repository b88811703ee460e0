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
	Reason       string          `json:"reason"       check:"text=0..200"`
	Client       string          `json:"client"       check:"text=0..100"`
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
	return all{parcel.Announce{ID: c.ID, Announcement: a, Client: client}, keep{c.ID, doc.Held, doc.Reason}}, nil
}

func parcelDeleted(_ *Down, id string) visit.Command { return known{parcel.Cancel{ID: id}} }

// keep holds a parcel for the centre, or releases what the centre holds.
type keep struct {
	id     string
	held   bool
	reason string
}

// Decide leaves holds of others alone.
func (k keep) Decide(t *visit.Turn) error {
	p, _ := parcel.Parcels.Get(t.State, k.id)
	switch {
	case k.held:
		return parcel.HoldParcel{By: people.Centre, ID: k.id, Reason: k.reason}.Decide(t)
	case p.OnHold != nil && p.OnHold.Centre:
		return parcel.ReleaseParcel{By: people.Centre, ID: k.id}.Decide(t)
	}
	return nil
}
