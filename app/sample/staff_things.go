package sample

import (
	"fmt"
	"time"

	"cubby/locker/view"
)

// doorKinds gives the doors of a wall kinds by turns.
func doorKinds(w view.Wall, kinds []string) (doors []view.StaffDoor) {
	for i, d := range w.Doors {
		kind := kinds[(i*i+i/3)%len(kinds)]
		is := view.StaffDoor{Number: d.Number, Kind: kind, Door: "closed", Lock: "idle", Allocation: "free",
			Contents: "empty"}
		if kind == "open" || kind == "ajar" || kind == "forced" {
			is.Door = "open"
		}
		doors = append(doors, is)
	}
	return doors
}

// Whole512 is a wall of 512 doors.
func Whole512() view.Wall {
	w := view.Wall{WidthMM: 64 * 450, HeightMM: 1980}
	for i := range 512 {
		w.Doors = append(w.Doors, view.Door{
			Number: fmt.Sprintf("%03d", i+1), Column: i / 8, LeftMM: i / 8 * 450, TopMM: i % 8 * 247,
			WidthMM: 450, HeightMM: 247,
		})
	}
	return w
}

func (d desk) walls() {
	some := []string{"free", "occupied", "free", "free", "occupied", "reserved", "free", "open", "forced"}
	wall := func(name string, w view.Wall, kinds []string) *Sample {
		return d.signed(name, view.StepStaffWall, func(v *view.View, s *view.Staff) {
			v.Wall, s.Doors = w, doorKinds(w, kinds)
			acts(v, view.ActPick)
		})
	}
	wall("staff_wall", Wall(), some)
	near := wall("staff_wall-near", Wall(), some)
	near.From, near.To = 2, 3
	wall("staff_wall-small", small(), []string{"forced", "occupied", "free"})
	wall("staff_wall-kinds", Wall(), append(append([]string{}, view.DoorKinds...), "haunted"))
	wall("staff_wall-512", Whole512(), some)
	few := wall("staff_wall-512-near", Whole512(), some)
	few.From, few.To = 8, 12
	wall("staff_wall-loading", Wall(), some).View.Staff.Doors = nil
	(*d.out)[len(*d.out)-1].View.Staff.Loading = true
	wall("staff_wall-practice", Wall(), some).View.Staff.Practice = true
}

func fact1(name string, value *view.Message) view.StaffFact {
	return view.StaffFact{Name: name, Value: value}
}

func factAt(name string, value *view.Message, at *time.Time) view.StaffFact {
	return view.StaffFact{Name: name, Value: value, At: at}
}

func doorFacts(door, lock, allocation, contents string) []view.StaffFact {
	return []view.StaffFact{
		factAt("trouble", say("kind.to_check"), ago(26*time.Hour)),
		factAt("door", say("door."+door), ago(time.Hour)),
		fact1("lock", say("lock."+lock)), fact1("allocation", say("allocation."+allocation)),
		fact1("reason", text("nobody said what was behind it after a look")),
		fact1("contents", say("contents."+contents)), fact1("parcel", text("…4821")),
		fact1("state", say("state.stored")),
		factAt("deadline", nil, ago(-50*time.Hour)), fact1("size", text("M")), fact1("openings", text("482")),
		fact1("failures", text("3")),
	}
}

var everyOp = []string{
	view.OpStillThere, view.OpToCounter, view.OpOpen, view.OpParcel, view.OpStory, view.OpEndAlarm,
	view.OpOutOfService,
	view.OpWriteOff,
}

// wordsOfStaff are facts with values that single pages seldom have, on several parts.
func wordsOfStaff() (facts []view.StaffFact) {
	for _, id := range saidAll {
		m := say("said."+id, "Door", "14", "Parcel", "…4821", "Place", "B2", "Sale", "S-7K3M-9QPX", "Item", "Soap")
		m.Money = priced(4711).Money
		facts = append(facts, fact1("detail", m))
	}
	for _, kind := range view.DoorKinds {
		facts = append(facts, fact1("trouble", say("kind."+kind)))
	}
	return facts
}

