package parcel

import (
	"time"

	"cubby/locker/ledger"
	"cubby/locker/visit"
)

type (
	// Notice says that the recipient of a parcel was told that it is here. Repeating it
	// changes nothing, nor does it for a parcel whose time runs or has ended.
	Notice struct {
		ID  string
		Now *Parcel // set to the parcel as it is afterwards when not nil
	}

	// RecipientNotified: its recipient was told that it is here. Its time counts from now.
	RecipientNotified struct {
		OfParcel
		Compartment string `json:"compartment"`
	}
)

func (RecipientNotified) Type() string { return "parcel.recipient_notified" }

func (f *RecipientNotified) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) { p.NoticedAt = &at })
}

func (c Notice) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.ID)
	if !exists {
		return noSuchParcel()
	}
	switch p.State {
	case Announced, Booked, Depositing, DepositFailed:
		return ledger.Refuse(ledger.Conflict, "not-here-yet",
			"the parcel is %s; say that its recipient was told when it is behind a door", p.State)
	}
	if p.awaitsNotice() {
		t.Emit(&RecipientNotified{of(p), p.Compartment})
	}
	setNow(t, c.ID, c.Now)
	return nil
}

// awaitsNotice reports whether the time of a parcel begins when its recipient is told.
func (p Parcel) awaitsNotice() bool {
	return p.Paused != nil && p.Paused.Until != nil && p.NoticedAt == nil
}

// beginTime has the time of a parcel that was just stored wait for its recipient to be told,
// where the policy says so.
func beginTime(t *visit.Turn, id string) {
	wait := settings(t.Policy).NoticeWait
	if p, ok := Parcels.Get(t.State, id); ok && wait > 0 && p.canPause() {
		now := t.Today().Round(0).UTC()
		until := now.Add(wait)
		t.Emit(&ClockPaused{of(p), p.Compartment, NotTold, now, &until})
	}
}
