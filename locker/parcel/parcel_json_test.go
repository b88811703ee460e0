package parcel

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/wall"
)

// What is written by hand must hold every member, and read back as it was.
func TestWhatIsWrittenByHandReadsBackWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, 64)
		number := rapid.IntRange(0, 5000)
		flag := rapid.Bool()
		var at *time.Time
		moment := func(name string) *time.Time {
			return rapid.OneOf(rapid.Just(at), rapid.Map(rapid.Int64Range(-1e18,
				4e18), func(ns int64) *time.Time {
				t := time.Unix(0, ns).UTC()
				return &t
			})).Draw(t, name)
		}
		var size *wall.Dimensions
		if flag.Draw(t, "measured") {
			size = &wall.Dimensions{
				Length: number.Draw(t, "length"), Width: number.Draw(t, "width"),
				Height: number.Draw(t, "height"),
			}
		}
		var labels []string
		if flag.Draw(t, "several labels") {
			labels = rapid.SliceOfN(text, 1, 8).Draw(t, "labels")
		}
		p := Parcel{Labels: labels, ID: text.Draw(t, "id"), State: State(text.Draw(t, "state")),
			Label: text.Draw(t, "label"), OrderID: text.Draw(t, "order"),
			Dimensions: size, KeepUpright: flag.Draw(t, "upright"), WeightG: number.Draw(t, "weight"),
			Accessible:  flag.Draw(t, "accessible"),
			Valuable:    flag.Draw(t, "valuable"),
			Rotating:    flag.Draw(t, "rotating"),
			PickupHours: number.Draw(t, "hours"), Compartment: text.Draw(t, "door"),
			Deadline:     moment("deadline"),
			ToCheck:      flag.Draw(t, "check"),
			FailedReason: text.Draw(t, "reason"), StoredAt: moment("stored"), CounterAt: moment("counter"),
			EndedAt: moment("ended"),
			Rev:     int64(number.Draw(t, "rev"))}
		p.Direction, p.Case, p.ExchangeOf = Direction(text.Draw(t, "direction")), text.Draw(t, "case"),
			text.Draw(t, "exchange")
		p.AnnouncedBy = text.Draw(t, "announced by")
		p.By = text.Draw(t, "by")
		p.Unannounced, p.Was = flag.Draw(t, "unannounced"), text.Draw(t, "was")
		p.Shelf, p.RescueUntil = text.Draw(t, "shelf"), moment("rescue")
		p.Extensions, p.ExtendedHours = number.Draw(t, "extensions"), number.Draw(t, "more hours")
		p.NoticedAt = moment("noticed")
		if announced := moment("announced"); announced != nil {
			p.AnnouncedAt = *announced
		}
		if since := moment("held"); since != nil {
			p.Paused = &Pause{Since: *since, Reason: text.Draw(t, "why paused"), Until: moment("until")}
			p.OnHold = &Hold{Since: *since, Kind: text.Draw(t, "kind"), Reason: text.Draw(t, "why"),
				Centre: flag.Draw(t, "centre")}
			p.Leaving = &Leaving{
				Since: *since, Why: text.Draw(t, "why it leaves"), To: text.Draw(t, "to"), Name: text.Draw(t, "name"),
				Reason: text.Draw(t, "reason to leave"), Centre: flag.Draw(t, "centre wants it"),
			}
		}
		if since := moment("code"); since != nil {
			p.Code = &CodeState{Since: *since, Revoked: flag.Draw(t, "revoked")}
			for range rapid.IntRange(0, 3).Draw(t, "reissues") {
				p.Code.Reissued = append(p.Code.Reissued, *since)
			}
		}
		readsBack(t, p.AppendJSON(nil), p)
		f := ParcelAnnounced{OfParcel: of(p), Labels: p.Labels, Dimensions: size, KeepUpright: p.KeepUpright,
			WeightG: p.WeightG, Accessible: p.Accessible,
			Valuable: p.Valuable, Rotating: p.Rotating,
			PickupHours: p.PickupHours, Deadline: p.Deadline,
			Direction: p.Direction, Case: p.Case, ExchangeOf: p.ExchangeOf,
			Unannounced: p.Unannounced, AnnouncedBy: p.AnnouncedBy}
		readsBack(t, f.AppendJSON(nil), f)
	})
}

// readsBack also holds that encoding/json would write the same members, so that a
// field added to the type cannot be forgotten.
func readsBack[T any](t *rapid.T, written []byte, v T) {
	var back T
	if err := json.Unmarshal(written, &back); err != nil {
		t.Fatalf("%s: %v", written, err)
	}
	if !reflect.DeepEqual(back, v) {
		t.Fatalf("%s reads back as %+v, not %+v", written, back, v)
	}
	reflected, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var one, other any
	if json.Unmarshal(written, &one) != nil || json.Unmarshal(reflected, &other) != nil ||
		!reflect.DeepEqual(one, other) {
		t.Fatalf("%s, where encoding/json writes %s", written, reflected)
	}
}

// A field that every parcel of the test above leaves empty would escape it.
func TestTheFieldsWrittenByHandAreThoseOfTheTypes(t *testing.T) {
	for _, c := range []struct {
		of   reflect.Type
		want int
	}{
		{reflect.TypeFor[Parcel](), 38}, {reflect.TypeFor[Hold](), 4}, {reflect.TypeFor[Dispute](), 3},
		{reflect.TypeFor[Leaving](), 6},
		{reflect.TypeFor[Pause](), 3},
		{reflect.TypeFor[CodeState](), 3},
		{reflect.TypeFor[ParcelAnnounced](), 18},
		{reflect.TypeFor[OfParcel](), 3}, {reflect.TypeFor[wall.Dimensions](), 3},
	} {
		if n := c.of.NumField(); n != c.want {
			t.Errorf("%s has %d fields: write the new ones in AppendJSON and here", c.of, n)
		}
	}
}
