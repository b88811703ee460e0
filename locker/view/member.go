package view

import "time"

// The pages of somebody who has a record here, or asks for one.
const (
	// known by their own QR code; no parcel of theirs can be opened now
	StepMember        Step = "member"
	StepMemberKnown   Step = "member_known"   // what we know of you: Lines, of which some are switches
	StepMemberHistory Step = "member_history" // the rest of it: what was said when, parcels, orders, messages
	StepMemberQR      Step = "member_qr"      // the new QR code, to be photographed
	StepMemberErase   Step = "member_erase"   // is all of it to be erased?
	StepMemberAsk     Step = "member_ask"     // are you to be remembered? Contact is by what
	StepMemberGone    Step = "member_gone"    // nothing is kept any more

	StepMemberNeighbour Step = "member_neighbour" // whoever is to collect for them shows their own QR code
	StepMemberAgree     Step = "member_agree"     // and is asked whether they agree; Contact is whose parcels
)

// What people do on these pages. A line is picked with ActPick; Value is its Value.
const (
	ActKnown     ActionName = "known"     // what we know of you
	ActHistory   ActionName = "history"   // member_known -> member_history
	ActNewQR     ActionName = "new_qr"    // a new QR code; the one before ends
	ActNeighbour ActionName = "neighbour" // member_known -> member_neighbour: somebody collects for me
	ActRemember  ActionName = "remember"  // bearer_parcel, pickup_done -> member_ask
)

// Member is what these pages show. It is of the person in front of the screen.
type Member struct {
	AtDoor
	Contact string       `json:"contact,omitempty"` // by which the person is known; most of it is hidden
	Count   int          `json:"count,omitempty"`   // member: parcels that are here for them
	Lines   []MemberLine `json:"lines,omitempty"`
	Loading bool         `json:"loading,omitempty"` // more lines are being read
	Print   Printing     `json:"print,omitempty"`   // member_history: how printing it goes
	QR      string       `json:"qr,omitempty"`      // member_qr: what it says; kept nowhere
}

// A MemberLine is one thing that is known of somebody.
type MemberLine struct {
	Value string `json:"value,omitempty"` // for ActPick; empty: nothing can be done with it here
	// what it is: language, channel, wish, receipt, consent, neighbour, name, qr, kept, erase, said, parcel,
	// order, return, message
	Kind string     `json:"kind"`
	Name string     `json:"name,omitempty"` // which wish, consent, channel or state
	Text string     `json:"text,omitempty"` // as it is kept
	On   bool       `json:"on,omitempty"`   // it holds
	At   *time.Time `json:"at,omitempty"`
}

// OfMember is the payload of these pages, and empty for any other.
func (v View) OfMember() Member {
	if v.Member == nil {
		return Member{}
	}
	return *v.Member
}
