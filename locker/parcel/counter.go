package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/plain"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// What staff do with parcels. Now is set to the parcel as it is afterwards when it is
// not nil.
type (
	// TakeToCounter: staff have taken a parcel out of its door, or have found one that
	// was written off. Its code is good at the counter then, and opens no door; that of
	// one that was written off stays dead.
	TakeToCounter struct {
		By             people.Doer
		Parcel, Reason string
		Now            *Parcel
	}
	// HandOver gives a parcel at the counter to its customer: with the hash of its code
	// or PIN, or else the parcel that is named, for a reason.
	HandOver struct {
		By                people.Doer
		Parcel, Reason    string
		CodeHash, PINHash string
		Member            bool         // the code is a member's own
		Token             *visit.Token // when the code is one that a centre has made
		Rotating          *visit.Tail  // when the code is one that changes
		Live              bool         // it was judged when it was shown
		Tail              string       // the last digits of the recipient's phone; empty: not said
		Now               *Parcel
		// Why is set to the refusal of wrong last digits, which are counted although nothing is
		// handed over.
		Why *error
	}
	// WriteOff: a parcel that should be behind its door or at the counter is gone.
	WriteOff struct {
		By             people.Doer
		Parcel, Reason string
		Now            *Parcel
	}
	// SayStillThere: staff have looked, and a parcel that was to be checked is there.
	SayStillThere struct {
		By     people.Doer
		Parcel string
		Looked bool // just now, which is told of any parcel
		Now    *Parcel
	}
	// SeeRecipient reads what is known of a recipient for somebody of the staff. Each
	// look is a fact.
	SeeRecipient struct {
		By     people.Doer
		Parcel string
		Who    **Recipient // set to nil when nothing is kept
	}
)

func (c TakeToCounter) Decide(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.TakeToCounter, c.Parcel)
	if err != nil {
		return err
	}
	defer setNow(t, c.Parcel, c.Now)
	if p.State == CounterHeld {
		return nil // it is there already
	}
	if err := checkReason(c.Reason); err != nil {
		return err
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	switch p.State {
	case Stored, Expired, Missing:
	default:
		return notHere(p)
	}
	box, _ := wall.Compartments.Get(t.State, p.Compartment)
	t.Emit(&ParcelCounterHeld{
		OfParcel: of(p), Compartment: p.Compartment, Reason: c.Reason,
		KeepsCode: p.State != Missing, By: c.By.ID,
	})
	giveBack(t, box, c.Reason, c.By.ID, "its parcel was taken to the counter")
	return nil
}

func (c HandOver) Decide(t *visit.Turn) error {
	hash, kind := c.CodeHash, ByCode
	if c.PINHash != "" {
		hash, kind = c.PINHash, ByPIN
	}
	if hash == "" {
		return c.known(t)
	}
	if err := c.By.Must(t.State, people.HandOver); err != nil {
		return err
	}
	switch {
	case c.Token != nil:
		return c.byToken(t)
	case c.Member:
		return c.byMember(t)
	}
	cred, ok := Credentials.Get(t.State, hash)
	p, exists := Parcels.Get(t.State, cred.Parcel)
	switch {
	case !ok, !exists, !cred.shownAs(kind), cred.State == Revoked,
		cred.narrow() && cred.State == Live && delegationOver(t, p.ID):
		return noSuchCode()
	case c.Parcel != "" && c.Parcel != p.ID:
		return codeOfAnother(c.Parcel)
	}
	if x, _ := Factors.Get(t.State, p.ID); cred.Kind == ByPIN && x.Form == SixDigitsAndPhone {
		if why := showTail(t, p, ByPIN, c.Tail); why != "" {
			return c.wrong(noSuchCode())
		}
		p.Valuable = false // it was shown
	}
	if p.State != CounterHeld {
		return notAtCounter(p)
	}
	return c.byCredential(t, p, cred.Kind)
}

// byCredential hands a parcel over to whoever has shown what it is kept for.
func (c HandOver) byCredential(t *visit.Turn, p Parcel, kind CredentialKind) error {
	live := func() {}
	if p.OnHold == nil && p.Rotating && (kind == ByCode || kind == ByMember) && !c.Live {
		x, _ := Factors.Get(t.State, p.ID)
		step, why := t.WhyNotTail(c.Rotating, x.Step)
		if why != "" {
			return noLiveCode()
		}
		live = func() { t.Emit(&TailUsed{of(p), step}) }
	}
	if p.OnHold == nil && p.Valuable {
		if c.Tail == "" {
			return needsSecond()
		}
		switch showTail(t, p, kind, c.Tail) {
		case "tail":
			return c.wrong(wrongSecond())
		case "locked":
			return secondLocked()
		}
	}
	live()
	return handOver(t, p, &ParcelHandedOver{OfParcel: of(p), Credential: kind, By: c.By.ID}, c.Now)
}

// wrong refuses, and leaves the caller to say so after the try was counted.
func (c HandOver) wrong(why *ledger.Refusal) error {
	if c.Why == nil {
		return why
	}
	*c.Why = why
	return nil
}

func needsSecond() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "second-factor",
		"this parcel is valuable: also say the last four digits of the recipient's phone").At("/phone_tail")
}

func wrongSecond() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "second-factor",
		"these are not the last four digits of the recipient's phone; ask the customer again").At("/phone_tail")
}

func secondLocked() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "second-factor-locked",
		"too many wrong digits were given for this parcel; give it another code, or ask a supervisor to hand it "+
			"over for a reason")
}

func noLiveCode() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "not-live",
		"this code changes every 30 seconds: have it shown in the shop's app and scan it there, or type the PIN")
}

