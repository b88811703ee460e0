package parcel

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// ByDelegate is the code, and ByDelegatePIN the PIN, of whoever may collect one parcel in
// place of its own bearer. They open its door and nothing else.
const (
	ByDelegate    CredentialKind = "delegate"
	ByDelegatePIN CredentialKind = "delegate_pin"
)

// ByNeighbour is told of a pickup by somebody whom the recipient has named for all parcels,
// whatever they have shown.
const ByNeighbour CredentialKind = "neighbour"

// Who has collected a parcel, where it was not its own bearer.
const (
	Delegate  = "delegate"  // with a code that its bearer has made for somebody
	Neighbour = "neighbour" // somebody whom its recipient has named for all parcels
)

// A Delegation lets somebody else collect a parcel. Its code and PIN end with the parcel's
// own, by the first pickup with any of them.
type Delegation struct {
	ID      string     `json:"id"` // random
	Parcel  string     `json:"parcel"`
	Since   time.Time  `json:"since"`
	Until   *time.Time `json:"until,omitempty"` // by the calendar; nil: as long as the parcel waits
	Through string     `json:"through"`         // where it was made: "kiosk", "shop"
	Told    bool       `json:"told,omitempty"`  // a message takes code and PIN to whoever it is for

	// Contact is whom that message goes to. It is personal data and not in the log.
	Contact *Recipient `json:"contact,omitempty"`
}

// Delegations are those that go on, by the parcel: there is one of each at most.
var (
	Delegations = ledger.NewTable("delegations", "parcel", ledger.InMemory[Delegation](),
		ledger.Logged(func(d Delegation) (Delegation, bool) {
			d.Contact = nil
			return d, true
		}))
	oldDelegations = ledger.NewDue(Delegations, func(d Delegation) (at time.Time) {
		if d.Until != nil {
			at = *d.Until
		}
		return at
	})
)

type (
	// DelegateParcel makes a code and a PIN for somebody else. The delegation before ends.
	DelegateParcel struct {
		Parcel  string
		Contact *Recipient // whom to write to; nil: nobody
		Fresh   *visit.Secret
		Made    *Delegation // set to it when not nil
	}
	// EndDelegation ends one. Repeating it changes nothing.
	EndDelegation struct{ Parcel, ID string }

	// Delegated: somebody else may collect it, with a code of their own. The clear code is
	// joined in only where a message takes it to them.
	Delegated struct {
		OfParcel
		Compartment string        `json:"compartment,omitempty"` // empty: at the counter
		Delegate    string        `json:"delegate_id"`
		Through     string        `json:"through"`
		Until       *time.Time    `json:"until,omitempty"`    // nil: as long as the parcel waits
		Deadline    *time.Time    `json:"deadline,omitempty"` // the earlier of until and the parcel's
		Told        bool          `json:"told,omitempty"`     // a message takes code and PIN to them
		Language    string        `json:"language,omitempty"` // of that message
		Hashes      StoredHashes  `json:"-"`
		Clear       *visit.Secret `json:"-"` // sealed at once by the store; nil on replay
		Contact     *Recipient    `json:"-"` // goes to a row of its own
	}
	// DelegationEnded: its code and PIN open nothing any more. Reasons: withdrawn, replaced,
	// over (its time has ended).
	DelegationEnded struct {
		OfParcel
		Delegate string `json:"delegate_id"`
		Reason   string `json:"reason"`
	}
)

// Type is the fact's name.
func (Delegated) Type() string { return "parcel.delegated" }

// Private is what the log keeps and the feed does not tell.
func (f *Delegated) Private() any { return &f.Hashes }

// Apply lets the code and the PIN in.
func (f *Delegated) Apply(s *ledger.State, at time.Time) {
	endDelegate(s, f.ParcelID)
	Delegations.Put(s, f.ParcelID, Delegation{
		f.Delegate, f.ParcelID, at.UTC().Round(0), f.Until, f.Through, f.Told, f.Contact,
	})
	Credentials.Put(s, f.Hashes.Code, Credential{f.Hashes.Code, ByDelegate, f.ParcelID, Live})
	Credentials.Put(s, f.Hashes.PIN, Credential{f.Hashes.PIN, ByDelegatePIN, f.ParcelID, Live})
}

