package story_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/story"
	"cubby/locker/view"
	"cubby/locker/wall"
)

func TestEveryFactIsToldOrNotForAReason(t *testing.T) {
	untold, facts := story.Untold(), locker.Ledger.Types()
	for _, f := range facts {
		if told := slices.Contains(story.Told(), f); told == (untold[f] != "") {
			t.Errorf("%s is to be in one of the lists of told.go: told, or untold with the reason", f)
		}
	}
	for _, f := range slices.Concat(story.Told(), slices.Collect(maps.Keys(untold))) {
		if !slices.Contains(facts, f) {
			t.Errorf("%s is in the lists of told.go, and there is no such fact", f)
		}
	}
}

// A log is a log in memory.
type log []ledger.Entry

func (l log) Staff(context.Context) ([]people.Employee, error) {
	return []people.Employee{{ID: "s1", Name: "Mira K."}, {ID: "s2", Name: "Jon P.", Removed: true}}, nil
}

func (l log) Couriers(context.Context) ([]people.Courier, error) {
	return []people.Courier{{ID: "c1", Name: "North tour", Removed: true}}, nil
}

func (l log) Story(ctx context.Context, key string, most int) ([]ledger.Entry, error) {
	return l.StoryWithin(ctx, key, 1, int64(len(l)), most)
}

func (l log) StoryWithin(_ context.Context, key string, from, to int64,
	most int) (all []ledger.Entry, err error) {
	kind, name, _ := strings.Cut(key, "/")
	member := map[string]string{"parcels": "parcel_id", "compartments": "compartment"}[kind]
	for _, e := range l {
		var data map[string]any
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return nil, err
		}
		if e.Seq >= from && e.Seq <= to && data[member] == name {
			all = append(all, e)
		}
	}
	return all[max(0, len(all)-most):], nil
}

