// Package delegates is the resource family of those who may collect a parcel in place of
// its own bearer, with a code that opens this one door and does nothing else.
package delegates

import (
	"context"
	_ "embed"
	"net/http"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/visit"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// Station makes and ends delegations. Its methods answer after the commit; what the rules
// refuse comes back as a *ledger.Refusal.
type Station interface {
	// Delegate makes a code and a PIN for somebody else, and ends the delegation before.
	// to is whom the station writes to; nil: nobody.
	Delegate(ctx context.Context, id string, to *parcel.Recipient, actor string) (
		d parcel.Delegation, made visit.Secret, err error)
	// EndDelegation ends one. Repeating it is no error.
	EndDelegation(ctx context.Context, id, delegate, actor string) error
	// DelegationOf reads that of a parcel; nil: there is none. A parcel that is not here is
	// refused as NotFound.
	DelegationOf(ctx context.Context, id string) (*parcel.Delegation, error)
}

// The rights that these routes need, and the one without which no code is answered.
const (
	mayRead  = "parcels:read"
	mayWrite = "parcels:write"
	mayCodes = "codes:read"
)

type family struct{ station Station }

// Family is the family over a station.
func Family(st Station) rest.Family {
	f := family{st}
	const all = "/v1/parcels/{id}/delegates"
	return rest.Family{Name: "delegates", Fragment: fragment, Routes: []rest.Route{
		{Method: "POST", Path: all, Repeat: rest.OnceSecret, Scope: mayWrite, Run: rest.MayRead(f.make)},
		{Method: "GET", Path: all, Scope: mayRead, Run: rest.Plain(f.list)},
		{Method: "DELETE", Path: all + "/{delegate}", Scope: mayWrite, Run: rest.Empty(f.end)},
	}}
}

// contactBody is whom the station writes to.
type contactBody struct {
	Name     string `json:"name"     check:"text=0..200"`
	Email    string `json:"email"    check:"bytes=0..254"`
	Phone    string `json:"phone"    check:"bytes=0..100"`
	Language string `json:"language" check:"bytes=0..35"`
}

// body is how a delegate is named.
type body struct {
	Contact *contactBody `json:"contact"`
}

// told is a delegation as it is told. Nobody is named, and no code.
type told struct {
	ID      string     `json:"id"`
	Since   time.Time  `json:"since"`
	Until   *time.Time `json:"until,omitempty"`
	Through string     `json:"through"`
	Told    bool       `json:"told"`
}

func toldOf(d parcel.Delegation) told {
	return told{d.ID, d.Since.UTC(), d.Until, d.Through, d.Told}
}

// make answers with code and PIN, once, to whoever may have codes.
func (f family) make(x *rest.Exchange, b body) error {
	id := x.Var("id")
	if _, err := f.station.DelegationOf(x.Context(), id); err != nil {
		return sameNotFound(err) // before a code is made for it
	}
	codes := x.May(mayCodes)
	if b.Contact == nil && !codes {
		return ledger.Refuse(ledger.Conflict, "nobody-told",
			"nobody would be told the code: give a contact to write to, or use a key with codes:read")
	}
	var to *parcel.Recipient
	if c := b.Contact; c != nil {
		to = &parcel.Recipient{Name: c.Name, Email: c.Email, Phone: c.Phone, Language: c.Language}
	}
	d, made, err := f.station.Delegate(x.Context(), id, to, x.Actor())
	if err != nil {
		return sameNotFound(err)
	}
	x.Header()["Location"] = []string{"/v1/parcels/" + id + "/delegates/" + d.ID}
	if !codes {
		made = visit.Secret{}
	}
	return x.Encode(http.StatusCreated, struct {
		told
		Code string `json:"code,omitempty"`
		PIN  string `json:"pin,omitempty"`
	}{toldOf(d), made.Code, made.PIN})
}

// list answers with the delegation that goes on, if there is one.
func (f family) list(x *rest.Exchange) error {
	d, err := f.station.DelegationOf(x.Context(), x.Var("id"))
	if err != nil {
		return sameNotFound(err)
	}
	all := []told{}
	if d != nil {
		all = append(all, toldOf(*d))
	}
	return x.Encode(http.StatusOK, map[string]any{"delegates": all})
}

func (f family) end(x *rest.Exchange) error {
	if err := f.station.EndDelegation(x.Context(), x.Var("id"), x.Var("delegate"), x.Actor()); err != nil {
		return sameNotFound(err)
	}
	return x.Nothing()
}

var noSuchParcel = ledger.Refuse(ledger.NotFound, "no-such-parcel", "there is no parcel with this id here")

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if ledger.CodeOf(err) == ledger.NotFound {
		return noSuchParcel
	}
	return err
}
