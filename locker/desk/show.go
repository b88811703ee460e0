package desk

import (
	"strconv"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// addPayload gives the views of the staff their payload. Nothing of it is there before
// somebody has signed in.
func addPayload(s *ledger.State, v visit.Visit, out *view.View) {
	if _, ours := steps[out.Step]; !ours {
		return
	}
	p := &view.Staff{AtDoor: view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen}}
	out.Kind, out.Staff = view.KindStaff, p
	e, ok := who(v).Employee(s)
	if !ok {
		return
	}
	n := noteOf(v)
	at := n.at()
	p.Name, p.Role, p.Said, p.Doing = e.Name, string(e.Role), n.Said, n.Op
	if p.Door == "" {
		p.Door = at.Door
	}
	p.Parcel = at.Parcel
}

// text is a value that is shown as it is.
func text(value string) *view.Message { return &view.Message{Text: value} }

// word is one of the fixed values of a thing, for the screen to say.
func word(thing, value string) *view.Message {
	return &view.Message{ID: thing + "." + value, Text: value}
}

type facts []view.StaffFact

func (f *facts) add(name string, value *view.Message) {
	*f = append(*f, view.StaffFact{Name: name, Value: value})
}

func (f *facts) text(name, value string) {
	if value != "" {
		f.add(name, text(value))
	}
}

func (f *facts) at(name string, when *time.Time) {
	if when != nil && !when.IsZero() {
		*f = append(*f, view.StaffFact{Name: name, At: when})
	}
}

func showMenu(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	e, _ := who(v).Employee(s)
	for _, m := range menu {
		if !e.Role.May(m.needs) {
			continue
		}
		item := view.StaffItem{Value: m.value, Kind: m.value, Title: view.Message{ID: "menu." + m.value}}
		if m.value == "queue" {
			item.Count = len(Queue(s, env.Policy, env.Now))
		}
		if m.value == toPicking {
			if item.Count = len(shop.ToPick(s)); item.Count == 0 && !shop.SettingsOf(env).Open {
				continue // nothing is sold here
			}
		}
		if m.value == "returns" {
			item.Count = len(waiting(s)) + len(bagsInDoors(s))
		}
		out.Staff.Items = append(out.Staff.Items, item)
	}
}

// showQueue has one line for all that is to leave its door: it leads to the round.
func showQueue(s *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
	round := -1
	for _, m := range Queue(s, env.Policy, env.Now) {
		switch {
		case m.Kind != "expired" && m.Kind != "leaving":
			out.Staff.Items = append(out.Staff.Items, Item(m))
		case round < 0:
			round = len(out.Staff.Items)
			item := Item(Matter{Kind: "leave", Harm: m.Harm, Since: m.Since, ToDo: "Take them out door by door."})
			item.Value, item.Count = toRound, 1
			out.Staff.Items = append(out.Staff.Items, item)
		default:
			out.Staff.Items[round].Count++
		}
	}
}

// toRound is the value of that line.
const toRound = "leaving"

// Item is how a matter is told on a page.
func Item(m Matter) view.StaffItem {
	item := view.StaffItem{
		Value: m.Door, Kind: m.Kind, Harm: string(m.Harm),
		Title:  view.Message{ID: "matter." + m.Kind, Data: map[string]string{"Door": m.Door}, Text: m.Reason},
		Detail: &view.Message{ID: "todo." + m.Kind, Data: map[string]string{"Door": m.Door}, Text: m.ToDo},
	}
	if m.sale != "" || m.count > 0 {
		item = itemOfSale(m, item)
	}
	if m.Screen != "" {
		item.Value = helpAt + m.Screen
		item.Title.Data = map[string]string{"Terminal": m.Screen, "Door": m.Door}
	}
	if m.Case != "" {
		item.Value = caseValue + m.Case
		item.Title = view.Message{
			ID: "matter.case_" + m.Reason, Data: map[string]string{"Door": m.Door}, Text: m.ToDo,
		}
	}
	if m.Device != "" {
		item.Value = "device " + m.Device
		item.Title = view.Message{
			ID: "device." + m.State, Data: map[string]string{"Device": m.Device}, Text: m.Reason,
		}
		item.Detail = &view.Message{ID: "todo." + m.State, Text: m.ToDo}
	}
	if !m.Since.IsZero() {
		item.At = &m.Since
	}
	return item
}

