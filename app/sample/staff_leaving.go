package sample

import (
	"time"

	"cubby/locker/view"
)

// leaving are the pages of what is to leave its door.
func (d desk) leaving() {
	leaves := func(value string, title, way *view.Message, harm string) view.StaffItem {
		return view.StaffItem{
			Value: value, Kind: "leaving", Title: *title, At: ago(30 * time.Hour), Harm: harm,
			Detail: &view.Message{Parts: []view.Message{*text("…4821"), *way}},
		}
	}
	door := func(number string) *view.Message { return say("round_door", "Door", number) }
	station := say("leaves.station", "Place", "North Gate, behind the tram stop at the hospital")
	all := []view.StaffItem{
		leaves("03", door("03"), say("leaves.expired"), ""),
		leaves("14", door("14"), say("leaves.expired"), "warning"),
		leaves("07", door("07"), say("leaves.counter"), ""), leaves("22", door("22"), say("leaves.sender"), ""),
		leaves("31", door("31"), station, ""),
		leaves("parcel p-8", say("at_counter", "Place", "B2"), say("leaves.sender"), ""),
		leaves("parcel p-9", say("at_counter"), station, ""),
	}
	page := func(name string, items []view.StaffItem, ops ...string) *Sample {
		return d.signed(name, view.StepStaffLeaving, func(v *view.View, s *view.Staff) {
			s.Items, s.Ops = items, ops
			acts(v, view.ActPick, view.ActOp)
		})
	}
	page("staff_leaving", all, view.OpLeavingNext)
	page("staff_leaving-said", all[1:], view.OpLeavingNext).View.Staff.Said =
		say("give_away", "Door", "03", "Parcel", "…4821")
	page("staff_leaving-counter", all[5:])
	page("staff_leaving-none", nil)
	shelf := func(name string, places ...string) *Sample {
		return d.signed(name, view.StepStaffShelf, func(v *view.View, s *view.Staff) {
			for _, at := range places {
				s.Items = append(s.Items, view.StaffItem{Value: at, Kind: "shelf", Title: *text(at)})
			}
			s.Doing, s.Facts, s.Parcel = view.OpShelve, about, "p1"
			acts(v, view.ActPick)
		})
	}
	shelf("staff_shelf", "B1", "B2", "B3", "C1")
	shelf("staff_shelf-none")
}
