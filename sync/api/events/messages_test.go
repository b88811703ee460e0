package events

import (
	"testing"

	"cubby/locker/ledger"
	"cubby/sync/feed"
)

// marked is a Reader that knows marks only.
type marked struct{ Reader }

func (marked) Incarnation(int64) [8]byte { return [8]byte{1} }

func TestAPageThatCannotBeToldApartBreaksTheStream(t *testing.T) {
	f := newFamily(marked{}, nil)
	for name, page := range map[string]ledger.FeedPage{
		"not JSON":             {Events: []byte(`{"sequence":"4"`), Last: 4},
		"without a sequence":   {Events: []byte(`{}`), Last: 4},
		"the place before":     {Events: []byte(`{"sequence":"3"}`), Last: 4},
		"twice the same place": {Events: []byte(`{"sequence":"4"},{"sequence":"4"}`), Last: 4},
		"beyond the page":      {Events: []byte(`{"sequence":"5"}`), Last: 4},
	} {
		if list, err := f.messages(page, feed.Cursor{Seq: 3}, "mail", true); err == nil {
			t.Errorf("%s: made %v", name, list)
		}
	}
}
