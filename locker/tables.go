package locker

import (
	"cubby/locker/calendar"
	"cubby/locker/ledger"
	"time"
)

// The tables of a pickup station. Facts change them; everybody else reads.
var (
	Parcels = ledger.NewTable("parcels", "id",
		ledger.Document(func(p Parcel) ([]byte, error) { return p.AppendJSON(make([]byte, 0, 384)), nil },
			ledger.Column[Parcel]{Name: "state", Of: func(p Parcel) any { return string(p.State) }},
			ledger.Column[Parcel]{Name: "label_key", Of: func(p Parcel) any { own, _ := KeysOf(p.Label); return own }},
			ledger.Column[Parcel]{Name: "order_id", Of: func(p Parcel) any { return p.OrderID }}),
		ledger.WithSide("spellings", "parcel", []string{"key", "own"}, spellings, func(p Parcel) bool { return p.Rev == 1 }),
		ledger.InMemoryWhile(func(p Parcel) bool { return p.Compartment != "" }))

	// parcelsByKey finds parcels by the keys of their labels and by those of what
	// the labels may stand for; parcelsByOwnKey by the keys of their labels only.
	// Most keys are ids, so the stored index of keys holds the others.
	parcelsByKey = ledger.NewIndex(Parcels, "key", func(_ string, p Parcel) []string { return p.keys(true) },
		"id = ?1 AND label_key = ?1", "label_key = ?1 AND label_key <> id", "id IN (SELECT parcel FROM spellings WHERE key = ?1)")
	parcelsByOwnKey = ledger.NewIndex(Parcels, "own key", func(_ string, p Parcel) []string { return p.keys(false) },
		"id = ?1 AND label_key = ?1", "label_key = ?1 AND label_key <> id", "id IN (SELECT parcel FROM spellings WHERE key = ?1 AND own = 1)")

	// deadlines are by the calendar.
	deadlines = ledger.NewDue(Parcels, func(p Parcel) (at time.Time) {
		if p.State == Stored && p.Deadline != nil {
			at = *p.Deadline
		}
		return at
	})

	// Recipients are personal data, by parcel. They are not in the log.
	Recipients = ledger.NewTable("recipients", "parcel", ledger.Logged(func(r Recipient) (Recipient, bool) { return r, false }))

	Credentials = ledger.NewTable("credentials", "hash", ledger.StoredAs([]string{"kind", "parcel", "state"},
		func(c Credential) []string { return []string{string(c.Kind), c.Parcel, string(c.State)} },
		func(hash string, row []string) Credential {
			return Credential{Hash: hash, Kind: CredentialKind(row[0]), Parcel: row[1], State: CredentialState(row[2])}
		}))
	credentialsOf = ledger.NewIndex(Credentials, "parcel", func(_ string, c Credential) []string { return []string{c.Parcel} }, "parcel = ?1")

	// Compartments by their numbers, in the order of the wall.
	Compartments = ledger.NewTable("compartments", "number", ledger.InMemory[Compartment](), ledger.Logged(func(c Compartment) (Compartment, bool) {
		return Compartment{
			Number: c.Number, Forced: c.Forced, Allocation: c.Allocation, Reason: c.Reason, Contents: c.Contents, Evidence: c.Evidence,
			Parcel: c.Parcel, Openings: c.Openings, Failures: c.Failures,
		}, true
	}))

	// Openings are those under way and the latest of each compartment.
	Openings = ledger.NewTable("openings", "id", ledger.InMemory[Opening](), ledger.Logged(func(o Opening) (Opening, bool) {
		return Opening{ID: o.ID, Compartment: o.Compartment, Parcel: o.Parcel, Purpose: o.Purpose, State: o.State}, o.UnderWay()
	}), ledger.WithColumns(
		ledger.Column[Opening]{Name: "compartment", Of: func(o Opening) any { return o.Compartment }},
		ledger.Column[Opening]{Name: "under_way", Of: func(o Opening) any { return o.UnderWay() }},
		ledger.Column[Opening]{Name: "since", Of: func(o Opening) any { return o.Since.UnixNano() }}))
	openingsOf = ledger.NewIndex(Openings, "compartment", func(_ string, o Opening) []string { return []string{o.Compartment} })

	// outcomes are given up when they do not come.
	outcomes = ledger.NewDue(Openings, func(o Opening) (at time.Time) {
		switch o.State {
		case Interrupted:
			at = o.Since.Add(settleAfter)
		case Intended:
			at = o.NotAfter.Add(settleAfter)
		}
		return at
	})

	Couriers       = ledger.NewTable("couriers", "id", ledger.InMemory[CourierRecord]())
	couriersByHash = ledger.NewIndex(Couriers, "hash", func(_ string, r CourierRecord) []string {
		return []string{r.BadgeHash, r.PINHash, r.CardHash}
	})

	// Keys of the REST endpoint by their names.
	Keys = ledger.NewTable("keys", "name", ledger.InMemory[KeyRecord](), ledger.WithColumns(
		ledger.Column[KeyRecord]{Name: "sha256", Of: func(k KeyRecord) any { return k.SHA256 }}))

	// Visits by their terminals.
	Visits = ledger.NewTable("visits", "terminal", ledger.InMemory[Visit]())

	PINGuard    = ledger.NewSingle[Guards]("guard")
	CalendarNow = ledger.NewSingle[calendar.Calendar]("calendar")
)
