package hub

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/stock"
	"cubby/locker/wall"
	"cubby/sync/db/dbtest"
)

// someOf makes a fact of each type that says something of a door or a parcel. A history of
// them need not make sense: what follows at the station follows here.
func someOf(p parcel.OfParcel, d wall.OfDoor, at time.Time, yes bool, word string) []ledger.Fact {
	named := p
	named.OrderID, named.Label = word, "L-"+word
	changed := &parcel.ParcelAnnounced{
		OfParcel:    named,
		Changed:     true,
		Labels:      []string{"M-" + word},
		PickupHours: 72,
	}
	purpose, result, failedAt := wall.ForPickup, door.Result("unanswered"), ""
	to, who, kind := map[string]string{"a": parcel.Counter}[word], "", ""
	var rescue *time.Time
	if yes {
		changed.Deadline, changed.Direction, changed.Case = &at, parcel.BroughtBack, "R-"+word
		purpose = map[string]wall.Purpose{"a": wall.ForReopen, "b": wall.ForInspection, "c": wall.ForRemote}[word]
		result = map[string]door.Result{"a": door.ConfirmedOpen, "b": door.Stuck, "c": door.Refused}[word]
		failedAt, rescue = d.Compartment, &at
		who = map[string]string{"a": parcel.Delegate, "b": parcel.Neighbour}[word]
		kind = map[string]string{"a": "customs", "b": "fee"}[word]
	}
	return []ledger.Fact{
		changed,
		&parcel.DeadlineMoved{OfParcel: p, Deadline: at, Reason: parcel.ClockCorrected},
		&parcel.ClockPaused{OfParcel: p, Compartment: d.Compartment, Reason: word, Since: at},
		&parcel.ClockResumed{OfParcel: p, Reason: word, Minutes: 90, Deadline: at},
		&parcel.ParcelExtended{OfParcel: p, Compartment: d.Compartment, Deadline: at, Hours: 24, Count: 1},
		&parcel.RecipientNotified{OfParcel: p, Compartment: d.Compartment},
		&parcel.ParcelCancelled{OfParcel: p},
		&parcel.ParcelBooked{OfParcel: p, Compartment: d.Compartment},
		&parcel.DepositStarted{OfParcel: p, Compartment: d.Compartment},
		&parcel.ParcelStored{OfParcel: p, Compartment: d.Compartment, Size: "M", Deadline: at,
			Hashes: parcel.StoredHashes{Code: "c" + p.ParcelID, PIN: "p" + p.ParcelID}},
		&parcel.BagStored{OfParcel: p, Case: "R", Compartment: d.Compartment, Size: "M"},
		&parcel.DepositFailure{OfParcel: p, Compartment: failedAt, Reason: word},
		&parcel.PickupAuthorised{
			OfParcel: p, Compartment: d.Compartment, Credential: cmp.Or(parcel.CredentialKind(who), parcel.ByCode),
		},
		&parcel.PickupAborted{OfParcel: p, Compartment: d.Compartment, Reason: word, ToCheck: yes},
		&parcel.ParcelDisputed{
			OfParcel: p, Compartment: d.Compartment, Case: "C-0000-0001", Kind: "empty",
			State: map[bool]parcel.State{true: parcel.Stored, false: parcel.Missing}[yes],
		},
		&parcel.ParcelCollected{OfParcel: p, Compartment: d.Compartment, Evidence: wall.ByInference},
		&parcel.ParcelExpired{OfParcel: p, Compartment: d.Compartment, Deadline: at, RescueUntil: rescue},
		&parcel.RescueEnded{OfParcel: p, Compartment: d.Compartment},
		&parcel.Delegated{OfParcel: p, Delegate: "d-" + word, Through: "shop", Deadline: &at,
			Hashes: parcel.StoredHashes{Code: "d" + p.ParcelID, PIN: "e" + p.ParcelID}},
		&parcel.DelegationEnded{OfParcel: p, Delegate: "d-" + word, Reason: "withdrawn"},
		&parcel.ParcelCounterHeld{OfParcel: p, Compartment: d.Compartment, Reason: word, KeepsCode: yes},
		&parcel.ParcelHandedOver{OfParcel: p, Reason: word, Credential: parcel.CredentialKind(who), By: word},
		&parcel.ParcelWrittenOff{OfParcel: p, Compartment: d.Compartment, Reason: word},
		&parcel.BagReceived{OfParcel: p, Case: "R"},
		&parcel.ParcelRedirected{OfParcel: p, Compartment: d.Compartment, To: to, Name: word, Final: yes},
		&parcel.ParcelRecalled{OfParcel: p, Compartment: d.Compartment, Reason: word},
		&parcel.ParcelStays{OfParcel: p, Compartment: d.Compartment, Why: parcel.ToSender},
		&parcel.ParcelRemoved{
			OfParcel: p, Compartment: d.Compartment,
			Why: map[bool]string{true: parcel.ToElsewhere, false: parcel.ToSender}[yes],
		},
		&parcel.ParcelShelved{OfParcel: p, Place: word, Arrived: yes,
			Hashes: parcel.StoredHashes{Code: "s" + p.ParcelID, PIN: "t" + p.ParcelID}},
		&parcel.ParcelToCheck{OfParcel: p, Compartment: d.Compartment, Reason: word},
		&parcel.ParcelStillThere{OfParcel: p, Compartment: d.Compartment},
		&parcel.ParcelHeld{OfParcel: p, Reason: word, Kind: kind},
		&parcel.ParcelReleased{OfParcel: p},
		&parcel.CodeReissued{OfParcel: p, Hashes: parcel.StoredHashes{Code: word, PIN: word}},
		&parcel.CodeRevoked{OfParcel: p},
		&wall.OpeningIntended{OfDoor: d, Purpose: purpose, NotAfter: at},
		&wall.OpeningEnded{OfDoor: d, Result: result, Pulsed: yes},
		&wall.OpeningAdopted{OfDoor: d},
		&wall.OpeningToCheck{OfDoor: d},
		&wall.DoorOpened{OfDoor: d, At: at},
		&wall.DoorClosed{OfDoor: d, At: at},
		&wall.DoorForced{OfDoor: d, At: at},
		&wall.DoorAlarmCleared{OfDoor: d, Reason: word},
		&wall.DoorUnknown{OfDoor: d},
		&wall.DoorLeftOpen{OfDoor: d, Stage: 1},
		&wall.CompartmentFreed{OfDoor: d, Evidence: wall.ByHuman},
		&stock.DoorStocked{OfDoor: d, SKU: word},
		&wall.CompartmentQuarantined{OfDoor: d, Reason: word, Contents: wall.ContentsUnknown},
		&wall.DoorOutOfService{OfDoor: d, Reason: word},
		&wall.DoorRestored{OfDoor: d, Reason: word},
		&stock.DoorStocked{OfDoor: d, SKU: word},
		&wall.StationStarted{Boot: "b", Version: "1"},
	}
}

