package console

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/story"
	"cubby/locker/view"
	"cubby/sync/hub"
)

// A told is a line of a story as a page shows it.
type told struct {
	At   time.Time
	Text string
}

// factLog reads a station's facts as the log that stories are made of. Names of accounts
// are the station's; the hub has their ids.
type factLog struct {
	hub     Hub
	station string
}

// Story implements story.Log.
func (l factLog) Story(ctx context.Context, key string, most int) ([]ledger.Entry, error) {
	var all []ledger.Entry
	for before := int64(1<<63 - 1); len(all) < most; {
		facts, err := l.hub.Facts(
			ctx,
			hub.FactFilter{Station: l.station, Subject: key, Before: before, Limit: 100},
		)
		if err != nil {
			return nil, err
		}
		for _, f := range facts {
			all, before = append(all, ordered(ctx, l.hub, l.station, entryOf(f))), f.N
		}
		if len(facts) < 100 {
			break
		}
	}
	slices.Reverse(all)
	return all, nil
}

// StoryWithin implements story.Log.
func (l factLog) StoryWithin(
	ctx context.Context,
	key string,
	from, to int64,
	most int,
) ([]ledger.Entry, error) {
	all, err := l.Story(ctx, key, most)
	var within []ledger.Entry
	for _, e := range all {
		if e.Seq >= from && e.Seq <= to {
			within = append(within, e)
		}
	}
	return within, err
}

// Staff implements story.Log.
func (factLog) Staff(context.Context) ([]people.Employee, error) { return nil, nil }

// Couriers implements story.Log.
func (factLog) Couriers(context.Context) ([]people.Courier, error) { return nil, nil }

// entryOf is a fact as an entry of a log, in the order in which the hub heard of it.
func entryOf(f hub.Fact) ledger.Entry {
	var event struct {
		Data  json.RawMessage `json:"data"`
		Visit string          `json:"visit"`
	}
	_ = json.Unmarshal(f.Event, &event) // what cannot be read is told without details
	return ledger.Entry{Seq: f.N, At: f.Happened, Type: f.Type, Actor: f.Actor,
		Visit: event.Visit, Data: event.Data}
}

// story tells of a parcel or a door of a station in sentences.
func (v *visit) story(s hub.Station, key string) ([]told, error) {
	log, zone := factLog{v.hub, s.ID}, zoneOf(s.Zone)
	const parcels = len("parcels/")
	var lines []view.StoryLine
	var err error
	if key[:min(parcels, len(key))] == "parcels/" {
		lines, err = story.OfParcel(v.r.Context(), log, key[parcels:], story.Most)
	} else {
		lines, err = story.OfDoor(v.r.Context(), log, key[len("compartments/"):], story.Most)
	}
	out := []told{}
	for _, l := range lines {
		out = append(out, told{l.At, v.tell(l, zone)})
	}
	return out, err
}

func (v *visit) tell(l view.StoryLine, zone *time.Location) string {
	if v.o.Tell == nil {
		return v.book.word("fact", l.What)
	}
	return v.o.Tell(v.tag, l, zone)
}

// sentence says a fact in a line of its own.
func (v *visit) sentence(f hub.Fact) string {
	if f.Quarantined {
		return v.book.say("fact.quarantined")
	}
	if l, ok := story.OfOne(ordered(v.r.Context(), v.hub, f.Station, entryOf(f))); ok {
		return v.tell(l, time.Local)
	}
	text, ok := v.book["fact."+f.Type]
	if !ok {
		return f.Type
	}
	switch kind, id, _ := strings.Cut(f.Subject, "/"); kind {
	case "orders", "returns", "refunds", "devices", "stock", "cases":
		return text + ": " + id
	}
	return text
}
