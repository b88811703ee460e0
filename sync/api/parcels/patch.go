package parcels

import (
	"encoding/json"
	"net/http"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

// fixed are members of a parcel that are no part of its announcement.
var fixed = []string{
	"id", "state", "direction", "case", "compartment", "deadline", "paused", "extensions", "extended_hours",
	"noticed_at", "to_check", "on_hold", "code_state",
	"failed_reason", "announced_at", "stored_at", "counter_at", "ended_at", "rev",
}

// patch changes some members of an announcement. What the patch does not name stays, also
// a recipient whom the caller may not read.
func (f family) patch(x *rest.Exchange) error {
	id := x.Var("id")
	if !strict.ValidID(id) {
		return noSuchParcel
	}
	p, err := x.ReadPatch(fixed...)
	if err != nil {
		return err
	}
	var now parcel.Parcel
	err = x.Patched(p, func() ([]byte, int64, error) {
		is, recipient, err := f.reader.Parcel(x.Context(), id)
		if err != nil {
			return nil, 0, sameNotFound(err)
		}
		document, err := json.Marshal(announced(is, recipient))
		return document, is.Rev, err
	}, func(document []byte, cond ledger.Condition) error {
		a, err := readAnnouncement(document)
		if err == nil {
			now, _, err = f.station.Announce(x.Context(), id, a, cond, x.Actor())
		}
		return err
	})
	if err != nil {
		return discreet(x, err)
	}
	return answer(x, http.StatusOK, now, nil)
}

// announced is the body of the PUT that would have a parcel as it is.
func announced(p parcel.Parcel, r *parcel.Recipient) any {
	return struct {
		Label       string            `json:"label"`
		Labels      []string          `json:"labels,omitempty"`
		Dimensions  *wall.Dimensions  `json:"dimensions_mm,omitempty"`
		KeepUpright bool              `json:"keep_upright,omitempty"`
		WeightG     int               `json:"weight_g,omitempty"`
		Recipient   *parcel.Recipient `json:"recipient,omitempty"`
		OrderID     string            `json:"order_id,omitempty"`
		Accessible  bool              `json:"accessible,omitempty"`
		Valuable    bool              `json:"valuable,omitempty"`
		Rotating    bool              `json:"rotating,omitempty"`
		PickupHours int               `json:"pickup_hours"`
		ExchangeOf  string            `json:"exchange_of,omitempty"`
	}{p.Label, p.Labels, p.Dimensions, p.KeepUpright, p.WeightG, r, p.OrderID, p.Accessible,
		p.Valuable, p.Rotating,
		p.PickupHours,
		p.ExchangeOf}
}