func showWall(s *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
	for _, c := range wall.Compartments.All(s) {
		p, leaves := behind(s, env.Policy, c)
		out.Staff.Doors = append(out.Staff.Doors, view.StaffDoor{
			Number: c.Number, Kind: kindOf(c, p, leaves), Door: c.Door.String(), Lock: string(c.Lock),
			Allocation: string(c.Allocation), Contents: string(c.Contents),
		})
	}
}

func showDoor(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	c, _ := wall.Compartments.Get(s, noteOf(v).at().Door)
	p, leaves := behind(s, env.Policy, c)
	out.Staff.Parcel = c.Parcel // a touch is meant for what is behind the door
	var f facts
	for _, one := range troubles {
		if one.is(c, p, leaves) {
			fact := view.StaffFact{Name: "trouble", Value: word("kind", one.kind)}
			if at, ok := sightings.Get(s, sighting(c.Number, one.kind)); ok {
				fact.At = &at.Since
			}
			f = append(f, fact)
		}
	}
	f = append(f, view.StaffFact{Name: "door", Value: word("door", c.Door.String()), At: c.DoorSince})
	f.add("lock", word("lock", string(c.Lock)))
	f.add("allocation", word("allocation", string(c.Allocation)))
	f.text("reason", c.Reason)
	f.add("contents", word("contents", string(c.Contents)))
	if p.ID != "" {
		f.text("parcel", p.ShortRef())
		f.add("state", word("state", string(p.State)))
		f.at("deadline", p.Deadline)
		f.leaving(p)
	}
	f.text("size", c.Size)
	f.text("openings", strconv.Itoa(c.Openings))
	f.text("failures", strconv.Itoa(c.Failures))
	out.Staff.Facts = f
}

func showParcel(s *ledger.State, v visit.Visit, out *view.View) {
	p, ok := parcel.Parcels.Get(s, noteOf(v).at().Parcel)
	if !ok {
		return
	}
	var f facts
	f.add("state", word("state", string(p.State)))
	if p.ToCheck {
		f.add("trouble", word("kind", "to_check"))
	}
	if p.OnHold != nil {
		f = append(f, view.StaffFact{Name: "on_hold", Value: reasonOf(p.OnHold.Reason), At: &p.OnHold.Since})
	}
	f.text("door", p.Compartment)
	f.text("label", p.Label)
	f.text("order", p.OrderID)
	f.text("id", p.ID)
	f.at("announced", &p.AnnouncedAt)
	f.at("stored", p.StoredAt)
	f.at("deadline", p.Deadline)
	f.leaving(p)
	f.text("place", p.Shelf)
	if p.Paused != nil {
		f = append(f, view.StaffFact{Name: "paused", Value: reasonOf(p.Paused.Reason), At: &p.Paused.Since})
	}
	f.at("ended", p.EndedAt)
	out.Staff.Facts = f
}

// reasonOf says a reason: one of the usual ones, or what somebody typed.
func reasonOf(reason string) *view.Message { return word("reason", reason) }

// showCustomer shows what is known of a recipient. That it is looked at was told before.
func showCustomer(s *ledger.State, v visit.Visit, out *view.View) {
	e, _ := who(v).Employee(s)
	if !e.Role.May(people.SeeCustomer) {
		return
	}
	r, _ := parcel.Recipients.Get(s, noteOf(v).at().Parcel)
	var f facts
	f.text("name", r.Name)
	f.text("phone", r.Phone)
	f.text("email", r.Email)
	f.text("language", r.Language)
	out.Staff.Facts = f
}

func showFind(_ *ledger.State, v visit.Visit, out *view.View) {
	out.Staff.Loading = noteOf(v).Searching
}

func showFound(s *ledger.State, v visit.Visit, out *view.View) {
	for _, id := range noteOf(v).Found {
		p, ok := parcel.Parcels.Get(s, id)
		if !ok {
			continue
		}
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: id, Kind: string(p.State), Title: *text(p.Label),
			Detail: &view.Message{ID: "found", Data: map[string]string{
				"State": string(p.State), "Order": p.OrderID, "Door": p.Compartment,
			}},
			At: &p.AnnouncedAt,
		})
	}
}

