package care

import (
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// CloseCase ends a case with a note. Repeating it with the same note changes nothing.
type CloseCase struct {
	By        people.Doer
	Number    string
	Note      string // 1 to MaxNote characters
	Condition ledger.Condition
	Now       *Case // set to the case as it is afterwards when not nil
}

// Decide closes it, and lets the parcel's code open again.
func (c CloseCase) Decide(t *visit.Turn) error {
	if err := c.By.Must(t.State, people.SettleCases); err != nil {
		return err
	}
	it, ok := Cases.Get(t.State, c.Number)
	if !ok {
		return NoSuchCase()
	}
	if err := c.Condition.Check("case", it.Rev, true); err != nil {
		return err
	}
	if err := plain.Check(c.Note, MaxNote, "note", "/note"); err != nil {
		return err
	}
	switch {
	case it.State == Closed && it.Note == c.Note:
	case it.State == Closed:
		return ledger.Refuse(ledger.Conflict, "case-closed",
			"the case was closed already; read it to see with which note")
	default:
		closeCase(t, it, c.Note, c.By.ID)
	}
	if c.Now != nil {
		*c.Now, _ = Cases.Get(t.State, c.Number)
	}
	return nil
}

func closeCase(t *visit.Turn, c Case, note, by string) {
	t.Emit(&CaseClosed{OfCase{c.Number}, c.Parcel, note, by})
	parcel.EndDispute(t, c.Parcel, c.Number)
}

// open begins a case, or gives the number of the one of this kind that is open already.
func open(t *visit.Turn, kind Kind, id, door string) (number string) {
	if c, ok := OpenOf(t.State, id); ok && c.Kind == kind {
		return c.Number
	}
	p, _ := parcel.Parcels.Get(t.State, id)
	f := &CaseOpened{OfCase{newNumber(t)}, kind, id, p.OrderID, door}
	t.Emit(f)
	return f.Case
}

// follow opens the case of a door that could not be opened, and closes it when the parcel
// got out in another way. Open cases go on with a parcel that gets another id.
func follow(t *visit.Turn) {
	for _, f := range t.Facts {
		switch f := f.(type) {
		case *parcel.DoorStuck:
			if f.Step == parcel.HandedOver {
				open(t, Stuck, f.ParcelID, f.Compartment)
			}
		case *parcel.ParcelCollected:
			settled(t, f.ParcelID, "collected")
		case *parcel.ParcelCounterHeld:
			settled(t, f.ParcelID, "taken to the counter")
		case *parcel.ParcelRenamed:
			for _, c := range openOf.Find(t.State, f.Was) {
				t.Emit(&CaseRenamed{OfCase{c.Number}, f.ParcelID})
			}
		}
	}
}

// settled closes the case of a stuck door behind which the parcel is no more.
func settled(t *visit.Turn, id, note string) {
	if c, ok := OpenOf(t.State, id); ok && c.Kind == Stuck {
		closeCase(t, c, note, "")
	}
}
