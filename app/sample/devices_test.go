package sample_test

import (
	"testing"

	"cubby/app/words"
	"cubby/locker/health"
)

// In English the desk says of devices what everybody else is told of them; in other
// languages it has a sentence for each.
func TestTheDeskHasASentenceForAllThatDevicesCanHave(t *testing.T) {
	book, err := words.Open()
	if err != nil {
		t.Fatal(err)
	}
	en, said := book.For("en"), 0
	same := func(id, want string) {
		said++
		if got := en.Say(id, nil); got != want && want != "" {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
	for _, p := range health.Problems() {
		if p.Kind != health.Door { // the queue has words of its own for doors
			same("staff.device."+p.Code(), p.Title)
			same("staff.todo."+p.Code(), p.ToDo)
		}
	}
	if said == 0 {
		t.Error("nothing is known of devices")
	}
}
