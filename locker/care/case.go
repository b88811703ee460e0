package care

import (
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/locker/visit"
)

// Kind is what a case is about.
type Kind string

// The kinds of cases.
const (
	NotMine Kind = "not_mine" // what lay behind the door is somebody else's
	Damaged Kind = "damaged"  // the parcel is damaged
	Empty   Kind = "empty"    // nothing lay behind the door
	Stuck   Kind = "stuck"    // the door could not be opened for its bearer
)

// Kinds lists them.
func Kinds() []Kind { return []Kind{NotMine, Damaged, Empty, Stuck} }

// State is how far a case has come.
type State string

// The states of a case.
const (
	Open   State = "open"
	Closed State = "closed" // final
)

// A Case is something that went wrong for a customer at a door.
type Case struct {
	Number   string     `json:"number"` // C-XXXX-XXXX
	Kind     Kind       `json:"kind"`
	State    State      `json:"state"`
	Parcel   string     `json:"parcel_id"`
	Order    string     `json:"order_id,omitempty"`
	Door     string     `json:"compartment"`
	Opened   time.Time  `json:"opened_at"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
	Note     string     `json:"note,omitempty"` // of who has closed it
	By       string     `json:"by,omitempty"`   // id of who of the staff that was
	Rev      int64      `json:"rev"`            // the ETag
}

// MaxNote bounds a note, in characters.
const MaxNote = 500

// Tables of cases. They are few; closed ones go with keptClosed.
var (
	Cases = ledger.NewTable("care_cases", "number", ledger.InMemory[Case]())

	openOf = ledger.NewIndex(Cases, "open of parcel", func(_ string, c Case) []string {
		if c.State != Open {
			return nil
		}
		return []string{c.Parcel}
	})
	closedOnes = ledger.NewDue(Cases, func(c Case) (at time.Time) {
		if c.ClosedAt != nil {
			at = *c.ClosedAt
		}
		return at
	})
)

// OpenCases lists the open ones, the oldest first.
func OpenCases(s *ledger.State) (all []Case) {
	for _, c := range Cases.All(s) {
		if c.State == Open {
			all = append(all, c)
		}
	}
	sortByAge(all)
	return all
}

// OpenOf is the open case about a parcel that is newest.
func OpenOf(s *ledger.State, parcel string) (last Case, ok bool) {
	for _, c := range openOf.Find(s, parcel) {
		if !ok || c.Opened.After(last.Opened) {
			last, ok = c, true
		}
	}
	return last, ok
}

// newNumber makes a number that no case has: 40 random bits that people can read out.
func newNumber(t *visit.Turn) string {
	for {
		number := plain.Number('C', t.NewID())
		if _, taken := Cases.Get(t.State, number); !taken {
			return number
		}
	}
}

// NoSuchCase is the answer about a case that is not here.
func NoSuchCase() *ledger.Refusal {
	return ledger.Refuse(ledger.NotFound, "no-such-case", "there is no case with this number here")
}

// Filter selects cases; empty members do not restrict.
type Filter struct {
	State  State
	Parcel string
	After  string // the last number of the page before
	Limit  int    // 1 to 100
}

// IsNumber reports whether a text has the form of a case's number, and gives it as it is
// written: letters that look like digits are taken for these.
func IsNumber(text string) (string, bool) {
	b := []byte(strings.ToUpper(text))
	if len(b) != len("C-0000-0000") || b[0] != 'C' || b[1] != '-' || b[6] != '-' {
		return "", false
	}
	for i, c := range b {
		switch {
		case i < 2 || i == 6:
		case c == 'O':
			b[i] = '0'
		case c == 'I', c == 'L':
			b[i] = '1'
		case strings.IndexByte(plain.Digits, c) < 0:
			return "", false
		}
	}
	return string(b), true
}
