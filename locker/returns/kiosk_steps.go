package returns

import (
	"slices"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/paper"
	"cubby/locker/parcel"
	"cubby/locker/view"
	"cubby/locker/visit"
)

type stateOf = *ledger.State

var (
	backs    = visit.Act{Name: view.ActBack, Do: back}
	finishes = visit.Act{Name: view.ActFinish, Do: (*visit.Turn).Finish}
)

func picks(do func(*visit.Turn, string) error) visit.Act {
	return visit.Act{Name: view.ActPick, With: do}
}

func types(do func(*visit.Turn, string) error) visit.Act {
	return visit.Act{Name: view.ActType, With: do}
}

// atDoor answers a scan while a door is open: first things first.
func atDoor(_ visit.Present, t *visit.Turn) error {
	t.Heard = view.HeardFirst
	return nil
}

// whilePicking answers a scan on a page of somebody who is picking: an item's code picks its
// line; whoever shows a code of a parcel is somebody else.
func whilePicking(c visit.Present, t *visit.Turn) error {
	if t.Ease(c) { // a member, who brings something back more easily so
		t.Heard = view.HeardRead
		return nil
	}
	if c.CodeHash != "" || c.BadgeHash != "" {
		return t.Pass(c)
	}
	n := noteOf(t.Visit)
	o, _ := orders.Get(t.State, n.Order)
	if l, is := lineWith(o, c.Text); is && t.Visit.Step == view.StepReturnLines {
		return pickThing(t, l, c.Text)
	}
	t.Heard = view.HeardFirst
	return nil
}

// steps are the pages of a return at the kiosk.
var steps map[view.Step]visit.Step