// add appends a fact as the station writes it.
func (l *log) add(t *testing.T, actor, visit string, f any) {
	t.Helper()
	e := ledger.Entry{Seq: int64(len(*l) + 1), Actor: actor, Visit: visit}
	e.At = time.Date(2026, 3, 1, 9, 0, int(e.Seq), 0, time.UTC)
	var err error
	if known, ok := f.(ledger.Fact); ok {
		e.Type = known.Type()
		e.Data, err = json.Marshal(f)
	} else {
		raw := f.(raw)
		e.Type = raw["type"]
		e.Data, err = json.Marshal(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	*l = append(*l, e)
}

// raw is a fact of another room, as its JSON.
type raw map[string]string

// plain writes lines for comparing: what, who, and the gaps of the sentence.
func plain(lines []view.StoryLine) (all []string) {
	for _, l := range lines {
		s := fmt.Sprintf("%d %s", l.At.Second(), l.What)
		if l.Who != "" {
			s += " by " + l.Who
		}
		for _, name := range slices.Sorted(maps.Keys(l.Data)) {
			s += fmt.Sprintf(" %s=%s", name, l.Data[name])
		}
		all = append(all, s)
	}
	return all
}

func TestAParcelAndItsDoorAreTold(t *testing.T) {
	var l log
	p := parcel.OfParcel{ParcelID: "p1", OrderID: "A-4711", Label: "L1"}
	other := parcel.OfParcel{ParcelID: "p0", Label: "L0"}
	at := func(opening string) wall.OfDoor { return wall.OfDoor{Compartment: "14", Opening: opening} }
	deadline := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

	// of a time before
	l.add(t, "hardware", "v0", &parcel.ParcelCollected{OfParcel: other, Compartment: "14"})
	l.add(t, "key:web", "", &parcel.ParcelAnnounced{OfParcel: p})
	l.add(t, "scanner", "v1", &parcel.ParcelBooked{OfParcel: p, Compartment: "14"})
	l.add(t, "scanner", "v1", &wall.OpeningIntended{
		OfDoor: at("o1"), Parcel: "p1", Visit: "v1", Actor: "courier:c1", Purpose: wall.ForDeposit,
	})
	l.add(t, "hardware", "v9", &wall.OpeningEnded{OfDoor: at("o1"), Result: door.ConfirmedOpen})
	l.add(t, "hardware", "v9", &wall.DoorOpened{OfDoor: at("o1")}) // reported while v9 is at the kiosk
	l.add(t, "hardware", "v1", &parcel.DepositStarted{OfParcel: p, Compartment: "14"})
	l.add(t, "hardware", "v1", &wall.DoorClosed{OfDoor: at("o1")})
	l.add(t, "hardware", "v1", &parcel.ParcelStored{
		OfParcel: p, Compartment: "14", Size: "M", Deadline: deadline,
	})
	l.add(t, "hardware", "v9", &wall.DoorForced{OfDoor: at("")})
	l.add(t, "hardware", "v9", &parcel.ParcelToCheck{OfParcel: p, Compartment: "14", Reason: "door_forced"})
	l.add(t, "screen", "v2", raw{"type": "desk.opened", "compartment": "14", "parcel_id": "p1", "by": "s1",
		"second": "s2", "reason": "customer reports damage"})
	l.add(t, "screen", "v2", &wall.OpeningIntended{
		OfDoor: at("o2"), Parcel: "p1", Visit: "v2", Actor: "staff:s1", Purpose: "staff",
	})
	l.add(t, "hardware", "v2", &wall.OpeningEnded{OfDoor: at("o2"), Result: door.Stuck})
	l.add(t, "staff:socket", "", &wall.DoorAlarmCleared{OfDoor: at(""), Reason: "looked"})
	l.add(t, "scanner", "v3", &parcel.PickupAuthorised{OfParcel: p, Compartment: "14", Credential: "code"})
	l.add(t, "scanner", "v3", &wall.OpeningIntended{
		OfDoor: at("o3"), Parcel: "p1", Visit: "v3", Actor: "bearer", Purpose: wall.ForPickup,
	})
	l.add(t, "hardware", "v3", &wall.DoorOpened{OfDoor: at("o3")})
	l.add(t, "clock", "v3", &wall.DoorLeftOpen{OfDoor: at("o3"), Stage: 2})
	l.add(t, "clock", "v3", &wall.OpeningAbandoned{OfDoor: at("o3")})
	l.add(t, "hardware", "v4", &wall.DoorClosed{OfDoor: at("o3")}) // by whom nobody knows
	l.add(t, "hardware", "v3", &parcel.ParcelCollected{OfParcel: p, Compartment: "14"})
	l.add(t, "hardware", "v3", &wall.CompartmentFreed{OfDoor: at("")})
	l.add(t, "clock", "", &parcel.RecipientErased{OfParcel: p, Reason: "ended"})
	l.add(t, "scanner", "v5", &parcel.ParcelBooked{OfParcel: other, Compartment: "14"})

	ofParcel := []string{
		"2 parcel.announced by web By=shop Order=A-4711",
		"3 parcel.booked by North tour By=courier Door=14 Order=A-4711",
		"6 door.opened by North tour By=courier Door=14",
		"8 door.closed by North tour By=courier Door=14",
		"9 parcel.stored by North tour By=courier Deadline=2026-03-03T09:00:00Z Door=14 Order=A-4711 Size=M",
		"10 door.forced_open Door=14",
		"11 parcel.to_check Door=14 Order=A-4711 Reason=door_forced",
		"12 desk.opened by Mira K. By=staff Door=14 Reason=customer reports damage Second=Jon P.",
		"14 opening.ended Door=14 Reason=stuck",
		"15 door.alarm_cleared by tools By=tools Door=14 Reason=looked",
		"16 parcel.pickup_authorised by customer By=customer Credential=code Door=14 Order=A-4711",
		"18 door.opened by customer By=customer Door=14",
		"19 door.left_open Door=14 Stage=2",
		"20 opening.abandoned Door=14",
		"21 door.closed Door=14",
		"22 parcel.collected by customer By=customer Door=14 Order=A-4711",
		"24 parcel.recipient_erased Order=A-4711 Reason=ended",
	}
	lines, err := story.OfParcel(t.Context(), l, "p1", story.Most)
	if got := plain(lines); err != nil || !slices.Equal(got, ofParcel) {
		t.Errorf("%v\n%s\nshould be\n%s", err, strings.Join(got, "\n"), strings.Join(ofParcel, "\n"))
	}
	lines, err = story.OfParcel(t.Context(), l, "p1", 3)
	if got := plain(lines); err != nil || !slices.Equal(got, ofParcel[len(ofParcel)-3:]) {
		t.Errorf("the last three are %v, %v", got, err)
	}

	lines, err = story.OfDoor(t.Context(), l, "14", story.Most)
	got := plain(lines)
	for _, want := range []string{
		"1 parcel.collected Door=14 Parcel=L0", // by whom is not in the log that was read
		"9 parcel.stored by North tour By=courier Deadline=2026-03-03T09:00:00Z Door=14 Order=A-4711 " +
			"Parcel=…4711 Size=M",
		"23 compartment.freed Door=14",
		"25 parcel.booked Door=14 Parcel=L0",
	} {
		if err != nil || !slices.Contains(got, want) {
			t.Errorf("%v: the door's story lacks %q:\n%s", err, want, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(ofParcel)+3-2 { // without what is of the parcel alone
		t.Errorf("the door's story has %d lines:\n%s", len(got), strings.Join(got, "\n"))
	}
	l.add(t, "scanner", "v6", &parcel.PickupAuthorised{
		OfParcel: other, Compartment: "15", Credential: "code", Shown: "p1",
	})
	lines, err = story.OfDoor(t.Context(), l, "15", 10)
	if got := plain(lines); err != nil || !slices.Equal(got, []string{
		"26 parcel.pickup_authorised by customer By=customer Credential=of_another Door=15 Parcel=L0"}) {
		t.Errorf("collected with another's code is told as %v, %v", got, err)
	}
	if lines, err := story.OfDoor(t.Context(), l, "99", 10); err != nil || lines == nil || len(lines) > 0 {
		t.Errorf("of a door without a story %v, %v", lines, err)
	}
}