// idle are facts of parcels and doors from which nothing follows here.
var idle = []string{
	"parcel.announced", "parcel.recipient_erased", "parcel.receipt_ordered", "parcel.receipt_ended",
	"parcel.pickup_refused", "courier.refused", "courier.label_refused", "opening.abandoned", "opening.rejoined",
	"lock.driven", "parcel.recipient_seen", "door.seen", "parcel.token_used", "parcel.tokens_forgotten",
	"parcel.factor_tried", "parcel.factor_shown", "parcel.tail_used", "parcel.code_promised",
	"parcel.codes_forgotten", "parcel.door_stuck", "parcel.dispute_ended", "parcel.reopened",
	"parcel.renamed", // which has a test of its own
}

func TestEveryFactOfDoorsAndParcelsIsFollowed(t *testing.T) {
	followed := map[string]bool{}
	for _, f := range someOf(parcel.OfParcel{}, wall.OfDoor{}, time.Time{}, false, "a") {
		followed[f.Type()] = true
	}
	for kind := range doorTypes {
		if !followed[kind] {
			t.Errorf("%s is in no history", kind)
		}
	}
	for _, f := range append(slices.Clone(parcel.Room.Facts), wall.Module.Facts...) {
		if !followed[f.Type()] && !slices.Contains(idle, f.Type()) {
			t.Errorf("nobody has said what follows from %s at the hub", f.Type())
		}
	}
}

