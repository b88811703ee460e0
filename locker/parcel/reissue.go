package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

// A CodeState is what was done about the code of a parcel since it was deposited.
type CodeState struct {
	// Since when it is so. Tokens of the centre from before count no longer.
	Since time.Time `json:"since"`
	// Revoked: nothing opens the door for a bearer before there is a new code.
	Revoked bool `json:"revoked,omitempty"`
	// Reissued are the times of the newest new codes, at most MostReissues.
	Reissued []time.Time `json:"reissued,omitempty"`
}

// MostReissues bounds the new codes of one parcel in a day: each is a message to a
// customer, and whoever got hold of a key must not send them without end.
const MostReissues = 5

// PINTaken refuses a secret whose PIN was made before; another one does.
const PINTaken = "pin-taken"

const reissueDay = 24 * time.Hour

type (
	// ReissueCode gives a parcel another code and PIN. Those it had end at once.
	ReissueCode struct {
		By         people.Doer
		ID, Reason string // the reason may be empty
		Condition  ledger.Condition
		Fresh      *visit.Secret // nil: that of the decision
		Print      bool          // on the printer of the terminal
		Now        *Parcel       // set to the parcel as it is afterwards when not nil
	}
	// RevokeCode ends the code and the PIN of a parcel. Repeating it changes nothing.
	RevokeCode struct {
		By         people.Doer
		ID, Reason string
		Condition  ledger.Condition
		Now        *Parcel
	}

	// CodeReissued: another code and PIN open from now on, and no earlier ones. The clear
	// code is joined in as for ParcelStored.
	CodeReissued struct {
		OfParcel
		Compartment string        `json:"compartment,omitempty"` // empty: at the counter
		Deadline    *time.Time    `json:"deadline,omitempty"`    // none at the counter
		Language    string        `json:"language,omitempty"`    // to tell the recipient in
		Reason      string        `json:"reason,omitempty"`
		By          string        `json:"by,omitempty"` // id of who of the staff it was
		PINForm     PINForm       `json:"pin_form,omitempty"`
		Valuable    bool          `json:"valuable,omitempty"`
		Rotating    bool          `json:"rotating,omitempty"` // its QR code has to be live
		Hashes      StoredHashes  `json:"-"`
		Clear       *visit.Secret `json:"-"` // sealed at once by the store; nil on replay
		Tail        string        `json:"-"` // see Factor
	}
	// CodeRevoked: no code opens it before there is a new one.
	CodeRevoked struct {
		OfParcel
		Compartment string `json:"compartment,omitempty"`
		Reason      string `json:"reason,omitempty"`
		By          string `json:"by,omitempty"`
	}
)

func (CodeReissued) Type() string    { return "parcel.code_reissued" }
func (f *CodeReissued) Private() any { return &f.Hashes }

func (f *CodeReissued) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		now := CodeState{Since: at}
		if p.Code != nil {
			now.Reissued = p.Code.Reissued
		}
		if all := len(now.Reissued); all >= MostReissues {
			now.Reissued = now.Reissued[all-MostReissues+1:]
		}
		now.Reissued = append(append([]time.Time{}, now.Reissued...), at)
		p.Code = &now
	})
	endCredentials(s, f.ParcelID, Revoked)
	keepCredentials(s, f.ParcelID, f.Hashes)
	changeFactor(s, f.ParcelID, func(x *Factor) { // what was tried was against the code before
		*x = Factor{Tail: f.Tail, Form: f.PINForm}
	})
}

func (CodeRevoked) Type() string { return "parcel.code_revoked" }

func (f *CodeRevoked) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		now := CodeState{Since: at, Revoked: true}
		if p.Code != nil {
			now.Reissued = p.Code.Reissued
		}
		p.Code = &now
	})
	endCredentials(s, f.ParcelID, Revoked)
}

// EndsToken reports whether a token of the centre that is good from a moment on was ended
// with the codes of the parcel.
func (p Parcel) EndsToken(goodFrom time.Time) bool {
	return p.Code != nil && goodFrom.Before(p.Code.Since)
}

