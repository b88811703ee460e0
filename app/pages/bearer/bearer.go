// Package bearer has the pages by which the bearer of a code does something else than collect.
package bearer

import (
	"strings"
	"time"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// customerPIN is how many digits a customer's PIN has.
const customerPIN = 8

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:  "bearer",
		Steps: steps,
		Icons: map[view.ActionName]string{view.ActOpenDoor: "door-open", view.ActDelegate: "person",
			view.ActAskTime: "clock", view.ActElsewhere: "courier"},
	}
}

var steps = map[view.Step]pages.Drawer{
	view.StepBearerEnter: pages.By(enter),
	view.StepBearerList: pages.Choose{
		Says:   pages.Says{Words: "bearer_list", Mark: "parcel", Buttons: []pages.Button{pages.Back}},
		Action: view.ActPick, Items: items,
	},
	view.StepBearerParcel:   pages.By(parcel),
	view.StepBearerDelegate: pages.Func(delegate),
	view.StepBearerExtend:   pages.By(extend),
	view.StepBearerElsewhere: pages.Choose{
		Says: pages.Says{Words: "bearer_elsewhere", Mark: "courier", Buttons: []pages.Button{pages.Back}},
		None: "bearer_elsewhere.none", Action: view.ActPick, Items: places,
	},
	view.StepBearerMove:  pages.By(move),
	view.StepBearerMoved: pages.By(moved),
}

// enter asks for a code or a PIN; behind one of six digits those of the phone are typed.
func enter(s pages.Sheet) pages.Drawer {
	k := pages.Keypad{
		Words: "bearer_enter", Scene: "scan", Least: customerPIN, Buttons: []pages.Button{pages.Back},
	}
	if s.View.PINDigits() > customerPIN {
		k.Words = "bearer_enter_phone"
	}
	return k
}

// buttons are the options of a parcel's page, in their order there.
var buttons = []pages.Button{
	{Action: view.ActOpenDoor, Label: "bearer_parcel.open", Kind: kit.Primary},
	{Action: view.ActKnown, Kind: kit.Quiet},
	{Action: view.ActAskTime, Kind: kit.Secondary},
	{Action: view.ActElsewhere, Kind: kit.Secondary},
	{Action: view.ActDelegate, Kind: kit.Secondary},
	{Action: view.ActNoDelegate, Kind: kit.Secondary},
}

// items are the parcels of the list.
func items(s pages.Sheet) (all []pages.Item) {
	for _, p := range s.View.OfBearer().Parcels {
		tone := pages.Calm
		if p.Held || p.Leaving != "" || p.State == "expired" {
			tone = pages.Warn
		}
		all = append(all, pages.Item{
			Value: p.Value, Icon: "parcel", Tone: tone,
			Title:  s.Words.Say("bearer.parcel", words.Data{"Ref": p.Ref}),
			Detail: strings.Join(tells(s, p), " · "),
		})
	}
	return all
}

// parcel is the page of one.
func parcel(s pages.Sheet) pages.Drawer {
	p := s.View.OfBearer().Chosen
	if p == nil {
		return pages.Message{Says: pages.Says{Words: "bearer_enter", Buttons: []pages.Button{pages.Back}}}
	}
	lead := "bearer_parcel.lead"
	switch {
	case p.Leaving != "":
		lead = "bearer_parcel.leaving"
	case s.View.Reason == view.ReasonMoreTime:
		lead = "bearer_parcel.more_time"
	}
	return pages.Confirm{
		Says: pages.Says{
			Title: "bearer_parcel.title", Lead: lead, Mark: "parcel",
			Buttons: append(append([]pages.Button{}, buttons...), pages.Back),
			Data:    func(pages.Sheet) words.Data { return words.Data{"Ref": p.Ref} },
		},
		Facts: func(s pages.Sheet) []pages.Fact { return facts(s, *p) },
	}
}

// facts are the lines of the page of one parcel.
func facts(s pages.Sheet, p view.BearerParcel) (all []pages.Fact) {
	add := func(label, value string) {
		all = append(all, pages.Fact{Label: s.Say("bearer.fact." + label), Value: value})
	}
	add("where", where(s, p))
	if p.Leaving != "" {
		add("leaving", leaves(s, p))
	}
	if p.Held {
		add("held", s.Say("bearer.held"))
	}
	if p.Delegate {
		add("delegate", s.Say("bearer.delegate"))
	}
	switch {
	case p.Paused != "" && p.Deadline != nil:
		add("until", s.Words.Say("bearer.paused", words.Data{"Time": pages.When(s, *p.Deadline)}))
	case until(p) != nil:
		add("until", pages.When(s, *until(p)))
	}
	return all
}

// where says where a parcel is.
func where(s pages.Sheet, p view.BearerParcel) string {
	state := p.State
	if state == "expired" && p.RescueUntil != nil {
		state = "rescue"
	}
	return s.Words.Say("bearer.state."+state, words.Data{"Door": p.Door})
}

// until is when the time of a parcel ends; nil: nothing is said of that.
func until(p view.BearerParcel) *time.Time {
	switch {
	case p.Leaving != "":
		return nil
	case p.State == "expired":
		return p.RescueUntil
	case p.State == "stored":
		return p.Deadline
	}
	return nil
}

// tells are the same in one line.
func tells(s pages.Sheet, p view.BearerParcel) []string {
	all := []string{where(s, p)}
	if p.Leaving != "" {
		all = append(all, leaves(s, p))
	}
	if ends := until(p); ends != nil {
		all = append(all, s.Words.Say("bearer.until", words.Data{"Time": pages.When(s, *ends)}))
	}
	return all
}