// Type is the fact's name.
func (DelegationEnded) Type() string { return "parcel.delegation_ended" }

// Apply ends the code and the PIN.
func (f *DelegationEnded) Apply(s *ledger.State, _ time.Time) {
	endDelegate(s, f.ParcelID)
}

// endDelegate ends what a delegate could show, and forgets how to reach them.
func endDelegate(s *ledger.State, parcel string) {
	Delegations.Delete(s, parcel)
	for _, c := range credentialsOf.Find(s, parcel) {
		if c.State == Live && c.narrow() {
			c.State = Revoked
			Credentials.Put(s, c.Hash, c)
		}
	}
}

// narrow reports whether it is a delegate's.
func (c Credential) narrow() bool { return c.Kind == ByDelegate || c.Kind == ByDelegatePIN }

// shownAs reports whether a credential is one that is shown in this way: a delegate's code
// is scanned as any code is, and their PIN typed.
func (c Credential) shownAs(kind CredentialKind) bool {
	return c.Kind == kind || kind == ByCode && (c.Kind == ByDelegate || c.Kind == BySale) ||
		kind == ByPIN && c.Kind == ByDelegatePIN
}

// whose says for whom whoever comes with such a credential collects; empty: for themselves.
// told: it says so.
func (k CredentialKind) whose() (by string, told bool) {
	switch k {
	case ByDelegate, ByDelegatePIN:
		return Delegate, true
	case ByNeighbour:
		return Neighbour, true
	case ByCode, ByPIN, ByToken, ByMember, BySale:
		return "", true
	}
	return "", false
}

// MayDelegate reports whether the bearer of a parcel may have a code made for somebody else,
// by the policy and as the parcel is.
func MayDelegate(p Parcel, policy visit.Policy) bool {
	return settings(policy).Delegates && p.delegable() == nil
}

// delegable says why nobody else can be sent for a parcel; nil: somebody can.
func (p Parcel) delegable() error {
	switch {
	case p.Direction == BroughtBack:
		return bagOfReturn(p)
	case p.Code != nil && p.Code.Revoked:
		return codeEnded()
	case p.OnHold != nil:
		return ledger.Refuse(ledger.Conflict, "on-hold",
			"the parcel is held back, and nobody can collect it; release it first")
	case p.Leaving != nil && !p.State.Final():
		return isLeaving(p)
	}
	switch p.State {
	case Stored, CounterHeld:
		return nil
	case Expired:
		if p.RescueUntil != nil {
			return nil
		}
		return ledger.Refuse(ledger.Conflict, "expired-already",
			"its time behind door %s is over and no code opens it", p.Compartment)
	case Announced, Booked, Depositing, DepositFailed:
		return ledger.Refuse(ledger.Conflict, "not-here-yet",
			"the parcel is %s; somebody else can be sent for it when it is here", p.State)
	case Collecting:
		return ledger.Refuse(ledger.Conflict, "door-in-use",
			"its door is open for somebody; try again when it is closed")
	}
	return notHere(p)
}

func codeEnded() *ledger.Refusal {
	return ledger.Refuse(ledger.Conflict, "code-ended",
		"the code of the parcel was ended; give it a new one first (POST /v1/parcels/{id}/code)")
}

// hasCode reports whether the bearer of a parcel has anything that is good still.
func hasCode(t *visit.Turn, parcel string) bool {
	return slices.ContainsFunc(credentialsOf.Find(t.State, parcel), func(c Credential) bool {
		return c.State == Live && !c.narrow()
	})
}

