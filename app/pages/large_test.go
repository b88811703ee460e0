package pages_test

import (
	"testing"

	"cubby/app/sample"
	"cubby/app/words"
	"cubby/locker/view"
)

// Who has asked for larger letters gets them on every page of theirs.
func TestPagesOfCustomersFitWithLargerLetters(t *testing.T) {
	book := dressed(t)
	var speakers []words.Speaker
	for _, tag := range book.Tags() {
		speakers = append(speakers, book.For(tag))
	}
	seen := 0
	for _, s := range sample.All() {
		switch s.View.Kind {
		case view.KindPickup, view.KindBearer, view.KindMember:
		default:
			continue
		}
		s.View.LargeText = true
		for i, size := range sizes {
			for _, speaker := range speakers {
				seen++
				t.Run(s.Name, func(t *testing.T) {
					d := draw(s, sizes[i], speaker, book)
					inspect(t, d.page.Object, size)
				})
			}
		}
	}
	if seen == 0 {
		t.Error("nothing was drawn")
	}
}
