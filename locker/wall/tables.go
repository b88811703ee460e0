package wall

import (
	"slices"
	"time"

	"cubby/locker/ledger"
)

// The tables of the wall.
var (
	// Compartments by their numbers, in the order of the wall.
	Compartments = ledger.NewTable("compartments", "number",
		ledger.InMemory[Compartment](), ledger.Logged(func(c Compartment) (Compartment, bool) {
			return Compartment{
				Number: c.Number, Forced: c.Forced, Allocation: c.Allocation, Reason: c.Reason, Contents: c.Contents,
				Evidence: c.Evidence,
				Parcel:   c.Parcel, Openings: c.Openings, Failures: c.Failures,
			}, true
		}))

	// Faults are the compartments with a parcel whose doors do not serve, by since when.
	Faults = ledger.NewDue(Compartments, func(c Compartment) (since time.Time) {
		if c.Parcel != "" {
			_, since = c.Fault()
		}
		return since
	})

	// Openings are those under way and the latest of each compartment.
	Openings = ledger.NewTable("openings", "id",
		ledger.InMemory[Opening](), ledger.Logged(func(o Opening) (Opening, bool) {
			return Opening{
				ID: o.ID, Compartment: o.Compartment, Parcel: o.Parcel, Purpose: o.Purpose, State: o.State,
			}, o.UnderWay()
		}), ledger.WithColumns(
			ledger.Column[Opening]{Name: "compartment", Of: func(o Opening) any { return o.Compartment }},
			ledger.Column[Opening]{Name: "under_way", Of: func(o Opening) any { return o.UnderWay() }},
			ledger.Column[Opening]{Name: "since", Of: func(o Opening) any { return o.Since.UnixNano() }}))
	openingsOf = ledger.NewIndex(Openings, "compartment",
		func(_ string, o Opening) []string { return []string{o.Compartment} })

	// Outcomes are given up when they do not come.
	Outcomes = ledger.NewDue(Openings, func(o Opening) (at time.Time) {
		switch o.State {
		case Interrupted:
			at = o.Since.Add(SettleAfter)
		case Intended:
			at = o.NotAfter.Add(SettleAfter)
		case IsOpen:
			if o.Visit == "" && !o.Reminded {
				at = o.Since.Add(StandsOpen)
			}
		}
		return at
	})
)

// OpeningsOf reads the openings of a compartment, the newest first.
func OpeningsOf(s *ledger.State, compartment string) []Opening {
	all := openingsOf.Find(s, compartment)
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b Opening) int { return b.At.Compare(a.At) })
	return all
}