func (c ReissueCode) Decide(t *visit.Turn) error {
	p, err := withCode(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	if p.State == Expired || p.State == Stored && isOver(t, p) {
		return ledger.Refuse(ledger.Conflict, "expired-already",
			"its time behind door %s is over and no code opens it; take it to the counter first", p.Compartment)
	}
	if !mayReissue(p, t.Now) {
		return ledger.Refuse(ledger.Conflict, "too-many-codes",
			"the parcel has got %d new codes within a day; another is possible a day after the first of them",
			MostReissues)
	}
	fresh := c.Fresh
	if fresh == nil {
		fresh = t.Fresh
	}
	fresh, tail, form := codesFor(t, p, fresh)
	if _, taken := Credentials.Get(t.State, fresh.PINHash); taken {
		return ledger.Refuse(ledger.Conflict, PINTaken, "the new PIN was that of another parcel; ask again")
	}
	f := &CodeReissued{
		OfParcel: of(p), Compartment: p.Compartment, Reason: c.Reason, By: c.By.ID,
		Hashes: StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: fresh, Tail: tail, PINForm: form,
		Valuable: p.Valuable, Rotating: p.Rotating,
	}
	if p.State == Stored {
		f.Deadline = p.Deadline
	}
	if r := recipientOf(t.State, p.ID); r != nil {
		f.Language = r.Language
	}
	t.Emit(f)
	turnAwayBearers(t, p)
	if c.Print {
		job := t.NewID()
		t.Emit(&ReceiptOrdered{OfParcel: of(p), Compartment: p.Compartment, Job: job})
		t.Order(PrintOrder{Job: job, Parcel: p, Door: p.Compartment})
		t.Visit.PrintJob = job
	}
	setNow(t, p.ID, c.Now)
	return nil
}

func (c RevokeCode) Decide(t *visit.Turn) error {
	p, err := withCode(t, c.By, c.ID, c.Reason, c.Condition)
	if err != nil {
		return err
	}
	defer setNow(t, c.ID, c.Now)
	if p.Code != nil && p.Code.Revoked {
		return nil
	}
	t.Emit(&CodeRevoked{OfParcel: of(p), Compartment: p.Compartment, Reason: c.Reason, By: c.By.ID})
	turnAwayBearers(t, p)
	return nil
}

// withCode reads a parcel that has a code, or had one that was revoked.
func withCode(t *visit.Turn, by people.Doer, id, reason string, cond ledger.Condition) (Parcel, error) {
	if err := by.Must(t.State, people.RenewCodes); err != nil {
		return Parcel{}, err
	}
	p, exists := Parcels.Get(t.State, id)
	if !exists {
		return p, noSuchParcel()
	}
	if err := cond.Check("parcel", p.Rev, true); err != nil {
		return p, err
	}
	if p.Direction == BroughtBack {
		return p, bagOfReturn(p)
	}
	if reason != "" {
		if err := checkReason(reason); err != nil {
			return p, err
		}
	}
	switch p.State {
	case Stored, Expired, CounterHeld, Depositing, Collecting:
	case Announced, Booked, DepositFailed:
		return p, ledger.Refuse(ledger.Conflict, "no-code-yet",
			"the parcel is %s; its code is made when a door has closed on it", p.State)
	case Cancelled:
		return p, ledger.Refuse(ledger.Conflict, "cancelled-already",
			"the parcel is cancelled; it has no code")
	default:
		return p, notHere(p)
	}
	if p.Leaving != nil {
		return p, isLeaving(p)
	}
	return p, doorAtRest(t, p)
}

// mayReissue reports whether the parcel may get another code. A clock that was set back
// stops nobody for longer than a day.
func mayReissue(p Parcel, now time.Time) bool {
	if p.Code == nil {
		return true
	}
	today := 0
	for _, at := range p.Code.Reissued {
		if now.Sub(at).Abs() < reissueDay {
			today++
		}
	}
	return today < MostReissues
}

// turnAwayBearers tells whoever waits to try the door again that their code is none any
// more.
func turnAwayBearers(t *visit.Turn, p Parcel) {
	t.EveryVisit(func() {
		at, waits := t.Visit.Step, false
		switch at {
		case view.StepNoOpen, view.StepPickupSecond:
			waits = t.Visit.Parcel == p.ID
		}
		if shown := listOf(t.Visit).Right.Shown == p.ID; shown {
			t.KeepAs(listedAs, listed{}) // what it led to ends with it
			waits = waits || at == view.StepPickupChoose
		}
		if waits {
			t.Visit.Actor, t.Visit.Parcel, t.Visit.Compartment = visit.Somebody, "", ""
			t.Show(view.StepPickupRefused, view.ReasonNotValid)
		}
	})
}
