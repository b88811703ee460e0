package desk

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/wall"
)

type (
	// SignedIn: somebody of the staff is at a terminal.
	SignedIn struct {
		ID       string `json:"staff_id"`
		Terminal string `json:"terminal"`
		With     string `json:"with"` // "badge", "pin"
	}
	// SignedOut: that person is not there any more.
	SignedOut struct {
		ID       string `json:"staff_id"`
		Terminal string `json:"terminal"`
		Why      string `json:"why"` // "left", "badge", "timed_out", "removed", "restarted", "other"
	}
	// Refused: a badge or PIN that belongs to nobody of the staff was presented. What is
	// refused over and over in one visit is told only now and then.
	Refused struct {
		Presented string `json:"presented"` // "badge", "card", "pin"
		Terminal  string `json:"terminal"`
	}
	// OpeningAllowed: somebody of the staff may look behind a door. It comes before the
	// opening.
	OpeningAllowed struct {
		wall.OfDoor
		Parcel string `json:"parcel_id,omitempty"` // what is bound to the door
		Order  string `json:"order_id,omitempty"`
		Reason string `json:"reason"`
		By     string `json:"by"`               // id of the account
		Second string `json:"second,omitempty"` // the same of the second person
	}
)

func (SignedIn) Type() string      { return "staff.signed_in" }
func (f SignedIn) Subject() string { return "staff/" + f.ID }
func (SignedIn) Published() bool   { return false }

func (*SignedIn) Apply(*ledger.State, time.Time) {}

func (SignedOut) Type() string      { return "staff.signed_out" }
func (f SignedOut) Subject() string { return "staff/" + f.ID }
func (SignedOut) Published() bool   { return false }

func (*SignedOut) Apply(*ledger.State, time.Time) {}

func (Refused) Type() string    { return "staff.refused" }
func (Refused) Subject() string { return "station" }
func (Refused) Published() bool { return false }

func (*Refused) Apply(*ledger.State, time.Time) {}

func (OpeningAllowed) Type() string { return "desk.opened" }

func (*OpeningAllowed) Apply(*ledger.State, time.Time) {}