func init() {
	steps = map[view.Step]visit.Step{
		view.StepReturnEnter: {
			Acts: []visit.Act{types(typedNumber), {
				Name: view.ActStartPackaging, Do: func(t *visit.Turn) {
					show(t, note{}, view.StepPackaging, "")
				},
				When: func(_ *ledger.State, _ visit.Visit, env visit.Env) bool {
					return len(SettingsOf(env).Points) > 0
				},
			}, backs},
			Scan: scannedEntry,
		},
		view.StepReturnSecond: {
			Acts: []visit.Act{types(typedProof), backs}, Scan: scannedEntry, Shows: showHint,
		},
		view.StepReturnRefused: {
			Acts: []visit.Act{{Name: view.ActStartReturn, Do: start}, backs}, Scan: scannedEntry,
		},
		view.StepReturnLines: {
			Acts: []visit.Act{picks(pickLine), {Name: view.ActYes, Do: toOffer, When: pickedSome}, backs},
			Scan: whilePicking, Draws: showLines,
		},
		view.StepReturnLine: {Acts: []visit.Act{backs}, Scan: whilePicking, Draws: showLine},
		view.StepReturnQuantity: {
			Acts: []visit.Act{picks(pickQuantity), backs}, Scan: whilePicking, Draws: showLine,
		},
		view.StepReturnReason: {
			Acts: []visit.Act{picks(pickReason), backs}, Scan: whilePicking, Draws: showReasons,
		},
		view.StepReturnText: {
			Acts: []visit.Act{types(typedText), backs}, Scan: whilePicking, Draws: showLine,
		},
		view.StepReturnPhoto: {
			Acts: []visit.Act{
				{Name: view.ActPhoto, Do: takePhoto},
				{Name: view.ActYes, Do: func(t *visit.Turn) { picked(t, noteOf(t.Visit)) }, When: pictured},
				{
					Name: view.ActSkip, Do: func(t *visit.Turn) { picked(t, noteOf(t.Visit)) },
					When: cameraFailed,
				},
				backs,
			},
			Scan: whilePicking, Draws: showLine,
		},
		view.StepReturnOffer: {
			Acts: []visit.Act{
				picks(pickWay),
				{Name: view.ActMore, Do: func(t *visit.Turn) {
					show(t, noteOf(t.Visit), view.StepReturnLines, view.ReasonNone)
				}, When: picking},
				{Name: view.ActLowDoor, Do: func(t *visit.Turn) {
					n := noteOf(t.Visit)
					n.Low = !low(t.Visit)
					t.Visit.Reach = ""
					t.Keep(n)
					t.StartClock()
				}},
				{Name: view.ActHome, Do: func(t *visit.Turn) {
					show(t, noteOf(t.Visit), view.StepReturnHome, view.ReasonNone)
				}, When: mayCollect},
				backs,
			},
			Scan: whilePicking, Draws: showOffer,
		},
		view.StepReturnHome: {
			Acts: []visit.Act{{Name: view.ActYes, Do: toHome}, backs}, Scan: whilePicking, Draws: showOffer,
		},
		view.StepReturnAsking:  {Scan: atDoor, Clock: visit.WaitElsewhere},
		view.StepReturnCounter: {Acts: []visit.Act{finishes}, Clock: visit.WaitPerson},

		view.StepReturnOpening: {Scan: atDoor, Clock: visit.WaitDoor},
		view.StepReturnOpen: {
			Acts: []visit.Act{
				{Name: view.ActTooBig, Do: func(t *visit.Turn) { retake(t, view.ReasonTooBig) }},
				{Name: view.ActOccupied, Do: func(t *visit.Turn) { retake(t, view.ReasonOccupied) }},
				{Name: view.ActOtherDoor, Do: restElsewhere, When: severalItems},
				{Name: view.ActChangeMind, Do: func(t *visit.Turn) { retake(t, view.ReasonUndo) }},
			},
			Scan: atDoor, Clock: visit.WaitDoor, Reminds: true,
		},
		view.StepReturnRetake: {
			Acts: []visit.Act{{Name: view.ActBack, Do: putIn}}, Scan: atDoor, Clock: visit.WaitDoor,
			Reminds: true,
		},
		view.StepReturnCheck: {
			Acts: []visit.Act{
				{Name: view.ActInside, Do: inside},
				{Name: view.ActOpenAgain, Do: tryAgain},
				{Name: view.ActChangeMind, Do: notInside},
			},
			Scan: atDoor, TimeOut: func(t *visit.Turn) { giveUp(t, "timeout"); cancelEmpty(t) },
		},
		view.StepReturnMore: {
			Acts: []visit.Act{
				{Name: view.ActYes, Do: func(t *visit.Turn) { finished(t, noteOf(t.Visit)) }},
				{Name: view.ActMore, Do: func(t *visit.Turn) { _ = layIn(t, noteOf(t.Visit)) }},
			},
			Scan: atDoor, TimeOut: func(t *visit.Turn) { allIn(t, noteOf(t.Visit).Case) },
		},
		view.StepReturnNoOpen: {
			NotOpened: true,
			Acts: []visit.Act{
				{Name: view.ActTryAgain, Do: tryAgain, When: mayTryAgain},
				{Name: view.ActOtherDoor, Do: otherDoor},
				{Name: view.ActBack, Do: leaveAtDoor},
			},
			Scan: atDoor, TimeOut: func(t *visit.Turn) { giveUp(t, "timeout"); cancelEmpty(t) },
		},
		view.StepReturnDone: {
			Acts: []visit.Act{
				{Name: view.ActYes, Do: takeSwap, When: func(s *ledger.State, v visit.Visit,
					_ visit.Env) bool {
					_, ok := swapOf(s, v)
					return ok
				}},
				{Name: view.ActPrint, Do: printReceipt, When: func(_ *ledger.State, v visit.Visit,
					env visit.Env) bool {
					return env.Prints && v.Print != view.PrintBusy
				}},
				finishes,
			},
			Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
			Clock: visit.WaitPerson, Thanks: true, // people copy the number
		},
		view.StepPackaging: {
			Acts: []visit.Act{picks(pickPacking), backs}, Scan: scanPacking, Draws: showPacking,
		},
		view.StepPackagingDone: {
			Acts: []visit.Act{finishes}, Clock: visit.WaitThanks, Thanks: true,
			Keeps: func(c visit.Present, _ visit.Visit) bool { return c.CodeHash == "" },
		},
	}
}