func (d desk) things() {
	thing := func(name string, step view.Step, facts []view.StaffFact, ops ...string) *Sample {
		return d.signed(name, step, func(v *view.View, s *view.Staff) {
			s.Facts, s.Ops = facts, ops
			switch step {
			case view.StepStaffDoor:
				s.Door = "14"
			case view.StepStaffParcel, view.StepStaffCustomer:
				s.Parcel = "p1"
			}
			if step != view.StepStaffDevice {
				acts(v, view.ActOp)
			}
			if step == view.StepStaffMember {
				acts(v, view.ActPick)
			}
		})
	}
	thing("staff_door", view.StepStaffDoor, doorFacts("closed", "idle", "occupied", "present"), everyOp...)
	thing("staff_door-free", view.StepStaffDoor, doorFacts("open", "pulsing", "free", "empty")[1:4],
		view.OpOpen, view.OpStory,
		view.OpOutOfService)
	thing("staff_door-grave-first", view.StepStaffDoor,
		doorFacts("unknown", "fired", "soft_reserved", "unknown")[1:4],
		view.OpOutOfService, view.OpStory)
	thing("staff_door-sale", view.StepStaffDoor, doorFacts("closed", "idle", "for_sale", "present")[1:4])
	thing("staff_door-reserved", view.StepStaffDoor, doorFacts("closed", "jammed", "reserved", "unknown"),
		view.OpStory)
	refused := thing("staff_door-refused", view.StepStaffDoor,
		doorFacts("closed", "unreachable", "quarantine", "unknown"),
		view.OpOpen, view.OpRestore, view.OpStory, view.OpOutOfService)
	refused.View.Reason, refused.View.Staff.Said = view.ReasonRefused,
		say("refused_door-in-use", "Door", "14")
	out := thing("staff_door-said", view.StepStaffDoor,
		doorFacts("closed", "idle", "out_of_service", "empty"), view.OpRestore,
		view.OpOpen, view.OpStory)
	out.View.Staff.Said = say("out_of_service", "Door", "14")
	newer := thing("staff_door-newer", view.StepStaffDoor, []view.StaffFact{
		fact1("mood", say("mood.grumpy")), fact1("door",
			&view.Message{ID: "door.revolving", Text: "it revolves"}),
	}, "sing_a_song", view.OpStory)
	newer.View.Staff.Said, newer.View.Staff.Role = &view.Message{ID: "sang", Text: "It has sung."}, "janitor"
	thing("staff_door-practice", view.StepStaffDoor, doorFacts("closed", "idle", "occupied", "present"),
		everyOp...).
		View.Staff.Practice = true
	thing("staff_door-refused-plain", view.StepStaffDoor, doorFacts("closed", "idle", "free", "empty"),
		view.OpOpen).
		View.Reason = view.ReasonRefused

	parcel := []view.StaffFact{
		fact1("state", say("state.expired")), fact1("trouble", say("kind.to_check")),
		factAt("on_hold", text("the shop waits for the payment"), ago(30*time.Hour)),
		factAt("paused", text("on_hold"), ago(30*time.Hour)),
		factAt("leaving", say("leaves.station", "Place", "North Gate"), ago(29*time.Hour)),
		fact1("door", text("14")), fact1("place", text("B2")),
		fact1("label", text("HX-2026-004821")), fact1("order", text("4711-0815-4821")),
		fact1("id", text("019e5a60-7c1b-7a3e-8f00-8d2f1c4e4821")),
		factAt("announced", nil, ago(90*time.Hour)),
		factAt("stored", nil, ago(80*time.Hour)), factAt("deadline", nil, ago(8*time.Hour)),
		factAt("ended", nil, ago(time.Hour)),
	}
	thing("staff_parcel", view.StepStaffParcel, parcel, view.OpToCounter, view.OpDoor, view.OpStory,
		view.OpCustomer, view.OpNewCode,
		view.OpRelease, view.OpHold, view.OpWriteOff)
	thing("staff_parcel-counter", view.StepStaffParcel, parcel[:1], view.OpHandOver, view.OpGiveAway,
		view.OpShelve, view.OpHandKnown, view.OpStory,
		view.OpWriteOff)
	thing("staff_parcel-loading", view.StepStaffParcel, nil).View.Staff.Loading = true
	for _, kind := range []string{"not_mine", "damaged", "empty", "stuck"} {
		thing("staff_case-"+kind, view.StepStaffCase, []view.StaffFact{
			fact1("case_number", text("C-7K3M-90QX")), fact1("case_kind", say("case_kind."+kind)),
			fact1("case_state", say("case_state."+map[bool]string{true: "closed", false: "open"}[kind == "stuck"])),
			fact1("door", text("14")), factAt("since", nil, ago(time.Hour)),
		}, view.OpDoor, view.OpCloseCase)
	}
	thing("staff_device", view.StepStaffDevice, []view.StaffFact{
		fact1("device", text("printer")), factAt("status", text("The receipt printer has no paper"),
			ago(2*time.Hour)),
		fact1("todo", text("Put a new roll of paper in and close the lid.")),
		fact1("detail", text("usb-path:3-1.2")),
	})
	thing("staff_device-words", view.StepStaffDevice, wordsOfStaff())
	thing("staff_customer-record", view.StepStaffCustomer, []view.StaffFact{fact1("name", text("Ada"))},
		view.OpRecord)
	thing("staff_customer", view.StepStaffCustomer, []view.StaffFact{
		fact1("name", text("Wilhelmine Friederike von und zu Hohenfels")),
		fact1("phone", text("+49 170 1234567")),
		fact1("email", text("wilhelmine.friederike@post.hohenfels.example")), fact1("language", text("de")),
	})
	member := thing("staff_member", view.StepStaffMember, []view.StaffFact{
		fact1("email", text("wilhelmine.friederike@post.hohenfels.example")), fact1("language", text("de")),
		fact1("written_to", say("channel.email")), fact1("wish", say("wish.low_door")),
		fact1("wish", say("wish.accessible_door")), fact1("wish", say("wish.large_text")),
		fact1("wish", say("wish.more_time")), factAt("qr", nil, ago(9*24*time.Hour)),
		factAt("since", nil, ago(90*24*time.Hour)),
	}, view.OpEraseRecord)
	for _, purpose := range []string{"messages", "marketing", "neighbour", "tastings"} {
		member.View.Staff.Items = append(member.View.Staff.Items, view.StaffItem{
			Value: purpose, Kind: "consent", Title: view.Message{ID: "consent." + purpose, Text: purpose},
			Detail: &view.Message{ID: "withdraw"},
		})
	}
	thing("staff_member-sms", view.StepStaffMember, []view.StaffFact{
		fact1("phone", text("+49 170 1234567")), fact1("written_to", say("channel.sms")),
	}, view.OpEraseRecord)
	thing("staff_member-unwritten", view.StepStaffMember,
		[]view.StaffFact{fact1("written_to", say("channel.none"))},
		view.OpEraseRecord)
	thing("staff_member-none", view.StepStaffMember, nil)
	thing("staff_customer-none", view.StepStaffCustomer, nil)
	person := []view.StaffFact{
		fact1("name", text("Grace Hopper")), fact1("role", say("role.supervisor")),
		factAt("since", nil, ago(500*24*time.Hour)),
	}
	thing("staff_person", view.StepStaffPerson, person, view.OpRemove).View.Staff.Doing = "account"
	thing("staff_person-courier", view.StepStaffPerson, person[:1],
		view.OpRemove).View.Staff.Doing = "courier"
	thing("staff_person-centre", view.StepStaffPerson, append(person[:len(person):len(person)],
		view.StaffFact{Name: "made_by", Value: say("made_by.centre")}))
	thing("staff_person-self", view.StepStaffPerson, person)
	d.stories()
}