// Whatever a station's facts are: what the hub has of its doors and parcels afterwards is
// what the station's own tables have.
func TestWhatTheHubHasFollowsFromFactsAsTheStationsTablesDo(t *testing.T) {
	w := open(t, dbtest.SQLite(t))
	run, kinds := 0, len(someOf(parcel.OfParcel{}, wall.OfDoor{}, time.Time{}, false, "a"))
	rapid.Check(t, func(r *rapid.T) {
		run++
		s := w.join(fmt.Sprintf("station %d", run))
		memory := ledger.NewMemory(nil)
		state := ledger.NewState(memory)
		at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
		ids, numbers := []string{"P-1", "P-2", "P-3"}, []string{"1", "2", "3"}
		for _, n := range numbers {
			wall.Compartments.Put(state, n, wall.NewCompartment(wall.Compartment{Number: n, Bank: "main"}))
		}
		var log []json.RawMessage
		tell := func(f ledger.Fact) {
			at = at.Add(time.Second)
			f.Apply(state, at)
			data, err := json.Marshal(f)
			w.must(err)
			text, err := json.Marshal(map[string]any{
				"id": fmt.Sprintf(
					"%d-%d",
					run,
					len(log),
				), "type": f.Type(), "subject": f.Subject(), "time": at,
				"sequence": fmt.Sprintf("%020d", 2*len(log)+2), "data": json.RawMessage(data),
			})
			w.must(err)
			log = append(log, text)
		}
		for _, id := range ids {
			tell(&parcel.ParcelAnnounced{OfParcel: parcel.OfParcel{ParcelID: id, Label: id}, PickupHours: 72})
		}
		for range rapid.IntRange(1, 40).Draw(r, "facts") {
			tell(someOf(
				parcel.OfParcel{ParcelID: rapid.SampledFrom(ids).Draw(r, "parcel")},
				wall.OfDoor{Compartment: rapid.SampledFrom(numbers).Draw(r, "door"), Opening: "o"},
				at.Add(72*time.Hour), rapid.Bool().Draw(r, "yes"),
				rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "word"))[rapid.IntRange(0, kinds-1).Draw(r, "fact")])
		}
		for done := 0; done < len(log); { // in batches, some of it twice
			from := rapid.IntRange(0, done).Draw(r, "from")
			to := min(rapid.IntRange(done+1, len(log)).Draw(r, "to"), from+100)
			w.push(s, "one", 2*int64(from), log[from:to]...)
			done = max(done, to)
		}
		for _, id := range ids {
			is, _ := parcel.Parcels.Get(state, id)
			has, err := w.Parcel(t.Context(), s, id)
			w.must(err)
			reason := ""
			if is.OnHold != nil {
				reason = is.OnHold.Reason
			} else if is.State == parcel.DepositFailed {
				reason = is.FailedReason
			}
			code := ""
			switch {
			case is.Code != nil && is.Code.Revoked:
				code = CodeRevoked
			case is.Code != nil:
				code = CodeRenewed
			}
			if has.State != string(is.State) || has.Code != code ||
				has.Door != is.Compartment || has.Held != (is.OnHold != nil) ||
				has.ToCheck != is.ToCheck || !same(has.Deadline, is.Deadline) || !same(has.Stored, is.StoredAt) ||
				!same(has.Ended, is.EndedAt) || has.OrderID != is.OrderID ||
				has.Direction != string(is.Direction) ||
				has.Reason != reason ||
				is.Label != "" && !slices.Equal(has.Labels, append([]string{is.Label}, is.Labels...)) {
				r.Fatalf("the hub has %+v\nthe station %+v", has, is)
			}
			_, delegated := parcel.Delegations.Get(state, id)
			if want := waysOf(is, delegated); !reflect.DeepEqual(has.Ways, want) {
				r.Fatalf("the hub says %s\nthe station %s", has.Ways.text(), want.text())
			}
		}
		doors, err := w.Doors(t.Context(), s)
		w.must(err)
		for _, has := range doors {
			is, _ := wall.Compartments.Get(state, has.Number)
			if has.Allocation != string(is.Allocation) || has.Reason != is.Reason || has.Parcel != is.Parcel ||
				has.Lock != string(is.Lock) ||
				has.Door != fmt.Sprint(is.Door) ||
				(has.Trouble == "forced") != is.Forced {
				r.Fatalf("the hub has %+v\nthe station %+v", has, is)
			}
		}
	})
}

// waysOf is what a station's tables say of a parcel beside where it is.
func waysOf(p parcel.Parcel, delegated bool) (w Ways) {
	w.Shelf, w.By, w.Delegated = p.Shelf, p.By, delegated
	utc := func(t *time.Time) *time.Time {
		if t == nil {
			return nil
		}
		at := t.UTC()
		return &at
	}
	w.Rescue = utc(p.RescueUntil)
	if h := p.OnHold; h != nil {
		w.HoldKind = h.Kind
	}
	if s := p.Paused; s != nil {
		w.Paused = &Pause{s.Since.UTC(), s.Reason, utc(s.Until)}
	}
	if l := p.Leaving; l != nil {
		w.Leaving = &Leaving{l.Since.UTC(), l.Why, l.To, l.Name}
	}
	return w
}

func same(a, b *time.Time) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }
