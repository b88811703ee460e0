package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/shop"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// What people do at the desk and the kiosk, in any order, with doors that open, stay
// shut, are forced, and a core that starts anew: whoever is not signed in sees nothing,
// no door opens but for whom the role allows it, an occupied one never for one person,
// and nothing stays reserved for a look that is over.
func TestAnyHistoryAtTheDesk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBench(quiet{})
		b.sells(quiet{}, "O-1", nil)
		b.sells(quiet{}, "O-2", func(o *orders.Order) { o.Lines[0].Serials = []string{"SN-1"} })
		h := &history{bench: b}
		h.bag = b.lies(quiet{}, "O-2", "B", "4")
		b.buys(quiet{}, func(s *shop.Sale) { s.Age = rapid.SampledFrom([]int{0, 18}).Draw(t, "age") })
		h.keeps = parcel.Settings{Shelf: []string{"B1", "B2"}}
		t.Repeat(map[string]func(*rapid.T){
			"touch":  h.touch,
			"touch.": h.touch,
			"look":   h.look,
			"settle": h.settle,
			"leave":  h.leave,
			"round":  h.round,
			"badge":  h.present,
			"pin":    h.typePIN,
			"code":   h.code,
			"scan":   h.scan,
			"serve":  h.serve,
			"fetch":  h.fetch,
			"pay":    h.pay,
			"door":   h.move,
			"end":    h.end,
			"time":   h.wait,
			"remove": h.remove,
			"back":   h.endPractice,
			"start":  func(t *rapid.T) { h.command(t, "", visit.Start{Boot: "again"}) },
			"":       h.check,
		})
		h.replays(t)
	})
}

// replays holds the tables against the log, as it would be read.
func (h *history) replays(t *rapid.T) {
	again := emptyWall()
	for i, f := range h.facts {
		data, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var private []byte
		if p, ok := f.(ledger.PrivatePart); ok {
			if private, err = json.Marshal(p.Private()); err != nil {
				t.Fatal(err)
			}
		}
		read, err := h.rules.Ledger.Read(f.Type(), data, private)
		if err != nil {
			t.Fatalf("%s: %v", f.Type(), err)
		}
		state := ledger.NewState(again)
		read.Apply(state, h.times[i])
		again.Merge(state.Changes())
	}
	for _, table := range h.rules.Ledger.Tables() {
		kept, read := loggedRows(h.Memory, table), loggedRows(again, table)
		if !maps.Equal(kept, read) {
			t.Fatalf("replaying the log gives other %s:\n%v\n%v", table.Name(), kept, read)
		}
	}
}

func loggedRows(m *ledger.Memory, table *ledger.Spec) map[string]string {
	all := map[string]string{}
	for _, row := range m.Rows(table, "", "") {
		if part, follows := table.Logged(row.Value); follows {
			text, err := json.Marshal(part)
			all[row.Key] = fmt.Sprint(string(text), err)
		}
	}
	return all
}

// quiet is the testing.TB of a bench that is made within a property.
type quiet struct{ testing.TB }

func (quiet) Helper()                   {}
func (quiet) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
func (quiet) Fatal(a ...any)            { panic(fmt.Sprint(a...)) }

type history struct {
	*bench
	removed []string
	bag     string // of a return, behind door 4 in the beginning
}

var (
	terminals = rapid.SampledFrom([]string{"", atDesk})
	names     = rapid.SampledFrom([]string{"associate", "technician", "supervisor", "manager", "nobody"})
	numbers   = rapid.SampledFrom([]string{"1", "2", "3", "4"})
)

