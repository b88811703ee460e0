package parcel

import (
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/visit"
)

type (
	// Shelve puts a parcel on a place of the shelf at the counter: one that staff have there,
	// or one that a courier brings and no door takes. The second gets code and PIN, as behind
	// a door.
	Shelve struct {
		By            people.Doer
		Parcel, Place string
		Fresh         *visit.Secret // nil: that of the decision
		Now           *Parcel
	}

	// ParcelShelved: staff have it on a place of their shelf. With Arrived a courier has
	// brought it there, and the clear code is joined in as for ParcelStored.
	ParcelShelved struct {
		OfParcel
		Place   string `json:"place"`
		Arrived bool   `json:"arrived,omitempty"`
		// KeepsCode: staff had it already, and the code and PIN that it has are good there.
		KeepsCode bool          `json:"keeps_code,omitempty"`
		Language  string        `json:"language,omitempty"` // to tell the recipient in
		By        string        `json:"by,omitempty"`
		PINForm   PINForm       `json:"pin_form,omitempty"`
		Valuable  bool          `json:"valuable,omitempty"`
		Rotating  bool          `json:"rotating,omitempty"` // its QR code has to be live
		Hashes    StoredHashes  `json:"-"`
		Clear     *visit.Secret `json:"-"` // sealed at once by the store; nil on replay
		Tail      string        `json:"-"` // see Factor
	}
)

func (ParcelShelved) Type() string    { return "parcel.shelved" }
func (f *ParcelShelved) Private() any { return &f.Hashes }

func (f *ParcelShelved) Apply(s *ledger.State, at time.Time) {
	changeParcel(s, f.ParcelID, func(p *Parcel) {
		if f.Arrived {
			p.State, p.StoredAt, p.CounterAt, p.FailedReason, p.Code, p.Leaving = CounterHeld, &at, &at, "", nil, nil
			p.Compartment = ""
		}
		if p.Shelf != "" {
			Shelf.Delete(s, p.Shelf)
		}
		p.Shelf = f.Place
	})
	Shelf.Put(s, f.Place, OnShelf{f.Place, f.ParcelID})
	if f.Arrived {
		keepCredentials(s, f.ParcelID, f.Hashes)
		changeFactor(s, f.ParcelID, func(x *Factor) { *x = Factor{Tail: f.Tail, Form: f.PINForm} })
	}
}

// OnShelf is what lies on a place of the shelf.
type OnShelf struct {
	Place  string `json:"place"`
	Parcel string `json:"parcel"`
}

// Shelf is what lies there, by place.
var Shelf = ledger.NewTable("shelf", "place", ledger.InMemory[OnShelf]())

// occupied reports whether something lies on a place.
func occupied(s *ledger.State, place string) bool {
	_, is := Shelf.Get(s, place)
	return is
}

// FreePlaces are the places of the shelf on which nothing lies.
func FreePlaces(s *ledger.State, policy visit.Policy) []string {
	return slices.DeleteFunc(slices.Clone(settings(policy).Shelf), func(place string) bool {
		return occupied(s, place)
	})
}

// PlaceOf is the place of the shelf that a scan or what somebody typed says.
func PlaceOf(policy visit.Policy, text string) (string, bool) {
	text = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "SHELF:")
	for _, place := range settings(policy).Shelf {
		if strings.ToUpper(place) == text {
			return place, true
		}
	}
	return "", false
}

func (c Shelve) Decide(t *visit.Turn) error {
	p, err := lookedAfter(t, c.By, people.TakeToCounter, c.Parcel)
	if err != nil {
		return err
	}
	defer setNow(t, c.Parcel, c.Now)
	place, ok := PlaceOf(t.Policy, c.Place)
	switch {
	case !ok:
		return ledger.Refuse(ledger.Invalid, "no-such-place",
			"there is no place %s on the shelf here; those there are stand in the configuration, pickup.shelf",
			c.Place).At("/place")
	case p.Direction == BroughtBack:
		return bagOfReturn(p)
	case p.State == CounterHeld && p.Shelf == place:
		return nil
	case occupied(t.State, place):
		return ledger.Refuse(ledger.Conflict, "place-taken",
			"there is another parcel on place %s; choose a free one", place).At("/place")
	}
	switch p.State {
	case Announced, DepositFailed:
		return shelve(t, p, place, c.By.ID, c.Fresh)
	case CounterHeld:
		t.Emit(&ParcelShelved{
			OfParcel: of(p), Place: place, By: c.By.ID, KeepsCode: hasCode(t, p.ID), Rotating: p.Rotating,
		})
	case Stored, Expired:
		return ledger.Refuse(ledger.Conflict, "behind-a-door",
			"the parcel is behind door %s; take it to the counter first", p.Compartment)
	case Booked, Depositing, Collecting:
		return doorAtRest(t, p)
	case Cancelled, Redirected, Returned:
		return goneAlready(p)
	default:
		return notHere(p)
	}
	return nil
}

// shelve takes a parcel in at the counter, with a code of its own.
func shelve(t *visit.Turn, p Parcel, place, by string, fresh *visit.Secret) error {
	if fresh == nil {
		fresh = t.Fresh
	}
	fresh, tail, form := codesFor(t, p, fresh)
	if _, taken := Credentials.Get(t.State, fresh.PINHash); taken {
		return ledger.Refuse(ledger.Conflict, PINTaken, "the new PIN was that of another parcel; ask again")
	}
	if p.isNew() {
		takeIn(t, p)
	}
	f := &ParcelShelved{
		OfParcel: of(p), Place: place, Arrived: true, By: by,
		Hashes: StoredHashes{fresh.CodeHash, fresh.PINHash}, Clear: fresh, Tail: tail, PINForm: form,
		Valuable: p.Valuable, Rotating: p.Rotating,
	}
	if r := recipientOf(t.State, p.ID); r != nil {
		f.Language = r.Language
	}
	t.Emit(f)
	return nil
}
