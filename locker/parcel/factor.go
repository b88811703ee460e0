package parcel

import (
	"crypto/subtle"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

// A PINForm tells what is typed for a parcel.
type PINForm string

// The forms of PINs.
const (
	EightDigits       PINForm = ""                   // 8 digits alone
	SixDigitsAndPhone PINForm = "6_digits_and_phone" // 6 digits, then the last four of the recipient's phone
)

// ShortPIN and TailDigits are how many digits a PIN has that goes with a phone, and how
// many of the phone's go with it.
const (
	ShortPIN   = 6
	TailDigits = 4
)

// A Factor is what goes with the code of a parcel, and what was tried. It ends with the
// codes.
type Factor struct {
	// Tail is a keyed hash of the last digits of the recipient's phone, made when the door
	// has closed. It is not in the log, and stays when the recipient is erased.
	Tail string  `json:"tail,omitempty"`
	Form PINForm `json:"form,omitempty"`

	PIN    int   `json:"pin,omitempty"`    // wrong tails typed behind the right PIN
	Second int   `json:"second,omitempty"` // wrong tails after another right credential, or at the counter
	Step   int64 `json:"step,omitempty"`   // of the newest tail of the code that was used
}

// Factors are by parcel.
var Factors = ledger.NewTable("pickup_factors", "parcel", ledger.Logged(func(f Factor) (Factor, bool) {
	f.Tail = ""
	return f, f != Factor{}
}))

// changeFactor changes what goes with a parcel; what says nothing is no row.
func changeFactor(s *ledger.State, parcel string, change func(*Factor)) {
	was, _ := Factors.Get(s, parcel)
	now := was
	change(&now)
	switch {
	case now == was:
	case now == Factor{}:
		Factors.Delete(s, parcel)
	default:
		Factors.Put(s, parcel, now)
	}
}

// Facts about what goes with codes.
type (
	// FactorTried: the last digits of another phone were given with a right credential.
	FactorTried struct {
		OfParcel
		Credential CredentialKind `json:"credential"`
		Tries      int            `json:"tries"`            // wrong ones since the last right one
		Locked     bool           `json:"locked,omitempty"` // no more are taken in this way
	}
	// FactorShown: the last digits of the recipient's phone were given with a right credential.
	FactorShown struct {
		OfParcel
		Credential CredentialKind `json:"credential"`
	}
	// TailUsed: the tail of a code that changes was shown, and is good no more.
	TailUsed struct {
		OfParcel
		Step int64 `json:"step"`
	}
)

func (FactorTried) Type() string { return "parcel.factor_tried" }

func (f *FactorTried) Apply(s *ledger.State, _ time.Time) {
	changeFactor(s, f.ParcelID, func(x *Factor) { *x.tries(f.Credential) = f.Tries })
}

func (FactorShown) Type() string { return "parcel.factor_shown" }

func (f *FactorShown) Apply(s *ledger.State, _ time.Time) {
	changeFactor(s, f.ParcelID, func(x *Factor) { *x.tries(f.Credential) = 0 })
}

func (TailUsed) Type() string    { return "parcel.tail_used" }
func (TailUsed) Published() bool { return false }

func (f *TailUsed) Apply(s *ledger.State, _ time.Time) {
	changeFactor(s, f.ParcelID, func(x *Factor) { x.Step = f.Step })
}

// tries are counted apart for PINs: whoever has seen one being typed cannot use up what
// the bearer of the code has.
func (x *Factor) tries(by CredentialKind) *int {
	if by == ByPIN {
		return &x.PIN
	}
	return &x.Second
}

// locked reports whether no more tails are taken with a credential of this kind.
func (x Factor) locked(t *visit.Turn, by CredentialKind) bool {
	return *x.tries(by) >= settings(t.Policy).triesOfParcel()
}

// defaultTries bounds wrong tails for one parcel where nothing else is set: of 10,000
// tails, one in a thousand is hit.
const defaultTries = 10

func (s Settings) triesOfParcel() int {
	if s.Tries == 0 {
		return defaultTries
	}
	return s.Tries
}

// showTail judges the last digits of a phone that were given with a right credential, and
// counts wrong ones. why: "tail" (they are wrong), "locked" (none are taken any more).
func showTail(t *visit.Turn, p Parcel, by CredentialKind, digits string) (why string) {
	x, _ := Factors.Get(t.State, p.ID)
	switch {
	case x.locked(t, by), x.Tail == "":
		return "locked"
	case subtle.ConstantTimeCompare([]byte(x.Tail), []byte(markTail(t, p.ID, digits))) == 1:
		t.Emit(&FactorShown{of(p), by})
		return ""
	}
	tries := *x.tries(by) + 1
	t.Emit(&FactorTried{of(p), by, tries, tries >= settings(t.Policy).triesOfParcel()})
	return "tail"
}

// markTail is what is kept of the last digits of a phone, bound to the parcel: nobody sees
// by it that two parcels go to the same person.
func markTail(t *visit.Turn, parcel, digits string) string {
	if len(digits) != TailDigits || t.Mark == nil {
		return ""
	}
	return t.Mark("parcel.phone", parcel+"\x00"+digits)
}

// codesFor are the code and the PIN that a parcel gets, as the policy has it, and what
// goes with them.
func codesFor(t *visit.Turn, p Parcel, fresh *visit.Secret) (is *visit.Secret, tail string, form PINForm) {
	s := settings(t.Policy)
	if r := recipientOf(t.State, p.ID); r != nil && (p.Valuable || s.SixDigits) {
		tail = markTail(t, p.ID, LastDigits(r.Phone))
	}
	if p.Valuable && tail == "" {
		x, _ := Factors.Get(t.State, p.ID) // the recipient may be erased
		tail = x.Tail
	}
	made := *fresh
	if s.SixDigits && tail != "" && made.ShortHash != "" {
		made.PIN, made.PINHash, form = made.Short, made.ShortHash, SixDigitsAndPhone
	}
	made.Short, made.ShortHash = "", ""
	if !s.Rotating {
		made.Rotating = ""
	}
	return &made, tail, form
}

// LastDigits are the last four digits of a telephone number, as ASCII; empty when it has
// fewer.
func LastDigits(phone string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９': // as Chinese keyboards write them
			return r - '０' + '0'
		}
		return -1
	}, phone)
	if len(digits) < TailDigits {
		return ""
	}
	return digits[len(digits)-TailDigits:]
}

// checkFactors refuses an announcement that asks for more than can be shown, and has the
// fact tell of another phone where that goes with the code.
func checkFactors(t *visit.Turn, p Parcel, a Announcement, told *ParcelAnnounced) error {
	if a.Rotating && !p.Rotating && !settings(t.Policy).Rotating {
		return ledger.Refuse(ledger.Conflict, "rotating-off",
			"this station makes no codes that change; leave rotating out, or ask its operator to set "+
				"rotating in [pickup]").At("/rotating")
	}
	tail := ""
	if a.Recipient != nil {
		tail = LastDigits(a.Recipient.Phone)
	}
	x, kept := Factors.Get(t.State, p.ID)
	if a.Valuable && tail == "" && x.Tail == "" && !p.State.Final() {
		return ledger.Refuse(ledger.Invalid, "no-phone",
			"a valuable parcel is collected with the last four digits of its recipient's phone; "+
				"give the phone, or leave valuable out").At("/recipient/phone")
	}
	if tail != "" && (kept && x.Tail != "" || a.Valuable && (p.State.Inside() || p.State == CounterHeld)) {
		if mark := markTail(t, told.ParcelID, tail); mark != x.Tail {
			told.Tail = mark
		}
	}
	return nil
}
