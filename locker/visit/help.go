package visit

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
)

// Help lies over a page: the page stays as it is below, and goes on when something happens
// to its door. Whoever is called is told the terminal and the page, and nothing of a person.

// A Call is the newest call for staff from a terminal.
type Call struct {
	Terminal string     `json:"terminal"`
	Step     view.Step  `json:"step"`               // the page on which it was made
	Door     string     `json:"door,omitempty"`     // that the page is about
	Since    time.Time  `json:"since"`              // when the first one was made that nobody has answered
	Last     time.Time  `json:"last"`               // when it was made
	Answered *time.Time `json:"answered,omitempty"` // somebody of the staff goes there
}

// Calls are by terminal.
var Calls = ledger.NewTable("help_calls", "terminal", ledger.InMemory[Call]())

// Open reports whether staff have not answered yet.
func (c Call) Open() bool { return c.Answered == nil && c.Terminal != "" }

// How often staff may be called to one screen: after the call before was answered, and while
// nobody answers.
const (
	callAfter = time.Minute
	callAgain = 10 * time.Minute
)

type (
	// HelpAsked: somebody at a terminal asks for staff.
	HelpAsked struct {
		Terminal string    `json:"terminal"`
		Step     view.Step `json:"step"`
		Door     string    `json:"compartment,omitempty"`
	}
	// HelpAnswered: somebody of the staff goes there.
	HelpAnswered struct {
		Terminal string `json:"terminal"`
		By       string `json:"by,omitempty"` // id of who of the staff it is
	}
)

func (HelpAsked) Type() string    { return "help.asked" }
func (HelpAsked) Subject() string { return "station" }
func (HelpAsked) Published() bool { return true }

func (f *HelpAsked) Apply(s *ledger.State, at time.Time) {
	c, _ := Calls.Get(s, f.Terminal)
	if !c.Open() {
		c = Call{Terminal: f.Terminal, Since: at}
	}
	c.Step, c.Door, c.Last = f.Step, f.Door, at
	Calls.Put(s, f.Terminal, c)
}

func (HelpAnswered) Type() string    { return "help.answered" }
func (HelpAnswered) Subject() string { return "station" }
func (HelpAnswered) Published() bool { return true }

func (f *HelpAnswered) Apply(s *ledger.State, at time.Time) {
	c, _ := Calls.Get(s, f.Terminal)
	c.Terminal, c.Answered = f.Terminal, &at
	Calls.Put(s, f.Terminal, c)
}

// OpenCalls are the calls that nobody has answered, the oldest first.
func OpenCalls(s *ledger.State) (all []Call) {
	for _, c := range Calls.All(s) {
		if c.Open() {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Call) int { return a.Since.Compare(b.Since) })
	return all
}

// helps reports whether the page offers help: those of staff and of desks do not.
func (r *Rules) helps(v Visit, env Env) bool {
	return !env.AtDesk() && !strings.HasPrefix(v.Actor, StaffActor) &&
		!strings.HasPrefix(string(v.Step), "staff_") &&
		r.Page(v).Clock != WaitElsewhere && r.Page(v).Clock != WaitAnswer
}

// helpActs are what can be done about help on a page; covered: nothing else can.
func (r *Rules) helpActs(s *ledger.State, v Visit, env Env) (all []view.ActionName, covered bool) {
	switch {
	case !r.helps(v, env):
		return nil, false
	case !v.Helping:
		return []view.ActionName{view.ActHelp}, false
	}
	all = []view.ActionName{view.ActHelpClose}
	if env.Policy.CallsStaff && mayCall(s, v, env.Now) {
		all = append(all, view.ActCallStaff)
	}
	return all, true
}

func mayCall(s *ledger.State, v Visit, now time.Time) bool {
	c, called := Calls.Get(s, v.at())
	wait := callAfter
	if c.Open() {
		wait = callAgain
	}
	return !called || now.Sub(c.Last).Abs() >= wait // a clock that was set back stops nobody for long
}

// help does what was touched about help.
func (t *Turn) help(name view.ActionName) {
	switch name {
	case view.ActHelp:
		if t.Visit.ID == "" {
			t.Begin(Arrived)
			t.Show(view.StepIdle, view.ReasonNone)
		}
		t.Visit.Helping = true
	case view.ActHelpClose:
		t.Visit.Helping = false
	case view.ActCallStaff:
		t.Emit(&HelpAsked{Terminal: t.Visit.at(), Step: t.Visit.Step, Door: t.Visit.Compartment})
	}
	if !t.rules.waitsForDoor(t.Visit) {
		used := t.Visit.Extensions
		t.StartClock() // somebody is here
		t.Visit.Extensions = used
	}
}

// showHelp gives a view the help that lies over it.
func showHelp(s *ledger.State, v Visit, env Env, out *view.View) {
	if env.AtDesk() && out.Idle != nil && len(OpenCalls(s)) > 0 {
		out.Notices = append(slices.Clip(out.Notices), view.NoticeHelpAsked)
	}
	if !v.Helping {
		return
	}
	c, _ := Calls.Get(s, v.at())
	out.Helping = &view.Helping{Number: env.Policy.Number, Phone: env.Policy.Phone, Called: c.Open()}
}
