package bearer

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// extend offers more time to collect a parcel, or says why there is none.
func extend(s pages.Sheet) pages.Drawer {
	v := s.View.OfBearer()
	if v.MoreTime == nil {
		lead := "bearer_extend.none"
		if v.NoTime == "door-needed" {
			lead = "bearer_extend.door_needed"
		}
		return pages.Message{Says: pages.Says{
			Title: "bearer_extend.none_title", Lead: lead, Tone: pages.Warn, Mark: "clock",
			Buttons: []pages.Button{{Action: view.ActBack, Kind: kit.Primary}},
			Data:    func(pages.Sheet) words.Data { return words.Data{"Time": ends(s, v)} },
		}, Scene: "pause", Shade: pages.Warn}
	}
	return pages.Confirm{
		Says: pages.Says{
			Words: "bearer_extend", Mark: "clock",
			Buttons: []pages.Button{
				{Action: view.ActYes, Label: "bearer_extend.yes", Kind: kit.Primary}, pages.Back,
			},
		},
		Facts: func(s pages.Sheet) []pages.Fact {
			all := []pages.Fact{
				{Label: s.Say("bearer_extend.now"), Value: ends(s, v)},
				{Label: s.Say("bearer_extend.then"), Value: pages.When(s, v.MoreTime.Until)},
			}
			price := s.Say("bearer_extend.free")
			if p := v.MoreTime.Price; p != nil {
				price = s.Words.Say("bearer_extend.price", words.Data{"Amount": words.Money(s.Words, *p)})
			}
			return append(all, pages.Fact{Label: s.Say("bearer_extend.costs"), Value: price})
		},
	}
}

// ends is when the time of the parcel ends now.
func ends(s pages.Sheet, v view.Bearer) string {
	if v.Chosen == nil || v.Chosen.Deadline == nil {
		return "-"
	}
	return pages.When(s, *v.Chosen.Deadline)
}
