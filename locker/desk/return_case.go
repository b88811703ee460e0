package desk

import (
	"slices"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/locker/orders"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/returns"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func showCase(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	c, ok := returns.Cases.Get(s, noteOf(v).at().Case)
	if !ok {
		return
	}
	out.Staff.Parcel = c.ID
	out.Staff.Facts, out.Staff.Ops = caseFacts(s, c), caseOps(s, v, env)
	for _, i := range c.Items {
		out.Staff.Items = append(out.Staff.Items, caseLine(c, i))
	}
	for _, r := range returns.RefundsOf(s, c.ID) {
		out.Staff.Items = append(out.Staff.Items, refundLine(r))
	}
}

func caseFacts(s *ledger.State, c returns.Case) (f facts) {
	f.text("case", c.ID)
	f = append(f, view.StaffFact{Name: "state", Value: word("return_state", string(c.State))})
	if c.Conditional {
		f.add("state", &view.Message{ID: "conditional"})
	}
	if c.Gift {
		f.add("state", &view.Message{ID: "gift"})
	}
	if c.Unverified {
		f.add("state", &view.Message{ID: "unverified"})
	}
	if c.Why != "" {
		f.add("reason", text(c.Why))
	}
	f.text("order", c.Order)
	f.add("channel", word("channel", string(c.Channel)))
	f.add("risk", word("risk", string(c.Risk())))
	for _, signal := range c.Signals {
		f.add("signal", word("signal", signal))
	}
	for _, b := range c.Bags {
		p, _ := parcel.Parcels.Get(s, b.Parcel)
		f.text("bag", b.Parcel)
		f.text("door", p.Compartment)
	}
	var given, back int64
	for _, i := range c.Items {
		given += i.Amount
	}
	for _, r := range returns.RefundsOf(s, c.ID) {
		if r.State == returns.Completed {
			back += r.Amount
		}
	}
	f.add("amount", paid(given, c.Currency))
	f.add("refunded", paid(back, c.Currency))
	if c.Swap != nil && c.Swap.Title != "" {
		f.add("title", text(c.Swap.Title))
	}
	return f
}

// caseLine is one item of a return: how it was found, what was decided, where it goes.
func caseLine(c returns.Case, i returns.Item) view.StaffItem {
	item := view.StaffItem{
		Value: "item " + strconv.Itoa(i.N), Kind: "item", Title: *text(unitsOf(i.Quantity, i.Title)),
	}
	var parts []view.Message
	if i.Reason != "" {
		parts = append(parts, *word("return.reason", i.Reason))
	}
	switch {
	case i.Result == "" && c.Here():
		item.Harm = "notice"
		parts = append(parts, view.Message{ID: "to_grade"})
	case i.Result != "":
		item.Kind = string(i.Result)
		parts = append(parts, *word("grade", string(i.Result)))
	}
	if i.Decision != "" {
		parts = append(parts, *word("decision", string(i.Decision)))
	}
	if i.Amount > 0 {
		parts = append(parts, *paid(i.Amount, c.Currency))
	}
	if i.Disposition != "" {
		parts = append(parts, *word("disposition", string(i.Disposition)))
	}
	item.Detail = list(parts...)
	return item
}

// refundLine is one refund: on which tender, and how it stands.
func refundLine(r returns.Refund) view.StaffItem {
	item := view.StaffItem{
		Value: "refund " + r.ID, Kind: string(r.State), Title: tenderAmount(r.Kind, r.Amount, r.Currency),
		Detail: list(*word("refund_state", string(r.State))), At: &r.Ordered,
	}
	if r.Provider != "" {
		item.Detail.Parts = append(item.Detail.Parts, *text(r.Provider))
	}
	if r.State == returns.Failed {
		item.Harm = "warning"
		item.Detail.Parts = append(item.Detail.Parts, *text(r.Detail))
	}
	return item
}

// firstItem finds the first item of which something is true; 0: none.
func firstItem(c returns.Case, is func(returns.Item) bool) int {
	if i := slices.IndexFunc(c.Items, is); i >= 0 {
		return c.Items[i].N
	}
	return 0
}

func toBeGraded(i returns.Item) bool { return i.ToGrade() }

func toBeDecided(i returns.Item) bool { return i.Result != "" && i.Decision == "" && !i.Paid }

func toBeDisposed(i returns.Item) bool {
	return i.Decision != "" && i.Disposition != "" && i.Disposition != returns.BackTo
}

// caseOps are what the person who is signed in can do about a return now.
func caseOps(s *ledger.State, v visit.Visit, env visit.Env) (all []string) {
	c, ok := returns.Cases.Get(s, noteOf(v).at().Case)
	if !ok {
		return nil
	}
	may := func(a people.Action) bool { return may(s, v, a) }
	add := func(op string, a people.Action, is bool) {
		if is && may(a) {
			all = append(all, op)
		}
	}
	inDoor := slices.ContainsFunc(c.Bags, func(b returns.Bag) bool {
		p, _ := parcel.Parcels.Get(s, b.Parcel)
		return p.Compartment != ""
	})
	add(view.OpReturnRound, people.TakeReturns, inDoor)
	add(view.OpReturnDecide, people.DecideReturns,
		c.Here() && !inDoor && !c.Conditional && firstItem(c, toBeDecided) > 0)
	add(view.OpReturnGrade, people.GradeReturns, !inDoor && c.Here() && firstItem(c, toBeGraded) > 0 ||
		(c.State == returns.Authorised || c.State == returns.Requested && c.Conditional) && len(c.Bags) == 0)
	add(view.OpReturnClose, people.TakeReturns, c.MayClose(s))
	add(view.OpReturnRetry, people.SettleRefunds, c.State == returns.SettleFailed)
	o, known := orders.Get(s, c.Order)
	more := slices.ContainsFunc(o.Lines, func(l orders.Line) bool { return returns.Left(s, o, l) > 0 })
	add(view.OpReturnMore, people.TakeReturns, known && more &&
		(c.MayGrow() || c.Channel == returns.AtCounter && c.State == returns.Closed))
	add(view.OpReturnReceipt, people.TakeReturns, env.Prints && c.Dropped != nil && v.Print != view.PrintBusy)
	add(view.OpReturnLabel, people.TakeReturns, env.Prints && c.Dropped != nil && v.Print != view.PrintBusy)
	add(view.OpReturnDispose, people.GradeReturns, firstItem(c, toBeDisposed) > 0)
	add(view.OpReturnAdd, people.GradeReturns, c.Here() && !inDoor)
	add(view.OpReturnPhoto, people.GradeReturns, hasCamera(env) && !c.State.Over() && len(c.Items) > 0)
	add(view.OpReturnExplain, people.TakeReturns, known && len(c.Items) > 0)
	add(view.OpReturnCancel, people.TakeReturns, c.MayCancel())
	return all
}

func operateCase(t *visit.Turn, op string) error {
	if !slices.Contains(caseOps(t.State, t.Visit, t.Env), op) {
		return stale()
	}
	n := noteOf(t.Visit)
	c, _ := returns.Cases.Get(t.State, n.at().Case)
	by := who(t.Visit)
	switch op {
	case view.OpReturnRound:
		goTo(t, place{Step: view.StepStaffReturnRound})
	case view.OpReturnGrade:
		if !c.Here() { // it is brought to the counter now
			if done, err := do(t, returns.Drop{By: by, Case: c.ID, Now: &c}); !done {
				return err
			}
		}
		toGrade(t, firstItem(c, toBeGraded))
	case view.OpReturnDecide:
		toDecide(t, firstItem(c, toBeDecided))
	case view.OpReturnDispose:
		if item := firstItem(c, toBeDisposed); firstItem(c, func(i returns.Item) bool {
			return i.N > item && toBeDisposed(i)
		}) > 0 {
			say(t, view.Message{ID: "pick_item"})
			return nil
		} else {
			n.Op, n.Serve = op, serve{Item: item}
			question(t, view.StepStaffReturnDispose, n)
		}
	case view.OpReturnMore:
		to := place{Step: view.StepStaffReturnOrder, Order: c.Order, Gift: c.Gift}
		if c.MayGrow() {
			to.Case = c.ID
		}
		goTo(t, to)
	case view.OpReturnExplain:
		goTo(t, place{Step: view.StepStaffReturnLine, Case: c.ID, Line: c.Items[0].Line})
	case view.OpReturnAdd:
		n.Op, n.Serve = op, serve{}
		question(t, view.StepStaffReturnNote, n)
	case view.OpReturnPhoto:
		n.Op, n.Serve = op, serve{Item: c.Items[len(c.Items)-1].N}
		question(t, view.StepStaffReturnPhoto, n)
	case view.OpReturnReceipt, view.OpReturnLabel:
		printCase(t, c, strings.TrimPrefix(op, "return_"))
	case view.OpReturnRetry:
		return retryFailed(t, c)
	case view.OpReturnClose, view.OpReturnCancel:
		state := returns.Closed
		if op == view.OpReturnCancel {
			state = returns.Cancelled
		}
		done, err := do(t, returns.End{By: by, Case: c.ID, State: state})
		if done {
			say(t, view.Message{ID: op})
		}
		return err
	}
	return nil
}

// printCase puts a return on paper here.
func printCase(t *visit.Turn, c returns.Case, document string) {
	say(t, view.Message{ID: "return_print"})
	job := t.NewID()
	t.Visit.Print, t.Visit.PrintJob = view.PrintBusy, job
	t.Order(returns.Print{
		Terminal: terminalOf(t.Visit), Visit: t.Visit.ID, Job: job, Document: document, Case: c.ID,
		Language: cmpLanguage(c.Language, t.Visit.Language),
	})
}

func cmpLanguage(customer, staff string) string {
	if customer != "" {
		return customer
	}
	return staff
}

// pickOfCase goes on with an item that was picked, or with a refund that has failed.
func pickOfCase(t *visit.Turn, value string) error {
	n := noteOf(t.Visit)
	c, ok := returns.Cases.Get(t.State, n.at().Case)
	if !ok {
		return stale()
	}
	if id, is := strings.CutPrefix(value, "refund "); is {
		r, ok := returns.Refunds.Get(t.State, id)
		if !ok || r.Case != c.ID {
			return stale()
		}
		if r.State != returns.Failed || !may(t.State, t.Visit, people.SettleRefunds) {
			return nil
		}
		n.Op, n.Serve = view.OpReturnRetry, serve{Refund: id}
		question(t, view.StepStaffReturnDecide, n)
		return nil
	}
	number, _ := strconv.Atoi(strings.TrimPrefix(value, "item "))
	i, ok := c.Item(number)
	ops := caseOps(t.State, t.Visit, t.Env)
	switch {
	case !ok:
		return stale()
	case toBeGraded(i) && slices.Contains(ops, view.OpReturnGrade) && c.Here():
		toGrade(t, i.N)
	case toBeDecided(i) && slices.Contains(ops, view.OpReturnDecide):
		toDecide(t, i.N)
	case toBeDisposed(i) && slices.Contains(ops, view.OpReturnDispose):
		n.Op, n.Serve = view.OpReturnDispose, serve{Item: i.N}
		question(t, view.StepStaffReturnDispose, n)
	case i.Line != "" && c.Order != "":
		goTo(t, place{Step: view.StepStaffReturnLine, Case: c.ID, Line: i.Line})
	}
	return nil
}

func showDispositions(s *ledger.State, v visit.Visit, env visit.Env, out *view.View) {
	showServe(s, v, env, out)
	_, i, ok := itemOf(s, noteOf(v))
	if !ok {
		return
	}
	f := facts(out.Staff.Facts)
	f.add("disposition", word("disposition", string(i.Disposition)))
	out.Staff.Facts = f
	for _, d := range placesFor(i) {
		out.Staff.Items = append(out.Staff.Items, view.StaffItem{
			Value: string(d), Kind: string(d), Title: *word("disposition", string(d)),
		})
	}
}

// placesFor are where an item may go instead.
func placesFor(i returns.Item) []returns.Disposition {
	return slices.DeleteFunc(slices.Clone(returns.Dispositions), func(d returns.Disposition) bool {
		return d == returns.BackTo || d == i.Disposition
	})
}

func pickDisposition(t *visit.Turn, value string) error {
	c, i, ok := itemOf(t.State, noteOf(t.Visit))
	if !ok || !slices.Contains(placesFor(i), returns.Disposition(value)) {
		return stale()
	}
	done, err := do(t, returns.Dispose{
		By: who(t.Visit), Case: c.ID, Item: i.N, Disposition: returns.Disposition(value),
	})
	if done {
		say(t, said(view.OpReturnDispose, map[string]string{"Disposition": value}))
	}
	return err
}

// retryFailed asks for all failed refunds of a return once more.
func retryFailed(t *visit.Turn, c returns.Case) error {
	for _, r := range returns.RefundsOf(t.State, c.ID) {
		if r.State != returns.Failed {
			continue
		}
		if done, err := do(t, returns.RetryRefund{By: who(t.Visit), ID: r.ID}); !done {
			return err
		}
	}
	say(t, view.Message{ID: view.OpReturnRetry})
	return nil
}

// otherWays are how a refund that has failed is paid instead, with the customer's consent.
var otherWays = []string{"gift_card", "cash", "transfer"}

func showWays(s *ledger.State, n note, out *view.View) {
	r, ok := returns.Refunds.Get(s, n.Serve.Refund)
	if !ok {
		return
	}
	out.Staff.Parcel = r.ID
	var f facts
	f.text("case", r.Case)
	f.add("tender", word("tender", r.Kind))
	f.add("amount", paid(r.Amount, r.Currency))
	f.text("provider", r.Provider)
	f.text("detail", r.Detail)
	out.Staff.Facts = f
	out.Staff.Items = append(out.Staff.Items, view.StaffItem{
		Value: "again", Kind: "again", Title: view.Message{ID: "refund_again"},
	})
	for _, way := range otherWays {
		if way != r.Kind {
			out.Staff.Items = append(out.Staff.Items, view.StaffItem{
				Value: way, Kind: way, Title: *word("tender", way),
			})
		}
	}
}

// pickWay tries a refund that has failed again, or pays it another way.
func pickWay(t *visit.Turn, n note, value string) error {
	var command visit.Command
	switch {
	case value == "again":
		command = returns.RetryRefund{By: who(t.Visit), ID: n.Serve.Refund}
	case slices.Contains(otherWays, value):
		command = returns.RedirectRefund{By: who(t.Visit), ID: n.Serve.Refund, Kind: value}
	default:
		return stale()
	}
	done, err := do(t, command)
	if done {
		say(t, view.Message{ID: view.OpReturnRetry})
	}
	return err
}
