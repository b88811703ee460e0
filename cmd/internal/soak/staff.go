package soak

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cubby/hardware/sim"
	"cubby/locker/door"
	"cubby/locker/parcel"
	"cubby/locker/wall"
	"cubby/sync/client"
)

// round has staff look at every compartment that waits for them: they take out
// what is behind it without being bound to it, shut the door, and say so. What
// is bound to a door stays.
func (s *soak) round(ctx context.Context) error {
	var boxes []wall.Compartment
	if err := insist(ctx, func() (err error) {
		boxes, err = s.staff.Compartments(ctx)
		return err
	}); err != nil {
		return err
	}
	for _, box := range boxes {
		if box.Allocation != wall.Quarantine && !box.Forced && box.Lock != wall.LockJammed {
			continue
		}
		if box.Parcel == "" && s.checker.behind(box.Number) != "" {
			_ = s.Wall.Do(box.Number, sim.ActForce) // with the key; or it stands open
			if err := s.checker.take(box.Number); err != nil {
				return err
			}
		}
		if err := s.Wall.Do(box.Number, sim.ActClose); err != nil {
			return err
		}
		// refused while it is in use, or a parcel is bound to it: next time
		_, _ = s.staff.Restore(ctx, box.Number, "looked inside")
	}
	return nil
}

// allClosed waits until the station knows every door to be closed.
func (s *soak) allClosed(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, healing)
	defer cancel()
	for {
		boxes, err := s.staff.Compartments(ctx)
		wrong := map[string]door.State{}
		for _, box := range boxes {
			if box.Door != door.Closed {
				wrong[box.Number] = box.Door
			}
		}
		if err == nil && len(wrong) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			if err == nil {
				s.checker.wrong("with everything mended and all doors shut the station does not know it: %v", wrong)
			}
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// inventory compares every parcel the station knows with what is there. A
// parcel that it has asked staff to look for may be missing.
func (s *soak) inventory(ctx context.Context) error {
	for token := ""; ; {
		page, next, err := s.staff.Parcels(ctx, client.ParcelQuery{Page: token})
		if err != nil {
			return err
		}
		for _, p := range page {
			really := s.checker.behind(p.Compartment)
			switch {
			case !strings.HasPrefix(p.ID, s.name): // of an earlier play
			case p.State == parcel.Stored && really != p.ID && !s.checker.doubted[p.ID]:
				s.checker.wrong("%s is said to be behind door %s, where there is %q", p.ID, p.Compartment, really)
			case p.State == parcel.Stored && really != p.ID:
				s.missed++
			}
		}
		if next == "" {
			break
		}
		token = next
	}
	held := map[string]string{}
	for number, id := range s.checker.places {
		if other, twice := held[id]; twice {
			return fmt.Errorf("the checker believes %s to be behind doors %s and %s", id, number, other)
		}
		held[id] = number
		p, _, err := s.staff.Parcel(ctx, id)
		if err != nil {
			return err
		}
		if p.State == parcel.Collected || p.Compartment != number && !s.checker.doubted[id] {
			s.checker.wrong("%s is behind door %s, and is said to be %s at %q", id, number, p.State, p.Compartment)
		}
	}
	return nil
}
