package apitest

import (
	"context"
	"slices"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/locker/wall"
)

// ParcelStory has three lines for every parcel there is.
func (c *Core) ParcelStory(ctx context.Context, id string, most int) ([]view.StoryLine, error) {
	if _, _, err := c.Parcel(ctx, id); err != nil {
		return nil, err
	}
	return lastOf(someStory, most), nil
}

// DoorStory has three lines for every door there is.
func (c *Core) DoorStory(_ context.Context, number string, most int) ([]view.StoryLine, error) {
	if !slices.ContainsFunc(c.Compartments(), func(w wall.Compartment) bool { return w.Number == number }) {
		return nil, ledger.Refuse(ledger.NotFound, "no-such-compartment", "there is no such door")
	}
	return lastOf(someStory, most), nil
}

func lastOf(all []view.StoryLine, most int) []view.StoryLine { return all[max(0, len(all)-most):] }

var someStory = []view.StoryLine{
	{At: time.Unix(1772000000, 0), What: "door.opened"},
	{At: time.Unix(1772000010, 0), What: "parcel.stored", Who: "North tour", Data: map[string]string{
		"By": "courier", "Door": "1", "Deadline": "2026-03-03T14:20:03Z",
	}},
	{At: time.Unix(1772000020, 0), What: "parcel.to_check", Data: map[string]string{"Reason": "door_forced"}},
}
