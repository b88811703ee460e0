package parcel

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/label"
	"cubby/locker/people"
	"cubby/locker/upkeep"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

func (h *history) steps(*rapid.T) map[string]func(*rapid.T) {
	numbers := rapid.SampledFrom(h.numbers)
	return map[string]func(*rapid.T){
		"announce": func(t *rapid.T) {
			number := rapid.IntRange(0, 6).Draw(t, "parcel")
			id := fmt.Sprintf("p%d", number)
			if rapid.IntRange(0, 4).Draw(t, "label of another") == 0 {
				number = rapid.IntRange(0, 6).Draw(t, "label")
			}
			var further []string
			for range rapid.IntRange(0, 2).Draw(t, "further labels") {
				further = append(further, carried(t, rapid.IntRange(0, 7).Draw(t, "carrier's number")))
			}
			side := rapid.SampledFrom([]int{50, 150, 350, 900}).Draw(t, "side")
			who := rapid.SampledFrom(whom).Draw(t, "recipient")
			client := rapid.SampledFrom(clients).Draw(t, "client")
			h.decide(t, Announce{ID: id, Client: client, Announcement: Announcement{Label: labelled(t, number),
				Labels:     further,
				Dimensions: &wall.Dimensions{Length: side, Width: side, Height: side}, Recipient: who,
				PickupHours: rapid.IntRange(1, 5).Draw(t, "hours"),
				Accessible:  rapid.Bool().Draw(t, "accessible")}})
		},
		"erase": func(t *rapid.T) {
			h.decide(t, EraseRecipient{ID: fmt.Sprintf("p%d", rapid.IntRange(0, 6).Draw(t, "parcel"))})
		},
		"cancel": func(t *rapid.T) {
			h.decide(t, Cancel{ID: fmt.Sprintf("p%d", rapid.IntRange(0, 6).Draw(t, "parcel"))})
		},
		"hold": func(t *rapid.T) {
			id := fmt.Sprintf("p%d", rapid.IntRange(0, 6).Draw(t, "parcel"))
			if rapid.IntRange(0, 2).Draw(t, "release") == 0 {
				h.decide(t, ReleaseParcel{ID: id})
				return
			}
			h.decide(t, HoldParcel{
				ID: id, Reason: rapid.SampledFrom([]string{"", "refunded"}).Draw(t, "reason"),
			})
		},
		"badge": func(t *rapid.T) {
			h.goes(t)
			h.decide(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
		},
		"label": func(t *rapid.T) {
			h.goes(t)
			spell := rapid.SampledFrom([]func(*rapid.T, int) string{labelled, carried}).Draw(t, "label of")
			text, before := spell(t, rapid.IntRange(0, 7).Draw(t, "label")), len(h.orders)
			h.decide(t, visit.Present{Label: text, Presented: "label"})
			if len(h.orders) > before && !means(h.parcels[h.here().Parcel], label.Keys(text)) {
				t.Fatalf("%s opened a door for %+v", text, h.parcels[h.here().Parcel])
			}
		},
		"foreign": func(t *rapid.T) {
			h.goes(t)
			h.decide(t, rapid.SampledFrom([]visit.Present{{Presented: "unreadable"},
				{Label: "L-nobody", Presented: "label"},
				{BadgeHash: "nobody's", Presented: "badge"}}).Draw(t, "scan"))
		},
		"code": func(t *rapid.T) {
			h.goes(t)
			h.decide(t, visit.Present{
				CodeHash: rapid.SampledFrom(append(h.codes, "wrong")).Draw(t, "code"), Presented: "code",
			})
		},
		"touch": func(t *rapid.T) {
			h.goes(t)
			a := view.Action{
				Visit: h.here().ID, Name: rapid.SampledFrom(station.ViewOf(h, h.env()).Actions).
					Draw(t, "action"),
			}
			if a.Name == view.ActPIN {
				h.decide(t, visit.TypePIN{
					Visit: a.Visit, PINHash: rapid.SampledFrom([]string{"pin1", "wrong"}).Draw(t, "pin"),
					CourierHash: "pin-k1",
				})
				return
			}
			if a.Name == view.ActLanguage {
				a.Value = rapid.SampledFrom(h.policy.Languages).Draw(t, "language")
			}
			if a.Name == view.ActPick {
				a.Value = h.pickable(t)
			}
			if v := station.ViewOf(h, h.env()); rapid.Bool().Draw(t, "says where") {
				a.Step, a.Door, a.Parcel = v.Step, v.Door(), v.Parcel()
			}
			if _, err := station.Decide(h, visit.Do{Action: a}, h.env()); err != nil {
				t.Fatalf("the page %s offers %s and refuses it: %v", h.here().Step, a.Name, err)
			}
			h.decide(t, visit.Do{Action: a})
		},
		"outcome": func(t *rapid.T) {
			if len(h.pending) == 0 {
				t.Skip("nothing ordered")
			}
			o := h.pending[0]
			h.pending = h.pending[1:]
			r := rapid.SampledFrom([]door.Result{
				door.ConfirmedOpen, door.ConfirmedOpen, door.Stuck, door.Unanswered, door.Uncertain,
				door.Refused,
			}).Draw(t, "result")
			e := door.Ended{Opening: o.Opening, Compartment: o.Compartment, Result: r, At: h.now}
			e.Pulsed = r == door.ConfirmedOpen || r == door.Stuck || rapid.Bool().Draw(t, "pulsed")
			if r == door.Refused && rapid.Bool().Draw(t, "rest") {
				e.Rest = 20 * time.Second
			}
			if r == door.ConfirmedOpen {
				h.physical[o.Compartment] = door.Open
				if rapid.Bool().Draw(t, "seen first") {
					h.see(t, o.Compartment, door.PresenceUnknown)
				}
			}
			h.decide(t, visit.EndOpening{Ended: e})
		},
		"door moves": func(t *rapid.T) {
			n := numbers.Draw(t, "door")
			h.physical[n] = rapid.SampledFrom([]door.State{
				door.Closed, door.Closed, door.Closed, door.Open,
			}).Draw(t, "state")
			h.see(t, n, presences.Draw(t, "presence"))
		},
		"a driven door is seen at last": func(t *rapid.T) {
			n := numbers.Draw(t, "door")
			if !h.unread[n] {
				t.Skip("it is known")
			}
			h.physical[n] = rapid.SampledFrom([]door.State{door.Open, door.Closed}).Draw(t, "state")
			h.see(t, n, presences.Draw(t, "presence"))
		},
		"somebody closes the door": func(t *rapid.T) {
			h.goes(t)
			n := h.here().Compartment
			if n == "" {
				t.Skip("no door in use")
			}
			h.physical[n] = door.Closed
			h.see(t, n, presences.Draw(t, "presence"))
		},
		"board silent": func(t *rapid.T) {
			h.decide(t, visit.SeeDoor{Seen: door.Seen{
				Compartment: numbers.Draw(t, "door"), State: door.Unknown, At: h.now,
			}})
		},
		"time passes": func(t *rapid.T) {
			h.now = h.now.Add(time.Duration(rapid.SampledFrom([]int{
				1, 5, 20, 70, 130, 4000,
			}).Draw(t, "seconds")) * time.Second)
			h.decide(t, visit.Tick{})
		},
		"staff": func(t *rapid.T) {
			n := numbers.Draw(t, "door")
			if rapid.IntRange(0, 9).Draw(t, "nobody knows what is inside") == 0 {
				h.decide(t, upkeep.LookInside{Why: "lost"})
				for _, n := range h.numbers {
					if h.compartments[n].Offerable() {
						t.Fatalf("door %s is offered before somebody has looked", n)
					}
				}
				return
			}
			h.decide(t, rapid.SampledFrom([]visit.Command{
				upkeep.RestoreDoor{Compartment: n, Reason: "looked"},
				upkeep.TakeOutOfService{Compartment: n, Reason: "test"},
				upkeep.EndAlarm{Compartment: n, Reason: "looked"},
			}).Draw(t, "upkeep"))
		},
		"counter": func(t *rapid.T) {
			id := rapid.SampledFrom(append(slices.Sorted(maps.Keys(h.parcels)), "nobody's")).Draw(t, "parcel")
			code := rapid.SampledFrom(append(h.codes, "wrong")).Draw(t, "code")
			h.decide(t, rapid.SampledFrom([]visit.Command{
				TakeToCounter{Parcel: id, Reason: "asked for"}, TakeToCounter{
					Parcel: id, Reason: "asked for",
				},
				HandOver{Parcel: id, Reason: "knows it"}, HandOver{CodeHash: code}, HandOver{CodeHash: code},
				WriteOff{Parcel: id, Reason: "gone"}, SayStillThere{Parcel: id},
			}).Draw(t, "does"))
		},
		"couriers": func(t *rapid.T) {
			if rapid.IntRange(0, 2).Draw(t, "removed") == 0 {
				h.decide(t, people.RemoveCourier{ID: "k1"})
				return
			}
			h.decide(t, people.AddCourier{Record: people.CourierRecord{
				Courier: people.Courier{
					ID: "k1", Name: "North",
				}, BadgeHash: "badge-k1", PINHash: "pin-k1", CardHash: "card-k1",
			}})
		},
		"the core is killed": func(t *rapid.T) {
			if rapid.Bool().Draw(t, "pulse had gone out") {
				for _, o := range h.pending {
					h.physical[o.Compartment] = door.Open
				}
			}
			h.pending = nil
			h.decide(t, visit.Start{Boot: "b"})
			silent := rapid.Bool().Draw(t, "a board is silent")
			for i, n := range h.numbers {
				if i > 0 || !silent {
					h.see(t, n, door.PresenceUnknown)
				}
			}
		},
		"": h.check,
	}
}

// counterSteps are those of a store: one terminal, parcels that are brought, and staff.
func (h *history) counterSteps(t *rapid.T) map[string]func(*rapid.T) {
	all := h.steps(t)
	all["a parcel is brought"] = h.brought
	all["the right code"] = func(t *rapid.T) {
		codes := slices.DeleteFunc(slices.Clone(h.codes), func(code string) bool {
			return h.credentials[code].State != Live
		})
		if len(codes) == 0 {
			t.Skip("there is none")
		}
		h.decide(t, visit.Present{CodeHash: rapid.SampledFrom(codes).Draw(t, "code"), Presented: "code"})
	}
	all["a door is forced"] = func(t *rapid.T) {
		if h.visit.ID != "" {
			t.Skip("somebody is here")
		}
		h.now = h.now.Add(time.Hour) // it is nobody's doing
		n := rapid.SampledFrom(h.numbers).Draw(t, "door")
		for _, h.physical[n] = range []door.State{door.Open, door.Closed} {
			h.see(t, n, door.PresenceUnknown)
			if rapid.IntRange(0, 3).Draw(t, "stays open") == 0 {
				return
			}
		}
	}
	for _, n := range []string{
		"foreign", "label", "badge", "announce", "erase", "couriers", "board silent", "door moves",
		"a driven door is seen at last", "the core is killed",
	} {
		delete(all, n)
	}
	return all
}

// brought has a courier bring a parcel, as far as that is possible just now: chance
// alone seldom comes so far.
func (h *history) brought(t *rapid.T) {
	number := rapid.IntRange(0, 6).Draw(t, "parcel")
	text := labelled(t, number)
	h.decide(t, Announce{
		ID: fmt.Sprintf("p%d", number), Client: rapid.SampledFrom(clients[:h.clients+1]).Draw(t, "client"),
		Announcement: Announcement{
			Label: text, PickupHours: 1, Recipient: rapid.SampledFrom(whom).Draw(t, "recipient"),
			Valuable: rapid.IntRange(0, 4).Draw(t, "valuable") == 0,
		},
	})
	h.decide(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	orders := len(h.pending)
	h.decide(t, visit.Present{Label: text, Presented: "label"})
	if len(h.pending) == orders {
		return
	}
	o := h.pending[orders]
	h.pending = h.pending[:orders]
	h.physical[o.Compartment] = door.Open
	h.decide(t, visit.EndOpening{Ended: door.Ended{
		Opening: o.Opening, Compartment: o.Compartment, Result: door.ConfirmedOpen, Pulsed: true, At: h.now,
	}})
	h.see(t, o.Compartment, door.PresenceUnknown)
	h.now = h.now.Add(wall.TooBrief)
	h.physical[o.Compartment] = door.Closed
	h.see(t, o.Compartment, door.Present)
	for range rapid.IntRange(0, 2).Draw(t, "says goodbye") {
		h.decide(t, visit.Do{Action: view.Action{Visit: h.visit.ID, Name: view.ActFinish}})
	}
}
