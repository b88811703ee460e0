package sample

import (
	"fmt"
	"time"

	"cubby/locker/view"
)

// Now is the time at which samples are looked at.
var Now = time.Date(2026, 11, 30, 15, 0, 0, 0, time.Local)

func ago(d time.Duration) *time.Time {
	at := Now.Add(-d)
	return &at
}

func say(id string, pairs ...string) *view.Message {
	m := &view.Message{ID: id, Data: map[string]string{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		m.Data[pairs[i]] = pairs[i+1]
	}
	return m
}

func text(value string) *view.Message { return &view.Message{Text: value} }

// A desk adds pages of the staff.
type desk struct{ out *[]Sample }

func (d desk) add(name string, step view.Step, change func(*view.View)) *Sample {
	*d.out = append(*d.out, Sample{Name: name, View: at(step, change)})
	return &(*d.out)[len(*d.out)-1]
}

// signed adds one of somebody who is signed in.
func (d desk) signed(name string, step view.Step, change func(v *view.View, s *view.Staff)) *Sample {
	return d.add(name, step, func(v *view.View) {
		v.Staff.Name, v.Staff.Role = "Ada Lovelace", "supervisor"
		if step != view.StepStaffMenu && step != view.StepStaffOpening && step != view.StepStaffOpen {
			acts(v, view.ActBack)
		}
		acts(v, view.ActLeave)
		change(v, v.Staff)
	})
}

func staff(out *[]Sample) {
	d := desk{out}
	d.entrances()
	d.lists()
	d.walls()
	d.things()
	d.questions()
	d.doors()
	d.returns()
}

func (d desk) entrances() {
	for _, noted := range []bool{false, true} {
		name := map[bool]string{false: "idle-desk", true: "idle-desk-notices"}[noted]
		d.add(name, view.StepIdle, func(v *view.View) {
			v.Visit, v.TimeoutInMs, v.WarnInMs, v.Idle.Desk = "", 0, 0, true
			acts(v, view.ActStartPickup, view.ActStartCourier, view.ActStartStaff)
			if noted {
				v.Notices, v.Idle.OpenDoor = []view.Notice{view.NoticeHelpAsked, view.NoticeCloseTheDoor},
					"07"
			}
		})
	}
	enter := func(v *view.View) {
		v.Staff.PINDigits = 8
		acts(v, view.ActPIN, view.ActBack)
	}
	d.add("staff_enter", view.StepStaffEnter, enter).Typed = "9041"
	d.add("staff_enter-no-scanner", view.StepStaffEnter, func(v *view.View) {
		enter(v)
		v.Notices = []view.Notice{view.NoticeNoScanner}
	})
	d.add("staff_enter-no-pad", view.StepStaffEnter, func(v *view.View) { acts(v, view.ActBack) })
	for _, r := range []view.Reason{view.ReasonNotValid, view.ReasonWait} {
		d.add(named("staff_refused", r), view.StepStaffRefused, func(v *view.View) {
			v.Reason = r
			if r == view.ReasonWait {
				v.RetryInMs = 45_000
			}
			acts(v, view.ActStartStaff, view.ActBack)
		})
	}
}

func places(values ...string) (items []view.StaffItem) {
	for _, value := range values {
		items = append(items, view.StaffItem{Value: value, Kind: value, Title: *say("menu." + value)})
	}
	return items
}

// matter is a line of the queue.
func matter(kind, harm, door string, at *time.Time) view.StaffItem {
	return view.StaffItem{
		Value: door, Kind: kind, Harm: harm, At: at,
		Title: *say("matter."+kind, "Door", door), Detail: say("todo."+kind, "Door", door),
	}
}

var matters = []view.StaffItem{
	matter("forced", "alarm", "07", ago(58*time.Minute)),
	matter("to_check", "alarm", "22", ago(3*24*time.Hour)),
	matter("stuck", "warning", "14", ago(2*time.Hour)), matter("ajar", "warning", "31", ago(4*time.Minute)),
	matter("unreachable", "warning", "40", ago(400*24*time.Hour)),
	{Value: "leaving", Kind: "leave", Harm: "notice", At: ago(26 * time.Hour), Count: 3,
		Title: *say("matter.leave"), Detail: say("todo.leave")},
	matter("expired", "notice", "03", ago(26*time.Hour)), matter("leaving", "notice", "04", ago(25*time.Hour)),
	asksForHelp("kiosk", "14"), asksForHelp("hall", ""),
	{
		Value: "case C-7K3M-90QX", Kind: "case", Harm: "warning", At: ago(9 * time.Minute),
		Title:  view.Message{ID: "matter.case_empty", Data: map[string]string{"Door": "12"}, Text: "empty"},
		Detail: &view.Message{ID: "todo.case", Text: "Look behind the door."},
	},
	{
		Value: "device printer", Kind: "device", Harm: "notice", At: ago(time.Hour),
		Title: view.Message{ID: "device.printer.smoking", Data: map[string]string{"Device": "printer"},
			Text: "It smokes"},
		Detail: &view.Message{ID: "todo.printer.smoking", Text: "Pull its plug."},
	},
	matter("quarantine", "notice", "90", nil),
	{Value: "x", Kind: "haunted", Harm: "uncanny", Title: view.Message{Text: "A newer core tells of this"}},
	{Value: "y", Kind: "device", Title: view.Message{}},
}

var ofTheShop = []view.StaffItem{
	{Value: "picking", Kind: "picking", Harm: "notice", At: ago(time.Hour), Count: 3,
		Title: *say("matter.picking"), Detail: say("todo.picking")},
	{Value: "sale S-7K3M-9QPX", Kind: "bay", Harm: "warning",
		Title:  *say("matter.bay", "Sale", "S-7K3M-9QPX", "Bay", "3"),
		Detail: say("todo.bay", "Sale", "S-7K3M-9QPX", "Bay", "3")},
	{Value: "sale S-7K3M-9QPX", Kind: "sale_money", Harm: "warning", At: ago(time.Hour),
		Title: *say("matter.sale_money", "Sale", "S-7K3M-9QPX"), Detail: say("money.refused")},
}

func (d desk) lists() {
	all := []string{"queue", "find", "counter", "picking", "wall", "devices", "couriers", "accounts", "practice"}
	menu := func(waits int, values ...string) func(*view.View, *view.Staff) {
		return func(v *view.View, s *view.Staff) {
			s.Items = places(values...)
			s.Items[0].Count, s.Items[0].Harm = waits, "alarm"
			acts(v, view.ActPick)
		}
	}
	d.signed("staff_menu", view.StepStaffMenu, menu(3, all...))
	scanned := d.signed("staff_menu-heard", view.StepStaffMenu, menu(3, all...))
	scanned.View.Heard, scanned.View.HeardInMs = view.HeardNotValid, 5000
	d.signed("staff_menu-centre", view.StepStaffMenu, func(v *view.View, s *view.Staff) {
		menu(3, all...)(v, s)
		s.Line = &view.Message{ID: "seen", Times: map[string]time.Time{"At": *ago(58 * time.Minute)}}
	})
	d.signed("staff_menu-no-centre", view.StepStaffMenu, func(v *view.View, s *view.Staff) {
		menu(3, all...)(v, s)
		s.Line = &view.Message{ID: "never"}
	})
	d.signed("staff_menu-goods", view.StepStaffMenu, func(v *view.View, s *view.Staff) {
		menu(3, all...)(v, s)
		acts(v, view.ActGoodsIn)
	})
	d.signed("staff_menu-one", view.StepStaffMenu, menu(1, "queue"))
	d.signed("staff_menu-practice", view.StepStaffMenu, func(v *view.View, s *view.Staff) {
		menu(0, append(all, "haunted_house")...)(v, s)
		s.Items[len(all)-1].Title = *say("menu.end_practice") // as the core says it there
		s.Practice, s.Role = true, "manager"
	})
	d.signed("staff_menu-said", view.StepStaffMenu, func(v *view.View, s *view.Staff) {
		menu(12, "queue", "wall", "devices", "practice")(v, s)
		s.Said, s.Role = say("remove"), "technician"
	})
	list := func(name string, step view.Step, items ...view.StaffItem) *Sample {
		return d.signed(name, step, func(v *view.View, s *view.Staff) {
			s.Items = items
			acts(v, view.ActPick)
		})
	}
	list("staff_queue", view.StepStaffQueue, matters...)
	list("staff_queue-next", view.StepStaffQueue, matters...).Chosen = map[string]string{"part": "1"}
	list("staff_queue-one", view.StepStaffQueue, matters[0])
	list("staff_queue-none", view.StepStaffQueue)
	list("staff_queue-shop", view.StepStaffQueue, ofTheShop...)
	d.leaving()
	d.sales()
	var cases []view.StaffItem
	for _, kind := range []string{"not_mine", "damaged", "stuck"} {
		cases = append(cases, view.StaffItem{
			Value: "case C-7K3M-90QX", Kind: "case", Harm: "warning", At: ago(9 * time.Minute),
			Title:  view.Message{ID: "matter.case_" + kind, Data: map[string]string{"Door": "12"}, Text: kind},
			Detail: &view.Message{ID: "todo.case", Text: "Look behind the door."},
		})
	}
	list("staff_queue-cases", view.StepStaffQueue, cases...)
	practise := list("staff_queue-practice", view.StepStaffQueue, matters...)
	practise.View.Staff.Practice = true
	loading := list("staff_queue-loading", view.StepStaffQueue)
	loading.View.Staff.Loading = true
	found := func(n int) (items []view.StaffItem) {
		states := []string{
			"announced", "booked", "depositing", "stored", "collecting", "collected", "deposit_failed",
			"expired",
			"counter_held", "cancelled", "missing", "redirected", "returned", "vanished",
		}
		for i := range n {
			state := states[i%len(states)]
			items = append(items, view.StaffItem{
				Value: fmt.Sprint("p", i), Kind: state, Title: *text(fmt.Sprintf("HX-2026-0048%02d", i)),
				At: ago(time.Hour * 20 * time.Duration(i)),
				Detail: say("found", "State", state, "Door", map[bool]string{true: "14"}[i%2 == 0], "Order",
					fmt.Sprint("4711-", i)),
			})
		}
		return items
	}
	list("staff_found", view.StepStaffFound, found(14)...)
	list("staff_found-next", view.StepStaffFound, found(14)...).Chosen = map[string]string{"part": "1"}
	list("staff_found-none", view.StepStaffFound)
	list("staff_devices", view.StepStaffDevices,
		view.StaffItem{
			Value: "scanner", Kind: "scanner", Title: *text("scanner"), Harm: "warning", At: ago(time.Minute),
			Detail: &view.Message{ID: "device.scanner.smoking", Text: "The scanner does not answer"},
		},
		view.StaffItem{Value: "line main", Kind: "bus", Title: *text("line main"),
			Detail: text("The line works")},
		view.StaffItem{Value: "clock", Kind: "clock", Title: *text("clock"),
			Detail: text("The clock is right")})
	list("staff_devices-loading", view.StepStaffDevices).View.Staff.Loading = true
	people := func(name string, step view.Step, kind string, names ...string) {
		d.signed(name, step, func(v *view.View, s *view.Staff) {
			roles := []string{"associate", "technician", "supervisor", "manager", "janitor"}
			for i, who := range names {
				item := view.StaffItem{Value: fmt.Sprint(i), Kind: kind, Title: *text(who),
					At: ago(time.Hour * 600 * time.Duration(i))}
				if kind == "account" {
					item.Detail = say("role." + roles[i%len(roles)])
				} else if i == 1 {
					item.Detail = say("made_by.centre")
				}
				s.Items = append(s.Items, item)
			}
			s.Role, s.Ops = "manager", []string{view.OpAdd}
			acts(v, view.ActPick, view.ActOp)
		})
	}
	names := []string{"Grace Hopper", "李明", "Katherine Johnson", "Annie Easley", "Mary Jackson",
		"Hedy Lamarr", "王小云"}
	people("staff_couriers", view.StepStaffCouriers, "courier", names...)
	people("staff_couriers-none", view.StepStaffCouriers, "courier")
	people("staff_accounts", view.StepStaffAccounts, "account", names...)
	var roles []view.StaffItem
	for _, r := range []string{"associate", "technician", "supervisor", "manager"} {
		roles = append(roles, view.StaffItem{Value: r, Kind: "role", Title: *say("role." + r),
			Detail: say("role_may." + r)})
	}
	list("staff_role", view.StepStaffRole, roles...)
}
