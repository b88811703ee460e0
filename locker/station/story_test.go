package station

import (
	"context"
	"slices"
	"strings"
	"testing"

	"cubby/locker/secret"
	"cubby/locker/store"
	"cubby/locker/story"
	"cubby/locker/view"
)

// What a station has written down of people is told of them.
func TestTheStoriesOfAStationThatHasLived(t *testing.T) {
	dir := lived(t)
	keys, err := secret.Derive(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(context.Background(), dir, "test", keys)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	plain := func(lines []view.StoryLine, err error) (all []string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			all = append(all, strings.TrimSpace(l.What+" "+l.Data["By"]))
		}
		return all
	}
	collected := []string{
		"parcel.announced shop", "parcel.booked courier", "door.opened courier", "door.closed courier",
		"parcel.stored courier", "parcel.pickup_authorised customer", "door.opened customer",
		"door.closed customer",
		"parcel.collected customer",
	}
	if got := plain(story.OfParcel(t.Context(), s, "p1", story.Most)); !slices.Equal(got, collected) {
		t.Errorf("p1:\n%s\nshould be\n%s", strings.Join(got, "\n"), strings.Join(collected, "\n"))
	}
	if got := plain(story.OfParcel(t.Context(), s, "p2", story.Most)); !slices.Equal(got, collected[:5]) {
		t.Errorf("p2:\n%s\nshould be\n%s", strings.Join(got, "\n"), strings.Join(collected[:5], "\n"))
	}
	p, _, err := s.Parcel(t.Context(), "p2")
	if err != nil {
		t.Fatal(err)
	}
	got := plain(story.OfDoor(t.Context(), s, p.Compartment, story.Most))
	if !slices.Equal(got[len(got)-4:], collected[1:5]) {
		t.Errorf("the door of p2:\n%s", strings.Join(got, "\n"))
	}
}
