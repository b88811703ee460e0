package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// restart starts the killed core again and fails when it drove a lock by itself
// or has forgotten or rewritten something it had told.
func (s *station) restart(before []event) {
	s.t.Helper()
	frames := s.unlocks()
	s.startCore()
	s.allDoorsKnown()
	s.unlocked(frames...)
	after := s.told()
	if len(after) < len(before) {
		s.t.Fatalf("%d events before the crash, %d after it", len(before), len(after))
	}
	for i, e := range after {
		if i < len(before) && (e.ID != before[i].ID || e.Sequence != before[i].Sequence) {
			s.t.Fatalf("event %s was told as number %s before the crash and is %s, number %s, after it", before[i].ID,
				before[i].Sequence, e.ID, e.Sequence)
		}
		if i > 0 && e.Sequence <= after[i-1].Sequence {
			s.t.Fatalf("event %s follows %s", e.Sequence, after[i-1].Sequence)
		}
	}
}

// helped opens a door whose latch has stuck after its pulse.
func (s *station) helped(door string) {
	s.t.Helper()
	s.sim("door", door, "open-by-force")
	s.fault("stuck", door, "off")
}

// sound stops the core and has the operator's tool check the chain of events.
func (s *station) sound() {
	s.t.Helper()
	s.core.stop(s.t)
	if said := s.ctl("", "verify"); !strings.Contains(said, "sound") {
		s.t.Errorf("cubbyctl verify says %q", said)
	}
}

// The core is killed at every step of a pickup. door is where the parcel is.
func TestAPickupSurvivesTheDeathOfTheCore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		crash  func(s *station, e event)               // from the idle page to the dead core
		finish func(t *testing.T, s *station, e event) // from the restart to the collected parcel
		pulses int                                     // of its door in all, the deposit's included
	}{
		{"at the idle page", func(s *station, e event) {
			s.crash()
		}, func(t *testing.T, s *station, e event) {
			s.step(view.StepIdle)
			s.collect(e.Data.Code, e.Data.Compartment)
		}, 2},
		{"right after the unlock frame, the door opens meanwhile", func(s *station, e event) {
			s.fault("stuck", e.Data.Compartment, "on")
			s.nextUnlock(1, func() { s.scan(e.Data.Code) })
			s.crash()
			s.helped(e.Data.Compartment)
		}, func(t *testing.T, s *station, e event) {
			s.adopted(e)
		}, 2},
		{"right after the unlock frame, the door opens late", func(s *station, e event) {
			s.fault("stuck", e.Data.Compartment, "on")
			s.nextUnlock(1, func() { s.scan(e.Data.Code) })
			s.crash()
		}, func(t *testing.T, s *station, e event) {
			s.hears("that the opening must be checked", func(f event) bool {
				return f.Type == "opening.to_check" && f.Data.Compartment == e.Data.Compartment
			})
			s.helped(e.Data.Compartment)
			s.adopted(e)
		}, 2},
		{"right after the unlock frame, the door stays closed", func(s *station, e event) {
			s.fault("stuck", e.Data.Compartment, "on")
			s.nextUnlock(1, func() { s.scan(e.Data.Code) })
			s.crash()
		}, func(t *testing.T, s *station, e event) {
			if v := s.step(view.StepToCheck); v.Door() != e.Data.Compartment {
				t.Errorf("the screen names door %q, want %s", v.Door(), e.Data.Compartment)
			}
			s.isParcel(e.Data.Parcel, parcel.Stored, e.Data.Compartment)
			if p := s.parcel(e.Data.Parcel); !p.ToCheck {
				t.Error("staff are not told to look")
			}
			if b := s.boxes()[e.Data.Compartment]; b.Allocation != "occupied" {
				t.Errorf("the compartment is %s; its parcel is still inside", b.Allocation)
			}
			s.fault("stuck", e.Data.Compartment, "off")
			s.leave()
			s.collect(e.Data.Code, e.Data.Compartment)
		}, 3},
		{"while the door is open", func(s *station, e event) {
			s.scan(e.Data.Code)
			s.step(view.StepPickupOpen)
			s.crash()
		}, func(t *testing.T, s *station, e event) {
			s.step(view.StepPickupOpen)
			s.take(e.Data.Compartment)
		}, 2},
		{"while the door is open, and it is closed meanwhile", func(s *station, e event) {
			s.scan(e.Data.Code)
			s.step(view.StepPickupOpen)
			s.crash()
			s.take(e.Data.Compartment)
		}, func(t *testing.T, s *station, e event) {
		}, 2},
		{"while the door is open, and it is closed with the parcel inside", func(s *station, e event) {
			s.scan(e.Data.Code)
			s.step(view.StepPickupOpen)
			s.crash()
			s.sim("door", e.Data.Compartment, "close")
		}, func(t *testing.T, s *station, e event) {
			s.step(view.StepPickupCheck)
			s.isParcel(e.Data.Parcel, parcel.Collecting, e.Data.Compartment)
			s.touch(view.ActOpenAgain, "")
			s.step(view.StepPickupOpen)
			s.take(e.Data.Compartment)
		}, 3},
		{"at the moment the door closes", func(s *station, e event) {
			s.scan(e.Data.Code)
			s.step(view.StepPickupOpen)
			s.take(e.Data.Compartment)
			s.crash()
		}, func(t *testing.T, s *station, e event) {
		}, 2},
		{"on the last page", func(s *station, e event) {
			s.collect(e.Data.Code, e.Data.Compartment)
			s.crash()
		}, func(t *testing.T, s *station, e event) {
		}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t, onceOnly)
			e := s.store("p-1")
			before := s.told()
			c.crash(s, e)
			s.restart(before)
			c.finish(t, s, e)
			s.hears("that it was collected", func(f event) bool { return f.Type == "parcel.collected" })
			s.isParcel("p-1", parcel.Collected, "")
			want := slices.Repeat([]string{e.Data.Compartment}, c.pulses)
			s.unlocked(want...)
			s.becomes(e.Data.Compartment, "free", func(b box) bool { return b.Allocation == "free" && b.Offerable })
			s.leave()
			s.scan(e.Data.Code)
			s.step(view.StepPickupRefused, view.ReasonCollected)
			s.unlocked(want...)
			s.sound()
		})
	}
}

