package parcel

import (
	"testing"
	"time"

	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/upkeep"
	"cubby/locker/visit"
)

// Every way in which a parcel's time with us ends, and when nothing is kept of its
// recipient any more.
func TestRecipientsAreErasedWithTheLastFactOfTheirParcel(t *testing.T) {
	collect := func(t *testing.T, s *stage) {
		number, code := s.deposit(t, "p")
		s.do(t, visit.Present{CodeHash: code})
		s.ended(t, door.ConfirmedOpen)
		s.see(t, number, door.Closed, door.PresenceUnknown)
	}
	counter := func(t *testing.T, s *stage) {
		number, _ := s.deposit(t, "p")
		s.now = s.now.Add(100 * time.Hour)
		s.do(t, visit.Tick{})
		s.do(t, upkeep.RestoreDoor{Compartment: number, Reason: "taken to the counter"})
	}
	gone := func(t *testing.T, s *stage) {
		s.deposit(t, "p")
		s.do(t, WriteOff{Parcel: "p", Reason: "empty"})
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name   string
		end    func(t *testing.T, s *stage)
		state  State
		days   int
		after  time.Duration // the station looks then
		erased bool
	}{
		{"announced only", func(*testing.T, *stage) {}, Announced, 0, 1000 * time.Hour, false},
		{"stored", func(t *testing.T, s *stage) { s.deposit(t, "p") }, Stored, 0, 0, false},
		{"collected", collect, Collected, 0, 0, true},
		{"collected, and kept a week", collect, Collected, 7, 0, false},
		{"collected nearly a week ago", collect, Collected, 7, 7*24*time.Hour - time.Minute, false},
		{"collected a week ago", collect, Collected, 7, 7 * 24 * time.Hour, true},
		{"cancelled", func(t *testing.T, s *stage) { s.do(t, Cancel{ID: "p"}) }, Cancelled, 0, 0, true},
		{"cancelled a day ago", func(t *testing.T, s *stage) { s.do(t, Cancel{ID: "p"}) }, Cancelled, 1,
			24 * time.Hour, true},
		{"at the counter", counter, CounterHeld, 0, 0, false},
		{"nearly a month at the counter", counter, CounterHeld, 0, 30*day - time.Minute, false},
		{"a month at the counter", counter, CounterHeld, 0, 30 * day, true},
		{"a month at the counter of a station that keeps more", counter, CounterHeld, 60,
			60*day - time.Minute, false},
		{"two months at that counter", counter, CounterHeld, 60, 60 * day, true},
		{"handed over", func(t *testing.T, s *stage) {
			counter(t, s)
			s.do(t, HandOver{Parcel: "p", Reason: "knows what is inside"})
		}, Collected, 0, 0, true},
		{"written off", gone, Missing, 0, 0, true},
		{"written off, and kept a week", gone, Missing, 7, 7*day - time.Minute, false},
		{"written off a week ago", gone, Missing, 7, 7 * day, true},
		{"found again after a week", func(t *testing.T, s *stage) {
			gone(t, s)
			s.now = s.now.Add(7*day - time.Minute)
			s.do(t, TakeToCounter{Parcel: "p", Reason: "it was behind door 3"})
		}, CounterHeld, 7, 29 * day, false},
		{"held when its code ended with that", func(t *testing.T, s *stage) {
			number, _ := s.deposit(t, "p")
			s.now = s.now.Add(100 * time.Hour)
			s.do(t, visit.Tick{})
			state := ledger.NewState(s)
			logged(t, &ParcelCounterHeld{
				OfParcel: of(s.parcels["p"]), Compartment: number,
			}).Apply(state, s.now)
			s.merge(state.Changes())
		}, CounterHeld, 0, time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := twoBoxes()
			s.policy.RecipientDays = c.days
			s.do(t, Announce{
				ID: "p", Announcement: Announcement{
					Label: "L-p", Dimensions: small(), Recipient: &Recipient{Name: "N", Phone: "1"},
				},
			})
			c.end(t, s)
			rev := s.parcels["p"].Rev
			if c.after > 0 {
				s.now = s.now.Add(c.after)
				s.do(t, EraseEnded{Parcels: []string{"p", "nobody"}})
			}
			if p := s.parcels["p"]; p.State != c.state {
				t.Fatalf("the parcel is %s", p.State)
			}
			told := s.told("parcel.recipient_erased")
			if r := s.Recipient("p"); (r == nil) != c.erased || (told == 1) != c.erased {
				t.Errorf("kept: %+v, told %d times that it was erased", r, told)
			}
			if c.after > 0 && c.erased && s.parcels["p"].Rev == rev {
				t.Error("whoever has read the parcel before would not notice")
			}
		})
	}
}

func TestARecipientIsErasedOnRequestAtAnyTime(t *testing.T) {
	s := twoBoxes()
	s.do(t, Announce{
		ID: "p", Announcement: Announcement{
			Label: "L-p", Dimensions: small(), Recipient: &Recipient{Name: "N"},
		},
	})
	s.deposit(t, "p")
	rev := s.parcels["p"].Rev
	if _, err := s.try(EraseRecipient{
		ID: "p", Condition: ledger.Condition{IfMatch: &[]int64{rev - 1}[0]},
	}); ledger.CodeOf(err) != ledger.Precondition {
		t.Errorf("an old tag: %v", err)
	}
	for range 2 {
		var now Parcel
		s.do(t, EraseRecipient{ID: "p", Now: &now})
		if r := s.Recipient("p"); r != nil || now.Rev != rev+1 || now.State != Stored {
			t.Errorf("kept %+v, the parcel is %s at revision %d", r, now.State, now.Rev)
		}
	}
	if _, err := s.try(EraseRecipient{ID: "nobody"}); ledger.CodeOf(err) != ledger.NotFound {
		t.Errorf("a parcel that is not there: %v", err)
	}
}
