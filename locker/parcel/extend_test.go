package parcel

import (
	"testing"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/money"
	"cubby/locker/people"
	"cubby/locker/visit"
)

// extending is a station with three doors that gives more time by a policy.
func extending(t *testing.T, x Extensions, open ...string) *times {
	t.Helper()
	s := newTimes()
	hours, _, err := calendar.NewHours(open, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for n, c := range s.compartments {
		c.Size = "M"
		s.compartments[n] = c
	}
	s.policy.Rooms = map[string]any{"parcel": Settings{Extensions: x, Hours: hours, HoldPauses: true}}
	s.sync()
	s.start(t)
	return s
}

func (x *times) extend(t *testing.T, id string, price money.Amount) Parcel {
	t.Helper()
	var p Parcel
	x.do(t, Extend{ID: id, Price: price, Through: "rest", Now: &p})
	return p
}

func TestMoreTimeIsGivenAsThePolicySays(t *testing.T) {
	price := money.Amount{Minor: 150, Currency: "EUR"}
	s := extending(t, Extensions{Most: 2, Hours: 24, Price: price, While: Always})
	id := s.comes(t)
	before := *s.parcels[id].Deadline
	s.refusedAs(t, Extend{ID: id, Through: "rest"}, PriceDiffers)
	for n := 1; n <= 2; n++ {
		p := s.extend(t, id, price)
		if want := before.Add(time.Duration(n) * 24 * time.Hour); !p.Deadline.Equal(want) || p.Extensions != n {
			t.Errorf("extended %d times until %s, want %s", p.Extensions, p.Deadline, want)
		}
	}
	s.refusedAs(t, Extend{ID: id, Price: price, Through: "rest"}, NoMoreTime)
	s.pass(t, 48*time.Hour+before.Sub(s.now)-time.Minute)
	if p := s.parcels[id]; p.State != Stored {
		t.Errorf("before its new end it is %s", p.State)
	}
	s.pass(t, 2*time.Minute)
	if p := s.parcels[id]; p.State != Expired {
		t.Errorf("after its new end it is %s", p.State)
	}
	s.refusedAs(t, Extend{ID: id, Price: price, Through: "rest"}, TimeIsOver)
}

func TestMoreTimeCountsOpenHoursAlone(t *testing.T) {
	s := extending(t, Extensions{Most: 1, Hours: 10, While: Always}, "daily 08:00-18:00")
	id := s.comes(t)
	before := *s.parcels[id].Deadline
	if p := s.extend(t, id, money.Amount{}); !p.Deadline.Equal(before.Add(24 * time.Hour)) {
		t.Errorf("ten open hours after %s is %s", before, p.Deadline)
	}
}

func TestNoTimeIsGivenWhileSomebodyElseNeedsTheDoor(t *testing.T) {
	for _, c := range []struct {
		name  string
		while ExtendWhile
		play  func(s *times, id string)
		want  string // slug; empty: it is given
	}{
		{"doors are free", NotNeeded, func(*times, string) {}, ""},
		{"the wall is full", NotNeeded, func(s *times, _ string) { s.comes(t); s.comes(t) }, DoorNeeded},
		{"the wall is full, by a policy for when it is not", NotFull,
			func(s *times, _ string) { s.comes(t); s.comes(t) }, DoorNeeded},
		{"the wall is full, and time is always given", Always, func(s *times, _ string) { s.comes(t); s.comes(t) },
			""},
		{"more are announced than doors are free", NotNeeded, func(s *times, _ string) {
			for _, id := range []string{"x", "y", "z"} {
				s.announce(t, id, nil)
			}
		}, DoorNeeded},
		{"the same, by a policy that looks at free doors alone", NotFull, func(s *times, _ string) {
			s.announce(t, "x", nil)
			s.announce(t, "y", nil)
			s.announce(t, "z", nil)
		}, ""},
		{"it is held", NotNeeded, func(s *times, id string) { s.do(t, HoldParcel{By: people.Centre, ID: id}) },
			HeldNow},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := extending(t, Extensions{Most: 1, Hours: 24, While: c.while})
			id := s.comes(t)
			c.play(s, id)
			before := *s.parcels[id].Deadline
			if c.want != "" {
				s.refusedAs(t, Extend{ID: id, Through: "rest"}, c.want)
				return
			}
			if p := s.extend(t, id, money.Amount{}); !p.Deadline.Equal(before.Add(24 * time.Hour)) {
				t.Errorf("extended from %s to %s", before, p.Deadline)
			}
		})
	}
}

// Whoever was told counts from then on: the time begins, once, and never goes backwards.
func TestTimeBeginsWhenTheRecipientWasTold(t *testing.T) {
	s := newTimes()
	s.policy.Rooms = map[string]any{"parcel": Settings{NoticeWait: 24 * time.Hour}}
	s.sync()
	s.start(t)
	told, untold := s.comes(t), s.comes(t)
	before := *s.parcels[told].Deadline
	s.pass(t, 5*time.Hour)
	s.do(t, Notice{ID: told})
	s.do(t, Notice{ID: told})
	s.do(t, visit.Tick{})
	if p := s.parcels[told]; p.Paused != nil || p.Deadline.Sub(before.Add(5*time.Hour)).Abs() > time.Minute {
		t.Errorf("told after 5 h it ends at %s, paused %v; want %s", p.Deadline, p.Paused, before.Add(5*time.Hour))
	}
	s.pass(t, 20*time.Hour)
	if p := s.parcels[untold]; p.Paused != nil || p.State != Stored {
		t.Errorf("nobody was told within a day, and it is %s, paused %v", p.State, p.Paused)
	}
	if n := s.told("parcel.clock_resumed"); n != 2 {
		t.Errorf("%d clocks went on, want 2", n)
	}
}
