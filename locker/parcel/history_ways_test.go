package parcel

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// clients announce parcels, and whom is who they say these are for.
var (
	clients = []string{"key:a", "key:b", ""}
	whom    = []*Recipient{
		nil, {Name: "Ana"}, {Email: "ana@example.org"}, {Email: "ANA@example.org", Phone: "+4930123" + tail},
	}
)

// pickable draws a parcel of the list whose door can be opened.
func (h *history) pickable(t *rapid.T) string {
	all := slices.DeleteFunc(station.ViewOf(h, h.env()).OfPickup().List, func(one view.PickupItem) bool {
		return one.Done || one.Why != ""
	})
	return rapid.SampledFrom(all).Draw(t, "picked").Value
}

// one draws a parcel, one that is here if there is any.
func (h *history) one(t *rapid.T) string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(h.parcels)) {
		if p := h.parcels[id]; p.State.Inside() || p.State == CounterHeld {
			all = append(all, id)
		}
	}
	return rapid.SampledFrom(append(all, "p0")).Draw(t, "parcel")
}

// tail are the last digits of the phone of whom parcels are for.
const tail = "4567"

// waysSteps are all ways in which a parcel can be shown to be somebody's: by codes, PINs and
// tokens, those of other parcels of a person and those made anew, with a second factor. Two
// shops bring parcels for two people, and the core is killed now and then.
func (h *history) waysSteps(t *rapid.T) map[string]func(*rapid.T) {
	h.clients, h.well = 1, true
	h.policy.CallsStaff = true
	h.policy.Rooms = map[string]any{"parcel": anySettings(t)}
	all := h.counterSteps(t)
	full := h.steps(t)
	for _, n := range []string{"the core is killed", "door moves", "announce", "board silent"} {
		all[n] = full[n]
	}
	all["more parcels are brought"] = h.brought
	all["a parcel of the list"] = func(t *rapid.T) {
		if h.visit.Step != view.StepPickupChoose {
			t.Skip("there is no list")
		}
		full["touch"](t)
		full["outcome"](t)
		full["somebody closes the door"](t)
	}
	all["a PIN is typed"] = func(t *rapid.T) {
		if h.visit.ID == "" {
			h.decide(t, visit.Do{Action: view.Action{Name: view.ActStartPickup}})
		}
		if !slices.Contains(station.ViewOf(h, h.env()).Actions, view.ActPIN) {
			t.Skip("no PIN is taken")
		}
		h.decide(t, visit.TypePIN{
			Visit: h.visit.ID, PINHash: rapid.SampledFrom(append(h.pins, "wrong")).Draw(t, "PIN"),
			Tail: rapid.SampledFrom([]string{"", tail, "0000"}).Draw(t, "digits of the phone"),
		})
	}
	all["a token is shown"] = func(t *rapid.T) {
		k := aToken(fmt.Sprintf("t%d", rapid.IntRange(0, 9).Draw(t, "token")), labelled(t,
			rapid.IntRange(0, 6).Draw(t, "label")))
		k.Token.Expires = dawn.AddDate(0, 0, 20)
		h.decide(t, k)
	}
	all["another code is made"] = func(t *rapid.T) {
		h.decide(t, ReissueCode{By: people.Centre, ID: h.one(t)})
	}
	all["somebody else is sent"] = func(t *rapid.T) {
		h.fresh++ // for another secret
		h.decide(t, DelegateParcel{Parcel: h.one(t), Fresh: h.env().Fresh})
	}
	all["a delegate comes"] = func(t *rapid.T) {
		codes := slices.DeleteFunc(slices.Clone(h.codes), func(code string) bool {
			return h.credentials[code].State != Live || h.credentials[code].Kind != ByDelegate
		})
		if len(codes) == 0 {
			t.Skip("nobody was sent")
		}
		h.decide(t, visit.Present{CodeHash: rapid.SampledFrom(codes).Draw(t, "code"), Presented: "code"})
	}
	all["nobody else is sent after all"] = func(t *rapid.T) { h.decide(t, EndDelegation{Parcel: h.one(t)}) }
	all["a code is taken back"] = func(t *rapid.T) { h.decide(t, RevokeCode{By: people.Centre, ID: h.one(t)}) }
	delete(all, "a door is forced")
	h.otherWays(all)
	return all
}