// byToken hands over the parcel that a token is for.
func (c HandOver) byToken(t *visit.Turn) error {
	p, why := bearerOfToken(t, c.Token)
	switch {
	case why == "expired" && p.State == Expired, p.State == Collected:
		return notAtCounter(p)
	case why != "":
		return noSuchCode()
	case c.Parcel != "" && c.Parcel != p.ID:
		return codeOfAnother(c.Parcel)
	case p.State != CounterHeld:
		return notAtCounter(p)
	case p.OnHold == nil:
		noteToken(t, p, c.Token)
	}
	return c.byCredential(t, p, ByToken)
}

func noSuchCode() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-code",
		"this is not the code of a parcel at the counter; try again, or ask a supervisor to "+
			"hand it over for a reason")
}

func codeOfAnother(parcel string) *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "code-of-another",
		"this is the code of another parcel, not of %s; look which of them it is", parcel)
}

// known hands over a parcel without its code.
func (c HandOver) known(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.HandOverKnown, c.Parcel)
	if err != nil {
		return err
	}
	if p.State != CounterHeld {
		return notAtCounter(p)
	}
	if err := checkReason(c.Reason); err != nil {
		return err
	}
	return handOver(t, p, &ParcelHandedOver{OfParcel: of(p), Reason: c.Reason, By: c.By.ID}, c.Now)
}

func handOver(t *visit.Turn, p Parcel, f *ParcelHandedOver, now *Parcel) error {
	if p.Direction == BroughtBack {
		return bagOfReturn(p)
	}
	if p.OnHold != nil {
		return ledger.Refuse(ledger.Conflict, "on-hold", "%s; release it before it is handed over", p.OnHold.Says())
	}
	if p.Leaving != nil && !p.Leaving.ToCounter() {
		return isLeaving(p)
	}
	t.Emit(f)
	setNow(t, p.ID, now)
	return nil
}

func (c WriteOff) Decide(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.WriteOff, c.Parcel)
	if err != nil {
		return err
	}
	defer setNow(t, c.Parcel, c.Now)
	if p.State == Missing {
		return nil
	}
	if err := checkReason(c.Reason); err != nil {
		return err
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	switch p.State {
	case Stored, Expired, CounterHeld:
	default:
		return notHere(p)
	}
	box, bound := wall.Compartments.Get(t.State, p.Compartment)
	t.Emit(&ParcelWrittenOff{OfParcel: of(p), Compartment: p.Compartment, Reason: c.Reason, By: c.By.ID})
	if bound && box.Allocation == wall.Occupied {
		quarantine(t, box, "its parcel was written off")
	}
	return nil
}

func (c SayStillThere) Decide(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.RestoreDoor, c.Parcel)
	if err != nil {
		return err
	}
	defer setNow(t, c.Parcel, c.Now)
	if p.State == Stored || p.State == Expired {
		if err := doorAtRest(t, p); err != nil || !p.ToCheck && !c.Looked {
			return err
		}
		t.Emit(&ParcelStillThere{OfParcel: of(p), Compartment: p.Compartment, By: c.By.ID})
		return nil
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	return notHere(p)
}

func (c SeeRecipient) Decide(t *visit.Turn) error {
	if c.By == (people.Doer{}) {
		return ledger.Refuse(ledger.NotAllowed, "name-a-person",
			"only somebody of the staff may look; say who it is")
	}
	p, err := lookedAfter(t, c.By, people.SeeCustomer, c.Parcel)
	if err != nil {
		return err
	}
	t.Emit(&RecipientSeen{of(p), c.By.ID})
	*c.Who = recipientOf(t.State, p.ID)
	return nil
}

// lookedAfter reads the parcel that somebody of the staff does something with.
func lookedAfter(t *visit.Turn, by people.Doer, does people.Action, id string) (Parcel, error) {
	if err := by.Must(t.State, does); err != nil {
		return Parcel{}, err
	}
	p, exists := Parcels.Get(t.State, id)
	if !exists {
		return p, noSuchParcel()
	}
	return p, nil
}

func checkReason(reason string) error { return plain.Check(reason, maxReason, "reason", "/reason") }

func quarantine(t *visit.Turn, box wall.Compartment, why string) {
	t.Emit(&wall.CompartmentQuarantined{
		OfDoor: wall.OfDoor{Compartment: box.Number}, Reason: why, Contents: wall.ContentsUnknown,
	})
}

// notHere refuses what is only possible with a parcel that is here.
func notHere(p Parcel) *ledger.Refusal {
	switch p.State {
	case Collected:
		return ledger.Refuse(ledger.Conflict, "collected-already",
			"the parcel was collected at %s; it is not here any more", p.EndedAt.Format(time.RFC3339))
	case CounterHeld:
		return ledger.Refuse(ledger.Conflict, "with-staff",
			"the parcel is at the counter; hand it over or write it off there")
	case Missing:
		return writtenOff(p)
	case Redirected, Returned:
		return goneAlready(p)
	}
	return ledger.Refuse(ledger.Conflict, "not-here",
		"the parcel is %s; it is behind no door and not at the counter", p.State)
}

// notAtCounter refuses to hand over a parcel that staff do not have.
func notAtCounter(p Parcel) *ledger.Refusal {
	switch p.State {
	case Stored, Collecting:
		return ledger.Refuse(ledger.Conflict, "not-at-counter",
			"the parcel is %s at door %s; its customer can collect it there, or take it to the counter first",
			p.State, p.Compartment)
	case Expired:
		return ledger.Refuse(ledger.Conflict, "not-at-counter",
			"the parcel has expired behind door %s; take it to the counter first", p.Compartment)
	}
	return notHere(p)
}

// writtenOff refuses what is not possible with a parcel that is gone.
func writtenOff(p Parcel) *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "written-off",
		"the parcel was written off at %s; when it is found again, take it to the counter first",
		p.EndedAt.Format(time.RFC3339))
}
