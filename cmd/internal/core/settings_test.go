package core

import (
	"slices"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

func TestTheNearestDoorIsThatBesideTheScreen(t *testing.T) {
	w := view.Wall{Doors: []view.Door{
		{Number: "far", LeftMM: 0, WidthMM: 400, HeightMM: 200},
		{Number: "below", LeftMM: 800, TopMM: 700, WidthMM: 400, HeightMM: 200},
		{Number: "beside", LeftMM: 400, TopMM: 200, WidthMM: 400, HeightMM: 200},
	}}
	if got := nearest(w); got != nil {
		t.Errorf("without a screen on the wall %v", got)
	}
	w.Screen = view.Door{LeftMM: 800, WidthMM: 400, HeightMM: 600}
	if got := nearest(w); !slices.Equal(got, []string{"beside", "below", "far"}) {
		t.Errorf("the nearest are %v", got)
	}
	for word, want := range map[string]parcel.Together{
		"": parcel.OfPerson, "person": parcel.OfPerson, "order": parcel.OfOrder, "no": parcel.Never,
	} {
		if together[word] != want {
			t.Errorf("%q is %q", word, together[word])
		}
	}
}
