package pickup

import (
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// choose lists the parcels of somebody who has several here.
func choose(s pages.Sheet) pages.Drawer {
	c := pages.Choose{
		Says: pages.Says{
			Words: "pickup_choose", Mark: "parcel", Buttons: []pages.Button{
				{Action: view.ActOpenAll, Label: "pickup_choose.all", Kind: kit.Primary},
				{Action: view.ActFinish, Label: "pickup_choose.later", Kind: kit.Quiet},
			},
		},
		Action: view.ActPick, Also: []view.ActionName{view.ActReport}, Items: parcels,
	}
	p := s.View.OfPickup()
	if !s.View.Allows(view.ActOpenAll) {
		c.Lead = "pickup_choose.one"
	}
	if !s.View.Allows(view.ActPick) {
		c.Lead = "pickup_choose.none"
	}
	if p.Taken > 0 {
		c.Title = "pickup_choose.taken_title"
		if s.View.Allows(view.ActPick) {
			c.Lead = "pickup_choose.more"
		}
		c.Data = func(pages.Sheet) words.Data { return words.Data{"Taken": p.Taken, "Total": p.Total} }
	}
	return c
}

// parcels are the lines of the list.
func parcels(s pages.Sheet) (all []pages.Item) {
	for _, p := range s.View.OfPickup().List {
		item := pages.Item{Value: p.Value, Icon: "parcel", Title: s.Words.Say("pickup_choose.at_door",
			words.Data{"Door": p.Door, "Ref": p.Ref})}
		if p.Door == "" {
			item.Title = s.Words.Say("pickup_choose.parcel", words.Data{"Ref": p.Ref})
		}
		var tells []string
		if p.Size != "" && !p.Done && p.Why == "" {
			tells = append(tells, s.Words.Say("pickup_choose.size", words.Data{"Size": p.Size}))
		}
		if p.Neighbour {
			tells = append(tells, s.Say("pickup_choose.neighbour"))
		}
		if p.Second {
			tells = append(tells, s.Say("pickup_choose.second"))
		}
		switch {
		case p.Done:
			item.Icon, item.Tone, item.Still = "tick", pages.Good, true
			tells = append(tells, s.Say("pickup_choose.done"))
			if s.View.Allows(view.ActReport) {
				item.Action, item.Still = view.ActReport, false
				tells = append(tells, s.Say("pickup_choose.report"))
			}
		case p.Why != view.ReasonNone:
			item.Icon, item.Tone, item.Still = "help", pages.Warn, true
			why := "pickup_choose.why." + string(p.Why)
			if !s.Words.Has(why) { // of a newer core
				why = "pickup_choose.why"
			}
			tells = append(tells, s.Say(why))
		}
		item.Detail = strings.Join(tells, " · ")
		all = append(all, item)
	}
	return all
}
