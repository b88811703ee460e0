package hub

import (
	"testing"

	"cubby/locker/secret/token"
	"cubby/sync/db/dbtest"
)

// An order that comes again with its one-time number is the first one: nothing else is
// signed, and the station is told once.
func TestAnOrderThatComesAgainIsTheFirst(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, at string) {
		w, ctx := open(t, at), t.Context()
		s := w.join("A")
		order := CommandOrder{What: token.Restart, Reason: "a test", ID: [token.IDBytes]byte{7}}
		first, err := w.Command(ctx, by, s, order)
		w.must(err)
		again, err := w.Command(ctx, by, s, order)
		w.must(err)
		if again.ID != first.ID || !again.Issued.Equal(first.Issued) {
			t.Errorf("%+v, then %+v", first, again)
		}
		order.ID = [token.IDBytes]byte{}
		other, err := w.Command(ctx, by, s, order)
		w.must(err)
		all, err := w.Commands(ctx, CommandFilter{Station: s})
		if err != nil || len(all) != 2 || other.ID == first.ID {
			t.Errorf("%+v, %v", all, err)
		}
	})
}