// command carries one out, and looks at what it has led to.
func (h *history) command(t *rapid.T, terminal string, c visit.Command) {
	before := map[string]view.View{}
	for _, at := range []string{"", atDesk} {
		before[at] = h.view(at)
	}
	occupied := map[string]bool{}
	for _, c := range wall.Compartments.All(h.state()) {
		occupied[c.Number] = c.MayHoldParcel()
	}
	facts := len(h.facts)
	owing := map[string]visit.Visit{}
	for _, v := range visit.Visits.All(h.state()) {
		if owesAnswer(v) {
			owing[v.ID] = v
		}
	}
	err := h.try(terminal, c)
	var refused *ledger.Refusal
	if err != nil && !errors.As(err, &refused) {
		t.Fatalf("%+v: %v", c, err)
	}
	h.answered(t, c, owing)
	var allowed *OpeningAllowed
	for _, f := range h.facts[facts:] {
		switch f := f.(type) {
		case *OpeningAllowed:
			allowed = f
			h.mayBeAllowed(t, f, occupied[f.Compartment])
		case *wall.OpeningIntended:
			again := f.Attempt == 2
			if f.Purpose == wall.ForInspection && !again &&
				(allowed == nil || allowed.Compartment != f.Compartment) {
				t.Fatalf("door %s is opened, and nobody was allowed to", f.Compartment)
			}
		case *parcel.ParcelRemoved:
			if e := h.person(f.By); !e.Role.May(people.TakeToCounter) {
				t.Fatalf("a %s gives a parcel away", e.Role)
			}
		case *parcel.RecipientSeen:
			if e := h.person(f.By); !e.Role.May(people.SeeCustomer) {
				t.Fatalf("a %s sees a customer", e.Role)
			}
		}
	}
}

// answered: whoever goes from a door without an answer leaves its parcel to be checked.
func (h *history) answered(t *rapid.T, c visit.Command, owing map[string]visit.Visit) {
	if do, ok := c.(visit.Do); ok && do.Value == view.OpStillThere {
		return
	}
	for _, v := range visit.Visits.All(h.state()) {
		if owesAnswer(v) {
			delete(owing, v.ID)
		}
	}
	for _, v := range owing {
		if box := h.door(v.Compartment); holds(box) && box.Parcel == v.Parcel &&
			!h.parcel(box.Parcel).ToCheck {
			t.Fatalf("nobody has said whether %s is behind door %s, and nobody is to look",
				v.Parcel, box.Number)
		}
	}
}

func (h *history) person(id string) people.Employee {
	e, _ := people.Staff.Get(h.state(), id)
	return e.Employee
}

func (h *history) mayBeAllowed(t *rapid.T, f *OpeningAllowed, occupied bool) {
	by, second := h.person(f.By), h.person(f.Second)
	switch {
	case by.Removed || second.Removed:
		t.Fatalf("%s and %s open a door, and one of them was removed", by.ID, second.ID)
	case f.Reason == "":
		t.Fatal("a door is opened for no reason")
	case f.Reason == "round":
		if !by.Role.May(people.TakeReturns) || f.Parcel == "p1" || f.Parcel == "p2" {
			t.Fatalf("in a round %q opens a door with %s", f.By, f.Parcel)
		}
	case occupied && (!by.Role.May(people.OpenOccupied) || !second.Role.May(people.BeSecond) ||
		f.By == f.Second):
		t.Fatalf("an occupied door is opened by %q and %q", f.By, f.Second)
	case !by.Role.May(people.OpenEmpty):
		t.Fatalf("a door is opened by a %s", by.Role)
	}
}

func (h *history) touch(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	v := h.view(at)
	if len(v.Actions) == 0 {
		return
	}
	name := rapid.SampledFrom(v.Actions).Draw(t, "action")
	if (name == view.ActLeave || name == view.ActBack) && rapid.IntRange(0, 5).Draw(t, "goes") > 0 {
		return
	}
	var values []string
	switch name {
	case view.ActPIN, view.ActLanguage, view.ActMoreTime:
		return
	case view.ActOp:
		values = append(v.OfStaff().Ops, "unheard_of")
	case view.ActPick:
		for _, i := range v.OfStaff().Items {
			values = append(values, i.Value)
		}
		for _, d := range v.OfStaff().Doors {
			values = append(values, d.Number)
		}
		values = append(values, "unheard of")
	case view.ActType:
		values = []string{
			"text=p1", "text=order-p2", "text=why%20not", "text=", "text=%01", "text=12.50", "text=RC-O-2",
		}
	default:
		values = []string{""}
	}
	value := rapid.SampledFrom(values).Draw(t, "value")
	h.command(t, at, visit.Do{Action: view.Action{
		Terminal: at, Visit: v.Visit, Name: name, Value: value, Step: v.Step, Door: v.Door(),
		Parcel: v.Parcel(),
	}})
}

