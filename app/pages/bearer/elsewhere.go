package bearer

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// places are those at which a parcel can be collected instead.
func places(s pages.Sheet) (all []pages.Item) {
	for _, p := range s.View.OfBearer().Places {
		item := pages.Item{
			Value: p.Value, Icon: "courier", Title: p.Name, Detail: s.Say("bearer_elsewhere.station_more"),
		}
		if p.Counter {
			item.Icon = "counter"
			item.Title, item.Detail = s.Say("bearer_elsewhere.counter"), s.Say("bearer_elsewhere.counter_more")
		}
		all = append(all, item)
	}
	return all
}

// place is what a place is called.
func place(s pages.Sheet, p view.BearerPlace) string {
	if p.Counter {
		return s.Say("bearer_elsewhere.counter")
	}
	return p.Name
}

// leaves says where a parcel goes that is to leave.
func leaves(s pages.Sheet, p view.BearerParcel) string {
	switch {
	case p.To == nil:
		return s.Say("bearer.leaving.recalled")
	case p.To.Counter:
		return s.Say("bearer.leaving.counter")
	}
	return s.Words.Say("bearer.leaving.station", words.Data{"Place": p.To.Name})
}

// move asks whether the place is meant that was picked.
func move(s pages.Sheet) pages.Drawer {
	return going(pages.Says{
		Words: "bearer_move", Mark: "courier",
		Buttons: []pages.Button{{Action: view.ActYes, Label: "bearer_move.yes", Kind: kit.Primary}, pages.Back},
	})
}

// moved says where the parcel goes, and what happens next.
func moved(s pages.Sheet) pages.Drawer {
	lead := "bearer_moved.station"
	if to := s.View.OfBearer().To; to != nil && to.Counter {
		lead = "bearer_moved.counter"
	}
	return going(pages.Says{
		Title: "bearer_moved.title", Lead: lead, Tone: pages.Good, Mark: "tick",
		Buttons: []pages.Button{
			{Action: view.ActBack, Kind: kit.Secondary}, {Action: view.ActFinish, Kind: kit.Primary},
		},
		Last: true,
	})
}

// going is a page with where a parcel is, where it goes, and by which code it is collected
// there.
func going(says pages.Says) pages.Drawer {
	return pages.Confirm{Says: says, Facts: func(s pages.Sheet) []pages.Fact {
		v := s.View.OfBearer()
		if v.Chosen == nil || v.To == nil {
			return nil
		}
		code := "bearer_move.code_new"
		if v.To.Counter {
			code = "bearer_move.code_same"
		}
		return []pages.Fact{
			{Label: s.Say("bearer_move.from"), Value: where(s, *v.Chosen)},
			{Label: s.Say("bearer_move.to"), Value: place(s, *v.To)},
			{Label: s.Say("bearer_move.code"), Value: s.Say(code)},
		}
	}}
}
