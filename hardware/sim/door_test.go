package sim

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func mustDo(t *testing.T, s *Site, number string, acts ...Act) {
	t.Helper()
	for _, act := range acts {
		if err := s.Do(number, act); err != nil {
			t.Fatal(err)
		}
	}
}

func stateOf(t *testing.T, s *Site, number string) State {
	t.Helper()
	d, err := s.Door(number)
	if err != nil {
		t.Fatal(err)
	}
	return d.State
}

func TestADrivenDoorOpensAfterItsDelay(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault Fault
		still time.Duration // not yet moved
		then  State         // 100 ms later
	}{
		{"a good door", Fault{}, 79 * time.Millisecond, StateOpen},
		{"a slow door", Fault{Kind: "slow", Target: "Aa", Value: "1200ms"}, 1199 * time.Millisecond, StateOpen},
		{"a stuck door", Fault{Kind: "stuck", Target: "Aa", Value: "on"}, time.Minute, StateClosed},
		{"a door on a silent board", Fault{Kind: "silent-board", Target: "main/0", Value: "on"}, time.Minute,
			StateClosed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSite(twoBoards())
				if tc.fault.Kind != "" {
					if err := s.SetFault(tc.fault); err != nil {
						t.Fatal(err)
					}
				}
				exchange(t, s, "02 00 31 03 36")
				time.Sleep(tc.still)
				if got := stateOf(t, s, "Aa"); got != StateClosed {
					t.Errorf("after %s it is %s", tc.still, got)
				}
				time.Sleep(100 * time.Millisecond)
				if got := stateOf(t, s, "Aa"); got != tc.then {
					t.Errorf("then it is %s, want %s", got, tc.then)
				}
			})
		})
	}
}

func TestWhatPeopleCanDoToADoor(t *testing.T) {
	for _, tc := range []struct {
		name string
		acts []Act
		want State
		err  error // of the last act
	}{
		{"force opens a latched door", []Act{ActForce}, StateOpen, nil},
		{"a latched door cannot be pulled open", []Act{ActOpen}, StateClosed, ErrCannot},
		{"nobody reaches into a closed compartment", []Act{ActPut}, StateClosed, ErrCannot},
		{"nobody reaches past a door that is ajar", []Act{ActForce, ActPush, ActTake}, StateAjar, ErrCannot},
		{"an open door closes", []Act{ActForce, ActClose}, StateClosed, nil},
		{"a pushed door is ajar", []Act{ActForce, ActPush}, StateAjar, nil},
		{"a door that is ajar can be pulled open", []Act{ActForce, ActPush, ActOpen}, StateOpen, nil},
		{"a door that is ajar can be closed", []Act{ActForce, ActPush, ActClose}, StateClosed, nil},
		{"kicking is not known", []Act{"kick"}, StateClosed, ErrUnknown},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSite(twoBoards())
			var err error
			for _, act := range tc.acts {
				err = s.Do("Aa", act)
			}
			if !errors.Is(err, tc.err) || stateOf(t, s, "Aa") != tc.want {
				t.Errorf("%s, %v; want %s, %v", stateOf(t, s, "Aa"), err, tc.want, tc.err)
			}
		})
	}
	if err := newSite(twoBoards()).Do("99", ActClose); !errors.Is(err, ErrUnknown) {
		t.Errorf("a door that is not there: %v", err)
	}
}

func TestADoorThatDoesNotCatchSpringsOpenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		if err := s.SetFault(Fault{Kind: "left-open", Target: "Aa", Value: "on"}); err != nil {
			t.Fatal(err)
		}
		mustDo(t, s, "Aa", ActForce, ActClose)
		if got := stateOf(t, s, "Aa"); got != StateAjar {
			t.Errorf("pushed: %s", got)
		}
		time.Sleep(springBack + time.Millisecond)
		if got := stateOf(t, s, "Aa"); got != StateOpen {
			t.Errorf("then: %s", got)
		}
	})
}

func TestTheVirtualPersonServesAnOpenDoor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		s.SetAuto(true, 3*time.Second)
		for _, wantInside := range []bool{true, false} {
			exchange(t, s, "02 00 31 03 36")
			time.Sleep(3 * time.Second)
			if got := stateOf(t, s, "Aa"); got != StateOpen {
				t.Errorf("too early: %s", got)
			}
			time.Sleep(time.Second)
			if d, _ := s.Door("Aa"); d.State != StateClosed || d.Inside != wantInside {
				t.Errorf("after a visit: %+v, want inside %v", d, wantInside)
			}
		}
	})
}

func TestWaitingForADoorEndsWhenItMovesOrTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSite(twoBoards())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		exchange(t, s, "02 00 31 03 36")
		if err := s.WaitDoor(ctx, "Aa", StateOpen); err != nil {
			t.Error(err)
		}
		if err := s.WaitDoor(ctx, "Ab", StateOpen); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a door that stays closed: %v", err)
		}
	})
}

func TestOnlookersHearOfADoorAndMayLeave(t *testing.T) {
	s := newSite(twoBoards())
	events, stop := s.Watch()
	mustDo(t, s, "Aa", ActForce)
	if e := <-events; e.Kind != "log" || e.Text != "door Aa: forced open" {
		t.Errorf("first event: %+v", e)
	}
	if e := <-events; e.Kind != "door" || e.Door.State != StateOpen {
		t.Errorf("second event: %+v", e)
	}
	stop()
	if _, ok := <-events; ok {
		t.Error("the stream goes on")
	}
	slow, _ := s.Watch()
	for range 600 { // two events each, more than an onlooker may be behind
		mustDo(t, s, "Aa", ActClose, ActForce)
	}
	for range slow { // ends, because the site has dropped it
	}
}