// touchIf touches what the page offers; nothing when it does not.
func (h *history) touchIf(t *rapid.T, at string, name view.ActionName, value string) {
	v := h.view(at)
	if v.Allows(name) {
		h.command(t, at, visit.Do{Action: view.Action{
			Terminal: at, Visit: v.Visit, Name: name, Value: value,
		}})
	}
}

// look is somebody who signs in, and goes as far towards an open door as one may.
func (h *history) look(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	if h.view(at).Step != view.StepStaffMenu {
		h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "whose"), Presented: "badge"})
	}
	h.touchIf(t, at, view.ActPick, "wall")
	h.touchIf(t, at, view.ActPick, numbers.Draw(t, "door"))
	h.touchIf(t, at, view.ActOp, view.OpOpen)
	h.touchIf(t, at, view.ActPick, "cleaning")
	h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "second"), Presented: "badge"})
}

// leave has a parcel recalled, redirected, or stay.
func (h *history) leave(t *rapid.T) {
	id := rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "parcel")
	h.command(t, "", rapid.SampledFrom([]visit.Command{
		parcel.Recall{ID: id}, parcel.Redirect{ID: id, To: parcel.Counter}, parcel.Redirect{ID: id, To: "there"},
		parcel.Stay{ID: id, Why: parcel.ToSender}, parcel.Stay{ID: id, Why: parcel.ToElsewhere},
	}).Draw(t, "way"))
}

// round is somebody who takes out what is to leave, with a second person.
func (h *history) round(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	if h.view(at).Step != view.StepStaffLeaving {
		h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "whose"), Presented: "badge"})
		h.touchIf(t, at, view.ActPick, "queue")
		h.touchIf(t, at, view.ActPick, toRound)
	}
	for range rapid.IntRange(1, 3).Draw(t, "doors") {
		h.touchIf(t, at, view.ActOp, view.OpLeavingNext)
		if h.view(at).Step == view.StepStaffSecond {
			h.command(t, at, visit.Present{BadgeHash: "badge-" + names.Draw(t, "second"), Presented: "badge"})
		}
		if h.view(at).Step != view.StepStaffOpening {
			return
		}
		h.end(t)
		if v := h.view(at); v.Step == view.StepStaffOpen {
			h.pass(5 * time.Second)
			h.command(t, "", visit.SeeDoor{Seen: door.Seen{Compartment: v.Door(), At: h.now, State: door.Closed}})
		}
		h.settle(t)
	}
}

// settle answers what was behind a door, when somebody is asked.
func (h *history) settle(t *rapid.T) {
	for _, at := range []string{"", atDesk} {
		if v := h.view(at); v.Step == view.StepStaffLooked && len(v.Staff.Ops) > 0 {
			h.touchIf(t, at, view.ActOp, rapid.SampledFrom(v.Staff.Ops).Draw(t, "answer"))
			h.touchIf(t, at, view.ActYes, "")
		}
	}
}

func (h *history) present(t *rapid.T) {
	h.command(t, terminals.Draw(t, "terminal"), visit.Present{
		BadgeHash: "badge-" + names.Draw(t, "whose"), Presented: "badge",
	})
}

func (h *history) typePIN(t *rapid.T) {
	at := terminals.Draw(t, "terminal")
	v := h.view(at)
	if !v.Allows(view.ActPIN) {
		return
	}
	pin := "staff-pin-" + names.Draw(t, "whose")
	h.command(t, at, visit.TypePIN{
		Visit: v.Visit, Step: v.Step, StaffHash: pin, PINHash: pin, CourierHash: pin,
	})
}

func (h *history) code(t *rapid.T) {
	h.command(t, terminals.Draw(t, "terminal"), visit.Present{
		CodeHash:  rapid.SampledFrom([]string{"code-p1", "code-p2", "code-none"}).Draw(t, "code"),
		Presented: "code",
	})
}