func pictured(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return noteOf(v).Camera == "taken" }

func cameraFailed(_ *ledger.State, v visit.Visit, _ visit.Env) bool {
	return noteOf(v).Camera == "failed"
}

// picking reports whether the offer is about what was picked here, and not about a return
// that was asked for before.
func picking(_ *ledger.State, v visit.Visit, _ visit.Env) bool { return noteOf(v).Case == "" }

func severalItems(s *ledger.State, v visit.Visit, _ visit.Env) bool {
	c, ok := Cases.Get(s, noteOf(v).Case)
	return ok && !noteOf(v).Again && (len(c.Items) > 1 || c.Items[0].Quantity > 1)
}

// restElsewhere has another door opened when this one has closed.
func restElsewhere(t *visit.Turn) {
	n := noteOf(t.Visit)
	n.Again = true
	t.Keep(n)
	t.StartClock()
}

// cancelEmpty ends a return that was begun in this visit and of which nothing is in.
func cancelEmpty(t *visit.Turn) {
	n := noteOf(t.Visit)
	c, ok := Cases.Get(t.State, n.Case)
	switch {
	case !ok || !c.awaited():
	case len(c.Bags) > 0:
		someIn(t, c.ID)
	case n.Own:
		t.Emit(&CaseEnded{OfCase: c.of(), State: Cancelled, Reason: "timeout"})
	}
}

// addPayload gives the pages of a return their payload.
func addPayload(s *ledger.State, v visit.Visit, out *view.View) {
	if _, ours := steps[out.Step]; !ours {
		return
	}
	n := noteOf(v)
	out.Kind, out.Return = view.KindReturn, &view.Return{
		AtDoor: view.AtDoor{Door: v.Compartment, OpenDoor: v.OpenDoor, LeftOpen: v.LeftOpen},
		About:  n.Ask.Line, Low: low(v), Way: n.Way, Camera: n.Camera, Print: v.Print, Points: n.Points,
	}
	switch out.Step {
	case view.StepReturnOpening, view.StepReturnOpen, view.StepReturnCheck, view.StepReturnRetake,
		view.StepReturnNoOpen:
	default:
		out.Return.Door = ""
	}
	if o, ok := orders.Get(s, n.Order); ok && v.Actor != visit.Somebody {
		out.Return.Order = parcel.Parcel{OrderID: o.ID}.ShortRef()
	}
	c, ok := Cases.Get(s, n.Case)
	if !ok {
		return
	}
	out.Return.Case, out.Return.Conditional = c.ID, c.Conditional
	for _, b := range c.Bags {
		out.Return.Bags = append(out.Return.Bags, view.ReturnBag{Code: b.Parcel, Door: b.Door})
	}
	if p, ok := swapOf(s, v); ok {
		out.Return.Next = p.Compartment
	}
	for _, i := range c.Items {
		amount := view.Money{Minor: i.Refund, Currency: c.Currency}
		out.Return.Items = append(out.Return.Items, view.ReturnItem{
			Title: i.Title, Quantity: i.Quantity, Reason: i.Reason, Amount: &amount, Keep: i.Keep,
		})
	}
	if ways := caseWays(s, c); len(ways) > 0 && out.Step == view.StepReturnDone {
		out.Return.Total, out.Return.When, out.Return.Ways = &ways[0].Amount, ways[0].When, ways[:1]
		if slices.Contains(c.Signals, partly) { // nobody knows yet how much it is
			out.Return.Total = nil
		}
	}
}

// showHint asks for either fact: which of them is known would tell that there is an order.
func showHint(_ *ledger.State, _ visit.Visit, out *view.View) { out.Return.Hint = "both" }

func showPacking(_ *ledger.State, _ visit.Visit, env visit.Env, out *view.View) {
	for _, kind := range Packings {
		if SettingsOf(env).Points[kind] > 0 {
			out.Return.Reasons = append(out.Return.Reasons, view.ReturnReason{Value: kind})
		}
	}
}