// Decide makes the code that Fresh has.
func (c DelegateParcel) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.Parcel)
	if !exists {
		return noSuchParcel()
	}
	set := settings(t.Policy)
	switch {
	case c.Contact == nil:
	case !set.Writes:
		return ledger.Refuse(ledger.Conflict, "no-messages",
			"this station writes no messages: leave the contact out, and tell them the code yourself").At("/contact")
	default:
		if err := checkContact(c.Contact); err != nil {
			return err
		}
	}
	if err := delegate(t, p, "shop", c.Contact, c.Fresh); err != nil {
		return err
	}
	if c.Made != nil {
		*c.Made, _ = Delegations.Get(t.State, p.ID)
	}
	return nil
}

// ToDelegate makes a code for somebody else, as the parcel's bearer asks for it at a terminal.
func ToDelegate(t *visit.Turn, p Parcel) error { return delegate(t, p, "kiosk", nil, t.Fresh) }

func delegate(t *visit.Turn, p Parcel, through string, to *Recipient, fresh *visit.Secret) error {
	set := settings(t.Policy)
	if !set.Delegates {
		return ledger.Refuse(ledger.Conflict, "delegates-not-allowed",
			"nobody else can be sent for parcels here; [pickup] delegates = true in the station's "+
				"configuration allows it")
	}
	p, _ = here(t, p) // its time may have just ended
	if err := p.delegable(); err != nil {
		return err
	}
	if !hasCode(t, p.ID) {
		return codeEnded() // as of what was written off and found again
	}
	if _, taken := Credentials.Get(t.State, fresh.PINHash); taken {
		return ledger.Refuse(ledger.Conflict, PINTaken, "the new PIN was that of another parcel; ask again")
	}
	EndDelegate(t, p.ID, "replaced")
	made := &visit.Secret{Code: fresh.Code, PIN: fresh.PIN, CodeHash: fresh.CodeHash, PINHash: fresh.PINHash}
	f := &Delegated{
		OfParcel: of(p), Compartment: p.Compartment, Delegate: t.NewID(), Through: through,
		Hashes: StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: made,
	}
	switch p.State {
	case Stored:
		f.Deadline = p.Deadline
	case Expired:
		f.Deadline = p.RescueUntil
	}
	if set.DelegateTime > 0 {
		until := t.Today().Add(set.DelegateTime).UTC().Round(0)
		f.Until = &until
		if f.Deadline == nil || until.Before(*f.Deadline) {
			f.Deadline = &until
		}
	}
	if to != nil {
		f.Told, f.Language, f.Contact = true, to.Language, to
	}
	t.Emit(f)
	return nil
}

// checkContact refuses one by which nobody can be written to.
func checkContact(r *Recipient) error {
	if r.Email == "" && r.Phone == "" {
		return ledger.Refuse(ledger.Invalid, "contact", "give an email, a phone, or both").At("/contact")
	}
	a := Announcement{Recipient: r}
	for _, wrong := range a.Mistakes() {
		wrong.Field = strings.Replace(wrong.Field, "/recipient/", "/contact/", 1)
		return wrong
	}
	return nil
}

// Decide ends it, if it goes on still.
func (c EndDelegation) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.Parcel)
	if !exists {
		return noSuchParcel()
	}
	if d, ok := Delegations.Get(t.State, p.ID); !ok || d.ID != c.ID {
		return nil
	}
	if err := doorAtRest(t, p); err != nil {
		return err
	}
	EndDelegate(t, p.ID, "withdrawn")
	return nil
}

// EndDelegate ends the delegation of a parcel, if there is one.
func EndDelegate(t *visit.Turn, parcel, why string) {
	d, ok := Delegations.Get(t.State, parcel)
	p, known := Parcels.Get(t.State, parcel)
	if ok && known {
		t.Emit(&DelegationEnded{of(p), d.ID, why})
	}
}

// delegationOver reports whether the time of a parcel's delegate has ended.
func delegationOver(t *visit.Turn, parcel string) bool {
	d, ok := Delegations.Get(t.State, parcel)
	return !ok || d.Until != nil && !t.Today().Before(*d.Until)
}

// endDelegations ends those whose time is over. Whoever stands at the open door may finish.
func endDelegations(t *visit.Turn) {
	for _, d := range oldDelegations.Until(t.State, t.Today()) {
		EndDelegate(t, d.Parcel, "over")
	}
}