func (h *history) move(t *rapid.T) {
	h.command(t, "", visit.SeeDoor{Seen: door.Seen{
		Compartment: numbers.Draw(t, "door"), At: h.now,
		State: rapid.SampledFrom([]door.State{door.Open, door.Closed, door.Closed}).Draw(t, "state"),
	}})
}

// end tells the outcome of an order that has none.
func (h *history) end(t *rapid.T) {
	for _, o := range wall.Openings.All(h.state()) {
		if o.State != wall.Intended {
			continue
		}
		how := rapid.SampledFrom([]door.Result{
			door.ConfirmedOpen, door.ConfirmedOpen, door.Stuck, door.Unanswered, door.Uncertain, door.Refused,
		}).Draw(t, "result")
		h.command(t, "", visit.EndOpening{Ended: door.Ended{
			Opening: o.ID, Compartment: o.Compartment, Result: how, Pulsed: how != door.Refused, At: h.now,
		}})
		return
	}
}

func (h *history) wait(t *rapid.T) {
	h.pass(rapid.SampledFrom([]time.Duration{
		time.Second, 10 * time.Second, time.Minute, 6 * time.Minute,
	}).Draw(t, "passes"))
	h.command(t, "", visit.Tick{})
}

func (h *history) endPractice(t *rapid.T) {
	for _, at := range []string{"", atDesk} {
		if v := h.view(at); v.Step == view.StepStaffPractice {
			h.command(t, at, EndPractice{Terminal: at, Visit: v.Visit, Left: rapid.Bool().Draw(t, "left")})
		}
	}
}

func (h *history) remove(t *rapid.T) {
	if rapid.IntRange(0, 9).Draw(t, "now") > 0 {
		return
	}
	id := names.Draw(t, "who")
	h.command(t, "", people.RemoveEmployee{By: people.Tools, ID: id})
	h.removed = append(h.removed, id)
}

// check holds what must be true at any time.
func (h *history) check(t *rapid.T) {
	looking := map[string]bool{}
	for _, at := range []string{"", atDesk} {
		v := h.view(at)
		p := v.OfStaff()
		if p.Name == "" && (p.Role != "" || len(p.Items)+len(p.Facts)+len(p.Story)+len(p.Doors)+
			len(p.Ops) > 0) {
			t.Fatalf("%s shows %+v to nobody", v.Step, p)
		}
		for _, id := range h.removed {
			if p.Name == "Name of "+id {
				t.Fatalf("%s is signed in on %s", id, v.Step)
			}
		}
		if here, _ := visit.Visits.Get(h.state(), terminalOf(visit.Visit{Terminal: at})); owesAnswer(here) {
			looking[here.Compartment] = true
		}
		if v.Kind == view.KindStaff && p.Name != "" && v.TimeoutInMs == 0 &&
			!slices.Contains([]view.Step{view.StepStaffOpening, view.StepStaffOpen, view.StepStaffPractice},
				v.Step) {
			t.Fatalf("%s waits for ever", v.Step)
		}
	}
	for _, c := range wall.Compartments.All(h.state()) {
		under := slices.ContainsFunc(wall.OpeningsOf(h.state(), c.Number), wall.Opening.UnderWay)
		if c.Allocation == wall.Reserved && c.Parcel == "" && !under && !looking[c.Number] {
			t.Fatalf("door %s stays reserved: %s", c.Number, c.Reason)
		}
	}
	h.checkReturns(t)
	h.checkSale(t)
	for _, id := range []string{"p1", "p2", h.bag} {
		p := h.parcel(id)
		bound := slices.DeleteFunc(wall.Compartments.All(h.state()), func(c wall.Compartment) bool {
			return c.Parcel != id
		})
		if p.State.Inside() != (len(bound) == 1 && bound[0].Number == p.Compartment) || len(bound) > 1 {
			t.Fatalf("parcel %s is %s at %q, and bound to %v", id, p.State, p.Compartment, bound)
		}
	}
}
