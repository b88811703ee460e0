package pickup

import (
	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// byReason is what the bearer of a right code is told of a parcel that no door opens for.
func byReason(key, mark string) pages.Drawer {
	scene := "pause"
	if mark == "counter" { // staff are asked
		scene = "counter"
	}
	return pages.Message{Says: pages.Says{
		Title: "pickup_refused." + key + "_title", Lead: "pickup_refused." + key,
		More: "pickup_refused." + key + "_more", Tone: pages.Warn, Mark: mark, Buttons: leaveFirst,
	}, Scene: scene, Shade: pages.Warn}
}

// leaveFirst are the buttons where another code is the less likely wish.
var leaveFirst = []pages.Button{
	{Action: view.ActBack, Kind: kit.Primary},
	{Action: view.ActStartPickup, Label: "pickup_refused.another", Kind: kit.Quiet},
}

// counterTold says that staff have the parcel, and on which place of their shelf.
func counterTold(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Title: "pickup_refused.counter_title", Lead: "pickup_refused.counter", Mark: "counter", Buttons: leaveFirst,
	}, Scene: "counter"}
	if shelf := s.View.OfPickup().Shelf; shelf != "" {
		m.Lead = "pickup_refused.counter_shelf"
		m.Data = func(pages.Sheet) words.Data { return words.Data{"Shelf": shelf} }
	}
	return m
}

// redirectedTold says where the parcel is collected instead.
func redirectedTold(s pages.Sheet) pages.Drawer {
	m := pages.Message{Says: pages.Says{
		Title: "pickup_refused.redirected_title", Lead: "pickup_refused.redirected",
		More: "pickup_refused.redirected_more", Tone: pages.Warn, Mark: "help", Buttons: leaveFirst,
	}, Scene: "pause", Shade: pages.Warn}
	switch place := s.View.OfPickup().Place; place {
	case "":
	case "counter":
		m.Lead, m.More, m.Mark = "pickup_refused.redirected_counter", "", "counter"
	default:
		m.Data = func(pages.Sheet) words.Data { return words.Data{"Place": place} }
	}
	return m
}
