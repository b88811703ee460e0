package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A PrintOrder asks for a receipt on paper, after the commit. What it says is
// no part of the order: the code is not known to the rules.
type PrintOrder struct {
	Job    string // its id
	Parcel Parcel
	Door   string
	Copy   bool // this parcel's receipt was printed in this visit before
}

// Kind names the effect.
func (PrintOrder) Kind() string { return "receipt.print" }

// PrintResult is how a PrintOrder ended.
type PrintResult string

// The results of printing.
const (
	PrintedReceipt PrintResult = "printed"
	SentReceipt    PrintResult = "sent"    // all went out, and the printer does not say more
	LostReceipt    PrintResult = "lost"    // it did not come out whole, and no more will come
	RefusedReceipt PrintResult = "refused" // the printer took no job
)

type (
	// EndPrint is the outcome of a PrintOrder.
	EndPrint struct {
		Job, Parcel string
		Result      PrintResult
	}

	// ReceiptOrdered: a courier wants a pickup code on paper. Whoever holds that
	// paper can open the door.
	ReceiptOrdered struct {
		OfParcel
		Compartment string `json:"compartment"`
		Job         string `json:"job"`
		Copy        bool   `json:"copy,omitempty"`
	}
	// ReceiptEnded: what became of it.
	ReceiptEnded struct {
		OfParcel
		Job    string      `json:"job"`
		Result PrintResult `json:"result"`
	}
)

func (ReceiptOrdered) Type() string                    { return "parcel.receipt_ordered" }
func (*ReceiptOrdered) Apply(*ledger.State, time.Time) {}

func (ReceiptEnded) Type() string                    { return "parcel.receipt_ended" }
func (*ReceiptEnded) Apply(*ledger.State, time.Time) {}

// printReceipt orders the receipt that is on the screen.
func printReceipt(t *visit.Turn) {
	v := &t.Visit
	p, ok := Parcels.Get(t.State, v.Last)
	if !ok {
		v.Print = view.PrintFailed
		return
	}
	job := t.NewID()
	again := v.Printed == p.ID
	t.Emit(&ReceiptOrdered{OfParcel: of(p), Compartment: v.LastDoor, Job: job, Copy: again})
	t.Order(PrintOrder{Job: job, Parcel: p, Door: v.LastDoor, Copy: again})
	v.Print, v.PrintJob, v.Printed = view.PrintBusy, job, p.ID
	t.StartClock()
}

func (c EndPrint) Decide(t *visit.Turn) error {
	p, ok := Parcels.Get(t.State, c.Parcel)
	if !ok {
		p.ID = c.Parcel
	}
	t.AttendWhere(func(v visit.Visit) bool { return v.PrintJob == c.Job })
	t.Emit(&ReceiptEnded{OfParcel: of(p), Job: c.Job, Result: c.Result})
	if t.Visit.PrintJob != c.Job || t.Visit.Print != view.PrintBusy {
		return nil
	}
	t.Visit.Print = view.PrintDone
	if c.Result != PrintedReceipt && c.Result != SentReceipt {
		t.Visit.Print = view.PrintFailed
	}
	return nil
}

// A PrintJob is something a printer has printed or is to print.
type PrintJob struct {
	Printer string    `json:"printer"` // the device's name
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Since   time.Time `json:"since"`
	Tries   int       `json:"tries"`  // how often it was begun
	Waits   bool      `json:"waits"`  // to be printed, or printed again
	Secret  bool      `json:"secret"` // a receipt with a code: in memory only, cannot be printed again
}