// happened is a story of a parcel.
var happened = []view.StoryLine{
	{What: "parcel.announced", Who: "web", Data: map[string]string{"By": "shop"}},
	{What: "parcel.stored", Who: "North tour", Data: map[string]string{
		"By": "courier", "Door": "14", "Deadline": "2026-12-02T17:00:00Z",
	}},
	{What: "parcel.pickup_refused", Data: map[string]string{"Credential": "pin", "Reason": "not_valid"}},
	{What: "parcel.expired", Data: map[string]string{"Door": "14"}},
	{What: "desk.opened", Who: "Grace Hopper", Data: map[string]string{
		"By": "staff", "Door": "14", "Second": "Ada Lovelace", "Parcel": "…4821", "Reason": "expired",
	}},
	{What: "parcel.counter_held", Who: "Grace Hopper", Data: map[string]string{
		"By": "staff", "Door": "14",
		"Reason": "The customer is on the way from the hospital and asks for more days",
	}},
	{What: "of.a_newer_core", Who: "Grace Hopper"},
	{What: "parcel.handed_over", Who: "Grace Hopper",
		Data: map[string]string{"By": "staff", "Credential": "code"}},
}

func (d desk) stories() {
	story := func(name, of string, n int) *Sample {
		return d.signed(name, view.StepStaffStory, func(v *view.View, s *view.Staff) {
			s.Doing = of
			for i := range n {
				line := happened[i%len(happened)]
				line.At = *ago(time.Duration(n-1-i) * 11 * time.Hour)
				s.Story = append(s.Story, line)
			}
		})
	}
	story("staff_story", "parcel", 8)
	story("staff_story-one", "door", 1)
	story("staff_story-long", "parcel", 40).Chosen = map[string]string{"part": "1"}
	story("staff_story-none", "", 0)
	story("staff_story-loading", "parcel", 0).View.Staff.Loading = true
	months := story("staff_story-months", "door", 12)
	for i := range months.View.Staff.Story {
		months.View.Staff.Story[i].At = time.Date(2026-i/11, time.Month(i+1), 3, 10, 0, 0, 0, time.Local)
	}
}