func showCouriers(s *ledger.State, _ visit.Visit, out *view.View) {
	for _, c := range people.Couriers.All(s) {
		if !c.Removed {
			item := view.StaffItem{Value: c.ID, Kind: "courier", Title: *text(c.Name), At: &c.Created}
			if c.Centre {
				item.Detail = word("made_by", "centre")
			}
			out.Staff.Items = append(out.Staff.Items, item)
		}
	}
}

func showAccounts(s *ledger.State, _ visit.Visit, out *view.View) {
	for _, e := range people.Staff.All(s) {
		if !e.Removed {
			out.Staff.Items = append(out.Staff.Items, view.StaffItem{
				Value: e.ID, Kind: "account", Title: *text(e.Name), Detail: word("role", string(e.Role)),
				At: &e.Created,
			})
		}
	}
}

func showPerson(s *ledger.State, v visit.Visit, out *view.View) {
	out.Staff.Facts = personFacts(s, noteOf(v).at())
	out.Staff.Doing = noteOf(v).at().People
}

func personFacts(s *ledger.State, at place) (f facts) {
	if at.People == "member" {
		r, _ := customers.Get(s, at.Person)
		return memberFacts(r)
	}
	if at.People == "courier" {
		c, _ := people.Couriers.Get(s, at.Person)
		f.text("name", c.Name)
		f.at("since", &c.Created)
		f.madeBy(c.Centre)
		return f
	}
	e, _ := people.Staff.Get(s, at.Person)
	f.text("name", e.Name)
	f.add("role", word("role", string(e.Role)))
	f.at("since", &e.Created)
	f.madeBy(e.Centre)
	return f
}

// madeBy says whose account it is when it cannot be removed here.
func (f *facts) madeBy(centre bool) {
	if centre {
		f.add("made_by", word("made_by", "centre"))
	}
}

func showRoles(_ *ledger.State, v visit.Visit, out *view.View) {
	for _, r := range []people.Role{people.Associate, people.Technician, people.Supervisor, people.Manager} {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: string(r), Kind: "role", Title: *word("role", string(r)),
			Detail: word("role_may", string(r)),
		})
	}
}

func showNew(_ *ledger.State, v visit.Visit, out *view.View) {
	if noteOf(v).at().Step == view.StepStaffAccounts {
		out.Staff.Doing = "account"
	} else {
		out.Staff.Doing = "courier"
	}
}

func showReasons(s *ledger.State, v visit.Visit, out *view.View) {
	for _, r := range reasonsFor(s, v) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: r, Kind: "reason", Title: *word("reason", r),
		})
	}
	showAbout(s, v, out)
}

// showAbout says what an operation that is asked about is for.
func showAbout(s *ledger.State, v visit.Visit, out *view.View) {
	n := noteOf(v)
	at := n.at()
	var f facts
	door, id := subject(s, v)
	f.text("door", door)
	out.Staff.Parcel = id
	if p, ok := parcel.Parcels.Get(s, id); ok {
		f.text("parcel", p.ShortRef())
		f.add("state", word("state", string(p.State)))
	}
	if at.Person != "" {
		f = append(f, personFacts(s, at)...)
		out.Staff.Parcel = ""
	}
	if n.Reason != "" {
		f.add("reason", reasonOf(n.Reason))
	}
	out.Staff.Facts = f
}

func showPad(_ *ledger.State, _ visit.Visit, out *view.View) { out.Staff.PINDigits = people.PINDigits }

// showCounterPad has the pad of the counter take a customer's PIN, or the last digits of a
// phone.
func showCounterPad(_ *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	out.Staff.PINDigits = parcel.PadDigits(env.Policy)
	if asksSecond(v) {
		out.Staff.PINDigits = parcel.TailDigits
	}
}

// showLoading is for pages that are told from outside what they show.
func showLoading(_ *ledger.State, v visit.Visit, out *view.View) {
	out.Staff.Loading = true
	at := noteOf(v).at()
	switch {
	case at.Step == view.StepStaffDevice:
		out.Staff.Doing = at.Device
	case at.Parcel != "":
		out.Staff.Doing = "parcel"
	case at.Door != "":
		out.Staff.Doing = "door"
	}
}
