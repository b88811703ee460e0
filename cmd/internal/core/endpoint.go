package core

import (
	"context"
	"slices"
	"time"

	"cubby/hardware/badge"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/story"
	"cubby/locker/view"
	"cubby/locker/wall"
	"cubby/sync/rest"
)

// reader joins the store's reading with the one write a consumer causes.
type reader struct {
	*store.Store
	station *station.Station
}

// Holder finds whom a key belongs to.
func (r reader) Holder(ctx context.Context, hash [32]byte) (rest.Holder, bool, error) {
	k, old, ok, err := r.KeyByHash(ctx, hash)
	h := rest.Holder{Name: k.Name, Scopes: k.Scopes, Revoked: k.Revoked, PerMinute: k.PerMinute, Old: old}
	if old {
		h.Ends = time.Now().Add(k.OldUntil.Sub(r.station.Clock().Calendar))
	}
	return h, ok, err
}

// ParcelStory tells of a parcel.
func (r reader) ParcelStory(ctx context.Context, id string, most int) ([]view.StoryLine, error) {
	if _, _, err := r.Parcel(ctx, id); err != nil {
		return nil, err
	}
	return story.OfParcel(ctx, r.Store, id, most)
}

// DoorStory tells of a door of the wall.
func (r reader) DoorStory(ctx context.Context, number string, most int) ([]view.StoryLine, error) {
	if !slices.ContainsFunc(r.station.Compartments(), func(c wall.Compartment) bool {
		return c.Number == number
	}) {
		return nil, ledger.Refuse(ledger.NotFound, "no-such-compartment",
			"there is no compartment with this number")
	}
	return story.OfDoor(ctx, r.Store, number, most)
}

func (r reader) CentreHeard() { r.station.CentreHeard() }

func (r reader) Acknowledge(ctx context.Context, client string, through int64) error {
	return r.station.Acknowledge(ctx, client, through)
}

// staff is the station as the endpoint sees it: people on the Unix socket are
// let in by the file system.
type staff struct {
	*station.Station
	store  *store.Store
	papers *papers
	doors  *lateDoors
	health *health.Registry
	badges []badge.Config // how a card's number is read
	keys   *secret.Keys

	practices *practices
	photos    *photos
	*line
	*shopRules

	written *messages // to customers; nil: nobody writes
}

func (s staff) AddKey(ctx context.Context, k people.Key) (string, error) {
	return s.Station.AddKey(ctx, k, people.Tools.Actor())
}
func (s staff) RotateKey(ctx context.Context, name string, overlap time.Duration) (string, error) {
	return s.Station.RotateKey(ctx, name, overlap, people.Tools.Actor())
}
func (s staff) RevokeKey(ctx context.Context, name string) error {
	return s.Station.RevokeKey(ctx, name, people.Tools.Actor())
}
func (s staff) Keys(ctx context.Context) ([]people.Key, error) { return s.store.Keys(ctx) }
func (s staff) RemoveCourier(ctx context.Context, by people.Doer, id string) error {
	return s.Station.RemoveCourier(ctx, by, id, by.Actor())
}
func (s staff) RemoveEmployee(ctx context.Context, by people.Doer, id string) error {
	return s.Station.RemoveEmployee(ctx, by, id, by.Actor())
}
func (s staff) Staff(ctx context.Context) ([]people.Employee, error)   { return s.store.Staff(ctx) }
func (s staff) Couriers(ctx context.Context) ([]people.Courier, error) { return s.store.Couriers(ctx) }

// badges knows whom a badge belongs to.
type badges struct {
	store *store.Store
	keys  *secret.Keys
}

// WhoHas finds who of the staff has a badge.
func (b badges) WhoHas(ctx context.Context, badge string) (rest.Person, bool, error) {
	e, ok, err := b.store.EmployeeWith(ctx, b.keys.Recognise([]byte(badge), secret.Centre{}).BadgeHash)
	return rest.Person{
		ID: e.ID, May: func(action string) error { return e.Role.Must(people.Action(action)) },
	}, ok, err
}

// noKeys knows no key.
type noKeys struct{}

// Holder finds nothing.
func (noKeys) Holder(context.Context, [32]byte) (rest.Holder, bool, error) {
	return rest.Holder{}, false, nil
}
