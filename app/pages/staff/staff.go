// Package staff has the pages of somebody of the staff. They show what the payload
// says and decide nothing: what is offered, and to whom, is for the rules.
package staff

import (
	"maps"
	"slices"
	"strings"

	"cubby/app/kit"
	"cubby/app/pages"
	"cubby/app/words"
	"cubby/locker/view"
)

// Digits of the shortest PIN of the staff, and of a customer's.
const (
	staffPIN    = 6
	customerPIN = 8
)

// Room are the pages.
func Room() pages.Room {
	return pages.Room{
		Name:     "staff",
		Steps:    all(),
		Labels:   map[string]string{"staff_secret.done": "tick"},
		Heard:    map[view.Heard]string{view.HeardNotValid: "heard.not_valid_staff"},
		Behind:   map[view.Step]view.Step{view.StepStaffRefused: view.StepStaffEnter},
		Shuffled: []view.Step{view.StepStaffEnter, view.StepStaffSecond},
	}
}

// all are the pages, with those of returns.
func all() map[view.Step]pages.Drawer {
	both := maps.Clone(steps)
	maps.Copy(both, ofReturns)
	return both
}

var steps = map[view.Step]pages.Drawer{
	view.StepStaffEnter: pages.Keypad{
		Words: "staff_enter", Scene: "badge", Least: staffPIN, Hidden: true,
		Buttons: []pages.Button{pages.Back},
	},
	view.StepStaffRefused: pages.Reason{
		Plain: refused("staff_refused.title", "staff_refused.not_valid", "badge", false),
		Of: map[view.Reason]pages.Drawer{
			view.ReasonWait: refused("staff_refused.wait_title", "staff_refused.wait", "clock", true),
		},
	},

	view.StepStaffMenu:     pages.Func(menu),
	view.StepStaffQueue:    list{"staff_queue", "queue"},
	view.StepStaffLeaving:  list{"staff_leaving", "courier"},
	view.StepStaffShelf:    list{"staff_shelf", "counter"},
	view.StepStaffPicking:  list{"staff_picking", "queue"},
	view.StepStaffSale:     facts{"staff_sale", "receipt"},
	view.StepStaffSaleLine: facts{"staff_sale_line", "find"},
	view.StepStaffWall:     pages.Func(wallNow),
	view.StepStaffFind:     pages.Func(find),
	view.StepStaffFound:    list{"staff_found", "find"},
	view.StepStaffDevices:  list{"staff_devices", "device"},
	view.StepStaffCouriers: list{"staff_couriers", "courier"},
	view.StepStaffAccounts: list{"staff_accounts", "people"},
	view.StepStaffRole:     list{"staff_role", "people"},
	view.StepStaffReason:   list{"staff_reason", "help"},

	view.StepStaffDoor:     facts{"staff_door", "door"},
	view.StepStaffParcel:   facts{"staff_parcel", "parcel"},
	view.StepStaffCase:     facts{"staff_case", "help"},
	view.StepStaffDevice:   facts{"staff_device", "device"},
	view.StepStaffPerson:   facts{"staff_person", "person"},
	view.StepStaffCustomer: facts{"staff_customer", "person"},
	view.StepStaffMember:   facts{"staff_member", "person"},
	view.StepStaffStory:    pages.Func(story),

	view.StepStaffNew:     pages.Func(newcomer),
	view.StepStaffWhy:     pages.Func(why),
	view.StepStaffSecret:  pages.Func(secret),
	view.StepStaffCounter: counter,
	view.StepStaffSecond:  second,
	view.StepStaffConfirm: pages.Func(confirm),

	view.StepStaffPractice: pages.Message{
		Says:  pages.Says{Words: "staff_practice", Mark: "practice", Buttons: []pages.Button{pages.Back}},
		Scene: "pause",
	},

	view.StepStaffOpening: pages.Door{Says: pages.Says{Words: "staff_opening", Mark: "clock"}, Big: true},
	view.StepStaffOpen:    pages.By(open),
	view.StepStaffNoOpen:  pages.By(noOpen),
	view.StepStaffLooked:  pages.Func(looked),
}

func refused(title, lead, mark string, wait bool) pages.Drawer {
	return pages.Message{Says: pages.Says{
		Title: title, Lead: lead, Tone: pages.Warn, Mark: mark, Retry: wait, Buttons: []pages.Button{
			{Action: view.ActStartStaff, Label: "action.try_again", Kind: kit.Primary},
			{Action: view.ActTryAgain, Kind: kit.Primary}, pages.Back,
		},
	}, Scene: "badge", Shade: pages.Warn}
}

// begin is a plan with what all pages of somebody who is signed in have.
func begin(s pages.Sheet, words, mark string) pages.Plan {
	p := pages.Plan{Mark: mark, Title: s.Say(words + ".title"), Buttons: []pages.Button{pages.Back}}
	if strings.HasPrefix(string(s.View.Step), "staff_return") {
		p.Title = asked(s, words, s.View.OfStaff().Doing)
	}
	tells(s, &p)
	return p
}

// tells says how the last operation ended, or why it was refused.
func tells(s pages.Sheet, p *pages.Plan) {
	said := s.View.OfStaff().Said
	switch {
	case said == nil && s.View.Reason == view.ReasonRefused:
		p.Alert = s.Say("staff.refused")
	case said == nil:
	case s.View.Reason == view.ReasonRefused, strings.HasPrefix(said.ID, "refused"),
		slices.Contains([]string{"found_nothing", "card_number", "conditional", "pick_item"}, said.ID):
		p.Alert = pages.Told(s, *said, "staff.said.", "staff.", "")
	default:
		p.News = pages.Told(s, *said, "staff.said.", "staff.", "")
	}
}

// about says in a line what a question is about.
func about(s pages.Sheet) string {
	var all []string
	for _, f := range s.View.OfStaff().Facts {
		if !slices.Contains(aboutThese, f.Name) {
			continue
		}
		if text := pages.Brief(value(s, f.Value), mostAbout); text != "" {
			all = append(all, s.Words.Say("staff.about", words.Data{
				"Fact": factName(s, f.Name), "Value": text,
			}))
		}
	}
	return strings.Join(all, " · ")
}

// aboutThese are the facts that are said there.
var aboutThese = []string{"door", "parcel", "name", "title", "case", "count", "grade", "paid", "amount"}

// mostAbout is how much of a value is said there, in characters.
const mostAbout = 30

// value says what is known of something.
func value(s pages.Sheet, m *view.Message) string {
	if m == nil {
		return ""
	}
	return pages.Told(s, *m, "staff.value.", "staff.", "")
}
