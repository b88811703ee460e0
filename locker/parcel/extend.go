package parcel

import (
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/money"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// Extensions are how the time to collect a parcel is made longer on request.
type Extensions struct {
	Most  int          // of one parcel; 0: none
	Hours int          // of each; only open ones count
	Price money.Amount // of each; zero: free
	While ExtendWhile
}

// ExtendWhile says when somebody else needs a door so much that no time is added.
type ExtendWhile string

// When time is added.
const (
	// a door of the size is free, and what was announced finds other doors
	NotNeeded ExtendWhile = "not_needed"
	NotFull   ExtendWhile = "not_full" // a door of the size is free
	Always    ExtendWhile = "always"
)

// Why no time is added; the slugs of its refusals.
const (
	ExtensionsOff = "extensions-off"   // the station adds none
	NoMoreTime    = "extended-enough"  // it got all that it can get
	DoorNeeded    = "door-needed"      // by somebody else
	HeldNow       = "held-now"         // its code opens nothing
	TimeIsOver    = "expired-already"  // staff decide now
	NotBehindDoor = "not-behind-door"  // there is no deadline
	PriceDiffers  = "price-not-agreed" // whoever asked has not seen the price
)

type (
	// An Extension is what more time means for a parcel.
	Extension struct {
		Hours    int       `json:"hours"`
		Deadline time.Time `json:"deadline"`         // the new one
		Left     int       `json:"left"`             // how many there are, this one with them
		Amount   int64     `json:"amount,omitempty"` // its price, in minor units; 0: free
		Currency string    `json:"currency,omitempty"`
	}
	// OfferExtension asks what more time would mean, and changes nothing.
	OfferExtension struct {
		ID    string
		Offer *Extension // set
	}
	// Extend gives more time to collect a parcel.
	Extend struct {
		ID      string
		Price   money.Amount // that whoever asks agrees to; zero: free
		Through string       // "rest", "kiosk"
		Now     *Parcel      // set to the parcel as it is afterwards when not nil
	}

	// ParcelExtended: there is more time to collect it, because somebody has asked for it.
	// A price is to be settled by the centre.
	ParcelExtended struct {
		OfParcel
		Compartment string    `json:"compartment"`
		Deadline    time.Time `json:"deadline"` // the new one
		Hours       int       `json:"hours"`
		Count       int       `json:"count"`            // it was extended so often, this time with them
		Amount      int64     `json:"amount,omitempty"` // its price, in minor units; 0: free
		Currency    string    `json:"currency,omitempty"`
		Through     string    `json:"through"`
	}
)

func (ParcelExtended) Type() string { return "parcel.extended" }

func (f *ParcelExtended) Apply(s *ledger.State, _ time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		p.Deadline, p.Extensions, p.ExtendedHours = &f.Deadline, f.Count, p.ExtendedHours+f.Hours
	})
}

func (c OfferExtension) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.ID)
	if !exists {
		return noSuchParcel()
	}
	offer, err := MayExtend(t, p)
	if err != nil {
		return err
	}
	*c.Offer = offer
	return nil
}

func (c Extend) Decide(t *visit.Turn) error {
	p, exists := Parcels.Get(t.State, c.ID)
	if !exists {
		return noSuchParcel()
	}
	offer, err := MayExtend(t, p)
	if err != nil {
		return err
	}
	switch price := (money.Amount{Minor: offer.Amount, Currency: offer.Currency}); {
	case c.Price == price:
	case offer.Amount == 0:
		return ledger.Refuse(ledger.Conflict, PriceDiffers, "more time is free here; leave amount and currency "+
			"out").At("/amount")
	default:
		return ledger.Refuse(ledger.Conflict, PriceDiffers,
			"more time costs %d minor units of %s; tell whoever asks, and send them as amount and currency",
			offer.Amount, offer.Currency).At("/amount")
	}
	AddTime(t, p, offer, c.Through)
	setNow(t, c.ID, c.Now)
	return nil
}

// AddTime gives a parcel the time that MayExtend has offered.
func AddTime(t *visit.Turn, p Parcel, offer Extension, through string) {
	t.Emit(&ParcelExtended{
		OfParcel: of(p), Compartment: p.Compartment, Deadline: offer.Deadline, Hours: offer.Hours,
		Count: p.Extensions + 1, Amount: offer.Amount, Currency: offer.Currency, Through: through,
	})
}