// adopted waits until an opening that was interrupted is taken up again by the
// door that was found open, and ends the visit.
func (s *station) adopted(e event) {
	s.t.Helper()
	if v := s.step(view.StepPickupOpen); v.Door() != e.Data.Compartment {
		s.t.Fatalf("the screen names door %s, want %s", v.Door(), e.Data.Compartment)
	}
	s.hears("that the opening was adopted", func(f event) bool {
		return f.Type == "opening.adopted" && f.Data.Compartment == e.Data.Compartment
	})
	s.take(e.Data.Compartment)
}

// The core is killed at every step of a deposit.
func TestADepositSurvivesTheDeathOfTheCore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		crash  func(s *station, door string) // from the courier's page to the dead core; the first door is meant
		finish func(t *testing.T, s *station, door string) (stored string)
		pulses int
	}{
		{"on the courier's page", func(s *station, door string) {
			s.crash()
		}, func(t *testing.T, s *station, door string) string {
			s.step(view.StepCourierReady)
			s.scan("P-1")
			s.step(view.StepCourierOpen)
			s.put(door)
			return door
		}, 1},
		{"right after the unlock frame, the door opens meanwhile", func(s *station, door string) {
			s.fault("stuck", door, "on")
			s.nextUnlock(0, func() { s.scan("P-1") })
			s.crash()
			s.helped(door)
		}, func(t *testing.T, s *station, door string) string {
			s.step(view.StepCourierOpen)
			s.hears("that the opening was adopted", func(f event) bool { return f.Type == "opening.adopted" })
			s.put(door)
			return door
		}, 1},
		{"right after the unlock frame, the door stays closed", func(s *station, door string) {
			s.fault("stuck", door, "on")
			s.nextUnlock(0, func() { s.scan("P-1") })
			s.crash()
		}, func(t *testing.T, s *station, door string) string {
			s.step(view.StepCourierNoOpen, view.ReasonUnknown)
			s.isParcel("p-1", parcel.DepositFailed, "")
			if b := s.boxes()[door]; b.Allocation != "quarantine" || b.Offerable {
				t.Errorf("the compartment is %+v; nobody can say whether it opened", b)
			}
			s.scan("P-1")
			other := s.step(view.StepCourierOpen).Door()
			if other == door {
				t.Fatalf("door %s is offered again", door)
			}
			s.put(other)
			return other
		}, 2},
		{"while the door is open", func(s *station, door string) {
			s.scan("P-1")
			s.step(view.StepCourierOpen)
			s.crash()
		}, func(t *testing.T, s *station, door string) string {
			s.step(view.StepCourierOpen)
			s.put(door)
			return door
		}, 1},
		{"while the door is open, and it is closed meanwhile", func(s *station, door string) {
			s.scan("P-1")
			s.step(view.StepCourierOpen)
			s.crash()
			s.put(door)
		}, func(t *testing.T, s *station, door string) string {
			return door
		}, 1},
		{"at the moment the door closes", func(s *station, door string) {
			s.scan("P-1")
			s.step(view.StepCourierOpen)
			s.put(door)
			s.crash()
		}, func(t *testing.T, s *station, door string) string {
			return door
		}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStation(t)
			s.announce("p-1")
			s.courier = s.newCourier("Ada")
			s.scan(s.courier.badge)
			s.step(view.StepCourierReady)
			const door = "7" // the first of the smallest
			before := s.told()
			c.crash(s, door)
			s.restart(before)
			stored := c.finish(t, s, door)
			e := s.stored("p-1")
			s.isParcel("p-1", parcel.Stored, stored)
			if got := len(s.unlocks()); got != c.pulses {
				t.Errorf("%d unlock frames, want %d", got, c.pulses)
			}
			s.step(view.StepCourierReady)
			s.leave()
			s.collect(e.Data.Code, stored)
			s.sound()
		})
	}
}

