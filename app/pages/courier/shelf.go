package courier

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// shelf offers the counter for a parcel that no door takes. Staff confirm it by their badge.
func shelf(s pages.Sheet) pages.Drawer {
	c := s.View.OfCourier()
	m := pages.Message{Says: pages.Says{
		Words: "courier_shelf", More: "courier_shelf.more", Mark: "counter", Buttons: []pages.Button{
			{Action: view.ActBack, Label: "courier_shelf.keep", Kind: kit.Secondary},
			{Action: view.ActOtherPlace, Label: "courier_shelf.other", Kind: kit.Quiet},
		},
		Data: func(pages.Sheet) words.Data { return words.Data{"Shelf": c.Shelf} },
	}, Scene: "badge"}
	if s.View.Reason == view.ReasonNone {
		m.Lead = "courier_shelf.meant"
	}
	return m
}

// elsewhere says to which station a parcel belongs that was redirected before it came.
func elsewhere(s pages.Sheet) pages.Drawer {
	return pages.Message{Says: pages.Says{
		Words: "courier_elsewhere", Tone: pages.Warn, Mark: "parcel", Buttons: []pages.Button{
			{Action: view.ActBack, Label: "courier_elsewhere.next", Kind: kit.Primary},
			{Action: view.ActFinish, Label: "courier_ready.finish", Kind: kit.Quiet},
		},
		Data: func(s pages.Sheet) words.Data { return words.Data{"Place": s.View.OfCourier().Place} },
	}, Scene: "label", Shade: pages.Warn}
}