// MayExtend is what more time would mean for a parcel. The error is a *ledger.Refusal that
// says why there is none, and what can be done instead.
func MayExtend(t *visit.Turn, p Parcel) (offer Extension, err error) {
	set := settings(t.Policy)
	x := set.Extensions
	refuse := func(slug, format string, args ...any) (Extension, error) {
		return Extension{}, ledger.Refuse(ledger.Conflict, slug, format, args...)
	}
	switch {
	case p.Direction == BroughtBack:
		return Extension{}, bagOfReturn(p)
	case p.State == Expired || p.State == Stored && isOver(t, p):
		return refuse(TimeIsOver, "its time behind door %s ended at %s; ask staff for it at the counter",
			p.Compartment, p.Deadline.Format(time.RFC3339))
	case p.State != Stored:
		return refuse(NotBehindDoor, "the parcel is %s; only what waits behind a door has a deadline", p.State)
	case p.OnHold != nil:
		return refuse(HeldNow, "the parcel is on hold; release it first, its time is not lost meanwhile")
	case x.Most == 0:
		return refuse(ExtensionsOff, "this station gives no more time; collect it until %s, or have it taken "+
			"to the counter", p.Deadline.Format(time.RFC3339))
	case p.Extensions >= x.Most:
		return refuse(NoMoreTime, "it was extended %d times and cannot be again; collect it until %s, or have "+
			"it taken to the counter", p.Extensions, p.Deadline.Format(time.RFC3339))
	case x.While != Always && doorNeeded(t, p, x.While):
		return refuse(DoorNeeded, "its door is needed for other parcels; collect it until %s, or ask again when "+
			"doors are free", p.Deadline.Format(time.RFC3339))
	}
	offer = Extension{
		Hours: x.Hours, Left: x.Most - p.Extensions,
		Deadline: set.Hours.Add(*p.Deadline, hours(x.Hours)).Round(0).UTC(),
	}
	if !x.Price.IsZero() {
		offer.Amount, offer.Currency = x.Price.Minor, x.Price.Currency
	}
	return offer, nil
}

// CanBeExtended reports whether more time may be possible, as far as the parcel alone
// tells.
func CanBeExtended(p Parcel, policy visit.Policy) bool {
	x := settings(policy).Extensions
	return p.State == Stored && p.Direction == LastMile && p.OnHold == nil && p.Leaving == nil &&
		p.Extensions < x.Most
}

// expectedFor is for how long an announced parcel counts as one that needs a door.
const expectedFor = 7 * 24 * time.Hour

// doorNeeded reports whether somebody else needs the door of a parcel: no door of its size
// is free, or what was announced within a week would not all find a door.
func doorNeeded(t *visit.Turn, p Parcel, while ExtendWhile) bool {
	its, _ := wall.Compartments.Get(t.State, p.Compartment)
	var free []wall.Compartment
	ofSize := false
	for _, c := range wall.Compartments.All(t.State) {
		if c.Offerable() {
			free = append(free, c)
			ofSize = ofSize || c.Size == its.Size
		}
	}
	if !ofSize {
		return true
	}
	if while == NotFull {
		return false
	}
	expected := newestAnnounced.Find(t.State, expectedText)
	expected = slices.DeleteFunc(expected, func(p Parcel) bool { return t.Now.Sub(p.AnnouncedAt) > expectedFor })
	slices.SortStableFunc(expected, func(a, b Parcel) int { return volume(b) - volume(a) }) // the largest first
	for _, other := range expected {
		c, found := wall.Choose(free, wishFor(other))
		switch {
		case found:
			free = slices.DeleteFunc(free, func(f wall.Compartment) bool { return f.Number == c.Number })
		case wishFor(other).Suits(its):
			return true
		}
	}
	return false
}

// volume of a parcel in mm³; 0: not known.
func volume(p Parcel) int {
	if d := p.Dimensions; d != nil {
		return d.Length * d.Width * d.Height
	}
	return 0
}

// newestAnnounced finds those of the parcels that came to be known last which wait for a
// door. A wall has no more doors than are looked at.
var newestAnnounced = ledger.NewIndex(Parcels, "newest announced", func(_ string, p Parcel) []string {
	if p.Direction == LastMile && (p.State == Announced || p.State == DepositFailed) {
		return []string{expectedText}
	}
	return nil
}, "?1 = '"+expectedText+
	"' AND id IN (SELECT id FROM (SELECT id, state, doc FROM parcels ORDER BY rowid DESC "+
	"LIMIT 1000) WHERE state IN ('announced', 'deposit_failed') AND doc->>'direction' IS NULL)")

const expectedText = "expected"
