package station

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/locker/door"
	"cubby/locker/parcel"
)

// 30 hours in which nobody can collect a parcel are 30 hours more for it, whether the whole
// station was off or its line was silent; and the tables are what the log says.
func TestThirtyHoursOfOutageMoveADeadlineByThirtyHours(t *testing.T) {
	for name, outage := range map[string]func(s *site){
		"off": func(s *site) {
			s.off()
			s.reboot()
			time.Sleep(30 * time.Hour)
			s.sync()
			s.on()
		},
		"off, and the battery is dead": func(s *site) {
			s.off()
			s.reboot()
			time.Sleep(30 * time.Hour)
			s.dead()
			s.on()
			s.sync()
			s.pass(2 * time.Minute)
		},
		"the core alone is off": func(s *site) { s.off(); time.Sleep(30 * time.Hour); s.on() },
		"the line is silent": func(s *site) {
			for i := range 4 {
				s.DoorSeen(door.Seen{Compartment: fmt.Sprint(i + 1), State: door.Unknown, At: time.Now()})
			}
			s.pass(30 * time.Hour)
			s.closed()
			s.pass(time.Second)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := &site{machine: newMachine(), dir: dir, t: t}
				s.synced, s.pauses = true, true
				s.on()
				s.deposit("p1")
				s.pass(time.Hour)
				before := *s.parcel("p1").Deadline
				outage(s)
				p := s.parcel("p1")
				by, most := p.Deadline.Sub(before), 30*time.Hour+15*time.Minute
				if by < 30*time.Hour || by > most || p.Paused != nil {
					t.Errorf("%s: the deadline moved by %v, paused %v", p.State, by, p.Paused)
				}
				page, err := s.store.Feed(context.Background(), 0, 100, false)
				if err != nil {
					t.Fatal(err)
				}
				for _, kind := range []string{"parcel.clock_paused", "parcel.clock_resumed"} {
					if n := strings.Count(string(page.Events), `"type":"`+kind+`"`); n != 1 {
						t.Errorf("%s is told %d times, want once", kind, n)
					}
				}
				s.is("p1", parcel.Stored)
				s.off()
			})
			if err := replay(t, dir); err != nil {
				t.Error(err)
			}
		})
	}
}

// Whoever looks at the devices of the station sees that time stands still, and why.
func TestStaffAreToldThatDeadlinesArePaused(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &site{machine: newMachine(), dir: dir, t: t}
		s.synced, s.pauses = true, true
		s.on()
		s.deposit("p1")
		for i := range 4 {
			s.DoorSeen(door.Seen{Compartment: fmt.Sprint(i + 1), State: door.Unknown, At: time.Now()})
		}
		s.pass(time.Hour)
		s.closed()
		s.pass(2 * time.Minute)
		s.off()
		var told []string
		for _, line := range s.machine.status {
			if strings.HasPrefix(line, "deadlines ") {
				told = append(told, line)
			}
		}
		if want := []string{"deadlines paused door_unknown: 1", "deadlines working"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}