func showLines(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	o, _ := orders.Get(s, n.Order)
	n.Ask = Ask{}
	out.Return.Lines = linesOf(s, env, n, o)
	out.Return.Items = itemsPicked(s, env, n, o, out.Language)
}

func showLine(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	o, _ := orders.Get(s, n.Order)
	if l, ok := lineOf(s, env, n, o, n.Ask.Line); ok {
		out.Return.Line, out.Return.Most, out.Return.Because = &l, l.Left-l.Picked, l.Because
	}
}

func showReasons(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	showLine(s, v, env, out)
	n := noteOf(v)
	o, _ := orders.Get(s, n.Order)
	l, _ := o.Line(n.Ask.Line)
	for _, r := range SettingsOf(env).RulesOf(o.Shop).Reasons(l.Category) {
		out.Return.Reasons = append(out.Return.Reasons,
			view.ReturnReason{Value: r.Name, Text: orText(r.Say[out.Language], r.Say["en"])})
	}
}

func itemsPicked(s *ledger.State, env visit.Env, n note, o orders.Order,
	language string) (all []view.ReturnItem) {
	rules := SettingsOf(env).RulesOf(o.Shop)
	for i, verdict := range Judge(s, env, n.basis(env, o), n.Asks) {
		a := n.Asks[i]
		l, _ := o.Line(a.Line)
		amount := view.Money{Minor: verdict.Refund, Currency: o.Currency}
		item := view.ReturnItem{
			Title: l.Title, Quantity: a.Quantity, Reason: a.Reason, Amount: &amount, Keep: verdict.Keep,
		}
		for _, r := range rules.AllReasons() {
			if r.Name == a.Reason {
				item.ReasonText = orText(r.Say[language], r.Say["en"])
			}
		}
		all = append(all, item)
	}
	return all
}

func showOffer(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	n := noteOf(v)
	n.home = v.Step == view.StepReturnHome
	o, _ := orders.Get(s, n.Order)
	out.Return.Ways = waysOf(s, env, n)
	if len(out.Return.Ways) > 0 {
		w := out.Return.Ways[0]
		out.Return.Total, out.Return.When = &w.Amount, w.When
		if n.home { // no door closes
			out.Return.When = "after_grading"
		}
	}
	if n.Case != "" {
		return
	}
	out.Return.Items = itemsPicked(s, env, n, o, out.Language)
	for i, verdict := range Judge(s, env, n.basis(env, o), n.Asks) {
		l, _ := o.Line(n.Asks[i].Line)
		out.Return.Conditional = out.Return.Conditional || StandingOf(env, l) != Firm
		for _, b := range verdict.Because {
			out.Return.Because = append(out.Return.Because, Say(b, o.Currency))
		}
	}
}

// Print puts a return on paper at a terminal: its receipt, or the label of a bag.
type Print struct {
	Terminal, Visit, Job string
	Document             string // "receipt", "label", "manifest"
	Case, Tote           string
	Bag                  string // label: of this bag; empty: of the last one of the case
	Language             string // empty: the customer's
	// Paper is what it says. Receipts and labels of a case are filled in by this room when
	// the command has been decided.
	Paper paper.Document
}

// Kind names the effect.
func (Print) Kind() string { return "return.print" }

// Printed says how that went.
type Printed struct {
	Job    string
	Result view.Printing
}

// Decide shows it to whoever is still there.
func (c Printed) Decide(t *visit.Turn) error {
	t.EveryVisit(func() {
		if t.Visit.PrintJob == c.Job && c.Job != "" {
			t.Visit.Print = c.Result
		}
	})
	return nil
}

func printReceipt(t *visit.Turn) {
	job := t.NewID()
	t.StartClock()
	t.Visit.Print, t.Visit.PrintJob = view.PrintBusy, job
	t.Order(Print{Terminal: orText(t.Visit.Terminal, visit.Kiosk), Visit: t.Visit.ID, Job: job,
		Document: "receipt", Case: noteOf(t.Visit).Case, Language: t.Visit.Language})
}
