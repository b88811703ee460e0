package members_test

import (
	"slices"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// atParcel has somebody stand at the page of p, which can be sent elsewhere.
func atParcel(t *testing.T, who parcel.Recipient, change func(*town)) *town {
	w := newTown(t)
	w.pickup = parcel.Settings{
		Station: "here", Rescue: 24 * time.Hour, Delegates: true, Extensions: parcel.Extensions{Most: 1, Hours: 24},
		Elsewhere: []parcel.Place{{ID: parcel.Counter}, {ID: "north", Name: "North Gate"}, {ID: "east"}},
	}
	w.broughtTo("p", who)
	if change != nil {
		change(w)
	}
	w.act(view.ActStartBearer, "")
	w.shows(w.codeOf("p"))
	return w
}

func TestTheBearerHasAParcelSentElsewhere(t *testing.T) {
	for place, want := range map[string]view.BearerPlace{
		parcel.Counter: {Value: parcel.Counter, Counter: true},
		"north":        {Value: "north", Name: "North Gate"},
		"east":         {Value: "east", Name: "east"},
	} {
		t.Run(place, func(t *testing.T) {
			w := atParcel(t, parcel.Recipient{}, nil)
			w.act(view.ActElsewhere, "")
			if v := w.at(view.StepBearerElsewhere); len(v.Bearer.Places) != 3 {
				t.Fatalf("offered is %+v", v.Bearer.Places)
			}
			w.act(view.ActPick, place)
			if v := w.at(view.StepBearerMove); *v.Bearer.To != want {
				t.Errorf("asked is %+v", v.Bearer.To)
			}
			w.act(view.ActBack, "")
			w.act(view.ActPick, place)
			if p, _ := parcel.Parcels.Get(w.state(), "p"); p.Leaving != nil {
				t.Fatal("it goes before anybody has said yes")
			}
			w.act(view.ActYes, "")
			if v := w.at(view.StepBearerMoved); *v.Bearer.To != want {
				t.Errorf("told is %+v", v.Bearer.To)
			}
			p, _ := parcel.Parcels.Get(w.state(), "p")
			if p.Leaving == nil || p.Leaving.To != place || p.State != parcel.Stored {
				t.Fatalf("it is %+v", p)
			}
			told := w.facts[slices.IndexFunc(w.facts, is[*parcel.ParcelRedirected])].(*parcel.ParcelRedirected)
			if !told.Bearer || told.By != "" {
				t.Errorf("told as %+v", told)
			}
			w.act(view.ActBack, "")
			v := w.at(view.StepBearerParcel)
			if len(v.Actions) == 0 || v.Bearer.Chosen.Leaving != parcel.ToElsewhere || *v.Bearer.Chosen.To != want {
				t.Errorf("its page is %+v", v.Bearer.Chosen)
			}
			for _, not := range []view.ActionName{
				view.ActOpenDoor, view.ActElsewhere, view.ActDelegate, view.ActAskTime,
			} {
				if v.Allows(not) {
					t.Errorf("it still offers %s", not)
				}
			}
			w.act(view.ActBack, "")
			orders := len(w.orders)
			w.shows(w.codeOf("p"))
			if v := w.at(view.StepPickupRefused); v.Reason != view.ReasonRedirected || len(w.orders) != orders {
				t.Errorf("its code is answered with %s", v.Reason)
			}
		})
	}
}

func TestOnlyWhatCanBeCollectedIsSentElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*town)
		places int // 0: it is not offered
	}{
		"no places": {func(w *town) { w.pickup.Elsewhere = nil }, 0},
		"held":      {func(w *town) { w.do(parcel.HoldParcel{ID: "p"}) }, 0},
		"recalled":  {func(w *town) { w.do(parcel.Recall{ID: "p"}) }, 0},
		"in rescue": {func(w *town) {
			w.now = w.now.Add(50 * time.Hour)
			w.do(visit.Tick{})
		}, 3},
		"at the counter": {func(w *town) {
			w.do(parcel.TakeToCounter{By: people.Tools, Parcel: "p", Reason: "asked for"})
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			w := atParcel(t, parcel.Recipient{}, c.change)
			v := w.at(view.StepBearerParcel)
			if v.Allows(view.ActElsewhere) != (c.places > 0) {
				t.Fatalf("it offers %v", v.Actions)
			}
			if c.places > 0 {
				w.act(view.ActElsewhere, "")
				if v := w.at(view.StepBearerElsewhere); len(v.Bearer.Places) != c.places {
					t.Errorf("the places are %+v", v.Bearer.Places)
				}
			}
		})
	}
}

// What happens to the parcel while its bearer is asked counts more than the answer.
func TestAParcelThatWasRecalledMeanwhileIsNotSentElsewhere(t *testing.T) {
	w := atParcel(t, parcel.Recipient{}, nil)
	w.act(view.ActElsewhere, "")
	w.act(view.ActPick, "north")
	w.do(parcel.Recall{ID: "p"})
	w.act(view.ActYes, "")
	v := w.at(view.StepBearerParcel)
	if p, _ := parcel.Parcels.Get(w.state(), "p"); p.Leaving.Why != parcel.ToSender ||
		v.Bearer.Chosen.Leaving != parcel.ToSender {
		t.Errorf("it is %+v", p.Leaving)
	}
}

// A photograph of the code of a valuable parcel does not send it away.
func TestAValuableParcelIsNotSentElsewhereByItsCodeAlone(t *testing.T) {
	w := newTown(t)
	w.pickup.Elsewhere = []parcel.Place{{ID: "north"}}
	w.valuable = true
	w.broughtTo("p", parcel.Recipient{Phone: "+491701234567"})
	w.act(view.ActStartBearer, "")
	w.shows(w.codeOf("p"))
	if v := w.at(view.StepBearerParcel); v.Allows(view.ActElsewhere) {
		t.Errorf("it offers %v", v.Actions)
	}
}
