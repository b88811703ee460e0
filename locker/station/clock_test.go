package station

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/ledger"
	"cubby/locker/parcel"
	"cubby/locker/view"
)

const year = 365 * 24 * time.Hour

// machine has clocks that the test sets. The truth is 30 years behind the clock
// of the test, which in a bubble begins in 2000.
type machine struct {
	mu     sync.Mutex // guards what follows
	wrong  time.Duration
	synced bool
	boot   int
	booted time.Time
	status []string
	pauses bool // clocks of parcels that nobody can collect stand still
}

func newMachine() *machine { return &machine{booted: time.Now().Add(-time.Hour)} }

func truth() time.Time { return time.Now().Round(0).UTC().AddDate(30, 0, 0) }

func (m *machine) read() calendar.Reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	return calendar.Reading{
		Wall: truth().Add(m.wrong), Boot: fmt.Sprint("boot ", m.boot), Uptime: time.Since(m.booted), Synced: m.synced,
	}
}

func (m *machine) told(device, state, detail string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.status = append(m.status, strings.TrimSpace(device+" "+state+" "+detail))
}

// step sets the wall clock; the kernel holds a clock that was set for unsynchronised.
func (m *machine) step(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong, m.synced = m.wrong+by, false
}

func (m *machine) sync() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wrong, m.synced = 0, true
}

func (m *machine) reboot() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.boot, m.booted, m.synced = m.boot+1, time.Now(), false
}

// dead is the battery: the clock begins at 1970.
func (m *machine) dead() { m.step(time.Unix(0, 0).Sub(m.read().Wall)) }

// site is a station on such a machine, for tests that turn it off and on.
type site struct {
	*rig
	*machine
	dir string
	t   *testing.T
}

// atSite tells a story that begins with a clock somebody vouches for.
func atSite(t *testing.T, story func(s *site)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &site{machine: newMachine(), dir: dir, t: t}
		s.synced = true
		s.on()
		story(s)
		s.off()
	})
}

func (s *site) on() {
	s.rig = startOn(s.t, s.machine, s.dir, nil)
	s.pass(time.Second)
	s.closed()
	s.pass(time.Second)
}

func (s *site) off() { s.rig.stop() }

// boots turns it off and on with its machine; what happens meanwhile happens to
// the clock.
func (s *site) boots(meanwhile ...func()) {
	s.off()
	s.reboot()
	for _, happens := range meanwhile {
		happens()
	}
	s.on()
}

// anew turns it off and gives it an empty database.
func (s *site) anew() {
	s.off()
	s.dir += "/new"
}

// pass lets time pass.
func (s *site) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// looksIn closes the door that opens for a pickup, and leaves the parcel inside.
func (s *site) looksIn() {
	s.until(view.StepPickupOpening)
	o := s.opens()
	s.until(view.StepPickupOpen)
	s.pass(time.Second)
	s.DoorSeen(door.Seen{Compartment: o.Compartment, State: door.Closed, Presence: door.Present, At: time.Now()})
	s.until(view.StepPickupCheck)
	s.pass(5 * time.Minute)
}

