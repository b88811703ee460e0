package api

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/sync/hub"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed parcels.json
var parcelsFragment []byte

// Parcels announces parcels for stations, and reads what has become of them.
type Parcels interface {
	Station(ctx context.Context, id string) (hub.Station, error)
	Parcel(ctx context.Context, station, id string) (hub.Parcel, error)
	Parcels(ctx context.Context, f hub.ParcelFilter) (page []hub.Parcel, next string, err error)
	Announce(ctx context.Context, by, station, id string, announcement json.RawMessage) error
	CancelParcel(ctx context.Context, by, station, id string) error
	HoldParcel(ctx context.Context, by, station, id, kind, reason string) error
	RedirectParcel(ctx context.Context, by, station, id, to, reason string) error
	RecallParcel(ctx context.Context, by, station, id, reason string) error
	StayParcel(ctx context.Context, by, station, id, why string) error
	ReleaseParcel(ctx context.Context, by, station, id string) error
	PatchParcel(ctx context.Context, by, station, id string, merge hub.Merge, cond ledger.Condition) error
	ReissueCode(ctx context.Context, by, station, id, reason string) error
	RevokeCode(ctx context.Context, by, station, id, reason string) error
}

type parcelsFamily struct{ hub Parcels }

// parcels is the family of parcels over all stations.
func parcels(h Parcels) rest.Family {
	f := parcelsFamily{h}
	const one = at + "/parcels/{id}"
	query := []string{"state", "text", "paused", "limit", "page_token"}
	return rest.Family{Name: "parcels", Fragment: parcelsFragment, Routes: []rest.Route{
		{Method: "PUT", Path: one, Scope: writeParcels, Run: rest.Plain(f.put)},
		{Method: "PATCH", Path: one, Scope: writeParcels, Run: rest.Plain(f.patch), Media: rest.MergePatch},
		{Method: "GET", Path: one, Scope: readParcels, Run: rest.Plain(f.get)},
		{Method: "POST", Path: one + "/cancel", Repeat: rest.Again, Scope: writeParcels,
			Run: rest.Empty(f.cancel)},
		{Method: "POST", Path: one + "/hold", Repeat: rest.Again, Scope: writeParcels,
			Run: rest.MayRead(f.hold)},
		{Method: "POST", Path: one + "/release", Repeat: rest.Again, Scope: writeParcels,
			Run: rest.Empty(f.release)},
		{Method: "POST", Path: one + "/redirection", Repeat: rest.Again, Scope: writeParcels,
			Run: rest.Reads(f.redirect)},
		{Method: "DELETE", Path: one + "/redirection", Scope: writeParcels, Run: rest.Empty(f.endRedirection)},
		{Method: "POST", Path: one + "/recall", Repeat: rest.Again, Scope: writeParcels,
			Run: rest.MayRead(f.recall)},
		{Method: "DELETE", Path: one + "/recall", Scope: writeParcels, Run: rest.Empty(f.endRecall)},
		{Method: "POST", Path: one + "/code", Repeat: rest.Once, Scope: writeParcels,
			Run: rest.MayRead(f.reissueCode)},
		{Method: "DELETE", Path: one + "/code", Scope: writeParcels, Run: rest.Empty(f.revokeCode)},
		{Method: "GET", Path: at + "/parcels", Scope: readParcels, Run: rest.Plain(f.list), Query: query},
		{Method: "GET", Path: "/v1/parcels", Scope: readParcels, Run: rest.Plain(f.list), Query: query},
	}}
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

// A parcel as readers get it.
type parcelBody struct {
	Station   string     `json:"station"`
	ID        string     `json:"id"`
	State     string     `json:"state"`
	Door      string     `json:"door,omitempty"`
	OrderID   string     `json:"order_id,omitempty"`
	Direction string     `json:"direction,omitempty"`
	Labels    []string   `json:"labels"`
	Held      bool       `json:"held"`
	Code      string     `json:"code_state,omitempty"`
	ToCheck   bool       `json:"to_check,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Deadline  *time.Time `json:"deadline,omitempty"`
	Stored    *time.Time `json:"stored,omitempty"`
	Ended     *time.Time `json:"ended,omitempty"`
	Contact   bool       `json:"contact"`
	Message   string     `json:"message,omitempty"`
	Refused   string     `json:"refused,omitempty"`
	Changed   *time.Time `json:"changed,omitempty"`

	HoldKind string       `json:"hold_kind,omitempty"`
	Paused   *hub.Pause   `json:"paused,omitempty"`
	Leaving  *hub.Leaving `json:"leaving,omitempty"`
	Shelf    string       `json:"shelf,omitempty"`
	Rescue   *time.Time   `json:"rescue_until,omitempty"`
	By       string       `json:"by,omitempty"`
	Delegate bool         `json:"delegated,omitempty"`
	From     string       `json:"redirected_from,omitempty"`
}

func parcelAs(p hub.Parcel) parcelBody {
	if p.Labels == nil {
		p.Labels = []string{}
	}
	return parcelBody{
		Station: p.Station, ID: p.ID, State: p.State, Door: p.Door, OrderID: p.OrderID, Direction: p.Direction,
		Labels: p.Labels, Held: p.Held, Code: p.Code, ToCheck: p.ToCheck,
		Reason: p.Reason, Deadline: p.Deadline, Stored: p.Stored,
		Ended: p.Ended, Contact: p.Contact, Message: p.Message, Refused: p.Refused, Changed: maybe(p.Changed),
		HoldKind: p.Ways.HoldKind, Paused: p.Ways.Paused, Leaving: p.Ways.Leaving, Shelf: p.Ways.Shelf,
		Rescue: p.Ways.Rescue, By: p.Ways.By, Delegate: p.Ways.Delegated, From: p.Ways.From,
	}
}

// put announces a parcel for a station, or announces it anew.
func (f parcelsFamily) put(x *rest.Exchange) error {
	id, station := x.Var("id"), x.Var("station")
	if !strict.ValidID(station) {
		return noSuchStation
	}
	if !strict.ValidID(id) {
		return parcel.BadParcelID()
	}
	if err := unconditional(x); err != nil {
		return err
	}
	var body json.RawMessage
	if err := x.Body(func(b []byte) error { body = document(b); return nil }); err != nil {
		return err
	}
	_, err := f.hub.Parcel(x.Context(), station, id)
	made := ledger.CodeOf(err) == ledger.NotFound
	if err != nil && !made {
		return err
	}
	if err := f.hub.Announce(x.Context(), x.Client(), station, id, body); err != nil {
		return err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
		x.Header().Set("Location", "/v1/stations/"+station+"/parcels/"+id)
	}
	return f.answer(x, status, station, id)
}

// fixed are members of what is read that are no part of an announcement.
var fixed = []string{
	"station", "id", "state", "door", "direction", "held", "code_state", "to_check", "reason",
	"deadline", "stored",
	"ended", "contact", "message", "refused", "changed", "hold_kind", "paused", "leaving", "shelf",
	"rescue_until",
	"by", "delegated", "redirected_from",
}

// patch announces a parcel anew with some members changed.
func (f parcelsFamily) patch(x *rest.Exchange) error {
	names, err := named(x, noSuchParcel, "station", "id")
	if err != nil {
		return err
	}
	p, err := x.ReadPatch(fixed...)
	if err != nil {
		return err
	}
	station, id := names["station"], names["id"]
	cond, err := x.Condition(func() (int64, error) {
		is, err := f.hub.Parcel(x.Context(), station, id)
		return is.Rev, err
	})
	if err == nil {
		err = f.hub.PatchParcel(x.Context(), x.Client(), station, id, p.Merge, cond)
	}
	if err != nil {
		return sameNotFound(err, noSuchParcel)
	}
	return f.answer(x, http.StatusOK, station, id)
}

// document is a body as it can be kept: without a byte order mark.
func document(b []byte) json.RawMessage {
	return bytes.Clone(bytes.TrimPrefix(b, []byte("\ufeff")))
}

// answer reads a parcel and answers with it.
func (f parcelsFamily) answer(x *rest.Exchange, status int, station, id string) error {
	p, err := f.hub.Parcel(x.Context(), station, id)
	if err != nil {
		return sameNotFound(err, noSuchParcel)
	}
	x.Tagged(rest.Tag(p.Rev))
	return x.Encode(status, parcelAs(p))
}

func (f parcelsFamily) get(x *rest.Exchange) error {
	names, err := named(x, noSuchParcel, "station", "id")
	if err != nil {
		return err
	}
	p, err := f.hub.Parcel(x.Context(), names["station"], names["id"])
	if err != nil {
		return sameNotFound(err, noSuchParcel)
	}
	if done, err := x.Unchanged(rest.Tag(p.Rev)); done || err != nil {
		return err
	}
	x.Tagged(rest.Tag(p.Rev))
	return x.Encode(http.StatusOK, parcelAs(p))
}

// change does what one method of the hub does and answers with the parcel.
func (f parcelsFamily) change(
	x *rest.Exchange, change func(ctx context.Context, by, station, id string) error,
) error {
	names, err := named(x, noSuchParcel, "station", "id")
	if err != nil {
		return err
	}
	if err := unconditional(x); err != nil {
		return err
	}
	if err := change(x.Context(), x.Client(), names["station"], names["id"]); err != nil {
		return sameNotFound(err, noSuchParcel)
	}
	return f.answer(x, http.StatusOK, names["station"], names["id"])
}

func (f parcelsFamily) cancel(x *rest.Exchange) error  { return f.change(x, f.hub.CancelParcel) }
func (f parcelsFamily) release(x *rest.Exchange) error { return f.change(x, f.hub.ReleaseParcel) }

// reason is why a shop holds a parcel, if it says so.
type reason struct {
	Reason string `json:"reason" check:"text=1..200" slug:"reason"`
}

// holding is as what a parcel is held, and why.
type holding struct {
	Kind   string `json:"kind"   check:"one=customs|fee|identity|shop" slug:"hold-kind"`
	Reason string `json:"reason" check:"text=1..200"                   slug:"reason"`
}

func (f parcelsFamily) hold(x *rest.Exchange, as holding) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.HoldParcel(ctx, by, station, id, as.Kind, as.Reason)
	})
}

// redirection is where a parcel is collected instead, and why.
type redirection struct {
	To     string `json:"to"     check:"required,text=1..64" slug:"place"`
	Reason string `json:"reason" check:"text=1..200"         slug:"reason"`
}

func (f parcelsFamily) redirect(x *rest.Exchange, r redirection) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.RedirectParcel(ctx, by, station, id, r.To, r.Reason)
	})
}

func (f parcelsFamily) recall(x *rest.Exchange, why reason) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.RecallParcel(ctx, by, station, id, why.Reason)
	})
}

func (f parcelsFamily) stay(x *rest.Exchange, why string) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.StayParcel(ctx, by, station, id, why)
	})
}

func (f parcelsFamily) endRedirection(x *rest.Exchange) error { return f.stay(x, parcel.ToElsewhere) }
func (f parcelsFamily) endRecall(x *rest.Exchange) error      { return f.stay(x, parcel.ToSender) }

func (f parcelsFamily) reissueCode(x *rest.Exchange, why reason) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.ReissueCode(ctx, by, station, id, why.Reason)
	})
}

func (f parcelsFamily) revokeCode(x *rest.Exchange) error {
	return f.change(x, func(ctx context.Context, by, station, id string) error {
		return f.hub.RevokeCode(ctx, by, station, id, "")
	})
}

// list answers with a page of parcels by station and id.
func (f parcelsFamily) list(x *rest.Exchange) (err error) {
	filter := hub.ParcelFilter{Station: x.Var("station")}
	if filter.Station != "" && !strict.ValidID(filter.Station) {
		return noSuchStation
	}
	if filter.Station != "" {
		if _, err := f.hub.Station(x.Context(), filter.Station); err != nil {
			return sameNotFound(err, noSuchStation)
		}
	}
	if filter.Limit, filter.After, err = paged(x.Query()); err != nil {
		return err
	}
	if err := words(x.Query(), map[string]*string{"state": &filter.State, "text": &filter.Text}); err != nil {
		return err
	}
	if filter.Paused, err = flagged(x.Query(), "paused"); err != nil {
		return err
	}
	all, next, err := f.hub.Parcels(x.Context(), filter)
	if err != nil {
		return err
	}
	page := []parcelBody{}
	for _, p := range all {
		page = append(page, parcelAs(p))
	}
	return x.Encode(http.StatusOK, list("parcels", page, next))
}
