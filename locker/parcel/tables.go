package parcel

import (
	"time"

	"cubby/locker/ledger"
)

// Tables of parcels.
var (
	Parcels = ledger.NewTable("parcels", "id",
		ledger.Document(func(p Parcel) ([]byte, error) { return p.AppendJSON(make([]byte, 0, 384)), nil },
			ledger.Column[Parcel]{Name: "state", Of: func(p Parcel) any { return string(p.State) }},
			ledger.Column[Parcel]{Name: "label_key", Of: func(p Parcel) any { own, _ := KeysOf(p.Label); return own }},
			ledger.Column[Parcel]{Name: "order_id", Of: func(p Parcel) any { return p.OrderID }}),
		ledger.WithSide("spellings", "parcel", []string{"key", "own"}, spellings,
			func(p Parcel) bool { return p.Rev == 1 }),
		ledger.InMemoryWhile(func(p Parcel) bool { return p.Compartment != "" }))

	// parcelsByKey finds parcels by the keys of their labels and by those of what
	// the labels may stand for; parcelsByOwnKey by the keys of their labels only.
	// Most keys are ids, so the stored index of keys holds the others.
	parcelsByKey = ledger.NewIndex(Parcels, "key", func(_ string, p Parcel) []string { return p.keys(true) },
		"id = ?1 AND label_key = ?1", "label_key = ?1 AND label_key <> id",
		"id IN (SELECT parcel FROM spellings WHERE key = ?1)")
	parcelsByOwnKey = ledger.NewIndex(Parcels, "own key", func(_ string, p Parcel) []string {
		return p.keys(false)
	},
		"id = ?1 AND label_key = ?1", "label_key = ?1 AND label_key <> id",
		"id IN (SELECT parcel FROM spellings WHERE key = ?1 AND own = 1)")

	// parcelsKnownAs finds the parcel with an id, and those that parcelsByKey finds, with
	// one question: each announcement asks it.
	parcelsKnownAs = ledger.NewIndex(Parcels, "known as", func(id string, p Parcel) []string {
		return append(p.keys(true), markID+id)
	},
		"id = substr(?1, 2)", "id = ?2 AND label_key = ?2", "label_key = ?2 AND label_key <> id",
		"id IN (SELECT parcel FROM spellings WHERE key = ?2)")

	// deadlines are by the calendar, as are the ends of pauses that end by themselves; after
	// one a rescue may go on.
	deadlines = ledger.NewDue(Parcels, func(p Parcel) (at time.Time) {
		switch {
		case p.State == Expired && p.RescueUntil != nil:
			at = *p.RescueUntil
		case p.State != Stored || p.Deadline == nil:
		case p.Paused == nil:
			at = *p.Deadline
		case p.Paused.Until != nil:
			at = *p.Paused.Until
		}
		return at
	})

	// Recipients are personal data, by parcel. They are not in the log.
	Recipients = ledger.NewTable("recipients", "parcel",
		ledger.Logged(func(r Recipient) (Recipient, bool) { return r, false }))

	Credentials = ledger.NewTable("credentials", "hash", ledger.StoredAs([]string{"kind", "parcel", "state"},
		func(c Credential) []string { return []string{string(c.Kind), c.Parcel, string(c.State)} },
		func(hash string, row []string) Credential {
			return Credential{Hash: hash, Kind: CredentialKind(row[0]), Parcel: row[1], State: CredentialState(row[2])}
		}))
	credentialsOf = ledger.NewIndex(Credentials, "parcel",
		func(_ string, c Credential) []string { return []string{c.Parcel} }, "parcel = ?1")
)

// markID tells an id from the key of a label: no key begins with it.
const markID = "\x01"

// ByLabel reads the parcels that a label with these keys (label.Keys) may mean:
// those with a label whose key is among them, and those with one that may stand
// for the first of them. A parcel may come twice.
func ByLabel(s *ledger.State, keys []string) (all []Parcel) {
	for i, key := range keys {
		if i == 0 {
			all = parcelsByKey.Find(s, key)
		} else {
			all = append(all, parcelsByOwnKey.Find(s, key)...)
		}
	}
	return all
}

// KnownAs reads what an announcement meets: the parcel with its id, and the
// others that a label with these keys may mean. Either may be absent.
func KnownAs(s *ledger.State, id string, keys []string) (known *Parcel, others []Parcel) {
	if len(keys) == 0 {
		keys = []string{""}
	}
	found := parcelsKnownAs.FindAny(s, markID+id, keys[0])
	for _, key := range keys[1:] {
		found = append(found, parcelsByOwnKey.Find(s, key)...)
	}
	for i, p := range found {
		if p.ID == id {
			known = &found[i]
		} else {
			others = append(others, p)
		}
	}
	return known, others
}

// recipientOf reads the personal data of a parcel; nil when there is none.
func recipientOf(s *ledger.State, parcel string) *Recipient {
	if r, ok := Recipients.Get(s, parcel); ok {
		return &r
	}
	return nil
}