// What was answered with success is there after a crash in the middle of the work.
func TestNoAnsweredAnnouncementIsLostWhenTheCoreIsKilled(t *testing.T) {
	t.Parallel()
	s := newStation(t)
	var mu sync.Mutex // guards what follows
	answered := map[string]bool{}
	enough := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("w%d-%d", w, i)
				r, err := http.NewRequest("PUT", "http://"+s.rest+"/v1/parcels/"+id,
					strings.NewReader(`{"order_id":"SO-1"}`))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Authorization", "Bearer "+s.token)
				r.Header.Set("Content-Type", "application/json")
				a, err := http.DefaultClient.Do(r)
				if err != nil {
					return // the core is dead
				}
				a.Body.Close()
				if a.StatusCode == http.StatusServiceUnavailable {
					continue // the disk stands still: nobody was told that it is announced
				}
				if a.StatusCode != http.StatusCreated {
					t.Errorf("PUT %s: %s", id, a.Status)
					return
				}
				mu.Lock()
				answered[id] = true
				if len(answered) == 500 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	gone := make(chan struct{})
	go func() { writers.Wait(); close(gone) }()
	select {
	case <-enough:
	case <-gone:
		t.Fatal("all who announce parcels have gone before the core was killed")
	}
	s.core.kill()
	<-gone
	s.until("the screen notices", func(v view.View) bool { return v.Reason == view.ReasonCoreMissing })
	s.restart(nil)
	told := map[string]int{}
	for _, e := range s.told() {
		if e.Type == "parcel.announced" {
			told[e.Data.Parcel]++
		}
	}
	for id := range answered {
		if p := s.parcel(id); p.State != parcel.Announced {
			t.Errorf("parcel %s is %s", id, p.State)
		}
		if told[id] != 1 {
			t.Errorf("the announcement of %s is told %d times", id, told[id])
		}
	}
	s.sound()
}