func (s *site) parcel(id string) parcel.Parcel {
	s.t.Helper()
	p, _, err := s.store.Parcel(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) is(id string, want parcel.State) {
	s.t.Helper()
	if p := s.parcel(id); p.State != want {
		s.t.Errorf("%s is %s with a deadline of %v at %v, want %s", id, p.State, p.Deadline, truth(), want)
	}
}

// A parcel has 48 hours. Whatever the clock does, it has them, and no more than
// that when somebody vouches for the clock.
func TestAClockThatIsWrongExpiresNothing(t *testing.T) {
	for name, happens := range map[string]func(s *site){
		"nothing":                     func(s *site) {},
		"a year ahead while it runs":  func(s *site) { s.step(year) },
		"a year behind while it runs": func(s *site) { s.step(-year) },
		"a day ahead while it runs":   func(s *site) { s.step(24 * time.Hour) },
		"ahead and back":              func(s *site) { s.step(year); s.pass(time.Hour); s.step(-year) },
		"ahead and further":           func(s *site) { s.step(year); s.pass(time.Hour); s.step(year) },
		"a year ahead while off":      func(s *site) { s.off(); s.step(year); s.pass(time.Hour); s.on() },
		"a year behind while off":     func(s *site) { s.off(); s.step(-year); s.pass(time.Hour); s.on() },
		"a year ahead after a boot":   func(s *site) { s.off(); s.reboot(); s.step(year); s.pass(time.Hour); s.on() },
		"1970 after a boot":           func(s *site) { s.boots(s.dead) },
		"a power cut as it jumped":    func(s *site) { s.step(year); s.boots() },
		"a power cut after it jumped": func(s *site) { s.step(20 * time.Hour); s.pass(2 * time.Minute); s.boots() },
		"a restart in doubt":          func(s *site) { s.step(year); s.pass(time.Hour); s.off(); s.on() },
		"boots in doubt": func(s *site) {
			s.step(year)
			s.pass(time.Hour)
			s.boots()
			s.boots()
		},
		"in doubt through a dead clock": func(s *site) {
			s.step(year)
			s.pass(time.Hour)
			s.boots(s.dead)
		},
		"a second ahead":           func(s *site) { s.step(time.Second) },
		"synchronised, then ahead": func(s *site) { s.sync(); s.pass(time.Hour); s.step(year) },
		"synchronised before it starts": func(s *site) {
			s.off()
			s.reboot()
			s.step(year)
			s.sync()
			s.pass(time.Hour)
			s.on()
		},
	} {
		t.Run(name, func(t *testing.T) {
			atSite(t, func(s *site) {
				code, _ := s.deposit("p1")
				end := time.Now().Add(48 * time.Hour)
				happens(s)
				s.pass(time.Until(end.Add(-time.Hour)))
				s.is("p1", parcel.Stored)
				s.Scanned("", []byte(code))
				s.looksIn()
				s.sync()
				s.pass(2 * time.Minute)
				s.is("p1", parcel.Stored)
				s.pass(time.Until(end.Add(time.Minute)))
				s.is("p1", parcel.Expired)
				before := s.wall.count()
				s.Scanned("", []byte(code))
				s.until(view.StepPickupRefused)
				if s.wall.count() != before {
					t.Error("the code of an expired parcel opened a door")
				}
			})
		})
	}
}

// What comes while the clock is in doubt gets a deadline by a count that may lie
// behind by as long as the machine was off. Its hours are made good.
func TestADepositInDoubtKeepsItsHours(t *testing.T) {
	for name, before := range map[string]func(s *site){
		"1970 after three days off": func(s *site) { s.off(); s.pass(72 * time.Hour); s.reboot(); s.dead(); s.on() },
		"the clock stood still": func(s *site) {
			s.off()
			s.pass(20 * time.Hour)
			s.reboot()
			s.step(-20 * time.Hour)
			s.on()
		},
		"nothing is wrong":          func(s *site) {},
		"a year ahead":              func(s *site) { s.step(year) },
		"a boot before the network": func(s *site) { s.off(); s.pass(72 * time.Hour); s.reboot(); s.on() },
		"two boots before the network": func(s *site) {
			s.off()
			s.pass(72 * time.Hour)
			s.reboot()
			s.dead()
			s.on()
			s.boots()
		},
		"1970 at the first start":        func(s *site) { s.anew(); s.dead(); s.on() },
		"a year ahead at the very first": func(s *site) { s.anew(); s.step(year); s.on() },
	} {
		t.Run(name, func(t *testing.T) {
			atSite(t, func(s *site) {
				before(s)
				s.deposit("p2")
				end := time.Now().Add(48 * time.Hour)
				s.pass(time.Hour)
				s.sync()
				s.pass(2 * time.Minute)
				if late := s.parcel("p2").Deadline.Sub(truth().Add(time.Until(end))); late < 0 ||
					late > 0 && !strings.Contains(name, "ahead") {
					t.Errorf("its deadline is late by %v", late)
				}
				s.pass(time.Until(end.Add(-time.Minute)))
				s.is("p2", parcel.Stored)
				s.pass(90 * time.Minute) // it has its hours anew when the clock was ahead
				s.is("p2", parcel.Expired)
			})
		})
	}
}

func TestWhatIsOverExpiresWhenTheTimeIsKnownAgain(t *testing.T) {
	atSite(t, func(s *site) {
		s.deposit("p1")
		s.off()
		s.pass(72 * time.Hour)
		s.reboot()
		s.on() // three days later nobody knows whether that is so
		s.pass(time.Hour)
		s.is("p1", parcel.Stored)
		s.sync()
		s.pass(2 * time.Minute)
		s.is("p1", parcel.Expired)
	})
}

func TestASmallStepIsFollowed(t *testing.T) {
	atSite(t, func(s *site) {
		s.deposit("p1")
		s.step(9 * time.Minute)
		s.pass(48*time.Hour - 10*time.Minute)
		s.is("p1", parcel.Stored)
		s.pass(2 * time.Minute)
		s.is("p1", parcel.Expired)
		if now := s.Clock(); now.Doubted || now.Ahead != 0 {
			t.Errorf("the clock stands at %+v", now)
		}
	})
}

// The timer for a deadline is set by the count, not by the clock.
func TestInDoubtAParcelExpiresToTheSecond(t *testing.T) {
	atSite(t, func(s *site) {
		s.step(-year)
		s.pass(2 * time.Minute)
		s.deposit("p1")
		s.pass(48*time.Hour - 10*time.Second)
		s.is("p1", parcel.Stored)
		s.pass(11 * time.Second)
		s.is("p1", parcel.Expired)
	})
}

func TestStaffAreToldOfTheClockAndSayThatItIsRight(t *testing.T) {
	atSite(t, func(s *site) {
		s.deposit("p1")
		if _, err := s.AcceptClock(context.Background(), "staff"); ledger.CodeOf(err) != ledger.Conflict {
			t.Errorf("accepting a clock nobody doubts: %v", err)
		}
		s.step(3 * time.Hour)
		s.pass(time.Minute)
		if now := s.Clock(); !now.Doubted || now.Ahead != 3*3600 || !now.Wall.Equal(now.Calendar.Add(3*time.Hour)) {
			t.Errorf("the clock stands at %+v", now)
		}
		now, err := s.AcceptClock(context.Background(), "key:centre")
		if err != nil || now.Doubted || now.Ahead != 0 {
			t.Errorf("accepted: %+v, %v", now, err)
		}
		s.is("p1", parcel.Stored)
		s.pass(45 * time.Hour) // 48 by the clock that was accepted
		s.is("p1", parcel.Expired)
		want := []string{"clock working", "clock suspect the clock is 3 hours ahead of the station's count",
			"clock working"}
		if got := s.machine.status; !slices.Equal(got, want) {
			t.Errorf("told\n%q\nwant\n%q", got, want)
		}
		page, err := s.store.Feed(context.Background(), 0, 100, false)
		if err != nil {
			t.Fatal(err)
		}
		if feed := string(page.Events); !strings.Contains(feed, `"type":"clock.accepted"`) ||
			!strings.Contains(feed, `"actor":"key:centre"`) ||
			!strings.Contains(feed, `"by_s":10800`) || strings.Contains(feed, "calendar.kept") {
			t.Errorf("the feed is %s", feed)
		}
	})
}

// An idle station writes its calendar down every ten minutes, and no more than that.
func TestTheCalendarIsKeptEveryTenMinutes(t *testing.T) {
	atSite(t, func(s *site) {
		s.pass(time.Minute)
		before := s.store.Head()
		s.pass(10 * time.Hour)
		if n := s.store.Head() - before; n != 60 {
			t.Errorf("ten hours left %d events", n)
		}
		before = s.store.Head()
		for i := range 20 {
			if _, _, err := s.Announce(context.Background(), fmt.Sprint("p", i), parcel.Announcement{},
				ledger.Condition{}, "key:test"); err != nil {
				t.Fatal(err)
			}
		}
		if n := s.store.Head() - before; n != 20 {
			t.Errorf("20 announcements left %d events", n)
		}
	})
}
